//go:build cgo

package query_test

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/schema"
)

// place is where a line is.
type place struct {
	Instance, Task string
	Turn           int32
}

// Search finds the lines that a loop over all of them finds.
func TestSearch(t *testing.T) {
	dir := sources["pulled"].published(t)
	db := open(t, dir)
	recount := read(t, dir)
	tests := map[string]query.SearchOptions{
		"a word":                {Text: "投诉"},
		"within words":          {Text: "打"},
		"a mark":                {Text: "？", Speaker: "Robot"},
		"of contacts":           {Text: "你", Speaker: "Contact"},
		"every line":            {},
		"long ones":             {Text: "，", MinChars: 20},
		"short ones":            {Speaker: "Contact", MaxChars: 2},
		"after a pause":         {Speaker: "Contact", MinPause: 9000},
		"an expression":         {Text: "(谁|什么).$", Regex: true},
		"wildcards as they are": {Text: "%"},
		"nothing":               {Text: "这句话没有人说过"},
	}
	for name, o := range tests {
		t.Run(name, func(t *testing.T) {
			found, err := db.Search(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			want := recount.find(o, nil)
			if diff := gocmp.Diff(want, places(found.Hits)); diff != "" {
				t.Errorf("(-recounted +found):\n%.2000s", diff)
			}
			byDay := int64(0)
			for _, day := range found.Days {
				byDay += day.Hits
			}
			if found.Total != int64(len(want)) || byDay != found.Total {
				t.Errorf("total %d, by day %d: want %d", found.Total, byDay, len(want))
			}
		})
	}
}

// A search with a limit returns the first of all, and how many there are.
func TestSearchLimit(t *testing.T) {
	db := open(t, sources["pulled"].published(t))
	all := search(t, db, query.SearchOptions{Text: "您"})
	for _, limit := range []int{1, 3, 50, len(all.Hits) - 1, len(all.Hits) + 5} {
		some := search(t, db, query.SearchOptions{Text: "您", Limit: limit})
		want := all.Hits[:min(limit, len(all.Hits))]
		if some.Total != all.Total {
			t.Errorf("limit %d: total %d, want %d", limit, some.Total, all.Total)
		}
		if diff := gocmp.Diff(want, some.Hits); diff != "" {
			t.Errorf("limit %d (-first of all +some):\n%.2000s", limit, diff)
		}
	}
}

// Around a hit are the lines of its call before and after it.
func TestSearchContext(t *testing.T) {
	db := open(t, sources["pulled"].published(t))
	found := search(t, db, query.SearchOptions{Text: "什么", Limit: 30, Context: 2})
	for _, h := range found.Hits {
		lines, err := db.Transcript(t.Context(), h.Key)
		if err != nil {
			t.Fatal(err)
		}
		said := func(lines []query.Line) (all []string) {
			for _, l := range lines {
				all = append(all, fmt.Sprint(l.Turn, l.Speaker, l.Gap, l.Script))
			}
			return all
		}
		at := slices.IndexFunc(lines, func(l query.Line) bool { return l.Turn == h.Turn })
		around := slices.Concat(h.Before, []query.Line{h.Line}, h.After)
		want := lines[max(0, at-2):min(len(lines), at+3)]
		if diff := gocmp.Diff(said(want), said(around)); diff != "" {
			t.Errorf("around line %d of %s (-transcript +hit):\n%s", h.Turn, h.Task, diff)
		}
	}
	if len(found.Hits) != 30 {
		t.Errorf("%d hits, want 30", len(found.Hits))
	}
}

// A filter means the same to DuckDB as to a corpus.
func TestSearchFilter(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: asks for many filters")
	}
	for _, name := range []string{"pulled", "responses", "instances"} {
		t.Run(name, func(t *testing.T) {
			dir := sources[name].published(t)
			db := open(t, dir)
			c := load(t, db, query.LoadOptions{})
			recount := read(t, dir)
			random := rand.New(rand.NewPCG(1, 2))
			some := 0
			for range 30 {
				f := randomFilter(t, c, random)
				pass := map[task]bool{}
				for _, i := range f.Select(c) {
					pass[task{c.Instances.String(c.Calls[i].Instance), c.Calls[i].Task}] = true
				}
				o := query.SearchOptions{Speaker: "Contact", Calls: f}
				want := recount.find(o, pass)
				some += min(len(want), 1)
				if diff := gocmp.Diff(want, places(search(t, db, o).Hits)); diff != "" {
					t.Errorf("%s (-recounted +found):\n%.1000s", f, diff)
				}
			}
			if some < 8 {
				t.Errorf("%d of 30 filters had hits: not a test", some)
			}
		})
	}
}

// randomFilter returns conditions whose values a call has, so that some calls pass.
func randomFilter(t *testing.T, c *corpus.Corpus, random *rand.Rand) filter.Filter {
	t.Helper()
	call := &c.Calls[random.IntN(len(c.Calls))]
	other := &c.Calls[random.IntN(len(c.Calls))]
	result := func(call *corpus.Call) string {
		if len(call.Results) == 0 {
			return "没有"
		}
		name, content, _ := strings.Cut(c.Results.String(call.Results[0]), "=")
		if random.IntN(2) == 0 {
			return name
		}
		return name + "=" + content
	}
	conditions := []string{
		fmt.Sprintf("script=%q,%q", c.Scripts.String(call.Script), c.Scripts.String(other.Script)),
		fmt.Sprintf("script!=%q", c.Scripts.String(other.Script)),
		fmt.Sprintf("version=%q", c.Versions.String(call.Version)),
		fmt.Sprintf("campaign=%q", c.Campaigns.String(call.Campaign)),
		fmt.Sprintf("number!=%q", c.Numbers.String(other.Number)),
		fmt.Sprintf("outcome=%s,%s", c.Outcomes.String(call.Outcome), c.Outcomes.String(other.Outcome)),
		fmt.Sprintf("contact=%q", c.Contacts.String(call.Contact)),
		fmt.Sprintf("job!=%s", call.Job),
		fmt.Sprintf("task=%s,%s", call.Task, other.Task),
		fmt.Sprintf("day=..%s", call.Day),
		fmt.Sprintf("day=%s..", call.Day),
		fmt.Sprintf("day!=%s", other.Day),
		fmt.Sprintf("day=%s,%s", call.Day, other.Day),
		fmt.Sprintf("hour=%d-%d,20", call.Hour, call.Hour+2),
		fmt.Sprintf("attempt=%d", call.Attempt),
		fmt.Sprintf("instance=%q", c.Instances.String(call.Instance)),
		"attempt=2-",
		"is=failed", "is!=failed", "is=connected,last", "is=answered", "is=hung_up,transferred", "is!=flow_ended", "is=spoke", "is=not_understood",
		fmt.Sprintf("result=%q", result(call)),
		fmt.Sprintf("result!=%q", result(other)),
	}
	random.Shuffle(len(conditions), func(i, j int) { conditions[i], conditions[j] = conditions[j], conditions[i] })
	f, err := filter.Parse(strings.Join(conditions[:1+random.IntN(3)], " "))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// find returns where lines are as asked, of the calls that pass; nil lets all pass.
func (in *contents) find(o query.SearchOptions, pass map[task]bool) []place {
	has := func(script string) bool { return strings.Contains(script, o.Text) }
	if o.Regex {
		has = regexp.MustCompile(o.Text).MatchString
	}
	found := []place{}
	for _, r := range in.turns {
		chars := utf8.RuneCountInString(r.Script)
		switch {
		case !has(r.Script),
			o.Speaker != "" && r.Speaker != o.Speaker,
			chars < o.MinChars, o.MaxChars > 0 && chars > o.MaxChars,
			o.MinPause > 0 && (r.Timing != schema.TimingOK || *r.GapMS < o.MinPause),
			pass != nil && !pass[task{r.InstanceID, r.TaskID}]:
			continue
		}
		found = append(found, place{r.InstanceID, r.TaskID, r.TurnIndex})
	}
	slices.SortFunc(found, byPlace)
	return found
}

func places(hits []query.Hit) []place {
	all := []place{}
	for _, h := range hits {
		all = append(all, place{h.Instance, h.Task, h.Turn})
	}
	slices.SortFunc(all, byPlace)
	return all
}

func byPlace(a, b place) int {
	return cmp.Or(strings.Compare(a.Instance, b.Instance), strings.Compare(a.Task, b.Task), cmp.Compare(a.Turn, b.Turn))
}

func search(t *testing.T, db *query.DB, o query.SearchOptions) *query.Hits {
	t.Helper()
	found, err := db.Search(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Whatever is typed is text to find: nothing of it is run, and no file is written.
func TestHostileText(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: searches for megabytes")
	}
	dir := fresh(t)
	db := open(t, dir)
	before := hashes(t, dir)
	texts := []string{
		`'`, `"`, `%`, `_`, `\`, `'; DROP VIEW turns; --`, `$1`, `?`, `{{.Call}}`, "\x00", "a\x00b", "\n", "\r\n", "🀄", `') UNION SELECT 1 --`,
		fmt.Sprintf(`'; COPY turns TO '%s/latest/turns.csv'; --`, dir),
		strings.Repeat("长", 1<<20/3), strings.Repeat("'", 1<<20),
	}
	for _, text := range texts {
		found := search(t, db, query.SearchOptions{Text: text})
		for _, h := range found.Hits {
			if !strings.Contains(h.Line.Script, text) {
				t.Errorf("%.40q: found in %q", text, h.Line.Script)
			}
		}
		for _, key := range filter.Keys() {
			f, err := filter.One(key, text)
			if err != nil {
				continue // no value of this key: days, hours, facts
			}
			if n := search(t, db, query.SearchOptions{Calls: f}).Total; n != 0 {
				t.Errorf("%s=%.40q: %d lines", key, text, n)
			}
		}
		if _, err := db.Attempts(t.Context(), text, text); err != nil {
			t.Errorf("attempts of job %.40q: %v", text, err)
		}
		if _, err := db.Transcript(t.Context(), query.Key{Instance: text, Job: text, Task: text}); err != nil {
			t.Errorf("transcript of %.40q: %v", text, err)
		}
	}
	for _, regex := range []string{"(", `\1`, "(?<=a)b", "a{2000}", strings.Repeat("(a*)*", 4000), "\xff"} {
		_, err := db.Search(t.Context(), query.SearchOptions{Text: regex, Regex: true})
		if _, ok := errors.AsType[*query.TextError](err); !ok {
			t.Errorf("expression %.40q: %v, want a TextError", regex, err)
		}
	}
	if diff := gocmp.Diff(before, hashes(t, dir)); diff != "" {
		t.Errorf("the folder changed:\n%s", diff)
	}
}

// hashes returns the SHA-256 of every file below a folder, and what links lead to.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir():
			found[path] = "folder"
		case entry.Type()&fs.ModeSymlink != 0:
			found[path], err = os.Readlink(path)
		default:
			var content []byte
			content, err = os.ReadFile(path)
			found[path] = fmt.Sprintf("%x", sha256.Sum256(content))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
