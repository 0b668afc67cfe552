package spark

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// needsProc skips a test where it cannot find the processes that Spark starts.
func needsProc(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc, to find the processes that Spark starts")
	}
}

// oneAtATime starts a run while another one, which stands still in the middle, has
// the lake. Then the first goes on.
func oneAtATime(t *testing.T, s *session, w *world, data string) {
	needsProc(t)
	first := s.submit(t, []string{"--master", "local[2]"}, append(s.convert("busy", w.dir), dated...)...)
	first.waitFor(t, "responses are decoded", func() bool { return len(first.find("worker decode")) > 0 })
	first.signal(syscall.SIGSTOP)
	before := s.heads(t, "busy")
	second := s.run(t, append(s.convert("busy", w.dir), dated...)...)
	if second.Code != 4 {
		t.Errorf("a second run: %v, want exit code 4", second)
	}
	if after := s.heads(t, "busy"); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("a second run changed %v to %v", before, after)
	}
	first.signal(syscall.SIGCONT)
	if r := first.wait(t); r.Code != 3 && r.Code != 0 {
		t.Fatalf("the first run: %v", r)
	}
	s.checkSame(t, data, "busy")
}

// killedDriver kills a run between the commits of two tables. Readers see what was
// published before; the run that follows publishes everything.
func killedDriver(t *testing.T, s *session, w *world, data string) {
	needsProc(t)
	half := w.part(t, w.units[:len(w.units)/2])
	s.load(t, "torn", half)
	old, tag := s.dataset(t, half), s.tag(t, "torn")

	moments := []string{"tasks"}
	if thorough() {
		moments = []string{"turns", "summaries", "extras", "contacts", "tasks", "job_groups", "rejects", "jobs", "state", "runs"}
	}
	for _, table := range moments {
		p := s.submit(t, []string{"--master", "local[2]"}, append(s.convert("torn", w.dir), dated...)...)
		before := s.versions("torn", table)
		if table == "runs" { // its first new version is the lock
			before++
		}
		p.waitFor(t, table+" is written", func() bool { return s.versions("torn", table) > before })
		p.signal(syscall.SIGKILL)
		<-p.ended
		if got := s.tag(t, "torn"); got != tag && table != "runs" { // with which all is published
			t.Errorf("killed when %s was written: readers use %s, want %s", table, got, tag)
		}
		s.checkSameAt(t, old, "torn", tag)
	}
	s.load(t, "torn", w.dir)
	s.checkSame(t, data, "torn")
	s.checkNoneLeft(t)
}

// killedExecutors kills one of two executors, while responses are decoded and while
// tables are written.
func killedExecutors(t *testing.T, s *session, w *world, data string) {
	needsProc(t)
	cluster := []string{
		"--master", "local-cluster[2,1,1024]", "--conf", "spark.executor.memory=1g",
		"--conf", "spark.executorEnv.PYTHONDONTWRITEBYTECODE=1",
	}
	const executor = "CoarseGrainedExecutorBackend"
	kill := func(t *testing.T, p *process, when string) {
		t.Helper()
		found := p.find(executor)
		if len(found) == 0 {
			t.Fatalf("found no executor %s", when)
		}
		t.Logf("killed executor %d %s, %.1f s after the start", found[0], when, time.Since(p.began).Seconds())
		syscall.Kill(found[0], syscall.SIGKILL) // checked by what follows
	}
	finish := func(t *testing.T, p *process, namespace string) ran {
		t.Helper()
		r := p.wait(t)
		if r.Code != 0 && r.Code != 3 {
			t.Fatalf("exit code %d: %v", r.Code, r)
		}
		s.checkSame(t, data, namespace)
		s.checkNoneLeft(t)
		return r
	}

	p := s.submit(t, cluster, append(s.convert("killed", w.dir), dated...)...)
	p.waitFor(t, "responses are decoded", func() bool { return len(p.find("worker decode")) > 0 && len(p.find(executor)) > 1 })
	kill(t, p, "while responses were decoded")
	before := s.versions("killed", "turns") // the lake is made by now, without rows
	p.waitFor(t, "turns are written", func() bool { return s.versions("killed", "turns") > before })
	kill(t, p, "while tables were written")
	whole := finish(t, p, "killed")
	t.Logf("%.1f s with two executors killed", whole.Seconds)
	for n := range 5 {
		t.Run(fmt.Sprint("moment ", n), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(n), uint64(time.Now().UnixNano())))
			namespace := fmt.Sprint("moment", n)
			p := s.submit(t, cluster, append(s.convert(namespace, w.dir), dated...)...)
			p.waitFor(t, "there are executors", func() bool { return len(p.find(executor)) > 1 })
			moment := time.Duration(random.Float64() * whole.Seconds * 0.8 * float64(time.Second))
			for end := time.Now().Add(moment); time.Now().Before(end) && !p.over(); {
				time.Sleep(20 * time.Millisecond)
			}
			if !p.over() {
				kill(t, p, "at a random moment")
			}
			finish(t, p, namespace)
		})
	}
}
