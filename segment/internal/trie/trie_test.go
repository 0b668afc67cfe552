package trie

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestBuild(t *testing.T) {
	nodes, err := Build([]Key{
		{Codes: []uint16{1, 2}, Word: 7},
		{Codes: []uint16{1}, Word: 8},
		{Codes: []uint16{1, 2}, Word: 9}, // comes too late
		{Codes: []uint16{MaxCode, 1, 1}, Word: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		codes []uint16
		want  uint16
	}{
		{[]uint16{1}, 8}, {[]uint16{1, 2}, 7}, {[]uint16{MaxCode, 1, 1}, 1},
		{nil, 0}, {[]uint16{2}, 0}, {[]uint16{MaxCode}, 0}, {[]uint16{1, 2, 1}, 0}, {[]uint16{MaxCode + 1}, 0},
	} {
		if got := Find(nodes, c.codes); got != c.want {
			t.Errorf("Find(%v) = %d, want %d", c.codes, got, c.want)
		}
	}
}

func TestBuildErrors(t *testing.T) {
	for _, k := range []Key{
		{Word: 1}, {Codes: []uint16{1}}, {Codes: []uint16{0}, Word: 1}, {Codes: []uint16{MaxCode + 1}, Word: 1},
	} {
		if _, err := Build([]Key{k}); err == nil {
			t.Errorf("%v: no error", k)
		}
	}
	if nodes, err := Build(nil); err != nil || len(nodes) != 0 {
		t.Errorf("no keys: %v, %v", nodes, err)
	}
}

// TestFindsWhatWasBuilt: a double array is a map, whatever is put into it.
func TestFindsWhatWasBuilt(t *testing.T) {
	codes := rapid.SliceOfN(rapid.OneOf(rapid.Uint16Range(1, 6), rapid.Uint16Range(1, MaxCode)), 1, 6)
	key := rapid.Custom(func(t *rapid.T) Key {
		return Key{Codes: codes.Draw(t, "codes"), Word: rapid.Uint16Range(1, 0xFFFF).Draw(t, "word")}
	})
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(key, 0, 200).Draw(t, "keys")
		want := map[string]uint16{}
		for _, k := range keys {
			if s := spelled(k.Codes); want[s] == 0 {
				want[s] = k.Word
			}
		}
		nodes, err := Build(slices.Clone(keys))
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]uint16{}
		for codes, word := range All(nodes) {
			words[spelled(codes)] = word
		}
		if !maps.Equal(words, want) {
			t.Fatalf("All yields %v, want %v", words, want)
		}
		asked := append([]Key{{Codes: codes.Draw(t, "other")}}, keys...)
		for _, k := range asked {
			for n := range len(k.Codes) + 1 {
				if got := Find(nodes, k.Codes[:n]); got != want[spelled(k.Codes[:n])] {
					t.Fatalf("Find(%v) = %d, want %d", k.Codes[:n], got, want[spelled(k.Codes[:n])])
				}
			}
		}
	})
}

func spelled(codes []uint16) string {
	var s []rune
	for _, c := range codes {
		s = append(s, 0x10000+rune(c))
	}
	return string(s)
}
