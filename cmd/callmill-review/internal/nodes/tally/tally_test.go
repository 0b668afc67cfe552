package tally_test

import (
	"math"
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/nodes/tally"

	"pgregory.net/rapid"
)

func TestCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Int32Range(0, 3)
		want := map[[2]int32]int32{}
		var pairs []uint64
		for range rapid.IntRange(0, 40).Draw(t, "n") {
			a, b := number.Draw(t, "a"), number.Draw(t, "b")
			want[[2]int32{a, b}]++
			pairs = append(pairs, tally.Pair(a, b))
		}
		slices.Sort(pairs)
		got := tally.Count(pairs)
		for i, e := range got {
			if key := [2]int32{tally.First(e.Pair), tally.Second(e.Pair)}; e.N != want[key] || i > 0 && got[i-1].Pair >= e.Pair {
				t.Fatalf("%v is counted %d times, want %d", key, e.N, want[key])
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d pairs, want %d", len(got), len(want))
		}
	})
}

func TestCommon(t *testing.T) {
	one := []tally.Share{{Key: 1, N: 3}, {Key: 2, N: 1}}
	for _, tt := range []struct {
		a, b []tally.Share
		want float64
	}{
		{nil, nil, 1},
		{one, nil, 0},
		{one, one, 1},
		{one, []tally.Share{{Key: 1, N: 300}, {Key: 2, N: 100}}, 1},
		{one, []tally.Share{{Key: 3, N: 1}}, 0},
		{one, []tally.Share{{Key: 2, N: 1}, {Key: 5, N: 1}}, 0.25},
	} {
		if got := tally.Common(tt.a, tt.b); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("Common(%v, %v) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
		if got := tally.Common(tt.b, tt.a); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("Common(%v, %v) = %v, want %v", tt.b, tt.a, got, tt.want)
		}
	}
}
