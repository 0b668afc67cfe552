//go:build cgo

package masked_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/masked"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/calendar"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

var worlds *published.Worlds

func TestMain(m *testing.M) {
	root, err := os.MkdirTemp("", "masked")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	worlds = published.In(root)
	code := m.Run()
	if err := os.RemoveAll(root); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func open(t testing.TB, dir string) *query.DB {
	t.Helper()
	db, err := query.Open(t.Context(), dir, query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func load(t testing.TB, db *query.DB, o query.LoadOptions) *corpus.Corpus {
	t.Helper()
	o.Whole = true
	c, err := db.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mask(t testing.TB, m *masked.Masker, db *query.DB, c *corpus.Corpus) *corpus.Corpus {
	t.Helper()
	c, err := m.Corpus(t.Context(), c, db.Persons)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func masker(t testing.TB, workers int) *masked.Masker {
	t.Helper()
	m, err := masked.New(masked.Options{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// spell spells all that a corpus says of a call but its contact key, which every dataset
// has other ones of.
func spell(c *corpus.Corpus, i int) string {
	call := &c.Calls[i]
	var b strings.Builder
	var results []string
	for _, r := range call.Results {
		results = append(results, c.Results.String(r))
	}
	slices.Sort(results)
	fmt.Fprintf(&b, "%+v campaign %q script %q %q number %q outcome %q facts %b results %q start %d\n", c.Ref(int32(i)), c.Campaigns.String(call.Campaign), c.Scripts.String(call.Script),
		c.Versions.String(call.Version), c.Numbers.String(call.Number), c.Outcomes.String(call.Outcome), call.Facts, results, call.Start)
	for _, line := range c.Of(call) {
		text := &c.Texts[line.Text]
		var words []string
		for _, w := range text.Words {
			words = append(words, c.Words.String(w))
		}
		fmt.Fprintf(&b, "\t%d %d gap %d exchange %d %q pattern %q words %q\n", line.Turn, text.Speaker, line.Gap, line.Exchange, text.Script, c.Patterns.String(text.Pattern), words)
	}
	return b.String()
}

// A corpus that is masked is that of a dataset that was made with --pii mask.
func TestAsPublished(t *testing.T) {
	world := simulate.Options{People: 400, Seed: 19}
	kept, _ := worlds.Pulled(t, world)
	made, _ := worlds.Pulled(t, world, "--pii", "mask")
	keptDB, madeDB := open(t, kept), open(t, made)
	before, want := load(t, keptDB, query.LoadOptions{}), load(t, madeDB, query.LoadOptions{})
	said := spellAll(before)
	got := mask(t, masker(t, 0), keptDB, before)
	if len(got.Calls) != len(want.Calls) || len(want.Calls) == 0 {
		t.Fatalf("%d calls, want %d", len(got.Calls), len(want.Calls))
	}
	differ := 0
	for i := range want.Calls {
		if g, w := spell(got, i), spell(want, i); g != w {
			if differ++; differ <= 5 {
				t.Errorf("call %d is\n%s\nwant\n%s\nbefore\n%s", i, g, w, said[i])
			}
		}
	}
	if differ > 0 {
		t.Errorf("%d of %d calls differ", differ, len(want.Calls))
	}
	for name, sizes := range map[string][2]int{
		"texts": {len(got.Texts), len(want.Texts)}, "patterns": {got.Patterns.Len(), want.Patterns.Len()},
		"words": {got.Words.Len(), want.Words.Len()}, "results": {got.Results.Len(), want.Results.Len()},
	} {
		if sizes[0] != sizes[1] {
			t.Errorf("%d %s, want %d", sizes[0], name, sizes[1])
		}
	}
	if slices.Equal(said, spellAll(got)) {
		t.Error("nothing was masked")
	}
}

func spellAll(c *corpus.Corpus) []string {
	all := make([]string, len(c.Calls))
	for i := range all {
		all[i] = spell(c, i)
	}
	return all
}

// The days of a corpus may be masked one by one, by however many workers, in any order.
func TestDays(t *testing.T) {
	dir, _ := worlds.Pulled(t, simulate.Options{People: 400, Seed: 19})
	db := open(t, dir)
	m := masker(t, 3)
	whole := mask(t, masker(t, 1), db, load(t, db, query.LoadOptions{}))
	want := map[corpus.Ref]string{}
	days := map[calendar.Day]bool{}
	for i := range whole.Calls {
		want[whole.Ref(int32(i))] = spell(whole, i)
		days[whole.Calls[i].Day] = true
	}
	seen := 0
	for day := range days {
		if day == corpus.NoDay {
			continue
		}
		o := query.LoadOptions{From: day, To: day}
		c := mask(t, m, db, load(t, db, o))
		for i := range c.Calls {
			if got := spell(c, i); got != want[c.Ref(int32(i))] {
				t.Fatalf("%s: call is\n%s\nwant\n%s", day, got, want[c.Ref(int32(i))])
			}
			seen++
		}
		again := mask(t, m, db, load(t, db, o))
		if !slices.Equal(texts(c), texts(again)) {
			t.Errorf("%s: texts have other numbers than before", day)
		}
	}
	if seen == 0 || len(days) < 2 {
		t.Fatalf("%d calls of %d days", seen, len(days))
	}
}

func texts(c *corpus.Corpus) []string {
	var all []string
	for _, text := range c.Texts {
		all = append(all, fmt.Sprint(text))
	}
	return all
}

// A job is masked with its fields.
func TestJob(t *testing.T) {
	j := &schema.Job{
		Contacts: []schema.Contact{{Name: "王小明", PhoneNumber: "19900001234"}},
		Tasks: []schema.Task{{CalledNumber: "19900001234", Turns: []schema.Turn{
			{Speaker: schema.SpeakerRobot, Script: "请问是王小明吗？", Pattern: "请问是{name}吗？"},
			{Speaker: schema.SpeakerContact, Script: "是的，我号码是19900001234"},
		}}},
		Extras: []schema.Extra{{Key: "姓名", Value: "王小明"}},
	}
	m := masker(t, 1)
	m.Job(j)
	if text := fmt.Sprintf("%+v", j); strings.Contains(text, "小明") || strings.Contains(text, "0001234") {
		t.Errorf("left: %s", text)
	}
	if got := j.Tasks[0].Turns[0].Pattern; got != "请问是{name}吗？" {
		t.Errorf("pattern %q", got)
	}
	if got := m.Text("打我电话19900001234"); strings.Contains(got, "1234") {
		t.Errorf("text %q", got)
	}
}
