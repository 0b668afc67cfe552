package simulate

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"callmill/pipeline/simulate/dialogue"
	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/speech"

	"github.com/goccy/go-json"
)

// Truth is what no API shows of a job: the node behind every line, what is planted
// in its calls, the personal data in its texts.
type Truth struct {
	JobID    string      `json:"job_id"`
	Index    int         `json:"index"`
	Campaign string      `json:"campaign"`           // name of the campaign's file
	Version  string      `json:"version"`            // of the script
	Person   int         `json:"person"`             // the same for all jobs that call this person
	Unlisted []Value     `json:"unlisted,omitempty"` // what the robot may say of the case that the job's Extras do not have
	Causes   []Cause     `json:"causes,omitempty"`
	Tasks    []TaskTruth `json:"tasks,omitempty"` // parallel to the job's tasks
}

// Value is a parameter of a campaign with its value for a job.
type Value struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Cause is something planted that applied to a call.
type Cause struct {
	Kind     string `json:"kind"`
	TaskID   string `json:"task_id"`
	Turn     int    `json:"turn"`     // index of the turn at which it applied; -1: before the first
	Decisive bool   `json:"decisive"` // without it, the call would have taken another course
}

// addCause adds a cause; one that affects a turn in two ways is one cause.
func (t *Truth) addCause(c Cause) {
	for i := range t.Causes {
		if had := &t.Causes[i]; had.Kind == c.Kind && had.TaskID == c.TaskID && had.Turn == c.Turn {
			had.Decisive = had.Decisive || c.Decisive
			return
		}
	}
	t.Causes = append(t.Causes, c)
}

// TaskTruth is the truth of a call.
type TaskTruth struct {
	TaskID string      `json:"task_id"`
	Turns  []TurnTruth `json:"turns,omitempty"` // parallel to the task's turns
}

// TurnTruth is the truth of a turn.
type TurnTruth = dialogue.TurnTruth

// Span is personal data in a script.
type Span = speech.Span

// Planted is what is planted, with its conditions and its strength. The first line of
// the truth lists them, the last one counts what they did.
type Planted struct {
	Kind     string `json:"kind"`
	Campaign string `json:"campaign,omitempty"` // "": all
	Script   string `json:"script,omitempty"`
	Node     string `json:"node,omitempty"` // "": any, or what Said and Size say
	Version  string `json:"version,omitempty"`
	Number   string `json:"calling_number,omitempty"`
	Batch    string `json:"batch,omitempty"` // name of the job group
	Hours    []int  `json:"hours,omitempty"` // of the day, from the first and before the second
	Said     string `json:"said,omitempty"`  // only after the contact said an entry of this list
	Slip     string `json:"slip,omitempty"`  // what is misheard, and as what, with a colon between
	// From and To are the first and the last day of it, as 2006-01-02. Those of a
	// version or a batch are the days on which its groups begin: their calls go on
	// for some days.
	From string `json:"from"`
	To   string `json:"to"`
	// Size is how strong it is, by the name of the setting in the campaign's file:
	// percentage points (hangup, unheard, silence), percent of the usual (answer),
	// of the calls that reach the node (divert), or of the replies (says),
	// milliseconds (gap), the weight of a reply (favour). breach is 1: the
	// robot's line itself is what is planted.
	Size map[string]int `json:"size"`
	Note string         `json:"note,omitempty"`
}

// Planted returns what is planted in the world.
func (w *World) Planted() []Planted {
	var list []Planted
	for i := range w.flagged {
		list = append(list, w.planted(&w.flagged[i], nil))
	}
	for _, c := range w.campaigns {
		for i := range c.Plants {
			list = append(list, w.planted(&c.Plants[i], c))
		}
	}
	return list
}

// planted describes a plant of a campaign, or with nil one of all of them.
func (w *World) planted(q *script.Plant, c *script.Campaign) Planted {
	const day = time.DateOnly
	p := Planted{
		Kind: q.Kind, Note: q.Note, Size: sizeOf(q),
		From: instant(w.begin + int64(w.firstDay(q.From))*dayMS).Format(day), To: instant(w.now).Format(day),
	}
	if q.Number > 0 {
		p.Number = callingNumbers[q.Number-1].number
	}
	if q.Node != nil {
		p.Node = q.Node.ID
	}
	if q.Hours != nil {
		p.Hours = []int{q.Hours.Low, q.Hours.High}
	}
	if q.Said != nil {
		p.Said = q.Said.Name
	}
	if q.SlipFrom != "" {
		p.Slip = q.SlipFrom + ":" + q.SlipTo
	}
	if c == nil {
		return p
	}
	p.Campaign, p.Script = c.ID, c.Script
	if q.Version >= 0 {
		p.Version = c.Versions[q.Version].Name
	}
	if q.Version < 0 && q.Batch == 0 {
		return p
	}
	groups := slices.DeleteFunc(slices.Clone(w.groups), func(g *group) bool { return g.campaign != c || !g.bears(q) })
	if len(groups) == 0 {
		return p // the world is too small for it
	}
	last := groups[len(groups)-1]
	p.From = max(p.From, instant(groups[0].created).Format(day))
	p.To = min(p.To, instant(last.created).Format(day))
	if q.Batch > 0 {
		p.Batch = last.nameOf()
	}
	return p
}

// firstDay returns the first of the world's days, from 0, of which at least a
// percentage are over when it begins.
func (w *World) firstDay(percent int) int {
	return (percent*w.options.Days + 99) / 100
}

// sizeOf returns how strong a plant is, by the names of its settings.
func sizeOf(q *script.Plant) map[string]int {
	size := map[string]int{}
	for name, n := range map[string]int{
		"hangup": q.HangUp, "unheard": q.Unheard, "silence": q.Silence, "gap": q.Gap,
		"divert": q.Diverted, "favour": q.Favour, "says": q.SaysTo,
	} {
		if n != 0 {
			size[name] = n
		}
	}
	if q.Answer != 100 {
		size["answer"] = q.Answer
	}
	if q.Breach {
		size["breach"] = 1
	}
	return size
}

// WriteTruth writes JSON Lines: {"world":…,"planted":[…]}, then the Truth of every
// job, by index, then {"opt_outs":[…],"counted":[…]}. Keep it out of folders from
// which responses are read.
func (w *World) WriteTruth(ctx context.Context, to io.Writer) error {
	out := bufio.NewWriterSize(to, 1<<16)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(w.TruthHead()); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	made := w.newMaker()
	var tail tally
	for i := range w.Len() {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		job, truth := made.job(i)
		tail.add(job, truth)
		if err := encoder.Encode(truth); err != nil {
			return fmt.Errorf("write truth of job %d: %w", i, err)
		}
	}
	if err := encoder.Encode(tail.of(w)); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	return nil
}

// TruthHead is the first line of the truth.
type TruthHead struct {
	World   TruthWorld `json:"world"`
	Planted []Planted  `json:"planted"`
}

// TruthWorld says which world the truth is of.
type TruthWorld struct {
	InstanceID string `json:"instance_id"`
	Jobs       int    `json:"jobs"`
	Seed       uint64 `json:"seed"`
	Until      int64  `json:"until"` // ms
	Days       int    `json:"days"`
}

// TruthHead returns the first line of the truth.
func (w *World) TruthHead() TruthHead {
	o := &w.options
	return TruthHead{World: TruthWorld{o.InstanceID, o.People, o.Seed, w.now, o.Days}, Planted: w.Planted()}
}
