//go:build cgo

package today_test

import (
	"bytes"
	"encoding/csv"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/cmd/callmill-review/internal/web/today"
	"callmill/pipeline/desk"
	"callmill/pipeline/simulate"
)

var worlds *published.Worlds

func TestMain(m *testing.M) { os.Exit(published.Main(m, &worlds)) }

// desktop is a site over a simulated world.
type desktop struct {
	*site.Site
	now  time.Time
	user string
	role site.Role
	book *verdicts.Book
	desk *desk.Desk
	lang string
}

func open(t testing.TB, dir string) *desktop {
	t.Helper()
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	d := &desktop{now: time.Date(2026, 1, 24, 12, 0, 0, 0, time.UTC), user: "李质检", role: site.Exporter}
	follower, err := live.Open(t.Context(), dir, live.Options{Rules: book, Now: func() time.Time { return d.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := follower.Close(); err != nil {
			t.Error(err)
		}
	})
	d.desk = desk.In(t.TempDir())
	if d.book, err = verdicts.Open(d.desk); err != nil {
		t.Fatal(err)
	}
	d.Site = site.New(site.Options{
		Dir: dir, Live: follower, Desk: d.desk, Audit: audit.New(d.desk, audit.Options{Now: func() time.Time { return d.now }}), Verdicts: d.book, Book: book, Now: func() time.Time { return d.now },
		Who: func(*http.Request) (string, site.Role, bool) { return d.user, d.role, true },
	})
	today.Add(d.Site)
	return d
}

// get reads a page, and waits for it where it is being computed.
func (d *desktop) get(t testing.TB, path string, want int) *httptest.ResponseRecorder {
	t.Helper()
	for {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		if d.lang != "" {
			r.AddCookie(&http.Cookie{Name: "lang", Value: d.lang})
		}
		d.Handler().ServeHTTP(w, r)
		if w.Code == http.StatusAccepted {
			continue
		}
		if w.Code != want {
			t.Fatalf("GET %s: %d, want %d\n%s", path, w.Code, want, w.Body)
		}
		return w
	}
}

func (d *desktop) post(t testing.TB, path string, form url.Values, want int) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, r)
	if w.Code != want {
		t.Fatalf("POST %s %v: %d, want %d\n%s", path, form, w.Code, want, w.Body)
	}
	return w
}

// world is a simulated one of two weeks, whose clock stands at the evening of its tenth day.
func world(t testing.TB) *desktop {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: publishes a world")
	}
	dir, _ := worlds.Pulled(t, simulate.Options{People: 4000, Seed: 1})
	d := open(t, dir)
	d.now = time.Date(2026, 1, 27, 12, 0, 0, 0, time.UTC)
	return d
}

var findingLink = regexp.MustCompile(`/finding\?[^"#]*finding=([0-9a-f]{12})[^"#]*`)

// links returns the links to findings of a page, each once.
func links(page string) (urls, ids []string) {
	for _, m := range findingLink.FindAllStringSubmatch(page, -1) {
		if !slices.Contains(ids, m[1]) {
			urls, ids = append(urls, html.UnescapeString(m[0])), append(ids, m[1])
		}
	}
	return urls, ids
}

// form returns the fields of the form of a page that sets a state.
func form(t testing.TB, page, state string) url.Values {
	t.Helper()
	for _, part := range strings.Split(page, "<form ")[1:] {
		part, _, _ = strings.Cut(part, "</form>")
		fields := url.Values{}
		for _, m := range regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)"`).FindAllStringSubmatch(part, -1) {
			fields.Set(m[1], html.UnescapeString(m[2]))
		}
		if fields.Get("state") == state {
			return fields
		}
	}
	t.Fatalf("there is no form for %s", state)
	return nil
}

func TestPages(t *testing.T) {
	d := world(t)
	for _, lang := range []string{"zh", "en"} {
		page := d.getIn(t, lang, "/today?day=2026-01-30").Body.String()
		for _, want := range map[string][]string{
			"zh": {"今天 2026-01-30", "变化", "一直", "合规", "听不懂", "哪一句", "热词表", "名单", "在偶然范围内，未列出", "2026-01-29", "2026-01-31", "导出全部发现"},
			"en": {"Today 2026-01-30", "which line", "hot words", "within chance and not listed", "All findings as CSV"},
		}[lang] {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %q", lang, want)
			}
		}
		if len(page) > 150<<10 {
			t.Errorf("the page has %d bytes", len(page))
		}
		urls, _ := links(page)
		if len(urls) < 10 {
			t.Fatalf("%d findings, want more", len(urls))
		}
		for _, link := range urls {
			one := d.getIn(t, lang, link).Body.String()
			for _, want := range map[string][]string{"zh": {"例 ", "处理", "移交", "忽略", "导出 xlsx"}, "en": {"examples", "Hand over", "Dismiss", ".xlsx"}}[lang] {
				if !strings.Contains(one, want) {
					t.Errorf("%s: %s lacks %q", lang, link, want)
				}
			}
		}
		if none := d.getIn(t, lang, "/today?day=2025-12-01").Body.String(); !strings.Contains(none, map[string]string{"zh": "这一天没有拨出的通话", "en": "No call was made on this day"}[lang]) {
			t.Errorf("%s: a day without calls says nothing of it", lang)
		}
		d.getIn(t, lang, "/mine/findings")
	}
	d.get(t, "/finding?finding=000000000000", http.StatusNotFound)
	d.get(t, "/finding?finding=%3Cscript%3E&day=2026-01-27", http.StatusNotFound)
	d.get(t, "/finding", http.StatusNotFound)
	d.get(t, "/today?day=tomorrow", http.StatusBadRequest)
	d.get(t, "/today?f=script%3Dnone", http.StatusOK)
	if page := d.get(t, "/today?phrase=%E9%AA%97%E5%AD%90", http.StatusOK).Body.String(); !strings.Contains(page, "未按“客户说“骗子”") {
		t.Error("it is not said that findings are not of a phrase alone")
	}
}

// Handed over a finding leaves the top; it comes back when there is a new wording or
// version, with before and after.
func TestHandedOver(t *testing.T) {
	d := world(t)
	d.now = time.Date(2026, 1, 22, 12, 0, 0, 0, time.UTC) // before 2.4.0, which is new since, then
	today := "/today?day=2026-01-31&f=" + url.QueryEscape("script=派件通知话术")
	page := d.get(t, today, http.StatusOK).Body.String()
	urls, ids := links(page)
	if len(ids) == 0 || !strings.Contains(page, "<ins>") {
		t.Fatal("the line that was reworded is not on the page")
	}
	one := d.get(t, urls[0], http.StatusOK).Body.String()
	fields := form(t, one, "handed_over")
	d.post(t, "/finding", fields, http.StatusBadRequest) // to whom?
	fields.Set("to", `话术组<script>alert(1)</script>`)
	fields.Set("note", `"><img src=x onerror=alert(1)> =1+1`)
	if w := d.post(t, "/finding", fields, http.StatusSeeOther); !strings.HasPrefix(w.Header().Get("Location"), "/finding?") {
		t.Errorf("redirected to %s", w.Header().Get("Location"))
	}
	d.user = "王审核"
	other := maps.Clone(fields)
	other.Set("state", "dismissed")
	d.post(t, "/finding", other, http.StatusSeeOther)
	d.user = "李质检"
	d.post(t, "/finding", fields, http.StatusSeeOther)

	one = d.get(t, urls[0], http.StatusOK).Body.String()
	for _, want := range []string{"已移交", "王审核 的意见不同", "话术组&lt;script&gt;", "自那时以来", "重新打开"} {
		if !strings.Contains(one, want) {
			t.Errorf("the finding lacks %q", want)
		}
	}
	if strings.Contains(one, "<script>alert") || strings.Contains(one, "<img") {
		t.Error("a note is markup")
	}
	page = d.get(t, today, http.StatusOK).Body.String()
	if top, _, _ := strings.Cut(page, `<details class="aside"`); !strings.Contains(top, ids[0]) || !strings.Contains(top, "新版本 2.4.0") {
		t.Error("it is not on top again, with the new version")
	}
	d.now = d.now.AddDate(0, 0, 20) // handed over once more, after all of that
	d.post(t, "/finding", fields, http.StatusSeeOther)
	page = d.get(t, today, http.StatusOK).Body.String()
	top, aside, _ := strings.Cut(page, `<details class="aside"`)
	if strings.Contains(top, ids[0]) || !strings.Contains(aside, ids[0]) || !strings.Contains(aside, "已移交") {
		t.Error("it is still on top, or not aside")
	}
	if mine := d.get(t, "/mine/findings", http.StatusOK).Body.String(); !strings.Contains(mine, ids[0]) || !strings.Contains(mine, "意见不一") {
		t.Error("it is not one of my findings")
	}
	d.user = "别人"
	if mine := d.get(t, "/mine/findings", http.StatusOK).Body.String(); strings.Contains(mine, ids[0]) {
		t.Error("it is a finding of somebody who said nothing")
	}
	if all := d.get(t, "/mine/findings?who=all", http.StatusOK).Body.String(); !strings.Contains(all, ids[0]) {
		t.Error("it is not one of all findings")
	}
	kept := 0
	for review, err := range d.desk.Reviews() {
		if err != nil || review.Finding != ids[0] || review.Snapshot == "" {
			t.Errorf("%+v %v", review, err)
		}
		kept++
	}
	if kept != 4 {
		t.Errorf("%d reviews are kept, want all four", kept)
	}
}

func TestFormsThatAreNone(t *testing.T) {
	d := world(t)
	urls, _ := links(d.get(t, "/today", http.StatusOK).Body.String())
	good := form(t, d.get(t, urls[0], http.StatusOK).Body.String(), "dismissed")
	good.Set("note", "偶然")
	for name, change := range map[string][2]string{
		"another id": {"id", "000000000000"}, "another subject": {"subject", "kind=changed"}, "no subject": {"subject", ""}, "a state that there is not": {"state", "gone"},
		"no reason": {"note", " "}, "a long note": {"note", strings.Repeat("长", 1001)}, "no text": {"note", "a\xff"},
	} {
		bad := maps.Clone(good)
		bad.Set(change[0], change[1])
		d.post(t, "/finding", bad, http.StatusBadRequest)
		for range d.desk.Reviews() {
			t.Fatalf("%s was kept", name)
		}
	}
	path := filepath.Join(d.desk.Dir(), desk.ReviewsFile)
	if err := os.MkdirAll(path, 0o700); err != nil { // in the way of the file, as a full disk would be
		t.Fatal(err)
	}
	if page := d.post(t, "/finding", good, http.StatusInsufficientStorage).Body.String(); !strings.Contains(page, "没有保存") {
		t.Error("it is not said that nothing was kept")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	evil := maps.Clone(good)
	evil.Set("back", "//example.com/")
	if w := d.post(t, "/finding", evil, http.StatusSeeOther); w.Header().Get("Location") != "/" {
		t.Errorf("redirected to %s", w.Header().Get("Location"))
	}
	d.role = site.Viewer
	d.post(t, "/finding", good, http.StatusForbidden)
	if page := d.get(t, urls[0], http.StatusOK).Body.String(); strings.Contains(page, `method="post"`) || strings.Contains(page, "handover.xlsx") {
		t.Error("a viewer sees forms, or an export")
	}
	d.get(t, "/handover.xlsx?node=000000000000", http.StatusForbidden)
	d.get(t, "/today?format=csv", http.StatusForbidden)
}

// Viewers see no number.
func TestNumbersAreMasked(t *testing.T) {
	d := world(t)
	d.role = site.Viewer
	page := d.get(t, "/today", http.StatusOK).Body.String()
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	if strings.Contains(text, "02100007741") || !strings.Contains(text, "****7741") {
		t.Error("the flagged number is not masked")
	}
}

func TestHandOver(t *testing.T) {
	d := world(t)
	page := d.get(t, "/today?day=2026-01-31&f="+url.QueryEscape("script=派件通知话术"), http.StatusOK).Body.String()
	_, ids := links(page)
	node := html.UnescapeString(regexp.MustCompile(`/node\?([^"]*)`).FindStringSubmatch(page)[1])
	for name, query := range map[string]string{"finding": "finding=" + ids[0] + "&day=2026-01-31&f=" + url.QueryEscape("script=派件通知话术"), "node": node} {
		w := d.get(t, "/handover.xlsx?"+query, http.StatusOK)
		again := d.get(t, "/handover.xlsx?"+query, http.StatusOK)
		if !bytes.Equal(w.Body.Bytes(), again.Body.Bytes()) {
			t.Errorf("%s: the same question at the same time has other bytes", name)
		}
		book, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		wordings, _ := book.GetRows("话术")
		calls, _ := book.GetRows("通话")
		replies, _ := book.GetRows("接下来说")
		if len(wordings) < 5 || len(calls) < 13 || len(replies) < 5 {
			t.Errorf("%s: %d wordings, %d lines, %d replies", name, len(wordings), len(calls), len(replies))
		}
		first := strings.Join(wordings[0], " ")
		for _, want := range []string{"script=派件通知话术", "李质检", "2026-01-27 20:00:00 +0800"} {
			if !strings.Contains(first, want) {
				t.Errorf("%s: the first row %q lacks %q", name, first, want)
			}
		}
		for _, row := range slices.Concat(calls[3:], replies[3:]) {
			for _, cell := range row[:min(len(row), 11)] {
				if regexp.MustCompile(`1[3-9][0-9]{9}`).MatchString(cell) {
					t.Errorf("%s: a number is not masked: %q", name, cell)
				}
			}
		}
	}
	exports := 0
	for a, err := range d.desk.Accesses() {
		if err != nil {
			t.Fatal(err)
		}
		if a.Did == "exported" {
			exports++
			if a.What != "handover" || a.Rows < 13 || a.By != "李质检" {
				t.Errorf("logged as %+v", a)
			}
		}
	}
	if exports != 4 {
		t.Errorf("%d exports are logged, want 4", exports)
	}
	d.get(t, "/handover.xlsx?node=000000000000", http.StatusNotFound)
	d.get(t, "/handover.xlsx?finding=000000000000", http.StatusNotFound)
	d.get(t, "/handover.xlsx", http.StatusNotFound)
}

func TestCSV(t *testing.T) {
	d := world(t)
	body := d.get(t, "/today?day=2026-01-27&format=csv", http.StatusOK).Body.String()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 10 || rows[0][0] != "day" || rows[1][0] != "2026-01-27" || len(rows[1][1]) != 12 {
		t.Errorf("%d rows, the first %q", len(rows), rows[:2])
	}
}

// getIn is get in a language.
func (d *desktop) getIn(t testing.TB, lang, path string) *httptest.ResponseRecorder {
	t.Helper()
	d.lang = lang
	defer func() { d.lang = "" }()
	return d.get(t, path, http.StatusOK)
}
