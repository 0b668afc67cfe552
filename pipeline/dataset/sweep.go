package dataset

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"strings"

	"callmill/pipeline/internal/durable"
)

// sweep removes what a killed run left: snapshots in the making, spilled data,
// temporary files, and a snapshot that was complete but not yet named by latest.
// It writes what that run could not write any more, and leaves alone what
// callmill did not write.
func (d *Dataset) sweep() error {
	if err := d.Erased().Sweep(); err != nil {
		return err
	}
	for _, folder := range []string{".", SnapshotsDir, runsDir, dictDir} {
		entries, err := durable.ReadDir(d.fs, d.Path(folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !d.isLeftover(folder, e.Name()) {
				continue
			}
			remove := durable.RemoveAll
			if snapshotName.MatchString(e.Name()) {
				remove = removeSnapshot
			}
			if err := remove(d.fs, d.Path(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	if d.name == "" {
		return nil
	}
	return errors.Join(d.mendCommit(), d.mendRun(), d.mendCopy())
}

// mendCommit makes the link and its text say the same. The text is first: where
// case does not count, LATEST of format 1 may be in the place of the link, which a
// rename would give that name.
func (d *Dataset) mendCommit() error {
	if err := d.mendLatestText(); err != nil {
		return err
	}
	return d.mendLatest()
}

func (d *Dataset) isLeftover(folder, name string) bool {
	if durable.IsTemp(name) {
		return true
	}
	if folder == runsDir {
		return d.isLostCopy(name)
	}
	if folder != SnapshotsDir {
		return false
	}
	return scratchName.MatchString(name) || snapshotName.MatchString(name) && name != d.name && !d.wasPublished(name)
}

// wasPublished reports whether a snapshot was ever the latest one. A snapshot
// that never was has the latest one as its parent, since its run ended before
// the swap, and no run's file names it. All others stay: they may belong to a
// dataset that was moved without its runs/.
func (d *Dataset) wasPublished(name string) bool {
	manifest, err := readManifest(d.fs, d.Path(SnapshotsDir, name))
	if err != nil || manifest.Parent != d.name {
		return true // verify reports a broken one
	}
	text, err := durable.ReadFile(d.fs, d.Path(runsDir, manifest.Run+".json"))
	if err != nil {
		return false
	}
	replaced, err := d.Erased().Replaced()
	var run struct{ Snapshot string }
	return err != nil || json.Unmarshal(text, &run) == nil && replaced.Latest(run.Snapshot) == name
}

// mendLatest creates the link where only the text is left.
func (d *Dataset) mendLatest() error {
	if linked, err := d.hasLatest(); linked || err != nil {
		return err
	}
	err := durable.ReplaceSymlink(d.fs, path.Join(SnapshotsDir, d.name), d.Path(latestLink))
	if durable.Unsupported(err) {
		return nil // the text is the commit there
	}
	return err
}

// mendRun writes the file of the run that published the snapshot, after a crash
// between the two. From that file sweep knows that the snapshot was published,
// also once another one is the latest.
func (d *Dataset) mendRun() error {
	if _, err := d.fs.Lstat(d.Path(runsDir, d.manifest.Run+".json")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return d.WriteRun(Run{ID: d.manifest.Run}, map[string]any{
		"run": d.manifest.Run, "version": d.manifest.Program, "finished": d.manifest.Published, "snapshot": d.name,
		"error": "it ended, having published, before it could write this file, which the next run did",
	})
}

// mendLatestText makes the text agree with the link, after a crash between the
// two. LATEST of format 1 stays until a run publishes, where it is right and the
// only text: until then an older callmill can go on with the folder. Not so where
// it has the place of the link.
func (d *Dataset) mendLatestText() error {
	_, err := d.fs.Lstat(d.Path(latestText))
	if errors.Is(err, fs.ErrNotExist) {
		link, err := d.fs.Lstat(d.Path(latestLink))
		inPlace := err == nil && link.Mode().IsRegular()
		text, err := durable.ReadFile(d.fs, d.Path(formerText))
		if err == nil && strings.TrimSpace(string(text)) == d.name && !inPlace {
			return nil
		}
	}
	return d.mendText(d.name)
}
