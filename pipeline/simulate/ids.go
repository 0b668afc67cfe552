package simulate

import (
	"encoding/hex"

	"callmill/pipeline/simulate/dice"
)

// idKind is the kind of object an id belongs to.
//
// Ids look like random UUIDs (version 4), but their first 48 bits are a number,
// encrypted with the seed of the world: a job or task is found by its id without a
// table in memory.
type idKind uint64

const (
	jobIDs idKind = iota + 1
	taskIDs
	groupIDs
	scriptIDs
	contactIDs
	strategyIDs
	scenarioIDs
	tenantIDs
	requestIDs
	instanceIDs
)

// id returns the id of object n of a kind; n must be below 2^48.
func (w *World) id(kind idKind, n uint64) string {
	return formatID(w.seed, kind, n)
}

func formatID(seed uint64, kind idKind, n uint64) string {
	key := dice.Mix(seed ^ dice.Mix(uint64(forIDs)<<8|uint64(kind)))
	head := encrypt(key, n)
	tail := dice.Mix(key ^ dice.Mix(n))
	more := dice.Mix(tail)
	var raw [16]byte
	for i := range 6 {
		raw[i] = byte(head >> (40 - 8*i))
	}
	for i := range 8 {
		raw[6+i] = byte(tail >> (56 - 8*i))
	}
	raw[14], raw[15] = byte(more>>8), byte(more)
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[0:8], raw[0:4])
	hex.Encode(text[9:13], raw[4:6])
	hex.Encode(text[14:18], raw[6:8])
	hex.Encode(text[19:23], raw[8:10])
	hex.Encode(text[24:36], raw[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// number is the inverse of id; false for anything that id does not return.
func (w *World) number(kind idKind, id string) (uint64, bool) {
	if len(id) != 36 || id[8] != '-' {
		return 0, false
	}
	var raw [6]byte
	if _, err := hex.Decode(raw[:4], []byte(id[:8])); err != nil {
		return 0, false
	}
	if _, err := hex.Decode(raw[4:], []byte(id[9:13])); err != nil {
		return 0, false
	}
	var head uint64
	for _, b := range raw {
		head = head<<8 | uint64(b)
	}
	n := decrypt(dice.Mix(w.seed^dice.Mix(uint64(forIDs)<<8|uint64(kind))), head)
	return n, w.id(kind, n) == id
}

// encrypt and decrypt are a Feistel network of four rounds over 48 bits.
func encrypt(key, n uint64) uint64 {
	left, right := n>>24&0xffffff, n&0xffffff
	for round := range uint64(4) {
		left, right = right, left^dice.Mix(key+round<<32+right)&0xffffff
	}
	return left<<24 | right
}

func decrypt(key, n uint64) uint64 {
	left, right := n>>24, n&0xffffff
	for round := uint64(4); round > 0; round-- {
		left, right = right^dice.Mix(key+(round-1)<<32+left)&0xffffff, left
	}
	return left<<24 | right
}

// taskNumber numbers the attempts of all jobs; a job has fewer than 256.
func taskNumber(job, attempt int) uint64 { return uint64(job)<<8 | uint64(attempt) }
