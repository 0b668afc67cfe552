package trie

import (
	"fmt"
	"slices"
)

// Build returns the double array of keys, the same one for the same set of
// keys. It sorts keys. Of two keys with equal codes the first one counts.
func Build(keys []Key) ([]Node, error) {
	if err := check(keys); err != nil {
		return nil, fmt.Errorf("build double array: %w", err)
	}
	slices.SortStableFunc(keys, func(a, b Key) int { return slices.Compare(a.Codes, b.Codes) })

	var b builder
	b.reserve(1)
	b.takeBase(0) // the base of nodes without children
	queue := []subtree{{lo: 0, hi: len(keys), slot: -1}}
	var kids []subtree
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		kids = t.kids(keys, kids[:0])
		if len(kids) == 0 {
			continue
		}
		base := b.fit(kids)
		if t.slot < 0 && base != Root {
			return nil, fmt.Errorf("build double array: the root's children begin at %d", base)
		}
		if t.slot >= 0 {
			b.nodes[t.slot].Base = uint32(base)
		}
		for _, k := range kids {
			k.slot = base + int(k.label)
			b.take(k.slot)
			b.nodes[k.slot].Label = k.label
			b.nodes[k.slot].Word = k.word(keys)
			queue = append(queue, k)
		}
	}
	return b.trimmed(), nil
}

// subtree is the keys lo to hi, which have their first depth codes in common.
type subtree struct {
	lo, hi, depth int
	label         uint16 // the last of these codes
	slot          int    // where they lead to; -1: the root
}

// kids appends the subtrees one code deeper to list.
func (t subtree) kids(keys []Key, list []subtree) []subtree {
	lo := t.lo
	for lo < t.hi && len(keys[lo].Codes) == t.depth {
		lo++
	}
	for lo < t.hi {
		label := keys[lo].Codes[t.depth]
		hi := lo + 1
		for hi < t.hi && keys[hi].Codes[t.depth] == label {
			hi++
		}
		list = append(list, subtree{lo: lo, hi: hi, depth: t.depth + 1, label: label})
		lo = hi
	}
	return list
}

// word returns the word that ends where the subtree begins.
func (t subtree) word(keys []Key) uint16 {
	if first := keys[t.lo]; len(first.Codes) == t.depth {
		return first.Word
	}
	return 0
}

// builder is the array under construction. Its free slots form a list in
// ascending order, its first entry hanging on slot 0, which is never used.
type builder struct {
	nodes      []Node
	baseTaken  []bool
	next, prev []int   // of the free slots
	from       [64]int // by number of kids: where to start looking for room
}

// reserve makes the array at least n slots long.
func (b *builder) reserve(n int) {
	old := len(b.nodes)
	if n <= old {
		return
	}
	n = max(n, old+old/4, 1024)
	b.nodes = append(b.nodes, make([]Node, n-old)...)
	b.baseTaken = append(b.baseTaken, make([]bool, n-old)...)
	b.next = append(b.next, make([]int, n-old)...)
	b.prev = append(b.prev, make([]int, n-old)...)
	last := b.prev[0]
	for i := max(old, 1); i < n; i++ {
		b.next[last], b.prev[i] = i, last
		last = i
	}
	b.next[last], b.prev[0] = 0, last
}

// take marks a slot as used.
func (b *builder) take(slot int) {
	b.next[b.prev[slot]], b.prev[b.next[slot]] = b.next[slot], b.prev[slot]
	b.next[slot] = -1
}

func (b *builder) free(slot int) bool { return b.next[slot] >= 0 }

func (b *builder) takeBase(base int) { b.baseTaken[base] = true }

// fit takes the lowest base whose slots for all kids are free. Searching for
// that again and again from the start would take time with the square of the
// array; where many kids were hard to place, as many are placed after them.
func (b *builder) fit(kids []subtree) int {
	first, last := int(kids[0].label), int(kids[len(kids)-1].label)
	class := min(len(kids), len(b.from)-1)
	slot := b.next[0]
	if hint := b.from[class]; len(kids) > 1 && hint > slot && b.free(hint) {
		slot = hint
	}
	for tries := 0; ; tries++ {
		if slot == 0 {
			slot = len(b.nodes)
			b.reserve(slot + 1)
		}
		base := slot - first
		if base >= Root {
			b.reserve(base + last + 1)
			if !b.baseTaken[base] && b.fits(base, kids) {
				if tries > 100 {
					b.from[class] = b.next[slot]
				}
				b.takeBase(base)
				return base
			}
		}
		slot = b.next[slot]
	}
}

func (b *builder) fits(base int, kids []subtree) bool {
	for _, k := range kids[1:] {
		if !b.free(base + int(k.label)) {
			return false
		}
	}
	return true
}

// trimmed returns the array without the free slots at its end.
func (b *builder) trimmed() []Node {
	n := len(b.nodes)
	for n > 0 && b.nodes[n-1].Label == 0 {
		n--
	}
	return slices.Clip(b.nodes[:n])
}
