package shuffle

import (
	"errors"
	"fmt"

	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Kind is the kind of a record, its first byte.
type Kind byte

// Kinds of records. States are kept for years: a number is never used again for
// another kind.
const (
	KindState    Kind = 1 + iota // [State]: what is decided of the key so far
	KindVersion                  // [Version] of a job
	KindFact                     // [Fact]: what SearchTask says of a task
	KindExpected                 // [Expected]: a job is expected
	KindReject                   // [Reject]
	KindGroup                    // [Group]: a campaign

	KindImportedJob     // [ImportedJob]: a job as a dataset publishes it, or that it does not
	KindImportedPending // [ImportedPending]: all that is pending of a job in a dataset
	KindImportedRejects // [ImportedRejects]: all rejects of the key in a dataset
	KindImportedGroup   // [ImportedGroup]: a campaign as a dataset has it, or that it does not

	KindRepeated // [Version] of which another record of the key has the job, see Condense

	// KindFoundReject is a [RejectID]: that reject of the table names somebody who was
	// erased. An empty one says that the state of the key does.
	KindFoundReject
)

// What has no job is in domains of its own, which no instance can be named like: the
// name of one is UTF-8.
const (
	groupDomain  = "\xffgroup "
	rejectDomain = "\xffreject "
)

// GroupKey returns the key of a campaign. buf is scratch space and may be nil.
func GroupKey(buf []byte, instanceID, groupID string) schema.Key {
	return schema.JobKey(buf, groupDomain+instanceID, groupID)
}

// RejectKey returns the key of a reject: that of its job, where it has one. buf is
// scratch space and may be nil.
func RejectKey(buf []byte, row *schema.RejectRow) schema.Key {
	if row.JobID != "" {
		return schema.JobKey(buf, row.InstanceID, row.JobID)
	}
	return schema.JobKey(buf, rejectDomain+row.InstanceID, row.RejectID)
}

// Version is a version of a job as a run meets it.
type Version struct {
	ObservedAt int64 // ms
	// Sequence and Position are its place in the order of delivery: pieces of input,
	// then jobs in a piece.
	Sequence, Position int64
	Hash               schema.ContentHash
	Asked              bool // it answers a question for the job
	InstanceID, JobID  string

	job   []byte // encoded, without what is above
	again *again // not nil: another version has the job
}

func (v *Version) code(c *spill.Codec) {
	c.Varint(&v.ObservedAt)
	c.Varint(&v.Sequence)
	c.Varint(&v.Position)
	c.Fixed(v.Hash[:])
	c.Bool(&v.Asked)
	c.Text(&v.InstanceID)
	c.Text(&v.JobID)
}

// Job decodes the job. It is valid until the next call with the same decoder, and
// aliases the record.
func (v *Version) Job(d *jobcode.Decoder) (*schema.Job, error) {
	job, err := d.Job(v.job)
	if err != nil {
		return nil, fmt.Errorf("read a version of job %s: %w", v.JobID, err)
	}
	job.InstanceID, job.JobID, job.Asked = v.InstanceID, v.JobID, v.Asked
	return job, nil
}

// Fact is what SearchTask says of a task. Its instant is Facts.ObservedAt; Undated is
// not kept.
type Fact struct {
	Sequence int64 // of the piece of input
	Number   int64 // its place among the facts and campaigns of the piece, from 1
	schema.TaskFacts
}

func (f *Fact) code(c *spill.Codec) {
	c.Varint(&f.Sequence)
	c.Varint(&f.Number)
	c.Text(&f.InstanceID)
	c.Text(&f.JobID)
	c.Text(&f.TaskID)
	c.Varint(&f.CallTime)
	f.Facts.Code(c)
}

// Expected is that a job is expected.
type Expected struct {
	Sequence int64
	schema.Expected
}

func (e *Expected) code(c *spill.Codec) {
	c.Varint(&e.Sequence)
	c.Text(&e.InstanceID)
	c.Text(&e.JobID)
	c.Text(&e.Trouble)
	c.Varint(&e.ObservedAt)
}

// Reject is a reject as a run meets it: at Row.FirstSeen, Sequence and Row.Position.
// Row.FirstRun is empty.
type Reject struct {
	Sequence int64
	Row      schema.RejectRow
}

func (r *Reject) code(c *spill.Codec) {
	c.Varint(&r.Sequence)
	codeReject(c, &r.Row)
}

func codeReject(c *spill.Codec, row *schema.RejectRow) {
	raw := string(row.Raw)
	for _, text := range [...]*string{
		&row.InstanceID, &row.RejectID, &row.JobID, &row.Origin, &row.Code, &row.Reason, &row.RawSHA256, &row.FirstRun, &raw,
	} {
		c.Text(text)
	}
	c.Varint(&row.Position)
	c.Varint(&row.RawBytes)
	c.Varint(&row.FirstSeen)
	if c.Decoding {
		if row.Raw = nil; raw != "" { // none is NULL
			row.Raw = []byte(raw)
		}
	}
}

// Group is a campaign as a run meets it.
type Group struct {
	Sequence int64 // of the piece of input
	Number   int64 // its place among the facts and campaigns of the piece, from 1
	Row      schema.JobGroupRow
}

func (g *Group) code(c *spill.Codec) {
	c.Varint(&g.Sequence)
	c.Varint(&g.Number)
	codeGroup(c, &g.Row)
}

func codeGroup(c *spill.Codec, row *schema.JobGroupRow) {
	for _, text := range [...]*string{
		&row.InstanceID, &row.JobGroupID, &row.JobGroupName, &row.Description, &row.ScriptID, &row.ScriptName, &row.ScriptVersion, &row.JobGroupStatus,
	} {
		c.Text(text)
	}
	c.Varint(&row.CreationTime)
	c.Varint(&row.ModifyTime)
	for _, number := range [...]**int64{&row.TotalJobs, &row.TotalCompleted, &row.TotalNotAnswered} {
		optional(c, number, c.Varint)
	}
	c.Varint(&row.ObservedAt)
}

func codePending(c *spill.Codec, row *schema.PendingRow) {
	for _, text := range [...]*string{&row.InstanceID, &row.JobID, &row.TaskID, &row.Reason, &row.ContentHash} {
		c.Text(text)
	}
	c.Varint(&row.Since)
	row.Facts.Code(c)
}

// optional is for a value that may be nil.
func optional[T any](c *spill.Codec, v **T, code func(*T)) {
	there := *v != nil
	if c.Bool(&there); !there {
		*v = nil
		return
	}
	if c.Decoding {
		*v = new(T)
	}
	code(*v)
}

// list is for a list.
func list[T any](c *spill.Codec, l *[]T, code func(*spill.Codec, *T)) {
	n := uint64(len(*l))
	c.Uvarint(&n)
	if c.Decoding {
		if *l = nil; n > uint64(len(c.Bytes())) { // each takes a byte at least
			c.Fail()
			return
		}
		if n > 0 {
			*l = make([]T, n)
		}
	}
	for i := range *l {
		code(c, &(*l)[i])
	}
}

// ImportedJob is a job as a dataset publishes it.
type ImportedJob struct {
	Hash              schema.ContentHash
	InstanceID, JobID string

	gone bool
	job  []byte // encoded, with facts, ObservedAt, FirstSeen, Undated and RequestID
}

func (i *ImportedJob) code(c *spill.Codec) {
	c.Bool(&i.gone)
	c.Fixed(i.Hash[:])
	c.Text(&i.InstanceID)
	c.Text(&i.JobID)
}

// Job decodes the job, nil where the dataset has it no more. It is valid until the
// next call with the same decoder, and aliases the record.
func (i *ImportedJob) Job(d *jobcode.Decoder) (*schema.Job, error) {
	if i.gone {
		return nil, nil
	}
	job, err := d.Job(i.job)
	if err != nil {
		return nil, fmt.Errorf("read imported job %s: %w", i.JobID, err)
	}
	job.InstanceID, job.JobID, job.Asked = i.InstanceID, i.JobID, false
	return job, nil
}

// ImportedPending is all that is pending of a job in a dataset, in the order of its
// file.
type ImportedPending struct{ Rows []schema.PendingRow }

func (i *ImportedPending) code(c *spill.Codec) { list(c, &i.Rows, codePending) }

// ImportedRejects are rejects of the key in a dataset; of all its records, all of them.
type ImportedRejects struct{ Rows []schema.RejectRow }

func (i *ImportedRejects) code(c *spill.Codec) { list(c, &i.Rows, codeReject) }

// ImportedGroup is a campaign as a dataset has it; nil where it has it no more.
type ImportedGroup struct{ Row *schema.JobGroupRow }

func (i *ImportedGroup) code(c *spill.Codec) {
	optional(c, &i.Row, func(row *schema.JobGroupRow) { codeGroup(c, row) })
}

// Records are all records of a key, decoded: what is nil or empty did not come. The
// zero value is ready. It aliases the records that were added. Not safe for
// concurrent use.
type Records struct {
	State           *State
	Versions        []Version // in the order in which they were added, like all lists here
	Facts           []Fact
	Expected        []Expected
	Rejects         []Reject
	Groups          []Group
	ImportedJob     *ImportedJob
	ImportedPending *ImportedPending
	ImportedRejects *ImportedRejects // of one record or of several
	ImportedGroup   *ImportedGroup
	FoundRejects    []RejectID // that name somebody who was erased

	added int
}

// Reset makes r ready for the records of another key; it keeps the room of the lists,
// but not what they point to: a few bytes of a batch of records keep all of it.
func (r *Records) Reset() {
	*r = Records{
		Versions: emptied(r.Versions), Facts: emptied(r.Facts), Expected: emptied(r.Expected), Rejects: emptied(r.Rejects), Groups: emptied(r.Groups),
	}
}

func emptied[T any](list []T) []T {
	clear(list)
	return list[:0]
}

// count returns how many records were added.
func (r *Records) count() int { return r.added }

// errTwice is that of two records of which a key has one.
var errTwice = errors.New("the key has two of them")

// Add decodes a record and adds it. Errors name the kind of the record: it is damaged
// ([spill.ErrDamaged]), of a newer callmill, or a second one where a key has one.
func (r *Records) Add(record []byte) error {
	if len(record) == 0 {
		return fmt.Errorf("read a record: %w", spill.ErrDamaged)
	}
	r.added++
	kind, c := Kind(record[0]), spill.Decoder(record[1:])
	if err := r.add(kind, &c); err != nil {
		return fmt.Errorf("read a record of kind %d: %w", kind, err)
	}
	return nil
}

func (r *Records) add(kind Kind, c *spill.Codec) error {
	switch kind {
	case KindState:
		return once(c, &r.State, (*State).decode)
	case KindVersion:
		v := more(&r.Versions)
		v.code(c)
		v.job = c.Bytes()
		return c.Err()
	case KindRepeated:
		more(&r.Versions).codeRepeated(c)
	case KindFact:
		more(&r.Facts).code(c)
	case KindExpected:
		more(&r.Expected).code(c)
	case KindReject:
		more(&r.Rejects).code(c)
	case KindGroup:
		more(&r.Groups).code(c)
	case KindImportedJob:
		return r.addImportedJob(c)
	case KindImportedPending:
		return once(c, &r.ImportedPending, whole((*ImportedPending).code))
	case KindImportedRejects:
		var i ImportedRejects
		i.code(c)
		if r.ImportedRejects == nil {
			r.ImportedRejects = &ImportedRejects{}
		}
		r.ImportedRejects.Rows = append(r.ImportedRejects.Rows, i.Rows...)
	case KindFoundReject:
		more(&r.FoundRejects).code(c)
	case KindImportedGroup:
		return once(c, &r.ImportedGroup, whole((*ImportedGroup).code))
	default:
		return errors.New("there is no such kind; is it of a newer callmill?")
	}
	return ended(c)
}

// addImportedJob adds a job of a dataset. One that is gone from where it was may be
// somewhere else.
func (r *Records) addImportedJob(c *spill.Codec) error {
	i := &ImportedJob{}
	i.code(c)
	i.job = c.Bytes()
	switch before := r.ImportedJob; {
	case before == nil || before.gone:
		r.ImportedJob = i
	case !i.gone:
		return errTwice
	}
	return c.Err()
}

// more appends a zero value to a list.
func more[T any](l *[]T) *T {
	var zero T
	*l = append(*l, zero)
	return &(*l)[len(*l)-1]
}

// once decodes what a key has at most one record of.
func once[T any](c *spill.Codec, to **T, decode func(*T, *spill.Codec) error) error {
	if *to != nil {
		return errTwice
	}
	*to = new(T)
	return decode(*to, c)
}

// whole returns a function that decodes a value with nothing behind it.
func whole[T any](code func(*T, *spill.Codec)) func(*T, *spill.Codec) error {
	return func(v *T, c *spill.Codec) error {
		code(v, c)
		return ended(c)
	}
}

// ended returns the error of a record that is damaged, or goes on.
func ended(c *spill.Codec) error {
	if c.Err() == nil && len(c.Bytes()) > 0 {
		return spill.ErrDamaged
	}
	return c.Err()
}
