package progress

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// clock is a clock moved by tests. mpb's goroutines read it.
type clock struct{ offset atomic.Int64 }

func (c *clock) Now() time.Time {
	start := time.Date(2026, 1, 21, 1, 30, 0, 0, time.UTC)
	return start.Add(time.Duration(c.offset.Load()))
}

func (c *clock) pass(d time.Duration) { c.offset.Add(int64(d)) }

func start(t *testing.T, mode string, terminal bool) (*Progress, *clock, *bytes.Buffer) {
	t.Helper()
	var c clock
	var out bytes.Buffer
	p, err := New(mode, &out, terminal, Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	return p, &c, &out
}

// run reports a run of three stages: with a known total, with one that grows, and
// one that is interrupted.
func run(p *Progress, c *clock) {
	defer p.Done()

	p.Start("convert", 10_000_000, Bytes)
	for range 4 {
		c.pass(2 * time.Second)
		p.Add(1_000_000)
		p.Count(Jobs, 500)
		p.Count(Turns, 9_000)
	}
	p.Count(Rejects, 1)
	c.pass(12 * time.Second)
	p.Add(6_000_000)
	p.Done()

	p.Start("fetch", 0, "jobs")
	c.pass(6 * time.Second)
	p.Add(20)
	p.Grow(1_000)
	p.Count(Throttles, 2)
	p.Count(Retries, 1)
	c.pass(6 * time.Second)
	p.Add(480)
	c.pass(6 * time.Second)
	p.Add(500)

	p.Start("write", 3, "files")
	c.pass(300 * time.Millisecond)
	p.Add(2)
}

func TestLines(t *testing.T) {
	for _, mode := range []string{"auto", "plain", "json"} {
		p, c, out := start(t, mode, false)
		run(p, c)
		golden(t, map[string]string{"auto": "plain", "plain": "plain", "json": "json"}[mode], out.Bytes())
	}
}

func TestJSONLinesAreJSON(t *testing.T) {
	p, c, out := start(t, "json", true)
	run(p, c)
	for line := range strings.Lines(out.String()) {
		var state map[string]any
		if err := json.Unmarshal([]byte(line), &state); err != nil {
			t.Errorf("%v: %s", err, line)
		}
	}
}

func TestNothingIsShown(t *testing.T) {
	p, c, out := start(t, "none", true)
	run(p, c)
	if out.Len() > 0 {
		t.Errorf("--progress none wrote %q", out)
	}
}

func TestUnknownMode(t *testing.T) {
	_, err := New("fancy", &bytes.Buffer{}, false, Options{})
	if err == nil {
		t.Fatal("no error")
	}
	for _, mode := range Modes() {
		if _, e := New(mode, &bytes.Buffer{}, false, Options{}); e != nil || !strings.Contains(err.Error(), mode) {
			t.Errorf("%v; %v does not name %s", e, err, mode)
		}
	}
	if want := `--progress must be auto, plain, json or none, got "fancy"`; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}

// With many goroutines nothing is counted twice or lost, and the final line is the
// last.
func TestManyGoroutines(t *testing.T) {
	p, c, out := start(t, "json", false)
	p.Start("convert", 0, "jobs")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				c.pass(10 * time.Millisecond)
				p.Grow(1)
				p.Add(1)
				p.Count(Turns, 2)
			}
		})
	}
	wg.Wait()
	p.Done()
	p.Add(1) // too late
	var last jsonState
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatal(err)
	}
	want := jsonState{
		Time: c.Now(), Stage: "convert", Unit: "jobs", Done: 4000, Total: 4000, Rate: 100, Turns: 8000, Final: true,
	}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Errorf("last line (-want +got):\n%s", diff)
	}
	// 40 seconds in all, so at most eight lines five seconds apart, and the last.
	if len(lines) < 2 || len(lines) > 9 {
		t.Errorf("%d lines", len(lines))
	}
}

func TestSingular(t *testing.T) {
	p, _, out := start(t, "plain", false)
	p.Start("finding", 0, "requests")
	p.Add(1)
	p.Done()
	if want := "finding: 1 request in 0s\n"; out.String() != want {
		t.Errorf("%q, want %q", out, want)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestBrokenStream(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		var c clock
		p, err := New("auto", brokenPipe{}, terminal, Options{Now: c.Now, Every: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		p.Start("convert", 2, "jobs")
		p.Add(1)
		time.Sleep(20 * time.Millisecond) // mpb draws by its own clock
		p.Add(1)
		p.Done()
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; go test -update rewrites it):\n%s", path, diff)
	}
}
