package nodes

import (
	"slices"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/nodes/tally"
)

// findEnds finds the lines that end the calls in which they are said: seven in ten
// times it is the robot's last line, calls left aside that ended before the script did.
func (f *finder) findEnds() {
	said, ends := make([]int32, f.bodies.count), make([]int32, f.bodies.count)
	for i := range f.says {
		s := &f.says[i]
		if s.is(cutShort) {
			continue
		}
		body := f.wholeOf(s.raw)
		said[body]++
		if s.is(last) {
			ends[body]++
		}
	}
	f.ending = make([]bool, f.bodies.count)
	for body := range f.ending {
		f.ending[body] = said[body] >= 2 && 10*ends[body] >= 7*said[body]
	}
	f.ends = make([]bool, len(f.raws))
	for i := range f.raws {
		f.ends[i] = f.ending[f.wholeOf(int32(i))]
	}
}

// mayAsk reports whether a raw may ask again what stands behind a cut. Calls may have
// ended at a re-prompt that is said but a few times, so that it looks like a goodbye.
func (f *finder) mayAsk(raw int32, c cut) bool {
	return !f.ends[raw] || f.raws[raw].said < fewLast && !f.ending[f.bodies.same.of(c.body)]
}

// fewLast is how few lines do not show that they end calls where others speak against
// it.
const fewLast = 10

const (
	fewestPlaces = 3 // at which a silence prompt is said
	roundsOf     = 3 // silence prompts that may follow one another
)

// findSilence finds silence prompts: what is said with nothing of the contact before
// it, at several lines that are otherwise followed by the contact. What a robot says
// behind its own lines elsewhere (a statement, then the question again) stands behind
// lines that never wait.
func (f *finder) findSilence() {
	waits := f.waits()
	f.silent, f.passing = make([]bool, len(f.raws)), make([]bool, len(f.raws))
	for range roundsOf {
		f.findBefore()
		if !f.moreSilence(waits) {
			break
		}
	}
	f.findPassing()
	f.findBefore()
}

// waits returns of each body whether the contact mostly speaks after it.
func (f *finder) waits() []bool {
	said, heard := make([]int32, f.bodies.count), make([]int32, f.bodies.count)
	for i := range f.says {
		s := &f.says[i]
		if s.is(last) && !s.is(answered) {
			continue
		}
		body := f.wholeOf(s.raw)
		said[body]++
		if s.is(answered) {
			heard[body]++
		}
	}
	waits := make([]bool, f.bodies.count)
	for i := range waits {
		waits[i] = 2*heard[i] >= said[i] && heard[i] > 0
	}
	return waits
}

// findBefore finds the line before each one, silence prompts and what is said in
// passing left out.
func (f *finder) findBefore() {
	if f.after == nil {
		f.after = make([]int32, len(f.says))
	}
	for i := range f.says {
		j := int32(i) - 1
		if f.says[i].is(first) {
			f.after[i] = -1
			continue
		}
		if r := f.says[j].raw; f.silent[r] || f.passing[r] {
			j = f.after[j]
		}
		f.after[i] = j
	}
}

// moreSilence finds the silence prompts at several places, and those that are said
// behind known ones, and reports whether there are more than before.
func (f *finder) moreSilence(waits []bool) bool {
	unasked, later := make([]int32, len(f.raws)), make([]int32, len(f.raws))
	var places []uint64 // raw, and the body at which it is said
	for i := range f.says {
		s := &f.says[i]
		at := f.after[i]
		if s.is(answers) || s.is(first) || at < 0 || f.ends[s.raw] || !waits[f.wholeOf(f.says[at].raw)] {
			continue
		}
		unasked[s.raw]++
		if f.silent[f.says[i-1].raw] {
			later[s.raw]++
		}
		places = append(places, tally.Pair(s.raw, f.wholeOf(f.says[at].raw)))
	}
	slices.Sort(places)
	kinds := make([]int32, len(f.raws))
	for _, p := range slices.Compact(places) {
		kinds[p>>32]++
	}
	found := false
	for i := range f.raws {
		said := f.raws[i].said
		if f.silent[i] || 5*unasked[i] < 4*said {
			continue
		}
		if kinds[i] >= fewestPlaces || later[i] > 1 && 5*later[i] >= 4*said {
			f.silent[i], found = true, true
		}
	}
	return found
}

// longestWord is how long, in characters, what is said in passing may be.
const longestWord = 6

// findPassing finds what is said between two lines of the contact without a bearing on
// the call, such as a robot's yes while a long number is told: a word or two with
// different lines before it, each with lines behind it that follow also without it.
func (f *finder) findPassing() {
	next := f.follows()
	total, on := make([]int32, len(f.raws)), make([]int32, len(f.raws))
	var places []uint64
	for i := range f.says {
		s := &f.says[i]
		at := f.after[i]
		if !s.is(answers) || !s.is(answered) || at < 0 || f.ends[s.raw] || s.is(last) {
			continue
		}
		total[s.raw]++
		behind := f.behind(i)
		if behind < 0 {
			continue
		}
		if f.says[behind].is(answers) && has(next, tally.Pair(f.says[at].raw, f.says[behind].raw)) {
			on[s.raw]++
			places = append(places, tally.Pair(s.raw, f.wholeOf(f.says[at].raw)))
		}
	}
	slices.Sort(places)
	kinds := make([]int32, len(f.raws))
	for _, p := range slices.Compact(places) {
		kinds[p>>32]++
	}
	for i := range f.raws {
		f.passing[i] = !f.silent[i] && utf8.RuneCountInString(f.text(int32(i))) <= longestWord &&
			kinds[i] >= fewestPlaces && 5*total[i] >= 4*f.raws[i].said && 2*on[i] >= total[i]
	}
}

// behind returns the next line of the call that is no silence prompt, -1 if there is
// none.
func (f *finder) behind(i int) int {
	for i++; i < len(f.says) && !f.says[i].is(first); i++ {
		if !f.silent[f.says[i].raw] {
			return i
		}
	}
	return -1
}

// follows returns the pairs of raws of which the second is said next after the first.
func (f *finder) follows() []uint64 {
	pairs := make([]uint64, 0, len(f.says))
	for i := range f.says {
		if at := f.after[i]; at >= 0 && !f.silent[f.says[i].raw] {
			pairs = append(pairs, tally.Pair(f.says[at].raw, f.says[i].raw))
		}
	}
	slices.Sort(pairs)
	return slices.Compact(pairs)
}

func has(sorted []uint64, p uint64) bool {
	_, ok := slices.BinarySearch(sorted, p)
	return ok
}
