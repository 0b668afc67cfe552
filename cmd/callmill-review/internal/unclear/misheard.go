package unclear

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"callmill/pipeline/redact/sound"
)

// pairOf is a phrase that is not understood, and one that sounds like it and is.
type pairOf struct {
	heard, meant         int32
	heardText, meantText string // the characters that differ
	near                 bool
	z                    float64
}

// fewestMeant is how many replies must have a phrase as it is meant: a word that is
// misheard most of the time is rarely written as it is.
const fewestMeant = 3

// mostErrors is how many errors are looked for in a script.
const mostErrors = 10

// findMisheard finds pairs of phrases that sound alike, of which one is understood. Pairs
// that differ in the same characters are one error. The replies of the surest error are
// set aside before the next one is looked for: the words beside a misheard one are not
// understood either.
func (f *finder) findMisheard(replies []reply) {
	for range mostErrors {
		group := f.surest(f.soundAlike())
		if group == nil || !f.addMisheard(replies, group) {
			return
		}
	}
}

// surest returns the pairs of the surest error, the commonest first; nil if there is
// none. What sounds the same is surer than what sounds alike.
func (f *finder) surest(pairs []pairOf) []pairOf {
	slices.SortFunc(pairs, func(a, b pairOf) int {
		return cmp.Or(cmp.Compare(a.heardText, b.heardText), cmp.Compare(a.meantText, b.meantText),
			cmp.Compare(f.uses[b.heard].NotUnderstood, f.uses[a.heard].NotUnderstood), cmp.Compare(f.phrases[a.heard], f.phrases[b.heard]), cmp.Compare(a.meant, b.meant))
	})
	var best []pairOf
	top := 0.0
	for begin, end := 0, 0; begin < len(pairs); begin = end {
		z, longest := 0.0, 0
		for end = begin; end < len(pairs) && pairs[end].heardText == pairs[begin].heardText && pairs[end].meantText == pairs[begin].meantText; end++ {
			z = max(z, pairs[end].z)
			longest = max(longest, utf8.RuneCountInString(f.phrases[pairs[end].heard]))
		}
		// One character alone sounds like too many others.
		if longest < 2 {
			continue
		}
		if best == nil || cmp.Or(-compareBool(pairs[begin].near, best[0].near), cmp.Compare(z, top)) > 0 {
			best, top = pairs[begin:end], z
		}
	}
	return best
}

// compareBool compares false and true, in this order.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// soundAlike returns the pairs of phrases of which one is not understood far more often
// than its nodes let expect, and than the other.
func (f *finder) soundAlike() []pairOf {
	bySound := make([][]int32, len(f.phrases))
	for _, p := range f.touched {
		if s := f.sounds[p]; s >= 0 && f.uses[p].Said >= fewestMeant {
			bySound[s] = append(bySound[s], p)
		}
	}
	var pairs []pairOf
	for _, heard := range f.touched {
		u := &f.uses[heard]
		if f.sounds[heard] < 0 || u.Said < fewestSaid || u.z() < surely {
			continue
		}
		for _, meant := range bySound[f.sounds[heard]] {
			v := &f.uses[meant]
			if meant == heard || u.Share() < 2*v.Share() || v.Share() > 0.5 {
				continue
			}
			from, to, near := differing(f.phrases[heard], f.phrases[meant])
			z, enough := differ(v.Usage, u.Usage), surely-1
			if near {
				enough = surely + 2
			}
			if z >= enough && strings.Trim(to, numerals) != "" {
				pairs = append(pairs, pairOf{heard, meant, from, to, near, z})
			}
		}
	}
	return pairs
}

// numerals are no hot words: the digits of a number are understood wherever they are.
const numerals = "零〇一二三四五六七八九十百千万两幺"

// soundOf appends how a phrase sounds on the phone: the class of each syllable. It
// appends nothing if a character has no sound.
func soundOf(dst []byte, text string) []byte {
	for _, c := range text {
		s := sound.Of(c).Class()
		if s == 0 {
			return dst[:0]
		}
		dst = append(dst, byte(s>>8), byte(s))
	}
	return dst
}

// differing returns the characters in which two texts of the same sound differ, and
// whether one of them differs in sound.
func differing(a, b string) (from, to string, near bool) {
	for len(a) > 0 && len(b) > 0 {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			from, to = from+a[:n], to+b[:m]
			near = near || sound.Of(x) != sound.Of(y)
		}
		a, b = a[n:], b[m:]
	}
	return from, to, near
}

// differ returns the z of two shares with a common variance: above 0 where b has more.
func differ(a, b Usage) float64 {
	p := float64(a.NotUnderstood+b.NotUnderstood) / float64(a.Said+b.Said)
	sd := math.Sqrt(p * (1 - p) * (1/float64(a.Said) + 1/float64(b.Said)))
	if sd == 0 {
		return 0
	}
	return (b.Share() - a.Share()) / sd
}

// addMisheard counts the replies of an error and adds it; false if all of its replies
// together do not show it.
func (f *finder) addMisheard(replies []reply, group []pairOf) bool {
	marked, named := f.forms(group)
	defer func() {
		for _, text := range marked {
			f.kinds[text] = 0
		}
	}()
	m := Misheard{Robot: f.robot(&replies[0]), Script: f.script(&replies[0]), Heard: named.Heard, Meant: named.Meant, Near: group[0].near}
	at := map[int32]int{}
	var own []int
	for i := range replies {
		r := &replies[i]
		if r.reason != none {
			continue
		}
		var is uint8
		for _, text := range f.said[r.texts.from:r.texts.to] {
			is |= f.kinds[text]
		}
		if is&asHeard != 0 {
			m.AsHeard.add(r.not)
			if r.not {
				own = append(own, i)
				at[r.node]++
				m.Calls = listCall(m.Calls, r.call)
			}
		}
		if is&asMeant != 0 {
			m.AsMeant.add(r.not)
		}
	}
	m.Z = differ(m.AsMeant, m.AsHeard)
	if m.AsMeant.Said == 0 || m.Z < surely-1 {
		return false
	}
	m.Pairs = f.pairsOf(group) // counted before replies are set aside
	for _, i := range own {
		f.setAside(&replies[i], misheard)
	}
	m.Node = most(at)
	f.report.Misheard = append(f.report.Misheard, m)
	return true
}

// pairsOf returns the shortest phrases that show an error, but for a character alone: one
// within another is no news.
func (f *finder) pairsOf(group []pairOf) []Pair {
	var pairs []Pair
	byLength := slices.Clone(group)
	slices.SortStableFunc(byLength, func(a, b pairOf) int { return cmp.Compare(len(f.phrases[a.heard]), len(f.phrases[b.heard])) })
	for _, p := range byLength {
		heard := f.phrases[p.heard]
		if utf8.RuneCountInString(heard) < 2 || slices.ContainsFunc(pairs, func(q Pair) bool { return strings.Contains(heard, q.Heard) }) {
			continue
		}
		pairs = append(pairs, Pair{heard, f.phrases[p.meant], f.uses[p.heard].Usage, f.uses[p.meant].Usage})
	}
	slices.SortStableFunc(pairs, func(a, b Pair) int { return cmp.Compare(b.AsHeard.NotUnderstood, a.AsHeard.NotUnderstood) })
	return pairs[:min(len(pairs), mostPairs)]
}

// What a text has of an error.
const (
	asHeard = 1 << iota
	asMeant
)

// forms marks in kinds the texts of replies without a reason that have a phrase with an
// error, as it is heard or as it is meant, and returns which it marked, and what the error
// is called: the characters that differ or, where they do not stand together, the phrases
// of the first pair. Phrases count that are said in both ways, also those that are too rare
// to show the error.
func (f *finder) forms(group []pairOf) (marked []int32, named Pair) {
	kinds := map[string]uint8{}
	var parts []string // a text without them has no such phrase
	for _, p := range group {
		kinds[f.phrases[p.heard]] |= asHeard
		kinds[f.phrases[p.meant]] |= asMeant
		parts = append(parts, f.phrases[p.heard], f.phrases[p.meant])
	}
	named = Pair{Heard: f.phrases[group[0].heard], Meant: f.phrases[group[0].meant]}
	together := strings.Contains(named.Heard, group[0].heardText)
	if together {
		named = Pair{Heard: group[0].heardText, Meant: group[0].meantText}
		parts = append(slices.DeleteFunc(parts, func(s string) bool { return strings.Contains(s, named.Heard) || strings.Contains(s, named.Meant) }), named.Heard, named.Meant)
	}
	f.eachText(func(text int32) {
		spoken := f.spoken(text)
		if slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(spoken, part) }) {
			marked = append(marked, text)
		}
	})
	if together {
		f.addForms(kinds, marked, named.Heard, named.Meant)
	}
	for _, text := range marked {
		f.eachPhrase(text, func(phrase string) { f.kinds[text] |= kinds[phrase] })
	}
	return marked, named
}

// addForms adds the phrases of texts with an error that are also said as they are meant.
func (f *finder) addForms(kinds map[string]uint8, texts []int32, heard, meant string) {
	said := map[string]bool{}
	for _, text := range texts {
		f.eachWith(text, meant, func(phrase string) { said[phrase] = true })
	}
	for _, text := range texts {
		f.eachWith(text, heard, func(phrase string) {
			if other := strings.ReplaceAll(phrase, heard, meant); said[other] {
				kinds[phrase] |= asHeard
				kinds[other] |= asMeant
			}
		})
	}
}

// eachText calls do with the texts of the replies that have no reason yet.
func (f *finder) eachText(do func(text int32)) {
	for i := range f.groups {
		if f.groups[i].Said == 0 {
			continue
		}
		for _, text := range f.said[f.groups[i].texts.from:f.groups[i].texts.to] {
			do(text)
		}
	}
}

func (u *Usage) add(missed bool) {
	u.Said++
	if missed {
		u.NotUnderstood++
	}
}

// most returns the key with the highest count, of several the smallest.
func most(counts map[int32]int) int32 {
	best := int32(-1)
	for key, n := range counts {
		if best < 0 || n > counts[best] || n == counts[best] && key < best {
			best = key
		}
	}
	return best
}
