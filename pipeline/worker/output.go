package worker

import (
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"callmill/schema"
)

// head is a row of the output without its lists of rows.
type head struct {
	Key                       []byte
	JobDate, StaleDate        *int32
	Statuses                  []string
	State                     []byte
	StateDate, StaleStateDate *int32
	Report                    string
}

// headColumns describe the fields of a head. The lists of rows lie behind the first
// headBefore of them.
var headColumns = []schema.Column{
	{Name: "key", Type: schema.TypeBinary},
	{Name: "job_date", Type: schema.TypeDate, Nullable: true},
	{Name: "stale_date", Type: schema.TypeDate, Nullable: true},
	{Name: "statuses", Type: schema.TypeStrings},
	{Name: "state", Type: schema.TypeBinary, Nullable: true},
	{Name: "state_date", Type: schema.TypeDate, Nullable: true},
	{Name: "stale_state_date", Type: schema.TypeDate, Nullable: true},
	{Name: "report", Type: schema.TypeString, Nullable: true},
}

const headBefore = 3

// The columns of what goes, in the order of the fields of their keys.
var (
	groupKeyColumns = []schema.Column{
		{Name: "instance_id", Type: schema.TypeString},
		{Name: "job_group_id", Type: schema.TypeString},
	}
	rejectKeyColumns = []schema.Column{
		{Name: "instance_id", Type: schema.TypeString},
		{Name: "reject_id", Type: schema.TypeString},
	}
)

// optOutColumns are those of [OptOut], in the order of its fields.
var optOutColumns = []schema.Column{
	{Name: "contact_key", Type: schema.TypeString},
	{Name: "call_date", Type: schema.TypeDate, Nullable: true},
	{Name: "source", Type: schema.TypeString},
	{Name: "value", Type: schema.TypeString},
}

// Bounds of a batch of the output. It is written when it has reached one of them; how
// large it is, is looked at once for measureEvery bytes of input records. What becomes
// of more than aloneBytes of them is a batch of its own.
const (
	resultRows   = 4096
	resultBytes  = 2 << 20
	measureEvery = 32 << 10
	aloneBytes   = 1 << 20
	// keptBytes is how much memory the columns keep from one batch to the next.
	keptBytes = 32 << 20
)

// output collects results in batches of an Arrow IPC stream.
type output struct {
	out      *writer
	layout   *arrow.Schema
	unwieldy int // bytes of input records since the size of the batch was looked at

	head        *structs[head]
	jobs        *lists[schema.JobRow]
	tasks       *lists[schema.TaskRow]
	turns       *lists[schema.TurnRow]
	contacts    *lists[schema.ContactRow]
	extras      *lists[schema.ExtraRow]
	summaries   *lists[schema.SummaryRow]
	groups      *lists[schema.JobGroupRow]
	groupsGone  *lists[GroupKey]
	rejects     *lists[schema.RejectRow]
	rejectsGone *lists[RejectKey]
	optOuts     *lists[OptOut]
	lists       []anyLists // in the order of the layout

	release func()          // what rows point to is not needed any more
	heads   [1]head         // scratch space
	jobRows []schema.JobRow // those that are not copied yet
}

// anyLists are lists of any type.
type anyLists interface {
	field() arrow.Field
	settle()
	check() error
	data() arrow.ArrayData
	size() int
	held() int
	reset(anew bool)
}

// Layout returns the columns of the output of [Flatten]: a row for each result.
//
// "key" has the key, empty in a report; "job_date" and "stale_date" say where the
// job's rows are and where its old ones were; "jobs" to "rejects" hold rows of the
// tables of those names without job_date, none where the job's rows stay as they are;
// "job_groups_gone" and "rejects_gone" the keys of rows that go; "opt_outs" rows of that table
// of a lake; "statuses" the statuses of calls that
// the vendor does not document; "state" the new state of the key, NULL where it stays
// and empty where it goes, "state_date" and "stale_state_date" where it is and was;
// "report" the text of a report, else NULL.
func Layout() (*arrow.Schema, error) {
	o, err := newEmptyOutput()
	if err != nil {
		return nil, err
	}
	return o.layout, nil
}

// newEmptyOutput makes an output that has no writer yet.
func newEmptyOutput() (o *output, err error) {
	o = &output{jobRows: make([]schema.JobRow, 0, 128)}
	if o.head, err = newStructs[head](headColumns); err != nil {
		return nil, err
	}
	tables := map[string][]schema.Column{}
	for _, t := range schema.Tables() {
		tables[t.Name] = t.Columns
	}
	addLists(o, &err, &o.jobs, schema.TableJobs, tables[schema.TableJobs])
	addLists(o, &err, &o.tasks, schema.TableTasks, tables[schema.TableTasks])
	addLists(o, &err, &o.turns, schema.TableTurns, tables[schema.TableTurns])
	addLists(o, &err, &o.contacts, schema.TableContacts, tables[schema.TableContacts])
	addLists(o, &err, &o.extras, schema.TableExtras, tables[schema.TableExtras])
	addLists(o, &err, &o.summaries, schema.TableSummaries, tables[schema.TableSummaries])
	addLists(o, &err, &o.groups, schema.TableJobGroups, tables[schema.TableJobGroups])
	addLists(o, &err, &o.groupsGone, "job_groups_gone", groupKeyColumns)
	addLists(o, &err, &o.rejects, schema.TableRejects, tables[schema.TableRejects])
	addLists(o, &err, &o.rejectsGone, "rejects_gone", rejectKeyColumns)
	addLists(o, &err, &o.optOuts, "opt_outs", optOutColumns)
	if err != nil {
		return nil, err
	}
	var fields []arrow.Field
	for _, c := range o.head.all {
		fields = append(fields, c.describe())
	}
	for i, l := range o.lists {
		fields = slices.Insert(fields, headBefore+i, l.field())
	}
	o.layout = arrow.NewSchema(fields, nil)
	return o, nil
}

// addLists makes the column of a list, unless there is an error already.
func addLists[T any](o *output, err *error, column **lists[T], name string, described []schema.Column) {
	if *err != nil {
		return
	}
	if *column, *err = newLists[T](name, described); *err == nil {
		o.lists = append(o.lists, *column)
	}
}

// newOutput writes to a stream. It calls release when it has copied all that the rows
// of the results so far point to.
func newOutput(to io.Writer, release func()) (*output, error) {
	o, err := newEmptyOutput()
	if err != nil {
		return nil, err
	}
	o.out, o.release = newWriter(to, o.layout), release
	return o, nil
}

// add copies a result to the batch; size is that of the records it is made of.
// The batch must be empty where these are aloneBytes or more.
func (o *output) add(key []byte, r *Result, size int) error {
	o.addRow(head{
		Key: key, JobDate: r.JobDate, StaleDate: r.StaleDate, Statuses: r.Statuses,
		State: r.State, StateDate: r.StateDate, StaleStateDate: r.StaleStateDate,
	}, r)
	if o.unwieldy += size; size >= aloneBytes || o.isFull() {
		return o.flush()
	}
	return nil
}

// addReport adds a row with the text of a report.
func (o *output) addReport(text []byte) error {
	o.addRow(head{Key: []byte{}, Report: string(text)}, &Result{})
	if o.unwieldy += len(text); o.isFull() {
		return o.flush()
	}
	return nil
}

func (o *output) addRow(h head, r *Result) {
	o.heads[0] = h
	o.head.copy(o.heads[:])
	var none schema.Rows
	rows, job := &none, []schema.JobRow(nil)
	if r.Rows != nil {
		rows = r.Rows
		if len(o.jobRows) == cap(o.jobRows) {
			o.jobs.settle()
			o.jobRows = o.jobRows[:0]
		}
		n := len(o.jobRows)
		o.jobRows = append(o.jobRows, rows.Job)
		job = o.jobRows[n:]
	}
	o.jobs.add(job)
	o.tasks.add(rows.Tasks)
	o.turns.add(rows.Turns)
	o.contacts.add(rows.Contacts)
	o.extras.add(rows.Extras)
	o.summaries.add(rows.Summaries)
	o.groups.copy(r.JobGroups)
	o.groupsGone.copy(r.JobGroupsGone)
	o.rejects.copy(r.Rejects)
	o.rejectsGone.copy(r.RejectsGone)
	o.optOuts.copy(r.OptOuts)
}

// isFull reports whether the batch has reached one of its bounds.
func (o *output) isFull() bool {
	if o.head.rows >= resultRows {
		return true
	}
	if o.unwieldy < measureEvery {
		return false
	}
	o.unwieldy = 0
	o.settle()
	size := o.head.size()
	for _, l := range o.lists {
		size += l.size()
	}
	return size >= resultBytes
}

// settle copies what the rows of the results so far point to.
func (o *output) settle() {
	for _, l := range o.lists {
		l.settle()
	}
	clear(o.jobRows)
	o.jobRows = o.jobRows[:0]
	o.release()
}

// flush writes the batch.
func (o *output) flush() error {
	o.settle()
	if o.head.rows == 0 {
		return nil
	}
	if err := o.head.check(); err != nil {
		return err
	}
	columns := o.head.data()
	lists := make([]arrow.ArrayData, len(o.lists))
	for i, l := range o.lists {
		if err := l.check(); err != nil {
			return err
		}
		lists[i] = l.data()
	}
	columns = slices.Insert(columns, headBefore, lists...)
	if err := o.out.write(columns, o.head.rows); err != nil {
		return err
	}
	held := o.head.held()
	for _, l := range o.lists {
		held += l.held()
	}
	anew := held > keptBytes
	o.head.reset(anew)
	for _, l := range o.lists {
		l.reset(anew)
	}
	o.heads[0], o.unwieldy = head{}, 0
	return nil
}

// end writes what is left and the end mark.
func (o *output) end() error {
	if err := o.flush(); err != nil {
		return err
	}
	return o.out.end()
}
