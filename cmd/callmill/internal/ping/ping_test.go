package ping

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// received is a monitor that answers with these statuses, then with 200, and keeps
// what it was told.
type received struct {
	*httptest.Server
	told     []string // path, query and body
	statuses []int
}

func monitor(t *testing.T, statuses ...int) *received {
	t.Helper()
	r := &received{statuses: statuses}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Error(err)
		}
		r.told = append(r.told, request.Method+" "+request.URL.RequestURI()+" "+string(body))
		if len(r.statuses) > 0 {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(r.statuses[0])
			r.statuses = r.statuses[1:]
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func TestTold(t *testing.T) {
	r := monitor(t)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, end := range []struct {
		path, start, end string
		code             int
	}{
		{"/uuid", "/uuid/start", "/uuid", 0},
		{"/key/night?create=1", "/key/night/start?create=1", "/key/night/3?create=1", 3},
		{"/a%2Fb/", "/a%2Fb/start", "/a%2Fb/143", 143},
	} {
		r.told = nil
		m, err := New(r.URL+end.path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Start(t.Context()); err != nil {
			t.Error(err)
		}
		if err := m.End(stopped, end.code, "published s"); err != nil {
			t.Error(err)
		}
		if want := []string{"POST " + end.start + " ", "POST " + end.end + " published s"}; !slices.Equal(r.told, want) {
			t.Errorf("it was told %q, want %q", r.told, want)
		}
	}
}

// TestTries: what may pass the second time is tried twice, in little time, and what
// is said of a failure does not have the URL.
func TestTries(t *testing.T) {
	for _, c := range []struct {
		statuses []int
		tries    int
		says     string
	}{
		{[]int{503}, 2, ""},
		{[]int{429, 500}, 2, "it answers 500 Internal Server Error"},
		{[]int{404}, 1, "it answers 404 Not Found"},
		{[]int{302}, 1, "it answers 302 Found"},
	} {
		r := monitor(t, c.statuses...)
		m, err := New(r.URL+"/uuid", Options{Pause: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		var says string
		if err := m.End(t.Context(), 1, strings.Repeat("x", mostSaid+1)); err != nil {
			says = err.Error()
		}
		if says != c.says || len(r.told) != c.tries {
			t.Errorf("%v: %q after %d tries, want %q after %d", c.statuses, says, len(r.told), c.says, c.tries)
		}
		if body := strings.TrimLeft(r.told[0], "POST /uid1"); len(body) != mostSaid {
			t.Errorf("a body of %d bytes", len(body))
		}
	}
}

func TestNotDelivered(t *testing.T) {
	gone := monitor(t)
	gone.Close()
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hanging.Close)
	for _, server := range []string{gone.URL, hanging.URL, strings.Replace(gone.URL, "http", "https", 1), "http://benutzer:geheim@nowhere.invalid"} {
		m, err := New(server+"/secret-uuid?key=secret", Options{Timeout: 50 * time.Millisecond, Pause: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Start(t.Context()); err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", server, err)
		}
	}
}

func TestURLs(t *testing.T) {
	for _, text := range []string{"uuid", "hc-ping.com/uuid", "ftp://x/uuid", "https:///uuid", "https://x/\x7f", "https://x/y#z", "https://x:port/uuid"} {
		if _, err := New(text, Options{}); err != ErrURL {
			t.Errorf("%q: %v", text, err)
		}
	}
	none, err := New("", Options{})
	if err == nil {
		err = none.Start(t.Context())
	}
	if err == nil {
		err = none.End(t.Context(), 0, "")
	}
	if err != nil {
		t.Errorf("without a URL: %v", err)
	}
}
