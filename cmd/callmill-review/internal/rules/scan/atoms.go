package scan

import (
	"regexp/syntax"
	"unicode"
)

// maxAtoms is how many strings are looked for on behalf of one part of an expression.
const maxAtoms = 256

// language is what is known of the texts that an expression matches.
type language struct {
	// exact are all of them; nil where they are too many.
	exact []string
	// needs are strings of which each of them has one; nil where none is known.
	needs []string
}

// atomsOf returns strings of which every text has one that a simplified expression
// matches; nil where there are none. The idea is Russ Cox's (Regular expression
// matching with a trigram index, 2012).
func atomsOf(re *syntax.Regexp) []string {
	return languageOf(re).needed()
}

func (l language) needed() []string {
	for _, s := range l.exact {
		if s == "" {
			return l.needs
		}
	}
	if l.exact != nil && better(l.exact, l.needs) {
		return l.exact
	}
	return l.needs
}

// better reports whether one of a is seldomer in a text than one of b.
func better(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) > 0
	}
	if x, y := shortest(a), shortest(b); x != y {
		return x > y
	}
	return len(a) < len(b)
}

func shortest(strs []string) int {
	n := len(strs[0])
	for _, s := range strs {
		n = min(n, len(s))
	}
	return n
}

func languageOf(re *syntax.Regexp) language {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return language{exact: []string{""}}
	case syntax.OpLiteral:
		return languageOfLiteral(re)
	case syntax.OpCharClass:
		return languageOfClass(re.Rune)
	case syntax.OpCapture:
		return languageOf(re.Sub[0])
	case syntax.OpQuest:
		sub := languageOf(re.Sub[0])
		if sub.exact == nil || len(sub.exact) == maxAtoms {
			return language{}
		}
		return language{exact: append([]string{""}, sub.exact...)}
	case syntax.OpPlus:
		return language{needs: languageOf(re.Sub[0]).needed()}
	case syntax.OpConcat:
		return languageOfConcat(re.Sub)
	case syntax.OpAlternate:
		return languageOfAlternate(re.Sub)
	}
	return language{} // stars, any character, no match
}

func languageOfLiteral(re *syntax.Regexp) language {
	for _, r := range re.Rune {
		// In either case the automaton reads ASCII only.
		if re.Flags&syntax.FoldCase != 0 && (r >= unicode.MaxASCII || unicode.SimpleFold(r) > unicode.MaxASCII) {
			return language{}
		}
	}
	return language{exact: []string{lower(string(re.Rune))}}
}

func languageOfClass(ranges []rune) language {
	size := 0
	for i := 0; i < len(ranges); i += 2 {
		size += int(ranges[i+1]-ranges[i]) + 1
	}
	if size == 0 || size > maxAtoms/2 {
		return language{}
	}
	var l language
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			l.exact = append(l.exact, lower(string(r)))
		}
	}
	return l
}

func languageOfConcat(subs []*syntax.Regexp) language {
	run := []string{""} // what the parts before match, as long as they are few
	var needs []string
	all := true
	for _, sub := range subs {
		l := languageOf(sub)
		if better(l.needs, needs) {
			needs = l.needs
		}
		if l.exact != nil && len(run)*len(l.exact) <= maxAtoms {
			run = product(run, l.exact)
			continue
		}
		all = false
		if need := (language{exact: run}).needed(); better(need, needs) {
			needs = need
		}
		run = []string{""}
		if l.exact != nil {
			run = l.exact
		}
	}
	if all {
		return language{exact: run, needs: needs}
	}
	if need := (language{exact: run}).needed(); better(need, needs) {
		needs = need
	}
	return language{needs: needs}
}

func product(a, b []string) []string {
	all := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			all = append(all, x+y)
		}
	}
	return all
}

func languageOfAlternate(subs []*syntax.Regexp) language {
	exact, needs := []string{}, []string{}
	for _, sub := range subs {
		l := languageOf(sub)
		if exact != nil && l.exact != nil && len(exact)+len(l.exact) <= maxAtoms {
			exact = append(exact, l.exact...)
		} else {
			exact = nil
		}
		if need := l.needed(); need != nil && needs != nil {
			needs = append(needs, need...)
		} else {
			needs = nil
		}
	}
	return language{exact: exact, needs: needs}
}
