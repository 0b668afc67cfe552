package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// TestPullStopped: Ctrl-C and SIGTERM end a pull in order; it says that what
// was received is kept, and the next run goes on from there.
func TestPullStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills runs")
	}
	t.Parallel()
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			served := simulatedAPI(t, simulate.Options{People: 1000}, api.Options{})
			p := newPuller(served, append([]string{"--instance", "x"}, wholeWorld...)...)
			data, metrics := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "callmill.prom")
			cmd := p.process("--out", data, "--qps", "12", "--metrics-file", metrics)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// Some responses about jobs are received, others are not.
			for deadline := time.Now().Add(time.Minute); served.Counts().Actions["ListJobs"] < 4; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("no job was asked for: %s", &stderr)
				}
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			ended, ok := errors.AsType[*exec.ExitError](cmd.Wait())
			want := "callmill: stopped by " + signal.String() + ", nothing was published\n" +
				"hint: what was received is kept: run the same command again, and it goes on from there\n"
			if !ok || ended.ExitCode() != code || stdout.Len() > 0 || stderr.String() != want {
				t.Errorf("it ended with %v, and said\n%s%swant %d and\n%s", ended, &stdout, &stderr, code, want)
			}
			if run := lastRun(t, data); run.ExitCode != code || run.Error == "" || run.Snapshot != "" {
				t.Errorf("the run's file says %+v", run)
			}
			checkMetric(t, metrics, fmt.Sprint("callmill_last_run_exit_code ", code), "callmill_last_run_failed 1", "callmill_last_run_published 0")

			again := p.pull(t, exit.Done, "--out", data)
			run := lastRun(t, data)
			if !strings.Contains(again.stdout, "; resumed ") || run.Pull.Resumed == 0 || run.Pull.Resumed == 1000 || run.Pull.Asked != 1000 {
				t.Errorf("the next run says %q, %d of %d were received before", again.stdout, run.Pull.Resumed, run.Pull.Asked)
			}
		})
	}
}
