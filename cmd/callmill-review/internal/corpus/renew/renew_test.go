package renew_test

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/renew"
	"callmill/pipeline/calendar"
)

// call is a call written down.
type call struct {
	instance, job, task, group string
	campaign, script           string // its own; "": those of its campaign
	number, contact, outcome   string
	results                    []string
	day, jobDate               calendar.Day
	start                      int64
	asked                      corpus.Origin
	lines                      []string // "R pattern/script", "C words", "O script"
}

// world is what a snapshot says.
type world struct {
	days     map[calendar.Day][]call // by the day of the job
	names    map[string]renew.Names  // of campaigns, by instance and group
	inferred bool                    // scripts have no names
}

func (w *world) namesOf(instance, group string) renew.Names { return w.names[instance+"/"+group] }

// corpus makes a corpus of the calls of some days, numbered in no order.
func (w *world) corpus(days []calendar.Day) *corpus.Corpus {
	c := &corpus.Corpus{Snapshot: "new", ScriptsInferred: w.inferred}
	for _, day := range days {
		for _, from := range slices.Backward(w.days[day]) {
			names := w.namesOf(from.instance, from.group)
			made := corpus.Call{
				Job: from.job, Task: from.task, Day: from.day, JobDate: day, Start: from.start, Origin: from.asked,
				Instance: c.Instances.Add(from.instance), Group: c.Groups.Add(from.group),
				Campaign: c.Campaigns.Add(cmp.Or(from.campaign, names.Campaign, from.group)),
				Script:   c.Scripts.Add(cmp.Or(from.script, names.Script)), Version: c.Versions.Add(names.Version),
				Number: c.Numbers.Add(from.number), Contact: c.Contacts.Add(from.contact), Outcome: c.Outcomes.Add(from.outcome),
			}
			if w.inferred {
				made.Script = c.Scripts.Add("chatbot " + from.number)
			}
			if from.campaign != "" {
				made.Origin |= corpus.OwnCampaign
			}
			if from.script != "" {
				made.Origin |= corpus.OwnScript
			}
			for _, result := range from.results {
				made.Results = append(made.Results, c.Results.Add(result))
			}
			slices.Sort(made.Results)
			made.FirstLine, made.LineCount = int32(len(c.Lines)), int32(len(from.lines))
			for turn, line := range from.lines {
				c.Lines = append(c.Lines, corpus.Line{Text: text(c, line), Turn: int32(turn)})
			}
			c.Calls = append(c.Calls, made)
		}
	}
	slices.SortFunc(c.Calls, func(a, b corpus.Call) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Start, b.Start),
			strings.Compare(c.Instances.String(a.Instance), c.Instances.String(b.Instance)), strings.Compare(a.Job, b.Job), strings.Compare(a.Task, b.Task))
	})
	lines := make([]corpus.Line, 0, len(c.Lines))
	for i := range c.Calls {
		first := int32(len(lines))
		lines = append(lines, c.Of(&c.Calls[i])...)
		c.Calls[i].FirstLine = first
	}
	c.Lines = lines
	renew.Number(c)
	return c
}

// text returns the number of a text, each of which the corpus has once.
func text(c *corpus.Corpus, line string) int32 {
	speaker, said, _ := strings.Cut(line, " ")
	t := corpus.Text{Script: said}
	switch speaker {
	case "R":
		pattern, script, _ := strings.Cut(said, "/")
		t.Pattern, t.Script = c.Patterns.Add(pattern), script
	case "C":
		t.Speaker = corpus.Contact
		for word := range strings.FieldsSeq(said) {
			t.Words = append(t.Words, c.Words.Add(word))
		}
	default:
		t.Speaker = corpus.Other
	}
	for i := range c.Texts {
		if c.Texts[i].Speaker == t.Speaker && c.Texts[i].Pattern == t.Pattern && c.Texts[i].Script == t.Script {
			return int32(i)
		}
	}
	c.Texts = append(c.Texts, t)
	return int32(len(c.Texts) - 1)
}

// What is renewed is what would have been loaded, whatever changed.
func TestJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := worlds(t, "before")
		after := &world{days: maps.Clone(before.days), names: worldNames(t, "names after"), inferred: before.inferred}
		kept := map[calendar.Day]bool{}
		var changed []calendar.Day
		for day := calendar.Day(1); day <= 4; day++ {
			if rapid.Bool().Draw(t, fmt.Sprint("day ", day, " is kept")) {
				kept[day] = true
				continue
			}
			changed = append(changed, day)
			after.days[day] = calls(t, day, "after")
		}
		from := calendar.Day(rapid.IntRange(0, 3).Draw(t, "from"))
		old, some := before.corpus([]calendar.Day{1, 2, 3, 4}), after.corpus(changed)
		inside := func(c *corpus.Call) bool { return c.Day >= from }
		got := renew.Join(
			renew.Part{Corpus: old, Keep: func(c *corpus.Call) bool { return kept[c.JobDate] && inside(c) }},
			renew.Part{Corpus: some, Keep: inside}, after.namesOf)

		for day, list := range after.days {
			after.days[day] = slices.DeleteFunc(slices.Clone(list), func(c call) bool { return c.day < from })
		}
		want := after.corpus([]calendar.Day{1, 2, 3, 4})
		if !reflect.DeepEqual(normal(got), normal(want)) {
			t.Fatalf("(-loaded +renewed):\n%s", gocmp.Diff(want, got, gocmp.AllowUnexported(corpus.Dict{})))
		}
	})
}

// normal returns a corpus whose empty slices are nil.
func normal(c *corpus.Corpus) *corpus.Corpus {
	n := *c
	n.Calls, n.Lines, n.Texts = append([]corpus.Call(nil), c.Calls...), append([]corpus.Line(nil), c.Lines...), append([]corpus.Text(nil), c.Texts...)
	return &n
}

// A corpus that has its numbers keeps them.
func TestNumberAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t, "world")
		once, twice := w.corpus([]calendar.Day{1, 2, 3, 4}), w.corpus([]calendar.Day{1, 2, 3, 4})
		renew.Number(twice)
		if !reflect.DeepEqual(normal(once), normal(twice)) {
			t.Fatalf("(-once +twice):\n%s", gocmp.Diff(once, twice, gocmp.AllowUnexported(corpus.Dict{})))
		}
	})
}

// Nothing is left of calls that are gone.
func TestJoinForgets(t *testing.T) {
	w := &world{days: map[calendar.Day][]call{
		1: {{job: "j1", task: "t1", contact: "secret", campaign: "their campaign", results: []string{"name=secret"}, lines: []string{"R hello {name}/hello secret", "C my secret"}}},
		2: {{job: "j2", task: "t2", lines: []string{"R hello {name}/hello you"}}},
	}}
	c := renew.Join(
		renew.Part{Corpus: w.corpus([]calendar.Day{1, 2}), Keep: func(c *corpus.Call) bool { return c.JobDate == 2 }},
		renew.Part{Corpus: &corpus.Corpus{}}, w.namesOf)
	if len(c.Calls) != 1 || len(c.Texts) != 1 {
		t.Errorf("%d calls and %d texts, want one each", len(c.Calls), len(c.Texts))
	}
	if everything := fmt.Sprintf("%+v", c); strings.Contains(everything, "secret") || strings.Contains(everything, "their") {
		t.Errorf("something is left: %s", everything)
	}
}

func worlds(t *rapid.T, label string) *world {
	w := &world{days: map[calendar.Day][]call{}, names: worldNames(t, "names "+label), inferred: rapid.Bool().Draw(t, "scripts are inferred")}
	for day := calendar.Day(1); day <= 4; day++ {
		w.days[day] = calls(t, day, label)
	}
	return w
}

func worldNames(t *rapid.T, label string) map[string]renew.Names {
	name := rapid.SampledFrom([]string{"", "x", "y"})
	return rapid.MapOf(rapid.SampledFrom([]string{"i1/g1", "i1/g2", "i2/g1"}), rapid.Custom(func(t *rapid.T) renew.Names {
		return renew.Names{Campaign: name.Draw(t, "campaign"), Script: name.Draw(t, "script"), Version: name.Draw(t, "version")}
	})).Draw(t, label)
}

// calls returns calls of jobs of a day, each of which it makes on that day or later.
func calls(t *rapid.T, day calendar.Day, label string) []call {
	some := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
	list := make([]call, rapid.IntRange(0, 4).Draw(t, fmt.Sprint("calls of day ", day, " ", label)))
	for i := range list {
		list[i] = call{
			instance: some("instance", "i1", "i2"), job: fmt.Sprint("job", day, i), task: some("task", "t1", "t2"),
			group: some("group", "g1", "g2", ""), campaign: some("own campaign", "", "", "own"), script: some("own script", "", "own"),
			number: some("number", "1", "2"), contact: some("contact", "", "a", "b", "c"), outcome: some("outcome", "answered", "busy"),
			results: slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.SampledFrom([]string{"a=1", "b=2", "c="}), 0, 3).Draw(t, "results")))),
			day:     day + calendar.Day(rapid.IntRange(0, 2).Draw(t, "later")), jobDate: day,
			start: int64(rapid.IntRange(0, 2).Draw(t, "start")), asked: rapid.SampledFrom([]corpus.Origin{0, corpus.EndAsked, corpus.EndInferred}).Draw(t, "asked"),
			lines: rapid.SliceOfN(rapid.SampledFrom([]string{"R hello {x}/hello a", "R hello {x}/hello b", "R bye/bye", "C yes", "C no no", "O agent", "C bye"}), 0, 4).Draw(t, "lines"),
		}
	}
	return list
}
