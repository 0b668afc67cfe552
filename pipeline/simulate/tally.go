package simulate

import (
	"cmp"
	"slices"

	"callmill/schema"
)

// TruthTail is the last line of the truth: what no line of one job can say.
type TruthTail struct {
	OptOuts []OptOut  `json:"opt_outs"` // by person
	Counted []Counted `json:"counted"`  // by kind and campaign
}

// OptOut is the first time that a person asked not to be called again.
type OptOut struct {
	Person int    `json:"person"`
	JobID  string `json:"job_id"`
	TaskID string `json:"task_id"`
	Turn   int    `json:"turn"`
	At     int64  `json:"at"` // ms
	// CalledAgain are the tasks, of whichever campaign, that were dialled after it,
	// by time.
	CalledAgain []string `json:"called_again"`
}

// Counted is how much came of what is planted under a kind in a campaign.
type Counted struct {
	Kind     string `json:"kind"`
	Campaign string `json:"campaign"`
	Calls    int    `json:"calls"`    // dialled ones that it applied to
	Decisive int    `json:"decisive"` // of them, those that took another course for it
}

// optOut is the act of asking not to be called again.
const optOut = "opt_out"

// tally gathers the tail of the truth, job by job.
type tally struct {
	optOuts map[int]*OptOut // by person
	counted map[[2]string]*Counted
}

func (t *tally) add(job *schema.Job, truth *Truth) {
	if t.optOuts == nil {
		t.optOuts, t.counted = map[int]*OptOut{}, map[[2]string]*Counted{}
	}
	for k := range truth.Tasks {
		for n := range truth.Tasks[k].Turns {
			at := job.Tasks[k].Turns[n].Timestamp
			if had := t.optOuts[truth.Person]; slices.Contains(truth.Tasks[k].Turns[n].Acts, optOut) && (had == nil || at < had.At) {
				t.optOuts[truth.Person] = &OptOut{
					Person: truth.Person, JobID: job.JobID, TaskID: job.Tasks[k].TaskID, Turn: n, At: at, CalledAgain: []string{},
				}
			}
		}
	}
	type application struct{ kind, task string }
	decisive := map[application]bool{}
	for _, c := range truth.Causes {
		a := application{c.Kind, c.TaskID}
		decisive[a] = decisive[a] || c.Decisive
	}
	for a, took := range decisive {
		key := [2]string{a.kind, truth.Campaign}
		if t.counted[key] == nil {
			t.counted[key] = &Counted{Kind: a.kind, Campaign: truth.Campaign}
		}
		t.counted[key].Calls++
		if took {
			t.counted[key].Decisive++
		}
	}
}

// of returns the tail of the truth of a world.
func (t *tally) of(w *World) TruthTail {
	tail := TruthTail{OptOuts: []OptOut{}, Counted: []Counted{}}
	type dial struct {
		at   int64
		task string
	}
	again := map[int][]dial{}
	var p plan
	for i := range w.Len() {
		w.plan(i, &p)
		out := t.optOuts[p.person.Number]
		if out == nil {
			continue
		}
		for k := range w.begun(&p) {
			if at := p.attempts[k].actual; at > out.At {
				again[out.Person] = append(again[out.Person], dial{at, w.id(taskIDs, taskNumber(i, k))})
			}
		}
	}
	for person, out := range t.optOuts {
		dials := again[person]
		slices.SortFunc(dials, func(a, b dial) int { return cmp.Compare(a.at, b.at) })
		for _, d := range dials {
			out.CalledAgain = append(out.CalledAgain, d.task)
		}
		tail.OptOuts = append(tail.OptOuts, *out)
	}
	for _, c := range t.counted {
		tail.Counted = append(tail.Counted, *c)
	}
	slices.SortFunc(tail.OptOuts, func(a, b OptOut) int { return cmp.Compare(a.Person, b.Person) })
	slices.SortFunc(tail.Counted, func(a, b Counted) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Campaign, b.Campaign))
	})
	return tail
}
