// Package settings decides under which settings a run writes a dataset: its
// first run fixes them by flags, later ones adopt them, and rewrite changes
// them. It loads what they name: the time zone, the dictionaries, the segmenter.
package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/redact"
	"callmill/segment"
)

// TimeZone is that of a dataset whose first run is given none.
const TimeZone = "Asia/Shanghai"

// Flags are the flags that set the settings of a dataset.
type Flags struct {
	timeZone  string
	dicts     []string
	segmenter string
	hmm       bool
	pii       string
	retain    days
	holds     []string
	// Asks is how far back runs ask again: what is kept may not be kept shorter. The
	// command may set it before [Flags.Check]; it is that of a pull without flags.
	Asks  time.Duration
	given func(flag string) bool
}

// Add adds the flags to flags.
func (f *Flags) Add(flags *pflag.FlagSet) {
	flags.StringVar(&f.timeZone, "timezone", TimeZone, "`NAME` of the time zone of days and hours")
	flags.StringArrayVar(&f.dicts, "dict", nil, "`FILE` of user words in gse's format; repeatable")
	flags.StringVar(&f.segmenter, "segmenter", "fast", "word segmenter: fast, or gse (the library itself, for comparison)")
	flags.BoolVar(&f.hmm, "hmm", false, "find words outside the dictionaries with a hidden Markov model")
	flags.StringVar(&f.pii, "pii", "keep", "how to treat personal data: "+strings.Join(redact.Modes(), ", "))
	flags.Var(&f.retain, "retain", "how long a job is kept after its last call, e.g. 180d; shorter only from then on, for good (default: all are kept)")
	flags.StringArrayVar(&f.holds, "hold", nil, "`JOB=REASON` keeps a disputed job however old it is, see callmill hold; repeatable")
	f.given = flags.Changed
}

// Check validates the flags before anything is read or written.
func (f *Flags) Check() error {
	_, err := validate(dataset.Settings{TimeZone: f.timeZone, Segmenter: f.segmenter, PII: f.pii})
	return err
}

// Adopt returns the settings of a run that adds to d: the dataset's own, or for
// a new dataset the flags. A flag that differs from the dataset's setting is a
// *dataset.SettingError. What an older callmill derived otherwise, the run has to
// derive again: see [Loaded.Derives].
func (f *Flags) Adopt(d *dataset.Dataset) (*Loaded, error) {
	s, dicts, err := f.overlay(d)
	if err != nil {
		return nil, err
	}
	m := d.Manifest()
	if m == nil {
		return load(s, dicts)
	}
	own, err := Own(d)
	if err != nil {
		return nil, err
	}
	if err := same(own, s); err != nil {
		return nil, err
	}
	return loadFor(m, s, dicts)
}

// loadFor loads the settings of a run that goes on from a snapshot. One that a
// newer callmill derived is refused as one of a newer format is.
func loadFor(m *dataset.Manifest, s dataset.Settings, dicts []dataset.Dictionary) (*Loaded, error) {
	l, err := load(s, dicts)
	if err != nil {
		return nil, err
	}
	own, ours := m.Settings, l.Settings
	if own.Derivation > ours.Derivation || own.Outcomes > ours.Outcomes || own.Redaction > redact.Version || segment.Newer(own.Words, ours.Words) {
		return nil, fmt.Errorf("%w: it derives columns, segments words or redacts as this one does not yet", dataset.ErrNewerFormat)
	}
	return l, nil
}

// Change returns the settings for deriving d again: its own, with the flags
// that were given.
func (f *Flags) Change(d *dataset.Dataset) (*Loaded, error) {
	s, dicts, err := f.overlay(d)
	if err != nil {
		return nil, err
	}
	if err := onlyShorter(d, s.RetainDays); err != nil {
		return nil, err
	}
	if m := d.Manifest(); m != nil {
		return loadFor(m, s, dicts)
	}
	return load(s, dicts)
}

// overlay returns the settings of d with the flags that were given; those of a
// new dataset are all the flags.
func (f *Flags) overlay(d *dataset.Dataset) (s dataset.Settings, dicts []dataset.Dictionary, err error) {
	given := func(string) bool { return true }
	if m := d.Manifest(); m != nil {
		given = f.given
	}
	if s, err = Own(d); err != nil {
		return s, nil, err
	}
	if given("timezone") {
		s.TimeZone = f.timeZone
	}
	if given("segmenter") {
		s.Segmenter = f.segmenter
	}
	if given("hmm") {
		s.HMM = f.hmm
	}
	if given("pii") {
		s.PII = f.pii
	}
	if given("retain") {
		if s.RetainDays, err = f.retainDays(s.RetainDays); err != nil {
			return s, nil, err
		}
	}
	if !given("dict") {
		dicts, err = d.Dictionaries()
		return s, dicts, err
	}
	s.Dictionaries = nil
	for _, path := range f.dicts {
		text, err := os.ReadFile(path)
		if err != nil {
			return s, nil, exit.Usagef("--dict: %w", err)
		}
		sum := sha256.Sum256(text)
		dict := dataset.Dictionary{Name: hex.EncodeToString(sum[:]) + ".txt", Origin: path, Text: text}
		dicts, s.Dictionaries = append(dicts, dict), append(s.Dictionaries, dict.Name)
	}
	return s, dicts, nil
}

// same returns a *dataset.SettingError for the first setting that differs.
func same(own, asked dataset.Settings) error {
	for _, setting := range []struct{ flag, own, asked string }{
		{"timezone", own.TimeZone, asked.TimeZone},
		{"segmenter", own.Segmenter, asked.Segmenter},
		{"hmm", strconv.FormatBool(own.HMM), strconv.FormatBool(asked.HMM)},
		{"pii", own.PII, asked.PII},
		{"retain", days(own.RetainDays).said(), days(asked.RetainDays).said()},
		{"dict", strings.Join(own.Dictionaries, " "), strings.Join(asked.Dictionaries, " ")},
	} {
		if setting.own != setting.asked {
			return &dataset.SettingError{Setting: setting.flag, Own: setting.own, Given: setting.asked}
		}
	}
	return nil
}
