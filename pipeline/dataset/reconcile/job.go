package reconcile

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"callmill/schema"
)

// Job is what is known of a job when all of a run is decided. Instants are in ms;
// 0 is none.
type Job struct {
	InstanceID, JobID string
	Old               []schema.PendingRow // its entries before the run, in order
	byTask            map[string][]int    // places in Old, see index

	// What the run met.
	Named     []Named // calls that SearchTask named, now or before; each once
	Listed    int64   // when a campaign was read that has it
	Trouble   string  // why the last answer about it, at TroubleAt, came without it, or it is to be asked for again; "": no reason
	TroubleAt int64
	Seen      int64 // the last answer that has it
	Asked     bool  // it was asked for, and came

	// What is published after the run.
	Published *Published // nil: nothing
	Held      []Held
	Confirmed string // the content hash of the version, where it is published although it shrank
}

// Named is a call that SearchTask named.
type Named struct {
	TaskID   string
	CallTime int64
	NamedAt  int64
	Now      bool         // in this run
	Facts    schema.Facts // all that is known
}

// Published is the published version of a job.
type Published struct {
	Final              bool
	ObservedAt         int64 // of the first sighting of the version
	LastCall           int64
	Tasks              []Task
	HasTasks, HasFacts bool // Tasks is known, and their Facts
}

// Task is a call of the published version. Those that lists did not name and that
// came in answers to other questions have no ID.
type Task struct {
	ID        string
	CallTime  int64 // actual
	Connected bool
	Turns     uint64
	Facts     bool // SearchTask's columns are in the tables
}

// Held is a version that is held.
type Held struct {
	ContentHash string
	Since       int64
}

// Outcome are the entries of a job after a run, in order, and those that are too old.
type Outcome struct{ Rows, GivenUp []schema.PendingRow }

// After returns the entries of a job after a run.
func (r *Rules) After(j *Job) Outcome {
	rows := j.Old
	j.index()
	listed := sync.OnceValue(j.listed)
	if j.met() {
		c := comparison{rules: r, job: j, listed: listed}
		rows = c.compare()
	}
	var o Outcome
	for _, row := range rows {
		if r.Erased != nil && r.Erased(row.InstanceID, row.JobID) {
			continue
		}
		old := j.had(&row)
		switch {
		case !r.expired(&row), old && !r.GiveUp, !old && !inOrder(row.Reason), !inOrder(row.Reason) && listed()[row.TaskID]:
			if r.Drop != nil && row.Reason != schema.PendingConfirmed && row.Reason != schema.PendingGivenUp && r.Drop(&row) {
				row.Reason = schema.PendingGivenUp
			}
			o.Rows = append(o.Rows, row)
		case old:
			o.GivenUp = append(o.GivenUp, row)
		}
	}
	slices.SortFunc(o.Rows, func(a, b schema.PendingRow) int { return Compare(&a, &b) })
	o.Rows = slices.CompactFunc(o.Rows, func(a, b schema.PendingRow) bool { return Compare(&a, &b) == 0 })
	return o
}

// met reports whether the run met the job, in a list or in an answer.
func (j *Job) met() bool {
	return j.Seen != 0 || j.Listed != 0 || j.Trouble != "" || slices.ContainsFunc(j.Named, func(n Named) bool { return n.Now })
}

// listed are the calls that lists of the run name, and "" where one names the job.
func (j *Job) listed() map[string]bool {
	listed := map[string]bool{"": j.Listed != 0}
	for i := range j.Named {
		if n := &j.Named[i]; n.Now {
			listed[""], listed[n.TaskID] = true, true
		}
	}
	return listed
}

// expected reports whether the job may have entries besides those of versions.
func (j *Job) expected() bool {
	return j.Asked || j.Listed != 0 || j.Trouble != "" || len(j.Named) > 0 ||
		slices.ContainsFunc(j.Old, func(row schema.PendingRow) bool { return row.ContentHash == "" })
}

// had reports whether there was an entry before the run about the same: the job, the
// call or the version.
func (j *Job) had(row *schema.PendingRow) bool {
	for old := range j.about(row.TaskID) {
		if whatOf(old) == whatOf(row) && old.Reason != schema.PendingConfirmed {
			return true
		}
	}
	return false
}

// oldOf returns the entry before the run about a call, "" for the job, with one of
// some reasons.
func (j *Job) oldOf(taskID string, is func(reason string) bool) *schema.PendingRow {
	for old := range j.about(taskID) {
		if is(old.Reason) {
			return old
		}
	}
	return nil
}

// few is how many entries of a job are looked through for those about a call.
const few = 16

// index prepares about for a job with more than a few entries.
func (j *Job) index() {
	j.byTask = nil
	if len(j.Old) <= few {
		return
	}
	j.byTask = map[string][]int{}
	for i := range j.Old {
		id := j.Old[i].TaskID
		j.byTask[id] = append(j.byTask[id], i)
	}
}

// about yields the entries before the run about a call, "" for the job, in order.
func (j *Job) about(taskID string) iter.Seq[*schema.PendingRow] {
	return func(yield func(*schema.PendingRow) bool) {
		if j.byTask != nil {
			for _, i := range j.byTask[taskID] {
				if !yield(&j.Old[i]) {
					return
				}
			}
			return
		}
		for i := range j.Old {
			if j.Old[i].TaskID == taskID && !yield(&j.Old[i]) {
				return
			}
		}
	}
}

// reason returns what accepts one reason.
func reason(want string) func(string) bool { return func(got string) bool { return got == want } }

// ofJob accepts the reasons why a job is expected, Missed those why a call is.
func ofJob(reason string) bool {
	return absent(reason) || reason == schema.PendingNotFinal || reason == schema.PendingSettling || reason == schema.PendingGivenUp
}

// comparison is how the entries of a job that the run met are made.
type comparison struct {
	rules  *Rules
	job    *Job
	listed func() map[string]bool // see Job.listed
	rows   []schema.PendingRow
}

func (c *comparison) compare() []schema.PendingRow {
	j := c.job
	if j.expected() {
		if j.Published == nil {
			c.absentJob()
		} else {
			c.calls()
			c.presentJob()
		}
	}
	for _, h := range j.Held {
		c.rows = append(c.rows, schema.PendingRow{Reason: schema.PendingShrunk, ContentHash: h.ContentHash, Since: h.Since})
	}
	if j.Confirmed != "" {
		row := schema.PendingRow{Reason: schema.PendingConfirmed, ContentHash: j.Confirmed, Since: j.Published.ObservedAt}
		if old := j.oldOf("", reason(schema.PendingConfirmed)); old != nil {
			row.Since = old.Since
		}
		c.rows = append(c.rows, row)
	}
	c.leaveGivenUp()
	for i := range c.rows {
		c.rows[i].InstanceID, c.rows[i].JobID = j.InstanceID, j.JobID
	}
	return c.rows
}

// add adds an entry: since is for one that was not there before with a reason of its
// kind.
func (c *comparison) add(taskID, reason string, kind func(string) bool, since int64, facts schema.Facts) {
	if old := c.job.oldOf(taskID, kind); old != nil {
		since = old.Since
	}
	c.rows = append(c.rows, schema.PendingRow{TaskID: taskID, Reason: reason, Since: since, Facts: facts})
}

// earliest is when a call was that was noticed at an instant, 0 being not known: an
// entry since a time to come would never be overdue, and stay for too long.
func earliest(call, noticed int64) int64 {
	if call == 0 || noticed == 0 {
		return cmp.Or(call, noticed)
	}
	return min(call, noticed)
}

// keep keeps an entry as it was.
func (c *comparison) keep(old *schema.PendingRow) {
	if old != nil {
		c.rows = append(c.rows, *old)
	}
}

// absentJob is for a job that is not in the tables.
func (c *comparison) absentJob() {
	j := c.job
	of := j.oldOf("", ofJob)
	why := func(old *schema.PendingRow) string {
		switch {
		case j.Trouble != "":
			return j.Trouble
		case old != nil && absent(old.Reason):
			return old.Reason
		case of != nil && absent(of.Reason):
			return of.Reason
		}
		return schema.PendingMissing
	}
	for i := range j.Named {
		n := &j.Named[i]
		since := earliest(n.CallTime, n.NamedAt)
		if of != nil && n.CallTime == 0 {
			since = of.Since
		}
		c.add(n.TaskID, why(j.oldOf(n.TaskID, Missed)), Missed, since, n.Facts)
	}
	if len(j.Named) == 0 {
		c.add("", why(of), ofJob, cmp.Or(j.Listed, j.TroubleAt), schema.Facts{})
	}
}

// calls is for the calls of a job that is in the tables.
func (c *comparison) calls() {
	j, p := c.job, c.job.Published
	there := map[string]bool{}
	for i := range p.Tasks {
		there[p.Tasks[i].ID] = true
	}
	for i := range j.Named {
		n := &j.Named[i]
		if p.HasTasks && !there[n.TaskID] {
			c.add(n.TaskID, schema.PendingIncomplete, Missed, earliest(n.CallTime, n.NamedAt), n.Facts)
		}
	}
	if !p.HasTasks {
		for i := range j.Old {
			if j.Old[i].TaskID != "" {
				c.keep(&j.Old[i])
			}
		}
		return
	}
	now := c.listed()
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.ID != "" {
			c.silent(t, now[t.ID])
			c.unnamed(t, now[t.ID])
		}
	}
}

// silent is for a call that was connected and has no line. Only an answer shows
// that, and only a later one with the same content that it has none. One that was
// neither asked for nor named is of a plain file.
func (c *comparison) silent(t *Task, named bool) {
	j, p := c.job, c.job.Published
	if !t.Connected || t.Turns > 0 {
		return
	}
	if j.Seen == 0 {
		c.keep(j.oldOf(t.ID, reason(schema.PendingIncomplete)))
		return
	}
	expected := j.Asked || named || j.oldOf(t.ID, Missed) != nil
	if expected && j.Seen-p.ObservedAt < c.rules.Settle.Milliseconds() {
		c.add(t.ID, schema.PendingIncomplete, Missed, p.ObservedAt, schema.Facts{})
	}
}

// unnamed is for a call that SearchTask may not have named.
func (c *comparison) unnamed(t *Task, named bool) {
	old := c.job.oldOf(t.ID, reason(schema.PendingWithoutFacts))
	switch {
	case named || t.Facts:
	case !c.job.Published.HasFacts: // nor can be told why an operator gave it up
		c.keep(cmp.Or(old, c.job.oldOf(t.ID, reason(schema.PendingGivenUp))))
	case old != nil, t.CallTime != 0 && c.job.Asked && c.rules.searched(c.job.InstanceID, t.CallTime):
		c.add(t.ID, schema.PendingWithoutFacts, reason(schema.PendingWithoutFacts), t.CallTime, schema.Facts{})
	}
}

// presentJob is for the job itself, which is in the tables.
func (c *comparison) presentJob() {
	j, p := c.job, c.job.Published
	old := j.oldOf("", ofJob)
	since := p.LastCall
	settles := earliest(since, p.ObservedAt)
	if old != nil && old.Reason == schema.PendingSettling {
		settles = max(settles, old.Since)
	}
	switch {
	case j.Trouble != "" && j.TroubleAt > max(j.Seen, p.ObservedAt):
		c.add("", j.Trouble, ofJob, earliest(since, j.TroubleAt), schema.Facts{})
	case !p.Final && (j.Seen != 0 || old == nil):
		c.add("", schema.PendingNotFinal, ofJob, cmp.Or(since, j.Seen, p.ObservedAt), schema.Facts{})
	case j.Seen == 0:
		c.keep(old)
	case since != 0 && c.cameLate():
		c.rows = append(c.rows, schema.PendingRow{Reason: schema.PendingSettling, Since: j.Seen})
	case max(j.Seen, p.ObservedAt)-settles < c.rules.Settle.Milliseconds():
		c.add("", schema.PendingSettling, ofJob, earliest(since, p.ObservedAt), schema.Facts{})
	}
}

// cameLate reports whether a call that lists had named before has come, and nothing is
// wrong any more: answers are behind the lists, and so what arrives after a call, such
// as its results, is later, too.
func (c *comparison) cameLate() bool {
	late := func(row schema.PendingRow) bool {
		return row.TaskID != "" && (row.Reason == schema.PendingMissing || row.Reason == schema.PendingIncomplete)
	}
	return slices.ContainsFunc(c.job.Old, late) && !slices.ContainsFunc(c.rows, func(row schema.PendingRow) bool { return Trouble(row.Reason) })
}

// leaveGivenUp leaves given up what an operator gave up: of a job until an answer has
// it, of a call until nothing is wrong with it.
func (c *comparison) leaveGivenUp() {
	j := c.job
	whole := j.oldOf("", reason(schema.PendingGivenUp))
	if j.Seen != 0 {
		whole = nil
	}
	for i := range c.rows {
		row := &c.rows[i]
		if row.Reason == schema.PendingConfirmed {
			continue
		}
		if whole != nil || row.TaskID != "" && j.oldOf(row.TaskID, reason(schema.PendingGivenUp)) != nil {
			row.Reason = schema.PendingGivenUp
		}
	}
	if whole != nil && !slices.ContainsFunc(c.rows, func(row schema.PendingRow) bool { return row.TaskID == "" && row.ContentHash == whole.ContentHash }) {
		c.rows = append(c.rows, *whole)
	}
}
