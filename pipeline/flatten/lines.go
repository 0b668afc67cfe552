package flatten

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"

	"callmill/schema"
)

// lines remembers what was found out about lines that were met before. A robot
// reads from a script, and people answer 喂, 嗯 and 好的: half of the lines of a
// night and more are repeats, and comparing one takes a tenth of the time that
// cutting it takes. It is for one goroutine, and takes at most 7.5 MB.
//
// Comparing is mostly waiting for memory. So a line that is known is in two
// places only: its set, and one piece with all that is known of it.
type lines struct {
	seed  maphash.Seed // which lines are remembered depends on it, and nothing else
	sets  []lineSet
	pages [pageCount][]byte // the pieces, end to end; made when they are needed
	page  int               // the one that is being filled

	hashes  []uint64 // what ahead gave
	touched uint16   // see ahead
}

// lineSet has the lines whose hashes end alike, the one kept last first. It is
// one cache line of 64 bytes.
type lineSet struct {
	tags [8]uint16 // of their hashes, never 0; 0: none
	at   [8]uint32 // where in the pages their pieces are
	once [8]uint16 // tags of lines that were met, the last one first: only the second time they are kept
}

const (
	setCount  = 1 << 13
	pageSize  = 1 << 19
	pageCount = 14 // room for some 65,000 lines of usual length, as many as the sets have

	// maxLine is the length in bytes of the longest line that is kept. What a
	// robot says first, before it lets anybody speak, is long and in each call.
	maxLine = 1 << 10

	// pieceHead is the length of what a piece begins with: the lengths of
	// script, words and pattern and the number of characters, two bytes each,
	// which is enough for maxLine. Script, words and pattern follow.
	pieceHead = 8
)

// line is what is known of a line. Its slices are valid until the next is kept.
type line struct {
	words   []byte // lengths, as Segmenter gives them
	chars   int
	pattern []byte // in a call without names; empty: the line is its own pattern
}

func newLines() *lines {
	return &lines{seed: maphash.MakeSeed(), sets: make([]lineSet, setCount)}
}

// ahead gives the hashes of the scripts of turns, 0 for those that are too long
// to be kept. It touches each one's set, so that the processor fetches several
// at once, where find would wait for one after the other: in a run on real
// dialogues that is a tenth of the time flattening takes. The hashes are valid
// until the next call.
func (l *lines) ahead(turns []schema.Turn) []uint64 {
	l.hashes = empty(l.hashes, len(turns), maxKeptTexts)
	for i := range turns {
		hash := uint64(0)
		if len(turns[i].Script) <= maxLine {
			hash = maphash.String(l.seed, turns[i].Script)
			l.touched |= l.sets[hash%setCount].tags[0]
		}
		l.hashes = append(l.hashes, hash)
	}
	return l.hashes
}

func (l *lines) set(hash uint64) (set *lineSet, tag uint16) {
	return &l.sets[hash%setCount], uint16(hash>>32) | 1
}

// find gives what is known of a script, if it is kept. The whole script is
// compared: no hash makes one line pass for another.
func (l *lines) find(hash uint64, script string) (known line, ok bool) {
	set, tag := l.set(hash)
	for way, t := range set.tags {
		if t != tag {
			continue
		}
		at := set.at[way]
		piece := l.pages[at/pageSize][at%pageSize:]
		head := binary.LittleEndian.Uint64(piece)
		piece = piece[pieceHead:]
		n := int(head & math.MaxUint16)
		if string(piece[:n]) != script {
			continue
		}
		words := n + int(head>>16&math.MaxUint16)
		pattern := words + int(head>>32&math.MaxUint16)
		return line{words: piece[n:words], chars: int(head >> 48), pattern: piece[words:pattern]}, true
	}
	return line{}, false
}

// again reports whether a script that is not kept was met before, as far as
// its set remembers. Where it errs a line is kept too early or too late, and
// that is all.
func (l *lines) again(hash uint64) bool {
	set, tag := l.set(hash)
	if slices.Contains(set.once[:], tag) {
		return true
	}
	copy(set.once[1:], set.once[:])
	set.once[0] = tag
	return false
}

// keep remembers a script of at most maxLine bytes, in place of the oldest of
// its set. One with a word of more than 255 bytes is not kept.
func (l *lines) keep(hash uint64, script string, words []int32, chars int, pattern []byte) {
	for _, n := range words {
		if n > math.MaxUint8 {
			return
		}
	}
	page := l.room(pieceHead + len(script) + len(words) + len(pattern))
	piece := *page
	at := l.page*pageSize + len(piece)
	for _, n := range [...]int{len(script), len(words), len(pattern), chars} {
		piece = binary.LittleEndian.AppendUint16(piece, uint16(n))
	}
	piece = append(piece, script...)
	for _, n := range words {
		piece = append(piece, byte(n))
	}
	*page = append(piece, pattern...)

	set, tag := l.set(hash)
	copy(set.tags[1:], set.tags[:])
	copy(set.at[1:], set.at[:])
	set.tags[0], set.at[0] = tag, uint32(at)
}

// room gives a page with room for n bytes. Once all are full, that which was
// filled first is emptied.
func (l *lines) room(n int) *[]byte {
	if len(l.pages[l.page])+n > pageSize {
		l.page = (l.page + 1) % pageCount
		l.pages[l.page] = l.pages[l.page][:0]
		l.forget(uint32(l.page))
	}
	page := &l.pages[l.page]
	if *page == nil {
		*page = make([]byte, 0, pageSize)
	}
	return page
}

// forget takes the lines out of their sets whose pieces are in a page.
func (l *lines) forget(page uint32) {
	for i := range l.sets {
		set := &l.sets[i]
		for way, at := range set.at {
			if at/pageSize == page {
				set.tags[way] = 0
			}
		}
	}
}
