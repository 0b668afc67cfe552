//go:build cgo

package today_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/cmd/callmill-review/internal/web/today"
	"callmill/pipeline/desk"
	"callmill/pipeline/simulate"
)

var worlds *published.Worlds

func TestMain(m *testing.M) {
	root, err := os.MkdirTemp("", "today")
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

// desktop is a site over a simulated world.
type desktop struct {
	*site.Site
	now  time.Time
	user string
	role site.Role
	book *verdicts.Book
	desk *desk.Desk
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
		Dir: dir, Live: follower, Desk: d.desk, Verdicts: d.book, Book: book, Now: func() time.Time { return d.now },
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
		d.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
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

func world(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: publishes a world")
	}
	dir, _ := worlds.Pulled(t, simulate.Options{People: 4000, Seed: 1})
	return dir
}

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	d := open(t, dir)
	d.now = time.Now()
	begin := time.Now()
	page := d.get(t, "/today"+os.Getenv("LOOKQ"), 200)
	t.Log(time.Since(begin), page.Body.Len())
	os.WriteFile("/tmp/ref/FINDINGS/today.html", page.Body.Bytes(), 0o600)
	begin = time.Now()
	d.get(t, "/today"+os.Getenv("LOOKQ"), 200)
	t.Log(time.Since(begin))
}
