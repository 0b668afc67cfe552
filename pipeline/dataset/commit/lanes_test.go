package commit

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

// recorder is the writer of a table that notes how many rows it was handed at a time.
type recorder struct {
	shard.TableWriter
	rows   []int
	broken error
}

func (r *recorder) Write(b *shard.Batch) error {
	if r.broken != nil && len(r.rows) == 20 {
		return r.broken
	}
	r.rows = append(r.rows, r.Count(b))
	return r.TableWriter.Write(b)
}

// noRows is a Flattener that is only reset.
type noRows struct{ Flattener }

func (noRows) Reset() {}

// recording returns a shardWriter and its tables.
func recording(t *testing.T, workers int) (*shardWriter, []*recorder) {
	d, err := dataset.Open(t.Context(), filepath.Join(t.TempDir(), "data"), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	tx := begin(d, d.NewRun(), Options{Workers: workers, Flattener: func() Flattener { return noRows{} }})
	t.Cleanup(func() { tx.Close() })
	b, err := tx.newBuild()
	if err != nil {
		t.Fatal(err)
	}
	b.unwritten.Store(1)
	w, err := b.newWriter()
	if err != nil {
		t.Fatal(err)
	}
	w.shard, w.written = shard.Shard{Buckets: 1}, &writtenShard{files: make([]dataset.File, len(w.tables))}
	var list []*recorder
	for _, o := range w.tables {
		r := &recorder{TableWriter: o.rows}
		list, o.rows = append(list, r), r
	}
	return w, list
}

// TestLanes: each table gets all batches, in order, whether lanes have goroutines of
// their own or not; those end, also where a table cannot be written.
func TestLanes(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	broken := errors.New("broken")
	for _, c := range []struct {
		name    string
		workers int
		broken  int // the table that is, -1: none
		cancel  bool
	}{
		{"all have shards", 1, -1, false},
		{"one has none", 2, -1, false},
		{"turns cannot be written", 2, shard.Turns, false},
		{"contacts cannot be written", 2, shard.Contacts, false},
		{"by one worker, contacts cannot be written", 1, shard.Contacts, false},
		{"cancelled", 2, -1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, tables := recording(t, c.workers)
			if c.broken >= 0 {
				tables[c.broken].broken = broken
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			l := newLanes(ctx, w)
			var want []int
			var err error
			for n := 1; n <= 300 && err == nil; n++ {
				rows := &schema.Rows{Turns: make([]schema.TurnRow, n), Contacts: make([]schema.ContactRow, n)}
				w.batch.Add(rows)
				want = append(want, n)
				if c.cancel && n == 100 {
					cancel(errors.New("a signal")) // see exit.Interrupted
				}
				err = w.hand(l)
			}
			if got := l.queues != nil; got != (c.workers > 1) {
				t.Errorf("lanes run by themselves: %v", got)
			}
			if err = l.close(err); err != nil {
				w.abandon()
			}
			switch {
			case c.cancel:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("error %v, want context.Canceled, whatever the cause", err)
				}
			case c.broken >= 0:
				if !errors.Is(err, broken) {
					t.Errorf("error %v, want that of the table", err)
				}
			case err != nil:
				t.Error(err)
			default:
				for _, table := range []int{shard.Turns, shard.Contacts} {
					if got := tables[table].rows; !slices.Equal(got, want) {
						t.Errorf("table %d got batches of %d rows, want %d", table, got, want)
					}
					if f := w.written.files[table]; f.Rows != 300*301/2 {
						t.Errorf("table %d has a file of %d rows, want %d", table, f.Rows, 300*301/2)
					}
				}
			}
		})
	}
}

// TestLanesWaitForHugeJobs: nothing of a huge job is in memory any more when the next one
// is derived.
func TestLanesWaitForHugeJobs(t *testing.T) {
	w, tables := recording(t, 2)
	l := newLanes(t.Context(), w)
	for n := 1; n <= 40; n++ {
		w.batch.Add(&schema.Rows{Turns: make([]schema.TurnRow, 5000), Contacts: make([]schema.ContactRow, 1)})
		if err := w.hand(l); err != nil {
			t.Fatal(err)
		}
		if turns, contacts := len(tables[shard.Turns].rows), len(tables[shard.Contacts].rows); turns != n || contacts != n {
			t.Errorf("of %d jobs %d and %d are written", n, turns, contacts)
		}
	}
	if err := l.close(nil); err != nil {
		t.Error(err)
	}
}
