package progress

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// screen is a buffer that mpb takes for a terminal of 80 columns. It can be read
// while mpb writes.
type screen struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(b)
}

// frames returns the distinct states of the line, without cursor movements.
func (s *screen) frames() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for line := range strings.Lines(regexp.MustCompile("\x1b\\[[0-9]*[A-Z]").ReplaceAllString(s.buf.String(), "")) {
		if line = strings.TrimRight(line, "\n"); len(list) == 0 || list[len(list)-1] != line {
			list = append(list, line)
		}
	}
	return list
}

// await waits until the line has shown a state.
func (s *screen) await(t *testing.T, want string) {
	t.Helper()
	for range 4000 { // minutes, if the machine has other work
		for _, f := range s.frames() {
			if f == want {
				return
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("never showed\n%s\nbut\n%s", want, strings.Join(s.frames(), "\n"))
}

func TestBar(t *testing.T) {
	var out screen
	var c clock
	p := New(Auto, &out, true, Options{Now: c.Now, Every: 20 * time.Millisecond})

	p.Start("convert", 10_000_000, Bytes)
	c.pass(4 * time.Second)
	p.Add(4_500_000)
	out.await(t, "convert: [==========>--------------] 45%, 4.5 MB of 10.0 MB, 1.1 MB/s, 4.9s left")
	p.Add(5_500_000)
	p.Count(Jobs, 500)
	p.Count(Turns, 9_000)
	p.Done()
	out.await(t, "convert: [======================] 10.0 MB in 4s, 2.5 MB/s; 500 jobs, 9,000 turns")

	p.Start("fetch", 0, "jobs") // no total, no bar
	c.pass(5 * time.Second)
	p.Add(40)
	out.await(t, "fetch: 40 jobs, 8.0/s; 500 jobs, 9,000 turns")
	p.Grow(1000)
	p.Count(Rejects, 1_000_000)
	p.Count(Retries, 1_000) // no room for a bar
	p.Done()
	out.await(t, "fetch: 4%, 40 of 1,000 jobs in 5s, 8.0/s; 500 jobs, 9,000 turns, 1,000,000 reje…")

	frames := out.frames()
	if last := frames[len(frames)-1]; !strings.Contains(last, " in 5s") {
		t.Errorf("the line that stays is %q", last)
	}
}
