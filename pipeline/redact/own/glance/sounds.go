package glance

import "callmill/pipeline/redact/sound"

// Sounds is a set of syllables.
type Sounds [8]uint64

// Meets reports whether a syllable is in both sets.
func (s *Sounds) Meets(other *Sounds) bool {
	for i := range s {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

func (s *Sounds) Has(x sound.Syllable) bool { return s[x/64]&(1<<(x%64)) != 0 }
func (s *Sounds) Add(x sound.Syllable)      { s[x/64] |= 1 << (x % 64) }

// Pairs are pairs of syllables, of which it knows that one is none of them for sure.
type Pairs [4]uint64

// besideTitle is, in pairs, before a syllable that is beside a title: no character has it.
const besideTitle sound.Syllable = 8*64 - 1

func (p *Pairs) at(a, b sound.Syllable) (word *uint64, bit uint64) {
	h := uint32(a)*0x9e3779b1 + uint32(b)*0x85ebca6b
	h >>= 24
	return &p[h/64], 1 << (h % 64)
}

func (p *Pairs) Add(a, b sound.Syllable) {
	word, bit := p.at(a, b)
	*word |= bit
}

func (p *Pairs) Has(a, b sound.Syllable) bool {
	word, bit := p.at(a, b)
	return *word&bit != 0
}

func (p *Pairs) fill() { *p = Pairs{1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1} }

// mayFollow reports whether a character may follow another.
func (p *Pairs) mayFollow(a, b *Reading) bool {
	for _, x := range a.Classes[:a.N] {
		for _, y := range b.Classes[:b.N] {
			if p.Has(x, y) {
				return true
			}
		}
	}
	return false
}

// mostReadings is how many readings of a character count: what follows nobody is
// called by.
const mostReadings = 3

// Reading is what a character of a name may sound like: its syllables, and their classes.
type Reading struct {
	R       rune
	N       int // how many of these there are
	Sounds  [mostReadings]sound.Syllable
	Classes [mostReadings]sound.Syllable
}

// known reports whether a Look knows of the character.
func (c *Reading) known() bool { return first <= c.R && c.R <= last && c.N > 0 }

// Read returns what a character may sound like.
func Read(r rune) Reading {
	var all [16]sound.Syllable
	c := Reading{R: r}
	c.N = copy(c.Sounds[:], sound.Append(all[:0], r))
	for i, s := range c.Sounds[:c.N] {
		c.Classes[i] = s.Class()
	}
	return c
}
