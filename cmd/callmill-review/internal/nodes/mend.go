package nodes

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/nodes/tally"
)

// A torn line is one that a value tears into many patterns: the name of a shop that is
// no parameter of the job. They are found among the patterns of a script that are
// equal but for one clause.
const (
	fewestValues = 3  // said in one campaign: fewer are versions of a line, or two lines
	longestValue = 16 // characters
	leastFixed   = 6  // characters of its sentence that all have
)

// gap stands for the clause that differs. No text has this byte.
var gap = []byte{0xff}

// torn is patterns of a script that are equal but for a value in one clause.
type torn struct {
	raws         []int32
	before, tail int // bytes that all have before and behind the value
}

// mend unites the bodies of torn lines.
func (f *finder) mend() {
	groups := f.likeButOneClause()
	groups = slices.DeleteFunc(groups, func(g torn) bool { return !f.isValue(&g) })
	f.keepTorn(groups)
}

// clausesOf calls yield with the begin and end of each clause of a text.
func clausesOf(text string, yield func(from, to int)) {
	from := 0
	for i, c := range text {
		switch c {
		case '，', '。', '？', '！', '、', '；', '：', ',', '?', '!', ';', ':':
			if i > from {
				yield(from, i)
			}
			from = i + utf8.RuneLen(c)
		}
	}
	if from < len(text) {
		yield(from, len(text))
	}
}

// likeButOneClause returns the groups of patterns that are equal but for one clause.
func (f *finder) likeButOneClause() []torn {
	type masked struct {
		key      uint64
		raw      int32
		from, to int32
	}
	var all []masked
	digest := fnv.New64a()
	var robot [4]byte
	for i := range f.raws {
		text := f.text(int32(i))
		clausesOf(text, func(from, to int) {
			digest.Reset()
			binary.LittleEndian.PutUint32(robot[:], uint32(f.raws[i].robot))
			digest.Write(robot[:])
			io.WriteString(digest, text[:from])
			digest.Write(gap)
			io.WriteString(digest, text[to:])
			all = append(all, masked{digest.Sum64(), int32(i), int32(from), int32(to)})
		})
	}
	slices.SortFunc(all, func(a, b masked) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.raw, b.raw)) })
	var groups []torn
	for begin, end := 0, 0; begin < len(all); begin = end {
		for end = begin + 1; end < len(all) && all[end].key == all[begin].key; end++ {
		}
		if end-begin < fewestValues {
			continue
		}
		g := torn{before: int(all[begin].from), tail: len(f.text(all[begin].raw)) - int(all[begin].to)}
		for _, m := range all[begin:end] {
			g.raws = append(g.raws, m.raw)
		}
		groups = append(groups, g)
	}
	return groups
}

// isValue reports whether what differs in a group may be a value: it is short, and
// the rest is not. It widens what all have before and behind it.
func (f *finder) isValue(g *torn) bool {
	model := f.text(g.raws[0])
	before, behind := model[:len(model)-g.tail], model[g.before:]
	for _, r := range g.raws[1:] {
		text := f.text(r)
		before = commonPrefix(before, text[:len(text)-g.tail])
		behind = commonSuffix(behind, text[g.before:])
	}
	for _, r := range g.raws {
		if text := f.text(r); len(before)+len(behind) > len(text) {
			behind = behind[len(before)+len(behind)-len(text):]
			for len(behind) > 0 && !utf8.RuneStart(behind[0]) {
				behind = behind[1:]
			}
		}
	}
	g.before, g.tail = len(before), len(behind)
	fixed := charsToMark(before, behind)
	if fixed < leastFixed {
		return false
	}
	for _, r := range g.raws {
		text := f.text(r)
		value := text[g.before : len(text)-g.tail]
		if n := utf8.RuneCountInString(value); n > longestValue || n > fixed {
			return false
		}
	}
	return true
}

// charsToMark returns how many characters a sentence has before and behind a value.
func charsToMark(before, behind string) int {
	for at := nextSentence(before, 0); at > 0; at = nextSentence(before, 0) {
		before = before[at:]
	}
	if at := nextSentence(behind, 0); at > 0 {
		behind = behind[:at]
	}
	return utf8.RuneCountInString(before) + utf8.RuneCountInString(behind)
}

func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return a[:n]
}

func commonSuffix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	return a[len(a)-n:]
}

// keepTorn unites the bodies of the groups whose patterns are said in place of each
// other: hardly a call says two of them, one campaign says several, and the lines
// around them are the same. A line that is asked again has its own value before it, so
// that its group is known only once that of the question is: there are some rounds.
func (f *finder) keepTorn(groups []torn) {
	uses := f.usesOf(groups)
	done := make([]bool, len(groups))
	for range 3 {
		more := false
		for k := range groups {
			if done[k] || !f.inPlaceOfEachOther(uses[k]) {
				continue
			}
			f.uniteBodies(&groups[k])
			done[k], more = true, true
		}
		if !more {
			return
		}
	}
}

// usesOf returns the indexes of the sayings of each group.
func (f *finder) usesOf(groups []torn) [][]int32 {
	from := make([]int32, len(f.raws)+1)
	for _, g := range groups {
		for _, r := range g.raws {
			from[r+1]++
		}
	}
	for i := range f.raws {
		from[i+1] += from[i]
	}
	of, at := make([]int32, from[len(f.raws)]), slices.Clone(from)
	for k, g := range groups {
		for _, r := range g.raws {
			of[at[r]] = int32(k)
			at[r]++
		}
	}
	uses := make([][]int32, len(groups))
	for i := range f.says {
		r := f.says[i].raw
		for _, k := range of[from[r]:from[r+1]] {
			uses[k] = append(uses[k], int32(i))
		}
	}
	return uses
}

// inPlaceOfEachOther judges the sayings of a group.
func (f *finder) inPlaceOfEachOther(uses []int32) bool {
	calls, both := 0, 0 // that say one of them; that say two different ones
	call, raw, different := int32(-1), int32(-1), false
	for _, i := range uses {
		s := &f.says[i]
		switch {
		case s.call != call:
			call, raw, different = s.call, s.raw, false
			calls++
		case s.raw != raw && !different:
			different = true
			both++
		}
	}
	return both*20 <= calls && f.valuesInACampaign(uses) >= fewestValues &&
		f.sameAround(uses, -1) && f.sameAround(uses, 1)
}

// valuesInACampaign returns how many different ones the campaign says that says most.
func (f *finder) valuesInACampaign(uses []int32) int {
	places := make([]uint64, len(uses))
	for k, i := range uses {
		places[k] = tally.Pair(int32(f.c.Calls[f.says[i].call].Campaign), f.says[i].raw)
	}
	slices.Sort(places)
	most, n := 0, 0
	for k, p := range slices.Compact(places) {
		if k == 0 || p>>32 != places[k-1]>>32 {
			n = 0
		}
		n++
		most = max(most, n)
	}
	return most
}

// sameAround reports whether the lines before (step -1) or behind (1) the sayings of a
// group are the same whichever pattern is said: two sayings of different patterns have
// the same line there at least half as often as two of the same.
func (f *finder) sameAround(uses []int32, step int) bool {
	pairs := make([]uint64, 0, len(uses)) // what is there, and the raw
	raws := make([]int32, 0, len(uses))
	for _, i := range uses {
		there := int32(-1)
		if k := int(i) + step; k >= 0 && k < len(f.says) && f.says[k].call == f.says[i].call {
			there = f.wholeOf(f.says[k].raw)
		}
		pairs = append(pairs, tally.Pair(there, f.says[i].raw))
		raws = append(raws, f.says[i].raw)
	}
	slices.Sort(pairs)
	slices.Sort(raws)
	n := float64(len(uses))
	// Pairs of sayings: all, of the same raw, with the same line, with both.
	all, same, line, both := n*n-n, 0.0, 0.0, 0.0
	for begin, end := 0, 0; begin < len(raws); begin = end {
		for end = begin; end < len(raws) && raws[end] == raws[begin]; end++ {
		}
		same += float64(end-begin) * float64(end-begin-1)
	}
	for begin, end := 0, 0; begin < len(pairs); begin = end {
		for end = begin; end < len(pairs) && pairs[end]>>32 == pairs[begin]>>32; end++ {
		}
		line += float64(end-begin) * float64(end-begin-1)
		for k := begin; k < end; {
			first := k
			for k++; k < end && pairs[k] == pairs[first]; k++ {
			}
			both += float64(k-first) * float64(k-first-1)
		}
	}
	if all == same {
		return false
	}
	different := (line - both) / (all - same)
	if same < 10 {
		return different >= 0.2
	}
	return different >= both/same/2
}

// uniteBodies makes one body of the bodies of a group that differ only in its value.
func (f *finder) uniteBodies(g *torn) {
	b := f.bodies
	model := g.raws[0]
	for _, r := range g.raws[1:] {
		b.same.unite(b.whole[model], b.whole[r])
		mine, others := b.of(model), b.of(r)
		for i := 0; i < len(mine) && i < len(others); i++ {
			if mine[i].at == others[i].at && int(mine[i].at) <= g.before {
				b.same.unite(mine[i].body, others[i].body)
			}
		}
	}
}

// judgeRobots tells scripts from talk: of a script, most lines are said again and
// again.
func (f *finder) judgeRobots() {
	said := make([]int32, f.bodies.count) // by what is one but for its values
	for i := range f.raws {
		said[f.wholeOf(int32(i))] += f.raws[i].said
	}
	for i := range f.raws {
		s := &f.robots[f.raws[i].robot]
		s.Lines += int(f.raws[i].said)
		if said[f.wholeOf(int32(i))] >= fixedSaid {
			s.Fixed += int(f.raws[i].said)
		}
	}
	for i := range f.robots {
		s := &f.robots[i]
		s.Unscripted = s.Lines >= fewLines && 2*s.Fixed < s.Lines
	}
}

// slot is where the patterns of a torn line have a value.
const slot = "{…}"

// meet returns what two patterns have in common, with the slot between; a may have one
// already. Other slots stay whole.
func meet(a, b string) string {
	head, tail, ok := strings.Cut(a, slot)
	if !ok {
		head, tail = a, a
	}
	head = commonPrefix(head, b)
	if open := strings.LastIndexByte(head, '{'); open >= 0 && !strings.Contains(head[open:], "}") {
		head = head[:open]
	}
	limit := min(len(a), len(b)) - len(head)
	tail = commonSuffix(tail, b[len(head):])
	for len(tail) > limit || len(tail) > 0 && !utf8.RuneStart(tail[0]) {
		tail = tail[1:]
	}
	if end := strings.IndexByte(tail, '}'); end >= 0 && !strings.Contains(tail[:end], "{") {
		tail = tail[end+1:]
	}
	return head + slot + tail
}
