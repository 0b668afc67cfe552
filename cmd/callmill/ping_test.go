package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"callmill/cmd/internal/exit"
)

// TestPing: a monitor is told when a run begins and how it ends. A ping that is not
// delivered changes nothing but stderr, and the URL is in nothing that is kept.
func TestPing(t *testing.T) {
	const secret = "5a1b7c-secret"
	var mu sync.Mutex
	var told []string
	answer := http.StatusOK
	monitor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		told = append(told, r.URL.RequestURI()+"\n"+string(body))
		w.WriteHeader(answer)
	}))
	t.Cleanup(monitor.Close)
	dir := write(t, map[string]string{"good.json": `{"Jobs":[{"JobId":"a"}]}`, "bad.json": `{"Jobs":[{"JobId":"b","Tasks":5}]}`})
	data, metrics := filepath.Join(dir, "data"), filepath.Join(dir, "metrics.prom")
	url := monitor.URL + "/" + secret + "?create=1"

	run := func(code int, args ...string) string {
		t.Helper()
		told = nil
		var stdout, stderr bytes.Buffer
		args = append([]string{"convert", "--out", data, "--progress", "none", "--metrics-file", metrics}, args...)
		if got := Main(args, strings.NewReader(""), &stdout, &stderr); got != code {
			t.Errorf("exit code %d, want %d: %s", got, code, &stderr)
		}
		if said := stdout.String() + stderr.String(); !strings.Contains(said, secret) {
			return said
		}
		t.Errorf("it says\n%s%s", &stdout, &stderr)
		return ""
	}
	for _, c := range []struct {
		code int
		path string
		args []string
	}{
		{exit.Done, "", []string{filepath.Join(dir, "good.json")}},
		{exit.Published, "/3", []string{filepath.Join(dir, "bad.json")}},
		{exit.Usage, "/2", []string{filepath.Join(dir, "nowhere.json")}},
		{exit.Usage, "/2", []string{"--workers", "0", "-"}},
	} {
		said := run(c.code, append(c.args, "--ping", url)...)
		if want := []string{"/" + secret + "/start?create=1\n", "/" + secret + c.path + "?create=1\n" + said}; !slices.Equal(told, want) {
			t.Errorf("%q: it was told %q, want %q", c.args, told, want)
		}
	}
	answer = http.StatusNotFound
	t.Setenv("CALLMILL_PING", url)
	said := run(exit.Done, filepath.Join(dir, "good.json"))
	if strings.Count(said, "callmill: --ping was not delivered: it answers 404 Not Found\nhint: ") != 2 || len(told) != 2 {
		t.Errorf("it says\n%s", said)
	}
	t.Setenv("CALLMILL_PING", secret)
	if said := run(exit.Usage, filepath.Join(dir, "good.json")); !strings.HasPrefix(said, "callmill: --ping: want a URL") {
		t.Errorf("it says\n%s", said)
	}
	if text, err := os.ReadFile(metrics); err != nil || !bytes.Contains(text, []byte("exit_code")) {
		t.Errorf("metrics: %v", err)
	}
	for name, content := range everything(t, dir) {
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("%s has the URL", name)
		}
	}
}
