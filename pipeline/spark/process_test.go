package spark

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is a run of the script with a Spark of its own, which the test may kill.
type process struct {
	cmd    *exec.Cmd
	stdout bytes.Buffer // to be read after it ended
	stderr buffer
	ended  chan struct{}
	began  time.Time
}

// submit starts the script as people do. It is killed with the test.
func (b *bench) submit(t *testing.T, options []string, arguments ...string) *process {
	t.Helper()
	p := &process{ended: make(chan struct{}), began: time.Now()}
	p.cmd = exec.Command(filepath.Join(filepath.Dir(b.python), "spark-submit"), append(append(options, b.script), arguments...)...)
	p.cmd.Env = b.environ()
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	p.cmd.WaitDelay = 10 * time.Second // for its children, which have its pipes
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.cmd.Wait() // ProcessState says it
		close(p.ended)
	}()
	t.Cleanup(func() {
		if !p.over() {
			p.signal(syscall.SIGKILL)
			<-p.ended
		}
	})
	return p
}

func (p *process) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// wait waits for its end.
func (p *process) wait(t *testing.T) ran {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(5 * time.Minute):
		t.Fatalf("it does not end: %s", p.stderr.tail())
	}
	return ran{Code: p.cmd.ProcessState.ExitCode(), Stdout: p.stdout.String(), Stderr: p.stderr.tail(), Seconds: time.Since(p.began).Seconds()}
}

// signal sends a signal to the process and all that it started.
func (p *process) signal(signal syscall.Signal) {
	for _, pid := range append(descendants(p.cmd.Process.Pid), p.cmd.Process.Pid) {
		syscall.Kill(pid, signal) // it may have ended by now
	}
}

// find returns the ids of what the process started whose command line has a text.
func (p *process) find(text string) (pids []int) {
	for _, pid := range descendants(p.cmd.Process.Pid) {
		if strings.Contains(commandLine(pid), text) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// waitFor waits for a moment of the run, and fails if it ends before.
func (p *process) waitFor(t *testing.T, what string, met func() bool) {
	t.Helper()
	eventually(t, what, 3*time.Minute, func() bool {
		if p.over() {
			t.Fatalf("the run ended before %s: %v", what, p.wait(t))
		}
		return met()
	})
}

// descendants are the processes that a process started, and those that these did.
func descendants(pid int) (pids []int) {
	children := map[int][]int{}
	entries, _ := filepath.Glob("/proc/[0-9]*")
	for _, entry := range entries {
		child, _ := strconv.Atoi(filepath.Base(entry))
		children[parent(child)] = append(children[parent(child)], child)
	}
	for next := children[pid]; len(next) > 0; {
		pids = append(pids, next[0])
		next = append(next[1:], children[next[0]]...)
	}
	return pids
}

// parent is the process that started another, 0 if that is gone.
func parent(pid int) int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name of a program may have anything
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return 0
	}
	id, _ := strconv.Atoi(fields[1])
	return id
}

func commandLine(pid int) string {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	return strings.ReplaceAll(string(text), "\x00", " ")
}

// checkNoneLeft checks that no process of the binary is left behind.
func (b *bench) checkNoneLeft(t *testing.T) {
	t.Helper()
	left := func() (lines []string) {
		entries, _ := filepath.Glob("/proc/[0-9]*/exe")
		for _, entry := range entries {
			if exe, err := os.Readlink(entry); err == nil && exe == b.binary {
				pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(entry)))
				lines = append(lines, commandLine(pid))
			}
		}
		return lines
	}
	for end := time.Now().Add(15 * time.Second); len(left()) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("left behind: %q", left())
			return
		}
	}
}

// versions counts the versions of a table's metadata, without Spark: each commit
// writes one.
func (b *bench) versions(namespace, table string) int {
	found, _ := filepath.Glob(filepath.Join(b.warehouse, namespace, table, "metadata", "v*.metadata.json"))
	return len(found)
}
