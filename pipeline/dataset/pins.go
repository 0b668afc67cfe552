package dataset

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"callmill/pipeline/internal/durable"
)

// Pin keeps a snapshot from being pruned. With a bookmark it does so for a
// consumer of the dataset that has read this snapshot and will ask what changed
// since; a bookmark is on one snapshot at a time.
type Pin struct {
	Snapshot string
	Bookmark string // "" for a pin without
}

// isBookmark keeps bookmarks to one word, which also cannot be taken for a path, a flag
// or a snapshot.
func isBookmark(name string) bool {
	for i, r := range name {
		other := i > 0 && (r == '.' || r == '-')
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' && !other {
			return false
		}
	}
	return name != "" && utf8.RuneCountInString(name) <= 64
}

// ErrBookmarkName means that a bookmark cannot have a name.
var ErrBookmarkName = errors.New("invalid name of a bookmark")

// ErrNoBookmark means that a name is neither that of a snapshot nor a bookmark.
var ErrNoBookmark = errors.New("no snapshot and no bookmark has this name")

// CheckBookmark returns an error, an [ErrBookmarkName], if a bookmark cannot have
// the name.
func CheckBookmark(name string) error {
	switch {
	case !isBookmark(name):
		return fmt.Errorf("%w: %q: want up to 64 letters, digits, dots, hyphens and underscores", ErrBookmarkName, name)
	case snapshotName.MatchString(name), name == latestLink:
		return fmt.Errorf("%w: %q names a snapshot already", ErrBookmarkName, name)
	}
	return nil
}

// Pins lists what keeps snapshots from being pruned. The file has a line for
// each: the snapshot and, where there is one, the bookmark.
func (d *Dataset) Pins() ([]Pin, error) {
	text, err := durable.ReadFile(d.fs, d.Path(runsDir, pinFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var pins []Pin
	for line := range strings.Lines(string(text)) {
		switch fields := strings.Fields(line); len(fields) {
		case 0:
		case 1:
			pins = append(pins, Pin{Snapshot: fields[0]})
		default:
			pins = append(pins, Pin{Snapshot: fields[0], Bookmark: fields[1]})
		}
	}
	return pins, nil
}

// Pin keeps a snapshot, named by itself or by a bookmark, from being pruned. A
// bookmark that exists is moved there in one step: at any moment it keeps the one
// snapshot or the other. Pin returns the name of the snapshot.
func (d *Dataset) Pin(name, bookmark string) (snapshot string, err error) {
	if bookmark != "" {
		if err := CheckBookmark(bookmark); err != nil {
			return "", err
		}
	}
	at, err := d.At(name)
	if err != nil {
		return "", err
	}
	pins, err := d.Pins()
	if err != nil {
		return "", err
	}
	if bookmark != "" { // whoever moves it knows what went
		if err := d.Erased().Tell(bookmark); err != nil {
			return "", err
		}
	}
	pin := Pin{at.name, bookmark}
	pins = slices.DeleteFunc(pins, func(p Pin) bool { return p == pin || bookmark != "" && p.Bookmark == bookmark })
	return at.name, d.writePins(append(pins, pin))
}

// Unpin removes a bookmark, or the pin without a bookmark of a snapshot; one that
// is not pinned stays so.
func (d *Dataset) Unpin(name string) error {
	pins, err := d.Pins()
	if err != nil {
		return err
	}
	named := func(p Pin) bool { return p.Bookmark == name }
	if snapshotName.MatchString(name) {
		named = func(p Pin) bool { return p == Pin{Snapshot: name} }
	}
	if name != "" && slices.ContainsFunc(pins, named) {
		return d.writePins(slices.DeleteFunc(pins, named))
	}
	for _, p := range pins {
		if p.Snapshot == name {
			return fmt.Errorf("unpin %s: the bookmark %s is on it: unpin that", name, p.Bookmark)
		}
	}
	if !snapshotName.MatchString(name) {
		return fmt.Errorf("unpin %q: %w", name, ErrNoBookmark)
	}
	return nil
}

// MovePins puts the pins of snapshots, by their names, on others: "" removes them.
func (d *Dataset) MovePins(names map[string]string) error {
	pins, err := d.Pins()
	if err != nil {
		return err
	}
	moved := slices.Clone(pins)
	for i, p := range moved {
		if to, ok := names[p.Snapshot]; ok {
			moved[i].Snapshot = to
		}
	}
	moved = slices.DeleteFunc(moved, func(p Pin) bool { return p.Snapshot == "" })
	if slices.Equal(pins, moved) {
		return nil
	}
	return d.writePins(moved)
}

func (d *Dataset) writePins(pins []Pin) error {
	slices.SortFunc(pins, func(a, b Pin) int {
		return cmp.Or(cmp.Compare(a.Snapshot, b.Snapshot), cmp.Compare(a.Bookmark, b.Bookmark))
	})
	var text strings.Builder
	for _, p := range pins {
		text.WriteString(strings.TrimSpace(p.Snapshot+" "+p.Bookmark) + "\n")
	}
	return durable.WriteFile(d.fs, d.Path(runsDir, pinFile), []byte(text.String()), d.FileMode())
}

// Resolve returns the name of the snapshot that a name stands for: its own, that of
// the one that replaced it in an erasure, or that of a bookmark on it. It does not look whether the snapshot is there.
func (d *Dataset) Resolve(name string) (snapshot string, err error) {
	if snapshotName.MatchString(name) {
		replaced, err := d.Erased().Replaced()
		return replaced.Latest(name), err
	}
	pins, err := d.Pins()
	if err != nil {
		return "", err
	}
	for _, p := range pins {
		if p.Bookmark == name && name != "" {
			return p.Snapshot, nil
		}
	}
	return "", fmt.Errorf("%q: %w", name, ErrNoBookmark)
}
