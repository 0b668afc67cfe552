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
	entries, _ := os.ReadDir(p.dir)
	for _, e := range entries {
		switch name := e.Name(); {
		case durable.IsTemp(name):
			p.noteLeftover(name)
		case !dataset.IsOwn(name):
			p.note("%s is not callmill's", name)
		}
	}
	entries, _ = os.ReadDir(filepath.Join(p.dir, "snapshots"))
	for _, e := range entries {
		switch name := e.Name(); {
		case dataset.IsScratch(name):
			p.noteLeftover(path.Join("snapshots", name))
		case !dataset.IsSnapshot(name):
			p.note("%s is not callmill's", path.Join("snapshots", name))
		}
	}
	for _, name := range []string{"key", "raw", "lock"} {
		info, err := os.Lstat(filepath.Join(p.dir, name))
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			p.note("%s can be read by others: its mode is %04o", name, info.Mode().Perm())
		}
	}
}

func (p *Plan) noteLeftover(name string) {
	p.note("%s belongs to a run in progress, or to one that was killed: then the next run removes it", name)
}

// noteLatestText checks LATEST, for readers that cannot follow links: after a
// run that was killed it may be out of date until the next one.
func (p *Plan) noteLatestText() {
	text, err := os.ReadFile(filepath.Join(p.dir, "LATEST"))
	switch named := strings.TrimSpace(string(text)); {
	case errors.Is(err, fs.ErrNotExist):
		p.note("LATEST is missing: the next run writes it")
	case err != nil:
		p.note("LATEST cannot be read: %v", err)
	case named != p.name:
		p.note("LATEST names %q and latest %s: the next run corrects it", named, p.name)
	}
}
