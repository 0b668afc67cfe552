package shuffle_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/flatten"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// runes cuts after every rune.
type runes struct{}

func (runes) Cut(dst []int32, script string) []int32 {
	for _, r := range script {
		dst = append(dst, int32(utf8.RuneLen(r)))
	}
	return dst
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// lasting is a flattener whose rows stay.
type lasting struct{ *flatten.Flattener }

func (lasting) Add(job *schema.Job, hash schema.ContentHash) *schema.Rows {
	return flatten.New(shanghai, runes{}).Add(job, hash)
}

func newFlattener() *flatten.Flattener { return flatten.New(shanghai, runes{}) }

// settle is how long a job is asked for again.
const settle = 48 * time.Hour

// rows are those of all tables by their keys, as text, and what is pending.
type rows map[string]map[string]string

func (t rows) put(table string, row any, key ...any) {
	if t[table] == nil {
		t[table] = map[string]string{}
	}
	name := fmt.Sprintln(key...)
	if _, twice := t[table][name]; twice {
		name += "twice"
	}
	t[table][name] = spelled(row)
}

// spelled spells a row; a list without elements is as good as none.
func spelled(row any) string {
	v := reflect.Indirect(reflect.ValueOf(row))
	copied := reflect.New(v.Type()).Elem()
	copied.Set(v)
	for _, field := range copied.Fields() {
		if field.Kind() == reflect.Slice && field.Len() == 0 {
			field.SetZero()
		}
	}
	text, err := json.Marshal(copied.Interface())
	if err != nil {
		panic(err)
	}
	return string(text)
}

// addRows adds the rows of a job.
func (t rows) addRows(day int32, rows *schema.Rows) {
	t.put(schema.TableJobs, &rows.Job, day, rows.Job.InstanceID, rows.Job.JobID)
	for i := range rows.Tasks {
		r := &rows.Tasks[i]
		t.put(schema.TableTasks, r, day, r.InstanceID, r.JobID, r.TaskID)
	}
	for i := range rows.Turns {
		r := &rows.Turns[i]
		t.put(schema.TableTurns, r, day, r.InstanceID, r.JobID, r.TaskID, r.TurnIndex)
	}
	for i := range rows.Contacts {
		r := &rows.Contacts[i]
		t.put(schema.TableContacts, r, day, r.InstanceID, r.JobID, r.ContactIndex)
	}
	for i := range rows.Extras {
		r := &rows.Extras[i]
		t.put(schema.TableExtras, r, day, r.InstanceID, r.JobID, r.ExtraIndex)
	}
	for i := range rows.Summaries {
		t.addSummary(day, &rows.Summaries[i])
	}
}

func (t rows) addSummary(day int32, r *schema.SummaryRow) {
	turn := int32(-1)
	if r.TurnIndex != nil {
		turn = *r.TurnIndex
	}
	t.put(schema.TableSummaries, r, day, r.InstanceID, r.JobID, r.TaskID, turn, r.SummaryIndex)
}

func (t rows) addPending(r *schema.PendingRow) {
	if len(r.DialExceptions) == 0 {
		r.DialExceptions = nil
	}
	t.put("pending", r, r.InstanceID, r.JobID, r.TaskID, r.Reason, r.ContentHash)
}

// folder is a dataset on disk, which convert publishes into.
type folder struct {
	t     testing.TB
	dir   string
	clock time.Time
	edge  int64 // ms; 0: all is kept
	held  bool  // job a of the default instance is on hold
}

// onHold reports whether the job of a key is kept however old it is.
func (f *folder) onHold(key schema.Key) bool {
	return f.held && key == schema.JobKey(nil, "default", "a")
}

// unflushed is the machine's file system, but a sync does not wait for the disk.
type unflushed struct{ durable.OS }

func (u unflushed) Create(path string, mode fs.FileMode) (durable.File, error) {
	f, err := u.OS.Create(path, mode)
	return unflushedFile{f}, err
}

func (u unflushed) OpenDir(path string) (durable.Dir, error) {
	d, err := u.OS.OpenDir(path)
	return unflushedDir{d}, err
}

type unflushedFile struct{ durable.File }

func (unflushedFile) Sync() error { return nil }

type unflushedDir struct{ durable.Dir }

func (unflushedDir) Sync() error { return nil }

// publish publishes pieces of input as a run.
func (f *folder) publish(pieces []piece, appenders int) (dataset.Run, *commit.Published) {
	f.t.Helper()
	d, err := dataset.Open(f.t.Context(), f.dir, dataset.Options{FS: unflushed{}, Now: func() time.Time { return f.clock }})
	f.must(err)
	defer d.Close()
	run := d.NewRun()
	tx, err := commit.Begin(f.t.Context(), d, run, commit.Options{
		Flattener: func() commit.Flattener { return newFlattener() }, Unflatten: flatten.Job, Rules: rulesOf(run.Started, f.edge),
		OnHold: f.onHold,
	})
	f.must(err)
	defer tx.Close()
	list := make([]pipeline.Appender, appenders)
	for i := range list {
		list[i] = tx.Appender()
	}
	f.must(deliver(list, pieces, run.Started.UnixMilli()))
	p, err := tx.Commit(f.t.Context(), dataset.Extent{Settings: dataset.Settings{TimeZone: "Asia/Shanghai"}})
	f.must(err)
	f.must(d.WriteRun(run, map[string]any{"snapshot": p.Snapshot}))
	return run, p
}

// rulesOf are the rules of a run, after which calls of every other day were searched.
// Before an edge, in ms, nothing is kept.
func rulesOf(now time.Time, edge int64) reconcile.Rules {
	searched := func(_ string, call time.Time) bool { return call.UnixMilli()/(4*halfDay)%2 == 0 }
	return reconcile.Rules{Now: now, Settle: settle, Searched: searched, Edge: edge}
}

func (f *folder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// read reads the tables of the latest snapshot.
func (f *folder) read() rows {
	f.t.Helper()
	d, err := dataset.View(f.dir)
	f.must(err)
	t := rows{}
	rowsOf(f, d, schema.TableJobs, func(day int32, r *schema.JobRow) { t.addRows(day, &schema.Rows{Job: *r}) })
	rowsOf(f, d, schema.TableTasks, func(day int32, r *schema.TaskRow) {
		t.put(schema.TableTasks, r, day, r.InstanceID, r.JobID, r.TaskID)
	})
	rowsOf(f, d, schema.TableTurns, func(day int32, r *schema.TurnRow) {
		t.put(schema.TableTurns, r, day, r.InstanceID, r.JobID, r.TaskID, r.TurnIndex)
	})
	rowsOf(f, d, schema.TableContacts, func(day int32, r *schema.ContactRow) {
		t.put(schema.TableContacts, r, day, r.InstanceID, r.JobID, r.ContactIndex)
	})
	rowsOf(f, d, schema.TableExtras, func(day int32, r *schema.ExtraRow) {
		t.put(schema.TableExtras, r, day, r.InstanceID, r.JobID, r.ExtraIndex)
	})
	rowsOf(f, d, schema.TableSummaries, t.addSummary)
	rowsOf(f, d, schema.TableJobGroups, func(_ int32, r *schema.JobGroupRow) {
		t.put(schema.TableJobGroups, r, r.InstanceID, r.JobGroupID)
	})
	rowsOf(f, d, schema.TableStatuses, func(_ int32, r *schema.StatusRow) { t.put(schema.TableStatuses, r, r.TaskStatus) })
	rowsOf(f, d, schema.TableRejects, func(_ int32, r *schema.RejectRow) { t.put(schema.TableRejects, r, r.InstanceID, r.RejectID) })
	for row, err := range tables.Pending(d) {
		f.must(err)
		t.addPending(row)
	}
	return t
}

func rowsOf[T any](f *folder, d *dataset.Dataset, table string, each func(day int32, row *T)) {
	for _, file := range d.Manifest().Table(table).Files {
		day, _ := dataset.DayOf(file.Path)
		for row, err := range parquetio.All[T](filepath.Join(d.SnapshotDir(), filepath.FromSlash(file.Path))) {
			f.must(err)
			each(day, row)
		}
	}
}

// lake is what a distributed engine keeps: rows and states, which it changes as a
// Reducer says.
type lake struct {
	t        fatal
	rows     map[schema.Key]map[int32]*schema.Rows // by the day that they are kept under
	statuses map[schema.Key][]string
	rejects  map[shuffle.RejectID]schema.RejectRow
	groups   map[shuffle.GroupID]schema.JobGroupRow
	states   map[schema.Key]map[int32][]byte
}

type fatal interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

func newLake(t fatal) *lake {
	return &lake{
		t: t, rows: map[schema.Key]map[int32]*schema.Rows{}, statuses: map[schema.Key][]string{}, rejects: map[shuffle.RejectID]schema.RejectRow{},
		groups: map[shuffle.GroupID]schema.JobGroupRow{}, states: map[schema.Key]map[int32][]byte{},
	}
}

// shuffled are records by their keys, with what brings them there.
type shuffled map[schema.Key][][]byte

func (s shuffled) appender() *shuffle.Appender {
	return shuffle.NewAppender(func(key schema.Key, record []byte) error {
		s[key] = append(s[key], slices.Clone(record))
		return nil
	})
}

// reduce decides on all keys that have records, and changes the lake. permute has the
// records of a key come in another order. Where not all is kept, all states are decided
// on, too. It returns how many keys change.
func (l *lake) reduce(o shuffle.Options, records shuffled, permute func([][]byte) [][]byte) (shuffle.Report, int) {
	l.t.Helper()
	reducer, changed := shuffle.NewReducer(o), 0
	var of shuffle.Records
	met := maps.Clone(records)
	if o.Rules.Edge != 0 {
		for key := range l.states {
			met[key] = records[key]
		}
	}
	keys := slices.SortedFunc(maps.Keys(met), func(a, b schema.Key) int { return bytes.Compare(a[:], b[:]) })
	for _, key := range keys {
		list := records[key]
		of.Reset()
		for _, state := range l.states[key] {
			list = append(list, state)
		}
		for _, record := range permute(list) {
			if err := of.Add(record); err != nil {
				l.t.Fatalf("add: %v", err)
			}
		}
		result, err := reducer.Reduce(key, &of)
		if err != nil {
			l.t.Fatalf("reduce: %v", err)
		}
		if result != nil {
			changed++
			l.change(key, result)
		}
	}
	return reducer.Report(), changed
}

func (l *lake) change(key schema.Key, r *shuffle.Result) {
	l.t.Helper()
	if r.StaleDate != nil {
		if l.rows[key][*r.StaleDate] == nil {
			l.t.Errorf("no rows under the stale day %d of %x", *r.StaleDate, key)
		}
		delete(l.rows[key], *r.StaleDate)
		delete(l.statuses, key)
	}
	if r.Rows != nil {
		if r.JobDate == nil || *r.JobDate != r.Rows.JobDate || len(l.rows[key]) > 0 {
			l.t.Errorf("rows of %d under %v, beside those of %d days", r.Rows.JobDate, r.JobDate, len(l.rows[key]))
		}
		l.rows[key] = map[int32]*schema.Rows{r.Rows.JobDate: new(*r.Rows)}
		l.statuses[key] = r.Statuses
	}
	for _, id := range r.RejectsGone {
		if _, ok := l.rejects[id]; !ok {
			l.t.Errorf("reject %v leaves, which is not there", id)
		}
		delete(l.rejects, id)
	}
	for _, row := range r.Rejects {
		id := shuffle.RejectID{InstanceID: row.InstanceID, RejectID: row.RejectID}
		if _, ok := l.rejects[id]; ok {
			l.t.Errorf("reject %v is new, and there already", id)
		}
		l.rejects[id] = row
	}
	if r.GroupGone != nil {
		delete(l.groups, *r.GroupGone)
	}
	if g := r.Group; g != nil {
		l.groups[shuffle.GroupID{InstanceID: g.InstanceID, JobGroupID: g.JobGroupID}] = *g
	}
	l.changeState(key, r)
}

func (l *lake) changeState(key schema.Key, r *shuffle.Result) {
	l.t.Helper()
	if r.State == nil {
		return
	}
	if (r.StaleStateDate != nil) != (len(l.states[key]) > 0) {
		l.t.Errorf("stale state under %v, there is one of %d days", r.StaleStateDate, len(l.states[key]))
	}
	if r.StaleStateDate != nil {
		if l.states[key][*r.StaleStateDate] == nil {
			l.t.Errorf("no state under %d", *r.StaleStateDate)
		}
		delete(l.states, key)
	}
	if len(r.State) > 0 {
		l.states[key] = map[int32][]byte{*r.StateDate: r.State}
	}
}

// read gives the tables of the lake.
func (l *lake) read() rows {
	l.t.Helper()
	t := rows{}
	for _, days := range l.rows {
		for day, rows := range days {
			t.addRows(day, rows)
		}
	}
	unlisted := map[string]bool{}
	for _, list := range l.statuses {
		for _, status := range list {
			unlisted[status] = true
		}
	}
	for _, row := range schema.StatusRows(slices.Sorted(maps.Keys(unlisted))) {
		t.put(schema.TableStatuses, &row, row.TaskStatus)
	}
	for _, row := range l.groups {
		t.put(schema.TableJobGroups, &row, row.InstanceID, row.JobGroupID)
	}
	for _, row := range l.rejects {
		t.put(schema.TableRejects, &row, row.InstanceID, row.RejectID)
	}
	for _, days := range l.states {
		for _, state := range days {
			var of shuffle.Records
			if err := of.Add(state); err != nil {
				l.t.Fatalf("state: %v", err)
			}
			for i := range of.State.Pending {
				t.addPending(&of.State.Pending[i])
			}
		}
	}
	return t
}

// diff says how two sets of tables differ.
func diff(want, got rows) string {
	return cmp.Diff(map[string]map[string]string(want), map[string]map[string]string(got), cmpopts.EquateEmpty())
}

// piece is a piece of input, and what is found in it.
type piece struct{ items []item }

// item is one thing found: exactly one field is set.
type item struct {
	job    *schema.Job
	facts  *schema.TaskFacts
	expect *schema.Expected
	reject *schema.Reject
	group  *schema.JobGroupRow
}

// deliver hands pieces to appenders, each to one of them, in a run that started at an
// instant, which dates what has none.
func deliver(appenders []pipeline.Appender, pieces []piece, started int64) error {
	for i, p := range pieces {
		a, raw := appenders[i*7%len(appenders)], &schema.Raw{Origin: "test", Sequence: int64(i)}
		for position, it := range p.items {
			if err := it.deliver(a, raw, int64(position), started); err != nil {
				return err
			}
		}
	}
	for _, a := range appenders {
		if err := a.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func (it item) deliver(a pipeline.Appender, raw *schema.Raw, position, started int64) error {
	switch {
	case it.facts != nil:
		return a.Facts(raw, new(*it.facts))
	case it.expect != nil:
		return a.Expected(raw, it.expect)
	case it.reject != nil:
		r := *it.reject
		r.Position = position
		if r.ObservedAt == 0 {
			r.ObservedAt, r.Undated = started, true
		}
		return a.Reject(raw, &r)
	case it.group != nil:
		return a.Group(raw, new(*it.group))
	}
	job := *it.job
	if job.ObservedAt == 0 {
		job.ObservedAt, job.Undated = started, true
	}
	return a.Job(raw, position, &job)
}

// day0 is noon of 2026-01-15 in Shanghai, in ms.
var day0 = time.Date(2026, 1, 15, 12, 0, 0, 0, shanghai).UnixMilli()

const halfDay = int64(12 * 3600 * 1000)

// instants draws when something was received: few, so that they meet.
func instants(t *rapid.T) int64 { return day0 + rapid.Int64Range(0, 9).Draw(t, "at")*halfDay }

// world is what a history is about: a few contents of a few jobs, which come again and
// again.
type world struct{ contents []*schema.Job }

func drawWorld(t *rapid.T) *world {
	return &world{rapid.SliceOfN(rapid.Custom(drawContent), 1, 6).Draw(t, "contents")}
}

func instanceAndJob(t *rapid.T) (instance, id string) {
	return rapid.SampledFrom([]string{"default", "default", "default", "other"}).Draw(t, "instance"), rapid.SampledFrom([]string{"a", "a", "b"}).Draw(t, "job")
}

// pieces draws pieces of input, as they come and as they go wrong.
func (w *world) pieces() *rapid.Generator[piece] {
	return rapid.Custom(func(t *rapid.T) piece {
		return piece{rapid.SliceOfN(rapid.Custom(w.drawItem), 1, 3).Draw(t, "items")}
	})
}

func (w *world) drawItem(t *rapid.T) item {
	kind := rapid.SampledFrom([]string{"job", "job", "job", "job", "job", "facts", "facts", "expected", "reject", "group"}).Draw(t, "kind")
	if kind == "job" {
		job := *rapid.SampledFrom(w.contents).Draw(t, "content")
		job.RequestID = rapid.SampledFrom([]string{"", "r1", "r2"}).Draw(t, "request")
		job.Asked = rapid.Bool().Draw(t, "asked")
		if rapid.IntRange(0, 5).Draw(t, "undated") > 0 {
			job.ObservedAt = instants(t)
		}
		return item{job: &job}
	}
	instance, id := instanceAndJob(t)
	switch kind {
	case "facts":
		return item{facts: drawFacts(t, instance, id)}
	case "expected":
		troubles := []string{"", schema.PendingMissing, schema.PendingRejected, schema.PendingUnfetched, schema.PendingNotFinal, schema.PendingSettling}
		return item{expect: &schema.Expected{
			InstanceID: instance, JobID: id, ObservedAt: instants(t), Trouble: rapid.SampledFrom(troubles).Draw(t, "trouble"),
		}}
	case "reject":
		r := &schema.Reject{
			InstanceID: instance, JobID: rapid.SampledFrom([]string{"", id}).Draw(t, "of"), Origin: "x.json", Reason: "r",
			Code: rapid.SampledFrom([]string{schema.RejectShape, schema.RejectTruncated}).Draw(t, "code"),
			Raw:  []byte(rapid.SampledFrom([]string{"x", "y"}).Draw(t, "raw")),
		}
		if rapid.IntRange(0, 3).Draw(t, "undated") > 0 {
			r.ObservedAt = instants(t)
		}
		return item{reject: r}
	}
	return item{group: &schema.JobGroupRow{
		InstanceID: instance, JobGroupID: rapid.SampledFrom([]string{"g", "h"}).Draw(t, "group"),
		JobGroupName: rapid.SampledFrom([]string{"", "催收", "续保"}).Draw(t, "name"), TotalJobs: new(rapid.Int64Range(0, 1).Draw(t, "total")),
		ObservedAt: instants(t),
	}}
}

// drawContent draws what a version of a job says.
func drawContent(t *rapid.T) *schema.Job {
	instance, id := instanceAndJob(t)
	j := &schema.Job{
		InstanceID: instance, JobID: id, ReferenceID: rapid.SampledFrom([]string{"", "v1", "v2"}).Draw(t, "version"),
		Status: rapid.SampledFrom([]string{schema.JobSucceeded, schema.JobSucceeded, schema.JobSucceeded, schema.JobExecuting}).Draw(t, "status"),
	}
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 2), 0, 3, rapid.ID[int]).Draw(t, "tasks") {
		at := day0 - int64(n)*2*halfDay
		task := schema.Task{
			TaskID: fmt.Sprint(id, "-", n), Status: rapid.SampledFrom([]string{"SucceededFinish", "SucceededClientHangUp", "NoAnswer", "SucceededOddly", "Odd"}).Draw(t, "task status"),
			CalledNumber: "10012345678",
		}
		if rapid.IntRange(0, 3).Draw(t, "dialled") > 0 {
			task.ActualTime = at
		}
		for turn := range rapid.IntRange(0, 2).Draw(t, "turns") {
			task.Turns = append(task.Turns, schema.Turn{Speaker: schema.SpeakerRobot, Script: "您好", Timestamp: at + int64(turn)*1000})
		}
		j.Tasks = append(j.Tasks, task)
	}
	if rapid.IntRange(0, 3).Draw(t, "more") == 0 {
		j.Contacts = []schema.Contact{{ContactID: "c", Name: "王"}}
		j.Extras = []schema.Extra{{Key: "k", Value: "v"}}
		j.Summaries = []schema.Summary{{Category: "c", Name: "n", Content: "s"}}
		j.CallingNumbers = []string{"400"}
		j.Priority = new(int32(1))
	}
	j.SortTasks()
	return j
}

func drawFacts(t *rapid.T, instance, id string) *schema.TaskFacts {
	f := &schema.TaskFacts{InstanceID: instance, JobID: id, TaskID: fmt.Sprint(id, "-", rapid.IntRange(0, 2).Draw(t, "task"))}
	f.Facts.ObservedAt = instants(t)
	if rapid.Bool().Draw(t, "call") {
		f.CallTime = day0
	}
	f.Facts.ScriptName = rapid.SampledFrom([]string{"", "", "s1", "s2"}).Draw(t, "script")
	if rapid.Bool().Draw(t, "more") {
		f.Facts.CallMS, f.Facts.ReachedEnd = new(rapid.Int64Range(0, 1).Draw(t, "ms")), new(rapid.Bool().Draw(t, "end"))
		f.Facts.DialExceptions = []string{"486"}
	}
	return f
}

// permuting returns a function that brings the records of a key into any order, and
// condenses some, as happens to a key that has many.
func permuting(rt *rapid.T) func([][]byte) [][]byte {
	return func(list [][]byte) [][]byte {
		list = rapid.Permutation(list).Draw(rt, "order")
		for range rapid.IntRange(0, 2).Draw(rt, "condensed") {
			n := rapid.IntRange(0, len(list)).Draw(rt, "of these")
			list = append(shuffle.Condense(list[:n]), list[n:]...)
		}
		return list
	}
}

// checkHistories checks a property of histories, each of which publishes a dataset
// several times: of some by default, and of as many as rapid does with
// CALLMILL_THOROUGH=1, or as -rapid.checks says.
func checkHistories(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	if checks := flag.Lookup("rapid.checks"); os.Getenv("CALLMILL_THOROUGH") == "" && checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("15"); err != nil {
			t.Fatal(err)
		}
		defer checks.Value.Set(checks.DefValue)
	}
	rapid.Check(t, property)
}

// TestReducerDecidesAsCommit: any history of versions, facts, expectations, rejects and
// campaigns, in any runs, split over any workers and brought together in any order,
// gives the tables that a dataset on disk has after each of the same runs, row by row,
// what is pending, and the same counts.
func TestReducerDecidesAsCommit(t *testing.T) {
	checkHistories(t, func(rt *rapid.T) {
		disk := &folder{t: t, dir: filepath.Join(t.TempDir(), "data"), clock: time.UnixMilli(day0 + 7)}
		l := newLake(rt)
		permute := permuting(rt)
		w, before := drawWorld(rt), []piece(nil)
		for n := range rapid.IntRange(1, 5).Draw(rt, "runs") {
			disk.clock = disk.clock.Add(time.Duration(rapid.Int64Range(1, 3).Draw(rt, "later")) * 12 * time.Hour)
			list := rapid.SliceOfN(w.pieces(), 0, 8).Draw(rt, "pieces")
			if len(before) > 0 {
				list = append(list, rapid.SliceOfN(rapid.SampledFrom(before), 0, 4).Draw(rt, "again")...)
			}
			before = append(before, list...)
			if rapid.IntRange(0, 2).Draw(rt, "retain") == 0 {
				disk.edge = max(disk.edge, instants(rt))
			}
			disk.held = rapid.IntRange(0, 3).Draw(rt, "held") == 0
			run, want := disk.publish(list, rapid.IntRange(1, 3).Draw(rt, "workers"))

			records := shuffled{}
			workers := make([]pipeline.Appender, rapid.IntRange(1, 3).Draw(rt, "decoders"))
			for i := range workers {
				workers[i] = records.appender()
			}
			if err := deliver(workers, list, run.Started.UnixMilli()); err != nil {
				rt.Fatal(err)
			}
			report, changed := l.reduce(shuffle.Options{
				Flattener: lasting{newFlattener()}, RunID: run.ID, Rules: rulesOf(run.Started, disk.edge), OnHold: disk.onHold,
			}, records, permute)

			if d := diff(disk.read(), l.read()); d != "" {
				rt.Fatalf("run %d: tables (-on disk +reduced):\n%s", n, d)
			}
			if report.Counts != want.Counts || !report.Counts.Balanced() {
				rt.Errorf("run %d: counts %+v, on disk %+v", n, report.Counts, want.Counts)
			}
			if d := cmp.Diff([]any{want.Pending.New, want.Pending.NewJobs, want.Pending.Met}, []any{report.Pending.New, report.Pending.NewJobs, report.Pending.Met}, cmpopts.EquateEmpty()); d != "" {
				rt.Errorf("run %d: pending (-on disk +reduced):\n%s", n, d)
			}
			// With an edge a dataset may publish for what it left out.
			if n > 0 && disk.edge == 0 && want.Changed != (changed > 0) {
				rt.Errorf("run %d: %d keys change, on disk: %v", n, changed, want.Changed)
			}
		}
		if _, changed := l.reduce(shuffle.Options{Flattener: lasting{newFlattener()}}, shuffled{}, permute); changed > 0 {
			rt.Errorf("without records %d keys change", changed)
		}
	})
}

// export gives all that the latest snapshot has, as an import brings it.
func (f *folder) export() shuffled {
	f.t.Helper()
	d, err := dataset.View(f.dir)
	f.must(err)
	records := shuffled{}
	a := records.appender()
	for _, s := range shard.List(d) {
		f.exportJobs(a, d, s)
	}
	pending, rejects := map[schema.Key][]schema.PendingRow{}, map[schema.Key][]schema.RejectRow{}
	for row, err := range tables.Pending(d) {
		f.must(err)
		key := schema.JobKey(nil, row.InstanceID, row.JobID)
		pending[key] = append(pending[key], *row)
	}
	for _, rows := range pending {
		f.must(a.ImportPending(rows[0].InstanceID, rows[0].JobID, rows))
	}
	for row, err := range tables.Rejects(d) {
		f.must(err)
		key := shuffle.RejectKey(nil, row)
		rejects[key] = append(rejects[key], *row)
	}
	for key, rows := range rejects {
		f.must(a.ImportRejects(key, rows))
	}
	rowsOf(f, d, schema.TableJobGroups, func(_ int32, row *schema.JobGroupRow) { f.must(a.ImportGroup(row)) })
	return records
}

func (f *folder) exportJobs(a *shuffle.Appender, d *dataset.Dataset, s *shard.Published) {
	f.t.Helper()
	r, err := shard.Open([]*shard.Published{s}, s.Shard)
	f.must(err)
	defer r.Close()
	for {
		rows, _, err := r.Next()
		f.must(err)
		if rows == nil {
			return
		}
		hash, err := schema.ParseContentHash(rows.Job.ContentHash)
		f.must(err)
		job := flatten.Job(rows)
		job.Undated = d.Undated(job.ObservedAt)
		f.must(a.ImportJob(job, hash))
	}
}

// importAll takes all that a dataset has into the lake, in which nothing else stays of
// what it had from there before.
func (l *lake) importAll(f *folder, permute func([][]byte) [][]byte) (shuffle.Report, int) {
	l.t.Helper()
	records := f.export()
	for key := range l.states {
		records[key] = append(records[key], nil...)
	}
	return l.reduce(shuffle.Options{Flattener: lasting{newFlattener()}, FullImport: true, Rules: rulesOf(f.clock, 0)}, records, permute)
}

// TestImport: a lake that takes a dataset in whole, once or again and again, has its
// tables, and goes on from there as the dataset does.
func TestImport(t *testing.T) {
	checkHistories(t, func(rt *rapid.T) {
		disk := &folder{t: t, dir: filepath.Join(t.TempDir(), "data"), clock: time.UnixMilli(day0 + 7)}
		l, w := newLake(rt), drawWorld(rt)
		permute := permuting(rt)
		run := func() ([]piece, dataset.Run) {
			disk.clock = disk.clock.Add(time.Duration(rapid.Int64Range(1, 3).Draw(rt, "later")) * 12 * time.Hour)
			list := rapid.SliceOfN(w.pieces(), 0, 8).Draw(rt, "pieces")
			run, _ := disk.publish(list, 1)
			return list, run
		}
		same := func(when string) {
			if d := diff(disk.read(), l.read()); d != "" {
				rt.Fatalf("%s: tables (-on disk +imported):\n%s", when, d)
			}
		}
		for range rapid.IntRange(1, 3).Draw(rt, "imports") {
			run()
			report, _ := l.importAll(disk, permute)
			if same("imported"); !report.Counts.Balanced() || report.Counts.Seen != int64(len(l.read()[schema.TableJobs])) {
				rt.Errorf("counts %+v", report.Counts)
			}
		}
		if report, changed := l.importAll(disk, permute); changed > 0 || report.Counts.Unchanged != report.Counts.Seen {
			rt.Errorf("the same again changes %d keys: %+v", changed, report.Counts)
		}
		for range rapid.IntRange(0, 2).Draw(rt, "runs") {
			list, run := run()
			records := shuffled{}
			if err := deliver([]pipeline.Appender{records.appender()}, list, run.Started.UnixMilli()); err != nil {
				rt.Fatal(err)
			}
			l.reduce(shuffle.Options{Flattener: lasting{newFlattener()}, RunID: run.ID, Rules: rulesOf(run.Started, 0)}, records, permute)
			same("after a run")
		}
		// What is pending of a job that the lake decided on is its own.
		l.importAll(disk, permute)
		want, got := disk.read(), l.read()
		delete(want, "pending")
		delete(got, "pending")
		if d := diff(want, got); d != "" {
			rt.Errorf("imported after runs: tables (-on disk +imported):\n%s", d)
		}
	})
}
