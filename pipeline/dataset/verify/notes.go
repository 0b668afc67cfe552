package verify

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"callmill/pipeline/internal/durable"
)

func (p *Plan) leaveOut(checks, why string) {
	p.leftOut = append(p.leftOut, checks+": "+why)
}

func (p *Plan) noteMode(file string, mode fs.FileMode, private, group fs.FileMode) {
	if perm := mode.Perm(); perm != private && perm != group {
		p.note("%s has mode %04o, not %04o", path.Join("snapshots", p.name, file), perm, private)
	}
}

func (p *Plan) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// noteOutside notes what lies in the dataset's folder and is not callmill's,
// or was left there by a run that was killed.
func (p *Plan) noteOutside() {
	p.noteLatestText()
	known := []string{"latest", "LATEST", "snapshots", "runs", "raw", "dict", "key", "lock"}
	for _, name := range namesIn(p.dir) {
		switch {
		case durable.IsTemp(name):
			p.noteLeftover(name)
		case !slices.Contains(known, name):
			p.note("%s is not callmill's", name)
		}
	}
	for _, name := range namesIn(filepath.Join(p.dir, "snapshots")) {
		switch {
		case scratchName.MatchString(name):
			p.noteLeftover(path.Join("snapshots", name))
		case !snapshotName.MatchString(name):
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

// scratchName is what a run has among the snapshots while it goes on.
var scratchName = regexp.MustCompile(`^(\.build-\d{8}T\d{6}Z-[0-9a-f]{6}|\.spill-\d+)$`)

func (p *Plan) noteLeftover(name string) {
	p.note("%s is of a run that goes on, or did not end: then the next one sweeps it", name)
}

// noteLatestText looks at LATEST, which is for those who cannot follow links:
// a run that was killed leaves it behind, and the next one mends it.
func (p *Plan) noteLatestText() {
	text, err := os.ReadFile(filepath.Join(p.dir, "LATEST"))
	switch named := strings.TrimSpace(string(text)); {
	case errors.Is(err, fs.ErrNotExist):
		p.note("LATEST is missing; the next run writes it")
	case err != nil:
		p.note("LATEST cannot be read: %v", err)
	case named != p.name:
		p.note("LATEST names %q and latest %s; the next run mends it", named, p.name)
	}
}

// namesIn lists a folder; one that cannot be read has no names.
func namesIn(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
