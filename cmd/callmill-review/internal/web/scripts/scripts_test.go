//go:build cgo

package scripts_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/scripts"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/desk"
	"callmill/pipeline/simulate"
)

// served is a site under test.
type served struct {
	*testing.T
	*site.Site
	role site.Role
	lang string
}

func serve(t *testing.T) *served {
	t.Helper()
	dir, _ := published.In(t.TempDir()).Pulled(t, simulate.Options{People: 400, Seed: 3})
	follower, err := live.Open(t.Context(), dir, live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := follower.Close(); err != nil {
			t.Error(err)
		}
	})
	d := desk.In(t.TempDir())
	book, err := verdicts.Open(d)
	if err != nil {
		t.Fatal(err)
	}
	s := &served{T: t, role: site.Exporter, lang: "zh"}
	s.Site = site.New(site.Options{
		Dir: dir, Live: follower, Desk: d, Verdicts: book, Now: time.Now,
		Who: func(*http.Request) (string, site.Role, bool) { return "li", s.role, true },
	})
	scripts.Add(s.Site)
	return s
}

// get gets a page, again while it waits for an answer.
func (s *served) get(path string, want int) string {
	s.Helper()
	for {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: s.lang})
		s.Handler().ServeHTTP(w, r)
		switch w.Code {
		case want:
			return w.Body.String()
		case http.StatusAccepted:
			time.Sleep(10 * time.Millisecond)
		default:
			s.Fatalf("GET %s: %d, want %d\n%s", path, w.Code, want, w.Body)
		}
	}
}

var link = regexp.MustCompile(`href="(/[^"]*)"`)

// links are the links of a page to another one.
func links(page, to string) []string {
	var list []string
	for _, found := range link.FindAllStringSubmatch(page, -1) {
		if l := html.UnescapeString(found[1]); strings.HasPrefix(l, to+"?") && !strings.Contains(l, "lang=") {
			list = append(list, l)
		}
	}
	return list
}

// Every page is there in both languages, and leads on to the next.
func TestPages(t *testing.T) {
	s := serve(t)
	for _, lang := range []string{"zh", "en"} {
		s.lang = lang
		all := s.get("/scripts", 200)
		if !strings.Contains(all, `<svg class="flow"`) {
			t.Errorf("%s: no picture", lang)
		}
		own := links(all, "/scripts")
		for _, one := range own {
			s.get(one, 200)
		}
		nodes := links(all, "/node")
		if len(own) < 8 || len(nodes) < 5 {
			t.Errorf("%s: %d scripts, %d nodes", lang, len(own), len(nodes))
		}
		for _, node := range nodes {
			for _, wording := range links(s.get(node, 200), "/node") {
				if strings.Contains(wording, "node=") { // else the chip that removes it
					s.get(wording, 200)
				}
			}
		}
		unheard := 0
		for _, l := range links(s.get("/unclear", 200), "/calls") {
			if strings.Contains(l, "unclear=") {
				unheard++
				if !strings.Contains(l, "script%3D") { // a row is of one script
					t.Errorf("%s: %s opens the calls of every script", lang, l)
				}
			}
		}
		if unheard == 0 {
			t.Errorf("%s: no calls behind what was not understood", lang)
		}
	}
}

// The number of calls at a link is that of the calls which it opens.
func TestNumbersOpenTheirCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes a dataset again")
	}
	s := serve(t)
	night := s.Live.Take()
	defer night.Release()
	view := among.View{Corpus: night.Corpus, Graph: night.Graph, Hits: night.Hits}
	number := regexp.MustCompile(`<a href="(/calls\?[^"]*)">(?:<b>)?([\d,]+)(?:</b>)?</a>`)
	checked := 0
	pages := links(s.get("/scripts", 200), "/node")
	pages = append(pages, "/scripts")
	for _, path := range pages {
		for _, found := range number.FindAllStringSubmatch(s.get(path, 200), -1) {
			u, err := url.Parse(html.UnescapeString(found[1]))
			if err != nil {
				t.Fatal(err)
			}
			set, err := among.Parse(u.Query())
			if err != nil {
				t.Fatalf("%s: %v", u, err)
			}
			if n := fmt.Sprint(len(set.Select(view))); n != strings.ReplaceAll(found[2], ",", "") {
				t.Errorf("%s: %s opens %s calls, not %s", path, u, n, found[2])
			}
			checked++
		}
	}
	if checked < 50 {
		t.Errorf("only %d numbers are links", checked)
	}
}

// Who may export has lists as CSV, others have not.
func TestCSV(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes a dataset again")
	}
	s := serve(t)
	node := links(s.get("/scripts", 200), "/node")[0]
	for _, path := range []string{"/scripts", node, "/unclear"} {
		s.role = site.Exporter
		files := regexp.MustCompile(`href="([^"]*format=csv[^"]*|[^"]*csv[^"]*)"`).FindAllStringSubmatch(s.get(path, 200), -1)
		if len(files) == 0 {
			t.Errorf("%s: no list is to be taken away", path)
		}
		for _, f := range files {
			text := s.get(html.UnescapeString(f[1]), 200)
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
			if err != nil || len(rows) < 2 {
				t.Errorf("%s: %d rows, %v", f[1], len(rows), err)
			}
		}
		s.role = site.Viewer
		if page := s.get(path, 200); strings.Contains(page, "csv") || strings.Contains(page, ".xlsx") {
			t.Errorf("%s: a viewer is offered a file", path)
		}
	}
}

// What is not there is a page that says so.
func TestNoNode(t *testing.T) {
	s := serve(t)
	for path, want := range map[string]int{
		"/node": 303, "/node?node=000000000000": 404, "/node?wording=ffffffffffff": 404, "/node?node=%3Cscript%3E": 400,
		"/scripts?script=none": 200, "/scripts?f=day%3D1999-01-01": 200, "/unclear?f=day%3D1999-01-01": 200,
	} {
		if page := s.get(path, want); strings.Contains(page, "<script>alert") {
			t.Errorf("%s: %s", path, page)
		}
	}
}
