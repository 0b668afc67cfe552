package segment

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"callmill/segment/internal/trie"
	"callmill/segment/internal/zh"
)

//go:generate go run ./internal/compile -o internal/zh/zh.dat

// builtin is the dictionary and the model all Segmenters of a process share.
type builtin struct {
	*zh.Data
	alphabet *alphabet
}

// sharedBuiltin decodes the embedded dictionary for the first Segmenter that
// needs it; nothing changes it after.
var sharedBuiltin = sync.OnceValues(loadBuiltin)

func loadBuiltin() (*builtin, error) {
	d, err := zh.Load()
	if err != nil {
		return nil, fmt.Errorf("load built-in dictionary: %w", err)
	}
	return &builtin{Data: d, alphabet: newAlphabet(d.Runes)}, nil
}

// words is a double array with the weights of its words by Node.Word.
type words struct {
	nodes  []trie.Node
	weight []float64
}

// lexicon is the built-in dictionary with the user's words beside it.
type lexicon struct {
	alphabet *alphabet
	builtin  words
	user     words   // without nodes where there are none
	floor    float64 // weight of a character that is not a word
}

// errCrowded reports that no codes are left.
var errCrowded = errors.New("add user words: they have too many different characters or frequencies")

// newLexicon adds the user's words to the built-in dictionary. As in gse a
// user word takes the place of an equal built-in one, and the frequencies of
// both weigh against their common total.
func newLexicon(b *builtin, user []userWord) (*lexicon, error) {
	alphabet, ok := b.alphabet.with(newRunes(b.alphabet, user))
	if !ok {
		return nil, errCrowded
	}
	keys, freqs, ok := spell(alphabet, user)
	if !ok {
		return nil, errCrowded
	}
	total := float64(b.Total)
	for i, k := range keys {
		if old := trie.Find(b.Nodes, k.Codes); old != 0 {
			total -= float64(b.Freqs[old-1])
		}
		total += user[i].freq
	}
	nodes, err := trie.Build(keys)
	if err != nil {
		return nil, fmt.Errorf("add user words: %w", err)
	}
	return &lexicon{
		alphabet: alphabet,
		builtin:  words{nodes: b.Nodes, weight: weigh(b.Freqs, total)},
		user:     words{nodes: nodes, weight: weigh(freqs, total)},
		floor:    math.Log(1) - math.Log(total),
	}, nil
}

// newRunes returns the characters of user that a does not know.
func newRunes(a *alphabet, user []userWord) []rune {
	var list []rune
	seen := map[rune]bool{}
	for _, w := range user {
		for _, r := range w.text {
			if !seen[r] && a.of(r).code == unknown {
				list = append(list, r)
			}
			seen[r] = true
		}
	}
	return list
}

// spell returns the words as keys, and the frequencies Key.Word stands for,
// from 1; ok is false where there are too many of them.
func spell(a *alphabet, user []userWord) (keys []trie.Key, freqs []float64, ok bool) {
	keys = make([]trie.Key, len(user))
	ranks := map[float64]uint16{}
	for i, w := range user {
		for _, r := range w.text {
			keys[i].Codes = append(keys[i].Codes, a.of(r).code)
		}
		if ranks[w.freq] == 0 {
			if len(freqs) == math.MaxUint16 {
				return nil, nil, false
			}
			freqs = append(freqs, w.freq)
			ranks[w.freq] = uint16(len(freqs))
		}
		keys[i].Word = ranks[w.freq]
	}
	return keys, freqs, true
}

// weigh returns the logarithm of the share each frequency has in total. The
// arithmetic is gse's to the last bit, since that decides between readings of
// equal worth.
func weigh[F uint32 | float64](freqs []F, total float64) []float64 {
	weights := make([]float64, len(freqs)+1)
	logTotal := math.Log(total)
	for i, f := range freqs {
		weights[i+1] = math.Log(float64(f)) - logTotal
	}
	return weights
}
