package gather

import (
	"encoding/binary"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"callmill/schema"
)

// TestDamagedRows: bytes that encode did not write are an error, never a panic.
func TestDamagedRows(t *testing.T) {
	codec := codecFor(t)
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		whole := codec.append(nil, schema.Key{}, 1, rows, &lines{})
		at := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
		whole[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		checkDamaged(t, codec, whole[:rapid.IntRange(0, len(whole)).Draw(t, "length")])
	})
}

func checkDamaged(t rapid.TB, codec *Codec, b []byte) {
	e, err := next(newSource(b))
	if err == nil {
		e.lines = lines{0: someLines[0], 7: someLines[1]}
		_, err = codec.Rows(&e, nil)
	}
	if err != nil && !errors.Is(err, errDamaged) {
		t.Errorf("error %v, want one that says damaged", err)
	}
}

func FuzzDamagedRows(f *testing.F) {
	codec := codecFor(f)
	f.Add(codec.append(nil, schema.Key{}, 1, someJob(1), &lines{}))
	huge := binary.AppendUvarint(nil, 1<<63)
	for at := range 5 { // each of the numbers of rows
		b := make([]byte, lengthBytes+16+4)
		for n := range 5 {
			if n == at {
				b = append(b, huge...)
			} else {
				b = append(b, 0)
			}
		}
		binary.LittleEndian.PutUint32(b, uint32(len(b)-lengthBytes))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkDamaged(t, codec, b) })
}

// TestDamagedBlock: a bit that changes in memory or in the spill file is found,
// whatever it is part of: a text that reads otherwise would be published.
func TestDamagedBlock(t *testing.T) {
	for _, memory := range []int64{1, 1 << 20} {
		store := NewStore(codecFor(t), Options{Memory: memory})
		defer store.Close()
		a := store.Appender()
		if _, err := a.Append(schema.Key{}, someJob(14)); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		segment := store.days[0].segments[0]
		for at := range int(segment.ends[0]) {
			flip := func() {
				if segment.compressed != nil {
					segment.compressed[at] ^= 1
					return
				}
				var b [1]byte
				store.spill.ReadAt(b[:], int64(at))
				store.spill.WriteAt([]byte{b[0] ^ 1}, int64(at))
			}
			flip()
			_, err := store.Sorted(0, 0, 1, all)
			if !errors.Is(err, errDamaged) {
				t.Errorf("byte %d: %v, want damaged rows", at, err)
			}
			flip()
		}
		if got := collect(t, store, 0, 0, 1, all); len(got) != 1 {
			t.Errorf("%d jobs, want the one that was mended", len(got))
		}
	}
}
