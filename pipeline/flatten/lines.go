package flatten

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"callmill/schema"
)

// Lines remembers what was found out about lines that are said again and again.
// A robot reads from a script, and people answer 喂, 嗯 and 好的: half of the
// lines of a night and more are repeats. To find one takes a tenth of the time
// that cutting it takes, and who gathers and writes its rows need not look at
// its words again: see [schema.Line].
//
// The flatteners of a run share it: it is safe for concurrent use, and finding
// waits for nobody. It is bounded; what does not fit is cut each time. Which
// lines are remembered differs from run to run, what rows say does not.
type Lines struct {
	seed  maphash.Seed
	slots []atomic.Pointer[line] // open addressing; what is there stays
	once  []atomic.Uint32        // tags of lines that were met once: only the second time they are kept
	room  atomic.Int64           // bytes

	adding sync.Mutex
	count  int32
}

type line struct {
	hash uint64
	schema.Line
}

const (
	maxLines  = 1 << 15
	onceSlots = 1 << 17
	// maxLine is the length in bytes of the longest line that is kept: longer
	// ones hardly repeat.
	maxLine = 1 << 10
)

// NewLines makes an empty Lines, which takes 1 MB, for lines of so many bytes
// all together, but for the one that is added last; 0 means 12 MiB. Who gathers
// and writes keeps a few bytes for each line besides. A nil Lines remembers
// nothing.
func NewLines(bytes int64) *Lines {
	if bytes == 0 {
		bytes = 12 << 20
	}
	l := &Lines{
		seed:  maphash.MakeSeed(),
		slots: make([]atomic.Pointer[line], 2*maxLines), // half of them stay empty, so that a search ends soon
		once:  make([]atomic.Uint32, onceSlots),
	}
	l.room.Store(bytes)
	return l
}

// clue is where a script is to be looked for.
type clue struct {
	hash  uint64 // 0: nowhere, it is not kept anyway
	first *line  // what is in its first slot
}

// ahead appends the clues of the scripts of turns to dst. The processor fetches
// the slots of several at once; find would wait for one after the other.
func (l *Lines) ahead(dst []clue, turns []schema.Turn) []clue {
	for i := range turns {
		c := clue{}
		if n := len(turns[i].Script); l != nil && n > 0 && n <= maxLine {
			c.hash = max(1, maphash.String(l.seed, turns[i].Script))
			c.first = l.slots[c.hash%uint64(len(l.slots))].Load()
		}
		dst = append(dst, c)
	}
	return dst
}

// find gives the line of a script, nil where it is not there; wanted says that
// it should be.
func (l *Lines) find(script string, c clue) (known *schema.Line, wanted bool) {
	if c.first.is(c.hash, script) {
		return &c.first.Line, false
	}
	if c.hash == 0 {
		return nil, false
	}
	if known := l.slot(c.hash, script).Load(); known != nil {
		return &known.Line, false
	}
	return nil, l.room.Load() > 0 && l.metBefore(c.hash)
}

func (l *line) is(hash uint64, script string) bool {
	return l != nil && l.hash == hash && l.Script == script
}

// metBefore reports whether a line was met once, and notes it. Each has two
// places: where lines come in the same order again and again, two that share
// one would push each other out for ever.
func (l *Lines) metBefore(hash uint64) bool {
	tag := uint32(hash>>32) | 1
	first, second := &l.once[hash%onceSlots], &l.once[hash>>20%onceSlots]
	switch {
	case first.Load() == tag || second.Load() == tag:
		return true
	case first.Load() == 0:
		first.Store(tag)
	case second.Load() == 0 || tag&2 != 0: // where both are taken, a bit says whose it becomes
		second.Store(tag)
	default:
		first.Store(tag)
	}
	return false
}

// slot is where a line is, or would be.
func (l *Lines) slot(hash uint64, script string) *atomic.Pointer[line] {
	for i := hash; ; i++ {
		slot := &l.slots[i%uint64(len(l.slots))]
		known := slot.Load()
		if known == nil || known.is(hash, script) {
			return slot
		}
	}
}

// add keeps a line, unless it is there by now or there is no room; it gives the
// one that is kept, nil for none.
func (l *Lines) add(hash uint64, fresh schema.Line) *schema.Line {
	l.adding.Lock()
	defer l.adding.Unlock()
	slot := l.slot(hash, fresh.Script)
	if known := slot.Load(); known != nil {
		return &known.Line
	}
	if l.count == maxLines || l.room.Load() <= 0 {
		l.room.Store(0)
		return nil
	}
	fresh.Number = l.count
	l.count++
	l.room.Add(-int64(int(unsafe.Sizeof(line{})) + len(fresh.Script) + len(fresh.Pattern) + 16*len(fresh.Tokens)))
	kept := &line{hash, fresh}
	slot.Store(kept)
	return &kept.Line
}

// look gives what is known of a script: its line, or where it has none the
// lengths of its words, which are good until the next call.
func (f *Flattener) look(script string, c clue) (known *schema.Line, words []int32) {
	known, wanted := f.lines.find(script, c)
	if known != nil {
		return known, nil
	}
	f.words = f.words[:0]
	if script != "" {
		f.words = f.segment.Cut(f.words, script)
	}
	if wanted {
		known = f.remember(script, c.hash)
	}
	return known, f.words
}

// remember keeps a script whose words were just cut.
func (f *Flattener) remember(script string, hash uint64) *schema.Line {
	text := strings.Clone(script) // whose memory is used again
	fresh := schema.Line{
		Script: text, Tokens: appendWords(make([]string, 0, len(f.words)), text, f.words),
		Chars: count(utf8.RuneCountInString(script)), Pattern: text,
	}
	if slots := f.unnamed.Append(nil, script); len(slots) > 0 {
		fresh.Pattern = string(slots)
	}
	return f.lines.add(hash, fresh)
}
