// Package privacy shows an operator what a dataset keeps of persons, for how long, and
// what is over due.
package privacy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/callmill/internal/sweep"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/redact"
)

// Status is what is shown, also as JSON.
type Status struct {
	Policy    erased.Policy    `json:"policy"`
	PII       string           `json:"pii,omitempty"`         // of the published snapshot, "" where there is none
	Retain    int              `json:"retain_days,omitempty"` // 0: for good
	Edge      string           `json:"edge,omitempty"`        // the first day that the published snapshot keeps
	EdgeNow   string           `json:"edge_now,omitempty"`    // that a run would keep now
	Raw       *Raw             `json:"raw,omitempty"`         // nil: none is kept
	Pins      []Pin            `json:"pins,omitempty"`        // the oldest first
	Holds     []erased.Hold    `json:"holds,omitempty"`
	Open      []Open           `json:"open,omitempty"`     // erasures that have not ended
	Receipts  []erased.Receipt `json:"receipts,omitempty"` // by the day of the request
	OptOuts   int              `json:"opt_outs"`           // whose jobs are gone
	Erased    int              `json:"tombstones"`
	Key       Key              `json:"key"`
	Overdue   []string         `json:"overdue,omitempty"` // kept snapshots with what is over due
	Warnings  []Warning        `json:"warnings,omitempty"`
	dir       string
	generated time.Time
}

// Raw are the responses and inputs that are kept as they came.
type Raw struct {
	Runs   int       `json:"runs"`
	Oldest string    `json:"oldest_run"`
	Since  time.Time `json:"since,omitzero"`
}

// Pin is what keeps a snapshot.
type Pin struct {
	Snapshot  string    `json:"snapshot"`
	Bookmark  string    `json:"bookmark,omitempty"`
	Published time.Time `json:"published,omitzero"`
	Days      int       `json:"days"` // how old it is
}

// Open is an erasure that has not ended. What it is about is not told.
type Open struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"`
	Begun time.Time `json:"begun"`
}

// Key is the state of the secret behind the contact keys.
type Key struct {
	State string `json:"state"` // dataset, outside, destroyed or none
	Path  string `json:"path,omitempty"`
	Mode  string `json:"exposed_mode,omitempty"` // where others can read it
}

// States of the key.
const (
	KeyInDataset = "dataset"   // in the folder of the dataset
	KeyOutside   = "outside"   // given by --key
	KeyDestroyed = "destroyed" // for good
	KeyNone      = "none"      // the settings make no contact keys
)

// Warning is something that is over due, or open to others.
type Warning struct {
	Says string `json:"says"`
	Hint string `json:"hint,omitempty"`
}

// Show prints the status of the dataset in a folder, as a JSON object if asked to.
func Show(out io.Writer, dir string, now time.Time, asJSON bool) error {
	d, err := dataset.View(dir)
	if errors.Is(err, dataset.ErrEmpty) { // what is kept may be older than what is published
		d, err = dataset.Unpublished(dir)
	}
	if err != nil {
		return err
	}
	s, err := Of(d, now)
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(s)
	}
	return s.print(out)
}

// Of returns the status of a dataset at an instant.
func Of(d *dataset.Dataset, now time.Time) (*Status, error) {
	store := d.Erased()
	s := &Status{dir: d.Path(), generated: now}
	if m := d.Manifest(); m != nil {
		s.PII = m.Settings.PII
	}
	for _, read := range []func() error{
		func() (err error) { s.Policy, err = store.Policy(); return err },
		func() (err error) { s.Holds, err = store.Holds(); return err },
		func() (err error) { s.Receipts, err = store.Receipts(); return err },
		func() error { return s.readErased(store) },
		func() error { return s.readKey(d) },
		func() error { return s.readPins(d) },
		func() error { return s.readRaw(d) },
		func() error { return s.readUnfinished(d) },
		func() error { return s.readRetention(d) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	s.warn()
	return s, nil
}

func (s *Status) readErased(store *erased.Store) error {
	optOuts, err := store.OptOuts()
	if err != nil {
		return err
	}
	stones, err := store.Tombstones()
	if err != nil {
		return err
	}
	open, err := store.Open()
	if err != nil {
		return err
	}
	s.OptOuts, s.Erased = len(optOuts), stones.Len()
	for _, i := range open {
		s.Open = append(s.Open, Open{i.ID, i.Kind, i.Begun})
	}
	return nil
}

func (s *Status) readKey(d *dataset.Dataset) error {
	destroyed, err := secret.Destroyed(d)
	if err != nil {
		return err
	}
	switch _, err := d.FS().Stat(secret.Path(d)); {
	case destroyed:
		s.Key.State = KeyDestroyed
	case err == nil:
		s.Key.State, s.Key.Path = KeyInDataset, secret.Path(d)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case d.Manifest() == nil || d.Manifest().Settings.KeyID == "":
		s.Key.State = KeyNone
	default:
		s.Key.State = KeyOutside
	}
	if _, mode, exposed := secret.Exposed(d); exposed {
		s.Key.Mode = fmt.Sprintf("%04o", mode)
	}
	return nil
}

func (s *Status) readPins(d *dataset.Dataset) error {
	pins, err := d.Pins()
	if err != nil {
		return err
	}
	for _, p := range pins {
		one := Pin{Snapshot: p.Snapshot, Bookmark: p.Bookmark}
		if m, err := d.Snapshot(p.Snapshot); err == nil {
			one.Published, one.Days = m.Published, int(s.generated.Sub(m.Published).Hours()/24)
		}
		s.Pins = append(s.Pins, one)
	}
	slices.SortStableFunc(s.Pins, func(a, b Pin) int { return strings.Compare(a.Snapshot, b.Snapshot) })
	return nil
}

func (s *Status) readRaw(d *dataset.Dataset) error {
	runs, err := rawlog.Runs(d.RawDir())
	if err != nil || len(runs) == 0 {
		return err
	}
	s.Raw = &Raw{Runs: len(runs), Oldest: runs[0]}
	if at, err := rawlog.Began(runs[0]); err == nil {
		s.Raw.Since = at
	}
	return nil
}

// readUnfinished warns of input that is kept for longer than a run can go on with it.
func (s *Status) readUnfinished(d *dataset.Dataset) error {
	pii, err := settings.Strictest(d)
	if err != nil {
		return err
	}
	list, err := sweep.Unfinished(d, pii, s.generated)
	for _, one := range list {
		s.add(one.Says(), one.Hint())
	}
	return err
}

func (s *Status) readRetention(d *dataset.Dataset) error {
	loaded, err := settings.Own(d)
	if err != nil {
		return err
	}
	if s.Retain = loaded.RetainDays; s.Retain == 0 {
		return nil
	}
	m := d.Manifest()
	if m == nil {
		return nil // what a run that published nothing received, every run looks through
	}
	if m.Edge != 0 {
		s.Edge = m.Edge.String()
	}
	zone, err := time.LoadLocation(loaded.TimeZone)
	if err != nil {
		return err
	}
	limits, err := retain.Of(d.Erased(), s.Retain, s.generated, zone)
	if err != nil {
		return err
	}
	s.EdgeNow = limits.Edge.String()
	if s.Overdue, err = limits.Late(d); err != nil {
		return err
	}
	if s.Raw != nil && s.Raw.Since.Before(limits.Begin.AddDate(0, 0, -retain.Grace)) {
		s.add(fmt.Sprintf("raw input of run %s is older than the days that are kept and %d more", s.Raw.Oldest, retain.Grace),
			"the next run that publishes removes it")
	}
	if e := m.Edge; e != 0 && limits.Edge-e > retain.Grace || e == 0 {
		passed, err := limits.Passed(d)
		if err != nil {
			return err
		}
		if passed {
			s.add("the published snapshot holds jobs that are to be kept no longer", "a run that publishes lets them go: `callmill pull`, or `callmill rewrite "+quote.Shell(s.dir)+"`")
		}
	}
	return nil
}

func (s *Status) add(says, hint string) { s.Warnings = append(s.Warnings, Warning{says, hint}) }

// warn adds what is wrong besides what is too old.
func (s *Status) warn() {
	for _, name := range s.Overdue {
		s.add(fmt.Sprintf("snapshot %s holds what was to be kept no longer %d days ago", name, retain.Grace), "the next run that publishes writes it again without")
	}
	for _, o := range s.Open {
		s.add(fmt.Sprintf("the erasure %s was begun at %s and has not ended", o.ID, o.Begun.Format(time.RFC3339)), "the next command that writes ends it")
	}
	if s.Key.Mode != "" {
		s.add(fmt.Sprintf("the key can be read by others, its mode is %s", s.Key.Mode), "`chmod 600 "+quote.Shell(s.Key.Path)+"`")
	}
	if s.Raw != nil && s.PII != redact.Keep {
		s.add(fmt.Sprintf("raw/ holds responses as they came, of %d runs", s.Raw.Runs), "a run that did not end needs them: the next pull goes on from there, and removes them")
	}
}
