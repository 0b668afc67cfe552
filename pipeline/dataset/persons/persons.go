// Package persons finds the jobs of a person in the snapshots of a dataset: by number,
// by contact key where the numbers are not there, by reference id, by job, or all of
// before a day. It reads only the columns that identify somebody, each file once
// however many snapshots have it, and changes nothing.
package persons

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

// Who is who is looked for: everybody to whom any of this applies.
type Who struct {
	Numbers    []string // digits, normalized
	Keys       []string // contact keys
	References []string // ids as the tables have them
	Jobs       []string // ids
	Before     string   // a day: all that was called last before it; ""
	// Match reports whether a value of a kind is looked for, too: where only digests are
	// known. nil: none is.
	Match func(k Kind, value string) bool
}

// Kind is what a value is.
type Kind string

// Kinds of values.
const (
	Number    Kind = "number" // normalized
	Key       Kind = "key"
	Reference Kind = "reference"
	ID        Kind = "id" // of a job
)

// Options say how values are read.
type Options struct {
	Number func(string) string   // normalizes a phone number
	Day    func(ms int64) string // the day of an instant in the dataset's time zone
	// Until is the last day of the calls that are looked for, but with Before; "": all.
	Until string
	// Damaged reports whether a snapshot that cannot be read is passed over; nil: none is.
	Damaged func(snapshot string) bool
}

// Job is a job that was found. A job that was not called has the day when it was first
// seen as its last.
type Job struct {
	erased.Job
	LastDay string
	Old     bool // nothing but Before asks for it
	// Contacts are those of the job, as far as any snapshot has them, each once.
	Contacts []Contact
	Calls    int64 // tasks, in the latest snapshot that has it
}

// Contact is a person as a job names them.
type Contact struct {
	Name, Number, ReferenceID string
}

// Found is what was found.
type Found struct {
	Jobs []Job // in order
	// Later were called after Until, too: they are new data.
	Later []Job
	// Keys are the contact keys of those whose number or reference id was looked for, in
	// order.
	Keys []string
	fits map[value]bool
}

// Fits reports whether any job has a value that was looked for, a later one, too.
func (f *Found) Fits(kind Kind, text string) bool { return f.fits[value{kind, text}] }

// Holds reports whether a job was found.
func (f *Found) Holds(job erased.Job) bool {
	_, ok := slices.BinarySearchFunc(f.Jobs, job, func(a Job, b erased.Job) int { return a.Job.Compare(b) })
	return ok
}

type jobColumns struct {
	InstanceID     string `parquet:"instance_id"`
	JobID          string `parquet:"job_id"`
	JobReferenceID string `parquet:"job_reference_id,optional"`
	LastCallTime   int64  `parquet:"last_call_time,optional,timestamp(millisecond)"`
	FirstSeen      int64  `parquet:"first_seen,timestamp(millisecond)"`
}

type taskColumns struct {
	InstanceID         string `parquet:"instance_id"`
	JobID              string `parquet:"job_id"`
	CalledNumber       string `parquet:"called_number,optional"`
	ContactKey         string `parquet:"contact_key,optional"`
	ContactName        string `parquet:"contact_name,optional"`
	ContactPhoneNumber string `parquet:"contact_phone_number,optional"`
	ContactReferenceID string `parquet:"contact_reference_id,optional"`
}

type contactColumns struct {
	InstanceID         string `parquet:"instance_id"`
	JobID              string `parquet:"job_id"`
	ContactKey         string `parquet:"contact_key,optional"`
	ContactName        string `parquet:"contact_name,optional"`
	ContactPhoneNumber string `parquet:"contact_phone_number,optional"`
	ContactReferenceID string `parquet:"contact_reference_id,optional"`
}

// finder looks through files.
type finder struct {
	who     map[value]bool // whether it is looked for
	asked   func(Kind, string) bool
	before  string
	options Options
	byValue bool // a number, a key or a reference id is looked for

	read  map[string]bool // tasks and contacts files, by hash
	found map[erased.Job]*Job
	match map[erased.Job]bool
	keys  map[string]bool
	fits  map[value]bool // values that were looked for, and found
	// undated says that a job was found after the file that has its day was read.
	undated bool
}

// Find looks through snapshots of a dataset, each a view of it, in the order in which
// they were published.
func Find(ctx context.Context, snapshots []*dataset.Dataset, who Who, o Options) (*Found, error) {
	f := &finder{
		who: map[value]bool{}, asked: who.Match, before: who.Before, options: o,
		byValue: len(who.Numbers)+len(who.Keys)+len(who.References) > 0 || who.Match != nil,
		read:    map[string]bool{}, found: map[erased.Job]*Job{}, match: map[erased.Job]bool{}, keys: map[string]bool{}, fits: map[value]bool{},
	}
	for kind, values := range map[Kind][]string{Number: who.Numbers, Key: who.Keys, Reference: who.References, ID: who.Jobs} {
		for _, v := range values {
			f.who[value{kind, v}] = true
		}
	}
	for _, d := range snapshots {
		for _, p := range shard.List(d) {
			err := f.shard(ctx, p)
			if err != nil && ctx.Err() == nil && o.Damaged != nil && o.Damaged(d.Name()) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("look through snapshot %s: %w", d.Name(), err)
			}
		}
	}
	if f.undated {
		if err := f.days(ctx, snapshots); err != nil {
			return nil, err
		}
	}
	return f.result(), nil
}

// days reads every file of jobs once more: a job may be known by a snapshot that shares
// its file of jobs with an earlier one, and by nothing that the earlier one has.
func (f *finder) days(ctx context.Context, snapshots []*dataset.Dataset) error {
	read := map[string]bool{}
	for _, d := range snapshots {
		for _, p := range shard.List(d) {
			hash := p.Hashes[shard.Jobs]
			if hash == "" || read[hash] {
				continue
			}
			read[hash] = true
			err := each(ctx, p.Paths[shard.Jobs], f.date)
			if err != nil && ctx.Err() == nil && f.options.Damaged != nil && f.options.Damaged(d.Name()) {
				break
			}
			if err != nil {
				return fmt.Errorf("look through snapshot %s: %w", d.Name(), err)
			}
		}
	}
	return nil
}

// date notes the day of a job that was found.
func (f *finder) date(row *jobColumns) {
	if job := f.found[erased.Job{InstanceID: row.InstanceID, JobID: row.JobID}]; job != nil {
		job.LastDay = max(job.LastDay, f.day(row))
	}
}

func (f *finder) result() *Found {
	found := &Found{Keys: slices.Sorted(maps.Keys(f.keys)), fits: f.fits}
	for id, job := range f.found {
		old := f.before != "" && job.LastDay < f.before
		named := f.match[id] && (f.options.Until == "" || job.LastDay <= f.options.Until) || f.is(ID, id.JobID)
		job.Old = old && !named
		switch {
		case named || old:
			found.Jobs = append(found.Jobs, *job)
		case f.match[id]:
			found.Later = append(found.Later, *job)
		}
	}
	order := func(a, b Job) int { return a.Job.Compare(b.Job) }
	slices.SortFunc(found.Jobs, order)
	slices.SortFunc(found.Later, order)
	return found
}

// shard reads the files of a shard that were not read yet: jobs for what they say
// themselves, their contacts and calls, and jobs again, now that it is known whose days
// are of interest.
func (f *finder) shard(ctx context.Context, p *shard.Published) error {
	jobs, knew := f.first(p, shard.Jobs), len(f.found)
	if jobs {
		if err := each(ctx, p.Paths[shard.Jobs], f.job); err != nil {
			return err
		}
	}
	contacts := func() error {
		return each(ctx, p.Paths[shard.Contacts], func(row *contactColumns) {
			id := erased.Job{InstanceID: row.InstanceID, JobID: row.JobID}
			f.contact(id, Contact{row.ContactName, row.ContactPhoneNumber, row.ContactReferenceID}, row.ContactKey, "")
		})
	}
	// Contacts before the calls, of which some are known by them alone, and once more
	// for those of jobs that are known by their calls.
	also := f.first(p, shard.Contacts)
	if also {
		if err := contacts(); err != nil {
			return err
		}
	}
	if f.first(p, shard.Tasks) {
		if err := f.calls(ctx, p.Paths[shard.Tasks]); err != nil {
			return err
		}
	}
	if also && len(f.found) > 0 {
		if err := contacts(); err != nil {
			return err
		}
	}
	if !jobs {
		f.undated = f.undated || len(f.found) > knew
		return nil
	}
	if len(f.found) == 0 {
		return nil
	}
	return each(ctx, p.Paths[shard.Jobs], f.date)
}

// calls reads a file of tasks.
func (f *finder) calls(ctx context.Context, path string) error {
	calls := map[erased.Job]int64{}
	err := each(ctx, path, func(row *taskColumns) {
		id := erased.Job{InstanceID: row.InstanceID, JobID: row.JobID}
		c := Contact{row.ContactName, row.ContactPhoneNumber, row.ContactReferenceID}
		if c.Number == "" {
			c.Number = row.CalledNumber
		}
		if f.contact(id, c, row.ContactKey, row.CalledNumber) {
			calls[id]++
		}
	})
	for id, n := range calls {
		f.found[id].Calls = n
	}
	return err
}

// each reads a file row by row.
func each[T any](ctx context.Context, path string, do func(*T)) error {
	for row, err := range parquetio.All[T](path) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		do(row)
	}
	return nil
}

// first reports whether a file of a shard was not read yet.
func (f *finder) first(p *shard.Published, table int) bool {
	hash := p.Hashes[table]
	if hash == "" || f.read[hash] {
		return false
	}
	f.read[hash] = true
	return true
}

// day returns the day of the last call of a job.
func (f *finder) day(row *jobColumns) string {
	if row.LastCallTime != 0 {
		return f.options.Day(row.LastCallTime)
	}
	return f.options.Day(row.FirstSeen)
}

func (f *finder) job(row *jobColumns) {
	id := erased.Job{InstanceID: row.InstanceID, JobID: row.JobID}
	if f.is(Reference, row.JobReferenceID) {
		f.match[id] = true
	}
	if f.match[id] || f.is(ID, row.JobID) || f.before != "" && f.day(row) < f.before {
		f.note(id)
	}
}

// contact looks at who is called by a job, and reports whether the job is of interest.
func (f *finder) contact(id erased.Job, c Contact, key, called string) bool {
	if f.byValue && (f.is(Key, key) || f.is(Reference, c.ReferenceID) || f.isNumber(c.Number) || f.isNumber(called)) {
		f.match[id] = true
		f.note(id)
		if key != "" && !f.keys[key] {
			f.keys[strings.Clone(key)] = true
		}
	}
	job := f.found[id]
	if job == nil {
		return false
	}
	if (f.match[id] || f.is(ID, id.JobID)) && c != (Contact{}) && !slices.Contains(job.Contacts, c) {
		job.Contacts = append(job.Contacts, c)
	}
	return true
}

// value is a value of a kind.
type value struct {
	kind Kind
	text string
}

// known is how many answers about values are kept.
const known = 1 << 16

func (f *finder) is(kind Kind, text string) bool {
	if text == "" {
		return false
	}
	v := value{kind, text}
	is, ok := f.who[v]
	if is && !f.fits[v] {
		f.fits[value{kind, strings.Clone(text)}] = true
	}
	if ok || f.asked == nil {
		return is
	}
	is = f.asked(kind, text)
	if is || len(f.who) < known {
		f.who[v] = is
	}
	return is
}

func (f *finder) isNumber(number string) bool {
	return number != "" && f.is(Number, f.options.Number(number))
}

func (f *finder) note(id erased.Job) *Job {
	if f.found[id] == nil {
		f.found[id] = &Job{Job: id}
	}
	return f.found[id]
}

// Touches returns what tells whether a shard has rows of one of the jobs. It reads each
// file of jobs once.
func (f *Found) Touches() func(*shard.Published) (bool, error) {
	known := map[string]bool{}
	return func(p *shard.Published) (bool, error) {
		hash := p.Hashes[shard.Jobs]
		if has, ok := known[hash]; ok {
			return has, nil
		}
		for row, err := range parquetio.All[keyColumns](p.Paths[shard.Jobs]) {
			if err != nil {
				return false, err
			}
			if f.Holds(erased.Job{InstanceID: row.InstanceID, JobID: row.JobID}) {
				known[hash] = true
				return true, nil
			}
		}
		known[hash] = false
		return false, nil
	}
}

type keyColumns struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
}

// Leaves returns what tells whether the rows of a job stay, as package replace asks.
func (f *Found) Leaves() func(*schema.Rows) bool {
	return func(r *schema.Rows) bool {
		return !f.Holds(erased.Job{InstanceID: r.Job.InstanceID, JobID: r.Job.JobID})
	}
}

// People lists the different people that the jobs name, in order: those who share a
// number are there one by one. They are told apart by name, those without one by
// reference id.
func (f *Found) People() []Contact {
	seen := map[Contact]bool{}
	var list []Contact
	for _, job := range f.Jobs {
		for _, c := range job.Contacts {
			id := Contact{Name: c.Name}
			if c.Name == "" {
				id.ReferenceID = c.ReferenceID
			}
			if id == (Contact{}) || seen[id] {
				continue
			}
			seen[id] = true
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Contact) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ReferenceID, b.ReferenceID))
	})
	return list
}
