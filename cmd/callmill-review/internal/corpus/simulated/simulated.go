// Package simulated makes a corpus of a simulated world, with the truth beside it.
// It is for tests: what they judge never sees the truth, and none needs a dataset.
package simulated

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/pipeline/calendar"
	"callmill/pipeline/flatten"
	"callmill/pipeline/redact"
	"callmill/pipeline/simulate"
	"callmill/schema"
	"callmill/segment"
)

// Truth is what only the world knows of the calls of a corpus.
type Truth struct {
	Planted []simulate.Planted
	jobs    map[string]*simulate.Truth
}

// Job returns the truth of the job of a call.
func (t Truth) Job(call *corpus.Call) *simulate.Truth { return t.jobs[call.Job] }

// Turns returns the truth of the lines of a call, by turn index.
func (t Truth) Turns(call *corpus.Call) []simulate.TurnTruth {
	tasks := t.jobs[call.Job].Tasks
	i := slices.IndexFunc(tasks, func(task simulate.TaskTruth) bool { return task.TaskID == call.Task })
	return tasks[i].Turns
}

// World returns the dialled calls of a world as a dataset pulled from its API has
// them, robot lines as patterns.
func World(t testing.TB, o simulate.Options) (*corpus.Corpus, Truth) {
	t.Helper()
	world, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	words, err := segment.New(segment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("Asia/Shanghai", 8*60*60)
	b := &builder{
		c:      &corpus.Corpus{Snapshot: "simulated", Zone: zone},
		texts:  map[textKey]int32{},
		groups: map[string]simulate.Group{},
	}
	for _, g := range world.Groups() {
		b.groups[g.ID] = g
	}
	truth := Truth{Planted: world.Planted(), jobs: make(map[string]*simulate.Truth, world.Len())}
	redactor := redact.New(redact.Options{Key: []byte(strings.Repeat("k", 32))})
	flattener := flatten.New(zone, words)
	for i := range world.Len() {
		job, told := world.Job(i)
		truth.jobs[job.JobID] = told
		job.SortTasks()
		redactor.Job(job)
		b.job(flattener.Rows(job, schema.ContentHash{}))
	}
	b.sort()
	return b.c, truth
}

type textKey struct {
	speaker uint8
	text    string
}

type builder struct {
	c      *corpus.Corpus
	texts  map[textKey]int32
	groups map[string]simulate.Group
}

func (b *builder) job(rows *schema.Rows) {
	turns := rows.Turns
	for i := range rows.Tasks {
		task := &rows.Tasks[i]
		own := turns[:task.TurnCount]
		turns = turns[task.TurnCount:]
		if task.Attempt == nil {
			continue
		}
		b.call(rows, task, own)
	}
}

func (b *builder) call(rows *schema.Rows, task *schema.TaskRow, turns []schema.TurnRow) {
	c, group := b.c, b.groups[task.JobGroupID]
	call := corpus.Call{
		Job: task.JobID, Task: task.TaskID,
		Instance: c.Instances.Add(task.InstanceID),
		Campaign: c.Campaigns.Add(cmp.Or(group.Name, task.JobGroupID)),
		Script:   c.Scripts.Add(group.ScriptName),
		Version:  c.Versions.Add(group.ScriptVersion),
		Number:   c.Numbers.Add(task.CallingNumber),
		Contact:  c.Contacts.Add(task.ContactKey),
		Outcome:  c.Outcomes.Add(task.Outcome),
		JobDate:  calendar.Day(rows.JobDate),
		Day:      corpus.NoDay,
		Start:    cmp.Or(task.ActualTime, task.PlannedTime),
		Hour:     -1,
		Attempt:  int16(*task.Attempt),
		Facts:    factsOf(task),
	}
	if task.CallDate != nil {
		call.Day, call.Hour = calendar.Day(*task.CallDate), int8(*task.CallHour)
	}
	for i := range rows.Summaries {
		s := &rows.Summaries[i]
		if s.TaskID != "" && s.TaskID != task.TaskID {
			continue
		}
		if code := c.Results.Add(s.SummaryName + "=" + s.Content); !slices.Contains(call.Results, code) {
			call.Results = append(call.Results, code)
		}
	}
	call.FirstLine = int32(len(c.Lines))
	if call.Facts.Is(corpus.Answered) {
		b.lines(turns)
	}
	call.LineCount = int32(len(c.Lines)) - call.FirstLine
	c.Calls = append(c.Calls, call)
}

func (b *builder) lines(turns []schema.TurnRow) {
	exchange := int32(0)
	for i := range turns {
		turn := &turns[i]
		if turn.Speaker == schema.SpeakerRobot {
			exchange++
		}
		gap := int32(-1)
		if turn.Timing == schema.TimingOK && turn.GapMS != nil {
			gap = int32(*turn.GapMS)
		}
		b.c.Lines = append(b.c.Lines, corpus.Line{Text: b.text(turn), Turn: turn.TurnIndex, Gap: gap, Exchange: exchange})
	}
}

func (b *builder) text(turn *schema.TurnRow) int32 {
	key := textKey{corpus.Other, turn.Script}
	switch turn.Speaker {
	case schema.SpeakerRobot:
		key = textKey{corpus.Robot, turn.Pattern}
	case schema.SpeakerContact:
		key.speaker = corpus.Contact
	}
	if i, ok := b.texts[key]; ok {
		return i
	}
	key.text = strings.Clone(key.text)
	text := corpus.Text{Speaker: key.speaker}
	if key.speaker == corpus.Robot {
		text.Pattern = b.c.Patterns.Add(key.text)
	} else {
		text.Script = key.text
	}
	if key.speaker == corpus.Contact {
		for _, word := range turn.Tokens {
			if corpus.IsWord(word) {
				text.Words = append(text.Words, b.c.Words.Add(strings.Clone(word)))
			}
		}
	}
	i := int32(len(b.c.Texts))
	b.c.Texts = append(b.c.Texts, text)
	b.texts[key] = i
	return i
}

func factsOf(task *schema.TaskRow) corpus.Facts {
	var f corpus.Facts
	set := func(fact corpus.Facts, holds bool) {
		if holds {
			f |= fact
		}
	}
	is := func(b *bool) bool { return b != nil && *b }
	set(corpus.Connected, is(task.Connected))
	set(corpus.Answered, is(task.Answered))
	set(corpus.Failed, is(task.FailedDialogue))
	set(corpus.FailureKnown, task.FailedDialogue != nil)
	set(corpus.HungUp, task.Outcome == schema.HungUp)
	set(corpus.NotUnderstood, is(task.NotUnderstood))
	set(corpus.Transferred, task.Outcome == schema.Transferred)
	set(corpus.FlowEnded, is(task.FlowEnded))
	set(corpus.Spoke, task.Spoke)
	set(corpus.LastTask, task.IsLastTask)
	return f
}

// sort puts the calls in the order of a corpus; their lines stay where they are.
func (b *builder) sort() {
	slices.SortStableFunc(b.c.Calls, func(x, y corpus.Call) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Start, y.Start),
			cmp.Compare(b.c.Instances.String(x.Instance), b.c.Instances.String(y.Instance)), cmp.Compare(x.Job, y.Job), cmp.Compare(x.Task, y.Task))
	})
}
