package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// convert publishes inputs in a new dataset and returns its folder. It fails the
// test if the exit code is not code.
func convert(t testing.TB, code int, args ...string) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	runMain(t, code, append([]string{"convert", "--progress", "none", "--out", data}, args...)...)
	return data
}

// runMain runs the command line in this process and returns what it prints.
func runMain(t testing.TB, code int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := Main(args, strings.NewReader(""), &stdout, &stderr); got != code {
		t.Fatalf("callmill %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &stdout, &stderr)
	}
	return stdout.String()
}

// write makes files with the given contents in a new folder.
func write(t testing.TB, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// crosswoz returns the folder of the real sample, beside the repository. Without
// it the test is skipped, or fails in CI.
func crosswoz(t testing.TB) (dir string) {
	t.Helper()
	const sample = "shared/data/crosswoz"
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		found := filepath.Join(dir, filepath.FromSlash(sample))
		if _, err := os.Stat(found); err == nil {
			return found
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	missing(t, "no "+sample+" in a folder above this one")
	return ""
}

// missing skips a test that lacks something, or fails it in CI.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}
