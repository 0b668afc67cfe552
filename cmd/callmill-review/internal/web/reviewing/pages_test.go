//go:build cgo

package reviewing_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/reviewing"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/desk"
	"callmill/pipeline/simulate"
)

var worlds *published.Worlds

func TestMain(m *testing.M) { os.Exit(published.Main(m, &worlds)) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// office is a desk with people at it, of whom Authorization names the one that asks.
type office struct {
	t     *testing.T
	site  *site.Site
	pages http.Handler
	night *live.Night
	desk  string
	book  *rules.Book
	now   time.Time
}

// book of a rule that each test can count on, and one for a script that there is not.
const ownRules = `
rules:
  refuses:
    zh: 要求不再来电
    en: asks not to be called again
    note: <b>unescaped</b>
    opt_out: true
    conditions:
      # words of refusal
      words: {role: contact, regex: '别.{0,2}打|不要再打|投诉'}
    when: words
  greets:
    hit: absent
    conditions: {hello: {role: robot, first: 1, any: [您好]}}
    when: hello
  elsewhere: {scripts: [没有的话术], conditions: {a: {any: [a]}}, when: a}
`

func newOffice(t *testing.T) *office {
	t.Helper()
	dir, _ := worlds.Pulled(t, simulate.Options{People: 400, Seed: 6})
	return officeOf(t, dir)
}

// officeOf is newOffice over a dataset.
func officeOf(t *testing.T, dir string) *office {
	t.Helper()
	b, err := rules.Parse("rules.yaml", []byte(ownRules))
	check(t, err)
	o := &office{t: t, desk: filepath.Join(t.TempDir(), "desk"), book: b, now: time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC)}
	f, err := live.Open(t.Context(), dir, live.Options{Rules: b})
	check(t, err)
	v, err := verdicts.Open(desk.In(o.desk))
	check(t, err)
	o.site = site.New(site.Options{
		Dir: dir, Live: f, Desk: desk.In(o.desk), Verdicts: v, Book: b, Now: func() time.Time { return o.now },
		Who: func(r *http.Request) (string, site.Role, bool) {
			user := r.Header.Get("Authorization")
			switch {
			case strings.HasPrefix(user, "viewer"):
				return user, site.Viewer, true
			case strings.HasPrefix(user, "exporter"):
				return user, site.Exporter, true
			}
			return user, site.Reviewer, user != ""
		},
	})
	reviewing.Add(o.site)
	o.pages, o.night = o.site.Handler(), f.Take()
	t.Cleanup(func() {
		o.night.Release()
		check(t, f.Close())
	})
	return o
}

// answer is what a page was answered with.
type answer struct {
	status int
	header http.Header
	body   string
}

func (o *office) do(user, method, target string, form url.Values, header ...string) answer {
	o.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, target, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Authorization", user)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	o.pages.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

// get gets a page, again while it waits for an answer.
func (o *office) get(user, target string) answer {
	o.t.Helper()
	for range 600 {
		if a := o.do(user, "GET", target, nil); a.status != http.StatusAccepted {
			return a
		}
		time.Sleep(20 * time.Millisecond)
	}
	o.t.Fatalf("%s is not ready", target)
	return answer{}
}

// page gets a page that must be there, in both languages.
func (o *office) page(user, target string) string {
	o.t.Helper()
	a := o.get(user, target)
	if a.status != http.StatusOK {
		o.t.Fatalf("%s: %d %s", target, a.status, a.body)
	}
	for {
		english := o.do(user, "GET", target, nil, "Cookie", "lang=en")
		if english.status == http.StatusAccepted {
			continue
		}
		if english.status != http.StatusOK || !strings.Contains(english.body, `<html lang="en">`) {
			o.t.Fatalf("%s in English: %d %s", target, english.status, english.body)
		}
		own := withoutData(english.body)
		if han.MatchString(own) {
			o.t.Errorf("%s: Chinese on the English page: %q", target, han.FindString(own))
		}
		break
	}
	if len(a.body) > 150<<10 {
		o.t.Errorf("%s weighs %d bytes", target, len(a.body))
	}
	for _, never := range []string{"<b>unescaped", " style=", "<script>", "javascript:", "%!"} {
		if strings.Contains(a.body, never) {
			o.t.Errorf("%s has %q", target, never)
		}
	}
	return a.body
}

var (
	han  = regexp.MustCompile(`[^\n<>]{0,20}\p{Han}[^\n<>]{0,20}`)
	data = regexp.MustCompile(`(?s)<(td|mark|option|pre|textarea|svg|h1|code|li|p class="notice|a href="[^"]*" lang)[^>]*>.*?</(td|mark|option|pre|textarea|svg|h1|code|li|p|a)>|="[^"]*"`)
)

// withoutData takes what is data out of a page.
func withoutData(body string) string { return data.ReplaceAllString(body, "") }

// hits returns calls that the rule refuses hits.
func (o *office) hits() []int32 {
	var calls []int32
	for _, h := range o.night.Hits.Rules[0].Hits {
		calls = append(calls, h.Call)
	}
	if len(calls) < 5 {
		o.t.Fatalf("%d hits", len(calls))
	}
	return calls
}

// form is that of a verdict on a call.
func (o *office) form(i int32, more ...string) url.Values {
	ref := o.night.Corpus.Ref(i)
	v := url.Values{"about": {"call"}, "instance": {ref.Instance}, "job": {ref.Job}, "task": {ref.Task}, "verdict": {"right"}, "back": {"/rules?f=x"}}
	for k := 0; k+1 < len(more); k += 2 {
		v.Set(more[k], more[k+1])
	}
	return v
}

func (o *office) reviews() []desk.Review {
	o.t.Helper()
	var all []desk.Review
	for r, err := range desk.In(o.desk).Reviews() {
		check(o.t, err)
		all = append(all, *r)
	}
	return all
}

// TestReview: what is posted is in the file when the answer comes.
func TestReview(t *testing.T) {
	o := newOffice(t)
	i := o.hits()[0]
	a := o.do("li", "POST", "/review", o.form(i, "about", "hit", "rule", "refuses", "turn", "0", "score", "87.5", "note", " 听错了\n 一半\x00 ", "snapshot", "20260101T000000Z-0a1b2c"))
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/rules?f=x" {
		t.Fatalf("%d %v", a.status, a.header)
	}
	ref := o.night.Corpus.Ref(i)
	all := o.reviews()
	if len(all) != 1 {
		t.Fatalf("%d reviews", len(all))
	}
	r := all[0]
	if r.By != "li" || r.About != desk.AboutHit || r.Call.JobID != ref.Job || r.Call.InstanceID != ref.Instance || *r.Call.TurnIndex != 0 || r.Rule != o.book.Ref(0) ||
		*r.Score != 87.5 || r.Note != "听错了  一半" || r.Verdict != desk.Right || r.At != "2026-02-01T08:00:00.000Z" || r.Snapshot != "20260101T000000Z-0a1b2c" {
		t.Errorf("%+v", r)
	}
	if a := o.do("li", "POST", "/review", o.form(i), "X-Requested-With", "desk"); a.status != http.StatusNoContent || a.body != "" {
		t.Errorf("by script: %d %q", a.status, a.body)
	}
	filter := url.Values{"about": {"filter"}, "filter": {"rule=refuses&f=is%3Danswered"}, "verdict": {"wrong"}}
	if a := o.do("li", "POST", "/review", filter); a.status != http.StatusSeeOther || a.header.Get("Location") != "/" {
		t.Errorf("of a filter: %d %v", a.status, a.header)
	}
	all = o.reviews()
	if r := all[len(all)-1]; r.About != desk.AboutFilter || r.Filter != "f=is%3Danswered&rule=refuses" || r.Snapshot != o.night.Name || r.Call != nil {
		t.Errorf("%+v", r)
	}
}

// TestReviewErased: a verdict on somebody who was erased is refused, also as long as the
// snapshot that is shown still has the call; others are kept.
func TestReviewErased(t *testing.T) {
	dir, _ := worlds.Pulled(t, simulate.Options{People: 400, Seed: 6})
	dir = published.Copy(t, dir)
	o := officeOf(t, dir)
	gone := o.hits()[0]
	other := slices.IndexFunc(o.night.Corpus.Calls, func(c corpus.Call) bool { return c.Job != o.night.Corpus.Calls[gone].Job })
	worlds.Run(t, "forget", dir, "--job", o.night.Corpus.Ref(gone).Job)
	if a := o.do("li", "POST", "/review", o.form(gone)); a.status != http.StatusNotFound {
		t.Errorf("of a call that was erased: %d", a.status)
	}
	if a := o.do("li", "POST", "/review", o.form(int32(other))); a.status != http.StatusSeeOther {
		t.Errorf("of another call: %d", a.status)
	}
	if all := o.reviews(); len(all) != 1 || all[0].Call.JobID != o.night.Corpus.Calls[other].Job {
		t.Errorf("kept: %+v", all)
	}
}

// TestReviewRefused: what cannot be a verdict is refused in words, and nothing is kept.
func TestReviewRefused(t *testing.T) {
	o := newOffice(t)
	i := o.hits()[0]
	for name, tt := range map[string]struct {
		user   string
		form   url.Values
		status int
		says   string
	}{
		"a viewer":               {"viewer", o.form(i), 403, "不能做判定"},
		"no call":                {"li", o.form(i, "job", "nowhere"), 404, "没有这通电话"},
		"a long id":              {"li", o.form(i, "job", strings.Repeat("x", 1000)), 404, "没有这通电话"},
		"an empty form":          {"li", url.Values{}, 400, "只能针对"},
		"about something else":   {"li", o.form(i, "about", "finding"), 400, "只能针对"},
		"another verdict":        {"li", o.form(i, "verdict", "maybe"), 400, "对、错"},
		"a score above 100":      {"li", o.form(i, "score", "100.1"), 400, "0 至 100"},
		"a score that is none":   {"li", o.form(i, "score", "NaN"), 400, "0 至 100"},
		"an infinite score":      {"li", o.form(i, "score", "Inf"), 400, "0 至 100"},
		"a long note":            {"li", o.form(i, "note", strings.Repeat("长", 1001)), 400, "1000 字"},
		"no UTF-8":               {"li", o.form(i, "note", "\xff"), 400, "UTF-8"},
		"a line there is not":    {"li", o.form(i, "turn", "99999"), 400, "没有这一句"},
		"a line below 0":         {"li", o.form(i, "turn", "-1"), 400, "没有这一句"},
		"no rule":                {"li", o.form(i, "about", "hit", "rule", ""), 404, "没有规则"},
		"a rule there is not":    {"li", o.form(i, "about", "hit", "rule", "<b>x"), 404, "&lt;b&gt;x"},
		"a version that is none": {"li", o.form(i, "about", "hit", "rule", "refuses@../../x"), 404, "没有规则"},
		"all calls":              {"li", url.Values{"about": {"filter"}, "filter": {""}, "verdict": {"right"}}, 400, "全部通话"},
		"no filter":              {"li", url.Values{"about": {"filter"}, "filter": {"f=nonsense"}, "verdict": {"right"}}, 400, ""},
		"a giant filter":         {"li", url.Values{"about": {"filter"}, "filter": {"f=" + strings.Repeat("x", 5000)}, "verdict": {"right"}}, 400, "过长"},
	} {
		a := o.do(tt.user, "POST", "/review", tt.form)
		if a.status != tt.status || !strings.Contains(a.body, tt.says) {
			t.Errorf("%s: %d, want %d with %q: %s", name, a.status, tt.status, tt.says, a.body)
		}
	}
	if a := o.do("li", "GET", "/review", nil); a.status < 400 {
		t.Errorf("GET /review: %d", a.status)
	}
	if all := o.reviews(); len(all) != 0 {
		t.Errorf("kept: %+v", all)
	}
	// Where it goes back to is a page of the desk.
	for _, back := range []string{"https://example.com/", "//example.com", `/\example.com`, "javascript:alert(1)", "rules", "\x00"} {
		if a := o.do("li", "POST", "/review", o.form(i, "back", back)); a.status != 303 || a.header.Get("Location") != "/" {
			t.Errorf("back to %q: %d %q", back, a.status, a.header.Get("Location"))
		}
	}
}

// TestCannotKeep: a folder that takes nothing is an error in words, and the next try works
// when it takes something again.
func TestCannotKeep(t *testing.T) {
	o := newOffice(t)
	i := o.hits()[0]
	check(t, os.WriteFile(o.desk, nil, 0o600)) // a file where the folder should be
	if a := o.do("li", "POST", "/review", o.form(i)); a.status != http.StatusInsufficientStorage || !strings.Contains(a.body, "判定没有保存") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := o.do("li", "POST", "/review", o.form(i), "X-Requested-With", "desk"); a.status != http.StatusInsufficientStorage {
		t.Errorf("by script: %d", a.status)
	}
	check(t, os.Remove(o.desk))
	if a := o.do("li", "POST", "/review", o.form(i)); a.status != http.StatusSeeOther {
		t.Errorf("afterwards: %d", a.status)
	}
}

// text returns what can be read of a page, with single spaces.
func text(body string) string {
	_, body, _ = strings.Cut(body, "<main")
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")), " ")
}

// TestRules: counts are those of the hits, precision that of the verdicts, and numbers
// open their calls.
func TestRules(t *testing.T) {
	o := newOffice(t)
	hits := o.hits()
	for k, said := range [][2]string{{"li", "right"}, {"li", "right"}, {"li", "wrong"}, {"wang", "wrong"}, {"li", "transcription_wrong"}} {
		i := hits[min(k, 3)]
		if k == 3 {
			i = hits[0] // on which they disagree
		}
		if k == 4 {
			i = hits[3]
		}
		if a := o.do(said[0], "POST", "/review", o.form(i, "about", "hit", "rule", "refuses", "verdict", said[1])); a.status != 303 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	body := o.page("viewer", "/rules")
	if got := text(body); !strings.Contains(got, "没有的话术") || !strings.Contains(got, fmt.Sprintf("要求不再来电 %d ", len(hits))) {
		t.Errorf("%s", got)
	}
	if !strings.Contains(body, "rule=refuses") || !strings.Contains(body, "event=could&amp;rule=refuses") {
		t.Error("numbers do not open their calls")
	}
	records := o.csv("exporter", "/rules?format=csv&f=is%3Danswered")
	if len(records) != 3 || records[0]["rule"] != "refuses" || records[0]["hits"] != strconv.Itoa(len(hits)) || records[0]["reviewed"] != "4" ||
		records[0]["right"] != "1" || records[0]["wrong"] != "1" || records[0]["transcription_wrong"] != "1" || records[0]["disputed"] != "1" || records[0]["precision"] != "0.5000" {
		t.Errorf("%v", records)
	}
	if a := o.get("li", "/rules?format=csv"); a.status != http.StatusForbidden {
		t.Errorf("a reviewer exports: %d", a.status)
	}

	body = o.page("li", "/rule?rule=refuses")
	got := text(body)
	for _, want := range []string{"看过 4：对 1，错 1，录音转写错 1，意见不一 1", "50.0%", "两人都看 1 · 一致 0.00（κ 0.00）", "li: 对 · wang: 错", "# words of refusal", "匹配其中一个正则表达式", o.book.Ref(0)} {
		if !strings.Contains(got, want) {
			t.Errorf("/rule lacks %q", want)
		}
	}
	for _, want := range []string{"<mark>", `data-key="1"`, `name="rule" value="` + o.book.Ref(0) + `"`, "data-open=", `aria-pressed="true"`, "</svg>"} {
		if !strings.Contains(body, want) {
			t.Errorf("/rule lacks %q", want)
		}
	}
	if viewers := o.page("viewer", "/rule?rule=refuses"); strings.Contains(viewers, `action="/review"`) {
		t.Error("viewers see forms")
	}
	for show, want := range map[string]int{"": len(hits), "new": len(hits) - 4, "mine": len(hits), "wrong": 2, "nonsense": len(hits)} {
		if records := o.csv("exporter", "/rule?rule=refuses&format=csv&list=hits&show="+show); len(records) != want {
			t.Errorf("show=%s lists %d hits, want %d", show, len(records), want)
		}
	}
	if records := o.csv("exporter", "/rule?rule=refuses&format=csv&list=campaigns"); len(records) < 2 {
		t.Errorf("%v", records)
	}
	o.page("li", "/rule?rule=greets")
	o.page("li", "/rule?rule=elsewhere")
	o.page("li", "/rule?rule=refuses&hits.page=2&hits.sort=-time&f=hour%3D9-11")
	if a := o.get("li", "/rule?rule=%3Cscript%3E"); a.status != 404 || strings.Contains(a.body, "<script>") {
		t.Errorf("of no rule: %d", a.status)
	}
}

// csv gets a list as CSV, by the names of columns.
func (o *office) csv(user, target string) []map[string]string {
	o.t.Helper()
	a := o.get(user, target)
	if a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		o.t.Fatalf("%s: %d %s", target, a.status, a.body)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	check(o.t, err)
	var records []map[string]string
	for _, row := range rows[1:] {
		record := map[string]string{}
		for k, name := range rows[0] {
			record[name] = row[k]
		}
		records = append(records, record)
	}
	return records
}

// TestTry: rules are tried on a dialogue and on a call, and what is wrong is told with
// its line; nothing of it is kept.
func TestTry(t *testing.T) {
	o := newOffice(t)
	i := o.hits()[0]
	ref := o.night.Corpus.Ref(i)
	o.page("viewer", "/rules/try")
	body := o.page("li", "/rules/try?"+url.Values{"instance": {ref.Instance}, "job": {ref.Job}, "task": {ref.Task}}.Encode())
	if got := text(body); !strings.Contains(got, "要求不再来电 命中") {
		t.Errorf("of a call: %s", got)
	}
	if a := o.get("li", "/rules/try?job=nowhere"); a.status != 404 {
		t.Errorf("of no call: %d", a.status)
	}
	const own = "rules:\n  mine:\n    zh: 我的\n    conditions:\n      a: {role: contact, any: [改期]}\n    when: a\n"
	post := func(form url.Values) (int, string) {
		a := o.do("li", "POST", "/rules/try", form)
		return a.status, a.body
	}
	for name, tt := range map[string]struct {
		form   url.Values
		status int
		says   []string
	}{
		"rules in use":        {url.Values{"dialogue": {"机: 您好\n客: 别再打了"}}, 200, []string{"要求不再来电 命中 2", "✓ words （第 2 句）", "greets 未命中"}},
		"own rules":           {url.Values{"dialogue": {"客: 我想改期"}, "rules": {own}, "do": {"try"}}, 200, []string{"我的 命中 1"}},
		"wrong rules":         {url.Values{"dialogue": {"客: 好"}, "rules": {"rules:\n  mine:\n    whenn: a\n"}}, 200, []string{"第 3 行", "did you mean when"}},
		"wrong dialogue":      {url.Values{"dialogue": {"客: 好\n乱写"}}, 200, []string{"第 2 行"}},
		"hostile dialogue":    {url.Values{"dialogue": {"客: <script>alert(1)</script>别再打了"}}, 200, []string{"&lt;script&gt;"}},
		"no YAML":             {url.Values{"dialogue": {"客: 好"}, "rules": {"\t{{{"}}, 200, []string{"第 1 行"}},
		"an anchor":           {url.Values{"dialogue": {"客: 好"}, "rules": {"a: &a [*a, *a]"}}, 200, []string{"第 1 行"}},
		"giant expressions":   {url.Values{"dialogue": {"客: 好"}, "rules": {strings.Replace(own, "any: [改期]", "regex: ['"+strings.Repeat("(((.{9}){9}){9})", 400)+"']", 1)}}, 200, []string{"too large"}},
		"many conditions":     {url.Values{"dialogue": {"客: 好"}, "rules": {manyConditions(300)}}, 200, []string{"too many"}},
		"too long":            {url.Values{"dialogue": {strings.Repeat("长", 64<<10)}}, 400, []string{"64 KB"}},
		"no UTF-8":            {url.Values{"rules": {"\xff"}}, 400, []string{"UTF-8"}},
		"nothing":             {url.Values{}, 200, nil},
		"count without rules": {url.Values{"do": {"count"}}, 200, nil},
		"count wrong rules":   {url.Values{"do": {"count"}, "rules": {"rules: 7"}}, 200, []string{"第 1 行"}},
	} {
		status, body := post(tt.form)
		if status != tt.status || strings.Contains(body, "<script>alert") {
			t.Errorf("%s: %d", name, status)
		}
		for _, want := range tt.says {
			if !strings.Contains(text(body), want) {
				t.Errorf("%s lacks %q: %s", name, want, text(body))
			}
		}
	}
	a := o.do("li", "POST", "/rules/try?f=is%3Danswered", url.Values{"do": {"count"}, "rules": {own}})
	where := a.header.Get("Location")
	if a.status != 303 || !strings.HasPrefix(where, "/rules/try?") || !strings.Contains(where, "typed=") {
		t.Fatalf("%d %q", a.status, where)
	}
	body = o.page("li", where)
	want := 0
	c := o.night.Corpus
	for k := range c.Calls {
		for _, line := range c.Of(&c.Calls[k]) {
			if said := c.Texts[line.Text]; said.Speaker == corpus.Contact && strings.Contains(said.Script, "改期") && c.Calls[k].Facts.Is(corpus.Answered) {
				want++
				break
			}
		}
	}
	if got := text(body); want == 0 || !strings.Contains(got, fmt.Sprintf("我的 %d ", want)) {
		t.Errorf("counted, want %d: %s", want, got)
	}
	if records := o.csv("exporter", where+"&format=csv&list=typed_hits"); len(records) != want {
		t.Errorf("%d hits as CSV, want %d", len(records), want)
	}
	if body := o.page("li", "/rules/try?typed=0123456789abcdef"); !strings.Contains(body, "重新粘贴") {
		t.Error("rules that are gone are not told")
	}
	for r, err := range desk.In(o.desk).Accesses() {
		check(t, err)
		if strings.Contains(r.Filter+r.What, "改期") {
			t.Errorf("%+v", r)
		}
	}
	if len(o.reviews()) != 0 {
		t.Error("something is kept")
	}
}

func manyConditions(n int) string {
	var b strings.Builder
	b.WriteString("rules:\n  many:\n    conditions:\n")
	for i := range n {
		fmt.Fprintf(&b, "      c%d: {any: [x%d]}\n", i, i)
	}
	b.WriteString("    when: c0")
	for i := range n - 1 {
		fmt.Fprintf(&b, " or c%d", i+1)
	}
	return b.String() + "\n"
}

// TestSample: two people work through a sample.
func TestSample(t *testing.T) {
	o := newOffice(t)
	target := "/sample?seed=20260124&n=2&f=outcome%3Dhung_up"
	records := o.csv("exporter", target+"&format=csv&list=sample")
	if len(records) < 4 {
		t.Fatalf("%v", records)
	}
	body := o.page("li", target)
	if !strings.Contains(text(body), fmt.Sprintf("已看 0/%d", len(records))) || !strings.Contains(body, "n=2") || !strings.Contains(body, "seed=20260124") {
		t.Errorf("%s", text(body))
	}
	say := func(user string, k int, verdict, score string) {
		r := records[k]
		form := url.Values{"about": {"call"}, "instance": {r["instance_id"]}, "job": {r["job_id"]}, "task": {r["task_id"]}, "verdict": {verdict}, "score": {score}, "note": {"<i>" + user}}
		if a := o.do(user, "POST", "/review", form); a.status != 303 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	say("li", 0, "right", "80")
	say("wang", 0, "wrong", "60")
	say("wang", 1, "right", "")
	got := text(o.page("li", target))
	for _, want := range []string{fmt.Sprintf("已看 2/%d", len(records)), "两人都看 1 · 一致 0.00（κ 0.00）", "平均 70.0 分（2 次）", "wang: 错 60"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q: %s", want, got)
		}
	}
	// What others said is told after one's own verdict.
	if strings.Contains(got, "wang: 对") {
		t.Error("the verdict on a call that li did not look at is told")
	}
	if !strings.Contains(text(o.page("qian", target)), "从第一通没看的开始") || strings.Contains(text(o.page("qian", target)), "wang:") {
		t.Error("who did not look is told what others said")
	}
	for _, cell := range o.csv("exporter", "/sample?format=csv&list=cells&seed=x") {
		if cell["calls"] == "0" || cell["drawn"] == "0" {
			t.Errorf("%v", cell)
		}
	}
	for name, bad := range map[string]string{"n": "/sample?n=51", "no number": "/sample?n=x", "zero": "/sample?n=0", "a long seed": "/sample?seed=" + strings.Repeat("7", 41), "no UTF-8": "/sample?seed=%ff"} {
		if a := o.get("li", bad); a.status != 400 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	o.page("viewer", "/sample?seed=%3Cb%3E&f=day%3D1999-01-01")
	// The numbers of cells are those of the calls that they open.
	all := o.csv("exporter", "/sample?format=csv&list=cells")
	page := o.page("exporter", "/sample")
	links := regexp.MustCompile(`<a href="(/calls\?[^"]*outcome[^"]*)">([\d,]+)</a>`).FindAllStringSubmatch(page, -1)
	if len(links) == 0 || len(links) != min(len(all), 40) {
		t.Fatalf("%d links for %d cells", len(links), len(all))
	}
	for _, link := range links {
		u, err := url.Parse(html.UnescapeString(link[1]))
		check(t, err)
		if got := o.count(u.Query()); strconv.Itoa(got) != strings.ReplaceAll(link[2], ",", "") {
			t.Errorf("%s opens %d calls, and says %s", link[1], got, link[2])
		}
	}
}

// TestMine: each sees what they said, exporters what all did; a change is a new record.
func TestMine(t *testing.T) {
	o := newOffice(t)
	hits := o.hits()
	if got := text(o.page("li", "/mine")); !strings.Contains(got, "还没有判定") {
		t.Errorf("%s", got)
	}
	for _, form := range []url.Values{
		o.form(hits[0], "about", "hit", "rule", "refuses"), o.form(hits[0], "about", "hit", "rule", "refuses", "verdict", "wrong"),
		o.form(hits[1], "score", "70", "note", "=1+1"), {"about": {"filter"}, "filter": {"rule=refuses"}, "verdict": {"right"}},
		o.form(hits[2], "about", "hit", "rule", "refuses@00000000"),
	} {
		if a := o.do("li", "POST", "/review", form); a.status != 303 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	gone := desk.Review{At: "not a time", By: "li", About: desk.AboutCall, Call: &desk.Call{InstanceID: "x", JobID: "<i>gone"}, Verdict: desk.Right}
	check(t, desk.In(o.desk).Review(&gone))
	finding := desk.Review{At: "2026-01-01T00:00:00.000Z", By: "li", About: desk.AboutFinding, Finding: "f", State: desk.Open}
	check(t, desk.In(o.desk).Review(&finding))
	got := text(o.page("li", "/mine"))
	for _, want := range []string{"全部 6 · 命中 3 · 通话 2 · 整个筛选 1", "后来改过", "旧版规则", "快照里已没有", "not a time", "要求不再来电 ·"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q: %s", want, got)
		}
	}
	if got := text(o.page("li", "/mine?about=filter")); !strings.Contains(got, "第 1–1 行，共 1 行") {
		t.Errorf("%s", got)
	}
	if a := o.get("wang", "/mine?by=li"); a.status != http.StatusForbidden {
		t.Errorf("others' verdicts: %d", a.status)
	}
	if got := text(o.page("wang", "/mine")); !strings.Contains(got, "还没有判定") {
		t.Errorf("%s", got)
	}
	for _, by := range []string{"li", "%2A"} {
		records := o.csv("exporter", "/mine?format=csv&by="+by)
		if len(records) != 6 || records[0]["verdict"] != "right" || records[4]["verdict"] != "wrong" || records[4]["counts"] != "1" || records[5]["counts"] != "0" {
			t.Errorf("%s: %v", by, records)
		}
		if note := records[3]["note"]; note != "'=1+1" {
			t.Errorf("a formula is %q", note)
		}
	}
	o.page("exporter", "/mine?by=%2A&sort=-by")
	o.page("exporter", "/mine?by=%3Cscript%3E&about=hit")
	// The form in a row keeps score and note.
	if body := o.page("li", "/mine?about=call"); !strings.Contains(body, `name="score" value="70"`) || !strings.Contains(body, `name="note" value="=1&#43;1"`) {
		t.Error("the form of a row loses score or note")
	}
}

// TestForgotten: what callmill forget takes out of the folder is on no page any more.
func TestForgotten(t *testing.T) {
	o := newOffice(t)
	i := o.hits()[0]
	for _, user := range []string{"li", "exporter"} {
		if a := o.do(user, "POST", "/review", o.form(i, "about", "hit", "rule", "refuses", "note", "打给13800000000")); a.status != 303 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if got := text(o.page("li", "/mine")); !strings.Contains(got, "13800000000") {
		t.Fatalf("%s", got)
	}
	job := o.night.Corpus.Calls[i].Job
	_, gone, err := desk.In(o.desk).Forget(&desk.Someone{Job: func(_, id string) bool { return id == job }}, false)
	check(t, err)
	if gone < 2 {
		t.Errorf("%d records went", gone)
	}
	for _, target := range []string{"/mine", "/rule?rule=refuses"} {
		if body := o.page("li", target); strings.Contains(body, "13800000000") || strings.Contains(body, `aria-pressed="true"`) {
			t.Errorf("%s still has it", target)
		}
	}
	if records := o.csv("exporter", "/mine?by=%2A&format=csv"); len(records) != 0 {
		t.Errorf("%v", records)
	}
}

// TestUnreadable: where the file cannot be read pages say so, with what was read before.
func TestUnreadable(t *testing.T) {
	o := newOffice(t)
	if a := o.do("li", "POST", "/review", o.form(o.hits()[0])); a.status != 303 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	path := filepath.Join(o.desk, desk.ReviewsFile)
	check(t, os.Rename(path, path+".aside"))
	check(t, os.Mkdir(path, 0o700))
	for _, target := range []string{"/mine", "/rules", "/rule?rule=refuses", "/sample"} {
		if body := o.page("li", target); !strings.Contains(body, "判定读不出来") {
			t.Errorf("%s does not say so", target)
		}
	}
	if got := text(o.page("li", "/mine")); !strings.Contains(got, "通话 1") {
		t.Errorf("%s", got)
	}
}

func (o *office) count(v url.Values) int {
	o.t.Helper()
	set, err := parse(v)
	check(o.t, err)
	return len(set.Select(view(o.night)))
}
