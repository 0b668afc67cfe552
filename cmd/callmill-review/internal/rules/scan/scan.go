// Package scan finds which of many patterns occur in a text: keywords and regular
// expressions (RE2), as they are written or as they sound.
//
// All keywords, and the strings of which each regular expression needs one, are looked
// for in one pass; an expression runs only on texts that have one. Most lines of calls
// have none, and cost some nanoseconds a byte.
package scan

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Pattern is a keyword or a regular expression: one of the two is given.
type Pattern struct {
	// Keyword is a part of the text, ASCII letters in either case.
	Keyword string
	// Regex is an expression in the syntax of RE2 that matches a part of the text.
	Regex string
	// Sound compares Chinese characters by their syllable, without tone, and what is
	// easily confused on the telephone (zh and z, n and l, ing and in) as the same.
	Sound bool
}

// Patterns is a number of patterns, to be looked for together. It is not changed once it
// is made, and safe for concurrent use.
type Patterns struct {
	size    int
	written part
	heard   part
}

// part are the patterns that look at one spelling of the text.
type part struct {
	automaton automaton
	atoms     [][]int32 // by string of the automaton: the branches that it is of
	branches  []branch
	always    []int32 // branches without atoms
}

// branch is a pattern, or one of the alternatives of its expression: each runs only where
// one of its own strings is.
type branch struct {
	pattern int32
	expr    *regexp.Regexp // nil of a keyword, which is its string
}

// New makes patterns ready to be looked for. Check says beforehand what is wrong with one.
func New(patterns []Pattern) (*Patterns, error) {
	s := &Patterns{size: len(patterns)}
	for _, sound := range []bool{false, true} {
		p, err := newPart(patterns, sound)
		if err != nil {
			return nil, err
		}
		if sound {
			s.heard = p
		} else {
			s.written = p
		}
	}
	return s, nil
}

// Check returns what is wrong with a pattern, if anything.
func (p Pattern) Check() error {
	_, err := p.compile()
	return err
}

// Words returns the length of the slices that Find fills.
func (s *Patterns) Words() int { return (s.size + 63) / 64 }

// Find sets the bits of hits, which are all zero before, of the patterns that occur in a
// text, and reports whether there are any. The pattern i is bit i%64 of word i/64. wanted
// has the bits of those that are looked for.
func (s *Patterns) Find(text string, wanted, hits []uint64, scratch *Scratch) bool {
	found := s.written.find(text, wanted, hits, scratch)
	if len(s.heard.branches) == 0 {
		return found
	}
	scratch.spelling = appendSound(scratch.spelling[:0], text)
	return s.heard.find(string(scratch.spelling), wanted, hits, scratch) || found
}

// Scratch is what Find works with; the zero value is ready. Each goroutine has its own.
type Scratch struct {
	spelling []byte
	tried    []uint64
}

func newPart(patterns []Pattern, sound bool) (part, error) {
	var p part
	var strs []string
	index := map[string]int{}
	for i, pattern := range patterns {
		if pattern.Sound != sound {
			continue
		}
		compiled, err := pattern.compile()
		if err != nil {
			return part{}, err
		}
		for _, c := range compiled {
			b := int32(len(p.branches))
			p.branches = append(p.branches, branch{int32(i), c.expr})
			if len(c.atoms) == 0 {
				p.always = append(p.always, b)
			}
			for _, atom := range c.atoms {
				n, ok := index[atom]
				if !ok {
					n = len(strs)
					index[atom] = n
					strs = append(strs, atom)
					p.atoms = append(p.atoms, nil)
				}
				p.atoms[n] = append(p.atoms[n], b)
			}
		}
	}
	p.automaton = newAutomaton(strs)
	return p, nil
}

// compiled is an expression, nil of a keyword, and the strings of which a text has at
// least one where it matches; none: it may match any.
type compiled struct {
	expr  *regexp.Regexp
	atoms []string
}

// compile returns the branches of a pattern.
func (p Pattern) compile() ([]compiled, error) {
	switch {
	case (p.Keyword == "") == (p.Regex == ""):
		return nil, fmt.Errorf("empty pattern: want a keyword or a regular expression")
	case p.Keyword != "" && p.Sound:
		return []compiled{{atoms: []string{lower(string(appendSound(nil, p.Keyword)))}}}, nil
	case p.Keyword != "":
		return []compiled{{atoms: []string{lower(p.Keyword)}}}, nil
	}
	tree, err := syntax.Parse(p.Regex, syntax.Perl)
	if err != nil {
		return nil, regexError(p.Regex, err)
	}
	if p.Sound {
		tree = soundTree(tree)
	}
	alternatives := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpAlternate {
		alternatives = tree.Sub
	}
	var all []compiled
	for _, sub := range alternatives {
		expr, err := regexp.Compile(sub.String())
		if err != nil {
			return nil, regexError(p.Regex, err)
		}
		all = append(all, compiled{expr, atomsOf(sub.Simplify())})
	}
	return all, nil
}

func regexError(regex string, err error) error {
	if detail, ok := err.(*syntax.Error); ok {
		hint := ""
		switch detail.Code {
		case syntax.ErrInvalidPerlOp:
			hint = ": lookahead, lookbehind and backreferences are not part of RE2"
		case syntax.ErrInvalidEscape:
			hint = ": RE2 does not know this escape"
		}
		return fmt.Errorf("invalid regular expression %q: %s %q%s", regex, detail.Code, detail.Expr, hint)
	}
	return fmt.Errorf("invalid regular expression %q: %w", regex, err)
}

func (p *part) find(text string, wanted, hits []uint64, scratch *Scratch) bool {
	found := false
	try := func(b *branch) {
		i := int(b.pattern)
		if Has(hits, i) || !Has(wanted, i) || b.expr != nil && !b.expr.MatchString(text) {
			return
		}
		Set(hits, i)
		found = true
	}
	for _, b := range p.always {
		try(&p.branches[b])
	}
	cleared := false
	p.automaton.find(text, func(atom int32) {
		if !cleared {
			cleared = true
			scratch.tried = append(scratch.tried[:0], make([]uint64, (len(p.branches)+63)/64)...)
		}
		for _, b := range p.atoms[atom] {
			if !Has(scratch.tried, int(b)) {
				Set(scratch.tried, int(b))
				try(&p.branches[b])
			}
		}
	})
	return found
}

// lower returns s with ASCII letters in lower case, as the automaton reads them.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
