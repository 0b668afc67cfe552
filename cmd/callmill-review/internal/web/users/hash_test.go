package users

import (
	"encoding/hex"
	"testing"

	"golang.org/x/crypto/argon2"
)

// The hash is that of other implementations: this one is of the reference's command line,
// echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32.
func TestOtherImplementation(t *testing.T) {
	h := &hash{cost: cost{time: 2, memory: 1 << 16, threads: 1}, salt: []byte("somesalt")}
	if got := hex.EncodeToString(h.of("password")); got != "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7" {
		t.Errorf("key %s", got)
	}
	if argon2.Version != 0x13 {
		t.Errorf("version %d", argon2.Version)
	}
}

// Two hashes of one password differ, and are read as they were written.
func TestHash(t *testing.T) {
	const password = "correct horse battery"
	first, err := newHash(usual, password)
	if err != nil {
		t.Fatal(err)
	}
	second, err := newHash(usual, password)
	if err != nil || first == second {
		t.Errorf("%s twice, %v", first, err)
	}
	h, err := parseHash(first)
	if err != nil || !h.matches(password) || h.matches(password+"x") || h.cost != usual {
		t.Errorf("%+v, %v", h, err)
	}
	if nobody(usual).matches(password) {
		t.Error("nobody has a password")
	}
}

// Cheap has the hashes that a file gets cost next to nothing.
func Cheap(f *File) { f.usual = cost{time: 1, memory: 64, threads: 1} }
