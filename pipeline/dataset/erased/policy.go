package erased

import (
	"fmt"
	"slices"
)

// Policy is what a dataset may publish. It only becomes stricter.
type Policy struct {
	// PII is the strictest mode ever published: keep, hash, mask or drop, in this
	// order; "" is keep.
	PII string `json:"pii,omitempty"`
	// RetainDays is how long jobs are kept; 0 is for ever.
	RetainDays int `json:"retain_days,omitempty"`
	// Key is [KeyDestroyed] once contact keys were given up for good.
	Key string `json:"key,omitempty"`
	// KeyID identifies the key that was destroyed, or is in use, without revealing it.
	KeyID string `json:"key_id,omitempty"`
}

// KeyDestroyed is the state of a key that no run may use again.
const KeyDestroyed = "destroyed"

// modes from the loosest to the strictest: a hash still joins what mask does not
// show, and what was masked cannot be hashed any more.
var modes = []string{"keep", "hash", "mask", "drop"}

func strictness(mode string) int {
	if mode == "" {
		mode = modes[0]
	}
	return slices.Index(modes, mode)
}

// LooserError means that a mode is looser than the policy of the dataset.
type LooserError struct{ Policy, Given string }

func (e *LooserError) Error() string {
	return fmt.Sprintf("--pii is %s, but the dataset was published with %s: a policy only becomes stricter", e.Given, e.Policy)
}

// Check returns a [*LooserError] where a mode is looser than the policy.
func (p Policy) Check(mode string) error {
	given := strictness(mode)
	if given < 0 {
		return fmt.Errorf("invalid mode %q: want keep, mask, hash or drop", mode)
	}
	if given < strictness(p.PII) {
		return &LooserError{Policy: p.PII, Given: mode}
	}
	return nil
}

// Tighten returns the stricter of two policies, part by part.
func (p Policy) Tighten(q Policy) Policy {
	if strictness(q.PII) > strictness(p.PII) {
		p.PII = q.PII
	}
	if q.RetainDays > 0 && (p.RetainDays == 0 || q.RetainDays < p.RetainDays) {
		p.RetainDays = q.RetainDays
	}
	if p.Key != KeyDestroyed {
		if q.Key != "" {
			p.Key = q.Key
		}
		if q.KeyID != "" {
			p.KeyID = q.KeyID
		}
	}
	return p
}

// Policy reads the policy of the dataset: the zero value where none was ever set.
func (s *Store) Policy() (Policy, error) {
	var p Policy
	if err := s.readJSON(&p, policyFile); err != nil {
		return p, err
	}
	if strictness(p.PII) < 0 {
		return p, fmt.Errorf("read %s: damaged: unknown mode %q", s.Path(policyFile), p.PII)
	}
	return p, nil
}

// Tighten makes the policy of the dataset as strict as p in every part. It is called
// before the commit that publishes the first snapshot of that policy: a crash between
// the two leaves a dataset that is stricter than what it shows, never looser.
func (s *Store) Tighten(p Policy) error {
	if strictness(p.PII) < 0 {
		return fmt.Errorf("invalid mode %q: want keep, mask, hash or drop", p.PII)
	}
	own, err := s.Policy()
	if err != nil {
		return err
	}
	tight := own.Tighten(p)
	if tight == own {
		return nil
	}
	return s.writeJSON(tight, policyFile)
}
