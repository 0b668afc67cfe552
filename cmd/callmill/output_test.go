package main

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/output"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// fullDevice is a standard output on a full disk, like /dev/full.
type fullDevice struct{}

func (fullDevice) Write([]byte) (int, error) { return 0, errFull }

var errFull = &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}

// failing is a standard output that fails.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

const outputLost = "callmill: write standard output: no space left on device\nhint: the output is incomplete; redirect it to where there is space\n"

// TestOutputLost: a command whose output cannot be written reports it and fails;
// one that has published exits with 3.
func TestOutputLost(t *testing.T) {
	dir := write(t, map[string]string{
		"good.json": `{"Jobs":[{"JobId":"a"}]}`, "bad.json": `{"Jobs":[{"JobId":"b","Tasks":5}]}`, "numbers": "13812340001\n",
	})
	good, data := filepath.Join(dir, "good.json"), filepath.Join(dir, "data")
	runMain(t, exit.Published, "convert", good, filepath.Join(dir, "bad.json"), "--out", data, "--progress", "none")
	first := filepath.Base(snapshotOf(t, data))
	runMain(t, exit.Done, "convert", good, "--out", data, "--progress", "none", "--observed-at", "2026-01-22T01:30:00Z")

	cases := []struct {
		args []string
		code int
	}{
		{[]string{"--help"}, exit.Failed},
		{[]string{"help", "convert"}, exit.Failed},
		{[]string{"convert", "--help"}, exit.Failed},
		{[]string{"completion", "bash"}, exit.Failed},
		{[]string{"version"}, exit.Failed},
		{[]string{"schema"}, exit.Failed},
		{[]string{"schema", "--lang", "zh"}, exit.Failed},
		{[]string{"schema", "--format", "sql"}, exit.Failed},
		{[]string{"status", data}, exit.Failed},
		{[]string{"status", data, "--json"}, exit.Failed},
		{[]string{"status", data, "--pending"}, exit.Failed},
		{[]string{"status", data, "--privacy"}, exit.Failed},
		{[]string{"pending", data}, exit.Failed},
		{[]string{"path", data}, exit.Failed},
		{[]string{"views", data}, exit.Failed},
		{[]string{"verify", data}, exit.Failed},
		{[]string{"rejects", data}, exit.Failed},
		{[]string{"hold", data}, exit.Failed},
		{[]string{"hash", "--data", data, filepath.Join(dir, "numbers")}, exit.Failed},
		{[]string{"changes", data, "--since", first}, exit.Failed},
		{[]string{"changes", data, "--since", first, "--format", "csv"}, exit.Failed},
		{[]string{"changes", data, "--since", first, "--format", "json"}, exit.Failed},
		{[]string{"changes", data, "--since", first, "--format", "parquet"}, exit.Failed},
		{[]string{"repair", data}, exit.Failed},
		{[]string{"worker", "settings"}, exit.Failed},
		{[]string{"worker", "import", "--list", data}, exit.Failed},
		{[]string{"snapshots", data}, exit.Failed},
		{[]string{"snapshots", data, "pin", first}, exit.Failed},
		{[]string{"snapshots", data, "rollback", first}, exit.Failed},
		{[]string{"simulate", "--people", "2", "--write", filepath.Join(dir, "responses")}, exit.Failed},
		{[]string{"simulate", "--people", "2", "--listen", "127.0.0.1:0"}, exit.Failed},
		{[]string{"convert", good, "--out", data, "--progress", "none"}, exit.Published},
		{[]string{"replay", data, "--progress", "none", "--allow-rejects", "1"}, exit.Published},
		{[]string{"rewrite", data, "--progress", "none"}, exit.Published},
		{[]string{"instance", data, "retire", "default", "--progress", "none"}, exit.Published},
		{[]string{"person", data, "--job", "a"}, exit.Failed},
		{[]string{"forget", data, "--job", "a", "--dry-run"}, exit.Failed},
		{[]string{"forget", data, "--job", "a"}, exit.Failed},
		{[]string{"demo", filepath.Join(dir, "demo"), "--people", "20", "--progress", "none"}, exit.Published},
		{[]string{"key", data, "destroy", "--yes"}, exit.Failed},
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
		server := simulatedAPI(t, simulate.Options{People: 5}, api.Options{})
		t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", api.AccessKeyID)
		t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", api.AccessKeySecret)
		args := slices.Concat([]string{"pull", "--endpoint", server.url, "--instance", "x", "--progress", "none", "--out", filepath.Join(dir, "pulled")}, wholeWorld)
		for _, c := range []struct {
			flag string
			code int
		}{{"--check", exit.Failed}, {"--dry-run", exit.Failed}, {"--qps=50", exit.Published}} {
			var stderr bytes.Buffer
			if code := Main(append(args, c.flag), strings.NewReader(""), fullDevice{}, &stderr); code != c.code || stderr.String() != outputLost {
				t.Errorf("%s: exit code %d, want %d; stderr:\n%s", c.flag, code, c.code, &stderr)
			}
		}
	})
}

// TestOutputFailed: what is wrong with standard output has a hint of its own.
func TestOutputFailed(t *testing.T) {
	for want, broken := range map[string]error{
		outputLost: errFull,
		"callmill: write standard output: bad file descriptor\nhint: the output is incomplete\n": syscall.EBADF,
	} {
		_, err := output.Writer{To: failing{broken}}.Write(nil)
		var stderr bytes.Buffer
		(&exit.Log{Writer: &stderr}).Complain(t.Context(), err)
		if code := exit.Code(t.Context(), err); code != exit.Failed || stderr.String() != want {
			t.Errorf("%d\n%swant %d\n%s", code, &stderr, exit.Failed, want)
		}
	}
}

// TestOutputIsBuffered: what a command prints line by line is written in few
// pieces.
func TestOutputIsBuffered(t *testing.T) {
	var stdout writes
	if code := Main([]string{"schema", "--format", "sql"}, strings.NewReader(""), &stdout, &bytes.Buffer{}); code != exit.Done {
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
