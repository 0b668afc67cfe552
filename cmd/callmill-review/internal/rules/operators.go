package rules

import (
	"callmill/cmd/callmill-review/internal/rules/scan"
	"callmill/pipeline/dataset/optout"
)

// Operators are what a condition asks of a line by itself. Numbers are those of patterns
// in the book's Patterns.
type Operators struct {
	Any, All, None  []int
	Of              []int // of which at least OfMin are there
	OfMin           int
	Regex, NotRegex []int
	Like            []Phrase // to one of which the line is similar
	LikeMin         float64
	Wishes          []int // one of which is there where the line is an opt-out
	Sound           bool
}

// Hold reports whether a line is as the operators say; hits are the patterns in it.
func (o *Operators) Hold(line string, hits []uint64) bool {
	return (len(o.Any) == 0 || scan.HasAny(hits, o.Any)) &&
		scan.Count(hits, o.All) == len(o.All) &&
		!scan.HasAny(hits, o.None) &&
		scan.Count(hits, o.Of) >= o.OfMin &&
		(len(o.Regex) == 0 || scan.HasAny(hits, o.Regex)) &&
		!scan.HasAny(hits, o.NotRegex) &&
		(len(o.Like) == 0 || isLike(line, o.Like, o.LikeMin, o.Sound)) &&
		(len(o.Wishes) == 0 || scan.HasAny(hits, o.Wishes) && isWish(line))
}

func isWish(line string) bool {
	_, is := optout.Wish(line)
	return is
}

func (o *Operators) each(f func(pattern int)) {
	for _, list := range [][]int{o.Any, o.All, o.None, o.Of, o.Regex, o.NotRegex, o.Wishes} {
		for _, p := range list {
			f(p)
		}
	}
}
