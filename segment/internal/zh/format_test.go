package zh

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/segment/internal/trie"
)

func small() *Data {
	return &Data{
		Runes: []rune{'的', 'a', '𠀀'},
		Nodes: []trie.Node{{}, {Base: 5, Label: 1, Word: 2}, {Label: 3, Word: 1}},
		Freqs: []uint32{2, 883634},
		Total: 1<<40 + 5,
		Emit:  [][4]float64{{}, {-1.5, -3.14e100, 0, -2}, {1, 2, 3, 4}, {5, 6, 7, 8}},
	}
}

func TestDecodeIsEncodeBackwards(t *testing.T) {
	want := small()
	file, err := Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(got.Hash) != hashLen {
		t.Errorf("hash %q", got.Hash)
	}
}

func TestDecodeDamaged(t *testing.T) {
	file, err := Encode(small())
	if err != nil {
		t.Fatal(err)
	}
	for i := range file {
		if _, err := Decode(file[:i]); err == nil || !strings.HasPrefix(err.Error(), "decode dictionary: ") {
			t.Errorf("the first %d bytes: %v", i, err)
		}
	}
	if _, err := unpack(make([]byte, 21)); err == nil {
		t.Error("a byte too many: no error")
	}
}

func TestLoad(t *testing.T) {
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Nodes) < 500_000 || len(d.Runes) < 10_000 || len(d.Emit) != len(d.Runes)+1 {
		t.Errorf("%d nodes, %d runes, %d emissions", len(d.Nodes), len(d.Runes), len(d.Emit))
	}
	if d.Hash != Hash() {
		t.Errorf("hash %s, beforehand %s", d.Hash, Hash())
	}
}
