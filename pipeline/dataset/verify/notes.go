package verify

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/durable"
)

// leaveOut reports checks that are not made, and why.
func (p *Plan) leaveOut(checks, why string) {
	p.leftOut = append(p.leftOut, checks+": "+why)
}

func (p *Plan) noteMode(file string, mode fs.FileMode, private, group fs.FileMode) {
	if perm := mode.Perm(); perm != private && perm != group {
		p.note("%s has mode %04o, not %04o", path.Join("snapshots", p.name, file), perm, private)
	}
}

// note reports something unusual that is not wrong.
func (p *Plan) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// noteOutside notes what is in the dataset's folder and is not callmill's, or was
// left there by a run that was killed.
func (p *Plan) noteOutside() {
	p.noteLatestText()
	p.noteOthers("", durable.IsTemp, dataset.IsOwn)
	p.noteOthers("snapshots", dataset.IsScratch, dataset.IsSnapshot)
	for _, name := range []string{"key", "raw", "lock"} {
		info, err := os.Lstat(filepath.Join(p.dir, name))
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			p.note("%s can be read by others: its mode is %04o", name, info.Mode().Perm())
		}
	}
}

// noteLatestText checks LATEST, for readers that cannot follow links: after a
// run that was killed it may be out of date until the next one.
func (p *Plan) noteLatestText() {
	text, wrong := readText(filepath.Join(p.dir, "LATEST"))
	switch named := strings.TrimSpace(string(text)); {
	case wrong == isMissing:
		p.note("LATEST is missing: the next run writes it")
	case wrong != "":
		p.note("LATEST %s", wrong)
	case named != p.name:
		p.note("LATEST names %q and latest %s: the next run corrects it", named, p.name)
	}
}

// noteOthers notes what in a folder of the dataset a run left over, and what is
// not callmill's own.
func (p *Plan) noteOthers(folder string, leftOver, own func(name string) bool) {
	entries, _ := os.ReadDir(filepath.Join(p.dir, folder))
	for _, e := range entries {
		switch name := path.Join(folder, e.Name()); {
		case leftOver(e.Name()):
			p.note("%s belongs to a run in progress, or to one that was killed: then the next run removes it", name)
		case !own(e.Name()):
			p.note("%s is not callmill's", name)
		}
	}
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
