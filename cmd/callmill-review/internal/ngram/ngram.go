// Package ngram numbers the phrases of contacts: one to three words one after another
// that enough lines have.
package ngram

import "callmill/cmd/callmill-review/internal/corpus"

// None is the word that a phrase of fewer than three does not have.
const None = -1

// none is the number of what is said too rarely to be a phrase.
const none = None

// Phrase is one to three words, as codes of Corpus.Words; the rest is None.
type Phrase [3]int32

// Vocabulary is the phrases of contacts' texts, computed once per distinct text. The zero
// value has none.
type Vocabulary struct {
	Phrases []Phrase // by their number
	start   []int32  // of each text in ids, and their end
	ids     []int32  // phrases of the texts, each once per text
}

// Of returns the numbers of the phrases that a text has, each once.
func (v *Vocabulary) Of(text int32) []int32 {
	if v.start == nil {
		return nil
	}
	return v.ids[v.start[text]:v.start[text+1]]
}

// New numbers the phrases that at least some lines have; uses counts the lines that have a
// text. Phrases grow word by word: of a rare pair no triple is looked at.
func New(c *corpus.Corpus, uses []int32, atLeast int) *Vocabulary {
	var words, text []int32 // of all texts, one after another
	start := make([]int32, len(c.Texts)+1)
	for t := range c.Texts {
		if uses[t] > 0 && c.Texts[t].Speaker == corpus.Contact {
			for _, w := range c.Texts[t].Words {
				words, text = append(words, int32(w)), append(text, int32(t))
			}
		}
		start[t+1] = int32(len(words))
	}
	weight := func(at int) int32 { return uses[text[at]] }
	// together reports whether the words at two places are of one text.
	together := func(a, b int) bool { return b < len(text) && text[a] == text[b] }

	v := &Vocabulary{start: make([]int32, len(c.Texts)+1)}
	one, codes := frequent(words, c.Words.Len(), weight, atLeast)
	for _, code := range codes {
		v.Phrases = append(v.Phrases, Phrase{code, none, none})
	}
	next := make([]int32, len(one))
	for i := range one {
		next[i] = none
		if together(i, i+1) {
			next[i] = one[i+1]
		}
	}
	two, pairs := joined(one, next, len(codes), len(codes), weight, atLeast)
	for _, p := range pairs {
		v.Phrases = append(v.Phrases, Phrase{codes[p[0]], codes[p[1]], none})
	}
	for i := range two {
		next[i] = none
		if together(i, i+1) {
			next[i] = two[i+1]
		}
	}
	three, triples := joined(two, next, len(pairs), len(pairs), weight, atLeast)
	for _, p := range triples {
		left, right := pairs[p[0]], pairs[p[1]]
		v.Phrases = append(v.Phrases, Phrase{codes[left[0]], codes[left[1]], codes[right[1]]})
	}

	stamp := make([]int32, len(v.Phrases)) // the last text, counted from 1, that has the phrase
	add := func(text int, id int32) {
		if id >= 0 && stamp[id] != int32(text)+1 {
			stamp[id] = int32(text) + 1
			v.ids = append(v.ids, id)
		}
	}
	for t := range c.Texts {
		for i := start[t]; i < start[t+1]; i++ {
			add(t, one[i])
			if two[i] >= 0 {
				add(t, two[i]+int32(len(codes)))
			}
			if three[i] >= 0 {
				add(t, three[i]+int32(len(codes)+len(pairs)))
			}
		}
		v.start[t+1] = int32(len(v.ids))
	}
	return v
}

// frequent numbers the values, all below limit, whose places weigh enough: the number
// of each place, none of the others, and the values in the order of their numbers.
func frequent(values []int32, limit int, weight func(at int) int32, atLeast int) (ids, chosen []int32) {
	sum := make([]int32, limit)
	for i, v := range values {
		sum[v] += weight(i)
	}
	idOf := make([]int32, limit)
	for v := range idOf {
		idOf[v] = none
		if int(sum[v]) >= atLeast {
			idOf[v] = int32(len(chosen))
			chosen = append(chosen, int32(v))
		}
	}
	ids = make([]int32, len(values))
	for i, v := range values {
		ids[i] = idOf[v]
	}
	return ids, chosen
}

// joined does the same with pairs of numbers. It sorts places by their left number by
// counting, and counts the right ones of each in one array that is cleared by the list
// of what was touched: no map, no comparisons.
func joined(left, right []int32, lefts, rights int, weight func(at int) int32, atLeast int) (ids []int32, chosen [][2]int32) {
	bucket := make([]int32, lefts+1)
	is := func(i int) bool { return left[i] >= 0 && right[i] >= 0 }
	for i := range left {
		if is(i) {
			bucket[left[i]+1]++
		}
	}
	for l := range lefts {
		bucket[l+1] += bucket[l]
	}
	places := make([]int32, bucket[lefts])
	end := append([]int32(nil), bucket[:lefts]...)
	for i := range left {
		if is(i) {
			places[end[left[i]]] = int32(i)
			end[left[i]]++
		}
	}
	ids = make([]int32, len(left))
	for i := range ids {
		ids[i] = none
	}
	sum, idOf := make([]int32, rights), make([]int32, rights)
	var touched []int32
	for l := range lefts {
		for _, i := range places[bucket[l]:bucket[l+1]] {
			if sum[right[i]] == 0 {
				touched = append(touched, right[i])
			}
			sum[right[i]] += weight(int(i))
		}
		for _, r := range touched {
			idOf[r] = none
			if int(sum[r]) >= atLeast {
				idOf[r] = int32(len(chosen))
				chosen = append(chosen, [2]int32{int32(l), r})
			}
			sum[r] = 0
		}
		touched = touched[:0]
		for _, i := range places[bucket[l]:bucket[l+1]] {
			ids[i] = idOf[right[i]]
		}
	}
	return ids, chosen
}
