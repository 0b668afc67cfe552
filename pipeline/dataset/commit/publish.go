package commit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/views"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// Published is the result of a run.
type Published struct {
	Snapshot string // the latest one now
	Changed  bool   // false: the run brought nothing new, and nothing was written
	Counts   dataset.Counts
	Tables   []dataset.Table
	Unlisted []string // statuses in the tables that the vendor does not document
	// Pending is what became of the entries of what is pending.
	Pending reconcile.Summary
	// Rederived are the versions before and now, where all rows were derived again
	// because of them; nil where that was not so.
	Rederived *[2]dataset.Versions
}

// Commit decides between the versions of every job, writes the shards that
// change, completes the snapshot and makes it the latest one. It is called once,
// when all appenders are flushed. All its goroutines have ended when it returns.
//
// The steps after the shards are written, and what a crash after each leaves:
//
//  1. Files of untouched shards are linked into the new folder, small tables
//     and views.sql are written, and the manifest last: a folder named
//     .build-…, which the next run sweeps.
//  2. All its folders are synced: the same, but on disk.
//  3. The second copies of the manifest and of what is pending are written into runs/:
//     those of no snapshot, which the next run sweeps.
//  4. The folder gets its name: a whole snapshot that nothing names; the next
//     run sweeps it, for no run file says that it was published, and the copies.
//  5. The folder of snapshots is synced: the same, but on disk.
//  6. The link latest is replaced by one rename, and its folder synced: this
//     is the commit. Whether a rename whose sync failed has happened is for
//     latest itself to say.
//  7. CURRENT is written, the same name as text: before it, it names the snapshot
//     before; the next run mends it. Without links this is the commit.
//  8. LATEST, the text of format 1, is removed: before it, CURRENT goes before it;
//     the next run removes it.
//
// Where nothing differs from the published snapshot, all this is left out.
func (tx *Tx) Commit(ctx context.Context, extent dataset.Extent) (*Published, error) {
	if err := tx.checkSmall(); err != nil {
		return nil, err
	}
	if tx.options.Rules.Searched == nil {
		tx.options.Rules.Searched = extent.Searched
	}
	tx.options.Rules.Erased = func(instanceID, jobID string) bool {
		return tx.IsErased(instanceID, jobID) || tx.erased[schema.JobKey(nil, instanceID, jobID)]
	}
	if err := tx.decide(ctx); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var err error
	if tx.build, err = tx.newBuild(); err != nil {
		return nil, fmt.Errorf("begin snapshot: %w", err)
	}
	if err := tx.writeShards(ctx); err != nil {
		return nil, err
	}
	if idle, err := tx.idle(extent); err != nil {
		return nil, err
	} else if idle {
		m := *tx.base
		m.Counts = tx.counts
		return tx.published(tx.dataset.Name(), false, &m), nil
	}
	manifest, err := tx.build.assemble(extent)
	if err != nil {
		return nil, fmt.Errorf("assemble snapshot: %w", err)
	}
	if tx.same(manifest) {
		return tx.published(tx.dataset.Name(), false, manifest), nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return tx.publish(manifest)
}

// checkSmall checks the published files of the tables that are not by day, where
// all is written again; those of shards are checked when they are read.
func (tx *Tx) checkSmall() error {
	if !tx.rederive {
		return nil
	}
	for _, name := range schema.TableNames()[len(schema.DayTables()):] {
		for _, f := range tx.base.Table(name).Files {
			if err := dataset.CheckFile(filepath.Join(tx.dataset.SnapshotDir(), filepath.FromSlash(f.Path)), f.SHA256); err != nil {
				return fmt.Errorf("read table %s: %w", name, err)
			}
		}
	}
	return nil
}

// decide decides between the versions of every job.
func (tx *Tx) decide(ctx context.Context) error {
	var undated []int64
	if m := tx.dataset.Manifest(); m != nil {
		undated = m.Undated
	}
	var err error
	if tx.verdict, err = tx.versions.Decide(ctx, undated, tx.rejectedJobs(), &tx.options.Rules); err != nil {
		return err
	}
	tx.accepted = tx.versions.Accepted()
	tx.counts = tx.verdict.Counts
	if tx.anew {
		if err := tx.balanceAnew(); err != nil {
			return err
		}
	}
	if r := tx.options.Repair; r != nil {
		c := &tx.counts
		back := min(c.New, r.GivenUp)
		c.New, c.Unchanged, c.Lost = c.New-back, c.Unchanged+back, r.GivenUp-back
	}
	rejected, expired := tx.rejects.Count(), tx.rejects.Expired.Load()
	tx.counts.Seen += rejected + expired + tx.refused
	tx.counts.Erased += tx.refused
	tx.counts.Rejected += rejected
	tx.counts.Expired += expired
	return nil
}

// balanceAnew checks that the very jobs of the published snapshot came back, and counts
// them as what they are: unchanged, or before the edge.
func (tx *Tx) balanceAnew() error {
	c := &tx.counts
	if was := tx.dataset.Manifest().Table(schema.TableJobs).Rows; c.New+c.Expired != was || c.Seen != was {
		return fmt.Errorf("rewrite: %d jobs of %d came back as %d: the snapshot is damaged, `callmill verify` says how", c.Seen, was, c.New+c.Expired)
	}
	c.New, c.Unchanged, c.Left = 0, c.New, c.Expired
	return nil
}

// published returns the result of a run, after which a snapshot of that content
// is the latest one.
func (tx *Tx) published(snapshot string, changed bool, m *dataset.Manifest) *Published {
	p := &Published{
		Snapshot: snapshot, Changed: changed, Counts: m.Counts, Tables: m.Tables, Unlisted: m.Unlisted(),
		Pending: tx.verdict.Pending,
	}
	if tx.before != nil && *tx.before != m.Versions() {
		p.Rederived = &[2]dataset.Versions{*tx.before, m.Versions()}
	}
	return p
}

// publish completes the snapshot and makes it the latest one.
func (tx *Tx) publish(m *dataset.Manifest) (*Published, error) {
	name, err := tx.build.complete(m)
	if err != nil {
		return nil, fmt.Errorf("complete snapshot: %w", err)
	}
	if tx.options.Ready != nil {
		if err := tx.options.Ready(name); err != nil {
			return nil, fmt.Errorf("publish snapshot %s: %w", name, err)
		}
	}
	if err := tx.dataset.Publish(name, m); err != nil {
		if errors.Is(err, dataset.ErrUndecided) {
			tx.build.dir = ""
		}
		return nil, fmt.Errorf("publish snapshot %s: %w", name, err)
	}
	tx.build.dir = ""
	return tx.published(name, true, m), nil
}

// idle reports whether a snapshot would obviously say nothing new: no shard
// changes nor what is pending, and there was no reject or campaign, nor an opt-out whose
// job goes.
func (tx *Tx) idle(extent dataset.Extent) (bool, error) {
	for _, a := range tx.appenders {
		if len(a.groups) > 0 {
			return false, nil
		}
	}
	idle := tx.base != nil && tx.options.Repair == nil && !tx.rederive && len(tx.build.days) == 0 && tx.rejects.Count() == 0 && !tx.settlesRejects() &&
		!tx.verdict.PendingChanged && tx.base.HasExtent(extent)
	if !idle || tx.counts.Expired == 0 {
		return idle, nil
	}
	return tx.sameOptOuts()
}

// same reports whether a snapshot would say nothing new.
func (tx *Tx) same(m *dataset.Manifest) bool {
	old := tx.dataset.Manifest()
	if old == nil || tx.options.Repair != nil || old.Format != m.Format || !old.HasExtent(m.Extent) || tx.verdict.PendingChanged || old.OptOuts.SHA256 != m.OptOuts.SHA256 {
		return false
	}
	for i, t := range m.Tables {
		if old.Tables[i].ContentHash != t.ContentHash {
			return false
		}
	}
	return true
}

// complete writes what is left, puts everything on disk and names the folder.
func (b *build) complete(m *dataset.Manifest) (name string, err error) {
	d := b.tx.dataset
	sql := []byte(views.SQL("", schema.English, m.OptOuts.Path != ""))
	sum := sha256.Sum256(sql)
	m.ViewsSHA256 = hex.EncodeToString(sum[:])
	if err := durable.WriteFile(d.FS(), b.path(dataset.ViewsFile), sql, d.FileMode()); err != nil {
		return "", err
	}
	text, hash, err := m.Encode()
	if err != nil {
		return "", err
	}
	if err := durable.WriteFile(d.FS(), b.path(dataset.ManifestFile), text, d.FileMode()); err != nil {
		return "", err
	}
	// The files were synced one by one when they were written.
	for _, folder := range b.folders() {
		if err := durable.SyncDir(d.FS(), b.path(folder)); err != nil {
			return "", err
		}
	}
	name = dataset.NameSnapshot(m.Published, hash)
	if err := d.KeepManifest(name, text); err != nil {
		return "", err
	}
	if m.Pending.Path != "" {
		if err := d.KeepPending(name, b.path(m.Pending.Path)); err != nil {
			return "", err
		}
	}
	// Opened before the rename, see durable.SyncDir.
	snapshots, err := d.FS().OpenDir(d.Path(dataset.SnapshotsDir))
	if err != nil {
		return "", err
	}
	defer snapshots.Close()
	if err := d.FS().Rename(b.dir, d.Path(dataset.SnapshotsDir, name)); err != nil {
		return "", err
	}
	b.dir = d.Path(dataset.SnapshotsDir, name)
	return name, snapshots.Sync()
}

// assemble puts together the tables of the new snapshot.
func (b *build) assemble(extent dataset.Extent) (*dataset.Manifest, error) {
	tx := b.tx
	undated, err := tx.undatedNow()
	if err != nil {
		return nil, err
	}
	m := &dataset.Manifest{
		Format: dataset.FormatVersion, Program: tx.options.Program, Parent: tx.dataset.Name(), Run: tx.run.ID,
		Published: tx.dataset.Now().UTC(), Extent: extent, Undated: undated, Counts: tx.counts,
	}
	published := b.publishedFiles()
	for i, name := range schema.DayTables() {
		files, err := b.dayFiles(i, name, published)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		m.Tables = append(m.Tables, dataset.Table{Name: name, Files: files})
	}
	for _, name := range schema.TableNames()[len(m.Tables):] {
		file, err := b.smallFile(name, m, published)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		m.Tables = append(m.Tables, dataset.Table{Name: name, Files: []dataset.File{file}})
	}
	if m.Pending, err = b.pendingFile(published); err != nil {
		return nil, fmt.Errorf("what is pending: %w", err)
	}
	if m.OptOuts, err = b.optOutsFile(published); err != nil {
		return nil, fmt.Errorf("opt-outs: %w", err)
	}
	m.Seal()
	return m, nil
}
