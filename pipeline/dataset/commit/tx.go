// Package commit is the transaction that publishes a run: it takes jobs, facts,
// campaigns and rejects, decides between the versions of every job, writes the
// shards that change and publishes the result as a snapshot, or nothing at all.
//
// Which of several versions of a job wins, and what becomes of SearchTask's
// values, is decided in package verdict; where the rows of a job lie, in plan.go;
// what happens at a crash, step by step, in publish.go. What a run brings is kept
// within Options.Memory and otherwise on disk, however many jobs there are.
package commit

import (
	"context"
	"errors"
	"sync"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/capacity"
	"callmill/pipeline/dataset/jobsort"
	"callmill/pipeline/dataset/optout"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/reject/met"
	"callmill/pipeline/dataset/verdict"
	"callmill/pipeline/dataset/versions"
	"callmill/schema"
)

// Options are what a transaction needs besides a dataset. Flattener and
// Unflatten are required.
type Options struct {
	// Flattener makes a Flattener; each goroutine has its own.
	Flattener func() Flattener
	// Unflatten makes a job of its rows. It is safe for concurrent use.
	Unflatten func(*schema.Rows) *schema.Job
	// Rederive has the rows of all published jobs written again: another version
	// of callmill derived them. A snapshot of another format always is.
	Rederive bool
	Memory   int64    // bytes for what is gathered; 0: 192 MiB
	Workers  int      // shards that are written at the same time; 0: 1
	Program  string   // name and version, for the manifest
	Observer Observer // may be nil
	// Ready, where not nil, is called with the name of the snapshot that is about to be
	// the latest one: all of it is on disk. Its error keeps the latest one as it is.
	Ready func(snapshot string) error
	// Reject changes the row of a published reject, where not nil, in place.
	Reject func(*schema.RejectRow)
	// Repair, where not nil, says that the snapshot built upon is damaged, and that
	// files of it were given up: see [dataset.Dataset.GiveUp].
	Repair *Repair
	// Erased reports whether a job was erased, of which only the id is known: no facts are
	// taken, nor a reject; where it is expected it counts as come. A job says so itself.
	// nil: none was. It is safe for concurrent use.
	Erased func(instanceID, jobID string) bool
	// Rules say how long entries of what is pending stay. Where its Searched is nil
	// the Extent of Commit says what was.
	// Its Edge is the beginning of what is kept, see package verdict.
	Rules reconcile.Rules
	// OnHold reports whether a job is kept however old it is; nil: none is. It is safe
	// for concurrent use.
	OnHold func(schema.Key) bool
	// OptOuts keeps what contacts asked for whose jobs go; nil: nothing is kept.
	OptOuts OptOuts
}

// OptOuts keeps that contacts asked not to be called, in jobs that are not kept.
type OptOuts interface {
	// Expired takes a job that lies before the edge. It is safe for concurrent use.
	Expired(*schema.Job) error
	// Rows returns all that were ever kept, those of the run on disk by then.
	Rows() ([]optout.Row, error)
}

// Repair is what a run does that publishes in the place of a damaged snapshot: it
// publishes also where nothing else is new. Jobs of the files that were given up
// count as unchanged where they are added again, as lost where they are not.
type Repair struct {
	GivenUp int64 // jobs in the files
}

// Flattener makes rows of jobs. It is used by one goroutine.
type Flattener interface {
	// Add returns the rows of a job, valid until the next call; copies of them
	// are valid until Reset.
	Add(*schema.Job, schema.ContentHash) *schema.Rows
	Reset()
	// JobDate returns the day that a job lives under, in days since 1970-01-01,
	// and its first call, in ms; NoDate and 0 where it has none.
	JobDate(*schema.Job) (day int32, firstCall int64)
}

// Observer is told of the progress of writing, from several goroutines.
type Observer interface {
	// Writing is called when n shards are about to be written, Wrote for each.
	Writing(n int)
	Wrote()
}

// Tx is what one run is about to publish. Workers add to it through appenders;
// when all are flushed, Commit publishes. Close must be called at the end,
// also after an error.
type Tx struct {
	dataset  *dataset.Dataset
	options  Options
	run      dataset.Run
	base     *dataset.Manifest // of the snapshot built upon; nil where all is written anew
	anew     bool              // see BeginAnew
	rederive bool              // see Options
	before   *dataset.Versions // of the snapshot that is written again as a whole, else nil
	format   int               // whose content hashes the versions of a run are compared by

	jobs     *jobsort.Store
	versions *versions.Store // of jobs
	rejects  *met.Store

	mu        sync.Mutex
	appenders []*Appender
	erased    map[schema.Key]bool // jobs that came and were not taken
	refused   int64               // versions and rejects that were not
	replays   map[string]bool     // rejects that are replayed: whether their input was accepted

	// Once it is decided.
	verdict  *versions.Verdict
	accepted func(schema.Key) (at verdict.Moment, ok bool, err error) // see versions.Store
	counts   dataset.Counts
	// rejectsExpire says that published rejects lie before the edge.
	rejectsExpire bool
	build         *build
}

// Begin starts a run upon the published snapshot. One that is written again as a
// whole must have room for a copy: else the error is a *capacity.Error.
func Begin(ctx context.Context, d *dataset.Dataset, run dataset.Run, o Options) (*Tx, error) {
	tx := begin(d, run, o)
	if d.Manifest() == nil {
		return tx, nil
	}
	tx.base, tx.format = d.Manifest(), d.Manifest().Format
	tx.rederive = o.Rederive || tx.format != dataset.FormatVersion
	if tx.rederive {
		tx.before = new(tx.base.Versions())
		if err := capacity.Check(d); err != nil {
			return nil, errors.Join(err, tx.Close())
		}
	}
	if err := tx.versions.Load(ctx, d, tx.rederive); err != nil {
		return nil, errors.Join(err, tx.Close())
	}
	return tx, nil
}

// BeginAnew starts a run that replaces the published snapshot by one made of
// the very same jobs, derived anew: each must be added once. Rejects and
// campaigns stay. There must be room for a copy, as for Begin.
func BeginAnew(d *dataset.Dataset, run dataset.Run, o Options) (*Tx, error) {
	if err := capacity.Check(d); err != nil {
		return nil, err
	}
	tx := begin(d, run, o)
	tx.anew = true
	if before := d.Manifest().Versions(); before.Format != dataset.FormatVersion {
		tx.before = &before
	}
	return tx, nil
}

func begin(d *dataset.Dataset, run dataset.Run, o Options) *Tx {
	if o.Memory == 0 {
		o.Memory = 192 << 20
	}
	o.Workers = max(1, o.Workers)
	if o.Observer == nil {
		o.Observer = silent{}
	}
	dir, memory := d.Path(dataset.SnapshotsDir), o.Memory
	tx := &Tx{
		dataset: d, options: o, run: run, format: dataset.FormatVersion,
		versions: versions.New(dir, memory*7/12, versions.Retention{Edge: o.Rules.Edge, OnHold: o.OnHold}),
		rejects:  met.New(dir, run.ID, memory/12),
		replays:  map[string]bool{}, erased: map[schema.Key]bool{},
	}
	tx.jobs = jobsort.NewStore(jobsort.Options{
		Memory:  memory / 6,
		Open:    memory / 12 / int64(o.Workers),
		Dir:     dir,
		Buckets: dataset.BucketsFor,
	})
	return tx
}

// silent is the Observer of a transaction that has none.
type silent struct{}

func (silent) Writing(int) {}
func (silent) Wrote()      {}

// Job returns how a job stands in the published snapshot that was called at an instant,
// in ms, or 0 where that is not known; ok is false where it is not published. It is safe
// for concurrent use.
func (tx *Tx) Job(instanceID, jobID string, call int64) (standing versions.Standing, ok bool, err error) {
	return tx.versions.Standing(schema.JobKey(nil, instanceID, jobID), call)
}

// WritesAll reports whether the rows of all jobs are written again.
func (tx *Tx) WritesAll() bool { return tx.anew || tx.rederive }

// Instances returns the instances that jobs are published of, in order.
func (tx *Tx) Instances() ([]string, error) { return tx.versions.Instances() }

// Close frees the memory and disk space of the run; of one that was not published
// nothing is left.
func (tx *Tx) Close() error {
	err := errors.Join(tx.jobs.Close(), tx.versions.Close(), tx.rejects.Close())
	if tx.build != nil {
		err = tx.build.discard(err)
	}
	return err
}
