// Package tighten makes a dataset forget what it published under a looser policy: once
// a snapshot is published that is redacted more strictly, all earlier ones go, their
// pins and second copies, the responses that are kept, and what the files of runs
// quote.
//
// # Steps
//
// And what a crash after each leaves:
//
//  1. The run writes its snapshot, whole. Nothing says so yet: the next opening sweeps
//     it.
//  2. [Begin] puts the intent on disk, with the snapshot's name. As long as that is not
//     the latest one the intent is void, and [Finish] only removes it.
//  3. The snapshot becomes the latest one: the run's commit.
//  4. Finish makes the policy as strict as the snapshot, and removes. Each part can be
//     done again; every command that writes does so before anything else. The intent is
//     removed last.
package tighten

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/internal/durable"
)

// Kind is that of the intents.
const Kind = "policy"

// noKeys is the mode in which there are no contact keys.
const noKeys = "drop"

// Leaving is what goes when the policy of a dataset becomes stricter. All lists are in
// order.
type Leaving struct {
	Snapshots []string      // by name
	Pins      []dataset.Pin // on them
	Raw       []string      // runs of which responses are kept
}

// Of lists what goes if a stricter snapshot is published now.
func Of(d *dataset.Dataset) (l Leaving, err error) {
	if l.Snapshots, err = names(d, d.Path(dataset.SnapshotsDir), dataset.IsSnapshot); err != nil {
		return l, err
	}
	if l.Raw, err = names(d, d.RawDir(), func(string) bool { return true }); err != nil {
		return l, err
	}
	l.Pins, err = d.Pins()
	return l, err
}

// names lists the folders in a folder; a folder that is not there has none.
func names(d *dataset.Dataset, dir string, is func(string) bool) (list []string, err error) {
	entries, err := durable.ReadDir(d.FS(), dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() && is(e.Name()) {
			list = append(list, e.Name())
		}
	}
	return list, nil
}

// work is what an intent says.
type work struct {
	PII      string `json:"pii"`
	Snapshot string `json:"snapshot"`
}

// Begin puts on disk that a snapshot, which is about to become the latest one, is
// redacted by a stricter mode than those before it. run is the id of the run.
func Begin(d *dataset.Dataset, run, pii, snapshot string) error {
	text, err := json.Marshal(work{pii, snapshot})
	if err != nil {
		return err
	}
	return d.Erased().Begin(erased.Intent{ID: run, Kind: Kind, Begun: d.Now().UTC(), Work: text})
}

// Finish removes what is left of earlier snapshots, or, where the one that the intent
// is about was not published, the intent alone. scrub takes out of the file of a run
// what it may quote.
func Finish(d *dataset.Dataset, i erased.Intent, scrub func(report []byte) ([]byte, error)) error {
	var w work
	if err := json.Unmarshal(i.Work, &w); err != nil {
		return fmt.Errorf("read what to remove: %w", err)
	}
	if d.Name() == w.Snapshot {
		if err := finish(d, w, scrub); err != nil {
			return fmt.Errorf("remove what was published before --pii %s: %w", w.PII, err)
		}
	}
	return d.Erased().End(i.ID)
}

func finish(d *dataset.Dataset, w work, scrub func([]byte) ([]byte, error)) error {
	if err := d.Erased().Tighten(erased.Policy{PII: w.PII}); err != nil {
		return err
	}
	if w.PII == noKeys {
		if err := d.Erased().DropContactKeys(); err != nil {
			return err
		}
	}
	l, err := Of(d)
	if err != nil {
		return err
	}
	gone := map[string]string{}
	for _, name := range l.Snapshots {
		if name != w.Snapshot {
			gone[name] = ""
		}
	}
	if err := d.MovePins(gone); err != nil {
		return err
	}
	for _, name := range slices.Backward(l.Snapshots) { // children before parents
		if name == w.Snapshot {
			continue
		}
		if err := d.Remove(name); err != nil {
			return fmt.Errorf("snapshot %s: %w", name, err)
		}
	}
	for _, run := range l.Raw {
		if err := durable.RemoveAll(d.FS(), filepath.Join(d.RawDir(), run)); err != nil {
			return fmt.Errorf("responses of run %s: %w", run, err)
		}
	}
	if err := durable.SyncDir(d.FS(), d.Path(dataset.SnapshotsDir)); err != nil {
		return err
	}
	for run, text := range d.Reports() {
		scrubbed, err := scrub(text)
		if err == nil && string(scrubbed) != string(text) {
			err = d.WriteRun(dataset.Run{ID: run}, json.RawMessage(scrubbed))
		}
		if err != nil {
			return fmt.Errorf("file of run %s: %w", run, err)
		}
	}
	return nil
}
