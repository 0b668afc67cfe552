package spill

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestSorter: however much is held in memory, and whoever adds them, records
// come back in order, whole, in part, or one by one, merged or not.
func TestSorter(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := NewSorter(Options{Dir: dir, Memory: rapid.SampledFrom([]int64{0, 3000, 1 << 20}).Draw(t, "memory")})
		defer s.Close()
		record := rapid.OneOf(
			rapid.SliceOfN(rapid.Byte(), 1, 4),
			rapid.SliceOfN(rapid.ByteRange(0, 1), 1, 40),
			rapid.Map(rapid.IntRange(0, 99), func(n int) []byte { return bytes.Repeat([]byte{byte(n)}, 3000) }),
		)
		var want [][]byte
		for range rapid.IntRange(0, 3).Draw(t, "writers") {
			w := s.Writer()
			for _, r := range rapid.SliceOfN(record, 0, 60).Draw(t, "records") {
				want = append(want, r)
				if err := w.Add(r); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(want, bytes.Compare)
		checkRange(t, s, want, nil, nil)
		if rapid.Bool().Draw(t, "merged") {
			if err := s.Merge(); err != nil {
				t.Fatal(err)
			}
			for range 5 {
				checkFind(t, s, want, rapid.OneOf(record, rapid.SliceOfN(rapid.Byte(), 0, 2)).Draw(t, "prefix"))
			}
		}
		checkRange(t, s, want, nil, nil)
		for range 3 {
			checkRange(t, s, want, record.Draw(t, "from"), record.Draw(t, "to"))
		}
	})
}

func checkRange(t *rapid.T, s *Sorter, all [][]byte, from, to []byte) {
	t.Helper()
	var want, got [][]byte
	for _, r := range all {
		if bytes.Compare(r, from) >= 0 && (to == nil || bytes.Compare(r, to) < 0) {
			want = append(want, r)
		}
	}
	for r, err := range s.In(Range{from, to}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, slices.Clone(r))
	}
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Fatalf("from %x to %x are\n%x, want\n%x", from, to, got, want)
	}
}

func checkFind(t *rapid.T, s *Sorter, all [][]byte, prefix []byte) {
	t.Helper()
	var want []byte
	if i := slices.IndexFunc(all, func(r []byte) bool { return bytes.HasPrefix(r, prefix) }); i >= 0 {
		want = all[i]
	}
	if got, err := s.Finder().Find(prefix); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("with prefix %x: %x, %v, want %x", prefix, got, err, want)
	}
}

// TestFinder finds each of many records, also from several goroutines.
func TestFinder(t *testing.T) {
	const records = 20_000
	for _, memory := range []int64{0, 100_000, 1 << 30} {
		s := NewSorter(Options{Dir: t.TempDir(), Memory: memory})
		defer s.Close()
		w := s.Writer()
		for n := range uint64(records) {
			if err := w.Add(numbered(n * 7919 % records)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Merge(); err != nil {
			t.Fatal(err)
		}
		var finding sync.WaitGroup
		for range 3 {
			f := s.Finder()
			finding.Go(func() {
				for n := range uint64(records) {
					if got, err := f.Find(numbered(n)[:8]); err != nil || !bytes.Equal(got, numbered(n)) {
						t.Errorf("memory %d: record %d is %x, %v", memory, n, got, err)
						return
					}
				}
			})
		}
		finding.Wait()
	}
}

func numbered(n uint64) []byte {
	return append(binary.BigEndian.AppendUint64(nil, n), "with a tail of some bytes"...)
}

// TestSorterFails: an unreadable or unwritable file is an error of whoever
// reads or writes, never an absent record.
func TestSorterFails(t *testing.T) {
	t.Run("write", func(t *testing.T) {
		s := NewSorter(Options{Dir: t.TempDir() + "/none"})
		w := s.Writer()
		if err := w.Add([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err == nil {
			t.Error("a record was spilled into a folder that does not exist")
		}
	})
	t.Run("read", func(t *testing.T) {
		s := NewSorter(Options{Dir: t.TempDir(), Memory: 0})
		w := s.Writer()
		for n := range uint64(2000) {
			if err := w.Add(numbered(n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Merge(); err != nil {
			t.Fatal(err)
		}
		s.file.file.Close() // every read is an error from here on
		if record, err := s.Finder().Find(numbered(1000)); err == nil {
			t.Errorf("found %x in a file that cannot be read", record)
		}
		for record, err := range s.All() {
			if err == nil {
				t.Errorf("read %x from a file that cannot be read", record)
			}
		}
	})
}

// TestBlobs: what was put is got, from memory and from the file.
func TestBlobs(t *testing.T) {
	s := &Blobs{Dir: t.TempDir(), Memory: 10}
	blobs := []string{"four", "", "a long one that is spilled", "six by", "", "spilled, like this"}
	var refs []Ref
	for _, b := range blobs {
		ref, err := s.Put([]byte(b))
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	for i, ref := range refs {
		if got, err := s.Get(ref); err != nil || string(got) != blobs[i] {
			t.Errorf("%q, %v, want %q", got, err, blobs[i])
		}
	}
	if s.file.Size() == 0 {
		t.Error("nothing was spilled")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(s.Dir); err != nil || len(entries) > 0 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}
