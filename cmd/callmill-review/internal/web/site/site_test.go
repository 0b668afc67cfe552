//go:build cgo

package site_test

import (
	"embed"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"html"
	"html/template"
	"io"
	"log/slog"
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

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/cmd/callmill-review/internal/web/users"
	"callmill/pipeline/calendar"
	"callmill/pipeline/desk"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

//go:embed testdata/*.html
var pages embed.FS

var worlds *published.Worlds

func TestMain(m *testing.M) {
	os.Exit(published.Main(m, &worlds, func() error {
		if opened == nil {
			return nil
		}
		return opened.Close()
	}))
}

// opened is the follower of all tests, which change nothing in it.
var opened *live.Follower

func open(t testing.TB, dir string) *live.Follower {
	t.Helper()
	if opened == nil {
		var err error
		if opened, err = live.Open(t.Context(), dir, live.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	return opened
}

// now is after all calls.
var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// world is a site over a small dataset, with a page of a list at /list, one that waits at
// /slow and more that fail.
type world struct {
	site *site.Site
	desk *desk.Desk
	log  strings.Builder
	role site.Role
	now  time.Time
	rows int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dir, _ := worlds.Pulled(t, simulate.Options{People: 300})
	follower := open(t, dir)
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{desk: desk.In(filepath.Join(t.TempDir(), "desk")), role: site.Exporter, now: now, rows: 120}
	reviews, err := verdicts.Open(w.desk)
	if err != nil {
		t.Fatal(err)
	}
	w.site = site.New(site.Options{
		Dir: dir, Live: follower, Desk: w.desk, Verdicts: reviews, Audit: audit.New(w.desk, audit.Options{Now: w.clock, Log: slog.New(slog.DiscardHandler)}),
		Who: func(*http.Request) (string, users.Role, bool) { return "wang", w.role, true }, Login: true,
		Now: w.clock, Log: slog.New(slog.NewTextHandler(&w.log, nil)), Book: book,
	})
	w.add()
	return w
}

func (w *world) clock() time.Time { return w.now }

func (w *world) add() {
	s := w.site
	set := s.Templates(pages, "testdata/*.html")
	title := schema.Text{ZH: "列表", EN: "List"}
	s.Page("GET /list", site.Viewer, func(rw http.ResponseWriter, r *site.Request) error {
		l := w.list()
		if done, err := r.CSV(rw, l); done {
			return err
		}
		return r.Render(rw, set, "list", title, struct {
			List  *site.Listed
			Set   among.Set
			Day   calendar.Day
			Phone string
			Title schema.Text
			Chart template.HTML
		}{r.List(l), among.Set{Rule: "fraud"}, r.Day, r.Number("13800000000"), title, "<svg></svg>"})
	})
	s.Page("GET /slow", site.Viewer, func(http.ResponseWriter, *site.Request) error {
		return fmt.Errorf("count: %w", &answers.WorkingError{Progress: answers.Progress{
			Step: 2, Steps: 3, Doing: schema.Text{ZH: "比较", EN: "comparing"}, Since: w.now.Add(-5 * time.Second)}})
	})
	s.Page("GET /queued", site.Viewer, func(http.ResponseWriter, *site.Request) error {
		return &answers.WorkingError{Progress: answers.Progress{Queued: true, Ahead: 3}}
	})
	s.Page("GET /export", site.Exporter, func(http.ResponseWriter, *site.Request) error { return nil })
	s.Page("GET /gone", site.Viewer, func(http.ResponseWriter, *site.Request) error {
		return site.NotFound(schema.Text{ZH: "这通电话已被删除", EN: "this call was erased"})
	})
	s.Page("GET /bad", site.Viewer, func(http.ResponseWriter, *site.Request) error { return errors.New("a secret reason") })
	s.Page("GET /broken", site.Viewer, func(rw http.ResponseWriter, r *site.Request) error {
		return r.Render(rw, set, "broken", title, struct{ List *site.Listed }{&site.Listed{}})
	})
	s.Form("POST /do", site.Reviewer, func(rw http.ResponseWriter, r *site.Request) error { return r.See(rw, r.Back()) })
}

// list is a list of numbers and their names, one of which is a formula, and one HTML.
func (w *world) list() *site.Listing {
	names := []string{"=HYPERLINK(1)", "<script>alert(1)</script>", "王女士"}
	return &site.Listing{
		Name: "numbers", Len: w.rows,
		Columns: []site.Column{
			{Key: "n", Head: schema.Text{ZH: "数", EN: "Number"}, Right: true, Compare: func(a, b int) int { return a - b }},
			{Key: "name", Head: schema.Text{ZH: "名", EN: "Name"}},
			{Key: "share", Head: schema.Text{ZH: "占比", EN: "Share"}, Right: true, Only: site.PageOnly},
			{Key: "secret", Only: site.CSVOnly},
		},
		Row: func(i int) []site.Cell {
			return []site.Cell{site.Count(1000+i, "/calls?n="+strconv.Itoa(i)), site.Text(names[i%3]), site.Share(i, w.rows, ""), site.Text("s")}
		},
		Link: func(i int) string { return "/row?i=" + strconv.Itoa(i) },
	}
}

func (w *world) get(t *testing.T, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	return w.do(t, r, headers...)
}

func (w *world) do(t *testing.T, r *http.Request, headers ...string) (*http.Response, string) {
	t.Helper()
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rw := httptest.NewRecorder()
	w.site.Handler().ServeHTTP(rw, r)
	answer := rw.Result()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

const english, chinese = "lang=en", "lang=zh"

// All templates in both languages: the golden files are what the pages look like.
func TestGolden(t *testing.T) {
	w := newWorld(t)
	w.rows = 7
	for _, page := range []struct {
		name, path string
		status     int
	}{
		{"about", "/about", 200},
		{"list", "/list?f=hour%3D9-11&rule=fraud&day=2026-01-24&sort=-n", 200},
		{"nothing", "/list?f=script%3D%E6%97%A0", 200},
		{"slow", "/slow", 202},
		{"queued", "/queued", 202},
		{"gone", "/gone", 404},
		{"usage", "/list?f=bad", 400},
	} {
		for _, lang := range []string{chinese, english} {
			answer, body := w.get(t, page.path, "Cookie", lang)
			if answer.StatusCode != page.status {
				t.Errorf("%s: status %d, want %d\n%s", page.path, answer.StatusCode, page.status, body)
			}
			if refreshes := answer.Header.Get("Refresh") != ""; refreshes != (page.status == 202) {
				t.Errorf("%s: Refresh %q", page.path, answer.Header.Get("Refresh"))
			}
			golden(t, filepath.Join("testdata", page.name+"."+strings.TrimPrefix(lang, "lang=")+".golden"), w.stable(body))
			inline(t, page.path, body)
		}
	}
}

// stable takes out of a page what changes from run to run, or with the simulator.
func (w *world) stable(page string) string {
	night := w.site.Live.Take()
	defer night.Release()
	page = strings.ReplaceAll(page, night.Name, "SNAPSHOT")
	for pattern, with := range map[string]string{
		`\?v=[0-9a-f]+`:                        "?v=HASH",
		`<option value="[^"]+">[^<]*</option>`: "", // what the simulator makes
		`(<b>\d+</b> / )[\d,]+`:                "${1}ALL", ` · [\d,]+ (通|calls)`: " · N $1", `(<p>[^<]*(；有：|there are )).*</p>`: "$1…</p>",
	} {
		page = regexp.MustCompile(pattern).ReplaceAllString(page, with)
	}
	return page
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update writes it anew); got\n%s", file, got)
	}
}

// inline refuses what the policy of pages does not let through.
func inline(t *testing.T, path, page string) {
	t.Helper()
	for _, pattern := range []string{`<style`, `\sstyle=`, `<script>`, `\son[a-z]+=`, `javascript:`, `ZgotmplZ`, `(href|src|action)="(https?:)?//`} {
		if found := regexp.MustCompile(pattern).FindString(page); found != "" {
			t.Errorf("%s has %s", path, found)
		}
	}
	if len(page) > 150<<10 {
		t.Errorf("%s weighs %d bytes", path, len(page))
	}
}

func TestLanguage(t *testing.T) {
	w := newWorld(t)
	if _, body := w.get(t, "/about", "Accept-Language", "en"); !strings.Contains(body, `<html lang="zh-CN">`) {
		t.Error("the first page is not Chinese")
	}
	answer, _ := w.get(t, "/about?lang=en&day=2026-01-24")
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/about?day=2026-01-24" {
		t.Errorf("choosing a language: %d to %s", answer.StatusCode, answer.Header.Get("Location"))
	}
	cookies := answer.Cookies()
	if len(cookies) != 1 || cookies[0].Value != "en" || !cookies[0].HttpOnly {
		t.Errorf("cookies %v", cookies)
	}
	if answer, _ := w.get(t, "/about?lang=%3Cscript%3E"); len(answer.Cookies()) != 0 {
		t.Errorf("a language that there is not: %v", answer.Cookies())
	}
}

// What the filter bar sends becomes the canonical URL, without a script.
func TestBar(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"b.=1&b.from=&b.to=&b.script=&b.f=&day=2026-01-24":                      "/list?day=2026-01-24",
		"b.=1&b.from=2026-01-20&b.to=2026-01-24":                                "/list?f=day%3D2026-01-20..2026-01-24",
		"b.=1&b.from=2026-01-20&b.to=2026-01-20&f=hour%3D9":                     "/list?f=day%3D2026-01-20",
		"b.=1&b.to=2026-01-20":                                                  "/list?f=day%3D..2026-01-20",
		"b.=1&b.script=a+b&b.f=hour%3D9-11&page=7":                              "/list?f=script%3D%22a+b%22+hour%3D9-11",
		"b.=1&b.rule=fraud&rule=promise&event=could&sort=n":                     "/list?rule=fraud&sort=n",
		"b.=1&b.script=&rule=promise":                                           "/list?rule=promise",
		"b.=1&b.rule=&rule=promise":                                             "/list",
		"b.=1&b.f=what+is+this":                                                 "/list?f=what+is+this",
		"b.=1&b.outcome=hung_up&s=20260101T000000Z-000000&wording=0123456789ab": "/list?f=outcome%3Dhung_up&s=20260101T000000Z-000000&wording=0123456789ab",
	} {
		answer, _ := w.get(t, "/list?"+query)
		if got := answer.Header.Get("Location"); answer.StatusCode != http.StatusSeeOther || got != want {
			t.Errorf("%s leads to %d %s, want %s", query, answer.StatusCode, got, want)
		}
	}
	if _, body := w.get(t, "/list?f=what+is+this"); !strings.Contains(body, "what") {
		t.Errorf("what cannot be understood is not shown:\n%s", body)
	}
}

// Every chip removes its condition, and no other.
func TestChips(t *testing.T) {
	w := newWorld(t)
	_, body := w.get(t, "/list?f=hour%3D9-11+outcome%3Dhung_up&rule=fraud&event=could&phrase=a&day=2026-01-24")
	chips := regexp.MustCompile(`<li><a href="([^"]+)" title="去掉`).FindAllStringSubmatch(body, -1)
	if len(chips) != 4 {
		t.Fatalf("%d chips, want 4:\n%s", len(chips), body)
	}
	for _, chip := range chips {
		u, err := url.Parse(html.UnescapeString(chip[1]))
		if err != nil {
			t.Fatal(err)
		}
		set, err := among.Parse(u.Query())
		if err != nil {
			t.Errorf("%s: %v", u, err)
		}
		left := len(set.Filter.Conditions())
		for _, part := range []string{set.Rule, set.Phrase} {
			if part != "" {
				left++
			}
		}
		if left != 3 || u.Query().Get("day") != "2026-01-24" {
			t.Errorf("%s leaves %d conditions, want 3", u, left)
		}
	}
}

// A page about a rule has no chip that takes the rule away.
func TestSubject(t *testing.T) {
	w := newWorld(t)
	set := w.site.Templates(pages, "testdata/*.html")
	w.site.Page("GET /rule", site.Viewer, func(rw http.ResponseWriter, r *site.Request) error {
		return r.Render(rw, set, "subject", schema.Text{EN: "Rule"}, nil)
	})
	_, body := w.get(t, "/rule?rule=fraud&event=could&f=hour%3D9-11+script%3Dx")
	for _, chip := range regexp.MustCompile(`<li( class="clear")?><a href="([^"]+)"`).FindAllStringSubmatch(body[strings.Index(body, `class="chips"`):], -1) {
		if !strings.Contains(chip[2], "rule=fraud") {
			t.Errorf("%s is about no rule", chip[2])
		}
	}
	if strings.Contains(body, `name="b.rule"`) || !strings.Contains(body, `<input type="hidden" name="rule" value="fraud">`) {
		t.Errorf("the bar chooses another rule:\n%s", body)
	}
}

func TestNotices(t *testing.T) {
	w := newWorld(t)
	night := w.site.Live.Take()
	name := night.Name
	night.Release()
	for _, test := range []struct {
		path string
		now  time.Time
		want string // "": no notice
	}{
		{"/about?s=" + name, now, ""},
		{"/about?s=20200101T000000Z-000000", now, "已被清理"},
		{"/about?s=..%2F..%2Fetc", now, "已被清理"},
		{"/about", time.Date(2026, 1, 22, 12, 0, 0, 0, time.UTC), "请检查时钟"},
		{"/about?day=2031-01-01", now, "在今天之后"},
		{"/about?f=script%3Dx", now, "没有 x 的通话"},
		{"/about?rule=x", now, "没有规则“x”"},
		{"/about?wording=0123456789ab", now, "不在当前快照里"},
		{"/about?id=i/j/t", now, "可能已被删除"},
	} {
		w.now = test.now
		_, body := w.get(t, test.path)
		if has := strings.Contains(body, `class="notice`); has != (test.want != "") || !strings.Contains(body, test.want) {
			t.Errorf("%s: no notice %q in\n%s", test.path, test.want, body)
		}
	}
}

// A day in the future is not taken for the last one.
func TestLastDay(t *testing.T) {
	w := newWorld(t)
	var day calendar.Day
	w.site.Page("GET /day", site.Viewer, func(_ http.ResponseWriter, r *site.Request) error {
		day = r.Day
		return nil
	})
	w.get(t, "/day")
	last := day
	w.now = time.Date(2026, 1, 22, 12, 0, 0, 0, time.UTC)
	w.get(t, "/day")
	if day > last || day.String() > "2026-01-22" {
		t.Errorf("on 22 January the day is %s", day)
	}
	w.now = time.Unix(0, 0) // a clock that was set back
	w.get(t, "/day")
	if day != last {
		t.Errorf("in 1970 the day is %s, want %s", day, last)
	}
	w.get(t, "/day?day=2026-01-20")
	if day.String() != "2026-01-20" {
		t.Errorf("chosen: %s", day)
	}
}

func TestList(t *testing.T) {
	w := newWorld(t)
	first := func(path string) string {
		_, body := w.get(t, path)
		return regexp.MustCompile(`data-open="/row\?i=(\d+)"`).FindStringSubmatch(body)[1]
	}
	for path, want := range map[string]string{
		"/list": "0", "/list?page=2": "50", "/list?page=3&sort=n": "100", "/list?sort=-n": "119", "/list?sort=-n&page=2": "69",
		"/list?page=99": "100", "/list?page=-1": "0", "/list?page=x": "0", "/list?sort=none": "0", "/list?sort=name": "0",
	} {
		if got := first(path); got != want {
			t.Errorf("%s begins with row %s, want %s", path, got, want)
		}
	}
	_, body := w.get(t, "/list?sort=-n&page=2&f=hour%3D9-11")
	for _, want := range []string{`aria-sort="descending"`, `rel="next"`, `rel="prev"`, `&lt;script&gt;`, `第 51–100 行，共 120 行`, `导出全部 120 行 CSV`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	w.role = site.Viewer
	if _, body := w.get(t, "/list"); strings.Contains(body, "format=csv") {
		t.Error("a viewer is offered the export")
	}
	w.rows = 5000 // is sorted once and kept
	if got := first("/list?sort=-n"); got != "4999" {
		t.Errorf("of 5000 rows the first is %s", got)
	}
}

func TestCSV(t *testing.T) {
	w := newWorld(t)
	answer, body := w.get(t, "/list?format=csv&sort=-n&rule=fraud")
	if answer.StatusCode != 200 || !strings.HasPrefix(body, "\ufeff") || !strings.HasPrefix(answer.Header.Get("Content-Disposition"), "attachment; filename=callmill-numbers-") {
		t.Fatalf("status %d, %v, begins %.20q", answer.StatusCode, answer.Header, body)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	night := w.site.Live.Take()
	defer night.Release()
	if want := []string{"n", "name", "secret", "snapshot", "filter"}; !slices.Equal(rows[0], want) {
		t.Errorf("columns %v, want %v", rows[0], want)
	}
	if len(rows) != 121 || rows[1][0] != "1119" || !slices.Equal(rows[120], []string{"1000", "'=HYPERLINK(1)", "s", night.Name, "规则 怀疑诈骗或被威胁"}) {
		t.Errorf("%d rows, %v … %v", len(rows), rows[1], rows[120])
	}
	var logged []desk.Access
	for a, err := range w.desk.Accesses() {
		if err != nil {
			t.Fatal(err)
		}
		logged = append(logged, *a)
	}
	if n := len(logged); n != 1 || logged[0].Did != "exported" || logged[0].What != "numbers" || logged[0].Rows != 120 || logged[0].By != "wang" {
		t.Errorf("the access log has %+v", logged)
	}
	for _, role := range []site.Role{site.Viewer, site.Reviewer} {
		w.role = role
		if answer, body := w.get(t, "/list?format=csv"); answer.StatusCode != http.StatusForbidden || strings.Contains(body, "HYPERLINK") {
			t.Errorf("%v: status %d", role, answer.StatusCode)
		}
	}
	w.role, w.rows = site.Exporter, 1<<20
	if answer, body := w.get(t, "/list?format=csv"); answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, "1,048,575") {
		t.Errorf("more rows than a sheet has: %d %s", answer.StatusCode, body)
	}
}

// An export that cannot be logged is none.
func TestCSVUnlogged(t *testing.T) {
	w := newWorld(t)
	if err := os.MkdirAll(filepath.Join(w.desk.Dir(), desk.AccessFile), 0o700); err != nil { // no file can be there
		t.Fatal(err)
	}
	answer, body := w.get(t, "/list?format=csv")
	if answer.StatusCode != http.StatusInsufficientStorage || strings.Contains(body, "HYPERLINK") {
		t.Errorf("status %d, %s", answer.StatusCode, body)
	}
}

func TestRoles(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		role site.Role
		path string
		want int
	}{
		{site.Viewer, "/list", 200}, {site.Viewer, "/export", 403}, {site.Reviewer, "/export", 403}, {site.Exporter, "/export", 200},
	} {
		w.role = test.role
		if answer, _ := w.get(t, test.path); answer.StatusCode != test.want {
			t.Errorf("%v at %s: status %d, want %d", test.role, test.path, answer.StatusCode, test.want)
		}
	}
	w.role = site.Viewer
	if _, body := w.get(t, "/list"); !strings.Contains(body, "138****0000") {
		t.Error("a viewer sees numbers")
	}
	w.role = site.Reviewer
	if _, body := w.get(t, "/list"); !strings.Contains(body, "13800000000") {
		t.Error("a reviewer sees no numbers")
	}
}

// Errors that nobody expected have a number, and their reason is in the log alone.
func TestErrors(t *testing.T) {
	w := newWorld(t)
	answer, body := w.get(t, "/bad")
	id := regexp.MustCompile(`编号：(\w+)`).FindStringSubmatch(body)
	if answer.StatusCode != 500 || id == nil || strings.Contains(body, "secret") {
		t.Fatalf("status %d\n%s", answer.StatusCode, body)
	}
	if !strings.Contains(w.log.String(), id[1]) || !strings.Contains(w.log.String(), "a secret reason") {
		t.Errorf("the log has %s", w.log.String())
	}
	if answer, _ := w.get(t, "/broken"); answer.StatusCode != 500 {
		t.Errorf("a template that fails: %d", answer.StatusCode)
	}
	for path, want := range map[string]int{"/nowhere": 404, "/static/none": 404, "/list?day=yesterday": 400, "/list?wording=%27": 400, "/static/desk.css": 200} {
		if answer, _ := w.get(t, path); answer.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, answer.StatusCode, want)
		}
	}
}

// A form leads back to a page of this site, and to no other.
func TestForm(t *testing.T) {
	w := newWorld(t)
	for back, want := range map[string]string{
		"/list?page=2": "/list?page=2", "/list?a=%26#hits": "/list?a=%26#hits", "": "/", "https://example.com/": "/", "//example.com": "/", `/\example.com`: "/", "javascript:alert(1)": "/", "/%5cexample.com": "/", "list": "/",
	} {
		r := httptest.NewRequest(http.MethodPost, "/do", strings.NewReader(url.Values{"back": {back}}.Encode()))
		answer, _ := w.do(t, r, "Content-Type", "application/x-www-form-urlencoded")
		if got := answer.Header.Get("Location"); answer.StatusCode != http.StatusSeeOther || got != want {
			t.Errorf("back to %q: %d %s, want %s", back, answer.StatusCode, got, want)
		}
	}
	w.role = site.Viewer
	r := httptest.NewRequest(http.MethodPost, "/do", strings.NewReader("a=b"))
	if answer, body := w.do(t, r, "Content-Type", "application/x-www-form-urlencoded"); answer.StatusCode != http.StatusForbidden || !strings.Contains(body, `href="/today?lang=en`) {
		t.Errorf("a viewer: %d\n%s", answer.StatusCode, body)
	}
	w.role = site.Reviewer
	r = httptest.NewRequest(http.MethodPost, "/do", strings.NewReader("a="+strings.Repeat("b", 2<<20)))
	if answer, _ := w.do(t, r, "Content-Type", "application/x-www-form-urlencoded"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a form of 2 MB: %d", answer.StatusCode)
	}
}

// The script stays small, and nothing is asked of elsewhere.
func TestScript(t *testing.T) {
	text, err := os.ReadFile("static/desk.js")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 200 {
		t.Errorf("desk.js has %d lines, want at most 200", n)
	}
	style, err := os.ReadFile("static/desk.css")
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`https?:|@import|url\(`).FindString(string(text) + string(style)); found != "" {
		t.Errorf("the script or the stylesheet has %s", found)
	}
}
