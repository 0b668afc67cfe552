package versions

import (
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// setFacts has the tasks of a job get facts.
func (d *decider) setFacts(day int32, key schema.Key, list []verdict.TaskFacts) error {
	some := false
	for i := range list {
		some = some || list[i].Known()
	}
	if !some {
		return nil
	}
	return d.add(day, key, kindFacts, func(c *spill.Codec) {
		for i := range list {
			if list[i].Known() {
				codeFacts(c, &list[i])
			}
		}
	})
}

func codeFacts(c *spill.Codec, t *verdict.TaskFacts) {
	c.Text(&t.TaskID)
	t.Facts.Code(c)
}

// putFacts puts the facts of a decision into a job.
func putFacts(job *schema.Job, decision *spill.Codec) error {
	facts := map[string]schema.Facts{}
	for len(decision.Bytes()) > 0 {
		var t verdict.TaskFacts
		codeFacts(decision, &t)
		facts[t.TaskID] = t.Facts
	}
	verdict.Put(job, facts)
	return decision.Err()
}
