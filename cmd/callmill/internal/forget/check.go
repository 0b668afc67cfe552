package forget

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/persons"
	"callmill/pipeline/redact"
	"callmill/pipeline/trace"
)

// Checked is what a receipt is worth.
type Checked struct {
	Receipt *erased.Receipt
	Back    int64 // jobs of it that the dataset has
	Lines   int64 // kept responses that hold something of it
}

// CheckReceipt reads a receipt, and looks whether anything that it covers is in the
// tables or the kept responses of the dataset that gave it. Where a selector is given,
// too, the receipt must be of it. The error is a usage error where what the receipt
// covers cannot be recognised in the dataset as it is now.
func CheckReceipt(ctx context.Context, d *dataset.Dataset, path string, s Selector) (*Checked, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, exit.Usagef("--check: %w", err)
	}
	r := &erased.Receipt{}
	if err := json.Unmarshal(text, r); err != nil || r.ID == "" || r.Kind != Kind {
		return nil, exit.Usagef("--check: %s is not a receipt of an erasure", path)
	}
	store := d.Erased()
	own, err := store.Receipts()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(own, func(o erased.Receipt) bool { return o.ID == r.ID }) {
		return nil, exit.WithHint(exit.Usagef("--check: %s is not a receipt of %s", path, d.Path()), "the digests in it are by the secret of the dataset that gave it")
	}
	if err := isOf(store, r, s); err != nil {
		return nil, err
	}
	reader, err := NewReader(d)
	if err != nil {
		return nil, err
	}
	policy, err := store.Policy()
	if err != nil {
		return nil, err
	}
	if why := unknowable(r, settingsOf(d).PII, policy); why != "" {
		return nil, exit.WithHint(exit.Usagef("--check cannot tell: %s", why), "what the receipt says was done all the same; --job and --before can be checked always")
	}
	c := newCovered(store, r)
	found, err := reader.Find(ctx, persons.Who{Before: c.before, Match: c.value}, r.Requested)
	if err = errors.Join(err, c.err); err != nil {
		return nil, fmt.Errorf("check receipt: %w", err)
	}
	kept := newResponses(reader.zone, trace.Values{}, c.object)
	if err := kept.rewrite(ctx, d, true, func(string) bool { return true }); err != nil {
		return nil, fmt.Errorf("check receipt: %w", err)
	}
	return &Checked{r, int64(len(found.Jobs)), kept.lines}, nil
}

// unknowable returns why what a receipt covers cannot be recognised in tables of a mode;
// "": it can.
func unknowable(r *erased.Receipt, mode string, policy erased.Policy) string {
	if mode == redact.Keep {
		return ""
	}
	destroyed := policy.Key == erased.KeyDestroyed
	for _, s := range r.Selectors {
		switch {
		case s.Kind == erased.SelectorPhone && mode == redact.Drop:
			return "the numbers of the dataset were dropped"
		case s.Kind == erased.SelectorPhone && destroyed:
			return "the key of the contact keys was destroyed"
		case s.Kind == erased.SelectorPhone && s.Contact == "":
			return "the receipt does not have the contact key of the number, by which the dataset knows people"
		case s.Kind == erased.SelectorReference && (mode != redact.Hash || destroyed || s.Hash == ""):
			return "the dataset does not have reference ids as the receipt has them"
		}
	}
	return ""
}

// covered recognises by their digests what a receipt covers.
type covered struct {
	store   *erased.Store
	digests map[persons.Kind]map[string]bool
	before  string
	until   string
	err     error
}

func newCovered(store *erased.Store, r *erased.Receipt) *covered {
	c := &covered{store: store, digests: map[persons.Kind]map[string]bool{}, until: r.Requested}
	for _, s := range r.Selectors {
		switch s.Kind {
		case erased.SelectorPhone:
			c.add(persons.Number, s.Digest)
			c.add(persons.Key, s.Contact)
		case erased.SelectorReference:
			c.add(persons.Reference, s.Digest)
			c.add(persons.Reference, s.Hash)
		case erased.SelectorJob:
			c.add(persons.ID, s.Digest)
		case erased.SelectorBefore:
			c.before = max(c.before, s.Before)
		}
	}
	return c
}

func (c *covered) add(kind persons.Kind, digest string) {
	if digest == "" {
		return
	}
	if c.digests[kind] == nil {
		c.digests[kind] = map[string]bool{}
	}
	c.digests[kind][digest] = true
}

// value reports whether a value is covered.
func (c *covered) value(kind persons.Kind, value string) bool {
	if c.digests[kind] == nil || value == "" {
		return false
	}
	makers := map[persons.Kind]func(string) (string, error){
		persons.Number: c.store.NumberDigest, persons.Key: c.store.ContactDigest,
		persons.Reference: c.store.ReferenceDigest, persons.ID: c.store.JobIDDigest,
	}
	digest, err := makers[kind](value)
	c.err = errors.Join(c.err, err)
	return c.digests[kind][digest]
}

// object reports whether what a response says of a job is covered.
func (c *covered) object(_ string, o *trace.Object, day string) (bool, error) {
	is := c.value(persons.ID, o.Job) || c.before != "" && day < c.before
	for kind, values := range map[persons.Kind][]string{persons.Number: o.Numbers, persons.Reference: o.References} {
		for _, v := range values {
			is = is || day <= c.until && c.value(kind, v)
		}
	}
	return is, c.err
}

// isOf returns a usage error where a receipt is not of those who are meant.
func isOf(store *erased.Store, r *erased.Receipt, s Selector) error {
	has := func(kind, digest string) bool {
		return slices.ContainsFunc(r.Selectors, func(o erased.Selector) bool { return o.Kind == kind && o.Digest == digest })
	}
	for _, one := range []struct {
		kind   string
		values []string
		digest func(string) (string, error)
	}{
		{erased.SelectorPhone, s.numbers(), store.NumberDigest},
		{erased.SelectorReference, s.References, store.ReferenceDigest},
		{erased.SelectorJob, s.Jobs, store.JobIDDigest},
	} {
		for _, v := range one.values {
			digest, err := one.digest(v)
			if err != nil {
				return err
			}
			if !has(one.kind, digest) {
				return exit.Usagef("the receipt is of somebody else: not of the --%s given", one.kind)
			}
		}
	}
	return nil
}
