// Package outside looks at what is in the folder of a dataset besides the published
// snapshot: what is not callmill's, or was left there by a run that was killed. None
// of it is damage.
package outside

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

// Notes returns what is unusual in the folder of a dataset, whose published snapshot
// has a name.
func Notes(dir, latest string) []string {
	n := &notes{dir: dir, latest: latest}
	n.latestText()
	n.others("", durable.IsTemp, dataset.IsOwn)
	n.others("snapshots", dataset.IsScratch, dataset.IsSnapshot)
	for _, name := range []string{"key", "raw", "lock", "erased", "desk"} {
		info, err := os.Lstat(filepath.Join(n.dir, name))
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			n.add("%s can be read by others: its mode is %04o", name, info.Mode().Perm())
		}
	}
	return n.list
}

type notes struct {
	dir, latest string
	list        []string
}

func (n *notes) add(format string, args ...any) {
	n.list = append(n.list, fmt.Sprintf(format, args...))
}

// latestText checks CURRENT, for readers that cannot follow links: after a
// run that was killed it may be out of date until the next one. In format 1 the
// file is LATEST; where case does not count, that is the link latest.
func (n *notes) latestText() {
	name, former := "CURRENT", "LATEST"
	if info, err := os.Lstat(filepath.Join(n.dir, former)); err == nil && info.Mode().IsRegular() {
		if _, err := os.Lstat(filepath.Join(n.dir, name)); errors.Is(err, fs.ErrNotExist) {
			name = former
		} else {
			n.add("%s is of format 1, and %s counts: the next run removes it", former, name)
		}
	}
	text, err := os.ReadFile(filepath.Join(n.dir, name))
	switch named := strings.TrimSpace(string(text)); {
	case errors.Is(err, fs.ErrNotExist):
		n.add("%s is missing: the next run writes it", name)
	case err != nil:
		n.add("%s cannot be read: %v", name, err)
	case named != n.latest:
		n.add("%s names %q and latest %s: the next run corrects it", name, named, n.latest)
	}
}

// others notes what in a folder of the dataset a run left over, and what is
// not callmill's own.
func (n *notes) others(folder string, leftOver, own func(name string) bool) {
	entries, _ := os.ReadDir(filepath.Join(n.dir, folder))
	for _, e := range entries {
		switch name := path.Join(folder, e.Name()); {
		case leftOver(e.Name()):
			n.add("%s belongs to a run in progress, or to one that was killed: then the next run removes it", name)
		case !own(e.Name()):
			n.add("%s is not callmill's", name)
		}
	}
}
