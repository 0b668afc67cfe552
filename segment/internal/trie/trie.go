// Package trie holds words in a double array: a tree of characters in one flat
// array, in which a step from a character to the next is one addition and one
// comparison. It knows neither texts nor frequencies: characters come as
// codes, words as numbers.
//
// J. Aoe, "An efficient digital search algorithm by using a double-array
// structure", IEEE Transactions on Software Engineering 15(9), 1989. No two
// nodes share a base here, so the label alone says whose child a slot is.
package trie

import "fmt"

// Node is a slot of the array. The zero Node is a free slot.
type Node struct {
	Base  uint32 // the child for code c is at Base+c if its Label is c; 0: no children
	Label uint16 // code of the character that leads here
	Word  uint16 // the word that ends here, 0: none
}

// Root is the base of the root, where every look-up begins. The root itself
// has no slot.
const Root = 1

// MaxCode is the greatest code a character may have; 0 is none.
const MaxCode = 0xFFFE

// Step returns the node for code c below base, or false where there is none.
func Step(nodes []Node, base uint32, c uint16) (Node, bool) {
	i := int(base) + int(c)
	if i >= len(nodes) || nodes[i].Label != c {
		return Node{}, false
	}
	return nodes[i], true
}

// Find returns the word that codes spell, or 0.
func Find(nodes []Node, codes []uint16) uint16 {
	n := Node{Base: Root}
	for _, c := range codes {
		var ok bool
		if n, ok = Step(nodes, n.Base, c); !ok {
			return 0
		}
	}
	return n.Word
}

// Key is a word to put into a double array.
type Key struct {
	Codes []uint16 // at least one, each from 1 to MaxCode
	Word  uint16   // not 0
}

// check reports the first key that cannot be stored.
func check(keys []Key) error {
	for i, k := range keys {
		if k.Word == 0 || len(k.Codes) == 0 {
			return fmt.Errorf("key %d is empty or has no word", i)
		}
		for _, c := range k.Codes {
			if c == 0 || c > MaxCode {
				return fmt.Errorf("key %d has the code %d", i, c)
			}
		}
	}
	return nil
}
