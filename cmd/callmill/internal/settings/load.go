package settings

import (
	"slices"
	"strings"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/flatten"
	"callmill/pipeline/redact"
	"callmill/schema"
	"callmill/segment"
)

// Loaded is the settings of a run, with the time zone, the dictionaries and the
// segmenter that they name. KeyID is empty for a new dataset until the run has
// its key.
type Loaded struct {
	Settings dataset.Settings
	Location *time.Location
	Dicts    []dataset.Dictionary
	// PassedOver is how many words of the dataset's own dictionaries are not used,
	// as they hold a blank.
	PassedOver int

	words flatten.Segmenter
	holds []erased.Hold // that the flags add
}

// Flattener returns a flattener of rows under the settings, for one goroutine.
func (l *Loaded) Flattener() *flatten.Flattener { return flatten.New(l.Location, l.words) }

// Of loads the settings of a snapshot of d.
func Of(d *dataset.Dataset, s dataset.Settings) (*Loaded, error) {
	dicts, err := d.Dictionaries()
	if err != nil {
		return nil, err
	}
	return load(s, dicts)
}

// Derives reports whether this program derives the same rows as the one that
// wrote under own, which l was loaded from.
func (l *Loaded) Derives(own dataset.Settings) bool {
	s := l.Settings
	return s.Words == own.Words && s.Derivation == own.Derivation && s.Outcomes == own.Outcomes && s.Redaction == own.Redaction
}

// load returns s as this program writes under it, with what it names.
func load(s dataset.Settings, dicts []dataset.Dictionary) (*Loaded, error) {
	location, err := validate(s)
	if err != nil {
		return nil, err
	}
	options := segment.Options{HMM: s.HMM}
	for _, d := range dicts {
		options.Dicts = append(options.Dicts, segment.UserDict{Name: d.Origin, Text: d.Text, Kept: d.Own})
	}
	var words interface { // one of segment's two engines
		flatten.Segmenter
		Fingerprint() string
		PassedOver() int
	}
	if s.Segmenter == "gse" {
		words, err = segment.NewGSE(options)
	} else {
		words, err = segment.New(options)
	}
	if err != nil {
		return nil, exit.AsUsage(err)
	}
	s.Words, s.Derivation, s.Outcomes = words.Fingerprint(), flatten.Version, schema.OutcomesVersion
	if s.Redaction = 0; s.PII != redact.Keep {
		s.Redaction = redact.Version
	}
	return &Loaded{Settings: s, Location: location, Dicts: dicts, PassedOver: words.PassedOver(), words: words}, nil
}

// validate returns the time zone of s, or an error for a setting that this
// program does not support.
func validate(s dataset.Settings) (*time.Location, error) {
	switch {
	case s.Segmenter != "fast" && s.Segmenter != "gse":
		return nil, exit.Usagef("invalid --segmenter %q: want fast or gse", s.Segmenter)
	case !slices.Contains(redact.Modes(), s.PII):
		return nil, exit.Usagef("invalid --pii %q: want %s", s.PII, strings.Join(redact.Modes(), ", "))
	}
	location, err := time.LoadLocation(s.TimeZone)
	if err != nil || s.TimeZone == "" || s.TimeZone == "Local" {
		return nil, exit.Usagef("invalid --timezone %q: want the name of a time zone, e.g. Asia/Shanghai", s.TimeZone)
	}
	return location, nil
}
