package trie

import (
	"iter"
	"slices"
)

// All yields every word with the codes that spell it, in the order of the
// slots. The codes are the caller's until the next step only.
func All(nodes []Node) iter.Seq2[[]uint16, uint16] {
	return func(yield func(codes []uint16, word uint16) bool) {
		// No two nodes share a base, so a slot and its label say who its parent is.
		parent := make([]int, len(nodes))
		for i, n := range nodes {
			if n.Base != 0 {
				parent[n.Base] = i
			}
		}
		var codes []uint16
		for i, n := range nodes {
			if n.Word == 0 {
				continue
			}
			codes = codes[:0]
			for at := i; at != 0; at = parent[at-int(nodes[at].Label)] {
				codes = append(codes, nodes[at].Label)
			}
			slices.Reverse(codes)
			if !yield(codes, n.Word) {
				return
			}
		}
	}
}
