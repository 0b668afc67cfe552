package unclear

import (
	"hash/maphash"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
)

// number numbers the phrases that enough lines of replies have, once per distinct text.
// Most phrases are rarer: they are counted by their hashes, and no string is made of them.
func (f *finder) number() {
	texts := len(f.c.Texts)
	f.listed, f.groupOf, f.kinds = make([]span, texts), make([]int32, texts), make([]uint8, texts)
	lines := make([]int32, texts) // that say a text
	var distinct []int32
	for _, text := range f.said {
		if lines[text] == 0 {
			distinct = append(distinct, text)
			f.groupOf[text] = -1
		}
		lines[text]++
	}
	f.join(distinct)
	counts := newCounter()
	var entries []int32 // of all phrases of these texts, as they come
	for _, text := range distinct {
		f.eachPhrase(text, func(phrase string) {
			entry := counts.of(phrase)
			counts.entries[entry].lines += lines[text]
			entries = append(entries, entry)
		})
	}
	var last []int32 // by phrase: the text, from 1, in which it was last met
	for _, text := range distinct {
		from := int32(len(f.list))
		f.eachPhrase(text, func(phrase string) {
			s := &counts.entries[entries[0]]
			entries = entries[1:]
			if s.lines < fewestMeant {
				return
			}
			if s.id < 0 {
				s.id = int32(len(f.phrases))
				f.phrases, last = append(f.phrases, strings.Clone(phrase)), append(last, 0)
			}
			if last[s.id] != text+1 {
				last[s.id] = text + 1
				f.list = append(f.list, s.id)
			}
		})
		f.listed[text] = span{from, int32(len(f.list))}
	}
	f.uses = make([]use, len(f.phrases))
	f.hear()
}

// hear numbers how phrases sound.
func (f *finder) hear() {
	f.sounds = make([]int32, len(f.phrases))
	known := map[string]int32{}
	var key []byte
	for p, text := range f.phrases {
		f.sounds[p] = -1
		if key = soundOf(key[:0], text); len(key) == 0 {
			continue
		}
		n, ok := known[string(key)]
		if !ok {
			n = int32(len(known))
			known[string(key)] = n
		}
		f.sounds[p] = n
	}
}

// join joins the words of texts.
func (f *finder) join(texts []int32) {
	f.lengths = make([]int32, f.c.Words.Len())
	for w := range f.lengths {
		f.lengths[w] = int32(len(f.c.Words.String(corpus.Code(w))))
	}
	f.joined = make([]span, len(f.c.Texts))
	var b strings.Builder
	for _, text := range texts {
		f.joined[text].from = int32(b.Len())
		for _, w := range f.c.Texts[text].Words {
			b.WriteString(f.c.Words.String(w))
		}
		f.joined[text].to = int32(b.Len())
	}
	f.words = b.String()
}

// spoken returns the words of a text.
func (f *finder) spoken(text int32) string { return f.words[f.joined[text].from:f.joined[text].to] }

// eachPhrase calls do with each one to three words in a row of a text.
func (f *finder) eachPhrase(text int32, do func(phrase string)) {
	words, rest := f.c.Texts[text].Words, f.spoken(text)
	for i := range words {
		end := int32(0)
		for _, w := range words[i:min(i+3, len(words))] {
			end += f.lengths[w]
			do(rest[:end])
		}
		rest = rest[f.lengths[words[i]]:]
	}
}

// eachWith does so with the phrases that contain a part.
func (f *finder) eachWith(text int32, part string, do func(phrase string)) {
	if !strings.Contains(f.spoken(text), part) {
		return
	}
	f.eachPhrase(text, func(phrase string) {
		if strings.Contains(phrase, part) {
			do(phrase)
		}
	})
}

// counter counts strings by their hashes, in open addressing: a map of a million strings
// takes several times as long, and as much memory again as the corpus.
type counter struct {
	seed    maphash.Seed
	slots   []slot // a power of two
	entries []entry
}

// slot is where an entry is found. That two strings of a million have the same hash happens
// once in 10⁷ datasets, and makes one count too high.
type slot struct {
	hash  uint64 // 0 of an empty slot
	entry int32
}

// entry is a string that is counted.
type entry struct {
	lines int32
	id    int32 // -1 if it has none
}

func newCounter() *counter { return &counter{seed: maphash.MakeSeed(), slots: make([]slot, 1<<12)} }

// of returns the index of the entry of a string.
func (c *counter) of(s string) int32 {
	if 2*len(c.entries) >= len(c.slots) {
		old := c.slots
		c.slots = make([]slot, 2*len(old))
		for _, s := range old {
			if s.hash != 0 {
				*c.find(s.hash) = s
			}
		}
	}
	hash := max(maphash.String(c.seed, s), 1)
	found := c.find(hash)
	if found.hash == 0 {
		*found = slot{hash: hash, entry: int32(len(c.entries))}
		c.entries = append(c.entries, entry{id: -1})
	}
	return found.entry
}

// find returns the slot of a hash, or the empty one where it belongs.
func (c *counter) find(hash uint64) *slot {
	mask := uint64(len(c.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if s := &c.slots[i]; s.hash == hash || s.hash == 0 {
			return s
		}
	}
}
