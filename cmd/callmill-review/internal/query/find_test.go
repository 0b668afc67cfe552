//go:build cgo

package query_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/find"
	"callmill/cmd/callmill-review/internal/query"
)

// A corpus that was loaded whole has the lines of calls that a person answered. Of these,
// find finds the same ones in it as Search in the snapshot, in the same order.
func TestSearchAsFind(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: searches for many texts")
	}
	for _, name := range []string{"pulled", "responses", "masked", "instances"} {
		t.Run(name, func(t *testing.T) {
			db := open(t, sources[name].published(t))
			c := load(t, db, query.LoadOptions{Whole: true})
			random := rand.New(rand.NewPCG(3, 4))
			some := 0
			for range 12 {
				o := randomSearch(t, c, random)
				want := search(t, db, o)
				got := findIn(t, c, o)
				some += min(int(want.Total), 1)
				var days []query.DayHits
				for _, day := range got.Days {
					days = append(days, query.DayHits{Day: day.Day, Hits: int64(day.Hits)})
				}
				if diff := gocmp.Diff(want.Days, days); diff != "" {
					t.Errorf("%+v by day (-searched +found):\n%s", o, diff)
				}
				if diff := gocmp.Diff(searchedIn(want.Hits), foundIn(c, got)); diff != "" {
					t.Errorf("%+v (-searched +found):\n%.1000s", o, diff)
				}
			}
			if some < 5 {
				t.Errorf("%d of 12 searches had hits: not a test", some)
			}
		})
	}
}

// randomSearch returns what some line has, more or less.
func randomSearch(t *testing.T, c *corpus.Corpus, random *rand.Rand) query.SearchOptions {
	t.Helper()
	script := []rune(c.Texts[c.Lines[random.IntN(len(c.Lines))].Text].Script)
	from := random.IntN(len(script) + 1)
	part := string(script[from:min(len(script), from+random.IntN(4))])
	o := query.SearchOptions{Text: part, Speaker: []string{"", "", "Robot", "Contact"}[random.IntN(4)]}
	if random.IntN(4) == 0 {
		o.Text, o.Regex = regexp.QuoteMeta(part)+"[您你。，]|.？$", true
	}
	if random.IntN(4) == 0 {
		o.MinChars, o.MaxChars = random.IntN(5), 5+random.IntN(20)
	}
	if random.IntN(4) == 0 {
		o.MinPause = int64(random.IntN(8000))
	}
	answered, err := filter.Parse("is=answered attempt=1-") // whose lines are in a corpus
	if err != nil {
		t.Fatal(err)
	}
	o.Calls = answered
	if random.IntN(2) == 0 {
		o.Calls = answered.And(randomFilter(t, c, random))
	}
	return o
}

func findIn(t *testing.T, c *corpus.Corpus, o query.SearchOptions) *find.Found {
	t.Helper()
	found, err := find.Lines(t.Context(), c, find.Options{
		Text: o.Text, Regex: o.Regex, Speaker: map[string]find.Speaker{"Robot": find.Robot, "Contact": find.Contact}[o.Speaker],
		MinChars: o.MinChars, MaxChars: o.MaxChars, MinPause: o.MinPause, Some: true, Calls: o.Calls.Select(c),
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// said is a line and whose it is.
type said struct {
	Place       place
	Job, Script string
	Gap         int64
}

func searchedIn(hits []query.Hit) []said {
	all := []said{}
	for _, h := range hits {
		all = append(all, said{place{h.Instance, h.Task, h.Turn}, h.Job, h.Line.Script, h.Gap})
	}
	return all
}

func foundIn(c *corpus.Corpus, found *find.Found) []said {
	all := []said{}
	for _, h := range slices.Collect(found.All()) {
		call, line := &c.Calls[h.Call], c.Lines[h.Line]
		all = append(all, said{place{c.Instances.String(call.Instance), call.Task, line.Turn}, call.Job, c.Texts[line.Text].Script, int64(line.Gap)})
	}
	return all
}

// Lines that no call of a corpus has are those of machines.
func TestSearchBeyondFind(t *testing.T) {
	dir := sources["pulled"].published(t)
	db := open(t, dir)
	c := load(t, db, query.LoadOptions{Whole: true})
	answered := map[string]bool{}
	for _, task := range read(t, dir).tasks {
		answered[task.TaskID] = task.Answered != nil && *task.Answered && task.Attempt != nil
	}
	all := search(t, db, query.SearchOptions{})
	machines := 0
	for _, h := range all.Hits {
		if !answered[h.Task] {
			machines++
		}
		if !utf8.ValidString(h.Line.Script) {
			t.Errorf("line %d of %s is not UTF-8", h.Turn, h.Task)
		}
	}
	if got := findIn(t, c, query.SearchOptions{}).Total; int64(got+machines) != all.Total {
		t.Errorf("%d lines in memory and %d of machines, want %d", got, machines, all.Total)
	}
	t.Logf("%d of %d lines are of machines", machines, all.Total)
}
