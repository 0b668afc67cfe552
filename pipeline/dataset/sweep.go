package dataset

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"strings"

	"callmill/pipeline/internal/durable"
)

// sweep removes what a run that was killed left: snapshots in the making,
// spilled rows, temporary files, and a snapshot that was complete but not yet
// named by latest. What that run could not write any more, it writes. It
// touches nothing that callmill did not write.
func (d *Dataset) sweep() error {
	for _, folder := range []string{".", snapshotsDir, runsDir, dictDir} {
		entries, err := durable.ReadDir(d.fs, d.path(folder))
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
			if err := remove(d.fs, d.path(folder, e.Name())); err != nil {
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
	if folder != snapshotsDir {
		return false
	}
	return scratchName.MatchString(name) || snapshotName.MatchString(name) && name != d.name && !d.wasPublished(name)
}

// wasPublished reports whether a snapshot was ever the latest one. One that
// was not is built upon the one that is, as its run ended before the swap, and
// no run's file names it. Whatever looks otherwise stays: it may be all that is
// left of a dataset that somebody moved without its runs/.
func (d *Dataset) wasPublished(name string) bool {
	manifest, err := readManifest(d.fs, d.path(snapshotsDir, name))
	if err != nil || manifest.Parent != d.name {
		return true // a broken one is for verify to judge
	}
	text, err := durable.ReadFile(d.fs, d.path(runsDir, manifest.Run+".json"))
	if err != nil {
		return false
	}
	var run struct{ Snapshot string }
	return json.Unmarshal(text, &run) == nil && run.Snapshot == name
}

// mendLatest makes the link again where only LATEST is left.
func (d *Dataset) mendLatest() error {
	if _, err := d.fs.Lstat(d.path(latestLink)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := durable.ReplaceSymlink(d.fs, path.Join(snapshotsDir, d.name), d.path(latestLink))
	if durable.Unsupported(err) {
		return nil // there, LATEST is all there is
	}
	return err
}

// mendRun writes the file of the run that published the snapshot, after a
// crash between the two: by it sweep knows that it was published, also when
// another one is.
func (d *Dataset) mendRun() error {
	if _, err := d.fs.Lstat(d.path(runsDir, d.manifest.Run+".json")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return d.WriteRun(Run{ID: d.manifest.Run}, map[string]any{
		"run": d.manifest.Run, "version": d.manifest.Program, "finished": d.manifest.Published, "snapshot": d.name,
		"error": "it ended, having published, before it could write this file, which the next run did",
	})
}

// mendLatestText makes LATEST say what the link says, after a crash between
// the two.
func (d *Dataset) mendLatestText() error {
	text, err := durable.ReadFile(d.fs, d.path(latestText))
	if err == nil && strings.TrimSpace(string(text)) == d.name {
		return nil
	}
	return durable.WriteFile(d.fs, d.path(latestText), []byte(d.name+"\n"), d.fileMode())
}
