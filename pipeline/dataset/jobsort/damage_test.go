package jobsort

import (
	"encoding/binary"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// TestDamagedJobs: bytes that appendEntry did not write are an error, never a
// panic.
func TestDamagedJobs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := appendEntry(nil, schema.Key{}, 1, 7, schema.ContentHash{}, drawJob(t))
		at := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
		whole[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		checkDamaged(t, whole[:rapid.IntRange(0, len(whole)).Draw(t, "length")])
	})
}

func checkDamaged(t rapid.TB, b []byte) {
	e, err := next(&reader{rest: b})
	if err == nil {
		_, err = new(Decoder).Job(&e)
	}
	if err != nil && !errors.Is(err, errDamaged) {
		t.Errorf("error %v, want one that says damaged", err)
	}
}

func FuzzDamagedJobs(f *testing.F) {
	f.Add(appendEntry(nil, schema.Key{}, 1, 7, schema.ContentHash{}, someJob(1)))
	huge := binary.AppendUvarint(nil, 1<<63)
	for at := range 20 { // each of the first numbers and lengths
		b := make([]byte, lengthBytes+16+at)
		b = append(append(b, huge...), 1, 1, 1)
		binary.LittleEndian.PutUint32(b, uint32(len(b)-lengthBytes))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkDamaged(t, b) })
}

// TestDamagedBlock: a bit that changes in memory or in the spill file is found,
// whatever it is part of: a text that reads otherwise would be published.
func TestDamagedBlock(t *testing.T) {
	for _, memory := range []int64{1, 1 << 20} {
		store := NewStore(Options{Memory: memory})
		defer store.Close()
		a := store.Appender()
		if _, err := a.Append(schema.Key{}, 0, 0, schema.ContentHash{}, someJob(14)); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		for at := range int(store.days[0].segments[0].ends[0]) {
			flip(t, store, at)
			if _, err := store.Sorted(0, 0, 1, all); !errors.Is(err, errDamaged) {
				t.Errorf("byte %d: %v, want damaged jobs", at, err)
			}
			flip(t, store, at)
		}
		if got := collect(t, store, 0, 0, 1, all); len(got) != 1 {
			t.Errorf("%d jobs, want the one that was mended", len(got))
		}
	}
}

// flip changes a bit of the only segment.
func flip(t *testing.T, store *Store, at int) {
	t.Helper()
	if b := store.days[0].segments[0].compressed; b != nil {
		b[at] ^= 1
		return
	}
	b := make([]byte, store.spill.Size())
	if _, err := store.spill.ReadAt(b, 0); err != nil {
		t.Fatal(err)
	}
	b[at] ^= 1
	if err := store.spill.Close(); err != nil {
		t.Fatal(err)
	}
	store.spill = spill.File{Dir: t.TempDir()}
	if _, err := store.spill.Append(b); err != nil {
		t.Fatal(err)
	}
}
