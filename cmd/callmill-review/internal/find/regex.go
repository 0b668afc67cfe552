package find

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// expression returns what reports whether an expression is in a text. Where every text
// that it is in has some words, texts without them are passed over, which takes a tenth
// of the time.
func expression(regex *regexp.Regexp) func(script string) bool {
	parsed, err := syntax.Parse(regex.String(), syntax.Perl)
	if err != nil {
		return regex.MatchString
	}
	words := needs(parsed.Simplify(), 0)
	if len(words) == 0 {
		return regex.MatchString
	}
	return func(script string) bool {
		for _, word := range words {
			if strings.Contains(script, word) {
				return regex.MatchString(script)
			}
		}
		return false
	}
}

// Where an expression has more alternatives, or parts in parts, looking for words is no
// longer faster.
const (
	maxWords = 8
	maxDepth = 100
)

// needs returns words of which one is in every text that the expression is in; none where
// there are no such words, or too many.
func needs(e *syntax.Regexp, depth int) []string {
	if depth > maxDepth {
		return nil
	}
	switch e.Op {
	case syntax.OpLiteral:
		if e.Flags&syntax.FoldCase != 0 {
			return nil
		}
		return []string{string(e.Rune)}
	case syntax.OpCharClass:
		return members(e.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return needs(e.Sub[0], depth+1)
	case syntax.OpRepeat:
		if e.Min == 0 {
			return nil
		}
		return needs(e.Sub[0], depth+1)
	case syntax.OpConcat:
		var best []string
		for _, part := range e.Sub {
			if words := needs(part, depth+1); better(words, best) {
				best = words
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, part := range e.Sub {
			words := needs(part, depth+1)
			if len(words) == 0 || len(all)+len(words) > maxWords {
				return nil
			}
			all = append(all, words...)
		}
		return all
	}
	return nil
}

// members returns the characters of a class, which is pairs of first and last ones; none
// where they are too many.
func members(class []rune) []string {
	var all []string
	for ; len(class) >= 2; class = class[2:] {
		if len(all)+int(class[1]-class[0]) >= maxWords {
			return nil
		}
		for r := class[0]; r <= class[1]; r++ {
			all = append(all, string(r))
		}
	}
	return all
}

// better reports whether words are found in fewer texts than others are, or sooner: those
// whose shortest one is longer.
func better(words, than []string) bool {
	if len(words) == 0 || len(than) == 0 {
		return len(words) > 0
	}
	return shortest(words) > shortest(than)
}

func shortest(words []string) int {
	n := len(words[0])
	for _, w := range words[1:] {
		n = min(n, len(w))
	}
	return n
}
