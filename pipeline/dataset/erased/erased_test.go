package erased_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
)

const instance = "outbound"

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// buried returns the tombstones of a new store: a job, a number and a reference id
// until the last day of January, and all that was before the year.
func buried(t *testing.T, s *erased.Store) *erased.Tombstones {
	t.Helper()
	stones := []erased.Tombstone{
		{Job: must(s.JobDigest(instance, "job-1"))(t)},
		{Number: must(s.NumberDigest("10020000001"))(t), Until: "2026-01-31"},
		{Number: must(s.NumberDigest("10020000001"))(t), Until: "2026-01-10"},
		{Reference: must(s.ReferenceDigest("case-1"))(t), Until: "2026-01-31"},
		{Before: "2026-01-01"},
	}
	for range 2 { // the same again changes nothing
		if err := s.Bury(stones); err != nil {
			t.Fatal(err)
		}
	}
	return must(s.Tombstones())(t)
}

func TestTombstonesMatch(t *testing.T) {
	stones := buried(t, erased.In(durable.OS{}, t.TempDir()))
	tests := []struct {
		name       string
		instance   string
		job        string
		numbers    []string
		references []string
		day        string
		want       bool
	}{
		{"nobody that was erased", instance, "job-2", []string{"10020000002"}, []string{"case-2"}, "2026-01-20", false},
		{"the job, whenever it was called", instance, "job-1", nil, nil, "2026-03-01", true},
		{"a job of that id elsewhere", "inbound", "job-1", nil, nil, "2026-01-20", false},
		{"the number", instance, "job-2", []string{"10020000002", "10020000001"}, nil, "2026-01-20", true},
		{"the number, on the day of the request", instance, "job-2", []string{"10020000001"}, nil, "2026-01-31", true},
		{"the number, later", instance, "job-2", []string{"10020000001"}, nil, "2026-02-01", false},
		{"the reference id", instance, "job-2", nil, []string{"case-1"}, "2026-01-31", true},
		{"the reference id, later", instance, "job-2", nil, []string{"case-1"}, "2026-02-01", false},
		{"a number that reads like the reference id", instance, "job-2", []string{"case-1"}, nil, "2026-01-20", false},
		{"before the day", instance, "job-2", nil, nil, "2025-12-31", true},
		{"on the day", instance, "job-2", nil, nil, "2026-01-01", false},
		{"no number", instance, "job-2", []string{""}, []string{""}, "2026-01-20", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := stones.Erased(tt.instance, tt.job, tt.numbers, tt.references, tt.day); got != tt.want {
				t.Errorf("erased: %v, want %v", got, tt.want)
			}
		})
	}
	if n := stones.Len(); n != 4 {
		t.Errorf("%d tombstones, want 4: the later day of the number counts", n)
	}
}

func TestNobodyWasErased(t *testing.T) {
	dir := t.TempDir()
	s := erased.In(durable.OS{}, dir)
	stones := must(s.Tombstones())(t)
	if stones.Len() != 0 || stones.Erased(instance, "job-1", []string{"10020000001"}, nil, "") || stones.HasJob(instance, "job-1") {
		t.Error("there are tombstones")
	}
	if p := must(s.Policy())(t); p != (erased.Policy{}) {
		t.Errorf("policy %+v", p)
	}
	for _, n := range []int{
		len(must(s.Open())(t)), len(must(s.Receipts())(t)), len(must(s.OptOuts())(t)), len(must(s.Holds())(t)),
		len(must(s.Replaced())(t).List),
	} {
		if n != 0 {
			t.Errorf("%d of something", n)
		}
	}
	if err := errors.Join(s.Tell("mart"), s.End("none"), s.Sweep()); err != nil {
		t.Error(err)
	}
	if entries := must(os.ReadDir(dir))(t); len(entries) > 0 {
		t.Errorf("reading made %s", entries[0].Name())
	}
}

func TestDropContactKeys(t *testing.T) {
	s := erased.In(durable.OS{}, t.TempDir())
	number := must(s.NumberDigest("10020000001"))(t)
	if err := s.WriteOptOuts([]erased.OptOut{{Number: number, ContactKey: "k", Source: "rule"}, {ContactKey: "k", Source: "rule"}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.DropContactKeys(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]erased.OptOut{{Number: number, Source: "rule"}}, must(s.OptOuts())(t)); diff != "" {
			t.Errorf("opt-outs (-want +got):\n%s", diff)
		}
	}
}

func TestDigestsTellNothing(t *testing.T) {
	one, other := erased.In(durable.OS{}, t.TempDir()), erased.In(durable.OS{}, t.TempDir())
	number := must(one.NumberDigest("10020000001"))(t)
	if len(number) != 32 || number == must(other.NumberDigest("10020000001"))(t) {
		t.Errorf("%q does not depend on the secret", number)
	}
	if number == must(one.ReferenceDigest("10020000001"))(t) || number == must(one.ContactDigest("10020000001"))(t) {
		t.Error("digests of two kinds are equal")
	}
	if must(one.JobDigest("a", "b\x00c"))(t) == must(one.JobDigest("a", "bc"))(t) {
		t.Error("digests of two jobs are equal")
	}
}

func TestALostSecretIsAnError(t *testing.T) {
	dir := t.TempDir()
	buried(t, erased.In(durable.OS{}, dir))
	secret := filepath.Join(dir, erased.Dir, "secret")
	if err := os.Remove(secret); err != nil {
		t.Fatal(err)
	}
	s := erased.In(durable.OS{}, dir)
	if _, err := s.Tombstones(); !errors.Is(err, erased.ErrNoSecret) {
		t.Errorf("tombstones: %v", err)
	}
	if _, err := s.NumberDigest("10020000001"); !errors.Is(err, erased.ErrNoSecret) {
		t.Errorf("a new secret was made: %v", err)
	}
	if err := os.WriteFile(secret, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Tombstones(); err == nil {
		t.Error("a damaged secret was taken")
	}
}

func TestThePolicyOnlyBecomesStricter(t *testing.T) {
	s := erased.In(durable.OS{}, t.TempDir())
	steps := []struct{ give, want erased.Policy }{
		{erased.Policy{PII: "keep", RetainDays: 365}, erased.Policy{RetainDays: 365}},
		{erased.Policy{PII: "hash", KeyID: "a"}, erased.Policy{PII: "hash", RetainDays: 365, KeyID: "a"}},
		{erased.Policy{PII: "keep", RetainDays: 180}, erased.Policy{PII: "hash", RetainDays: 180, KeyID: "a"}},
		{erased.Policy{PII: "mask", RetainDays: 365}, erased.Policy{PII: "mask", RetainDays: 180, KeyID: "a"}},
		{erased.Policy{PII: "hash", Key: erased.KeyDestroyed}, erased.Policy{PII: "mask", RetainDays: 180, Key: erased.KeyDestroyed, KeyID: "a"}},
		{erased.Policy{PII: "drop", KeyID: "b"}, erased.Policy{PII: "drop", RetainDays: 180, Key: erased.KeyDestroyed, KeyID: "a"}},
	}
	for _, step := range steps {
		if err := s.Tighten(step.give); err != nil {
			t.Fatal(err)
		}
		if got := must(s.Policy())(t); got != step.want {
			t.Errorf("with %+v it is %+v, want %+v", step.give, got, step.want)
		}
	}
	var looser *erased.LooserError
	if err := (erased.Policy{PII: "mask"}).Check("hash"); !errors.As(err, &looser) {
		t.Errorf("hash after mask: %v", err)
	}
	if err := (erased.Policy{PII: "mask"}).Check("drop"); err != nil {
		t.Error(err)
	}
	if err := s.Tighten(erased.Policy{PII: "hide"}); err == nil {
		t.Error("an unknown mode was taken")
	}
}

func TestReplacedSnapshotsAreFound(t *testing.T) {
	s := erased.In(durable.OS{}, t.TempDir())
	first := erased.Replacement{
		ID: "1", At: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		Snapshots: map[string]string{"a": "a1", "b": "b1"},
		Gone: []erased.Gone{
			{In: []string{"a", "b"}, Jobs: []erased.Job{{InstanceID: instance, JobID: "in-both"}}},
			{In: []string{"b"}, Jobs: []erased.Job{{InstanceID: instance, JobID: "in-b"}}},
		},
		Bookmarks: map[string]string{"mart": "a"},
	}
	second := erased.Replacement{
		ID: "2", At: first.At.Add(time.Hour),
		Snapshots: map[string]string{"a1": "a2"},
		Gone:      []erased.Gone{{In: []string{"a1"}, Jobs: []erased.Job{{InstanceID: instance, JobID: "later"}}}},
		Bookmarks: map[string]string{"mart": "a1", "lake": "a1"},
	}
	for _, one := range []erased.Replacement{first, first, second} {
		if err := s.Replace(one); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want map[string][]string) {
		t.Helper()
		r := must(s.Replaced())(t)
		for name, jobs := range want {
			var got []string
			for _, j := range r.Gone(name) {
				got = append(got, j.JobID)
			}
			slices.Sort(got)
			if !slices.Equal(got, jobs) {
				t.Errorf("gone since %s: %v, want %v", name, got, jobs)
			}
		}
	}
	check(map[string][]string{
		"a": {"in-both", "later"}, "a1": {"later"}, "a2": nil, "b": {"in-b", "in-both"}, "b1": nil, "c": nil,
		"mart": {"in-both", "later"}, "lake": {"later"},
	})
	r := must(s.Replaced())(t)
	for name, want := range map[string]string{"a": "a2", "a1": "a2", "a2": "a2", "b": "b1", "c": "c"} {
		if got := r.Latest(name); got != want {
			t.Errorf("%s is now %s, want %s", name, got, want)
		}
	}
	if err := s.Tell("mart"); err != nil {
		t.Fatal(err)
	}
	check(map[string][]string{"mart": nil, "lake": {"later"}, "a": {"in-both", "later"}})

	there := func(name string) bool { return name != "b1" }
	if err := s.Expire(first.At.Add(erased.GoneFor+time.Minute), there); err != nil {
		t.Fatal(err)
	}
	check(map[string][]string{"a": {"later"}, "b": nil})
	if got := must(s.Replaced())(t); got.Latest("a") != "a2" || got.Latest("b") != "b" {
		t.Errorf("after they expired: %+v", got)
	}
}

func TestIntentsAndReceipts(t *testing.T) {
	s := erased.In(durable.OS{}, t.TempDir())
	at := time.Date(2026, 1, 31, 1, 0, 0, 0, time.UTC)
	later := erased.Intent{ID: "a", Kind: "forget", Begun: at.Add(time.Hour), Work: json.RawMessage(`{}`)}
	earlier := erased.Intent{ID: "b", Kind: "key", Begun: at, Work: json.RawMessage(`{}`)}
	for _, i := range []erased.Intent{later, earlier, earlier} {
		if err := s.Begin(i); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]erased.Intent{earlier, later}, must(s.Open())(t)); diff != "" {
		t.Error(diff)
	}
	if err := errors.Join(s.End("b"), s.End("b")); err != nil {
		t.Fatal(err)
	}
	if got := must(s.Open())(t); len(got) != 1 || got[0].ID != "a" {
		t.Errorf("open: %+v", got)
	}
	receipts := []erased.Receipt{{ID: "b", Requested: "2026-01-31", By: "ops"}, {ID: "a", Requested: "2026-01-30", By: "ops"}}
	for _, r := range receipts {
		if err := s.WriteReceipt(&r); err != nil {
			t.Fatal(err)
		}
	}
	if got := must(s.Receipts())(t); len(got) != 2 || got[0].ID != "a" || got[1].ID != "b" {
		t.Errorf("receipts: %+v", got)
	}
}

func TestOptOutsAndHolds(t *testing.T) {
	s := erased.In(durable.OS{}, t.TempDir())
	out := func(number, day string) erased.OptOut {
		return erased.OptOut{Number: number, ContactKey: "k", Day: day, Source: "result", Value: "refused"}
	}
	if err := s.WriteOptOuts([]erased.OptOut{out("2", "2026-01-03"), out("1", "2026-01-02"), out("1", "2026-01-01")}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]erased.OptOut{out("1", "2026-01-01"), out("2", "2026-01-03")}, must(s.OptOuts())(t)); diff != "" {
		t.Error(diff)
	}
	hold := func(job, reason string) erased.Hold {
		return erased.Hold{Job: erased.Job{InstanceID: instance, JobID: job}, Reason: reason, Day: "2026-01-31"}
	}
	if err := s.WriteHolds([]erased.Hold{hold("b", "complaint"), hold("a", "complaint"), hold("b", "court")}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]erased.Hold{hold("a", "complaint"), hold("b", "court")}, must(s.Holds())(t)); diff != "" {
		t.Error(diff)
	}
}

func TestDamageIsNamed(t *testing.T) {
	for name, read := range map[string]func(*erased.Store) error{
		"policy.json":      func(s *erased.Store) error { _, err := s.Policy(); return err },
		"tombstones.jsonl": func(s *erased.Store) error { _, err := s.Tombstones(); return err },
		"replaced.json":    func(s *erased.Store) error { _, err := s.Replaced(); return err },
		"holds.json":       func(s *erased.Store) error { _, err := s.Holds(); return err },
		"opt_outs.jsonl":   func(s *erased.Store) error { _, err := s.OptOuts(); return err },
		"open/a.json":      func(s *erased.Store) error { _, err := s.Open(); return err },
		"receipts/a.json":  func(s *erased.Store) error { _, err := s.Receipts(); return err },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, erased.Dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{"{", "{}x\n"} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := read(erased.In(durable.OS{}, dir)); err == nil {
					t.Errorf("%q was read", text)
				}
			}
			if !erased.IsOwn(name) {
				t.Errorf("%s is not known", name)
			}
		})
	}
}

// TestBrokenAtEveryStep breaks every file operation of a series of writes: what is
// read afterwards is what was there before or what was to be written, and doing all
// again ends where it would have.
func TestBrokenAtEveryStep(t *testing.T) {
	work := func(s *erased.Store) error {
		number, err := s.NumberDigest("10020000001")
		if err != nil {
			return err
		}
		return errors.Join(
			s.Begin(erased.Intent{ID: "a", Kind: "forget", Work: json.RawMessage(`{}`)}),
			s.Tighten(erased.Policy{PII: "mask"}),
			s.Bury([]erased.Tombstone{{Number: number, Until: "2026-01-31"}}),
			s.Replace(erased.Replacement{ID: "a", Snapshots: map[string]string{"a": "b"}}),
			s.WriteReceipt(&erased.Receipt{ID: "a", Requested: "2026-01-31"}),
			s.End("a"))
	}
	learn := faulty.New(durable.OS{}, nil)
	if err := work(erased.In(learn, t.TempDir())); err != nil {
		t.Fatal(err)
	}
	steps := learn.Steps()
	if len(steps) < 30 {
		t.Fatalf("only %d steps", len(steps))
	}
	for n := range steps {
		for name, fault := range map[string]faulty.Fault{"once": faulty.Nth(n, faulty.Done), "dead": faulty.Dead(n, faulty.Fail)} {
			dir := t.TempDir()
			_ = work(erased.In(faulty.New(durable.OS{}, fault), dir)) // some are about reading what may be missing
			s := erased.In(durable.OS{}, dir)
			if _, err := s.Tombstones(); err != nil {
				t.Fatalf("%s %d %s: tombstones: %v", name, n, steps[n], err)
			}
			if err := errors.Join(s.Sweep(), work(s)); err != nil {
				t.Fatalf("%s %d %s: again: %v", name, n, steps[n], err)
			}
			stones := must(s.Tombstones())(t)
			if !stones.Erased(instance, "job", []string{"10020000001"}, nil, "2026-01-01") || stones.Len() != 1 ||
				must(s.Replaced())(t).Latest("a") != "b" || len(must(s.Receipts())(t)) != 1 || len(must(s.Open())(t)) != 0 {
				t.Fatalf("%s %d %s: another end", name, n, steps[n])
			}
			var left []string
			err := filepath.WalkDir(s.Path(), func(path string, e fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				inside, _ := filepath.Rel(s.Path(), path)
				if mode := e.Type(); inside != "." && !erased.IsOwn(filepath.ToSlash(inside)) {
					left = append(left, mode.String()+" "+inside)
				}
				if info, err := e.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
					left = append(left, path+" can be read by others")
				}
				return nil
			})
			if err != nil || len(left) > 0 {
				t.Fatalf("%s %d %s: left: %v, %v", name, n, steps[n], left, err)
			}
		}
	}
}

// BenchmarkErased is what a job costs that is let in: it has three calls to one number.
func BenchmarkErased(b *testing.B) {
	store := erased.In(durable.OS{}, b.TempDir())
	digest, err := store.NumberDigest("10020000001")
	if err != nil {
		b.Fatal(err)
	}
	job, err := store.JobDigest("i", "erased")
	if err != nil {
		b.Fatal(err)
	}
	if err := store.Bury([]erased.Tombstone{{Job: job}, {Number: digest, Until: "2026-01-31"}}); err != nil {
		b.Fatal(err)
	}
	stones, err := store.Tombstones()
	if err != nil {
		b.Fatal(err)
	}
	numbers := []string{"10020000002", "10020000002", "10020000002", "10020000002"}
	b.ReportAllocs()
	for b.Loop() {
		if stones.Erased("i", "job", numbers, nil, "2026-01-20") {
			b.Fatal("it was erased")
		}
	}
}
