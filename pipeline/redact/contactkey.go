package redact

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

const (
	// keyBytes is how much of the HMAC is the contact key, in hexadecimal.
	keyBytes = 16

	// remembered is how many keys are cached: a job repeats its few numbers in its
	// contacts, in every attempt and in the contact of the attempt.
	remembered = 4
)

// keyer computes contact keys and caches the last few.
type keyer struct {
	mac     hash.Hash
	digits  []byte
	scratch []byte
	sum     [sha256.Size]byte
	text    [2 * keyBytes]byte

	recent [remembered]recentKey
	next   int // entry of recent to be replaced next
}

// recentKey holds a copy of the digits: the number may be in a buffer that is reused.
type recentKey struct {
	digits []byte
	key    string // "" in an unused entry
}

func newKeyer(key []byte) keyer {
	return keyer{mac: hmac.New(sha256.New, key)}
}

func (k *keyer) key(number string) string {
	k.digits, k.scratch = appendNumber(k.digits[:0], number, k.scratch)
	if len(k.digits) == 0 {
		return ""
	}
	for i := range k.recent {
		if r := &k.recent[i]; r.key != "" && bytes.Equal(r.digits, k.digits) {
			return r.key
		}
	}
	k.mac.Reset()
	k.mac.Write(k.digits)
	sum := k.mac.Sum(k.sum[:0])
	hex.Encode(k.text[:], sum[:keyBytes])

	r := &k.recent[k.next]
	k.next = (k.next + 1) % remembered
	r.digits = append(r.digits[:0], k.digits...)
	r.key = string(k.text[:])
	return r.key
}
