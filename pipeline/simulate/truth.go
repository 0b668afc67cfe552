package simulate

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/goccy/go-json"
)

// Truth is what no API shows of a job: the node behind every line, the planted
// causes that applied to its calls, the personal data in its texts.
type Truth struct {
	JobID    string      `json:"job_id"`
	Index    int         `json:"index"`
	Campaign string      `json:"campaign"` // name of the campaign's file
	Version  string      `json:"version"`  // of the script
	Person   int         `json:"person"`   // the same for all jobs that call this person
	Causes   []Cause     `json:"causes,omitempty"`
	Tasks    []TaskTruth `json:"tasks,omitempty"` // parallel to the job's tasks
}

// Cause is a planted cause of failure that applied to a call.
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
type TurnTruth struct {
	Node string `json:"node"`
	// Said is what the robot did (say, again, unheard, silence) or the contact's
	// intent, which is the name of a word list.
	Said  string `json:"said"`
	Spans []Span `json:"spans,omitempty"`
}

// Span is personal data in a script: the bytes [Start, End).
type Span struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Kind  string `json:"kind"` // one of Span…
	Text  string `json:"text"`
}

// Kinds of personal data.
const (
	SpanName    = "name"
	SpanNumber  = "number"
	SpanAddress = "address"
)

// Planted is a planted cause of failure. The first line of the truth lists them.
type Planted struct {
	Kind     string `json:"kind"`
	Campaign string `json:"campaign,omitempty"` // "": all
	Node     string `json:"node,omitempty"`
	Version  string `json:"version,omitempty"`
	Number   string `json:"calling_number,omitempty"`
	Note     string `json:"note,omitempty"`
}

// Planted returns the planted causes of failure of the world.
func (w *World) Planted() []Planted {
	list := []Planted{{
		Kind: w.flagged.Kind, Number: callingNumbers[flagged-1].number, Note: w.flagged.Note,
	}}
	for _, c := range w.campaigns {
		for _, p := range c.Plants {
			entry := Planted{Kind: p.Kind, Campaign: c.ID, Note: p.Note}
			if p.Node != nil {
				entry.Node = p.Node.ID
			}
			if p.Version >= 0 {
				entry.Version = c.Versions[p.Version].Name
			}
			list = append(list, entry)
		}
	}
	return list
}

// WriteTruth writes JSON Lines: {"world":…,"planted":[…]}, then the Truth of every
// job, by index. Keep it out of folders from which responses are read.
func (w *World) WriteTruth(ctx context.Context, to io.Writer) error {
	out := bufio.NewWriterSize(to, 1<<16)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	head := truthHead{
		World:   truthWorld{w.options.InstanceID, w.options.People, w.options.Seed, w.now, w.options.Days},
		Planted: w.Planted(),
	}
	if err := encoder.Encode(head); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	made := w.newMaker()
	for i := range w.Len() {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		_, truth := made.job(i)
		if err := encoder.Encode(truth); err != nil {
			return fmt.Errorf("write truth of job %d: %w", i, err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	return nil
}

type truthHead struct {
	World   truthWorld `json:"world"`
	Planted []Planted  `json:"planted"`
}

type truthWorld struct {
	InstanceID string `json:"instance_id"`
	Jobs       int    `json:"jobs"`
	Seed       uint64 `json:"seed"`
	Until      int64  `json:"until"` // ms
	Days       int    `json:"days"`
}
