//go:build cgo

package live

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/renew"
	"callmill/cmd/callmill-review/internal/masked"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/schema"
)

// keptBytes is what DuckDB may hold in a night, for what is not in memory. It may hold
// more while a snapshot is loaded.
const keptBytes = 128 << 20

// load loads a snapshot by its name, "" the one that is published, using what of an older
// night is in it too; nil: there is none.
func (f *Follower) load(ctx context.Context, name string, old *Night) (_ *Night, err error) {
	n := &Night{closed: make(chan struct{}), ahead: make(chan struct{})}
	if err := f.corpus(ctx, name, old, n); err != nil {
		return nil, err
	}
	if n.DB, err = query.Open(ctx, f.dir, query.Options{Snapshot: n.Name, Memory: keptBytes}); err != nil {
		return nil, err
	}
	if old != nil {
		debug.FreeOSMemory() // what loading took, before more is needed
	}
	find(n, f)
	if err := ctx.Err(); err != nil {
		return nil, errors.Join(err, n.DB.Close())
	}
	n.Answers = answers.New(f.slots, answers.Options{Shared: []any{n, n.Corpus, n.Graph, n.Hits}, Now: f.options.Now})
	n.bytes = bytesOf(int64(len(n.Corpus.Calls)), int64(len(n.Corpus.Lines)))
	n.held.Store(1)
	n.last = func() { f.closing.Go(func() { f.close(n) }) }
	return n, nil
}

// close closes a night that nobody reads any more, and gives back its memory.
func (f *Follower) close(n *Night) {
	n.Answers.Close()
	if err := n.DB.Close(); err != nil {
		f.options.Log.Error("close a snapshot", "snapshot", n.Name, "reason", err)
	}
	n.Corpus, n.Graph, n.Hits, n.index = nil, nil, nil, index{}
	if f.current() != n { // else all ends
		f.limit(false)
		debug.FreeOSMemory()
	}
	close(n.closed)
}

// corpus loads the corpus of a night, and what is known of it, by a database of its own,
// which is closed then.
func (f *Follower) corpus(ctx context.Context, name string, old, n *Night) (err error) {
	db, err := query.Open(ctx, f.dir, query.Options{Snapshot: name})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	n.Name, n.Zone = db.Snapshot(), db.Zone()
	n.Masked = f.options.Mask || db.Redacted()
	if n.From, err = first(ctx, db, f.options.Memory); err != nil {
		return fmt.Errorf("load snapshot %s: %w", n.Name, err)
	}
	n.source = sourceOf(db.Manifest(), db.ScriptsNamed(), n.From, f.tables())
	var before *source
	if old != nil {
		before = &old.source
	}
	p := n.source.since(before)
	loaded, err := db.Load(ctx, query.LoadOptions{From: n.From, Whole: true, Jobs: p.load})
	if err != nil {
		return fmt.Errorf("load snapshot %s: %w", n.Name, err)
	}
	if f.options.Mask && !db.Redacted() {
		if loaded, err = n.mask(ctx, db, loaded, old); err != nil {
			return fmt.Errorf("mask snapshot %s: %w", n.Name, err)
		}
	}
	if n.Corpus, n.loaded = loaded, len(p.load); p.whole {
		n.loaded = len(n.source.days)
		return nil
	}
	names, err := db.Names(ctx)
	if err != nil {
		return fmt.Errorf("load snapshot %s: %w", n.Name, err)
	}
	n.Corpus = renew.Join(renew.Part{Corpus: old.Corpus, Keep: n.source.keeps(p)}, renew.Part{Corpus: loaded}, names)
	return nil
}

// mask masks what was loaded.
func (n *Night) mask(ctx context.Context, db *query.DB, loaded *corpus.Corpus, old *Night) (*corpus.Corpus, error) {
	if old != nil && old.Masker != nil && old.source.settings == n.source.settings {
		n.Masker = old.Masker
	} else {
		words, err := db.Segment()
		if err != nil {
			return nil, err
		}
		if n.Masker, err = masked.New(masked.Options{Segment: words}); err != nil {
			return nil, err
		}
	}
	c, err := n.Masker.Corpus(ctx, loaded, db.Persons)
	if err == nil {
		renew.Number(c)
	}
	return c, err
}

// tables are those whose files say whether a day is as it was.
func (f *Follower) tables() []string {
	if f.options.Mask {
		return slices.Concat(tablesOfCalls, tablesOfPersons)
	}
	return tablesOfCalls
}

// first returns the first day of calls that are held in memory; 0: all are.
func first(ctx context.Context, db *query.DB, memory int64) (calendar.Day, error) {
	rows := func(m *dataset.Manifest, table string) int64 {
		if t := m.Table(table); t != nil {
			return t.Rows
		}
		return 0
	}
	if m := db.Manifest(); bytesOf(rows(m, schema.TableTasks), rows(m, schema.TableTurns)) <= memory {
		return 0, nil
	}
	days, err := db.Days(ctx)
	return fit(days, memory), err
}

// find finds what is asked of a corpus again and again, at the same time.
func find(n *Night, f *Follower) {
	var all sync.WaitGroup
	all.Go(func() { n.Graph = nodes.Find(n.Corpus) })
	all.Go(func() { n.index = newIndex(n.Corpus) })
	n.Hits = match.Find(f.options.Rules, n.Corpus)
	all.Wait()
}
