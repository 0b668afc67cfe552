package users

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is what a hash costs whoever makes it.
type cost struct {
	time    uint32 // passes
	memory  uint32 // KiB
	threads uint8
}

// usual is the cost of new hashes: the second recommended option of RFC 9106, section 4,
// for where 2 GiB are too much.
var usual = cost{time: 3, memory: 64 << 10, threads: 4}

// most bounds the cost that a file may ask for, so that a damaged one cannot take the
// machine's memory.
var most = cost{time: 32, memory: 256 << 10, threads: 16}

const (
	saltBytes = 16
	keyBytes  = 32
)

// hash is what is kept of a password: $argon2id$v=19$m=65536,t=3,p=4$salt$key, the last
// two in base64 without padding.
type hash struct {
	cost
	salt, key []byte
}

var encoding = base64.RawStdEncoding.Strict()

func (h *hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.threads,
		encoding.EncodeToString(h.salt), encoding.EncodeToString(h.key))
}

func (h *hash) of(password string) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, keyBytes)
}

// matches compares in a time that does not depend on what differs.
func (h *hash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.of(password), h.key) == 1
}

func newHash(c cost, password string) (string, error) {
	h := hash{cost: c, salt: make([]byte, saltBytes)}
	if _, err := rand.Read(h.salt); err != nil {
		return "", err
	}
	h.key = h.of(password)
	return h.String(), nil
}

// nobody is a hash of a cost that no password has.
func nobody(c cost) *hash { return &hash{cost: c, salt: make([]byte, saltBytes)} }

func parseHash(text string) (*hash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return nil, errors.New("the hash is none of argon2id")
	}
	h := &hash{}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return nil, errors.New("the hash does not say its cost")
	}
	var err, err2 error
	h.salt, err = encoding.DecodeString(parts[4])
	h.key, err2 = encoding.DecodeString(parts[5])
	switch {
	case err != nil || err2 != nil || len(h.salt) < 8 || len(h.salt) > 64 || len(h.key) != keyBytes:
		return nil, errors.New("the hash is damaged")
	case h.time < 1 || h.threads < 1 || h.memory < 8*uint32(h.threads):
		return nil, errors.New("the hash is damaged: its cost is none")
	case h.time > most.time || h.memory > most.memory || h.threads > most.threads:
		return nil, errors.New("the hash costs more than the desk can pay")
	case h.String() != text:
		return nil, errors.New("the hash is spelled in another way, or of another version")
	}
	return h, nil
}
