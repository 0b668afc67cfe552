// Package tally counts pairs of numbers by sorting them: many lines are counted without
// a map.
package tally

// Pair is two numbers as one that sorts like them, for numbers of at least 0.
func Pair(a, b int32) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) }

// First returns the first number of a pair.
func First(pair uint64) int32 { return int32(pair >> 32) }

// Second returns its second number.
func Second(pair uint64) int32 { return int32(uint32(pair)) }

// Entry is how often a pair was counted.
type Entry struct {
	Pair uint64
	N    int32
}

// Count counts equal pairs, which stand together.
func Count(sorted []uint64) []Entry {
	var list []Entry
	for _, p := range sorted {
		if k := len(list) - 1; k >= 0 && list[k].Pair == p {
			list[k].N++
			continue
		}
		list = append(list, Entry{p, 1})
	}
	return list
}

// Share is how many of something have a key.
type Share struct {
	Key int32
	N   int32
}

// Common returns what two distributions, sorted by key, have in common: 1 where they are
// equal, 0 where no key is in both. Two empty ones are equal.
func Common(a, b []Share) float64 {
	na, nb := sum(a), sum(b)
	if na == 0 || nb == 0 {
		if na == nb {
			return 1
		}
		return 0
	}
	both := 0.0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].Key < b[j].Key:
			i++
		case a[i].Key > b[j].Key:
			j++
		default:
			both += min(float64(a[i].N)/na, float64(b[j].N)/nb)
			i++
			j++
		}
	}
	return both
}

func sum(list []Share) (n float64) {
	for _, s := range list {
		n += float64(s.N)
	}
	return n
}

// Apart reports whether two things are hardly ever met under the same key of one of
// their distributions: at most a tenth of both is.
func Apart(a, b *[3][]Share) bool {
	for i := range a {
		if Common(a[i], b[i]) <= together {
			return true
		}
	}
	return false
}

const together = 0.1
