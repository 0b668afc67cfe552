package texts

import (
	"hash/maphash"

	"callmill/pipeline/redact/numbers"
	"callmill/pipeline/redact/others"
	"callmill/pipeline/redact/own"
)

// looks are what the finders see of the lines of a conversation at a look, line by line.
type looks struct {
	own     []*own.Look
	numbers []numbers.Look
	others  []*others.Look
}

func (l *looks) reset() { l.own, l.numbers, l.others = l.own[:0], l.numbers[:0], l.others[:0] }

// known is what is remembered of a text: most lines are said in many calls, and so are
// patterns, summaries and parameters.
type known struct {
	text    []byte
	search  int  // the last that looked at it
	clean   bool // alone, there is no number, no address, no other person in it
	numbers numbers.Look
	others  others.Look
	own     own.Look
}

// How many texts are remembered, and how long they may be. Two that meet at one place
// take it from each other, so however many texts come by, no memory is asked for.
const (
	remembered = 1 << 14
	longest    = 512
)

// memory remembers texts by their hash.
type memory struct {
	seed   maphash.Seed
	known  []known  // by the hash
	search int      // the one at hand, which keeps what it looked at
	more   []*known // what there is no place for until the next search
	used   int      // of more
}

func newMemory() memory {
	return memory{seed: maphash.MakeSeed(), known: make([]known, remembered)}
}

// look returns what is known of a text, until the next search.
func (m *Masker) look(text string) *known {
	if len(text) > longest {
		return m.unremembered(text)
	}
	k := &m.memory.known[maphash.String(m.memory.seed, text)%remembered]
	if string(k.text) != text || k.text == nil {
		if k.search == m.memory.search {
			return m.unremembered(text)
		}
		k.text, k.clean = append(k.text[:0], text...), false
		m.see(k, text)
	}
	k.search = m.memory.search
	return k
}

// unremembered looks at a text that there is no place for.
func (m *Masker) unremembered(text string) *known {
	if m.memory.used == len(m.memory.more) {
		m.memory.more = append(m.memory.more, new(known))
	}
	k := m.memory.more[m.memory.used]
	m.memory.used++
	k.clean = false
	m.see(k, text)
	return k
}

// see has the finders look at a text.
func (m *Masker) see(k *known, text string) {
	k.own, k.numbers, k.others = m.own.Look(text), m.numbers.Look(text), m.others.Look(text)
}

// nextSearch gives back what the last search kept.
func (m *memory) nextSearch() { m.search, m.used = m.search+1, 0 }
