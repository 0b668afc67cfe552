//go:build cgo

package query_test

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/calendar"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// task names a call, or, with the id of a job, a job: both belong to an instance.
type task struct{ instance, id string }

// call is what a corpus says of a call, spelled out.
type call struct {
	Instance, Job, Task, Campaign, Script, Version, Number, Contact, Outcome string

	Results   []string
	Day       string
	Start     int64
	Hour      int
	Attempt   int
	Connected bool
	Answered  bool
	Failed    string
	HungUp    bool
	Ended     bool
	Spoke     bool
	Lines     []line
}

type line struct {
	Turn, Gap, Exchange int
	Speaker             string
	Text                string // pattern of the robot, else what was said
	Script              string // what was said, where it is known
	Words               []string
}

// Load returns the dialled calls with what callmill's own reader has of them.
func TestLoad(t *testing.T) {
	for name, s := range sources {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := s.published(t)
			db := open(t, dir)
			for _, whole := range []bool{false, true} {
				c := load(t, db, query.LoadOptions{Whole: whole})
				want := read(t, dir).calls(whole)
				if diff := gocmp.Diff(want, spelled(c)); diff != "" {
					t.Errorf("whole=%t: calls (-recounted +loaded):\n%.4000s", whole, diff)
				}
				if c.ScriptsInferred != s.responses || c.EndsInferred != s.responses {
					t.Errorf("scripts inferred %t, ends inferred %t: want both %t", c.ScriptsInferred, c.EndsInferred, s.responses)
				}
				if !slices.IsSortedFunc(c.Calls, func(a, b corpus.Call) int {
					return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Start, b.Start), cmp.Compare(c.Instances.String(a.Instance), c.Instances.String(b.Instance)), cmp.Compare(a.Job, b.Job), cmp.Compare(a.Task, b.Task))
				}) {
					t.Error("calls are not in order")
				}
			}
		})
	}
}

// Load of some days returns the calls of these days.
func TestLoadDays(t *testing.T) {
	dir := sources["pulled"].published(t)
	db := open(t, dir)
	whole := load(t, db, query.LoadOptions{})
	from, to := whole.Calls[len(whole.Calls)/3].Day, whole.Calls[len(whole.Calls)/2].Day
	some := load(t, db, query.LoadOptions{From: from, To: to})
	want := spelled(whole)
	maps.DeleteFunc(want, func(_ task, c call) bool { return c.Day < from.String() || c.Day > to.String() })
	if len(want) == 0 || len(want) == len(whole.Calls) {
		t.Fatalf("%d of %d calls are on these days: not a test", len(want), len(whole.Calls))
	}
	if diff := gocmp.Diff(want, spelled(some)); diff != "" {
		t.Errorf("(-all, filtered +some):\n%.4000s", diff)
	}
}

// spelled returns the calls of a corpus by their tasks.
func spelled(c *corpus.Corpus) map[task]call {
	calls := map[task]call{}
	for i := range c.Calls {
		from := &c.Calls[i]
		to := call{
			Instance: c.Instances.String(from.Instance), Job: from.Job, Task: from.Task,
			Campaign: c.Campaigns.String(from.Campaign), Script: c.Scripts.String(from.Script), Version: c.Versions.String(from.Version),
			Number: c.Numbers.String(from.Number), Contact: c.Contacts.String(from.Contact), Outcome: c.Outcomes.String(from.Outcome),
			Day: from.Day.String(), Start: from.Start, Hour: int(from.Hour), Attempt: int(from.Attempt),
			Connected: from.Facts.Is(corpus.Connected), Answered: from.Facts.Is(corpus.Answered),
			HungUp: from.Facts.Is(corpus.HungUp), Ended: from.Facts.Is(corpus.FlowEnded), Spoke: from.Facts.Is(corpus.Spoke),
			Failed: "unknown",
		}
		if from.Facts.Is(corpus.FailureKnown) {
			to.Failed = yesNo(from.Facts.Is(corpus.Failed))
		}
		for _, code := range from.Results {
			to.Results = append(to.Results, c.Results.String(code))
		}
		slices.Sort(to.Results)
		for _, l := range c.Of(from) {
			text := c.Texts[l.Text]
			said := line{Turn: int(l.Turn), Gap: int(l.Gap), Exchange: int(l.Exchange), Script: text.Script}
			switch text.Speaker {
			case corpus.Robot:
				said.Speaker, said.Text = "Robot", c.Patterns.String(text.Pattern)
			case corpus.Contact:
				said.Speaker, said.Text = "Contact", text.Script
			default:
				said.Speaker, said.Text = "other", text.Script
			}
			for _, code := range text.Words {
				said.Words = append(said.Words, c.Words.String(code))
			}
			to.Lines = append(to.Lines, said)
		}
		calls[task{to.Instance, to.Task}] = to
	}
	return calls
}

// marks matches words of nothing but marks, as views.sql does.
var marks = regexp.MustCompile(`^[\p{P}\p{S}\p{Z}\p{C}\s]*$`)

// calls recounts the dialled calls by their tasks.
func (in *contents) calls(whole bool) map[task]call {
	named := slices.ContainsFunc(in.tasks, func(k schema.TaskRow) bool { return k.ScriptName != "" })
	calls := map[task]call{}
	jobs := map[task][]task{}
	for _, k := range in.tasks {
		if k.Attempt == nil {
			continue
		}
		g := in.groups[k.InstanceID][k.JobGroupID]
		c := call{
			Instance: k.InstanceID, Job: k.JobID, Task: k.TaskID,
			Campaign: cmp.Or(k.JobGroupName, g.JobGroupName, k.JobGroupID),
			Script:   cmp.Or(k.ScriptName, g.ScriptName), Version: g.ScriptVersion,
			Number: k.CallingNumber, Contact: k.ContactKey, Outcome: k.Outcome,
			Start: cmp.Or(k.ActualTime, k.PlannedTime), Hour: -1, Attempt: int(*k.Attempt),
			Day:       corpus.NoDay.String(),
			Connected: isTrue(k.Connected), Answered: isTrue(k.Answered), Failed: "unknown",
			HungUp: k.Outcome == schema.HungUp, Ended: isTrue(k.FlowEnded), Spoke: k.Spoke,
		}
		if !named {
			c.Script = cmp.Or(k.ChatbotID, k.TaskScenarioID)
		}
		if k.FailedDialogue != nil {
			c.Failed = yesNo(*k.FailedDialogue)
		}
		if k.CallDate != nil {
			c.Day, c.Hour = calendar.Day(*k.CallDate).String(), int(*k.CallHour)
		}
		key := task{k.InstanceID, k.TaskID}
		calls[key] = c
		job := task{k.InstanceID, k.JobID}
		jobs[job] = append(jobs[job], key)
	}
	for _, s := range in.summaries {
		if s.SummaryName == "" {
			continue
		}
		of := jobs[task{s.InstanceID, s.JobID}]
		if s.TaskID != "" {
			of = []task{{s.InstanceID, s.TaskID}}
		}
		for _, key := range of {
			c, ok := calls[key]
			if result := s.SummaryName + "=" + s.Content; ok && !slices.Contains(c.Results, result) {
				c.Results = append(c.Results, result)
				slices.Sort(c.Results)
				calls[key] = c
			}
		}
	}
	exchange := map[task]int{}
	for _, r := range in.turns {
		key := task{r.InstanceID, r.TaskID}
		c, ok := calls[key]
		if !ok || !c.Answered {
			continue
		}
		said := line{Turn: int(r.TurnIndex), Gap: -1, Speaker: r.Speaker, Text: r.Script, Script: r.Script}
		switch r.Speaker {
		case "Robot":
			exchange[key]++
			said.Text = r.Pattern
			if !whole {
				said.Script = ""
			}
		case "Contact":
			for _, token := range r.Tokens {
				if !marks.MatchString(token) {
					said.Words = append(said.Words, token)
				}
			}
		default:
			said.Speaker = "other"
		}
		if r.Timing == schema.TimingOK {
			said.Gap = int(*r.GapMS)
		}
		said.Exchange = exchange[key]
		c.Lines = append(c.Lines, said)
		calls[key] = c
	}
	return calls
}

func isTrue(b *bool) bool { return b != nil && *b }

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// A world that was published is loaded as corpus/simulated makes it, on which most of
// what reads a corpus is tested.
func TestLoadIsSimulated(t *testing.T) {
	dir, world := sources["pulled"].published(t), simulate.Options{People: sources["pulled"].people}
	got := load(t, open(t, dir), query.LoadOptions{})
	want, _ := simulated.World(t, world)
	if diff := gocmp.Diff(inOrder(want), inOrder(got)); diff != "" {
		t.Fatalf("order of calls (-simulated +loaded):\n%.2000s", diff)
	}
	if diff := gocmp.Diff(anonymous(want), anonymous(got)); diff != "" {
		t.Errorf("calls (-simulated +loaded):\n%.4000s", diff)
	}
	if got.ScriptsInferred != want.ScriptsInferred || got.EndsInferred != want.EndsInferred {
		t.Errorf("scripts inferred %t, ends inferred %t: want %t, %t", got.ScriptsInferred, got.EndsInferred, want.ScriptsInferred, want.EndsInferred)
	}
}

func inOrder(c *corpus.Corpus) (tasks []string) {
	for i := range c.Calls {
		tasks = append(tasks, c.Calls[i].Task)
	}
	return tasks
}

// anonymous returns the calls spelled out, with the first call of a contact in place of
// its key, which depends on the key of the dataset.
func anonymous(c *corpus.Corpus) map[task]call {
	calls, first := spelled(c), map[string]string{}
	for i := range c.Calls {
		from := &c.Calls[i]
		contact := c.Contacts.String(from.Contact)
		if _, known := first[contact]; !known {
			first[contact] = from.Task
		}
		key := task{c.Instances.String(from.Instance), from.Task}
		one := calls[key]
		one.Contact = first[contact]
		calls[key] = one
	}
	return calls
}
