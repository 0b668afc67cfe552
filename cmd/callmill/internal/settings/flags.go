// Package settings decides under which settings a run writes a dataset: its
// first run fixes them by flags, later ones adopt them, and rewrite changes
// them. It loads what they name: the time zone, the dictionaries, the segmenter.
package settings

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"callmill/cmd/callmill/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/segment"
)

// Flags are the flags that set the settings of a dataset.
type Flags struct {
	timeZone  string
	dicts     []string
	segmenter string
	hmm       bool
	pii       string
	given     func(flag string) bool
}

// Add adds the flags to flags.
func (f *Flags) Add(flags *pflag.FlagSet) {
	flags.StringVar(&f.timeZone, "timezone", "Asia/Shanghai", "`NAME` of the time zone of days and hours")
	flags.StringArrayVar(&f.dicts, "dict", nil, "`FILE` of user words in gse's format; repeatable")
	flags.StringVar(&f.segmenter, "segmenter", "fast", "word segmenter: fast, or gse (the library itself, for comparison)")
	flags.BoolVar(&f.hmm, "hmm", false, "find words outside the dictionaries with a hidden Markov model")
	flags.StringVar(&f.pii, "pii", "keep", "how to treat personal data (only \"keep\" so far)")
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
	if err := same(m.Settings, s); err != nil {
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
	if own.Derivation > ours.Derivation || own.Outcomes > ours.Outcomes || segment.Newer(own.Words, ours.Words) {
		return nil, fmt.Errorf("%w: it derives columns or segments words as this one does not yet", dataset.ErrNewerFormat)
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
		s, given = m.Settings, f.given
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
		{"dict", strings.Join(own.Dictionaries, " "), strings.Join(asked.Dictionaries, " ")},
	} {
		if setting.own != setting.asked {
			return &dataset.SettingError{Setting: setting.flag, Own: setting.own, Given: setting.asked}
		}
	}
	return nil
}

// CheckKey validates the file of --key, if set: that it has a key and, where d
// has published, that it is the dataset's.
func CheckKey(d *dataset.Dataset, file string) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return exit.Usagef("--key: %w", err)
	}
	key := bytes.TrimSpace(text)
	if len(key) == 0 {
		return exit.Usagef("--key: %s is empty", file)
	}
	if m := d.Manifest(); m != nil && m.Settings.KeyID != dataset.KeyID(key) {
		return &dataset.SettingError{Setting: "key", Own: "its own key file", Given: file}
	}
	return nil
}
