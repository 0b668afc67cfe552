package faulty

import (
	"path/filepath"
	"slices"
	"strings"
)

// Unsynced returns, sorted, what a power cut could damage now under root: files
// written and not synced since (they lose bytes), and folders in which a name
// was created or replaced and that were not synced since (they lose names). At
// the step that commits (see [Dead]) it must be empty. A removed name that
// reappears is only a leftover and not listed.
func (f *FS) Unsynced(root string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	root = filepath.Clean(root)
	var list []string
	for path := range f.unsynced {
		if within(path, root) {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list
}

// The methods below update f.unsynced; f.mu is held.

// entry records that the folder of path may lose a name.
func (f *FS) entry(path string) { f.unsynced[filepath.Dir(filepath.Clean(path))] = true }

func (f *FS) synced(dir string) { delete(f.unsynced, filepath.Clean(dir)) }

func (f *FS) removed(path string) {
	path = filepath.Clean(path)
	for p := range f.unsynced {
		if within(p, path) {
			delete(f.unsynced, p)
		}
	}
}

// moved moves what is not synced under old; what was at path is gone.
func (f *FS) moved(old, path string) {
	old, path = filepath.Clean(old), filepath.Clean(path)
	f.removed(path)
	var under []string
	for p := range f.unsynced {
		if within(p, old) {
			under = append(under, p)
		}
	}
	for _, p := range under {
		delete(f.unsynced, p)
		f.unsynced[path+strings.TrimPrefix(p, old)] = true
	}
}

// within reports whether path is root or lies under it.
func within(path, root string) bool {
	return path == root || strings.HasPrefix(path, strings.TrimSuffix(root, "/")+"/")
}
