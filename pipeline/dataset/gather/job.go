// Package gather holds the rows of jobs between the workers that make them and
// the shards they are written to: as bytes, compressed, by the day the job
// lives under, a day of many rows in parts that are read apart; in memory up to
// a budget, past it in a file. Of a turn that has a [schema.Line] it keeps the
// line's number, and the line itself once.
//
// It knows the rows of package schema but no table format, and decides nothing:
// which of several versions of a job is published is the dataset's matter.
package gather

import (
	"encoding/binary"
	"reflect"
	"unsafe"

	"callmill/schema"
)

// Codec encodes and decodes the rows of jobs. It is immutable and safe for
// concurrent use.
type Codec struct {
	jobs, tasks, contacts, extras, summaries *codec
	turns                                    turnCodec
}

// NewCodec derives the codec from the row types.
func NewCodec() (*Codec, error) {
	c := &Codec{}
	for _, table := range []struct {
		codec  **codec
		row    reflect.Type
		except []string
	}{
		{&c.jobs, reflect.TypeFor[schema.JobRow](), nil},
		{&c.tasks, reflect.TypeFor[schema.TaskRow](), nil},
		{&c.turns.call, reflect.TypeFor[schema.TurnRow](), ownColumns},
		{&c.contacts, reflect.TypeFor[schema.ContactRow](), nil},
		{&c.extras, reflect.TypeFor[schema.ExtraRow](), nil},
		{&c.summaries, reflect.TypeFor[schema.SummaryRow](), nil},
	} {
		made, err := newCodec(table.row, table.except)
		if err != nil {
			return nil, err
		}
		*table.codec = made
	}
	return c, nil
}

// RowCounts are numbers of rows in the day tables.
type RowCounts struct{ Jobs, Tasks, Turns, Contacts, Extras, Summaries int64 }

// Add adds sign times more to c.
func (c *RowCounts) Add(more RowCounts, sign int64) {
	c.Jobs += sign * more.Jobs
	c.Tasks += sign * more.Tasks
	c.Turns += sign * more.Turns
	c.Contacts += sign * more.Contacts
	c.Extras += sign * more.Extras
	c.Summaries += sign * more.Summaries
}

// Max is the count of the largest table.
func (c *RowCounts) Max() int64 {
	return max(c.Jobs, c.Tasks, c.Turns, c.Contacts, c.Extras, c.Summaries)
}

// Entry is a gathered job: what sorting and choosing need, and its rows, still
// encoded. Its strings and bytes alias the block it was read from.
type Entry struct {
	Key       schema.Key
	ID        uint64 // given by Append
	FirstCall int64
	Instance  string
	JobID     string
	Counts    RowCounts
	rows      []byte
	lines     lines // those its turns refer to
}

// lengthBytes is how long the length of an entry is, which comes before it.
const lengthBytes = 4

// append adds the job, with its length before it, to dst, and the lines it
// refers to, to lines.
func (c *Codec) append(dst []byte, key schema.Key, id uint64, rows *schema.Rows, said *lines) []byte {
	start := len(dst)
	b := append(dst, make([]byte, lengthBytes)...)
	b = append(b, key[:]...)
	b = binary.AppendUvarint(b, id)
	b = binary.AppendVarint(b, rows.Job.FirstCallTime)
	b = appendString(b, rows.Job.InstanceID)
	b = appendString(b, rows.Job.JobID)
	for _, n := range []int{len(rows.Tasks), len(rows.Turns), len(rows.Contacts), len(rows.Extras), len(rows.Summaries)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	b = c.jobs.encode(b, unsafe.Pointer(&schema.JobRow{}), unsafe.Pointer(&rows.Job))
	s := seedOf(&rows.Job)
	b = appendRows(b, c.tasks, rows.Tasks, s.task)
	if len(rows.Tasks) > 0 {
		s.first(&rows.Tasks[0])
	}
	b = c.turns.append(b, rows.Turns, &s.turn, said)
	b = appendRows(b, c.contacts, rows.Contacts, s.contact)
	b = appendRows(b, c.extras, rows.Extras, s.extra)
	b = appendRows(b, c.summaries, rows.Summaries, s.summary)
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-lengthBytes))
	return b
}

// seed is what the first row of each table is written as a difference from:
// the rows of a job have its ids in common.
type seed struct {
	task    schema.TaskRow
	turn    schema.TurnRow
	contact schema.ContactRow
	extra   schema.ExtraRow
	summary schema.SummaryRow
}

func seedOf(job *schema.JobRow) *seed {
	return &seed{
		task:    schema.TaskRow{InstanceID: job.InstanceID, JobID: job.JobID, JobGroupID: job.JobGroupID},
		turn:    schema.TurnRow{InstanceID: job.InstanceID, JobID: job.JobID, JobGroupID: job.JobGroupID},
		contact: schema.ContactRow{InstanceID: job.InstanceID, JobID: job.JobID},
		extra:   schema.ExtraRow{InstanceID: job.InstanceID, JobID: job.JobID},
		summary: schema.SummaryRow{InstanceID: job.InstanceID, JobID: job.JobID},
	}
}

// first is told of the job's first task, whose turns come first as a rule.
func (s *seed) first(t *schema.TaskRow) {
	s.turn.TaskID, s.turn.Outcome, s.turn.CallDate = t.TaskID, t.Outcome, t.CallDate
	s.turn.Answered, s.turn.FailedDialogue = t.Answered, t.FailedDialogue
	s.turn.TurnIndex, s.turn.TurnsLeft, s.turn.StoredTime = -1, t.TurnCount, t.FirstTurnTime
}

func appendRows[T any](dst []byte, c *codec, rows []T, first T) []byte {
	before := &first
	for i := range rows {
		dst = c.encode(dst, unsafe.Pointer(before), unsafe.Pointer(&rows[i]))
		before = &rows[i]
	}
	return dst
}

// next reads the entry at the head of src.
func next(src *source) (Entry, error) {
	job := source{}
	if length := src.bytes(lengthBytes); len(length) == lengthBytes {
		job.rest = src.bytes(uint64(binary.LittleEndian.Uint32(length)))
	}
	var e Entry
	copy(e.Key[:], job.bytes(uint64(len(e.Key))))
	e.ID = job.uvarint()
	e.FirstCall = job.varint()
	e.Instance = job.string()
	e.JobID = job.string()
	e.Counts.Jobs = 1
	for _, n := range []*int64{&e.Counts.Tasks, &e.Counts.Turns, &e.Counts.Contacts, &e.Counts.Extras, &e.Counts.Summaries} {
		*n = int64(job.uvarint())
	}
	e.rows = job.rest
	if src.failed || job.failed {
		return Entry{}, errDamaged
	}
	return e, nil
}

// Sink takes the rows of jobs one by one: each function gives the place of the
// next row of its table, which holds an earlier row whose lists are reused,
// unless they are those of a line.
type Sink struct {
	Job     func() (*schema.JobRow, error)
	Task    func() (*schema.TaskRow, error)
	Turn    func() (*schema.TurnRow, error)
	Contact func() (*schema.ContactRow, error)
	Extra   func() (*schema.ExtraRow, error)
	Summary func() (*schema.SummaryRow, error)
}

// Decode puts the rows of an entry into sink; change, where not nil, may alter
// the row of the job on its way. The strings of the rows alias the entry,
// or are those of lines.
func (c *Codec) Decode(e *Entry, sink Sink, change func(*schema.JobRow)) error {
	src := newSource(e.rows)
	job, err := sink.Job()
	if err != nil {
		return err
	}
	copyRow(c.jobs, &schema.JobRow{}, job)
	if err := c.jobs.decode(src, unsafe.Pointer(job)); err != nil {
		return err
	}
	s := seedOf(job)
	if change != nil {
		change(job)
	}
	if err := readRows(c.tasks, src, e.Counts.Tasks, &s.task, sink.Task, s.first); err != nil {
		return err
	}
	if err := c.turns.read(src, e.Counts.Turns, &s.turn, e.lines, sink.Turn); err != nil {
		return err
	}
	if err := readRows(c.contacts, src, e.Counts.Contacts, &s.contact, sink.Contact, nil); err != nil {
		return err
	}
	if err := readRows(c.extras, src, e.Counts.Extras, &s.extra, sink.Extra, nil); err != nil {
		return err
	}
	if err := readRows(c.summaries, src, e.Counts.Summaries, &s.summary, sink.Summary, nil); err != nil {
		return err
	}
	if len(src.rest) > 0 {
		return errDamaged
	}
	return nil
}

// readRows puts n rows where place says, the first as a difference from before
// and told to first, where that is not nil. It keeps the last row in before:
// when place is asked for the next, the row may be gone from where it was put.
func readRows[T any](c *codec, src *source, n int64, before *T, place func() (*T, error), first func(*T)) error {
	for ; n > 0; n-- {
		row, err := place()
		if err != nil {
			return err
		}
		copyRow(c, before, row)
		if err := c.decode(src, unsafe.Pointer(row)); err != nil {
			return err
		}
		if first != nil {
			first(row)
			first = nil
		}
		*before = *row
	}
	return nil
}

// Rows decodes an entry into rows of its own, for those who want to change
// more than the row of the job. JobDate and Undated are not set.
func (c *Codec) Rows(e *Entry, change func(*schema.JobRow)) (*schema.Rows, error) {
	rows := &schema.Rows{
		Tasks: roomFor[schema.TaskRow](e.Counts.Tasks), Turns: roomFor[schema.TurnRow](e.Counts.Turns),
		Contacts: roomFor[schema.ContactRow](e.Counts.Contacts), Extras: roomFor[schema.ExtraRow](e.Counts.Extras),
		Summaries: roomFor[schema.SummaryRow](e.Counts.Summaries),
	}
	return rows, c.Decode(e, Sink{
		Job:  func() (*schema.JobRow, error) { return &rows.Job, nil },
		Task: placeIn(&rows.Tasks), Turn: placeIn(&rows.Turns), Contact: placeIn(&rows.Contacts),
		Extra: placeIn(&rows.Extras), Summary: placeIn(&rows.Summaries),
	}, change)
}

// roomFor makes room for n rows, up to as many as a call may well have: n is
// what an entry says, and what it says may be damaged.
func roomFor[T any](n int64) []T { return make([]T, 0, max(0, min(n, 1<<10))) }

func placeIn[T any](rows *[]T) func() (*T, error) {
	return func() (*T, error) {
		*rows = append(*rows, *new(T))
		return &(*rows)[len(*rows)-1], nil
	}
}
