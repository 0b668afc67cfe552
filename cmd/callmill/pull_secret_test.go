package main

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// TestPullKeepsSecrets: whatever becomes of a pull, the credentials it was
// given are in nothing that it prints or keeps.
func TestPullKeepsSecrets(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: repeats many requests")
	}
	const token, wrong = "CAIS-token-of-the-tests", "secret-that-is-wrong"
	served := simulatedAPI(t, simulate.Options{People: 200}, api.Options{Faults: 0.1, Poison: 1})
	p := newPuller(served, append([]string{"--instance", "x", "--progress", "plain"}, wholeWorld...)...)
	p.client.Keys.Token = token
	data := filepath.Join(t.TempDir(), "data")
	metrics := filepath.Join(data, "metrics.prom")
	var printed strings.Builder
	pull := func(code int, args ...string) {
		t.Helper()
		got := p.pull(t, code, append([]string{"--out", data, "--metrics-file", metrics}, args...)...)
		printed.WriteString(got.stdout + got.stderr)
	}
	pull(exit.Published)
	pull(exit.Done, "--check")
	pull(exit.Done, "--dry-run")
	p.client.Keys.Secret = wrong
	pull(exit.Failed)
	pull(exit.Failed, "--check")
	pull(exit.Failed, "--dry-run")
	// The environment's, too.
	out, err := p.process("--out", data).CombinedOutput()
	if err == nil {
		t.Error("a wrong secret in the environment is accepted")
	}
	printed.Write(out)

	kept := everything(t, data)
	kept["what is printed"] = []byte(printed.String())
	if len(kept) < 20 || !bytes.Contains(bytes.Join(responsesOf(kept), nil), []byte(`"ListJobs"`)) {
		t.Fatalf("%d things are searched, the responses not among them", len(kept))
	}
	for name, content := range kept {
		for _, secret := range []string{api.AccessKeySecret, wrong, token} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %s", name, secret)
			}
		}
	}
}

// TestPasswordsOfURLs: what a URL holds of user and password is in no message and
// no file, wherever the URL was given.
func TestPasswordsOfURLs(t *testing.T) {
	const user, password, url = "benutzer", "geheim", "http://benutzer:geheim@127.0.0.1:9"
	served := simulatedAPI(t, simulate.Options{People: 20}, api.Options{})
	data := filepath.Join(t.TempDir(), "data")
	proxied := []string{"pull", "--out", data, "--instance", "x", "--progress", "plain", "--endpoint", "192.0.2.1", "--date", "2026-01-20"}
	for _, w := range []struct {
		code int
		args []string
		env  string
	}{
		{exit.Usage, []string{"pull", "--out", data, "--instance", "x", "--endpoint", url}, ""},
		{exit.Usage, []string{"pull", "--out", data, "--instance", "x"}, "CALLMILL_ENDPOINT=" + url},
		{exit.Usage, []string{"pull", "--out", data, url}, ""},
		{exit.Usage, []string{"pull", "--out", data, "--qps", url}, ""},
		{exit.Usage, []string{url}, ""},
		{exit.Usage, []string{"convert", url, "--out", data}, ""},
		{exit.Failed, []string{"simulate", "--listen", url}, ""},
		{exit.Usage, proxied, "HTTPS_PROXY=http://benutzer:/geheim@127.0.0.1:9"},
		{exit.Usage, proxied, "HTTPS_PROXY=http://benutzer:geh eim/geheim@127.0.0.1:9"},
		{exit.Failed, proxied, "HTTPS_PROXY=" + url},
		{exit.Done, []string{"pull", "--out", data, "--instance", "x", "--endpoint", served.url, "--date", "2026-01-20"}, "HTTPS_PROXY=" + url},
	} {
		cmd := exec.Command("callmill", w.args...)
		cmd.Env = append(os.Environ(), "ALIBABA_CLOUD_ACCESS_KEY_ID="+api.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+api.AccessKeySecret, w.env)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != w.code {
			t.Errorf("%s callmill %s: exit code %d\n%s", w.env, strings.Join(w.args, " "), code, out)
		}
		kept := everything(t, filepath.Dir(data))
		kept["what is printed"] = out
		for name, content := range kept {
			if bytes.Contains(content, []byte(user)) || bytes.Contains(content, []byte(password)) {
				t.Errorf("%s callmill %s: %s has user or password:\n%s", w.env, strings.Join(w.args, " "), name, content)
			}
		}
	}
	if runs, err := filepath.Glob(filepath.Join(data, "runs", "*.json")); err != nil || len(runs) < 2 {
		t.Errorf("%d runs are recorded, %v", len(runs), err)
	}
}

// TestKeyWithALineBreak: a key that was read from a file with its line break ends
// the pull at once, and the hint says so.
func TestKeyWithALineBreak(t *testing.T) {
	served := simulatedAPI(t, simulate.Options{People: 20}, api.Options{})
	p := newPuller(served, append([]string{"--instance", "x"}, wholeWorld...)...)
	p.client.Keys.ID += "\n"
	for _, args := range [][]string{nil, {"--check"}, {"--dry-run"}} {
		out, err := p.process(append(args, "--out", filepath.Join(t.TempDir(), "data"))...).CombinedOutput()
		if err == nil || !bytes.Contains(out, []byte("ALIBABA_CLOUD_ACCESS_KEY_ID ends with a line break: set it without")) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	if n := len(served.arrivals); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// everything is the content of all files below a folder, decompressed.
func everything(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	contents := map[string][]byte{}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil || filepath.Ext(path) != ".zst" {
			contents[path] = content
			return err
		}
		if err := decoder.Reset(bytes.NewReader(content)); err != nil {
			return err
		}
		contents[path], err = io.ReadAll(decoder)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return contents
}

// responsesOf are the contents of the responses that were kept, among all.
func responsesOf(contents map[string][]byte) (raw [][]byte) {
	for path, content := range contents {
		if strings.Contains(filepath.ToSlash(path), "/raw/") {
			raw = append(raw, content)
		}
	}
	return raw
}
