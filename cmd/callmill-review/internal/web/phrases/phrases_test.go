//go:build cgo

package phrases_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/phrases"
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

type office struct {
	t     *testing.T
	pages http.Handler
	night *live.Night
}

func newOffice(t *testing.T) *office {
	t.Helper()
	dir, _ := worlds.Pulled(t, simulate.Options{People: 2500, Seed: 6})
	book, err := rules.Starter()
	check(t, err)
	f, err := live.Open(t.Context(), dir, live.Options{Rules: book})
	check(t, err)
	d := desk.In(filepath.Join(t.TempDir(), "desk"))
	v, err := verdicts.Open(d)
	check(t, err)
	s := site.New(site.Options{Dir: dir, Live: f, Desk: d, Verdicts: v, Book: book, Now: func() time.Time { return time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC) }})
	phrases.Add(s)
	o := &office{t, s.Handler(), f.Take()}
	t.Cleanup(func() {
		o.night.Release()
		check(t, f.Close())
	})
	return o
}

// get gets a page, again while it waits for an answer.
func (o *office) get(target, lang string) (int, string) {
	o.t.Helper()
	for range 1500 {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("Cookie", "lang="+lang)
		w := httptest.NewRecorder()
		o.pages.ServeHTTP(w, r)
		if w.Code != http.StatusAccepted {
			return w.Code, w.Body.String()
		}
		time.Sleep(20 * time.Millisecond)
	}
	o.t.Fatalf("%s is not ready", target)
	return 0, ""
}

// number is one of a page that opens calls.
var number = regexp.MustCompile(`<a href="(/calls\?[^"]*)">([0-9,]{1,7})</a>`)

// Every number opens calls: at least as many, for only those that have calls to be
// compared with are counted.
func TestNumbersOpenTheirCalls(t *testing.T) {
	o := newOffice(t)
	view := among.View{Corpus: o.night.Corpus, Graph: o.night.Graph, Hits: o.night.Hits}
	opened := 0
	for _, question := range []string{"", "?of=hung_up", "?of=answered&ask=standout", "?of=rule:opt_out", "?of=failed&ask=standout", "?rule=opt_out", "?measure=failed&of=these"} {
		_, english := o.get("/phrases"+question, "en")
		code, page := o.get("/phrases"+question, "zh")
		if code != http.StatusOK || !strings.Contains(page, "用词对比") || !strings.Contains(english, "What goes with it") {
			t.Fatalf("%s: %d %s", question, code, page)
		}
		links := number.FindAllStringSubmatch(page, -1)
		opened += len(links)
		for _, link := range links {
			u, err := url.Parse(html.UnescapeString(link[1]))
			check(t, err)
			set, err := among.Parse(u.Query())
			check(t, err)
			n, err := strconv.Atoi(strings.ReplaceAll(link[2], ",", ""))
			check(t, err)
			if calls := len(set.Select(view)); calls < n {
				t.Errorf("%s: %d opens %d calls by %s", question, n, calls, u)
			}
		}
	}
	if opened < 20 {
		t.Errorf("only %d numbers open calls", opened)
	}
}

// What is asked about is what the page shows, and so is the file.
func TestFile(t *testing.T) {
	o := newOffice(t)
	code, file := o.get("/phrases?format=csv&list=symptoms", "zh")
	if code != http.StatusOK || !strings.HasPrefix(file, "\ufeffkind,value,script,observed,calls,") {
		t.Fatalf("%d %.200s", code, file)
	}
	_, page := o.get("/phrases", "zh")
	if rows := strings.Count(file, "\n") - 1; rows < 1 || !strings.Contains(page, fmt.Sprintf("导出全部 %d 行", rows)) {
		t.Errorf("the file has %d rows", rows)
	}
}

func TestWrongQuestions(t *testing.T) {
	o := newOffice(t)
	for _, question := range []string{
		"?of=nothing", "?of=rule:", "?of=rule:nothing", "?of=result:nothing=x", "?ask=all", "?of=" + url.QueryEscape("<script>alert(1)</script>"), "?rule=x'--&event=y",
	} {
		code, page := o.get("/phrases"+question, "zh")
		if code != http.StatusBadRequest || strings.Contains(page, "<script>alert") {
			t.Errorf("%s: %d %.300s", question, code, page)
		}
	}
}
