package forget

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/persons"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/redact"
	"callmill/pipeline/trace"
	"callmill/schema"
)

// Selector is who is meant: everybody to whom any of this applies.
type Selector struct {
	Phones     []string // in any spelling
	References []string
	Jobs       []string
}

// minDigits is how many digits a number has to have: shorter ones are parts of too much
// else that is written in digits.
const minDigits = 5

// Empty reports whether nobody is named.
func (s *Selector) Empty() bool { return len(s.Phones)+len(s.References)+len(s.Jobs) == 0 }

// Check returns a usage error where a value cannot be anybody's.
func (s *Selector) Check() error {
	for _, phone := range s.Phones {
		if n := number(phone); len(n) < minDigits {
			return exit.Usagef("--phone %q has %d digits: want a number of at least %d", phone, len(n), minDigits)
		}
	}
	switch {
	case slices.Contains(s.References, ""):
		return exit.Usagef("--reference-id is empty")
	case slices.Contains(s.Jobs, ""):
		return exit.Usagef("--job is empty")
	}
	return nil
}

// numbers returns the phone numbers, normalized.
func (s *Selector) numbers() (list []string) {
	for _, phone := range s.Phones {
		list = append(list, number(phone))
	}
	return list
}

// number returns a number in any spelling, normalized.
func number(phone string) string { return redact.Number(trace.Plain(phone)) }

// Who returns how those who are meant are found in a dataset, as its mode lets them be:
// by number where there are numbers, else by contact key. The error is a usage error
// where a kind of selector finds nobody there.
func (s *Selector) Who(d *dataset.Dataset, keyFile string) (persons.Who, error) {
	who := persons.Who{Numbers: s.numbers(), Jobs: s.Jobs, References: s.References}
	mode := settingsOf(d).PII
	if len(who.Numbers) == 0 && len(who.References) == 0 {
		return who, nil
	}
	policy, err := d.Erased().Policy()
	if err != nil {
		return who, err
	}
	destroyed := policy.Key == erased.KeyDestroyed
	const others = "--job and --before can: `callmill person` and the table jobs show ids"
	if len(who.Numbers) > 0 && mode != redact.Keep && (mode == redact.Drop || destroyed) {
		why := "its numbers were dropped"
		if destroyed {
			why = "its numbers are gone, and the key of the contact keys was destroyed"
		}
		return who, exit.WithHint(exit.Usagef("nobody can be found by number in %s: %s", d.Path(), why), others)
	}
	if len(who.References) > 0 && mode != redact.Keep && (mode != redact.Hash || destroyed) {
		return who, exit.WithHint(exit.Usagef("nobody can be found by reference id in %s: it is published with --pii %s", d.Path(), mode),
			"--phone finds people where there are contact keys, --job and --before always")
	}
	if destroyed {
		return who, nil
	}
	key, err := secret.Of(d, keyFile)
	if err != nil || key == nil {
		if mode == redact.Keep && keyFile == "" {
			return who, nil // the numbers are there
		}
		return who, err
	}
	redactor := redact.New(redact.Options{Key: key})
	for _, n := range who.Numbers {
		who.Keys = append(who.Keys, redactor.Key(n))
	}
	if mode == redact.Hash {
		hashes := settings.Hashes(key)
		who.References = nil
		for _, r := range s.References {
			job := &schema.Job{ReferenceID: r}
			hashes.Job(job)
			who.References = append(who.References, job.ReferenceID)
		}
	}
	return who, nil
}

// Reader finds people in the snapshots of a dataset.
type Reader struct {
	d    *dataset.Dataset
	zone *time.Location
}

// NewReader returns what finds people in all kept snapshots.
func NewReader(d *dataset.Dataset) (*Reader, error) {
	zone, err := time.LoadLocation(settingsOf(d).TimeZone)
	if err != nil {
		return nil, fmt.Errorf("the time zone of the dataset: %w", err)
	}
	return &Reader{d, zone}, nil
}

// Day returns the day of an instant, in ms, in the dataset's time zone.
func (r *Reader) Day(ms int64) string { return time.UnixMilli(ms).In(r.zone).Format(time.DateOnly) }

// Find finds the jobs of people that were called last until a day, "" for all.
func (r *Reader) Find(ctx context.Context, who persons.Who, until string) (*persons.Found, error) {
	snapshots, err := r.Snapshots()
	if err != nil {
		return nil, err
	}
	return persons.Find(ctx, snapshots, who, persons.Options{
		Number: redact.Number, Day: r.Day, Until: until,
		Damaged: r.mayBeDamaged,
	})
}

// mayBeDamaged reports whether a snapshot that cannot be read is passed over: package
// replace takes it away whole. The published one has to be repaired.
func (r *Reader) mayBeDamaged(snapshot string) bool { return snapshot != r.d.Name() }

// Snapshots returns the kept snapshots that can be read, in the order in which they were
// published.
func (r *Reader) Snapshots() (snapshots []*dataset.Dataset, err error) {
	if r.d.Manifest() == nil {
		return nil, nil // nothing was ever published
	}
	list, err := dataset.List(r.d.Path())
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		if l.Manifest == nil {
			continue // damaged: package replace sees to it
		}
		at, err := r.d.At(l.Name)
		if _, gone := errors.AsType[*dataset.MissingError](err); gone {
			continue
		}
		if err != nil {
			return nil, err
		}
		snapshots = append(snapshots, at)
	}
	return snapshots, nil
}
