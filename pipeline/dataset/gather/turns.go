package gather

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unsafe"

	"callmill/schema"
)

// turnCodec encodes turns, of which there are more than of all other rows
// together. What is said of the call is written as a difference by a codec,
// and only where it changes; the columns that are a turn's own are written by
// the code below, which knows what they usually are: BenchmarkAppend takes
// half the time it took when every column went through the codec.
type turnCodec struct{ call *codec }

// ownColumns are those of a turn that turnCodec writes itself.
var ownColumns = []string{
	"turn_index", "turns_left", "speaker", "script", "tokens", "pattern", "chars", "stored_time", "gap_ms", "timing",
}

// A turn begins with two bytes that say what is usual about it and what
// follows.
const (
	newCall     = 1 << iota // a difference of the call's columns follows
	newPlace                // turn_index and turns_left follow: they are not the next
	echoes                  // the pattern is the script
	ownText                 // the pattern follows
	gapBefore               // gap_ms is what lies between the stored times of this turn and the one before
	ownGap                  // gap_ms follows; with none of both it is NULL
	ofLine                  // the number of a line follows instead of chars, script and tokens
	linePattern             // the pattern is that of the line
	speakerBits
	timingBits = speakerBits << 2
)

// codeBits is the mask of a value out of speakers or timings.
const codeBits = 3

// The values that are written as their place, from 1; 0 says that the text
// itself follows.
var (
	speakers = [...]string{schema.SpeakerRobot, schema.SpeakerContact, schema.SpeakerUnknown}
	timings  = [...]string{schema.TimingOK, schema.TimingFirst, schema.TimingTie}
)

func codeOf(s string, known *[3]string) int {
	for i := range known {
		if known[i] == s {
			return i + 1
		}
	}
	return 0
}

// append adds turns to dst, and those of their lines that it refers to, to
// lines. The first turn is written as a difference from before.
func (c *turnCodec) append(dst []byte, turns []schema.TurnRow, before *schema.TurnRow, said *lines) []byte {
	for i := range turns {
		dst = c.appendOne(dst, before, &turns[i], said)
		before = &turns[i]
	}
	return dst
}

func (c *turnCodec) appendOne(dst []byte, before, t *schema.TurnRow, said *lines) []byte {
	speaker, timing := codeOf(t.Speaker, &speakers), codeOf(t.Timing, &timings)
	head := speaker*speakerBits | timing*timingBits
	if !sameCall(before, t) {
		head |= newCall
	}
	if t.TurnIndex != before.TurnIndex+1 || t.TurnsLeft != before.TurnsLeft-1 {
		head |= newPlace
	}
	known := said.has(t.Line)
	if known {
		head |= ofLine
	}
	switch {
	case t.Pattern == "":
	case known && t.Pattern == t.Line.Pattern:
		head |= linePattern
	case t.Pattern == t.Script:
		head |= echoes
	default:
		head |= ownText
	}
	switch {
	case t.GapMS == nil:
	case *t.GapMS == t.StoredTime-before.StoredTime:
		head |= gapBefore
	default:
		head |= ownGap
	}

	dst = binary.LittleEndian.AppendUint16(dst, uint16(head))
	if head&newCall != 0 {
		dst = c.call.encode(dst, unsafe.Pointer(before), unsafe.Pointer(t))
	}
	if head&newPlace != 0 {
		dst = binary.AppendVarint(dst, int64(t.TurnIndex))
		dst = binary.AppendVarint(dst, int64(t.TurnsLeft))
	}
	if speaker == 0 {
		dst = appendString(dst, t.Speaker)
	}
	if timing == 0 {
		dst = appendString(dst, t.Timing)
	}
	dst = binary.AppendVarint(dst, t.StoredTime-before.StoredTime)
	if head&ownGap != 0 {
		dst = binary.AppendVarint(dst, *t.GapMS)
	}
	if known {
		dst = binary.AppendUvarint(dst, uint64(t.Line.Number))
	} else {
		dst = binary.AppendVarint(dst, int64(t.Chars))
		dst = appendString(dst, t.Script)
		dst = appendPieces(dst, t.Tokens)
	}
	if head&ownText != 0 {
		dst = appendString(dst, t.Pattern)
	}
	return dst
}

// sameCall reports whether the columns that are not a turn's own are equal.
func sameCall(a, b *schema.TurnRow) bool {
	return a.TaskID == b.TaskID && a.JobID == b.JobID && a.InstanceID == b.InstanceID && a.JobGroupID == b.JobGroupID &&
		a.Outcome == b.Outcome && same(a.Answered, b.Answered) && same(a.FailedDialogue, b.FailedDialogue) && same(a.CallDate, b.CallDate)
}

// appendPieces writes the lengths of the pieces that a text is cut into. Nearly
// all are words of less than 128 bytes.
func appendPieces(dst []byte, pieces []string) []byte {
	dst = slices.Grow(binary.AppendUvarint(dst, uint64(len(pieces))), len(pieces))
	for _, s := range pieces {
		if len(s) < 0x80 {
			dst = append(dst, byte(len(s)))
		} else {
			dst = binary.AppendUvarint(dst, uint64(len(s)))
		}
	}
	return dst
}

// read puts n turns where place says, the first as a difference from before. It
// keeps the last one in before, as readRows does.
func (c *turnCodec) read(src *source, n int64, before *schema.TurnRow, said lines, place func() (*schema.TurnRow, error)) error {
	for ; n > 0; n-- {
		t, err := place()
		if err != nil {
			return err
		}
		tokens := t.OwnTokens()
		*t = *before
		t.Tokens, t.Line = tokens, nil
		if err := c.decode(src, t, said); err != nil {
			return err
		}
		*before = *t
	}
	return nil
}

// decode fills t, which is a copy of the turn before but for its list, from the
// head of src. Strings alias src; the list is reused.
func (c *turnCodec) decode(src *source, t *schema.TurnRow, said lines) error {
	head := src.uint16()
	if impossible(head) {
		return errDamaged
	}
	if head&newCall != 0 {
		if err := c.call.decode(src, unsafe.Pointer(t)); err != nil {
			return err
		}
	}
	t.TurnIndex++
	t.TurnsLeft--
	if head&newPlace != 0 {
		t.TurnIndex, t.TurnsLeft = int32(src.varint()), int32(src.varint())
	}
	t.Speaker = src.known(head/speakerBits&codeBits, &speakers)
	t.Timing = src.known(head/timingBits&codeBits, &timings)
	sinceBefore := src.varint()
	t.StoredTime += sinceBefore
	switch {
	case head&gapBefore != 0:
		t.GapMS = src.number(sinceBefore)
	case head&ownGap != 0:
		t.GapMS = src.number(src.varint())
	default:
		t.GapMS = nil
	}
	if head&ofLine != 0 {
		line := said.at(src.uvarint())
		if line == nil {
			return errDamaged
		}
		t.Line, t.Script, t.Tokens, t.Chars = line, line.Script, line.Tokens, line.Chars
	} else {
		t.Chars = int32(src.varint())
		t.Script = src.string()
		t.Tokens = src.pieces(t.Tokens, t.Script)
	}
	switch {
	case head&linePattern != 0:
		t.Pattern = t.Line.Pattern
	case head&echoes != 0:
		t.Pattern = t.Script
	case head&ownText != 0:
		t.Pattern = src.string()
	default:
		t.Pattern = ""
	}
	if src.failed {
		return errDamaged
	}
	return nil
}

// impossible reports whether nobody writes such a beginning.
func impossible(head uint16) bool {
	const all = timingBits<<2 - 1
	return head&^all != 0 || head&gapBefore != 0 && head&ownGap != 0 || head&linePattern != 0 && head&ofLine == 0 ||
		bits.OnesCount16(head&(echoes|ownText|linePattern)) > 1
}

// lines are those that an appender's entries refer to, at their numbers.
type lines []*schema.Line

// has reports whether a line can be referred to by its number, and sees to it.
func (l *lines) has(line *schema.Line) bool {
	if line == nil || line.Number < 0 || line.Number >= schema.MaxLines {
		return false
	}
	n := int(line.Number)
	if n >= len(*l) {
		*l = append(*l, make([]*schema.Line, n+1-len(*l))...)
	}
	if (*l)[n] == nil {
		(*l)[n] = line
	}
	return (*l)[n] == line // else it is of somebody who counts, too
}

func (l lines) at(n uint64) *schema.Line {
	if n >= uint64(len(l)) {
		return nil
	}
	return l[n]
}
