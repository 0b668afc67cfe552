package nodes

import (
	"slices"

	"callmill/cmd/callmill-review/internal/nodes/tally"
)

// Before how many different lines a sentence or clause must stand to be one that a robot
// says when it did not understand. In a small script fewer will do if it asks again often.
const (
	fewestRests = 5
	fewRests    = 3
	oftenAgain  = 10
)

// findReprompts finds lines that ask again. A sentence or clause before many different lines may
// also be a greeting or a word of assent ("好的。" and the next question). What tells
// them apart is where the call goes from there: a question that is asked again has the
// next lines of the question before it.
func (f *finder) findReprompts() {
	f.reprompts = make([]cut, len(f.raws))
	many, rests := f.frequentPrompts()
	next := f.follows()
	total, again, asked := make([]int32, f.bodies.prompts), make([]int32, f.bodies.prompts), make([]int32, f.bodies.prompts)
	ownAgain, ownTotal := make([]int32, len(f.bodies.cuts)), make([]int32, len(f.bodies.cuts))
	for i := range f.says {
		s := &f.says[i]
		for k, c := range f.bodies.of(s.raw) {
			own := int(f.bodies.from[s.raw]) + k
			if !many[c.prompt] || f.ends[s.raw] {
				continue
			}
			if s.is(answers) {
				asked[c.prompt]++
			}
			switch f.isAgain(i, c, many, next) {
			case yes:
				again[c.prompt]++
				total[c.prompt]++
				ownAgain[own]++
				ownTotal[own]++
			case no:
				total[c.prompt]++
				ownTotal[own]++
			}
		}
	}
	for i := range f.raws {
		for k, c := range f.bodies.of(int32(i)) {
			// The longest one is the prompt.
			p, own := c.prompt, int(f.bodies.from[i])+k
			if !f.mayAsk(int32(i), c) || !many[p] || rests[p] < fewestRests && again[p] < oftenAgain {
				continue
			}
			// A clause may also begin other lines: this one must be asked again itself.
			if c.clause && (f.silent[i] || 5*again[p] < 4*total[p] || 2*ownAgain[own] < ownTotal[own]) {
				continue
			}
			if again[p] > 0 && 2*again[p] >= total[p] && 2*asked[p] >= total[p] {
				f.reprompts[i] = c
			}
		}
	}
	f.findLaterReprompts()
}

// findLaterReprompts finds what is said when a robot did not understand again: a
// sentence between one re-prompt of a question and that question. It may be too rare to
// stand before many.
func (f *finder) findLaterReprompts() {
	total, again := make([]int32, f.bodies.prompts), make([]int32, f.bodies.prompts)
	for i := range f.says {
		s := &f.says[i]
		for _, c := range f.bodies.of(s.raw) {
			total[c.prompt]++
			at := f.after[i]
			if at < 0 || !s.is(answers) {
				continue
			}
			before := f.reprompts[f.says[at].raw]
			if before.at > 0 && before.prompt != c.prompt && f.bodies.same.of(before.body) == f.bodies.same.of(c.body) {
				again[c.prompt]++
			}
		}
	}
	for i := range f.raws {
		if f.reprompts[i].at > 0 {
			continue
		}
		for _, c := range f.bodies.of(int32(i)) {
			if p := c.prompt; f.mayAsk(int32(i), c) && again[p] > 0 && 5*again[p] >= 4*total[p] {
				f.reprompts[i] = c
			}
		}
	}
}

// frequentPrompts returns of each prompt whether it stands before many bodies.
func (f *finder) frequentPrompts() (many []bool, count []int) {
	rests := make([]uint64, 0, len(f.bodies.cuts))
	for i := range f.raws {
		if f.ends[i] {
			continue
		}
		for _, c := range f.bodies.of(int32(i)) {
			rests = append(rests, tally.Pair(c.prompt, f.bodies.same.of(c.body)))
		}
	}
	slices.Sort(rests)
	count = make([]int, f.bodies.prompts)
	for _, r := range slices.Compact(rests) {
		count[r>>32]++
	}
	many = make([]bool, f.bodies.prompts)
	for p := range many {
		many[p] = count[p] >= fewRests
	}
	return many, count
}

type verdict uint8

const (
	unknown verdict = iota
	yes
	no
)

// isAgain judges one line that begins with what may be a re-prompt.
func (f *finder) isAgain(i int, c cut, many []bool, next []uint64) verdict {
	same := &f.bodies.same
	body := same.of(c.body)
	// The question before it, and what came after it, without other attempts at it.
	at := f.after[i]
	for at >= 0 && f.isRest(f.says[at].raw, body, many) {
		at = f.after[at]
	}
	if at < 0 {
		return no
	}
	if f.wholeOf(f.says[at].raw) == body {
		return yes
	}
	behind := f.behind(i)
	for behind >= 0 && (f.isRest(f.says[behind].raw, body, many) || f.passing[f.says[behind].raw]) {
		behind = f.behind(behind)
	}
	switch {
	case behind < 0:
		return unknown
	case has(next, tally.Pair(f.says[at].raw, f.says[behind].raw)):
		return yes
	}
	return no
}

// isRest reports whether a raw is a body behind what may be a re-prompt.
func (f *finder) isRest(raw, body int32, many []bool) bool {
	for _, c := range f.bodies.of(raw) {
		if many[c.prompt] && f.bodies.same.of(c.body) == body {
			return true
		}
	}
	return false
}

// bodyOf returns the number of what a raw asks or says, without a re-prompt before it.
func (f *finder) bodyOf(raw int32) int32 {
	if c := f.reprompts[raw]; c.at > 0 {
		return f.bodies.same.of(c.body)
	}
	return f.wholeOf(raw)
}
