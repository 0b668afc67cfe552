package main

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"callmill/cmd/callmill/internal/exit"
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
	served := simulatedAPI(t, simulate.Options{Jobs: 200}, api.Options{Faults: 0.1, Poison: 1})
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
