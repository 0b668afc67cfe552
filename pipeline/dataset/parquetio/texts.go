package parquetio

import (
	"bytes"
	"encoding/binary"

	"github.com/parquet-go/parquet-go/format"
)

const (
	// dictionaryBytes is the size beyond which the rest of the row group falls
	// back to plain encoding.
	dictionaryBytes = 1 << 20
	// maxBound is the length of the longest text that is written as a bound.
	maxBound = 256
)

// texts are the values of a column of texts: dictionary indexes, or plain.
type texts struct {
	bounded bool
	entries *dictionary // nil: not wanted
	usesIt  bool        // in this row group, still

	indexes []int32
	plain   []byte

	// The text that was added last, while the rows that hold it are valid, and
	// its index: most columns repeat the value of the row before.
	last      string
	lastIndex int32

	// Since bounds was called; the heads are of least and greatest.
	least, greatest         []byte
	leastHead, greatestHead uint64
	any, tooLong            bool
}

func newTexts(dict, bounded bool) *texts {
	t := &texts{bounded: bounded}
	if dict {
		t.entries = newDictionary()
	}
	t.reset()
	return t
}

func (t *texts) reset() {
	t.usesIt = t.entries != nil
	if t.usesIt {
		t.entries.reset()
	}
}

func (t *texts) add(s string) {
	if !t.usesIt {
		t.plain = appendPlain(t.plain, s)
		t.bound(s)
		return
	}
	if len(s) > 0 && s == t.last {
		t.indexes = append(t.indexes, t.lastIndex)
		return
	}
	index, ok := t.entries.place(s)
	if !ok {
		t.giveUp()
		t.add(s)
		return
	}
	t.indexes = append(t.indexes, index)
	if index != t.lastIndex || !t.any {
		t.bound(s)
	}
	t.last, t.lastIndex = s, index
}

// addAll adds the words of a script; the same word hardly ever comes twice in a
// row.
func (t *texts) addAll(words []string) {
	if t.usesIt && !t.bounded {
		placed := 0
		if t.indexes, placed = t.entries.appendPlaces(t.indexes, words); placed < len(words) {
			t.giveUp()
		}
		words = words[placed:]
	}
	for _, s := range words {
		t.add(s)
	}
	t.last = ""
}

// giveUp falls back to plain encoding for the rest of the row group; earlier
// pages keep the dictionary.
func (t *texts) giveUp() {
	for _, index := range t.indexes {
		t.plain = appendPlain(t.plain, t.entries.text(index))
	}
	t.indexes, t.usesIt = t.indexes[:0], false
}

// appendPlain appends a text in plain encoding.
func appendPlain(dst []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint32(dst, uint32(len(s))), s...)
}

func (t *texts) bound(s string) {
	if !t.bounded {
		return
	}
	if h := head(s); !t.any || h <= t.leastHead || h >= t.greatestHead || len(s) > maxBound {
		t.widen(s, h)
	}
}

// widen widens the bounds by a text.
func (t *texts) widen(s string, h uint64) {
	switch {
	case len(s) > maxBound:
		t.tooLong = true
	case !t.any:
		t.any = true
		t.least, t.greatest = append(t.least[:0], s...), append(t.greatest[:0], s...)
		t.leastHead, t.greatestHead = h, h
	case s < string(t.least):
		t.least, t.leastHead = append(t.least[:0], s...), h
	case s > string(t.greatest):
		t.greatest, t.greatestHead = append(t.greatest[:0], s...), h
	}
}

// head returns the first eight bytes of a text as a number: of two texts the one
// with the lesser head is the lesser one; equal heads decide nothing.
func head(s string) (h uint64) {
	if len(s) >= 8 {
		return binary.BigEndian.Uint64([]byte(s[:8]))
	}
	for i := range len(s) {
		h |= uint64(s[i]) << (56 - 8*i)
	}
	return h
}

func (t *texts) bounds() (least, greatest []byte, ok bool) {
	ok = t.any && !t.tooLong
	t.any, t.tooLong = false, false
	if !ok {
		return nil, nil, false
	}
	// Never nil, which means no bound: "" is one.
	return append([]byte{}, t.least...), append([]byte{}, t.greatest...), true
}

func (t *texts) compare(a, b []byte) int { return bytes.Compare(a, b) }

// size counts two bytes for an index.
func (t *texts) size() int { return len(t.plain) + 2*len(t.indexes) }

func (t *texts) encode(scratch *[]byte) (page []byte, _ format.Encoding, err error) {
	switch {
	case t.usesIt:
		*scratch, err = encodePlaces(*scratch, t.indexes)
		return *scratch, format.RLEDictionary, err
	}
	return t.plain, format.Plain, nil
}

func (t *texts) clear() { t.plain, t.indexes = emptied(t.plain), emptied(t.indexes) }

func (t *texts) dictionary() (plain []byte, n int) {
	if t.entries == nil {
		return nil, 0
	}
	return t.entries.plain, t.entries.len()
}
