package nodes

import (
	"strings"
	"unicode/utf8"
)

// The bodies of a pattern are the whole of it, and what is left of it behind each
// sentence or clause that a re-prompt may be: from 3 to 60 characters from the beginning
// on.
const (
	shortestPrompt = 3
	longestPrompt  = 60
	mostCuts       = 4 // behind so many clauses
)

// cut is a place between two sentences or clauses of a pattern.
type cut struct {
	at     int32 // in bytes
	prompt int32 // number of the text before it, of the robot
	body   int32 // number of the text behind it, of the robot
	clause bool  // it is the end of a clause only
}

type bodies struct {
	whole   []int32  // by raw: the body that is all of it
	cuts    []cut    // of all raws
	from    []int32  // by raw: its cuts are cuts[from[i]:from[i+1]]
	texts   []string // of bodies
	count   int32    // of bodies
	prompts int32    // numbers of prompts are below
	same    sets     // bodies that are one but for a value
}

func (b *bodies) of(raw int32) []cut { return b.cuts[b.from[raw]:b.from[raw+1]] }

// wholeOf returns the body that is all of a raw, or all but a value.
func (f *finder) wholeOf(raw int32) int32 { return f.bodies.same.of(f.bodies.whole[raw]) }

type robotText struct {
	robot int32
	text  string
}

// cutBodies divides the patterns.
func (f *finder) cutBodies() {
	b := &bodies{whole: make([]int32, len(f.raws)), from: make([]int32, len(f.raws)+1)}
	bodyOf, promptOf := make(map[robotText]int32, 2*len(f.raws)), map[robotText]int32{}
	number := func(of map[robotText]int32, robot int32, text string) int32 {
		id, ok := of[robotText{robot, text}]
		if !ok {
			id = int32(len(of))
			of[robotText{robot, text}] = id
		}
		return id
	}
	for i := range f.raws {
		robot, text := f.raws[i].robot, f.text(int32(i))
		b.whole[i] = number(bodyOf, robot, withoutNames(text))
		for k, at := 0, nextPart(text, 0, clauseEnds); at > 0 && k < mostCuts; k, at = k+1, nextPart(text, at, clauseEnds) {
			n := utf8.RuneCountInString(text[:at])
			if n > longestPrompt {
				break
			}
			if n <= shortestPrompt {
				continue
			}
			last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text[:at], closing))
			b.cuts = append(b.cuts, cut{
				clause: !strings.ContainsRune(sentenceEnds, last),
				at:     int32(at), prompt: number(promptOf, robot, withoutNames(text[:at])), body: number(bodyOf, robot, withoutNames(text[at:])),
			})
		}
		b.from[i+1] = int32(len(b.cuts))
	}
	b.count, b.prompts = int32(len(bodyOf)), int32(len(promptOf))
	b.texts = make([]string, b.count)
	for body, i := range bodyOf {
		b.texts[i] = body.text
	}
	b.same = newSets(int(b.count))
	f.bodies = b
}

// withoutNames returns a pattern with slots that do not say what of: a value may be
// that of a parameter in one call and a mere number in the next, where it is too short
// to be told, or stands in a percentage.
func withoutNames(pattern string) string {
	if !strings.Contains(pattern, "{") {
		return pattern
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(pattern, "{")
		_, behind, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			b.WriteString(pattern)
			return b.String()
		}
		b.WriteString(strings.TrimSuffix(before, "百分之"))
		b.WriteString("{}")
		pattern = behind
	}
}

// Marks that end a sentence, and those that end a clause.
const (
	sentenceEnds = "。！？!?；;…"
	clauseEnds   = sentenceEnds + "，,：:"
	closing      = "”’」』）)~～ " // may stand behind them
)

// nextSentence returns where the sentence behind text[from:] begins, 0 if there is
// none.
func nextSentence(text string, from int) int { return nextPart(text, from, sentenceEnds) }

// nextPart returns where the part behind text[from:] begins, 0 if there is none; marks
// end parts.
func nextPart(text string, from int, ends string) int {
	i := strings.IndexAny(text[from:], ends)
	if i < 0 {
		return 0
	}
	i += from
	for i < len(text) {
		c, size := utf8.DecodeRuneInString(text[i:])
		if !strings.ContainsRune(ends+closing, c) {
			return i
		}
		i += size
	}
	return 0
}

// sets are disjoint sets of numbers.
type sets []int32

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

// of returns the number that stands for the set of i: its smallest.
func (s sets) of(i int32) int32 {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

func (s sets) unite(a, b int32) {
	a, b = s.of(a), s.of(b)
	s[max(a, b)] = min(a, b)
}
