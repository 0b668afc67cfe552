package dataset

import (
	"cmp"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"callmill/pipeline/dataset/spill"
)

func drawSighting(t *rapid.T) sighting {
	s := sighting{
		observed: rapid.Int64().Draw(t, "observed"), sequence: rapid.Int64().Draw(t, "sequence"),
		position: rapid.Uint32().Draw(t, "position"), tasks: rapid.Uint16().Draw(t, "tasks"), undated: rapid.Bool().Draw(t, "undated"),
		turns: rapid.Uint32().Draw(t, "turns"), day: rapid.Int32().Draw(t, "day"), entry: rapid.Uint64().Draw(t, "entry"),
	}
	copy(s.key[:], rapid.SliceOfN(rapid.Byte(), len(s.key), len(s.key)).Draw(t, "key"))
	copy(s.content[:], rapid.SliceOfN(rapid.Byte(), len(s.content), len(s.content)).Draw(t, "content"))
	return s
}

// What is put into the store comes out, each sighting with those of its part,
// however much of it is held in memory.
func TestSightingsComeBack(t *testing.T) {
	if size := unsafe.Sizeof(sighting{}); size > sightingBytes {
		t.Fatalf("a sighting takes %d bytes", size)
	}
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		store := sightingStore{file: spill.File{Dir: dir}, memory: rapid.SampledFrom([]int64{0, 200, 1 << 20}).Draw(t, "memory")}
		defer store.close()
		want := map[int][]sighting{}
		for range rapid.IntRange(0, 6).Draw(t, "blocks") {
			var block []sighting
			part := 0
			for range rapid.IntRange(1, 4).Draw(t, "length") {
				s := drawSighting(t)
				if len(block) == 0 {
					part = partOf(&s)
				}
				s.key[0] = byte(part)
				block = append(block, s)
				want[part] = append(want[part], s)
			}
			if _, err := store.add(part, block); err != nil {
				t.Fatal(err)
			}
		}
		for part := range sightingParts {
			got, err := store.take(part)
			if err != nil {
				t.Fatal(err)
			}
			byEntry := func(a, b sighting) int { return cmp.Or(cmp.Compare(a.entry, b.entry), compareSightings(a, b)) }
			slices.SortFunc(got, byEntry)
			slices.SortFunc(want[part], byEntry)
			if !slices.Equal(got, want[part]) {
				t.Fatalf("part %d: %d sightings, want %d", part, len(got), len(want[part]))
			}
		}
		if store.used != 0 {
			t.Fatalf("%d bytes are said to be held still", store.used)
		}
	})
}
