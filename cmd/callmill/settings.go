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

// settingFlags are the flags behind the settings of a dataset.
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
	flags.StringVar(&f.timeZone, "timezone", "Asia/Shanghai", "time zone of days and hours, by its `NAME`")
	flags.StringArrayVar(&f.dicts, "dict", nil, "`FILE` of user words in gse's format; repeatable")
	flags.StringVar(&f.segmenter, "segmenter", "fast", "how words are cut: fast, or gse for the library itself")
	flags.BoolVar(&f.hmm, "hmm", false, "find words that no dictionary has")
	flags.StringVar(&f.pii, "pii", "keep", "personal data: keep")
	f.given = func(name string) bool { return flags.Changed(name) }
}

// words cuts scripts; it is one of segment's two engines.
type words interface {
	Cut(dst []int32, script string) []int32
	Fingerprint() string
}

// resolved are the settings of a run, and what they stand for.
type resolved struct {
	settings dataset.Settings
	location *time.Location
	words    words
	dicts    []dataset.Dictionary
}

// resolve settles on the settings of a run: those given, else the dataset's
// own, else the defaults. One that was given and is not the dataset's own is a
// *dataset.SettingError. Which key it is comes later, with the key.
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
			usagef("the dataset was made by a callmill that cuts words or derives columns otherwise"),
			"`callmill rewrite` derives it anew; or use that version, or another folder"}
	}
	return r, nil
}

// change settles on the settings of a dataset that is derived anew: those
// given, else its own.
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

// adopt takes over the dataset's own settings, unless others were given.
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

// check looks at the flags before anything is made on disk.
func (f *settingFlags) check() error {
	_, err := validate(dataset.Settings{TimeZone: f.timeZone, Segmenter: f.segmenter, PII: f.pii})
	return err
}

// validate reports settings that this program does not have, and gives the
// time zone of those that it has.
func validate(s dataset.Settings) (*time.Location, error) {
	if s.Segmenter != "fast" && s.Segmenter != "gse" {
		return nil, usagef("--segmenter must be fast or gse, got %q", s.Segmenter)
	}
	if s.PII != "keep" {
		return nil, usagef("--pii must be keep, got %q", s.PII)
	}
	return loadLocation(s.TimeZone)
}

// realize loads what settings name.
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
		return nil, usagef("--timezone must be the name of a time zone, such as Asia/Shanghai, got %q", name)
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil, usagef("--timezone: %w", err)
	}
	return location, nil
}

// checkKey looks at the file of a key before the dataset, which is not read
// from, makes it its own.
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

// readDicts reads the user dictionaries on the command line.
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
