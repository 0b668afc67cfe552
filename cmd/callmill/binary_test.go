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

// thorough reports whether tests that depend on chance or size run all of their
// cases, as CALLMILL_THOROUGH asks, or a small share.
func thorough() bool { return os.Getenv("CALLMILL_THOROUGH") != "" }

// build builds callmill, always without the race detector, and returns the path
// of the binary.
func build(t testing.TB) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "callmill")
	cmd := exec.Command("go", "build", "-o", binary, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// TestBinarySize: a call to the wrong method links the dictionaries that a
// library embeds, and nothing else shows it. With gse's the binary was 102 MB.
func TestBinarySize(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds the binary")
	}
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
	memory         int64 // peak in bytes; 0 where the system does not report it
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

// watchMemory returns the peak of a process's resident memory. The kernel
// forgets it when the process ends, and the parent's rusage includes what the
// parent itself had when it forked.
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
