// Package interval says how sure a share is.
package interval

import "math"

// Z95 is the standard normal quantile of a two-sided 95 % interval.
const Z95 = 1.959963984540054

// Wilson returns the 95 % interval of a share of k in n (Wilson, Probable inference,
// the law of succession, and statistical inference, JASA 22, 1927); 0 and 1 where n
// is 0. 0 ≤ k ≤ n.
func Wilson(k, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	total := float64(n)
	share := float64(k) / total
	scale := 1 + Z95*Z95/total
	middle := (share + Z95*Z95/(2*total)) / scale
	half := Z95 / scale * math.Sqrt(share*(1-share)/total+Z95*Z95/(4*total*total))
	low, high = max(0, middle-half), min(1, middle+half)
	// Rounding must not move the ends off what is certain.
	if k == 0 {
		low = 0
	}
	if k == n {
		high = 1
	}
	return low, high
}
