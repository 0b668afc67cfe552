package unclear

import (
	"slices"
	"unicode/utf8"
)

// findNoIntent finds the phrases that are not understood, the surest first: its replies
// are set aside before the next one is looked for, so that longer and shorter forms of
// a phrase are found once.
func (f *finder) findNoIntent(replies []reply) {
	var candidates []int32
	for _, p := range f.touched {
		u := &f.uses[p]
		if utf8.RuneCountInString(f.phrases[p]) > 1 && u.Said >= fewestSaid && u.z() >= surely && 10*u.NotUnderstood >= 7*u.Said {
			candidates = append(candidates, p)
		}
	}
	slices.Sort(candidates)
	of := f.candidatesOf(candidates)
	with := make([][]int32, len(candidates)) // replies of a candidate
	for i := range replies {
		if replies[i].reason != none {
			continue
		}
		for _, k := range of[replies[i].group] {
			with[k] = append(with[k], int32(i))
		}
	}
	counted := make([]bool, len(replies)) // with a phrase that was found
	for range mostPhrases {
		best := f.best(candidates)
		if best < 0 {
			return
		}
		f.report.NoIntent = append(f.report.NoIntent, f.addNoIntent(replies, candidates[best], with[best]))
		for _, i := range with[best] {
			if counted[i] {
				continue
			}
			counted[i] = true
			one := f.one(&replies[i])
			for _, k := range of[replies[i].group] {
				f.uses[candidates[k]].remove(&one)
			}
		}
	}
}

// candidatesOf returns the indexes of the candidates that each group has.
func (f *finder) candidatesOf(candidates []int32) [][]int32 {
	of := make([][]int32, len(f.groups))
	if len(candidates) == 0 {
		return of
	}
	index := make([]int32, len(f.phrases)) // from 1
	for k, p := range candidates {
		index[p] = int32(k) + 1
	}
	for i := range f.groups {
		for _, p := range f.list[f.groups[i].phrases.from:f.groups[i].phrases.to] {
			if k := index[p]; k > 0 {
				of[i] = append(of[i], k-1)
			}
		}
	}
	return of
}

// best returns the index of the candidate that is surest now, -1 if none is sure.
func (f *finder) best(candidates []int32) int {
	best := -1
	for i, p := range candidates {
		u := &f.uses[p]
		if u.Said < fewestSaid || u.z() < surely || 10*u.NotUnderstood < 7*u.Said {
			continue
		}
		if best < 0 || u.z() > f.uses[candidates[best]].z() ||
			u.z() == f.uses[candidates[best]].z() && len(f.phrases[p]) > len(f.phrases[candidates[best]]) {
			best = i
		}
	}
	return best
}

// addNoIntent gives the replies with a phrase their reason, and returns the phrase.
func (f *finder) addNoIntent(replies []reply, phrase int32, with []int32) Phrase {
	u := f.uses[phrase]
	p := Phrase{Robot: f.robot(&replies[0]), Script: f.script(&replies[0]), Text: f.phrases[phrase], Usage: u.Usage, Expected: float64(u.expected) / unit, Z: u.z()}
	at := map[int32]int{}
	for _, i := range with {
		r := &replies[i]
		if !r.not || r.reason != none {
			continue
		}
		r.reason = noIntent
		at[r.node]++
		p.Calls = listCall(p.Calls, r.call)
		if len(p.Replies) < mostReplies {
			if said := f.textOf(r); !slices.Contains(p.Replies, said) {
				p.Replies = append(p.Replies, said)
			}
		}
	}
	p.Node = most(at)
	return p
}
