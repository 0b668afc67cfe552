// Package revoke takes the contact keys out of a dataset for good, when its key is
// destroyed: out of every kept snapshot, and of the opt-outs that outlived their jobs.
// From then on no run makes any.
//
// Nobody could make the keys again without the key; but those that are published would
// still join the calls of one person, and with a copy of the key tell whose they are.
//
// The intent is on disk first. Each step after it can be done again, and the intent is
// removed last: see [Finish].
package revoke

import (
	"context"
	"errors"
	"io/fs"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/optout"
	"callmill/pipeline/dataset/replace"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// Kind is that of the intents.
const Kind = "key"

// Begin puts on disk that the key is destroyed. id is the intent's. Afterwards Finish
// must be called, now or later.
func Begin(d *dataset.Dataset, id string) (erased.Intent, error) {
	i := erased.Intent{ID: id, Kind: Kind, Begun: d.Now().UTC(), Work: []byte("{}")}
	return i, d.Erased().Begin(i)
}

// Without returns what takes the contact keys, and what is as good as one, out of the
// rows of a job in snapshots of some settings, in place.
type Without func(dataset.Settings) func(*schema.Rows)

// Finish destroys the key: the policy says so first, so that no run makes contact keys
// any more; then every snapshot is replaced, and the key file removed.
func Finish(ctx context.Context, d *dataset.Dataset, i erased.Intent, without Without) error {
	policy := erased.Policy{Key: erased.KeyDestroyed}
	if m := d.Manifest(); m != nil {
		policy.KeyID = m.Settings.KeyID
	}
	if err := d.Erased().Tighten(policy); err != nil {
		return err
	}
	if m := d.Manifest(); m != nil {
		// All kept snapshots are of one mode, and that is what matters here.
		clean := without(m.Settings)
		_, err := replace.Snapshots(ctx, d, i.ID, i.Begun, replace.Change{
			Job:      func(rows *schema.Rows) bool { clean(rows); return true },
			OptOut:   func(row *optout.Row) bool { row.ContactKey = ""; return row.NumberDigest != "" },
			Manifest: manifest,
		})
		if err != nil {
			return err
		}
	}
	if err := d.Erased().DropContactKeys(); err != nil {
		return err
	}
	err := durable.ChangeDir(d.FS(), d.Path(), func() error { return d.FS().Remove(secret.Path(d)) })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return d.Erased().End(i.ID)
}

// manifest takes out of a manifest which key there was.
func manifest(m *dataset.Manifest) bool {
	changed := m.Settings.KeyID != ""
	m.Settings.KeyID = ""
	return changed
}
