package corpus

import (
	"strings"

	"callmill/pipeline/calendar"
)

// RobotKey is what speaks in a call: a script of an instance. A script of that name in
// another instance is another one, and so are two robots whose scripts have no name.
type RobotKey struct {
	Instance Code
	Script   Code
}

// RobotKey returns which robot speaks in a call.
func (call *Call) RobotKey() RobotKey { return RobotKey{call.Instance, call.Script} }

// Robots numbers the robots of a corpus in the order of their first calls: of is the
// number of the robot of each call.
func (c *Corpus) Robots() (of []int32, robots []RobotKey) {
	numbers := map[RobotKey]int32{}
	of = make([]int32, len(c.Calls))
	for i := range c.Calls {
		robot := c.Calls[i].RobotKey()
		n, ok := numbers[robot]
		if !ok {
			n = int32(len(robots))
			numbers[robot] = n
			robots = append(robots, robot)
		}
		of[i] = n
	}
	return of, robots
}

// RobotName returns the name of a robot's script, with its instance where the corpus has
// more than one.
func (c *Corpus) RobotName(r RobotKey) string {
	script := c.Scripts.String(r.Script)
	if r.Instance == 0 || c.Instances.Len() <= 2 {
		return script
	}
	return strings.TrimSpace(script + " @" + c.Instances.String(r.Instance))
}

// Ref names a call outside of a corpus. The ids of jobs and tasks are unique in an
// instance only, and jobs are kept by their dates.
type Ref struct {
	Instance string       `json:"instance_id"`
	Job      string       `json:"job_id"`
	Task     string       `json:"task_id"`
	JobDate  calendar.Day `json:"job_date"`
}

// Ref names a call, given by its index.
func (c *Corpus) Ref(i int32) Ref {
	call := &c.Calls[i]
	return Ref{c.Instances.String(call.Instance), call.Job, call.Task, call.JobDate}
}

// Refs names calls.
func (c *Corpus) Refs(calls []int32) []Ref {
	refs := make([]Ref, len(calls))
	for k, i := range calls {
		refs[k] = c.Ref(i)
	}
	return refs
}
