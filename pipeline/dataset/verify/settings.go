package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// piiKeep is the setting that publishes whole numbers.
const piiKeep = "keep"

// checkSettings checks that the settings are ones a run can have and that what
// they name exists.
func (p *plan) checkSettings() {
	s := &p.manifest.Settings
	wrong := func(format string, args ...any) {
		p.findings.Add(dataset.ManifestFile, finding.Settings, format, args...)
	}
	var err error
	if s.TimeZone == "" || s.TimeZone == "Local" {
		wrong("invalid time zone %q", s.TimeZone)
	} else if p.location, err = time.LoadLocation(s.TimeZone); err != nil {
		wrong("invalid time zone: %v", err)
	}
	if p.location == nil {
		p.leaveOut("whether jobs lie under their day", "the settings name no time zone")
	}
	if !slices.Contains([]string{"fast", "gse"}, s.Segmenter) {
		wrong("invalid segmenter %q: want fast or gse", s.Segmenter)
	}
	if !slices.Contains([]string{piiKeep, "mask", "hash", "drop"}, s.PII) {
		wrong("invalid treatment of personal data %q: want keep, mask, hash or drop", s.PII)
	}
	if s.Derivation < 1 || s.Outcomes < 1 {
		wrong("invalid derivation version %d or outcomes version %d: want 1 or more", s.Derivation, s.Outcomes)
	}
	p.sameOutcomes = s.Outcomes == schema.OutcomesVersion
	for _, name := range s.Dictionaries {
		p.checkDictionary(name)
	}
}

// checkDictionary checks that a user dictionary exists and is the one it is named
// for.
func (p *plan) checkDictionary(name string) {
	file := path.Join("dict", name)
	if filepath.Base(name) != name || path.Ext(name) != ".txt" {
		p.findings.Add(dataset.ManifestFile, finding.Settings, "invalid dictionary %q: not the name of one", name)
		return
	}
	text, wrong := readText(filepath.Join(p.dir, "dict", name))
	switch {
	case wrong != "":
		p.findings.Add(file, finding.Settings, "%s: words cannot be cut as they were", wrong)
	case hashOf(text)+".txt" != name:
		p.findings.Add(file, finding.Settings, "its SHA-256 is %s, not that of its name", hashOf(text))
	}
}

// checkKey checks that the key in the dataset, where it has one, is the one that the
// contact keys were made with.
func (p *plan) checkKey() {
	text, wrong := readText(filepath.Join(p.dir, dataset.KeyFile))
	id := p.manifest.Settings.KeyID
	if key := bytes.TrimSpace(text); wrong == "" && id != "" && dataset.KeyID(key) != id {
		p.findings.Add(dataset.KeyFile, finding.Settings, "is not the key of the snapshot's contact keys")
	}
}

// prepareContactKeys prepares to make contact keys again, or says why that is left
// out.
func (p *plan) prepareContactKeys() {
	const checks = "contact keys"
	p.checkKey()
	switch s := p.manifest.Settings; {
	case p.o.Quick: // left out with the rows
	case s.KeyID == "": // there is no key: nor are there keys
		p.contactKey = func(int) func(string) string { return func(string) string { return "" } }
	case s.PII != piiKeep:
		p.leaveOut(checks, "numbers are not published whole")
	case p.o.ContactKey == nil:
		p.leaveOut(checks, "their key was not given, or is another")
	default:
		p.contactKey = p.o.ContactKey
	}
}

// leaveOut reports checks that are not made, and why.
func (p *plan) leaveOut(checks, why string) {
	p.leftOut = append(p.leftOut, checks+": "+why)
}

func (p *plan) noteMode(file string, mode fs.FileMode, private, group fs.FileMode) {
	if perm := mode.Perm(); perm != private && perm != group {
		p.note("%s has mode %04o, not %04o", path.Join("snapshots", p.name, file), perm, private)
	}
}

// note reports something unusual that is not wrong.
func (p *plan) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// isMissing is what readText finds wrong with a file that does not exist.
const isMissing = "is missing"

// readText reads a file. wrong says why it cannot be read, "" if it can.
func readText(name string) (text []byte, wrong string) {
	text, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, isMissing
	case err != nil:
		return nil, fmt.Sprintf("cannot be read: %v", err)
	}
	return text, ""
}
