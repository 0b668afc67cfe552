package scan

// Has reports whether a bit is set.
func Has(bits []uint64, i int) bool { return bits[i/64]>>(i%64)&1 != 0 }

// Set sets a bit.
func Set(bits []uint64, i int) { bits[i/64] |= 1 << (i % 64) }

// HasAny reports whether one of some bits is set.
func HasAny(bits []uint64, of []int) bool {
	for _, i := range of {
		if Has(bits, i) {
			return true
		}
	}
	return false
}

// Count returns how many of some bits are set.
func Count(bits []uint64, of []int) int {
	n := 0
	for _, i := range of {
		if Has(bits, i) {
			n++
		}
	}
	return n
}
