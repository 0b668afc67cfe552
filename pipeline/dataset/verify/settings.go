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
	"callmill/schema"
)

// piiKeep is the setting that publishes whole numbers.
const piiKeep = "keep"

// checkSettings checks that the settings are ones a run can have and that what
// they name exists.
func (p *plan) checkSettings() {
	s := &p.manifest.Settings
	wrong := func(format string, args ...any) {
		p.findings.add(dataset.ManifestFile, CheckSettings, format, args...)
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
		p.findings.add(dataset.ManifestFile, CheckSettings, "invalid dictionary %q: not the name of one", name)
		return
	}
	text, wrong := readText(filepath.Join(p.dir, "dict", name))
	switch {
	case wrong != "":
		p.findings.add(file, CheckSettings, "%s: words cannot be cut as they were", wrong)
	case hashOf(text)+".txt" != name:
		p.findings.add(file, CheckSettings, "its SHA-256 is %s, not that of its name", hashOf(text))
	}
}

// checkKeyID checks that the dataset's key is the one that the contact keys were
// made with. why says why they cannot be made again, "" if they can: the key is
// private and may not be readable.
func (p *plan) checkKeyID(id string) (why string) {
	text, wrong := readText(filepath.Join(p.dir, "key"))
	switch key := bytes.TrimSpace(text); {
	case wrong == isMissing:
		p.note("key is missing: runs need --key")
		return "the key is missing"
	case wrong != "":
		return "the key cannot be read"
	case dataset.KeyID(key) != id:
		p.findings.add("key", CheckSettings, "is not the key of the snapshot's contact keys")
		return "the key is another"
	}
	return ""
}

// prepareContactKeys prepares to make contact keys again, or says why that is left
// out.
func (p *plan) prepareContactKeys() {
	const checks = "contact keys"
	why := p.checkKeyID(p.manifest.Settings.KeyID)
	switch {
	case p.o.Quick: // left out with the rows
	case p.manifest.Settings.PII != piiKeep:
		p.leaveOut(checks, "numbers are not published whole")
	case p.o.ContactKey == nil:
		p.leaveOut(checks, "nothing was given to make them")
	case why != "":
		p.leaveOut(checks, why)
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
