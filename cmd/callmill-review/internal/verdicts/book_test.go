package verdicts_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/pipeline/desk"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hit is what somebody said of the hit of a rule in a call.
func hit(by, job, rule, verdict string) desk.Review {
	return desk.Review{At: "2026-01-31T00:00:00.000Z", By: by, About: desk.AboutHit, Call: &desk.Call{InstanceID: "sales", JobID: job, TaskID: "t1"}, Rule: rule, Verdict: verdict}
}

func open(t *testing.T, dir string) *verdicts.Book {
	t.Helper()
	b, err := verdicts.Open(desk.In(dir))
	check(t, err)
	return b
}

var call1 = desk.Call{InstanceID: "sales", JobID: "job-1", TaskID: "t1"}

// TestBook: what another process appends is there at once, and so is what this one does.
func TestBook(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desk")
	b := open(t, dir)
	if got := b.Of(call1); len(got) != 0 {
		t.Fatalf("of nothing: %v", got)
	}
	mine, theirs := hit("li", "job-1", "opt_out@1", desk.Right), hit("wang", "job-1", "opt_out@1", desk.Wrong)
	check(t, b.Add(&mine))
	check(t, desk.In(dir).Review(&theirs))
	if got := b.Of(call1); len(got) != 2 || got[0].By != "li" || got[1].By != "wang" {
		t.Errorf("%+v", got)
	}
	if got := b.By("wang"); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	if got := len(b.OfRule("opt_out")) + len(b.OfRule("opt_out@1")) + len(b.OfRule("opt_out@2")) + len(b.OfRule("opt")); got != 4 {
		t.Errorf("of the rule: %d", got)
	}
	finding := desk.Review{At: "2026-01-31T00:00:00.000Z", By: "li", About: desk.AboutFinding, Finding: "f1", State: desk.HandedOver, To: "script team"}
	check(t, b.Add(&finding))
	if got := b.Findings()["f1"]; len(got) != 1 || got[0].To != "script team" {
		t.Errorf("%+v", got)
	}
	if err := b.Add(&desk.Review{By: "li"}); err == nil {
		t.Error("what is no review was added")
	}
}

// TestForgotten: callmill forget takes records out under an open book; also twice, so
// that the inode of the first file may be that of the third.
func TestForgotten(t *testing.T) {
	dir := t.TempDir()
	d := desk.In(dir)
	b := open(t, dir)
	for i := range 6 {
		r := hit("li", fmt.Sprintf("job-%d", i), "opt_out", desk.Right)
		check(t, b.Add(&r))
	}
	for i := range 4 {
		gone := fmt.Sprintf("job-%d", i)
		_, n, err := d.Forget(&desk.Someone{Job: func(_, job string) bool { return job == gone }}, false)
		check(t, err)
		if n != 1 {
			t.Fatalf("%d records went", n)
		}
		if i%2 == 0 {
			continue // the book does not see this file
		}
		for _, r := range b.All() {
			if r.Call.JobID <= gone {
				t.Errorf("after %s is forgotten there is %s", gone, r.Call.JobID)
			}
		}
		if got, want := len(b.By("li")), 5-i; got != want {
			t.Errorf("after %s is forgotten there are %d, want %d", gone, got, want)
		}
	}
	check(t, os.Remove(filepath.Join(dir, desk.ReviewsFile)))
	if got := b.All(); len(got) != 0 {
		t.Errorf("without the file there are %v", got)
	}
}

// TestReplacedInPlace: a file that another program wrote anew, with the same inode and
// more in it than before.
func TestReplacedInPlace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, desk.ReviewsFile)
	line := func(job string) string {
		r := hit("li", job, "opt_out", desk.Right)
		text, err := json.Marshal(r)
		check(t, err)
		return string(text) + "\n"
	}
	check(t, os.WriteFile(path, []byte(line("job-1")), 0o600))
	b := open(t, dir)
	check(t, os.WriteFile(path, []byte(line("job-2")+line("job-3")), 0o600))
	if got := b.All(); len(got) != 2 || got[0].Call.JobID != "job-2" {
		t.Errorf("%+v", got)
	}
}

// TestTornAndHostileLines: what is not a review is passed over, and what a line lacks
// yet is waited for.
func TestTornAndHostileLines(t *testing.T) {
	good, err := json.Marshal(hit("li", "job-1", "opt_out", desk.Right))
	check(t, err)
	for name, text := range map[string]string{
		"empty lines":      "\n\n  \n",
		"not JSON":         "hello\n{\n]\n",
		"other JSON":       "null\n[]\n7\n\"x\"\n{}\n",
		"torn":             `{"at":"2026` + "\n",
		"unknown about":    `{"at":"x","by":"li","about":"weather"}` + "\n",
		"unknown verdict":  `{"at":"x","by":"li","about":"call","call":{"job_id":"a"},"verdict":"maybe"}` + "\n",
		"no call":          `{"at":"x","by":"li","about":"hit"}` + "\n",
		"too long":         `{"at":"x","by":"` + strings.Repeat("a", 2<<20) + `","about":"call","call":{"job_id":"a"}}` + "\n",
		"deep":             strings.Repeat("[", 1<<18) + "\n",
		"no UTF-8, no end": "\xff\xfe\x00\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, desk.ReviewsFile)
			check(t, os.WriteFile(path, append([]byte(text), good...), 0o600))
			b := open(t, dir)
			if got := b.All(); len(got) != 0 {
				t.Fatalf("before the line ends: %d", len(got))
			}
			file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			check(t, err)
			_, err = file.WriteString("\n")
			check(t, err)
			check(t, file.Close())
			if got := b.All(); len(got) != 1 || got[0].By != "li" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestCannotKeep: a folder that is none, and one that cannot be written, are errors; what
// was read before stays.
func TestCannotKeep(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	r := hit("li", "job-1", "opt_out", desk.Right)
	check(t, b.Add(&r))
	check(t, os.Rename(filepath.Join(dir, desk.ReviewsFile), filepath.Join(dir, "aside")))
	check(t, os.Mkdir(filepath.Join(dir, desk.ReviewsFile), 0o700))
	if err := b.Add(&r); err == nil {
		t.Error("a review was kept in a folder")
	}
	if b.All(); b.Err() == nil {
		t.Error("no error is told")
	}
	check(t, os.Remove(filepath.Join(dir, desk.ReviewsFile)))
	check(t, os.Rename(filepath.Join(dir, "aside"), filepath.Join(dir, desk.ReviewsFile)))
	if got := b.All(); len(got) != 1 || b.Err() != nil {
		t.Errorf("afterwards: %d, %v", len(got), b.Err())
	}
}

// TestNoFile: what is no file, a pipe or a link, is an error at once, and nothing of it
// is read.
func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	path := filepath.Join(dir, desk.ReviewsFile)
	other := open(t, filepath.Join(dir, "other"))
	r := hit("li", "job-1", "opt_out", desk.Right)
	check(t, other.Add(&r))
	for _, tt := range []struct {
		name string
		make func() error
	}{
		{"a pipe", func() error { return syscall.Mkfifo(path, 0o600) }},
		{"a link", func() error { return os.Symlink(filepath.Join("other", desk.ReviewsFile), path) }},
	} {
		check(t, tt.make())
		if err := b.Add(&r); err == nil {
			t.Errorf("%s: a review was kept", tt.name)
		}
		if got := b.All(); len(got) != 0 || b.Err() == nil {
			t.Errorf("%s: %d reviews, %v", tt.name, len(got), b.Err())
		}
		check(t, os.Remove(path))
	}
}

// TestFullDisk: a file that may not become longer takes no more, as a full disk does. The
// review is refused, and those that were acknowledged are there.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command("sh", "-c", `ulimit -f 1; trap '' XFSZ; exec "$0" -test.run='^TestChild$' -test.v`, os.Args[0])
	child.Env = append(os.Environ(), childOf+"="+dir)
	out, err := child.Output()
	if err == nil || !bytes.Contains(out, []byte("too large")) {
		t.Fatalf("%v: %s", err, out)
	}
	acknowledged := 0
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "ack ") {
			acknowledged++
		}
	}
	if got := len(open(t, dir).All()); acknowledged == 0 || got != acknowledged {
		t.Errorf("%d are there, %d were acknowledged", got, acknowledged)
	}
}

// childOf names, for a child process of these tests, the folder of its desk.
const childOf = "CALLMILL_VERDICTS_TEST"

// TestChild is what a child process does: several write verdicts, and say so once each is
// kept.
func TestChild(t *testing.T) {
	dir := os.Getenv(childOf)
	if dir == "" {
		return
	}
	b := open(t, dir)
	var group sync.WaitGroup
	for w := range 3 {
		group.Go(func() {
			for i := 0; ; i++ {
				job := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i)
				r := hit("li", job, "opt_out", desk.Right)
				r.Note = strings.Repeat("听", i%200)
				if err := b.Add(&r); err != nil {
					t.Error(err)
					return
				}
				fmt.Println("ack", job)
			}
		})
	}
	group.Wait()
}

// TestKilled: a process that writes verdicts is killed at random moments. Each that it
// acknowledged is there, and the next process goes on in the same file.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	var acknowledged []string
	for round := range 20 {
		child := exec.Command(os.Args[0], "-test.run=^TestChild$")
		child.Env = append(os.Environ(), childOf+"="+dir)
		out, err := child.StdoutPipe()
		check(t, err)
		check(t, child.Start())
		lines := bufio.NewReader(out)
		for n := rand.IntN(40); ; n-- {
			if n == 0 {
				check(t, child.Process.Kill())
			}
			line, err := lines.ReadString('\n')
			if err == io.EOF {
				break // what there is of a last line was not said
			}
			check(t, err)
			if job, ok := strings.CutPrefix(strings.TrimSpace(line), "ack "); ok {
				acknowledged = append(acknowledged, job)
			}
		}
		_ = child.Wait() // killed
		there := map[string]bool{}
		for _, r := range open(t, dir).All() {
			there[r.Call.JobID] = true
		}
		for _, job := range acknowledged {
			if !there[job] {
				t.Fatalf("round %d: %s was acknowledged and is not there", round, job)
			}
		}
	}
	if len(acknowledged) == 0 {
		t.Error("nothing was acknowledged")
	}
}

// TestConcurrent: readers, writers and a forgetter, for the race detector.
func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	var group sync.WaitGroup
	for w := range 3 {
		group.Go(func() {
			for i := range 20 {
				r := hit(fmt.Sprint(w), fmt.Sprint(i), "opt_out", desk.Right)
				if err := b.Add(&r); err != nil {
					t.Error(err)
				}
				b.Precision("opt_out")
				b.Agreement(nil)
			}
		})
	}
	group.Go(func() {
		for range 5 {
			if _, _, err := desk.In(dir).Forget(&desk.Someone{Job: func(_, job string) bool { return job == "7" }}, false); err != nil {
				t.Error(err)
			}
		}
	})
	group.Wait()
	_, _, err := desk.In(dir).Forget(&desk.Someone{Job: func(_, job string) bool { return job == "7" }}, false)
	check(t, err)
	if got := len(b.All()); got != 3*19 {
		t.Errorf("%d reviews, want %d", got, 3*19)
	}
	if a := b.Agreement(nil); a.Things != 19 || a.Agree != 3*19 || a.KappaKnown {
		t.Errorf("%+v", a)
	}
}
