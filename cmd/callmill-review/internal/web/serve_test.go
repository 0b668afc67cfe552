//go:build cgo

package web_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/web"
	"callmill/cmd/callmill-review/internal/web/listener"
	"callmill/cmd/callmill-review/internal/web/users"
	"callmill/pipeline/simulate"
)

var worlds *published.Worlds

func TestMain(m *testing.M) {
	os.Exit(published.Main(m, &worlds, func() error {
		http.DefaultClient.CloseIdleConnections()
		return goleak.Find()
	}))
}

// served is a desk that is served.
type served struct {
	where string
	stop  func() error // and wait for its end
}

// serve serves a dataset until the test ends, and returns when its pages are there.
func serve(t *testing.T, o web.Options) *served {
	t.Helper()
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	listening, loaded, ended := make(chan string, 1), make(chan struct{}), make(chan error, 1)
	o.Rules, o.Now, o.Log, o.Local = book, time.Now, slog.New(slog.DiscardHandler), "wang"
	o.Listening = func(where string) { listening <- where }
	o.Loaded = func(string, time.Duration) { close(loaded) }
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- web.Serve(ctx, o) }()
	s := &served{stop: func() error {
		cancel()
		err := <-ended
		ended <- nil
		return err
	}}
	t.Cleanup(func() { _ = s.stop() }) // a test that cares stops it itself
	select {
	case s.where = <-listening:
	case err := <-ended:
		t.Fatal(err)
	}
	select {
	case <-loaded:
	case err := <-ended:
		t.Fatal(err)
	}
	return s
}

func get(t *testing.T, c *http.Client, r *http.Request) (*http.Response, string) {
	t.Helper()
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func request(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// Every page of the menu, in both languages, on loopback, where nobody logs in; requests
// that are not of this site are refused; the folder of the dataset is as it was.
func TestServe(t *testing.T) {
	dir, _ := worlds.Pulled(t, simulate.Options{People: 300})
	before := sum(t, dir)
	s := serve(t, web.Options{Dir: dir, Desk: filepath.Join(t.TempDir(), "desk"), Listen: "127.0.0.1:0"})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	defer client.CloseIdleConnections()
	for _, lang := range []string{"zh", "en"} {
		get(t, client, request(t, http.MethodGet, s.where+"about?lang="+lang, ""))
		for _, path := range []string{"", "today", "scripts", "unclear", "calls", "search", "rules", "rules/try", "sample", "mine", "mine/findings", "about", "calls?f=hour%3D9-11&rule=fraud"} {
			answer, body := settled(t, client, s.where+path)
			if answer.StatusCode != http.StatusOK || !strings.Contains(body, "<h1") || !strings.Contains(body, `<html lang="`+lang) {
				t.Errorf("%s in %s: status %d\n%.300s", path, lang, answer.StatusCode, body)
			}
			policy := answer.Header.Get("Content-Security-Policy")
			if !strings.HasPrefix(policy, "default-src 'self'") || answer.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: headers %v", path, answer.Header)
			}
			if len(body) > 150<<10 {
				t.Errorf("%s weighs %d bytes", path, len(body))
			}
		}
	}
	for _, test := range []struct {
		name string
		r    func() *http.Request
		want int
	}{
		{"health", func() *http.Request { return request(t, http.MethodGet, s.where+"healthz", "") }, 200},
		{"another host", func() *http.Request {
			r := request(t, http.MethodGet, s.where+"about", "")
			r.Host = "desk.example.com"
			return r
		}, http.StatusMisdirectedRequest},
		{"another site's form", func() *http.Request {
			r := request(t, http.MethodPost, s.where+"review", "about=call")
			r.Header.Set("Origin", "https://example.com")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			return r
		}, http.StatusForbidden},
		{"a method that there is not", func() *http.Request { return request(t, http.MethodDelete, s.where+"calls", "") }, http.StatusMethodNotAllowed},
		{"a giant parameter", func() *http.Request {
			return request(t, http.MethodGet, s.where+"calls?f="+strings.Repeat("a", 9000), "")
		}, http.StatusRequestURITooLong},
		{"a path out of the folder", func() *http.Request {
			return request(t, http.MethodGet, s.where+"static/..%2f..%2fCURRENT", "")
		}, http.StatusBadRequest},
	} {
		if answer, body := get(t, client, test.r()); answer.StatusCode != test.want {
			t.Errorf("%s: status %d, want %d\n%.200s", test.name, answer.StatusCode, test.want, body)
		}
	}
	client.CloseIdleConnections()
	if err := s.stop(); err != nil {
		t.Errorf("stopped: %v", err)
	}
	if after := sum(t, dir); after != before {
		t.Error("the folder of the dataset was changed")
	}
}

// settled gets a page, waiting as a browser does where it is being computed.
func settled(t *testing.T, client *http.Client, url string) (*http.Response, string) {
	t.Helper()
	for {
		answer, body := get(t, client, request(t, http.MethodGet, url, ""))
		if answer.StatusCode != http.StatusAccepted {
			return answer, body
		}
		if answer.Header.Get("Refresh") == "" {
			t.Fatalf("%s waits and does not look again", url)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		}
	}
}

// Behind a proxy people log in, and the socket is gone at the end.
func TestServeSocket(t *testing.T) {
	dir, _ := worlds.Pulled(t, simulate.Options{People: 300})
	folder := t.TempDir()
	file := users.In(filepath.Join(folder, "users"))
	if err := file.Add("wang", users.Viewer, "correct horse battery staple"); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(folder, "desk.sock")
	s := serve(t, web.Options{Dir: dir, Desk: filepath.Join(folder, "desk"), Socket: socket, Users: file, Hosts: []string{"desk.example.com"}})
	if s.where != socket {
		t.Errorf("it listens on %s", s.where)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	client := &http.Client{Transport: secure{transport}, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	const desk = "https://desk.example.com"
	answer, _ := get(t, client, request(t, http.MethodGet, desk+"/calls", ""))
	to, err := answer.Location()
	if err != nil || answer.StatusCode != http.StatusSeeOther || to.Path != "/login" {
		t.Fatalf("without login: %d to %v, %v", answer.StatusCode, to, err)
	}
	form := url.Values{"name": {"wang"}, "user": {"wang"}, "password": {"correct horse battery staple"}}.Encode()
	if answer, body := get(t, client, request(t, http.MethodPost, desk+"/login", form)); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("login: %d\n%s", answer.StatusCode, body)
	}
	if answer, body := get(t, client, request(t, http.MethodGet, desk+"/about", "")); answer.StatusCode != 200 || !strings.Contains(body, `action="/logout"`) {
		t.Errorf("logged in: %d\n%s", answer.StatusCode, body)
	}
	if answer, _ := get(t, client, request(t, http.MethodGet, desk+"/calls?format=csv", "")); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a viewer exports: %d", answer.StatusCode)
	}
	transport.CloseIdleConnections()
	if err := s.stop(); err != nil {
		t.Errorf("stopped: %v", err)
	}
	if _, err := os.Lstat(socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

// secure sends requests as a proxy does that ended their TLS.
type secure struct{ http.RoundTripper }

func (s secure) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme = "http"
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	return s.RoundTripper.RoundTrip(r)
}

// What cannot be served is said, and nothing is left behind.
func TestServeRefuses(t *testing.T) {
	empty := t.TempDir()
	told := func(string) {}
	o := web.Options{Dir: empty, Desk: empty, Listen: "127.0.0.1:0", Now: time.Now, Log: slog.New(slog.DiscardHandler), Listening: told}
	if err := web.Serve(t.Context(), o); err == nil {
		t.Error("an empty folder is served")
	}
	o.Listen = "0.0.0.0:0"
	var refused *listener.AddressError
	if err := web.Serve(t.Context(), o); !errors.As(err, &refused) {
		t.Errorf("every network: %v", err)
	}
	o.Socket = filepath.Join(empty, "desk.sock")
	if err := web.Serve(t.Context(), o); err == nil {
		t.Error("a socket without users is served")
	}
	if _, err := os.Lstat(o.Socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a socket was left: %v", err)
	}
}

// A desk that is stopped while it loads ends.
func TestServeStopped(t *testing.T) {
	dir, _ := worlds.Pulled(t, simulate.Options{People: 300})
	ctx, cancel := context.WithCancel(t.Context())
	o := web.Options{Dir: dir, Desk: t.TempDir(), Listen: "127.0.0.1:0", Now: time.Now, Log: slog.New(slog.DiscardHandler), Listening: func(string) { cancel() }}
	if err := web.Serve(ctx, o); err != nil {
		t.Errorf("stopped: %v", err)
	}
}

// sum returns the hash of all files of a folder.
func sum(t *testing.T, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(h, "%s %d\n", path, len(text))
		h.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
