package spill

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestSorter: however much is held in memory, and with any number of writers,
// records come back in order, whole, in part, or one by one, merged or not.
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

// TestSorterFails: an unreadable or unwritable file is an error of what
// reads or writes it, never an absent record.
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

// TestSpillsAll: past the memory all runs are in the file, and a writer that is
// closed holds nothing.
func TestSpillsAll(t *testing.T) {
	s := NewSorter(Options{Dir: t.TempDir(), Memory: 60 << 10, Run: 16 << 10})
	defer s.Close()
	w := s.Writer()
	for n := range uint64(20_000) {
		if err := w.Add(numbered(n)); err != nil {
			t.Fatal(err)
		}
		if s.file.Size() == 0 && s.held > 60<<10 {
			t.Fatalf("%d bytes are held", s.held)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for i, r := range s.runs {
		if r.data != nil {
			t.Errorf("run %d is in memory", i)
		}
	}
	if s.file.Size() == 0 || s.held != 0 || cap(w.open)+cap(w.places) > 0 {
		t.Errorf("spilled %d bytes, %d count as held, the writer holds %d", s.file.Size(), s.held, cap(w.open))
	}
}

// TestHugeRun: a run does not outgrow the places of its records.
func TestHugeRun(t *testing.T) {
	if s := NewSorter(Options{Run: 1 << 40}); s.options.Run > maxRecord {
		t.Errorf("a writer sorts %d bytes at a time, want at most %d", s.options.Run, maxRecord)
	}
}

// TestDamagedBlock: a bit that changes in memory or in the spill file is found,
// in any part of a block.
func TestDamagedBlock(t *testing.T) {
	for _, memory := range []int64{0, 1 << 20} {
		s := NewSorter(Options{Dir: t.TempDir(), Memory: memory})
		defer s.Close()
		w := s.Writer()
		if err := errors.Join(w.Add([]byte("a record of some length, a record of some length")), w.Close()); err != nil {
			t.Fatal(err)
		}
		for at := range s.runs[0].blocks[0].end {
			flip(t, s, at)
			if _, err := s.Read(Range{}); !errors.Is(err, ErrDamaged) {
				t.Errorf("byte %d: %v, want damaged records", at, err)
			}
			flip(t, s, at)
		}
		if _, err := s.Read(Range{}); err != nil {
			t.Errorf("mended: %v", err)
		}
	}
}

// flip changes a bit of the only run.
func flip(t *testing.T, s *Sorter, at int64) {
	t.Helper()
	if b := s.runs[0].data; b != nil {
		b[at] ^= 1
		return
	}
	b := make([]byte, 1)
	if _, err := s.file.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1
	if _, err := s.file.file.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

// TestOrderAfterAPrefix: ranges are merged in the order of what follows the bytes
// that they skip, and nothing between them is read.
func TestOrderAfterAPrefix(t *testing.T) {
	for _, o := range []Options{{Run: 1}, {Run: 1 << 10}, {Memory: 1 << 20}} {
		o.Dir, o.Prefix = t.TempDir(), 1
		s := NewSorter(o)
		defer s.Close()
		w := s.Writer()
		for _, r := range []string{"a3", "b2", "c1", "a5", "c4", "b6"} {
			if err := w.Add([]byte(r)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		records, err := s.Read(Range{[]byte("a"), []byte("b")}, Range{[]byte("c"), []byte("d")})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for {
			r, err := records.Next()
			if err != nil {
				t.Fatal(err)
			}
			if r == nil {
				break
			}
			got += string(r)
		}
		if got != "c1a3c4a5" {
			t.Errorf("read %s, want c1a3c4a5", got)
		}
	}
}
