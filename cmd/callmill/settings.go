package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
	"callmill/pipeline/flatten"
	"callmill/schema"
	"callmill/segment"
)

// settingFlags are the flags that set the settings of a dataset.
type settingFlags struct {
	timeZone  string
	dicts     []string
	segmenter string
	hmm       bool
	pii       string
	given     func(flag string) bool
}

func (f *settingFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.timeZone, "timezone", "Asia/Shanghai", "`NAME` of the time zone of days and hours")
	flags.StringArrayVar(&f.dicts, "dict", nil, "`FILE` of user words in gse's format; repeatable")
	flags.StringVar(&f.segmenter, "segmenter", "fast", "word segmenter: fast, or gse (the library itself, for comparison)")
	flags.BoolVar(&f.hmm, "hmm", false, "find words outside the dictionaries with a hidden Markov model")
	flags.StringVar(&f.pii, "pii", "keep", "how to treat personal data (only \"keep\" so far)")
	f.given = func(name string) bool { return flags.Changed(name) }
}

// words segments scripts: one of segment's two engines.
type words interface {
	Cut(dst []int32, script string) []int32
	Fingerprint() string
}

// resolved is the settings of a run with what they name loaded.
type resolved struct {
	settings dataset.Settings
	location *time.Location
	words    words
	dicts    []dataset.Dictionary
}

// resolve returns the settings of a run that adds to d: the dataset's own, or
// for a new dataset the flags. A flag that differs from the dataset's setting
// is a *dataset.SettingError. KeyID is set later, when the key is known.
func (f *settingFlags) resolve(d *dataset.Dataset) (*resolved, error) {
	dicts, err := f.readDicts()
	if err != nil {
		return nil, err
	}
	s := dataset.Settings{
		TimeZone: f.timeZone, Segmenter: f.segmenter, HMM: f.hmm, PII: f.pii,
		Derivation: flatten.Version, Outcomes: schema.OutcomesVersion,
	}
	for _, dict := range dicts {
		s.Dictionaries = append(s.Dictionaries, dict.Name)
	}
	if m := d.Manifest(); m != nil {
		if err := f.adopt(&s, m.Settings); err != nil {
			return nil, err
		}
		if dicts, err = d.Dictionaries(); err != nil {
			return nil, err
		}
	}
	r, err := realize(s, dicts)
	if err != nil {
		return nil, err
	}
	if m := d.Manifest(); m != nil && (m.Settings.Words != r.settings.Words || m.Settings.Derivation != s.Derivation || m.Settings.Outcomes != s.Outcomes) {
		return nil, &hintError{
			usagef("the dataset was written by a callmill that segments words or derives columns differently"),
			"upgrade it with `callmill rewrite`, or use that version, or another folder"}
	}
	return r, nil
}

// change returns the settings for deriving d again: its own, with the flags
// that were given.
func (f *settingFlags) change(d *dataset.Dataset) (*resolved, error) {
	own := d.Manifest().Settings
	s := own
	s.Derivation, s.Outcomes = flatten.Version, schema.OutcomesVersion
	dicts, err := f.readDicts()
	if err != nil {
		return nil, err
	}
	if f.given("dict") {
		s.Dictionaries = nil
		for _, dict := range dicts {
			s.Dictionaries = append(s.Dictionaries, dict.Name)
		}
	} else if dicts, err = d.Dictionaries(); err != nil {
		return nil, err
	}
	if f.given("timezone") {
		s.TimeZone = f.timeZone
	}
	if f.given("segmenter") {
		s.Segmenter = f.segmenter
	}
	if f.given("hmm") {
		s.HMM = f.hmm
	}
	return realize(s, dicts)
}

// adopt replaces s by the dataset's own settings, or returns a
// *dataset.SettingError if a flag was given with another value.
func (f *settingFlags) adopt(s *dataset.Settings, own dataset.Settings) error {
	for _, setting := range []struct{ flag, given, own string }{
		{"timezone", s.TimeZone, own.TimeZone},
		{"segmenter", s.Segmenter, own.Segmenter},
		{"hmm", strconv.FormatBool(s.HMM), strconv.FormatBool(own.HMM)},
		{"pii", s.PII, own.PII},
		{"dict", strings.Join(s.Dictionaries, " "), strings.Join(own.Dictionaries, " ")},
	} {
		if f.given(setting.flag) && setting.given != setting.own {
			return &dataset.SettingError{Setting: setting.flag, Own: setting.own, Given: setting.given}
		}
	}
	s.TimeZone, s.Segmenter, s.HMM, s.PII = own.TimeZone, own.Segmenter, own.HMM, own.PII
	s.Dictionaries = slices.Clone(own.Dictionaries)
	return nil
}

// check validates the flags before anything is written.
func (f *settingFlags) check() error {
	_, err := validate(dataset.Settings{TimeZone: f.timeZone, Segmenter: f.segmenter, PII: f.pii})
	return err
}

// validate returns the time zone of s, or an error for a setting that this
// program does not support.
func validate(s dataset.Settings) (*time.Location, error) {
	if s.Segmenter != "fast" && s.Segmenter != "gse" {
		return nil, usagef("--segmenter must be fast or gse, got %q", s.Segmenter)
	}
	if s.PII != "keep" {
		return nil, usagef("--pii must be keep, got %q", s.PII)
	}
	return loadLocation(s.TimeZone)
}

// realize loads what the settings name: time zone, dictionaries, segmenter.
func realize(s dataset.Settings, dicts []dataset.Dictionary) (*resolved, error) {
	location, err := validate(s)
	if err != nil {
		return nil, err
	}
	options := segment.Options{HMM: s.HMM}
	for _, d := range dicts {
		options.Dicts = append(options.Dicts, segment.UserDict{Name: d.Origin, Text: d.Text})
	}
	var w words
	if s.Segmenter == "gse" {
		w, err = segment.NewGSE(options)
	} else {
		w, err = segment.New(options)
	}
	if err != nil {
		return nil, &usageError{err}
	}
	s.Words = w.Fingerprint()
	return &resolved{settings: s, location: location, words: w, dicts: dicts}, nil
}

func loadLocation(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, usagef("--timezone must be the name of a time zone, e.g. Asia/Shanghai, got %q", name)
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil, usagef("--timezone: %w", err)
	}
	return location, nil
}

// checkKey validates the file of --key: that it has a key and, where d has
// published, that it is the dataset's.
func checkKey(d *dataset.Dataset, file string) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return usagef("--key: %w", err)
	}
	key := bytes.TrimSpace(text)
	if len(key) == 0 {
		return usagef("--key: %s is empty", file)
	}
	if m := d.Manifest(); m != nil && m.Settings.KeyID != dataset.KeyID(key) {
		return &dataset.SettingError{Setting: "key", Own: "its own key file", Given: file}
	}
	return nil
}

// readDicts reads the user dictionaries of --dict.
func (f *settingFlags) readDicts() ([]dataset.Dictionary, error) {
	var dicts []dataset.Dictionary
	for _, path := range f.dicts {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, usagef("--dict: %w", err)
		}
		sum := sha256.Sum256(text)
		dicts = append(dicts, dataset.Dictionary{Name: hex.EncodeToString(sum[:]) + ".txt", Origin: path, Text: text})
	}
	return dicts, nil
}
