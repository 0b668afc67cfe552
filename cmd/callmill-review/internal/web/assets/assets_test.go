package assets

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func get(t *testing.T, h http.Handler, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func files(t *testing.T) *Files {
	t.Helper()
	f, err := New(fstest.MapFS{"static/a.css": {Data: []byte("a {}")}, "secret": {Data: []byte("no")}}, "static")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFiles(t *testing.T) {
	f := files(t)
	link := f.URL("/static/a.css")
	first := get(t, f, link)
	if first.StatusCode != 200 || !strings.Contains(first.Header.Get("Cache-Control"), "immutable") || first.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%s: %d %v", link, first.StatusCode, first.Header)
	}
	if again := get(t, f, link, "If-None-Match", first.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d", again.StatusCode)
	}
	if old := get(t, f, "/static/a.css?v=old"); old.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("by another hash: %v", old.Header)
	}
	for _, path := range []string{"/static/b.css", "/static/", "/static/../secret", "/secret"} {
		if r := get(t, f, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}

func TestCompressed(t *testing.T) {
	page := strings.Repeat("您好，请问", 1000)
	h := Compressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/page":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, page)
		case "/sheet":
			w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
			_, _ = io.WriteString(w, page)
		case "/nothing":
			w.WriteHeader(http.StatusNotModified)
		}
	}))
	r := get(t, h, "/page", "Accept-Encoding", "br, gzip")
	if r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("not compressed: %v", r.Header)
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != page {
		t.Errorf("another page of %d bytes, %v", len(text), err)
	}
	for _, test := range []struct{ path, accept, rng string }{
		{"/page", "", ""}, {"/page", "gzip;q=0", ""}, {"/page", "br", ""}, {"/page", "gzip", "bytes=0-1"}, {"/sheet", "gzip", ""}, {"/nothing", "gzip", ""},
	} {
		r := get(t, h, test.path, "Accept-Encoding", test.accept, "Range", test.rng)
		if r.Header.Get("Content-Encoding") != "" {
			t.Errorf("%v is compressed", test)
		}
		if body, err := io.ReadAll(r.Body); err != nil || test.path != "/nothing" && string(body) != page {
			t.Errorf("%v: %d bytes, %v", test, len(body), err)
		}
	}
}
