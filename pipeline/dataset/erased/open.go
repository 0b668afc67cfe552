package erased

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/internal/durable"
)

// Intent is an erasure that was begun. From the moment it is on disk every command
// that writes finishes it first. It may name the person it is about: it goes when the
// erasure has ended.
type Intent struct {
	ID    string          `json:"id"`
	Kind  string          `json:"kind"` // forget, key, retention: who can finish it
	Begun time.Time       `json:"begun"`
	Work  json.RawMessage `json:"work"` // what it needs to be finished, as the kind defines
}

// Begin puts an intent on disk, or replaces it.
func (s *Store) Begin(i Intent) error { return s.writeJSON(i, openDir, i.ID+".json") }

// Open lists the erasures that have not ended, the earliest first.
func (s *Store) Open() ([]Intent, error) {
	names, err := s.list(openDir)
	if err != nil {
		return nil, err
	}
	list := make([]Intent, len(names))
	for i, name := range names {
		if err := s.readJSON(&list[i], openDir, name+".json"); err != nil {
			return nil, err
		}
		if list[i].ID != name {
			return nil, fmt.Errorf("read %s: damaged: it says that it is %q", s.Path(openDir, name+".json"), list[i].ID)
		}
	}
	slices.SortStableFunc(list, func(a, b Intent) int { return a.Begun.Compare(b.Begun) })
	return list, nil
}

// End removes an intent; one that is not there any more is no error.
func (s *Store) End(id string) error {
	err := durable.ChangeDir(s.fs, s.Path(openDir), func() error { return s.fs.Remove(s.Path(openDir, id+".json")) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Receipt says that an erasure was done. It names nobody.
type Receipt struct {
	ID   string `json:"id"`
	Kind string `json:"kind"` // as in [Intent]
	// Selectors are what was asked for, as kinds and digests.
	Selectors []Selector `json:"selectors,omitempty"`
	By        string     `json:"by"`        // who ran it
	Requested string     `json:"requested"` // the day of the request
	Begun     time.Time  `json:"begun"`
	Finished  time.Time  `json:"finished"`
	// Counts are how many of what are gone, by a name: jobs, calls, lines, rejects,
	// raw_lines …
	Counts map[string]int64 `json:"counts"`
	// Snapshots are those that were replaced, by their old names; Files the files in the
	// folder that were rewritten or removed, besides those of snapshots.
	Snapshots map[string]string `json:"snapshots,omitempty"`
	Files     []string          `json:"files,omitempty"`
	// Shared is how many other people's jobs have the number, too, and went with it.
	Shared int64 `json:"shared,omitempty"`
	// NotReached is what the erasure cannot reach, in words.
	NotReached []string `json:"not_reached"`
}

// Kinds of selectors: the names of the flags that ask for them.
const (
	SelectorPhone     = "phone"
	SelectorReference = "reference-id"
	SelectorJob       = "job"
	SelectorBefore    = "before"
)

// Selector is what an erasure was asked for.
type Selector struct {
	Kind   string `json:"kind"`             // one of Selector…
	Digest string `json:"digest,omitempty"` // of the value, by the secret
	// Contact is the digest of the contact key of a number, where there is one.
	Contact string `json:"contact,omitempty"`
	// Hash is the digest of the hash of a reference id, where the tables have that.
	Hash   string `json:"hash,omitempty"`
	Before string `json:"before,omitempty"` // the day itself
}

// Name returns the name of the receipt's file: it begins with the day of the request.
func (r *Receipt) Name() string { return r.Requested + "-" + r.ID + ".json" }

// WriteReceipt writes a receipt, the last step of an erasure but for [Store.End].
func (s *Store) WriteReceipt(r *Receipt) error { return s.writeJSON(r, receiptsDir, r.Name()) }

// Receipts lists the receipts by the day of the request.
func (s *Store) Receipts() ([]Receipt, error) {
	names, err := s.list(receiptsDir)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(names, strings.Compare)
	list := make([]Receipt, len(names))
	for i, name := range names {
		if err := s.readJSON(&list[i], receiptsDir, name+".json"); err != nil {
			return nil, err
		}
	}
	return list, nil
}
