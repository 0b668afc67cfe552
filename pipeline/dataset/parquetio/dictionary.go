package parquetio

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"slices"
	"unsafe"

	"github.com/parquet-go/parquet-go/encoding/rle"
)

// dictionary numbers texts in the order in which they come. It is a hash table
// with open addressing that compares words as integers: with Go's own map the
// look-up of words took a tenth of a run.
type dictionary struct {
	seed  maphash.Seed // of longer texts; seed and salt decide the order of slots and nothing else
	salt  key          // of shorter ones, so that collisions cannot be provoked
	slots []slot       // a power of two of them, at most half of them used
	ends  []uint32     // where each text ends in plain
	plain []byte       // the texts, as in a dictionary page
}

// slot is an entry of the table: what tells texts apart, with the length class of
// the text in the low bits of its hash, and one more than the text's number; 0
// means that it is free.
type slot struct {
	key          key
	hash, number uint32
}

// key holds a text of up to keyBytes; with the length it is unique. Of a longer
// text it is a hash.
type key struct{ head, tail uint64 }

const (
	fewSlots  = 1 << 8
	keyBytes  = 16
	classBits = 5
	longClass = 1<<classBits - 1 // of texts that have no key
)

func newDictionary() *dictionary {
	return &dictionary{
		seed: maphash.MakeSeed(), salt: key{rand.Uint64(), rand.Uint64()}, slots: make([]slot, fewSlots),
	}
}

// reset forgets all texts.
func (d *dictionary) reset() {
	clear(d.slots)
	d.plain, d.ends = d.plain[:0], d.ends[:0]
}

func (d *dictionary) len() int { return len(d.ends) }

// keyOf reads a text of up to keyBytes: its first and its last bytes, which
// overlap unless there are just as many.
func keyOf(s string) key {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	switch {
	case len(b) >= 8:
		return key{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[len(b)-8:])}
	case len(b) >= 4:
		return key{uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[len(b)-4:]))}
	case len(b) > 0:
		return key{uint64(b[0])<<16 | uint64(b[len(b)/2])<<8 | uint64(b[len(b)-1]), 0}
	}
	return key{}
}

// hash mixes like the last step of wyhash (Wang Yi, public domain).
func (k key) hash(salt key, length int) uint32 {
	high, low := bits.Mul64(k.head^salt.head, k.tail^salt.tail^uint64(length)<<56)
	return uint32(high^low)<<classBits | uint32(length)
}

// place returns the number of a text, which is added if it is new; ok is false if
// the dictionary is full.
func (d *dictionary) place(s string) (number int32, ok bool) {
	if len(s) > keyBytes {
		return d.placeLong(s)
	}
	k := keyOf(s)
	hash := k.hash(d.salt, len(s))
	mask := uint32(len(d.slots) - 1)
	for i := hash >> classBits & mask; ; i = (i + 1) & mask {
		at := &d.slots[i]
		if at.number == 0 {
			return d.add(s, at, k, hash)
		}
		if at.key == k && at.hash == hash {
			return int32(at.number - 1), true
		}
	}
}

// placeLong is place for a text that has no key.
func (d *dictionary) placeLong(s string) (number int32, ok bool) {
	k := key{head: maphash.String(d.seed, s)}
	hash := uint32(k.head)<<classBits | longClass
	mask := uint32(len(d.slots) - 1)
	for i := hash >> classBits & mask; ; i = (i + 1) & mask {
		at := &d.slots[i]
		if at.number == 0 {
			return d.add(s, at, k, hash)
		}
		if at.key == k && at.hash == hash && d.text(int32(at.number-1)) == s {
			return int32(at.number - 1), true
		}
	}
}

// appendPlaces appends the numbers of texts, as place returns them, up to the
// first that does not fit, and returns how many did.
func (d *dictionary) appendPlaces(dst []int32, list []string) ([]int32, int) {
	slots, salt := d.slots, d.salt
	for i, s := range list {
		if len(s) <= keyBytes {
			k := keyOf(s)
			hash := k.hash(salt, len(s))
			if at := &slots[int(hash>>classBits)&(len(slots)-1)]; at.key == k && at.hash == hash && at.number != 0 {
				dst = append(dst, int32(at.number-1))
				continue
			}
		}
		number, ok := d.place(s)
		if !ok {
			return dst, i
		}
		dst, slots = append(dst, number), d.slots
	}
	return dst, len(list)
}

// add adds a text whose slot is free.
func (d *dictionary) add(s string, at *slot, k key, hash uint32) (number int32, ok bool) {
	if len(d.plain)+4+len(s) > dictionaryBytes {
		return 0, false
	}
	d.plain = appendPlain(d.plain, s)
	d.ends = append(d.ends, uint32(len(d.plain)))
	*at = slot{k, hash, uint32(len(d.ends))}
	if 2*len(d.ends) > len(d.slots) {
		d.grow()
	}
	return int32(len(d.ends) - 1), true
}

func (d *dictionary) grow() {
	old := d.slots
	d.slots = make([]slot, 2*len(old))
	mask := uint32(len(d.slots) - 1)
	for _, entry := range old {
		if entry.number == 0 {
			continue
		}
		i := entry.hash >> classBits & mask
		for d.slots[i].number != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = entry
	}
}

// text returns the text with a number, valid until the next one is added.
func (d *dictionary) text(number int32) string {
	start := uint32(0)
	if number > 0 {
		start = d.ends[number-1]
	}
	b := d.plain[start+4 : d.ends[number]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// encodePlaces encodes the dictionary indexes of a page in whole bytes. Words that
// follow each other again and again, as in what a robot says, are then the same
// bytes again, which zstd finds. Packed into as few bits as possible they are
// not: words take a twelfth more, ids a third and more.
func encodePlaces(dst []byte, places []int32) ([]byte, error) {
	most := int32(0)
	for _, place := range places {
		most |= place
	}
	width := bits.Len32(uint32(most))
	if width > 8 {
		width = (width + 7) / 8 * 8
	}
	encoded, err := (&rle.Encoding{BitWidth: width}).EncodeInt32(dst[:0], places)
	if err != nil {
		return nil, err
	}
	return slices.Insert(encoded, 0, byte(width)), nil
}
