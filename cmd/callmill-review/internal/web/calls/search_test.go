//go:build cgo

package calls_test

import (
	"context"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/find"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/cmd/callmill-review/internal/web/users"
)

var counted = regexp.MustCompile(`<b>([\d,]+) 句</b>`)

// total is how many lines a page of the search says there are.
func (p page) total() int {
	found := counted.FindStringSubmatch(p.body)
	if found == nil {
		return 0
	}
	n, err := strconv.Atoi(strings.ReplaceAll(found[1], ",", ""))
	if err != nil {
		return -1
	}
	return n
}

// A search finds what find finds, on pages and as CSV, among the calls of the filter.
func TestSearch(t *testing.T) {
	s := serve(t, world(t), nil)
	c := s.night.Corpus
	for name, tt := range map[string]struct {
		query url.Values
		want  find.Options
	}{
		"a word":         {url.Values{"q": {"您好"}}, find.Options{Text: "您好"}},
		"of contacts":    {url.Values{"q": {"不"}, "speaker": {"contact"}}, find.Options{Text: "不", Speaker: find.Contact}},
		"of the robot":   {url.Values{"q": {"请问"}, "speaker": {"robot"}}, find.Options{Text: "请问", Speaker: find.Robot}},
		"an expression":  {url.Values{"q": {"请问.*吗"}, "regex": {"1"}}, find.Options{Text: "请问.*吗", Regex: true}},
		"after a pause":  {url.Values{"q": {""}, "pause": {"5"}}, find.Options{MinPause: 5000}},
		"short":          {url.Values{"q": {"好"}, "min": {"2"}, "max": {"4"}}, find.Options{Text: "好", MinChars: 2, MaxChars: 4}},
		"a mark of HTML": {url.Values{"q": {"<"}}, find.Options{Text: "<"}},
		"nothing":        {url.Values{"q": {"这句话没有人说过"}}, find.Options{Text: "这句话没有人说过"}},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := find.Lines(t.Context(), c, tt.want)
			if err != nil {
				t.Fatal(err)
			}
			p := s.get("/search?" + tt.query.Encode())
			if p.status != http.StatusOK || p.total() != found.Total {
				t.Errorf("%d: %d lines, want %d", p.status, p.total(), found.Total)
			}
			hits := strings.Count(p.body, ` is">`)
			for next := p.rel("next"); next != ""; next = p.rel("next") {
				p = s.get(next)
				hits += strings.Count(p.body, ` is">`)
			}
			if hits != found.Total {
				t.Errorf("%d lines on pages, want %d", hits, found.Total)
			}
			tt.query.Set("format", "csv")
			rows := s.get("/search?" + tt.query.Encode()).records(t)
			var places, want []string
			for _, row := range rows {
				places = append(places, row["task_id"]+" "+row["turn_index"])
			}
			for h := range found.All() {
				want = append(want, fmt.Sprint(c.Calls[h.Call].Task, " ", c.Lines[h.Line].Turn))
			}
			if strings.Join(places, ",") != strings.Join(want, ",") {
				t.Errorf("%d rows, want %d:\n%.300q\n%.300q", len(places), len(want), places, want)
			}
		})
	}
}

// Hits are in the calls of the filter alone, marked, with lines around them.
func TestSearchShown(t *testing.T) {
	s := serve(t, world(t), nil)
	i := s.answered()
	call := s.night.Corpus.Calls[i]
	said := s.get(s.callURL(i)).bubbles()
	word := string([]rune(said[4])[:2])
	p := s.get("/search?" + url.Values{"q": {word}, "f": {"task=" + call.Task}, "context": {"1"}}.Encode())
	if p.total() == 0 || strings.Count(p.body, `class="found"`) != 1 || !strings.Contains(p.body, "<mark>"+html.EscapeString(word)+"</mark>") {
		t.Errorf("%d lines: %s", p.total(), p.text())
	}
	for _, line := range []string{said[3], said[5]} {
		if !strings.Contains(p.text(), line) {
			t.Errorf("%s is not around the hit", line)
		}
	}
	opened := p.links("/call?")
	if len(opened) == 0 || !strings.Contains(s.get(opened[0]).body, "<mark>") {
		t.Errorf("the call that %q opens is not marked", opened)
	}
	if days := p.links("/search?"); len(days) == 0 {
		t.Error("no day to open")
	}
}

// Days that are not in memory are searched when that is asked for, so that nothing is
// missed; with --mask they are not, and the page says so.
func TestSearchOlder(t *testing.T) {
	dir := world(t)
	all := serve(t, dir, nil)
	everywhere := all.get("/search?q=" + url.QueryEscape("您好")).total()
	s := serve(t, dir, func(_ *site.Options, lo *live.Options) { lo.Memory = 1 })
	p := s.get("/search?q=" + url.QueryEscape("您好"))
	older := p.links("older=1")
	if len(older) != 1 || !strings.Contains(p.text(), "搜索了 "+s.night.From.String()) {
		t.Fatalf("%q: %s", older, p.text())
	}
	before := s.get(older[0])
	if p.total() == 0 || before.total() == 0 || p.total()+before.total() != everywhere {
		t.Errorf("%d lines in memory and %d before, want %d", p.total(), before.total(), everywhere)
	}
	opened := before.links("/call?")
	if len(opened) == 0 {
		t.Fatalf("no call to open: %s", before.text())
	}
	if call := s.get(opened[0]); call.status != http.StatusOK || !strings.Contains(call.body, "<mark>您好</mark>") {
		t.Errorf("%s: %d", opened[0], call.status)
	}
	masked := serve(t, dir, func(o *site.Options, lo *live.Options) { lo.Memory, lo.Mask, o.Mask = 1, true, true })
	p = masked.get("/search?older=1&q=" + url.QueryEscape("您好"))
	if p.status != http.StatusOK || p.total() != 0 || !strings.Contains(p.text(), "没有脱敏") {
		t.Errorf("masked: %d lines: %s", p.total(), p.text())
	}
}

// The form is posted: words lead to the page that searches for them, with all else that
// was chosen.
func TestForm(t *testing.T) {
	s := serve(t, world(t), nil)
	form := url.Values{"q": {"您好"}, "speaker": {"robot"}, "pause": {"2"}, "context": {"0"}, "f": {"is=answered"}, "regex": {"1"}}
	p := s.post("/search/number", form)
	to := mustURL(t, p.header.Get("Location"))
	if p.status != http.StatusSeeOther || to.Path != "/search" {
		t.Fatalf("%d to %s", p.status, to)
	}
	for key := range form {
		if to.Query().Get(key) != form.Get(key) {
			t.Errorf("%s is %q, want %q", key, to.Query().Get(key), form.Get(key))
		}
	}
	if p := s.get(to.String()); p.status != http.StatusOK || p.total() == 0 {
		t.Errorf("%s: %d, %d lines", to, p.status, p.total())
	}
	if p := s.get("/search?s=20260101T000000Z-000000&day=2026-01-24"); strings.Contains(p.body, `value="20260101T000000Z-000000"`) || !strings.Contains(p.body, `value="`+s.night.Name+`"`) {
		t.Error("the form leads to the older snapshot that the URL names")
	}
	if p := s.get("/search/number"); p.status != http.StatusSeeOther {
		t.Errorf("loaded again: %d", p.status)
	}
}

// A number leads to the calls of whom it is of, by its contact key: with the key of the
// dataset, or where the dataset has both. The number is nowhere.
func TestNumber(t *testing.T) {
	dir := world(t)
	key, err := os.ReadFile(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	plain := serve(t, dir, nil)
	ref := plain.night.Corpus.Ref(plain.answered())
	contact := plain.night.Corpus.Contacts.String(plain.night.Corpus.Calls[plain.answered()].Contact)
	table, err := plain.night.DB.Particulars(t.Context(), ref.JobDate)
	if err != nil {
		t.Fatal(err)
	}
	number := table.Of(ref.Instance, ref.Job)[0].Phone
	spaced := number[:3] + " " + number[3:7] + "-" + number[7:]
	for name, change := range map[string]func(*site.Options, *live.Options){
		"with the key":    func(o *site.Options, _ *live.Options) { o.Key = []byte(strings.TrimSpace(string(key))) },
		"without the key": nil,
		"masked":          func(o *site.Options, lo *live.Options) { o.Mask, lo.Mask = true, true },
		"a viewer": func(o *site.Options, _ *live.Options) {
			o.Who = func(*http.Request) (string, users.Role, bool) { return "wang", users.Viewer, true }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, dir, change)
			for _, spelled := range []string{number, spaced, "+86 " + number, "电话" + number + "的"} {
				p := s.post("/search/number", url.Values{"q": {spelled}})
				to := p.header.Get("Location")
				if p.status != http.StatusSeeOther || mustURL(t, to).Query().Get("f") != "contact="+contact {
					t.Errorf("%q: %d to %q: %s", spelled, p.status, to, p.text())
					continue
				}
				calls := s.get(to)
				if rows := strings.Count(calls.body, "<tr data-open"); rows == 0 {
					t.Errorf("%q: no calls", spelled)
				}
				if strings.Contains(to+calls.body, number) {
					t.Errorf("%q: the number is on the page", spelled)
				}
			}
			for _, unknown := range []string{"13000000000", "０１３００００００００", "0000000"} {
				p := s.post("/search/number", url.Values{"q": {unknown}})
				if p.status != http.StatusOK || !strings.Contains(p.text(), "没有") || strings.Contains(p.body, unknown) {
					t.Errorf("%q: %d: %s", unknown, p.status, p.text())
				}
			}
			s.hasNot(t, number, "13000000000")
		})
	}
	// In a URL, where it does not belong, it is not searched for.
	s := serve(t, dir, nil)
	if p := s.get("/search?q=" + number); p.status != http.StatusOK || strings.Contains(p.text(), number) || p.total() != 0 {
		t.Errorf("in the URL: %d: %s", p.status, p.text())
	}
	s.hasNot(t, number)
}

// hasNot checks that texts are in no log.
func (s *served) hasNot(t *testing.T, texts ...string) {
	t.Helper()
	records := s.log.String()
	n := 0
	for access, err := range s.desk.Accesses() {
		if err != nil {
			t.Fatal(err)
		}
		records += fmt.Sprintf("%+v", *access)
		n++
	}
	if n == 0 {
		t.Error("nothing was logged")
	}
	for _, text := range texts {
		if strings.Contains(records, text) {
			t.Errorf("%q is in the log", text)
		}
	}
}

// That somebody searched is logged, and not for what.
func TestSearchLogged(t *testing.T) {
	s := serve(t, world(t), nil)
	s.get("/search?q=" + url.QueryEscape("王建国欠费") + "&speaker=contact")
	s.get("/search?q=" + url.QueryEscape("李小龙|王建国") + "&regex=1")
	s.hasNot(t, "王建国", "李小龙")
	searched := 0
	for access := range s.desk.Accesses() {
		if access.Did == "searched" {
			searched++
		}
	}
	if searched != 2 {
		t.Errorf("%d searches are logged, want 2", searched)
	}
}

// Whatever is in a URL or a form, a page answers, in words, and runs nothing of it.
func TestHostile(t *testing.T) {
	s := serve(t, world(t), nil)
	var repeated strings.Builder
	for i := range 1000 { // a URL of 8 KB, as long as the server takes
		fmt.Fprintf(&repeated, "q=%d&", i)
	}
	values := []string{
		`'; DROP VIEW turns; --`, `' OR ''='`, `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `javascript:alert(1)`, `{{.}}`, `../../../etc/passwd`,
		"\x00", "a\x00b", "\xff\xfe", "%", "%00", "\r\nSet-Cookie: a=b", strings.Repeat("长", 800), strings.Repeat("(a*)*", 150), "(a{1000}){1000}",
		strings.Repeat("(", 999), `\pL{1000}`, strings.Repeat("(.*)", 200) + "b", "-1", "99999999999999999999", "NaN", "1e309", "0x10", "é\u202e", "//example.com", `/\example.com`,
	}
	var targets []string
	for _, v := range values {
		e := url.QueryEscape(v)
		at := s.callURL(s.answered())
		for _, name := range []string{"q", "speaker", "pause", "min", "max", "context", "page", "older", "f", "day", "s", "node", "phrase", "unclear", "rule", "id", "format", "sort"} {
			targets = append(targets, "/search?q=x&"+name+"="+e, "/calls?"+name+"="+e, at+"&"+name+"="+e)
		}
		targets = append(targets, "/search?regex=1&q="+e, at+"&regex=1&q="+e, at+"&seed="+e, at+"&seed=1&n="+e)
		for _, name := range []string{"instance", "job", "task", "job_date"} {
			u := mustURL(t, at)
			q := u.Query()
			q.Set(name, v)
			u.RawQuery = q.Encode()
			targets = append(targets, u.String(), "/call?"+name+"="+e)
		}
	}
	targets = append(targets, "/search?"+repeated.String(), "/calls?page=999999999", "/call?"+repeated.String()+"job=x", "/search?q=", "/search?regex=1&q=")
	for _, target := range targets {
		r, err := http.NewRequest(http.MethodGet, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		r = r.WithContext(t.Context())
		p := s.do(r)
		for p.status == http.StatusAccepted {
			p = s.do(r)
		}
		s.check(t, target, p)
	}
	for _, v := range values {
		for _, name := range []string{"q", "speaker", "f", "day", "context", "node"} {
			form := url.Values{"q": {"x"}, name: {v}}
			p := s.post("/search/number", form)
			s.check(t, "POST "+form.Encode(), p)
			if to := p.header.Get("Location"); to != "" && !strings.HasPrefix(to, "/search?") && !strings.HasPrefix(to, "/calls?") {
				t.Errorf("%s=%.40q leads to %q", name, v, to)
			}
		}
	}
	if log := s.log.String(); log != "" {
		t.Errorf("not expected: %.2000s", log)
	}
}

// check checks that a page answers in words.
func (s *served) check(t *testing.T, target string, p page) {
	t.Helper()
	if p.status >= 500 || p.status < 200 {
		t.Errorf("%.200s: %d: %.300s", target, p.status, p.text())
	}
	for _, bad := range []string{"<script>alert", "<img src=x", "onerror=alert(1)>", `href="javascript:`, `href="//example`, "root:x:"} {
		if strings.Contains(p.body, bad) {
			t.Errorf("%.200s: the page has %s", target, bad)
		}
	}
	if p.header.Get("Set-Cookie") != "" {
		t.Errorf("%.200s sets a cookie", target)
	}
	if len(p.body) > 250<<10 && p.header.Get("Content-Disposition") == "" {
		t.Errorf("%.200s: %d bytes", target, len(p.body))
	}
}

// A search ends with its request, and the next one is not told of that.
func TestSearchLeft(t *testing.T) {
	s := serve(t, world(t), nil)
	// Tests share what is kept of the snapshot: nobody else asks this.
	target := fmt.Sprintf("/search?q=x&max=%d", 1000+rand.IntN(60_000))
	r := httptest.NewRequest(http.MethodGet, target, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p := s.do(r.WithContext(ctx)); strings.Contains(p.body, "句</b>") {
		t.Errorf("%d: a page for nobody", p.status)
	}
	if p := s.get(target); p.status != http.StatusOK {
		t.Errorf("%d: whoever asks next has the error of another", p.status)
	}
}
