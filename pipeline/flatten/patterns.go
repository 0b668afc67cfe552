package flatten

import (
	"callmill/pipeline/flatten/pattern"
	"callmill/schema"
)

// Patterns makes the patterns of a job that is about to be redacted: afterwards names
// and numbers are not there any more, for which there are slots. Not safe for
// concurrent use.
type Patterns struct {
	replacer *pattern.Replacer
	line     []byte // scratch space
}

// NewPatterns makes a Patterns.
func NewPatterns() *Patterns { return &Patterns{replacer: pattern.NewReplacer(pattern.Call{})} }

// Set sets schema.Turn.Pattern of the robot's lines, to what [Flattener.Rows] makes of
// the job as it is.
func (p *Patterns) Set(j *schema.Job) {
	addValues(p.replacer, j)
	for i := range j.Tasks {
		t := &j.Tasks[i]
		p.replacer.Reset(callOf(j, t))
		for k := range t.Turns {
			turn := &t.Turns[k]
			if turn.Pattern = ""; turn.Speaker != schema.SpeakerRobot {
				continue
			}
			turn.Pattern = turn.Script
			if p.line = p.replacer.Append(empty(p.line, maxKeptBytes), turn.Script); len(p.line) > 0 {
				turn.Pattern = string(p.line)
			}
		}
	}
}

// addValues has a replacer find the values of a job.
func addValues(r *pattern.Replacer, j *schema.Job) {
	r.ResetValues()
	for i := range j.Extras {
		r.AddValue(j.Extras[i].Key, j.Extras[i].Value)
	}
}
