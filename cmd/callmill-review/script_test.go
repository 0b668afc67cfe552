//go:build cgo

package main

import (
	"errors"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"callmill/cmd/callmill-review/internal/published"
	"callmill/pipeline/simulate"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"callmill-review": main})
}

// TestScript runs the scripts, one per feature, over the dataset $DATA, which none may
// change, with callmill itself as $CALLMILL.
func TestScript(t *testing.T) {
	worlds := published.In(t.TempDir())
	data, _ := worlds.Pulled(t, simulate.Options{People: 300})
	callmill := worlds.Callmill(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DATA", data)
			env.Setenv("CALLMILL", callmill)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits},
	})
}

// exits CODE PROGRAM ARG... runs a program, which must exit with this code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		ended, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		code = strconv.Itoa(ended.ExitCode())
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}
