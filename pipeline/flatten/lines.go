package flatten

import (
	"hash/maphash"
	"unicode/utf8"
)

// lines remembers what was found out about lines that were met before. A robot
// reads from a script, and people answer 喂, 嗯 and 好的: half of the lines of a
// night and more are repeats, and comparing one takes a tenth of the time that
// cutting it takes. It is for one goroutine, and its memory is bounded.
type lines struct {
	seed  maphash.Seed // which lines are remembered depends on it, and nothing else
	once  []uint32     // tags of lines that were met once: only the second time they are kept
	slots []line       // in pairs: a line is in either of the two its hash names
}

// line is a line that was met before.
type line struct {
	tag    uint32 // of its hash, never 0; 0: none
	script []byte

	cut   bool
	words []int32 // lengths, as Segmenter gives them
	chars int

	// What patterns makes of it in a call without names, once asked for;
	// empty: the line is its own pattern.
	pattern   []byte
	patterned bool
}

const (
	lineSlots = 1 << 14
	onceSlots = 1 << 16
	// maxLine is the length in bytes of the longest line that is kept: longer
	// ones hardly repeat. It bounds the memory: lines of usual length take 5 MB
	// when all slots are full, lines of as many words as bytes 36.
	maxLine = 256
)

func newLines() *lines {
	return &lines{seed: maphash.MakeSeed(), once: make([]uint32, onceSlots), slots: make([]line, lineSlots)}
}

// find gives the line of a script, nil for one that is met for the first time.
// What it says is still to be filled in the second time.
func (l *lines) find(script string) *line {
	if len(script) > maxLine {
		return nil
	}
	hash := maphash.String(l.seed, script)
	tag := uint32(hash>>32) | 1
	first := hash % (lineSlots / 2) * 2
	pair := l.slots[first : first+2 : first+2]
	for i := range pair {
		if pair[i].tag == tag && string(pair[i].script) == script {
			return &pair[i]
		}
	}
	if once := &l.once[hash%onceSlots]; *once != tag {
		*once = tag
		return nil
	}
	// The one that was kept last stays for one more.
	pair[0], pair[1] = pair[1], pair[0]
	kept := &pair[0]
	kept.tag, kept.script, kept.cut, kept.patterned = tag, append(kept.script[:0], script...), false, false
	return kept
}

// look cuts a line and counts its characters, or remembers both.
func (f *Flattener) look(script string) (known *line, words []int32, chars int) {
	known = f.lines.find(script)
	if known != nil && known.cut {
		return known, known.words, known.chars
	}
	f.words = f.words[:0]
	if script != "" {
		f.words = f.segment.Cut(f.words, script)
	}
	chars = utf8.RuneCountInString(script)
	if known != nil {
		known.words, known.chars, known.cut = append(known.words[:0], f.words...), chars, true
	}
	return known, f.words, chars
}
