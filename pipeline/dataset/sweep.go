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
	return errors.Join(d.mendLatest(), d.mendLatestText(), d.mendRun())
}

func (d *Dataset) isLeftover(folder, name string) bool {
	if durable.IsTemp(name) {
		return true
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
	var run struct{ Snapshot string }
	return json.Unmarshal(text, &run) == nil && run.Snapshot == name
}

// mendLatest creates the link where only LATEST is left.
func (d *Dataset) mendLatest() error {
	if _, err := d.fs.Lstat(d.Path(latestLink)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := durable.ReplaceSymlink(d.fs, path.Join(SnapshotsDir, d.name), d.Path(latestLink))
	if durable.Unsupported(err) {
		return nil // LATEST is the commit there
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

// mendLatestText makes LATEST agree with the link, after a crash between the two.
func (d *Dataset) mendLatestText() error {
	text, err := durable.ReadFile(d.fs, d.Path(latestText))
	if err == nil && strings.TrimSpace(string(text)) == d.name {
		return nil
	}
	return durable.WriteFile(d.fs, d.Path(latestText), []byte(d.name+"\n"), d.FileMode())
}
