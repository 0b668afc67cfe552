//go:build cgo

package calls_test

import (
	"context"
	"errors"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/calls"
	"callmill/cmd/callmill-review/internal/web/recording"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/desk"
	"callmill/pipeline/simulate"
)

// worlds publishes the datasets of all tests.
var worlds *published.Worlds

func TestMain(m *testing.M) {
	os.Exit(published.Main(m, &worlds, func() (err error) {
		for _, f := range held {
			err = errors.Join(err, f.Close())
		}
		return err
	}))
}

// held are datasets in memory, by their folder: those that tests share.
var held = map[string]*live.Follower{}

// hold holds a dataset in memory until the test ends, or, with the options that most tests
// have, until all do.
func hold(t testing.TB, dir string, o live.Options) *live.Follower {
	t.Helper()
	shared := o.Memory == 0 && !o.Mask && dir == world(t)
	if shared && held[dir] != nil {
		return held[dir]
	}
	f, err := live.Open(context.WithoutCancel(t.Context()), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if shared {
		held[dir] = f
		return f
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// world is the folder of a dataset that all tests share.
func world(t testing.TB, flags ...string) string {
	t.Helper()
	dir, _ := worlds.Pulled(t, simulate.Options{People: 120, Seed: 7}, flags...)
	return dir
}

// served is a site under test.
type served struct {
	t     testing.TB
	site  *site.Site
	night *live.Night
	desk  *desk.Desk
	log   *strings.Builder // of the server
}

// serve serves the pages of a dataset; change may change the options.
func serve(t testing.TB, dir string, change func(*site.Options, *live.Options)) *served {
	t.Helper()
	s := &served{t: t, desk: desk.In(t.TempDir()), log: &strings.Builder{}}
	template, err := recording.Parse("https://recordings.example.com/{instance}/{call_id}.mp3")
	if err != nil {
		t.Fatal(err)
	}
	o := site.Options{Dir: dir, Desk: s.desk, Audit: audit.New(s.desk, audit.Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)}), Recording: template, Local: "li", Now: time.Now, Log: slog.New(slog.NewTextHandler(s.log, nil))}
	lo := live.Options{}
	if change != nil {
		change(&o, &lo)
	}
	o.Live = hold(t, dir, lo)
	s.site = site.New(o)
	calls.Add(s.site)
	s.night = o.Live.Take()
	t.Cleanup(s.night.Release)
	return s
}

// page is an answer.
type page struct {
	status int
	body   string
	header http.Header
}

func (s *served) do(r *http.Request) page {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.site.Handler().ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return page{w.Code, string(body), w.Result().Header}
}

// get gets a page; one that waits for an answer is loaded again.
func (s *served) get(target string) page {
	s.t.Helper()
	for {
		p := s.do(httptest.NewRequest(http.MethodGet, target, nil))
		if p.status != http.StatusAccepted {
			return p
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *served) post(target string, form url.Values) page {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

var links = regexp.MustCompile(`(?:href|data-open)="([^"]*)"`)

// links returns the links of a page that contain a text.
func (p page) links(with string) []string {
	var all []string
	for _, found := range links.FindAllStringSubmatch(p.body, -1) {
		if link := html.UnescapeString(found[1]); strings.Contains(link, with) {
			all = append(all, link)
		}
	}
	return all
}

// text is what a page says, without its tags.
func (p page) text() string {
	text := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(p.body, " "))
	return strings.Join(strings.Fields(text), " ")
}

// callURL is the URL of a call of the corpus.
func (s *served) callURL(call int32) string {
	ref := s.night.Corpus.Ref(call)
	return "/call?" + url.Values{"instance": {ref.Instance}, "job": {ref.Job}, "task": {ref.Task}, "job_date": {ref.JobDate.String()}}.Encode()
}

// answered returns a call with many lines.
func (s *served) answered() int32 {
	best := int32(0)
	for i := range s.night.Corpus.Calls {
		if s.night.Corpus.Calls[i].LineCount > s.night.Corpus.Calls[best].LineCount {
			best = int32(i)
		}
	}
	return best
}
