package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-ego/gse"

	"callmill/segment/internal/trie"
	"callmill/segment/internal/zh"
)

// fromGSE compiles what gse has loaded, not its files: gse folds case, drops
// doubles and sets frequencies while it loads.
func fromGSE() (*zh.Data, error) {
	seg := gse.Segmenter{SkipLog: true, NotLoadHMM: true}
	if err := seg.LoadDictEmbed("zh_s"); err != nil {
		return nil, fmt.Errorf("load gse's dictionary: %w", err)
	}
	model, err := readModel()
	if err != nil {
		return nil, err
	}
	d := &zh.Data{Runes: runesOf(seg.Dict.Tokens, model)}
	codes := make(map[rune]uint16, len(d.Runes))
	for i, r := range d.Runes {
		codes[r] = uint16(i + 1)
	}
	if err := addWords(d, seg.Dict.Tokens, codes); err != nil {
		return nil, err
	}
	if want := seg.Dict.TotalFreq(); float64(d.Total) != want {
		return nil, fmt.Errorf("frequencies sum up to %d, in gse to %g", d.Total, want)
	}
	d.Emit = make([][4]float64, len(d.Runes)+1)
	for c, r := range d.Runes {
		d.Emit[c+1] = model.of(r)
	}
	return d, nil
}

// runesOf returns the characters of all words, frequent ones first, so that
// the array's busy parts lie close together, then those of the model alone.
func runesOf(tokens []gse.Token, m model) []rune {
	count := map[rune]int{}
	for r := range m.runes() {
		count[r] = 0
	}
	for i := range tokens {
		for _, r := range tokens[i].Text() {
			count[r]++
		}
	}
	return slices.SortedFunc(maps.Keys(count), func(a, b rune) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
}

func addWords(d *zh.Data, tokens []gse.Token, codes map[rune]uint16) error {
	if len(d.Runes) > trie.MaxCode {
		return fmt.Errorf("%d characters are too many", len(d.Runes))
	}
	ranks, err := rankFreqs(d, tokens)
	if err != nil {
		return err
	}
	keys := make([]trie.Key, len(tokens))
	for i := range tokens {
		text := tokens[i].Text()
		if text != strings.ToLower(text) {
			return fmt.Errorf("word %q is not in lower case", text)
		}
		for _, r := range text {
			keys[i].Codes = append(keys[i].Codes, codes[r])
		}
		keys[i].Word = ranks[tokens[i].Freq()]
		d.Total += uint64(tokens[i].Freq())
	}
	d.Nodes, err = trie.Build(keys)
	return err
}

// rankFreqs lists the distinct frequencies in d and returns their ranks.
func rankFreqs(d *zh.Data, tokens []gse.Token) (map[float64]uint16, error) {
	ranks := map[float64]uint16{}
	for i := range tokens {
		ranks[tokens[i].Freq()] = 0
	}
	if len(ranks) > 0xFFFF {
		return nil, fmt.Errorf("%d frequencies are too many", len(ranks))
	}
	for i, f := range slices.Sorted(maps.Keys(ranks)) {
		if f != float64(uint32(f)) {
			return nil, fmt.Errorf("frequency %v is not a whole number", f)
		}
		ranks[f] = uint16(i + 1)
		d.Freqs = append(d.Freqs, uint32(f))
	}
	return ranks, nil
}
