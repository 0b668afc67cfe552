package erased

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"slices"
	"sync"
)

// Tombstone says that somebody was erased, and is not to come back. One of the first
// four is set.
type Tombstone struct {
	// Job is the digest of a job: it never comes back, not even if it is called again.
	// Nothing less keeps out what only names it, such as a list or a reject.
	Job       string `json:"job,omitempty"`
	Number    string `json:"number,omitempty"`    // digest of a number: jobs up to Until
	Reference string `json:"reference,omitempty"` // digest of a reference id: jobs up to Until
	// Before is a day: all jobs whose last call was before it.
	Before string `json:"before,omitempty"`
	// Until is the last day that the erasure of a number or a reference id covers, that
	// of the request. A job whose last call was later is new data.
	Until string `json:"until,omitempty"`
}

func (t Tombstone) check() error {
	set := 0
	for _, digest := range []string{t.Job, t.Number, t.Reference} {
		if digest == "" {
			continue
		}
		set++
		if raw, err := hex.DecodeString(digest); err != nil || len(raw) != digestBytes {
			return fmt.Errorf("invalid digest %q", digest)
		}
	}
	if t.Before != "" {
		set++
	}
	if set != 1 {
		return errors.New("a tombstone is of a job, a number, a reference id or a day, of one of them")
	}
	if needsDay := t.Number != "" || t.Reference != ""; needsDay != (t.Until != "") {
		return errors.New("a tombstone has a last day if it is of a number or a reference id")
	}
	return nil
}

// Bury adds tombstones. Those that are there already are not added again.
func (s *Store) Bury(tombstones []Tombstone) error {
	if err := s.loadSecret(true); err != nil {
		return err
	}
	list, err := readLines[Tombstone](s, tombstonesFile)
	if err != nil {
		return err
	}
	had := make(map[Tombstone]bool, len(list)+len(tombstones))
	for _, t := range list {
		had[t] = true
	}
	was := len(list)
	for _, t := range tombstones {
		if err := t.check(); err != nil {
			return fmt.Errorf("write %s: %w", s.Path(tombstonesFile), err)
		}
		if !had[t] {
			had[t] = true
			list = append(list, t)
		}
	}
	if len(list) == was {
		return nil
	}
	return writeLines(s, tombstonesFile, list)
}

// Tombstones are those of a dataset, for looking up. nil has none. Safe for
// concurrent use.
type Tombstones struct {
	secret     []byte
	jobs       map[[digestBytes]byte]bool
	numbers    map[[digestBytes]byte]string // the last day
	references map[[digestBytes]byte]string
	before     string
	hashers    sync.Pool // of *hasher
}

// Tombstones reads those of the dataset; nil where nobody was ever erased.
func (s *Store) Tombstones() (*Tombstones, error) {
	if _, err := s.fs.Lstat(s.Path(tombstonesFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	list, err := readLines[Tombstone](s, tombstonesFile)
	if err != nil {
		return nil, err
	}
	if err := s.loadSecret(false); err != nil {
		return nil, err
	}
	t := &Tombstones{
		secret:     s.secret,
		jobs:       map[[digestBytes]byte]bool{},
		numbers:    map[[digestBytes]byte]string{},
		references: map[[digestBytes]byte]string{},
	}
	for i, stone := range list {
		if err := stone.check(); err != nil {
			return nil, fmt.Errorf("read %s:%d: damaged: %w", s.Path(tombstonesFile), i+1, err)
		}
		t.before = max(t.before, stone.Before)
		var key [digestBytes]byte
		_, _ = hex.Decode(key[:], []byte(cmp.Or(stone.Job, stone.Number, stone.Reference))) // check has looked at it
		switch {
		case stone.Job != "":
			t.jobs[key] = true
		case stone.Number != "":
			t.numbers[key] = max(t.numbers[key], stone.Until)
		case stone.Reference != "":
			t.references[key] = max(t.references[key], stone.Until)
		}
	}
	return t, nil
}

// Len returns how many there are.
func (t *Tombstones) Len() int {
	if t == nil {
		return 0
	}
	n := len(t.jobs) + len(t.numbers) + len(t.references)
	if t.before != "" {
		n++
	}
	return n
}

// HasJob reports whether a job was erased by its id.
func (t *Tombstones) HasJob(instance, jobID string) bool {
	return t != nil && len(t.jobs) > 0 && t.jobs[t.key(kindJob, instance, jobID)]
}

// Erased reports whether a job is not to be stored: it was erased itself, or was last
// called on a day that the erasure of one of its normalized numbers or reference ids
// covers. lastDay is the day of its last call, of one that was not called yet that of
// the sighting; "" values among the numbers and references count for nothing.
func (t *Tombstones) Erased(instance, jobID string, numbers, references []string, lastDay string) bool {
	if t == nil {
		return false
	}
	if lastDay < t.before || t.HasJob(instance, jobID) {
		return true
	}
	return t.covers(t.numbers, kindNumber, numbers, lastDay) || t.covers(t.references, kindReference, references, lastDay)
}

// covers looks each value up once: a job says its few numbers in every call.
func (t *Tombstones) covers(until map[[digestBytes]byte]string, kind string, values []string, day string) bool {
	if len(until) == 0 {
		return false
	}
	for i, v := range values {
		if v == "" || slices.Contains(values[:i], v) {
			continue
		}
		if last, ok := until[t.key(kind, v)]; ok && day <= last {
			return true
		}
	}
	return false
}

// hasher makes digests one after the other, for one goroutine at a time: the pool gives
// each to one.
type hasher struct {
	mac  hash.Hash
	text []byte
	sum  [sha256.Size]byte
}

// The digest is a part of the sum.
const _ = uint(sha256.Size - digestBytes)

// key is the digest, see digest, as bytes.
func (t *Tombstones) key(kind string, values ...string) (key [digestBytes]byte) {
	h, ok := t.hashers.Get().(*hasher)
	if !ok {
		h = &hasher{mac: hmac.New(sha256.New, t.secret)}
	}
	defer t.hashers.Put(h)
	h.text = append(h.text[:0], kind...)
	for _, v := range values {
		h.text = append(append(h.text, 0), v...)
	}
	h.mac.Reset()
	h.mac.Write(h.text)
	return [digestBytes]byte(h.mac.Sum(h.sum[:0]))
}
