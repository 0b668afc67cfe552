//go:build cgo

package masked_test

import (
	"fmt"
	"os"
	"path/filepath"
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
	"callmill/segment"
)

var worlds *published.Worlds

func TestMain(m *testing.M) { os.Exit(published.Main(m, &worlds)) }

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
	t.Run("pulled", func(t *testing.T) {
		kept, _ := worlds.Pulled(t, world)
		made, _ := worlds.Pulled(t, world, "--pii", "mask")
		asPublished(t, kept, made, masked.Options{})
	})
	t.Run("converted, with names found by the model", func(t *testing.T) {
		if testing.Short() {
			t.Skip("two datasets more")
		}
		kept, _ := worlds.Converted(t, world, "--hmm")
		made, _ := worlds.Converted(t, world, "--hmm", "--pii", "mask")
		asPublished(t, kept, made, masked.Options{Segment: segment.Options{HMM: true}})
	})
}

func asPublished(t *testing.T, kept, made string, o masked.Options) {
	t.Helper()
	m, err := masked.New(o)
	if err != nil {
		t.Fatal(err)
	}
	keptDB, madeDB := open(t, kept), open(t, made)
	before, want := load(t, keptDB, query.LoadOptions{}), load(t, madeDB, query.LoadOptions{})
	said := spellAll(before)
	got := mask(t, m, keptDB, before)
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

// Jobs that say of their persons what others say of nobody, in results, over several lines
// and calls, of other speakers, and with texts that are all there is.
const hard = `{"Jobs":[
{"JobId":"a","ReferenceId":"KH20260001","Contacts":[{"ContactName":"高兴","Honorific":"高先生","PhoneNumber":"19900001234","ReferenceId":"R-77"},{"ContactName":"欧阳娜娜","PhoneNumber":"19900005678"}],
 "Extras":[{"Key":"姓名","Value":"高兴"},{"Key":"地址","Value":"幸福路12号3单元401"},{"Key":"金额","Value":"2180"},{"Key":"备注","Value":"找欧阳娜娜"}],
 "Summary":[{"Category":"结果","SummaryName":"备注","Content":"高兴说打19900001234"},{"Category":"结果","SummaryName":"意愿","Content":"同意"},{"Category":"结果","SummaryName":"a=b","Content":"c=19900001234"}],
 "Tasks":[
  {"TaskId":"a1","Status":"SucceededFinish","ActualTime":1769212800000,"CalledNumber":"19900001234","Contact":{"ContactName":"高兴","PhoneNumber":"19900001234"},"Conversation":[
   {"Speaker":"Robot","Script":"您好，请问是高兴先生吗？","Timestamp":1769212801000},
   {"Speaker":"Contact","Script":"我是高兴","Timestamp":1769212803000},
   {"Speaker":"Robot","Script":"高先生您好，应还2180元，寄到幸福路12号3单元401可以吗","Timestamp":1769212805000},
   {"Speaker":"Contact","Script":"幺九九零零零零","Timestamp":1769212807000},{"Speaker":"Contact","Script":"幺二三四","Timestamp":1769212808000},
   {"Speaker":"Contact","Script":"","Timestamp":1769212809000},
   {"Speaker":"Agent","Script":"我是坐席，您是高兴吗，电话19900005678","Timestamp":1769212810000},
   {"Speaker":"Contact","Script":"欧阳娜娜是我爱人","Timestamp":1769212811000},
   {"Speaker":"Robot","Script":"${name}您好","Timestamp":1769212812000}]},
  {"TaskId":"a2","Status":"SucceededFinish","ActualTime":1769216400000,"CalledNumber":"19900005678","Contact":{"ContactName":"欧阳娜娜","PhoneNumber":"19900005678"},"Conversation":[
   {"Speaker":"Robot","Script":"您好，请问是欧阳娜娜女士吗？","Timestamp":1769216401000},
   {"Speaker":"Contact","Script":"高兴不在","Timestamp":1769216403000}]}]},
{"JobId":"b","Contacts":[{"ContactName":"王芳","PhoneNumber":"19900009999"}],
 "Summary":[{"Category":"结果","SummaryName":"备注","Content":"[姓名]说打[电话]"},{"Category":"结果","SummaryName":"意愿","Content":"同意"}],
 "Tasks":[{"TaskId":"b1","Status":"SucceededFinish","ActualTime":1769220000000,"CalledNumber":"19900009999","Conversation":[
   {"Speaker":"Robot","Script":"您好，请问是[姓名]吗？","Timestamp":1769220001000},
   {"Speaker":"Contact","Script":"我很高兴","Timestamp":1769220003000},
   {"Speaker":"Contact","Script":"高兴不在","Timestamp":1769220004000},
   {"Speaker":"Contact","Script":"我是[姓名]","Timestamp":1769220005000},
   {"Speaker":"Contact","Script":"一\u001f二王芳","Timestamp":1769220006000},
   {"Speaker":"Robot","Script":"","Timestamp":1769220007000}]}]},
{"JobId":"c","Tasks":[{"TaskId":"c1","Status":"NoAnswer","ActualTime":1769220000000,"CalledNumber":"19900007777"}]}
]}`

func TestHardJobs(t *testing.T) {
	folder := t.TempDir()
	input := filepath.Join(folder, "hard.json")
	if err := os.WriteFile(input, []byte(hard), 0o600); err != nil {
		t.Fatal(err)
	}
	var loaded []*corpus.Corpus
	var dbs []*query.DB
	for _, mode := range []string{"keep", "mask"} {
		dir := filepath.Join(folder, mode)
		worlds.Run(t, "convert", input, "--out", dir, "--pii", mode, "--instance", "i", "--progress", "none")
		db := open(t, dir)
		dbs, loaded = append(dbs, db), append(loaded, load(t, db, query.LoadOptions{}))
	}
	got, want := mask(t, masker(t, 2), dbs[0], loaded[0]), loaded[1]
	lines := 0
	for i := range want.Calls {
		g, w := spell(got, i), spell(want, i)
		if g != w {
			t.Errorf("call %d is\n%s\nwant\n%s", i, g, w)
		}
		lines += strings.Count(w, "\n\t")
		for _, left := range []string{"1234", "5678", "欧阳", "王芳", "幸福路"} {
			if strings.Contains(g, left) {
				t.Errorf("%s is left:\n%s", left, g)
			}
		}
	}
	if lines < 10 || len(want.Calls) != 4 {
		t.Errorf("%d lines of %d calls: not a test", lines, len(want.Calls))
	}
	// Nothing is left of what no call says any more.
	for _, dict := range []*corpus.Dict{&got.Words, &got.Patterns, &got.Results} {
		for code := range dict.Len() {
			if text := dict.String(corpus.Code(code)); strings.Contains(text, "欧阳") || strings.Contains(text, "1234") {
				t.Errorf("%q is left", text)
			}
		}
	}
	for _, text := range got.Texts {
		if strings.Contains(text.Script, "欧阳") || strings.Contains(text.Script, "1234") {
			t.Errorf("%q is left", text.Script)
		}
	}
}
