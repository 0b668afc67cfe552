package dataset

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strings"

	"callmill/pipeline/internal/durable"
)

// sweep removes what a run that was killed left: snapshots in the making,
// spilled rows, temporary files, and a snapshot that was complete but not yet
// named by latest. It touches nothing that callmill did not write.
func (d *Dataset) sweep() error {
	for _, folder := range []string{".", snapshotsDir, runsDir, dictDir} {
		entries, err := d.fs.ReadDir(d.path(folder))
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
			if err := durable.RemoveAll(d.fs, d.path(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	return d.mendLatestText()
}

func (d *Dataset) isLeftover(folder, name string) bool {
	if durable.IsTemp(name) {
		return true
	}
	if folder != snapshotsDir {
		return false
	}
	if strings.HasPrefix(name, buildPrefix) || strings.HasPrefix(name, spillPrefix) {
		return true
	}
	return snapshotName.MatchString(name) && name != d.name && !d.wasPublished(name)
}

// wasPublished reports whether a snapshot was ever the latest one: then its
// run's file says so, or the latest one descends from it.
func (d *Dataset) wasPublished(name string) bool {
	manifest, err := readManifest(d.fs, d.path(snapshotsDir, name))
	if err != nil {
		return true // not ours to judge: verify will say what is wrong with it
	}
	if d.manifest != nil && d.manifest.Parent == name {
		return true
	}
	text, err := durable.ReadFile(d.fs, d.path(runsDir, manifest.Run+".json"))
	if err != nil {
		return false
	}
	var run struct{ Snapshot string }
	return json.Unmarshal(text, &run) == nil && run.Snapshot == name
}

// mendLatestText makes LATEST say what the link says, after a crash between
// the two.
func (d *Dataset) mendLatestText() error {
	if d.name == "" {
		return nil
	}
	text, err := durable.ReadFile(d.fs, d.path(latestText))
	if err == nil && strings.TrimSpace(string(text)) == d.name {
		return nil
	}
	return durable.WriteFile(d.fs, d.path(latestText), []byte(d.name+"\n"), d.fileMode())
}
