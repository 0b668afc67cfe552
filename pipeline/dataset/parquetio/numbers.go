package parquetio

import (
	"cmp"
	"encoding/binary"

	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/format"
)

// dictionaryNumbers is how many different numbers are worth a dictionary: with
// more, an index takes hardly fewer bits than the number.
const dictionaryNumbers = 1 << 14

// numbers are the values of a column of INT32 or INT64: dictionary indexes, or
// plain.
type numbers struct {
	narrow bool // INT32
	dict   bool // wanted

	usesDictionary bool // in this row group, still
	places         map[int64]int32
	recent         []recent
	plain          []byte // the dictionary's numbers
	indexes        []int32

	page            []int64
	least, greatest int64
	any             bool // since bounds was called
}

// recent is one more than the index of the number that was looked up last of
// those with the same lowest bits; 0 means none. Positions, lengths and waiting
// times repeat soon, and are found there in a fraction of a map's time.
type recent struct {
	number int64
	place  int32
}

const recentNumbers = 1 << 9

func newNumbers(narrow, dict bool) *numbers {
	n := &numbers{narrow: narrow, dict: dict}
	if dict {
		n.places, n.recent = map[int64]int32{}, make([]recent, recentNumbers)
	}
	n.reset()
	return n
}

func (n *numbers) reset() {
	n.usesDictionary = n.dict
	clear(n.places)
	clear(n.recent)
	n.plain = n.plain[:0]
}

func (n *numbers) add(v int64) {
	if !n.any {
		n.least, n.greatest, n.any = v, v, true
	} else {
		n.least, n.greatest = min(n.least, v), max(n.greatest, v)
	}
	if !n.usesDictionary {
		n.page = append(n.page, v)
		return
	}
	if last := &n.recent[v&(recentNumbers-1)]; last.number == v && last.place > 0 {
		n.indexes = append(n.indexes, last.place-1)
		return
	}
	n.addRare(v)
}

// addRare adds a number that is not in recent.
func (n *numbers) addRare(v int64) {
	place, ok := n.places[v]
	if !ok {
		place = int32(len(n.places))
		if place == dictionaryNumbers {
			n.giveUp()
			n.page = append(n.page, v)
			return
		}
		n.places[v] = place
		n.plain = n.append(n.plain, v)
	}
	n.recent[v&(recentNumbers-1)] = recent{v, place + 1}
	n.indexes = append(n.indexes, place)
}

// giveUp falls back to plain encoding for the rest of the row group; earlier
// pages keep the dictionary.
func (n *numbers) giveUp() {
	for _, index := range n.indexes {
		n.page = append(n.page, n.entry(index))
	}
	n.indexes, n.usesDictionary = n.indexes[:0], false
}

func (n *numbers) entry(index int32) int64 {
	if n.narrow {
		return n.number(n.plain[4*index:])
	}
	return n.number(n.plain[8*index:])
}

// append writes a number plainly, number reads it.
func (n *numbers) append(dst []byte, v int64) []byte {
	if n.narrow {
		return binary.LittleEndian.AppendUint32(dst, uint32(v))
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(v))
}

func (n *numbers) number(b []byte) int64 {
	if n.narrow {
		return int64(int32(binary.LittleEndian.Uint32(b)))
	}
	return int64(binary.LittleEndian.Uint64(b))
}

func (n *numbers) bounds() (least, greatest []byte, ok bool) {
	if !n.any {
		return nil, nil, false
	}
	n.any = false
	return n.append(nil, n.least), n.append(nil, n.greatest), true
}

func (n *numbers) compare(a, b []byte) int { return cmp.Compare(n.number(a), n.number(b)) }

func (n *numbers) size() int { return 8*len(n.page) + 2*len(n.indexes) }

func (n *numbers) encode(scratch *[]byte) (page []byte, _ format.Encoding, err error) {
	if n.usesDictionary {
		*scratch, err = (&rle.DictionaryEncoding{}).EncodeInt32(*scratch, n.indexes)
		return *scratch, format.RLEDictionary, err
	}
	*scratch = (*scratch)[:0]
	for _, v := range n.page {
		*scratch = n.append(*scratch, v)
	}
	return *scratch, format.Plain, nil
}

func (n *numbers) clear() { n.page, n.indexes = n.page[:0], n.indexes[:0] }

func (n *numbers) dictionary() (plain []byte, count int) { return n.plain, len(n.places) }
