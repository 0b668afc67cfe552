package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"callmill": main})
}

// TestScript runs the scripts, one per feature. They have these commands besides
// testscript's own:
//
//	exits CODE PROGRAM ARG...          run it; it must exit with this code
//	unprivileged PROGRAM ARG...        run it subject to permissions, even as root; it must fail
//	signal NAME CODE FILE PROGRAM ARG... run it on a silent standard input, send INT or TERM
//	                                   once FILE exists; it must exit with CODE
//	await FILE                         wait until FILE exists
//	compress gz|zst FILE               replace FILE by FILE.gz or FILE.zst
//	rows DATA TABLE                    print the rows of a published table as JSON, one per line
//
// and the condition strace: system calls can be made to fail with it.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("CALLMILL_PROGRESS", "none")
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "strace" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return exec.Command("strace", "-qq", "-o", os.DevNull, "true").Run() == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":        exits,
			"unprivileged": unprivileged,
			"signal":       signalled,
			"await":        func(ts *testscript.TestScript, _ bool, args []string) { await(ts, ts.MkAbs(args[0])) },
			"compress":     compress,
			"rows":         printRows,
		},
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	checkCode(ts, want, ts.Exec(args[1], args[2:]...))
}

func checkCode(ts *testscript.TestScript, want int, err error) {
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// command returns PROGRAM ARG... as exec would run it, with its output captured
// for the script.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	c := exec.Command(path, args[1:]...)
	c.Dir = ts.MkAbs(".")
	c.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "CALLMILL_PROGRESS="+ts.Getenv("CALLMILL_PROGRESS"))
	c.Stdout, c.Stderr = ts.Stdout(), ts.Stderr()
	return c
}

func unprivileged(ts *testscript.TestScript, _ bool, args []string) {
	c := command(ts, args)
	var exit *exec.ExitError
	if err := runUnprivileged(c); !errors.As(err, &exit) {
		ts.Fatalf("it did not fail, but: %v", err)
	}
}

func signalled(ts *testscript.TestScript, _ bool, args []string) {
	number := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}[args[0]]
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	silent, hold, err := os.Pipe()
	ts.Check(err)
	defer hold.Close()
	defer silent.Close()
	c := command(ts, args[3:])
	c.Stdin = silent
	ts.Check(c.Start())
	await(ts, ts.MkAbs(args[2]))
	ts.Check(c.Process.Signal(number))
	checkCode(ts, want, c.Wait())
}

func await(ts *testscript.TestScript, path string) {
	for range 10_000 { // minutes
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("%s did not come", path)
}

func compress(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[1])
	text, err := os.ReadFile(path)
	ts.Check(err)
	file, err := os.Create(path + "." + args[0])
	ts.Check(err)
	var w io.WriteCloser
	switch args[0] {
	case "gz":
		w = gzip.NewWriter(file)
	case "zst":
		w, err = zstd.NewWriter(file)
		ts.Check(err)
	default:
		ts.Fatalf("no such compression: %s", args[0])
	}
	_, err = w.Write(text)
	ts.Check(errors.Join(err, w.Close(), file.Close(), os.Remove(path)))
}

func printRows(ts *testscript.TestScript, _ bool, args []string) {
	lines := json.NewEncoder(ts.Stdout())
	lines.SetEscapeHTML(false)
	for row, err := range anyRows(filepath.Join(ts.MkAbs(args[0]), "latest"), args[1]) {
		ts.Check(err)
		ts.Check(lines.Encode(row))
	}
}
