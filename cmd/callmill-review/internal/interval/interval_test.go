package interval_test

import (
	"math"
	"testing"

	"callmill/cmd/callmill-review/internal/interval"
)

// Values of R's prop.test(k, n, correct = FALSE).
func TestWilson(t *testing.T) {
	for _, tt := range []struct {
		k, n      int
		low, high float64
	}{
		{0, 0, 0, 1},
		{0, 10, 0, 0.2775},
		{10, 10, 0.7225, 1},
		{4, 347, 0.0045, 0.0293},
		{91, 413, 0.1830, 0.2628},
	} {
		low, high := interval.Wilson(tt.k, tt.n)
		if math.Abs(low-tt.low) > 5e-5 || math.Abs(high-tt.high) > 5e-5 {
			t.Errorf("Wilson(%d, %d) = %.4f, %.4f; want %.4f, %.4f", tt.k, tt.n, low, high, tt.low, tt.high)
		}
	}
}
