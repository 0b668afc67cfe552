package main

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// fullDevice is a standard output on a full disk, like /dev/full.
type fullDevice struct{}

func (fullDevice) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

const outputLost = "callmill: write standard output: no space left on device\nhint: the output is incomplete; redirect it to where there is space\n"

// TestOutputLost: a command whose output cannot be written reports it and fails;
// one that has published exits with 3.
func TestOutputLost(t *testing.T) {
	dir := write(t, map[string]string{
		"good.json": `{"Jobs":[{"JobId":"a"}]}`, "bad.json": `{"Jobs":[{"JobId":"b","Tasks":5}]}`, "numbers": "13812340001\n",
	})
	good, data := filepath.Join(dir, "good.json"), filepath.Join(dir, "data")
	runMain(t, exitPublished, "convert", good, filepath.Join(dir, "bad.json"), "--out", data, "--progress", "none")
	first := filepath.Base(snapshotOf(t, data))
	runMain(t, exitDone, "convert", good, "--out", data, "--progress", "none", "--observed-at", "2026-01-22T01:30:00Z")

	cases := []struct {
		args []string
		code int
	}{
		{[]string{"--help"}, exitFailed},
		{[]string{"help", "convert"}, exitFailed},
		{[]string{"convert", "--help"}, exitFailed},
		{[]string{"completion", "bash"}, exitFailed},
		{[]string{"version"}, exitFailed},
		{[]string{"schema"}, exitFailed},
		{[]string{"schema", "--lang", "zh"}, exitFailed},
		{[]string{"schema", "--format", "sql"}, exitFailed},
		{[]string{"status", data}, exitFailed},
		{[]string{"status", data, "--json"}, exitFailed},
		{[]string{"path", data}, exitFailed},
		{[]string{"views", data}, exitFailed},
		{[]string{"verify", data}, exitFailed},
		{[]string{"rejects", data}, exitFailed},
		{[]string{"hash", "--data", data, filepath.Join(dir, "numbers")}, exitFailed},
		{[]string{"snapshots", data}, exitFailed},
		{[]string{"snapshots", data, "rollback", first}, exitFailed},
		{[]string{"simulate", "--people", "2", "--write", filepath.Join(dir, "responses")}, exitFailed},
		{[]string{"simulate", "--people", "2", "--listen", "127.0.0.1:0"}, exitFailed},
		{[]string{"convert", good, "--out", data, "--progress", "none"}, exitPublished},
		{[]string{"replay", data, "--progress", "none", "--allow-rejects", "1"}, exitPublished},
		{[]string{"rewrite", data, "--progress", "none"}, exitPublished},
		{[]string{"demo", filepath.Join(dir, "demo"), "--people", "20", "--progress", "none"}, exitPublished},
	}
	tried := map[string]bool{"pull": true} // below, as it needs an API
	for _, c := range cases {
		tried[c.args[0]] = true
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			var stderr bytes.Buffer
			if code := Main(c.args, strings.NewReader(""), fullDevice{}, &stderr); code != c.code || stderr.String() != outputLost {
				t.Errorf("exit code %d, want %d; stderr:\n%s", code, c.code, &stderr)
			}
		})
	}
	for _, c := range newRoot(&environment{}).Commands() {
		if !tried[c.Name()] {
			t.Errorf("%s is not tried", c.Name())
		}
	}
	t.Run("pull", func(t *testing.T) {
		server := simulatedAPI(t, simulate.Options{Jobs: 5}, api.Options{})
		t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", api.AccessKeyID)
		t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", api.AccessKeySecret)
		args := slices.Concat([]string{"pull", "--endpoint", server.url, "--instance", "x", "--progress", "none", "--out", filepath.Join(dir, "pulled")}, wholeWorld)
		for _, c := range []struct {
			flag string
			code int
		}{{"--check", exitFailed}, {"--dry-run", exitFailed}, {"--qps=50", exitPublished}} {
			var stderr bytes.Buffer
			if code := Main(append(args, c.flag), strings.NewReader(""), fullDevice{}, &stderr); code != c.code || stderr.String() != outputLost {
				t.Errorf("%s: exit code %d, want %d; stderr:\n%s", c.flag, code, c.code, &stderr)
			}
		}
	})
}

// TestOutputIsBuffered: what a command prints line by line is written in few
// pieces.
func TestOutputIsBuffered(t *testing.T) {
	var stdout writes
	if code := Main([]string{"schema", "--format", "sql"}, strings.NewReader(""), &stdout, &bytes.Buffer{}); code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	if most := 1 + stdout.bytes/4096; stdout.n > most {
		t.Errorf("%d bytes in %d writes, want at most %d", stdout.bytes, stdout.n, most)
	}
}

// writes counts writes.
type writes struct{ n, bytes int }

func (w *writes) Write(p []byte) (int, error) {
	w.n++
	w.bytes += len(p)
	return len(p), nil
}
