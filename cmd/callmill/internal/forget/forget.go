// Package forget erases people from a dataset, and finishes erasures that were begun:
// their jobs go from every kept snapshot, from kept responses, rejects, reports of runs
// and the desk; tombstones keep them from coming back; a receipt says what was done.
//
// # Steps
//
//  1. Everything that is theirs is found, as for --dry-run, and counted.
//  2. The intent is written: what to do, and the receipt but for its end. From here on
//     every command that writes finishes it first.
//  3. Tombstones, snapshots (package replace), kept responses, reports of runs, the desk:
//     each can be done again, and then changes nothing.
//  4. The receipt is written, last. The intent is removed; with it goes what named them.
//
// A crash before the second step leaves all as it was, later ones an open erasure.
package forget

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/output"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/persons"
	"callmill/pipeline/dataset/replace"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/desk"
	"callmill/pipeline/redact"
	"callmill/pipeline/trace"
	"callmill/schema"
)

// Kind is that of the intents and receipts of this package.
const Kind = "forget"

// Options are what a person asked for.
type Options struct {
	Selector
	Before    string // a day: all that was called last before it
	Requested string // the day of the request; "": today
	By        string // who does it; "": the user of the system
	Desk      string // folder of the desk; "": that of the dataset
	Receipt   string // file to write the receipt into, too; ""
	Key       string // file with the key; "": that of the dataset
	Held      bool   // jobs on hold go, too
	Now       func() time.Time
}

// work is what is written down of an erasure, so that it can be finished.
type work struct {
	Numbers    []string     `json:"numbers,omitempty"`
	Keys       []string     `json:"keys,omitempty"`
	References []string     `json:"references,omitempty"`
	Before     string       `json:"before,omitempty"`
	Until      string       `json:"until,omitempty"`
	Named      []string     `json:"named,omitempty"` // ids of jobs that were asked for
	Jobs       []erased.Job `json:"jobs,omitempty"`
	// Old are the jobs among them that only Before covers: it is their tombstone.
	Old     []erased.Job   `json:"old,omitempty"`
	Inputs  []trace.Input  `json:"inputs,omitempty"` // of rejects
	Later   []erased.Job   `json:"later,omitempty"`
	Desk    string         `json:"desk,omitempty"`
	Copy    string         `json:"copy,omitempty"` // where the receipt goes, too
	Receipt erased.Receipt `json:"receipt"`
}

// Plan is an erasure that has been planned but not begun.
type Plan struct {
	options Options
	who     persons.Who
	work    work
	found   *persons.Found
}

// notReached is what every receipt says.
var notReached = []string{
	"backups and copies of the folder",
	"what was exported or loaded elsewhere, which `callmill changes` names as gone for 30 days",
	"mentions of the person in calls of others",
	"space on the disk that is free again, until it is used",
	"the vendor: what the robot's platform keeps",
}

// Check checks what can be checked without the dataset, and cleans it.
func (o *Options) Check() error {
	if err := o.Selector.Check(); err != nil {
		return err
	}
	if o.Selector.Empty() && o.Before == "" {
		return exit.Usagef("nobody is named: give --phone, --reference-id, --job or --before")
	}
	if err := errors.Join(checkDay("before", o.Before), checkDay("requested", o.Requested)); err != nil {
		return err
	}
	if o.Desk != "" {
		if entries, err := os.ReadDir(o.Desk); err != nil {
			return exit.Usagef("--desk: %w", err)
		} else if len(entries) == 0 {
			return exit.Usagef("--desk %s is empty: it holds no reviews and no access log", o.Desk)
		}
	}
	if o.Receipt == "" {
		return nil
	}
	if _, err := os.Lstat(o.Receipt); err == nil {
		return exit.Usagef("--receipt %s exists", o.Receipt)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return exit.Usagef("--receipt: %w", err)
	}
	if _, err := os.Stat(filepath.Dir(o.Receipt)); err != nil {
		return exit.Usagef("--receipt: %w", err)
	}
	return nil
}

// checkDay returns a usage error where a flag is given and no day.
func checkDay(flag, day string) error {
	if day == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return exit.Usagef("invalid --%s %q: want a day, such as 2026-01-31", flag, day)
	}
	return nil
}

// Make finds what there is of the people asked for. It changes nothing.
func Make(ctx context.Context, d *dataset.Dataset, o Options) (*Plan, error) {
	m := d.Manifest()
	if m != nil && m.Format != dataset.FormatVersion {
		return nil, exit.WithHint(exit.Usagef("%s is of format %d, which cannot be changed", d.Path(), m.Format), fmt.Sprintf("`callmill rewrite %s` brings it to today's", quote.Shell(d.Path())))
	}
	if m == nil {
		if err := o.unpublished(d); err != nil {
			return nil, err
		}
	}
	reader, err := NewReader(d)
	if err != nil {
		return nil, err
	}
	today := reader.Day(o.Now().UnixMilli())
	o.Requested = cmp.Or(o.Requested, today)
	if o.Requested > today || o.Before > today {
		return nil, exit.Usagef("a day is in the future: today is %s in the time zone of the dataset", today)
	}
	who, err := o.Selector.Who(d, o.Key)
	if err != nil {
		return nil, err
	}
	who.Before = o.Before
	found, err := reader.Find(ctx, who, o.Requested)
	if err != nil {
		return nil, err
	}
	if !o.Held {
		if err := onHold(d, found); err != nil {
			return nil, err
		}
	}
	p := &Plan{options: o, who: who, found: found, work: work{
		Numbers: who.Numbers, Keys: keysOf(who, found), References: o.References, Before: o.Before, Until: o.Requested, Named: o.Jobs,
		Copy: absolute(o.Receipt), Desk: absolute(o.Desk),
	}}
	for _, j := range found.Jobs {
		if j.Old {
			p.work.Old = append(p.work.Old, j.Job)
		} else {
			p.work.Jobs = append(p.work.Jobs, j.Job)
		}
	}
	for _, j := range found.Later {
		p.work.Later = append(p.work.Later, j.Job)
	}
	if err := p.refused(ctx, d, reader); err != nil {
		return nil, err
	}
	e := newEraser(d, &p.work, reader)
	if err := e.rest(ctx, true); err != nil {
		return nil, err
	}
	if m != nil {
		if len(found.Jobs) == 0 && len(e.counts) == 0 {
			return nil, nobody(d, found)
		}
		if err := p.lacks(ctx, d, reader); err != nil {
			return nil, err
		}
		if err := replace.CheckFiles(ctx, d, e.change()); err != nil {
			return nil, exit.WithHint(err, fmt.Sprintf("`callmill repair %s` first: nothing was begun", quote.Shell(d.Path())))
		}
	}
	for _, j := range found.Jobs {
		e.counts["calls"] += j.Calls
	}
	e.counts["jobs"] = int64(len(found.Jobs))
	p.work.Receipt = erased.Receipt{
		Kind: Kind, By: cmp.Or(o.By, systemUser()), Requested: o.Requested, Counts: e.counts, Files: e.files, NotReached: notReached,
		Shared: int64(max(0, len(found.People())-1)),
	}
	return p, nil
}

// lacks returns a usage error that names the first of several selectors that fits nobody:
// a typo in one of them must not look as if it was done.
func (p *Plan) lacks(ctx context.Context, d *dataset.Dataset, reader *Reader) error {
	if len(p.options.Phones)+len(p.options.References)+len(p.options.Jobs) < 2 {
		return nil
	}
	fits := func(values map[persons.Kind]string, w work) (bool, error) {
		for kind, value := range values {
			if p.found.Fits(kind, value) {
				return true, nil
			}
		}
		e := newEraser(d, &w, reader)
		err := e.rest(ctx, true)
		return len(e.counts) > 0, err
	}
	lack := func(flag, value string) error {
		return exit.WithHint(exit.Usagef("nobody fits --%s %q: nothing was begun", flag, value), "correct it, or leave it out")
	}
	for i, n := range p.who.Numbers {
		values, w := map[persons.Kind]string{persons.Number: n}, work{Numbers: []string{n}}
		if i < len(p.who.Keys) {
			values[persons.Key], w.Keys = p.who.Keys[i], []string{p.who.Keys[i]}
		}
		if ok, err := fits(values, w); err != nil {
			return err
		} else if !ok {
			return lack("phone", p.options.Phones[i])
		}
	}
	for i, r := range p.options.References {
		values := map[persons.Kind]string{persons.Reference: r}
		if i < len(p.who.References) {
			values[persons.Reference] = p.who.References[i]
		}
		if ok, err := fits(values, work{References: []string{r}}); err != nil {
			return err
		} else if !ok {
			return lack("reference-id", r)
		}
	}
	for _, id := range p.options.Jobs {
		if ok, err := fits(map[persons.Kind]string{persons.ID: id}, work{Named: []string{id}}); err != nil {
			return err
		} else if !ok {
			return lack("job", id)
		}
	}
	return nil
}

// keysOf returns the contact keys of those who are meant: also where there was no key to
// make them with, and the tables have them.
func keysOf(who persons.Who, found *persons.Found) []string {
	keys := slices.Concat(who.Keys, found.Keys)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// refused notes what is theirs of what was refused, in any kept snapshot: its input, which
// goes from kept responses as it is, and the ids of jobs that were never read, so that
// they do not come back.
func (p *Plan) refused(ctx context.Context, d *dataset.Dataset, reader *Reader) error {
	snapshots, err := reader.Snapshots()
	if err != nil {
		return err
	}
	e, seen := newEraser(d, &p.work, reader), map[trace.Input]bool{}
	ids := map[erased.Job]bool{}
	for _, at := range snapshots {
		for row, err := range tables.Rejects(at) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil && ctx.Err() == nil && reader.mayBeDamaged(at.Name()) {
				break
			}
			if err != nil {
				return fmt.Errorf("read rejects: %w", err)
			}
			if !e.isReject(row) {
				continue
			}
			if in := (trace.Input{Bytes: row.RawBytes, SHA256: strings.Clone(row.RawSHA256)}); in.Bytes > 0 && !seen[in] {
				seen[in] = true
				p.work.Inputs = append(p.work.Inputs, in)
			}
			if row.JobID != "" {
				ids[erased.Job{InstanceID: strings.Clone(row.InstanceID), JobID: strings.Clone(row.JobID)}] = true
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	// One that some snapshot has as a job is theirs only if it was found.
	who := persons.Who{}
	for id := range ids {
		who.Jobs = append(who.Jobs, id.JobID)
	}
	known, err := reader.Find(ctx, who, "")
	if err != nil {
		return err
	}
	for id := range ids {
		if !known.Holds(id) {
			p.work.Jobs = append(p.work.Jobs, id)
		}
	}
	slices.SortFunc(p.work.Jobs, erased.Job.Compare)
	return nil
}

// errNobody means that nobody fits.
var errNobody = errors.New("nobody fits: no job, reject, kept response, report or review of the dataset")

// nobody returns the error of a selector that fits nobody.
func nobody(d *dataset.Dataset, found *persons.Found) error {
	if n := len(found.Later); n > 0 {
		return exit.WithHint(exit.Usagef("what fits, jobs: %d, was called after the day of the request: that is new data", n),
			"give a later --requested, if the request covers them")
	}
	return exit.WithHint(exit.AsUsage(errNobody),
		fmt.Sprintf("`callmill person %s` takes the same selectors", quote.Shell(d.Path())))
}

func absolute(path string) string {
	if path == "" {
		return ""
	}
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

func systemUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprintf("user %d", os.Getuid())
}

// digests returns the selectors as a receipt has them.
func (o *Options) digests(store *erased.Store, who persons.Who) (list []erased.Selector, err error) {
	add := func(kind string, digest func(string) (string, error), value string) {
		one := erased.Selector{Kind: kind}
		var e error
		one.Digest, e = digest(value)
		err = errors.Join(err, e)
		list = append(list, one)
	}
	for i, n := range o.numbers() {
		add(erased.SelectorPhone, store.NumberDigest, n)
		if i < len(who.Keys) && err == nil {
			list[len(list)-1].Contact, err = store.ContactDigest(who.Keys[i])
		}
	}
	for i, r := range o.References {
		add(erased.SelectorReference, store.ReferenceDigest, r)
		if i < len(who.References) && who.References[i] != r && err == nil {
			list[len(list)-1].Hash, err = store.ReferenceDigest(who.References[i])
		}
	}
	for _, j := range o.Jobs {
		add(erased.SelectorJob, store.JobIDDigest, j)
	}
	if o.Before != "" {
		list = append(list, erased.Selector{Kind: erased.SelectorBefore, Before: o.Before})
	}
	return list, err
}

// Do does what was planned, on the dataset it was planned for, which is open for a run.
func (p *Plan) Do(ctx context.Context, d *dataset.Dataset) (*erased.Receipt, error) {
	run := d.NewRun()
	var err error
	if p.work.Receipt.Selectors, err = p.options.digests(d.Erased(), p.who); err != nil {
		return nil, fmt.Errorf("begin erasure: %w", err)
	}
	p.work.Receipt.ID, p.work.Receipt.Begun = run.ID, run.Started
	text, err := json.Marshal(&p.work)
	if err != nil {
		return nil, fmt.Errorf("begin erasure: %w", err)
	}
	intent := erased.Intent{ID: run.ID, Kind: Kind, Begun: run.Started, Work: text}
	if err := d.Erased().Begin(intent); err != nil {
		return nil, fmt.Errorf("begin erasure: %w", err)
	}
	return Finish(ctx, d, intent)
}

// Finish does what is left of an erasure that was begun.
func Finish(ctx context.Context, d *dataset.Dataset, i erased.Intent) (*erased.Receipt, error) {
	w := &work{}
	if err := json.Unmarshal(i.Work, w); err != nil {
		return nil, fmt.Errorf("finish erasure %s: read what is to be done: %w", i.ID, err)
	}
	reader, err := NewReader(d)
	if err == nil {
		err = newEraser(d, w, reader).all(ctx, i)
	}
	if copied, ok := errors.AsType[*CopyError](err); ok {
		return &w.Receipt, exit.WithHint(err, fmt.Sprintf("copy it from %s", quote.Shell(copied.Receipt)))
	}
	if err != nil {
		return nil, exit.WithHint(fmt.Errorf("finish erasure %s: %w", i.ID, err), fmt.Sprintf("it is begun, and every command that writes goes on with it first; `callmill repair %s` mends what is damaged", quote.Shell(d.Path())))
	}
	return &w.Receipt, nil
}

// eraser does an erasure.
type eraser struct {
	d      *dataset.Dataset
	w      *work
	reader *Reader
	tracer *trace.Tracer
	jobs   *persons.Found
	later  map[erased.Job]bool

	counts map[string]int64
	files  []string
	theirs int64 // kept lines that hold something of theirs
}

func newEraser(d *dataset.Dataset, w *work, reader *Reader) *eraser {
	e := &eraser{d: d, w: w, reader: reader, jobs: &persons.Found{}, later: map[erased.Job]bool{}, counts: map[string]int64{}}
	values := trace.Values{Numbers: w.Numbers, References: w.References, Jobs: slices.Clone(w.Named), Inputs: w.Inputs}
	for _, j := range slices.Concat(w.Jobs, w.Old) {
		e.jobs.Jobs = append(e.jobs.Jobs, persons.Job{Job: j})
		values.Jobs = append(values.Jobs, j.JobID)
	}
	slices.SortFunc(e.jobs.Jobs, func(a, b persons.Job) int { return a.Job.Compare(b.Job) })
	for _, j := range w.Later {
		e.later[j] = true
		values.Others = append(values.Others, j.JobID)
	}
	e.tracer = trace.New(values, trace.Options{Number: redact.Number, Decode: decode})
	return e
}

// all does everything, in the order of the package's comment.
func (e *eraser) all(ctx context.Context, i erased.Intent) error {
	store := e.d.Erased()
	stones, err := e.tombstones(store)
	if err != nil {
		return err
	}
	if err := store.Bury(stones); err != nil {
		return err
	}
	if err := e.keepers(ctx, store); err != nil {
		return err
	}
	replaced, err := replace.Snapshots(ctx, e.d, i.ID, i.Begun, e.change())
	if err != nil {
		return err
	}
	if err := e.rest(ctx, false); err != nil {
		return err
	}
	r := &e.w.Receipt
	r.Snapshots, r.Finished = replaced.Snapshots, e.d.Now().UTC().Truncate(time.Millisecond)
	for _, name := range replaced.Removed {
		r.Files = append(r.Files, "snapshots/"+name)
	}
	if err := store.WriteReceipt(r); err != nil {
		return err
	}
	if err := store.End(i.ID); err != nil {
		return err
	}
	if err := e.copyReceipt(); err != nil {
		return &CopyError{Receipt: store.Path("receipts", r.Name()), Err: err}
	}
	return nil
}

// CopyError means that an erasure is done, and its receipt is not where a copy of it was
// asked for.
type CopyError struct {
	Receipt string // its path
	Err     error
}

func (e *CopyError) Error() string {
	return fmt.Sprintf("the erasure is done, but the copy of its receipt is not there: %v", e.Err)
}

// Unwrap returns what went wrong.
func (e *CopyError) Unwrap() error { return e.Err }

// copyReceipt writes the receipt where it was asked for, unless something else came to be
// there meanwhile. A folder that is gone is no error: who asked for it is, too.
func (e *eraser) copyReceipt() error {
	if e.w.Copy == "" {
		return nil
	}
	text, err := json.MarshalIndent(&e.w.Receipt, "", " ")
	if err != nil {
		return err
	}
	err = output.WriteNew(e.w.Copy, append(text, '\n'))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// keepers has the opt-outs of the jobs outlive them, as digests: nobody who asked not to
// be called is to be called because they asked to be erased, too. Holds of the jobs go.
func (e *eraser) keepers(ctx context.Context, store *erased.Store) error {
	snapshots, err := e.reader.Snapshots()
	if err != nil {
		return err
	}
	outs := retain.NewOptOuts(store, redact.Number, e.reader.zone)
	touches, read := e.jobs.Touches(), map[string]bool{}
	for _, at := range snapshots {
		if err := e.outsOf(ctx, at, touches, read, outs); err != nil && (ctx.Err() != nil || !e.reader.mayBeDamaged(at.Name())) {
			return err
		}
	}
	if err := outs.Keep(); err != nil {
		return err
	}
	holds, err := store.Holds()
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(holds), func(h erased.Hold) bool { return e.jobs.Holds(h.Job) })
	if len(left) == len(holds) {
		return nil
	}
	return store.WriteHolds(left)
}

// outsOf notes the opt-outs of the jobs in a snapshot, of shards that were not read yet.
func (e *eraser) outsOf(ctx context.Context, at *dataset.Dataset, touches func(*shard.Published) (bool, error), read map[string]bool, outs *retain.OptOuts) error {
	job := settings.JobOf(at.Manifest().Settings)
	for _, p := range shard.List(at) {
		touched, err := touches(p)
		if err != nil {
			return err
		}
		key := fmt.Sprint(p.Hashes)
		if !touched || read[key] {
			continue
		}
		read[key] = true
		if err := e.optOuts(ctx, p, job, outs); err != nil {
			return err
		}
	}
	return nil
}

// optOuts notes the opt-outs of the jobs of a shard.
func (e *eraser) optOuts(ctx context.Context, p *shard.Published, job func(*schema.Rows) *schema.Job, outs *retain.OptOuts) (err error) {
	r, err := shard.Open([]*shard.Published{p}, p.Shard)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		rows, _, err := r.Next()
		if err == nil {
			err = ctx.Err()
		}
		if rows == nil || err != nil {
			return err
		}
		if !e.jobs.Holds(erased.Job{InstanceID: rows.Job.InstanceID, JobID: rows.Job.JobID}) {
			continue
		}
		if err := outs.Expired(job(rows)); err != nil {
			return err
		}
	}
}

// onHold returns a usage error where a job that was found is on hold.
func onHold(d *dataset.Dataset, found *persons.Found) error {
	holds, err := d.Erased().Holds()
	if err != nil {
		return err
	}
	for _, h := range holds {
		if found.Holds(h.Job) {
			return exit.WithHint(exit.Usagef("job %s is on hold since %s: %s", h.JobID, h.Day, h.Reason), "--held erases jobs on hold, too")
		}
	}
	return nil
}

func (e *eraser) tombstones(store *erased.Store) (list []erased.Tombstone, err error) {
	add := func(t erased.Tombstone, e error) {
		err = errors.Join(err, e)
		list = append(list, t)
	}
	for _, j := range e.w.Jobs {
		digest, e := store.JobDigest(j.InstanceID, j.JobID)
		add(erased.Tombstone{Job: digest}, e)
	}
	for _, n := range e.w.Numbers {
		digest, err := store.NumberDigest(n)
		add(erased.Tombstone{Number: digest, Until: e.w.Until}, err)
	}
	for _, r := range e.w.References {
		digest, err := store.ReferenceDigest(r)
		add(erased.Tombstone{Reference: digest, Until: e.w.Until}, err)
	}
	if e.w.Before != "" {
		add(erased.Tombstone{Before: e.w.Before}, nil)
	}
	return list, err
}

// change is what becomes of the snapshots.
func (e *eraser) change() replace.Change {
	return replace.Change{
		Touches: e.jobs.Touches(),
		Job:     e.jobs.Leaves(),
		Reject:  func(r *schema.RejectRow) bool { return !e.isReject(r) },
		Pending: func(r *schema.PendingRow) bool {
			return !e.jobs.Holds(erased.Job{InstanceID: r.InstanceID, JobID: r.JobID})
		},
		Tell: true,
	}
}

// isReject reports whether a reject is theirs: of one of their jobs, or its input holds
// a value of theirs and is not that of a later job.
func (e *eraser) isReject(r *schema.RejectRow) bool {
	job := erased.Job{InstanceID: r.InstanceID, JobID: r.JobID}
	switch {
	case e.jobs.Holds(job), slices.Contains(e.w.Named, r.JobID), e.w.Before != "" && e.reader.Day(r.FirstSeen) < e.w.Before:
		return true
	case e.later[job]:
		return false
	}
	return e.tracer.In(r.Raw) || e.tracer.In([]byte(r.Reason)) || e.tracer.In([]byte(r.Origin))
}

// rest does what is not in tables: kept responses, reports of runs, the desk. With dry it
// only counts, the rejects of the latest snapshot, too.
func (e *eraser) rest(ctx context.Context, dry bool) error {
	if dry {
		for row, err := range tables.Rejects(e.d) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return fmt.Errorf("read rejects: %w", err)
			}
			if e.isReject(row) {
				e.counts["rejects"]++
			}
		}
	}
	if err := e.raw(ctx, dry); err != nil {
		return err
	}
	if err := e.runs(ctx, dry); err != nil {
		return err
	}
	return e.desk(dry)
}

// someone says which records of the desk are theirs.
func (e *eraser) someone() *desk.Someone {
	return &desk.Someone{
		Job:  func(instance, id string) bool { return e.jobs.Holds(erased.Job{InstanceID: instance, JobID: id}) },
		Key:  func(key string) bool { return slices.Contains(e.w.Keys, key) },
		Text: e.tracer.In,
	}
}

// desk takes them out of the desk of the dataset, and of the one that was named.
func (e *eraser) desk(dry bool) error {
	folders := []string{e.d.Path("desk")}
	if own := absolute(folders[0]); e.w.Desk != "" && e.w.Desk != own {
		folders = append(folders, e.w.Desk)
	}
	for _, folder := range folders {
		files, gone, err := desk.In(folder).Forget(e.someone(), dry)
		if err != nil {
			return err
		}
		for _, name := range files {
			e.files = append(e.files, strings.TrimPrefix(filepath.Join(folder, name), e.d.Path()+string(filepath.Separator)))
		}
		if gone > 0 {
			e.counts["desk_records"] += gone
		}
	}
	return nil
}
