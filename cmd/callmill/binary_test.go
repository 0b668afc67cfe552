package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// thorough is what the tests that count on chance or on size are worth: with
// CALLMILL_THOROUGH all that is promised, else a small share of it.
func thorough() bool { return os.Getenv("CALLMILL_THOROUGH") != "" }

// build builds callmill, without the race detector whatever the tests are built
// with, and gives the path of the binary.
func build(t testing.TB) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "callmill")
	cmd := exec.Command("go", "build", "-o", binary, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// TestBinarySize: the dictionaries a library embeds come with one method too
// many, and nothing else tells. With gse's the binary was 102 MB.
func TestBinarySize(t *testing.T) {
	const most = 80_000_000
	info, err := os.Stat(build(t))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > most {
		t.Errorf("callmill has %d bytes, want at most %d: look for what is large with go tool nm -size -sort size -type", info.Size(), most)
	}
}

// ran is a process that has ended.
type ran struct {
	code           int
	stdout, stderr string
	cpu, wall      time.Duration
	memory         int64 // the most it had in memory, bytes; 0 where the system does not tell
}

func (r ran) String() string {
	return fmt.Sprintf("%v of CPU, %v, %d MB\n%s%s", r.cpu, r.wall.Round(time.Millisecond), r.memory>>20, r.stdout, r.stderr)
}

// run runs a binary to its end.
func run(t testing.TB, binary string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	peak := make(chan int64)
	ended := make(chan struct{})
	go func() { peak <- watchMemory(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	close(ended)
	r := ran{
		code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), wall: time.Since(began),
		cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), memory: <-peak,
	}
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return r
}

// watchMemory gives the peak of a process's resident memory. The system counts
// it, and forgets it when the process ends; what its parent's usage says
// includes memory the parent itself had when it forked.
func watchMemory(pid int, ended <-chan struct{}) (peak int64) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		peak = max(peak, highWater(pid))
		select {
		case <-ended:
			return peak
		case <-tick.C:
		}
	}
}

func highWater(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, found := strings.Cut(string(text), "VmHWM:")
	if !found {
		return 0
	}
	kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}
