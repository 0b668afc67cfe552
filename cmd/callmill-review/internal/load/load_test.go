package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A desk is read through its links; waiting pages are followed; the table counts all.
func TestLoad(t *testing.T) {
	var calls, exports atomic.Int32
	var ready atomic.Bool
	desk := http.NewServeMux()
	desk.HandleFunc("/{page}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<html><a href="/call?job=a&#43;a&amp;task=b#end">1</a> <a href="/calls?format=csv">CSV</a> <a href="/static/desk.css">x</a></html>`)
		if r.URL.Query().Has("format") {
			exports.Add(1)
		}
	})
	desk.HandleFunc("/call", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("task") != "b" || r.URL.Query().Get("job") != "a a" {
			http.NotFound(w, r)
			return
		}
		calls.Add(1)
		fmt.Fprint(w, "<html></html>")
	})
	desk.HandleFunc("/unclear", func(w http.ResponseWriter, _ *http.Request) {
		if !ready.Swap(true) {
			w.Header().Set("Refresh", "1")
			w.WriteHeader(http.StatusAccepted)
		}
		fmt.Fprint(w, "<html></html>")
	})
	server := httptest.NewServer(desk)
	defer server.Close()
	var out bytes.Buffer
	code := run(t.Context(), []string{"--url", server.URL + "/", "--readers", "3", "--requests", "100", "--think", "0s", "--for", "10m", "--pid", fmt.Sprint(os.Getpid())}, &out, &out)
	if code != 0 || calls.Load() == 0 || exports.Load() > 0 {
		t.Errorf("exit code %d, %d calls, %d exports\n%s", code, calls.Load(), exports.Load(), &out)
	}
	for _, want := range []string{"3 readers", "waiting", "unclear, until it is there", "new filter"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

// What fails is counted, shown, and the exit code.
func TestLoadFails(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	var out bytes.Buffer
	if code := run(t.Context(), []string{"--url", server.URL, "--readers", "1", "--requests", "3", "--think", "0s"}, &out, &out); code != 1 || !strings.Contains(out.String(), ": 404") {
		t.Errorf("exit code %d\n%s", code, &out)
	}
	for _, arguments := range [][]string{{"--no-such-flag"}, {"argument"}} {
		if code := run(t.Context(), arguments, &out, &out); code != 2 {
			t.Errorf("%q: exit code %d, want 2", arguments, code)
		}
	}
}

func TestQuantile(t *testing.T) {
	p := page{}
	for i := range 100 {
		p.took = append(p.took, time.Duration(i+1))
	}
	for share, want := range map[float64]time.Duration{0: 1, 0.5: 50, 0.95: 95, 0.951: 96, 1: 100} {
		if got := p.quantile(share); got != want {
			t.Errorf("quantile %g is %d, want %d", share, got, want)
		}
	}
}
