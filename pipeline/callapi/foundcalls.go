package callapi

import (
	"encoding/binary"

	"callmill/schema"
)

// foundCall is a call that SearchTask listed. As schema.Facts have it, it takes
// some 300 bytes; packed one after the other the calls of a job take some 50
// each:
//
//	task id: its length and bytes
//	campaign, script: numbers of names
//	what is known: a bit each, with those of the three answers to yes or no
//	duration, ringing, reason: varints, those that are known
//	exceptions: how many, and numbers of names
type foundCall struct {
	taskID string
	facts  schema.Facts
}

// callSize is how many bytes a packed call takes, mostly.
const callSize = 52

// Bits of what is known of a call. The answers to yes or no have two each:
// known, and yes.
const (
	knownDuration = 1 << iota
	knownRinging
	knownReason
	knownEnd
	yesEnd
	knownPlayback
	yesPlayback
	knownRejection
	yesRejection
)

// names are the texts that many calls share, numbered.
type names struct {
	numbers map[string]uint64
	texts   []string
}

func (n *names) number(text string) uint64 {
	if known, ok := n.numbers[text]; ok {
		return known
	}
	if n.numbers == nil {
		n.numbers = map[string]uint64{}
	}
	number := uint64(len(n.texts))
	n.numbers[text], n.texts = number, append(n.texts, text)
	return number
}

// appendCall packs a call.
func (n *names) appendCall(b []byte, c foundCall) []byte {
	f := &c.facts
	b = binary.AppendUvarint(b, uint64(len(c.taskID)))
	b = append(b, c.taskID...)
	b = binary.AppendUvarint(b, n.number(f.JobGroupName))
	b = binary.AppendUvarint(b, n.number(f.ScriptName))
	known := bitOf(f.CallMS != nil, knownDuration) | bitOf(f.RingingS != nil, knownRinging) | bitOf(f.EndReason != nil, knownReason) |
		bitsOf(f.ReachedEnd, knownEnd, yesEnd) | bitsOf(f.LastPlaybackCompleted, knownPlayback, yesPlayback) |
		bitsOf(f.HungUpByRejection, knownRejection, yesRejection)
	b = binary.AppendUvarint(b, known)
	if f.CallMS != nil {
		b = binary.AppendVarint(b, *f.CallMS)
	}
	if f.RingingS != nil {
		b = binary.AppendVarint(b, int64(*f.RingingS))
	}
	if f.EndReason != nil {
		b = binary.AppendVarint(b, int64(*f.EndReason))
	}
	b = binary.AppendUvarint(b, uint64(len(f.DialExceptions)))
	for _, code := range f.DialExceptions {
		b = binary.AppendUvarint(b, n.number(code))
	}
	return b
}

func bitOf(is bool, bit uint64) uint64 {
	if is {
		return bit
	}
	return 0
}

func bitsOf(answer *bool, known, yes uint64) uint64 {
	return bitOf(answer != nil, known) | bitOf(answer != nil && *answer, yes)
}

// readCall reads the first of the calls that appendCall packed, and gives the
// rest.
func (n *names) readCall(b []byte) (c foundCall, rest []byte) {
	u := func() uint64 {
		value, size := binary.Uvarint(b)
		b = b[size:]
		return value
	}
	i := func() int64 {
		value, size := binary.Varint(b)
		b = b[size:]
		return value
	}
	length := u()
	c.taskID, b = string(b[:length]), b[length:]
	f := &c.facts
	f.JobGroupName, f.ScriptName = n.texts[u()], n.texts[u()]
	known := u()
	if known&knownDuration != 0 {
		f.CallMS = new(i())
	}
	if known&knownRinging != 0 {
		f.RingingS = new(int32(i()))
	}
	if known&knownReason != 0 {
		f.EndReason = new(int32(i()))
	}
	f.ReachedEnd = answerOf(known, knownEnd, yesEnd)
	f.LastPlaybackCompleted = answerOf(known, knownPlayback, yesPlayback)
	f.HungUpByRejection = answerOf(known, knownRejection, yesRejection)
	for range u() {
		f.DialExceptions = append(f.DialExceptions, n.texts[u()])
	}
	return c, b
}

func answerOf(bits, known, yes uint64) *bool {
	if bits&known == 0 {
		return nil
	}
	return new(bits&yes != 0)
}
