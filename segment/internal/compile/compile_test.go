package main

import (
	"testing"

	"github.com/go-ego/gse"
	"github.com/google/go-cmp/cmp"

	"callmill/segment/internal/trie"
	"callmill/segment/internal/zh"
)

// TestEmbeddedIsCompiledFromGSE fails after another version of gse is
// required, until "go generate ./segment" has run.
func TestEmbeddedIsCompiledFromGSE(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the dictionary")
	}
	want, err := fromGSE()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zh.Encode(want); err != nil { // sets the hash
		t.Fatal(err)
	}
	got, err := zh.Load()
	if err != nil {
		t.Fatal(err)
	}
	if got.Hash != want.Hash || !cmp.Equal(got, want) {
		t.Errorf("zh.dat has %s, compiled from gse %s: run go generate ./segment", got.Hash, want.Hash)
	}
}

// TestEmbeddedHasEveryWord asks gse word by word, by another way than the
// compiler goes.
func TestEmbeddedHasEveryWord(t *testing.T) {
	if testing.Short() {
		t.Skip("loads gse's dictionary")
	}
	d, err := zh.Load()
	if err != nil {
		t.Fatal(err)
	}
	codes := map[rune]uint16{}
	for i, r := range d.Runes {
		codes[r] = uint16(i + 1)
	}
	seg := gse.Segmenter{SkipLog: true, NotLoadHMM: true}
	if err := seg.LoadDictEmbed("zh_s"); err != nil {
		t.Fatal(err)
	}
	for i := range seg.Dict.Tokens {
		text := seg.Dict.Tokens[i].Text()
		var spelled []uint16
		for _, r := range text {
			spelled = append(spelled, codes[r])
		}
		word := trie.Find(d.Nodes, spelled)
		if word == 0 {
			t.Fatalf("%q is missing", text)
		}
		if freq, _, _ := seg.Find(text); freq != float64(d.Freqs[word-1]) {
			t.Fatalf("%q: frequency %d, in gse %v", text, d.Freqs[word-1], freq)
		}
	}
	words := 0
	for _, n := range d.Nodes {
		if n.Word != 0 {
			words++
		}
	}
	if words != len(seg.Dict.Tokens) {
		t.Errorf("%d words, in gse %d", words, len(seg.Dict.Tokens))
	}
}
