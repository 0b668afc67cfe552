package desk_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/desk"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fixture is a desk as a program leaves it: testdata/reviews.jsonl and access.jsonl.
func fixture(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	check(t, os.CopyFS(dir, os.DirFS("testdata")))
	return dir
}

var someone = &desk.Someone{
	Job:  func(instance, job string) bool { return instance == "sales" && job == "job-1" },
	Key:  func(key string) bool { return key == "aaaa" },
	Text: func(text []byte) bool { return bytes.Contains(text, []byte("10020000001")) },
}

// TestForget: what is about somebody goes, all else stays byte for byte.
func TestForget(t *testing.T) {
	dir := fixture(t)
	d := desk.In(dir)
	for _, dry := range []bool{true, false} {
		files, gone, err := d.Forget(someone, dry)
		if err != nil || gone != 7 || len(files) != 2 {
			t.Fatalf("dry %v: %v, %d, %v", dry, files, gone, err)
		}
	}
	for name, want := range map[string]string{desk.ReviewsFile: `"sales","job_id":"job-1"`, desk.AccessFile: "aaaa"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		check(t, err)
		if bytes.Contains(text, []byte(want)) || bytes.Contains(text, []byte("10020000001")) {
			t.Errorf("%s: %s", name, text)
		}
		before, err := os.ReadFile(filepath.Join("testdata", name))
		check(t, err)
		for line := range bytes.Lines(text) {
			if !bytes.Contains(before, line) {
				t.Errorf("%s: a line changed: %s", name, line)
			}
		}
	}
	reviews, accesses := 0, 0
	for r, err := range d.Reviews() {
		check(t, err)
		check(t, r.Check())
		reviews++
	}
	for _, err := range d.Accesses() {
		check(t, err)
		accesses++
	}
	if reviews != 4 || accesses != 2 {
		t.Errorf("%d reviews and %d accesses are left", reviews, accesses)
	}
	if files, gone, err := d.Forget(someone, false); len(files) > 0 || gone != 0 || err != nil {
		t.Errorf("again: %v, %d, %v", files, gone, err)
	}
}

// TestForgetUnderWriters: several append while somebody is forgotten again and again;
// every record of others is there at the end, and none of theirs that came before.
func TestForgetUnderWriters(t *testing.T) {
	dir := t.TempDir()
	const writers, records = 4, 25
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			d := desk.In(dir)
			for i := range records {
				job := fmt.Sprintf("other-%d-%d", w, i)
				if i%5 == 0 {
					job = "job-1"
				}
				r := &desk.Review{At: "2026-01-31T00:00:00.000Z", By: "li", About: desk.AboutCall, Call: &desk.Call{InstanceID: "sales", JobID: job}, Verdict: desk.Right}
				if err := d.Review(r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	d := desk.In(dir)
	for range 10 {
		_, _, err := d.Forget(someone, false)
		check(t, err)
	}
	group.Wait()
	_, _, err := d.Forget(someone, false)
	check(t, err)
	seen := map[string]bool{}
	for r, err := range d.Reviews() {
		check(t, err)
		seen[r.Call.JobID] = true
	}
	if want := writers * records * 4 / 5; len(seen) != want || seen["job-1"] {
		t.Errorf("%d jobs, want %d", len(seen), want)
	}
}

// TestTornLine: what a crash left of a line does not spoil the next one.
func TestTornLine(t *testing.T) {
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, desk.ReviewsFile), []byte(`{"at":"2026`), 0o600))
	d := desk.In(dir)
	check(t, d.Review(&desk.Review{At: "2026-01-31T00:00:00.000Z", By: "li", About: desk.AboutFinding, Finding: "f1", State: desk.Dismissed, Note: "known"}))
	n := 0
	for r, err := range d.Reviews() {
		check(t, err)
		if n++; r.Finding != "f1" {
			t.Errorf("%+v", r)
		}
	}
	if n != 1 {
		t.Errorf("%d reviews", n)
	}
	if info, _ := os.Stat(filepath.Join(dir, desk.ReviewsFile)); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestCheck(t *testing.T) {
	call := &desk.Call{InstanceID: "sales", JobID: "job-1"}
	tests := []struct {
		name string
		r    desk.Review
		ok   bool
	}{
		{"a call", desk.Review{At: "t", By: "li", About: desk.AboutCall, Call: call, Verdict: desk.Misheard}, true},
		{"nobody", desk.Review{At: "t", About: desk.AboutCall, Call: call}, false},
		{"no call", desk.Review{At: "t", By: "li", About: desk.AboutHit}, false},
		{"no filter", desk.Review{At: "t", By: "li", About: desk.AboutFilter}, false},
		{"an unknown state", desk.Review{At: "t", By: "li", About: desk.AboutFinding, Finding: "f", State: "lost"}, false},
		{"an unknown verdict", desk.Review{At: "t", By: "li", About: desk.AboutCall, Call: call, Verdict: "maybe"}, false},
		{"about nothing", desk.Review{At: "t", By: "li"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.r.Check(); (err == nil) != tt.ok {
				t.Errorf("%v", err)
			}
		})
	}
}

// Records that are appended together are those that are appended one by one.
func TestAccessAll(t *testing.T) {
	dir := t.TempDir()
	d := desk.In(dir)
	want := []*desk.Access{{At: "a", By: "li", Did: "opened", What: "call"}, {At: "b", By: "wang", Did: "exported", What: "calls", Rows: 3}, {At: "c", By: "li", Did: "searched", What: "lines"}}
	if err := d.Access(want[0]); err != nil {
		t.Fatal(err)
	}
	if err := d.AccessAll(want[1:], false); err != nil {
		t.Fatal(err)
	}
	var got []*desk.Access
	for a, err := range d.Accesses() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestForgetFilter: a filter is spelled as the query of a URL, and goes where what it
// selects is theirs, whatever else it has.
func TestForgetFilter(t *testing.T) {
	theirs := &desk.Someone{
		Key: func(key string) bool { return key == "8190adc5be251173c8949e9c34427824" },
		Text: func(text []byte) bool { // as callmill forget looks, for ids that stand alone
			at := bytes.Index(text, []byte("54b357-1"))
			return at == 0 || at > 0 && text[at-1] == '='
		},
	}
	for _, tt := range []struct {
		filter string
		goes   bool
	}{
		{"f=contact%3D8190adc5be251173c8949e9c34427824", true},
		{"f=contact%3D00000000000000000000000000000000,8190adc5be251173c8949e9c34427824+day%3D2026-01-24&rule=fraud", true},
		{"f=job%3D54b357-1&s=x", true},
		{"f=job%3D054b357-1", false},
		{"f=contact%3D8190adc5be251173c8949e9c3442782", false},
		{"f=%zz", false},
		{"", false},
	} {
		if got := theirs.Review(&desk.Review{About: desk.AboutFilter, Filter: tt.filter}); got != tt.goes {
			t.Errorf("review of %q: %v", tt.filter, got)
		}
		if got := theirs.Access(&desk.Access{Did: "opened", What: "/calls", Filter: tt.filter}); got != tt.goes {
			t.Errorf("access to %q: %v", tt.filter, got)
		}
	}
}
