// Package zh holds gse's dictionary of simplified Chinese and its hidden
// Markov model, compiled to be ready within milliseconds. It does not cut.
//
// zh.dat is written by callmill/segment/internal/compile, whose test holds it
// to gse.
package zh

import (
	"bytes"
	_ "embed"

	"callmill/segment/internal/trie"
)

//go:embed zh.dat
var file []byte

// Data is the dictionary and the model. It is shared and must not be modified.
type Data struct {
	// Runes are the characters of words and model, in lower case; Runes[i] has
	// the code i+1.
	Runes []rune

	// Nodes are the words by the codes of their characters. A node's Word is
	// the rank of the word's frequency, from 1: Freqs[Word-1].
	Nodes []trie.Node
	Freqs []uint32
	Total uint64 // of the frequencies of all words

	// Emit is, for state s (B, M, E, S) and the character of code c, the
	// logarithm of the probability that the state shows the character:
	// Emit[c][s]. There is no code 0.
	Emit [][4]float64

	// Hash identifies words and model.
	Hash string
}

// Load decodes the embedded dictionary. Each call takes time and memory anew.
func Load() (*Data, error) { return Decode(file) }

// Hash returns the Hash of what Load decodes, which it says at its beginning.
func Hash() string {
	head, _, _ := bytes.Cut(file, []byte("\n"))
	return string(bytes.TrimPrefix(head, []byte(magic)))
}
