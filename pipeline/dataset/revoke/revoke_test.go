package revoke_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/revoke"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/flatten"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
	"callmill/schema"
)

// whole are scripts of one word.
type whole struct{}

func (whole) Cut(dst []int32, script string) []int32 { return append(dst, int32(len(script))) }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(dir string, fsys durable.FS) (*dataset.Dataset, error) {
	return dataset.Open(context.Background(), dir, dataset.Options{FS: fsys, Now: func() time.Time { return time.Date(2026, 1, 24, 1, 30, 0, 0, time.UTC) }})
}

// joined makes a dataset with a key, contact keys, and an opt-out that outlived its job.
func joined(t testing.TB) (dir string) {
	dir = filepath.Join(t.TempDir(), "data")
	d, err := open(dir, nil)
	check(t, err)
	key, err := secret.ForRun(d, "")
	check(t, err)
	run := d.NewRun()
	tx, err := commit.Begin(t.Context(), d, run, commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(time.UTC, whole{}) }, Unflatten: flatten.Job, Program: "test",
	})
	check(t, err)
	a := tx.Appender()
	check(t, a.Job(&schema.Raw{}, 0, &schema.Job{InstanceID: "sales", JobID: "a", ObservedAt: 1, Contacts: []schema.Contact{{Key: strings.Repeat("a", 32)}}}))
	check(t, a.Flush())
	published, err := tx.Commit(t.Context(), dataset.Extent{Settings: dataset.Settings{
		TimeZone: "UTC", Segmenter: "fast", Words: "whole", PII: "keep", Derivation: flatten.Version, Outcomes: schema.OutcomesVersion, KeyID: dataset.KeyID(key),
	}})
	check(t, err)
	check(t, tx.Close())
	check(t, d.WriteRun(run, map[string]string{"snapshot": published.Snapshot}))
	check(t, d.Erased().WriteOptOuts([]erased.OptOut{{Number: "n", ContactKey: strings.Repeat("a", 32), Day: "2026-01-01", Source: "rule"}}))
	check(t, d.Close())
	return dir
}

// destroy destroys the key, from the intent on.
func destroy(d *dataset.Dataset) error {
	if _, err := revoke.Begin(d, d.NewRun().ID); err != nil {
		return err
	}
	return finish(d)
}

func finish(d *dataset.Dataset) error {
	intents, err := d.Erased().Open()
	for _, i := range intents {
		err = errors.Join(err, revoke.Finish(context.Background(), d, i, func(dataset.Settings) func(*schema.Rows) {
			return func(rows *schema.Rows) {
				for i := range rows.Contacts {
					rows.Contacts[i].ContactKey = ""
				}
			}
		}))
	}
	return err
}

// isJoined reports whether there is anything of the contact keys and their key; it is an
// error where some is left and some not.
func isJoined(t testing.TB, dir string) bool {
	t.Helper()
	d, err := dataset.View(dir)
	check(t, err)
	policy, err := d.Erased().Policy()
	check(t, err)
	_, err = os.Stat(filepath.Join(dir, dataset.KeyFile))
	left := []bool{d.Manifest().Settings.KeyID != "", policy.Key == "", !errors.Is(err, fs.ErrNotExist)}
	for row, err := range tables.Rows[schema.ContactRow](d, schema.TableContacts) {
		check(t, err)
		left = append(left, row.ContactKey != "")
	}
	optOuts, err := d.Erased().OptOuts()
	check(t, err)
	for _, o := range optOuts {
		left = append(left, o.ContactKey != "")
	}
	if len(left) != 5 {
		t.Fatalf("%d things to look at, want 5", len(left))
	}
	for _, l := range left {
		if l != left[0] {
			t.Fatalf("half of it is left: %v", left)
		}
	}
	return left[0]
}

// TestEveryStepBroken: once the intent is on disk the next command that writes destroys
// the key to the end; before that nothing has changed.
func TestEveryStepBroken(t *testing.T) {
	original := joined(t)
	copied := func() string {
		dir := filepath.Join(t.TempDir(), "data")
		check(t, os.CopyFS(dir, os.DirFS(original)))
		return dir
	}
	learn := faulty.New(durable.OS{}, nil)
	dir := copied()
	d, err := open(dir, learn)
	check(t, err)
	before := len(learn.Steps())
	check(t, destroy(d))
	check(t, d.Close())
	if isJoined(t, dir) {
		t.Fatal("the key is there")
	}
	destroyed := 0
	every := 3 // syncing takes long
	if os.Getenv("CALLMILL_THOROUGH") != "" {
		every = 1
	}
	for n := before; n < len(learn.Steps()); n += every {
		dir := copied()
		d, err := open(dir, faulty.New(durable.OS{}, faulty.Dead(n, faulty.Fail)))
		if err == nil {
			_ = destroy(d)
			_ = d.Close() // as far as a dead disk lets it
		}
		d, err = open(dir, nil)
		check(t, err)
		check(t, finish(d))
		check(t, d.Close())
		if !isJoined(t, dir) {
			destroyed++
		} else if n > before+20 {
			t.Errorf("step %d: the key is there", n)
		}
	}
	if destroyed < 5 {
		t.Errorf("only %d runs got beyond the intent", destroyed)
	}
}
