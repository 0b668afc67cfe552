package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/redact"
	"callmill/schema"
)

// TestWorkerMakesTheTablesOfConvert: the tables that an engine keeps with worker are
// those that convert publishes, row by row, whether the inputs come at once or in
// three runs.
func TestWorkerMakesTheTablesOfConvert(t *testing.T) {
	dir := t.TempDir()
	runMain(t, 0, "simulate", "--write", filepath.Join(dir, "simulated"), "--people", "200", "--seed", "7")
	shapes := os.DirFS("../../pipeline/decode/testdata/shapes")
	if err := os.CopyFS(filepath.Join(dir, "shapes"), shapes); err != nil {
		t.Fatal(err)
	}
	campaigns := `{"observed_at":"2026-01-22T01:00:00Z","instance_id":"default","action":"ListJobGroups","status":200,"body":{"Success":true,"JobGroups":{"List":[{"JobGroupId":"g-1","JobGroupName":"回访","Status":"Executing","TotalJobs":3}],"PageNumber":1,"PageSize":100,"TotalCount":1}}}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "campaigns.jsonl"), []byte(campaigns), 0o600); err != nil {
		t.Fatal(err)
	}
	inputs := inputsIn(t, dir)
	for _, of := range []struct {
		runs int
		pii  string
	}{{1, redact.Keep}, {3, redact.Keep}, {3, redact.Mask}, {1, redact.Hash}} {
		t.Run(fmt.Sprint(of.runs, " runs, ", of.pii), func(t *testing.T) {
			data, key, runs := filepath.Join(t.TempDir(), "data"), keyFile(t), of.runs
			lake := newLake(key)
			lake.pii = of.pii
			for i := range runs {
				// The last run meets the inputs of the first again.
				var part []string
				for n, input := range inputs {
					if n%runs == i || runs > 1 && i == runs-1 && n%runs == 0 {
						part = append(part, input)
					}
				}
				at := 1_769_100_000_000 + int64(i)*3_600_000
				folder := filepath.Join(t.TempDir(), "inputs")
				for _, name := range part {
					linkInto(t, folder, dir, name)
				}
				runMain(t, 0, "convert", "--progress", "none", "--allow-rejects", "100%", "--out", data, "--instance", "default", "--key", key, "--pii", of.pii, "--observed-at", fmt.Sprint(at), folder)
				lake.run(t, folder, part, at)
			}
			published := newLake(key)
			published.read(t, data)
			for _, table := range schema.TableNames() {
				if len(published.tables[table]) == 0 {
					t.Errorf("convert publishes no %s", table)
				}
				if diff := cmp.Diff(published.tables[table], lake.tables[table]); diff != "" {
					t.Errorf("%s differ (-convert +worker):\n%.3000s", table, diff)
				}
			}
			counts := manifestOf(t, data).Counts
			if lake.counts.New != counts.New || lake.counts.Changed != counts.Changed || lake.counts.Unchanged != counts.Unchanged || lake.counts.Rejected != counts.Rejected {
				t.Errorf("the last run counts %+v, want %+v", lake.counts, counts)
			}
		})
	}
}

// inputsIn returns the inputs in a folder as convert takes them.
func inputsIn(t *testing.T, dir string) (names []string) {
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !entry.IsDir() && slices.Contains([]string{".json", ".jsonl", ".xml"}, ext) && entry.Name()[0] != '.' {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func linkInto(t *testing.T, folder, dir, name string) {
	to := filepath.Join(folder, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.Link(filepath.Join(dir, filepath.FromSlash(name)), to)); err != nil {
		t.Fatal(err)
	}
}

// lake is what an engine keeps: rows by their keys, and states.
type lake struct {
	keyFile  string
	pii      string
	tables   map[string]map[string]string // rows, spelled
	states   map[string][]byte
	statuses map[string]bool
	counts   struct{ New, Changed, Unchanged, Rejected int64 }
}

func newLake(keyFile string) *lake {
	l := &lake{keyFile: keyFile, tables: map[string]map[string]string{}, states: map[string][]byte{}, statuses: map[string]bool{}}
	for _, table := range schema.TableNames() {
		l.tables[table] = map[string]string{}
	}
	return l
}

// run does what an engine does: it decodes, brings records and states together by
// key, flattens, and takes the rows.
func (l *lake) run(t *testing.T, folder string, inputs []string, at int64) {
	t.Helper()
	in := newArrowStream(arrow.NewSchema([]arrow.Field{
		{Name: "origin", Type: arrow.BinaryTypes.String},
		{Name: "sequence", Type: arrow.PrimitiveTypes.Int64},
		{Name: "position", Type: arrow.PrimitiveTypes.Int64},
		{Name: "instance_id", Type: arrow.BinaryTypes.String},
		{Name: "observed_at", Type: arrow.PrimitiveTypes.Int64},
		{Name: "undated", Type: arrow.FixedWidthTypes.Boolean},
		{Name: "body", Type: arrow.BinaryTypes.LargeBinary},
	}, nil))
	for i, name := range inputs {
		body, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		in.add(t, name, int64(i), int64(0), "", at, false, body)
	}
	decoded := l.worker(t, in.end(t), "decode", "--instance", "default", "--key", l.keyFile, "--pii", l.pii)
	type record struct{ key, record []byte }
	var records []record
	met := map[string]bool{}
	for _, batch := range decoded {
		for i := range int(batch.NumRows()) {
			r := record{batch.Column(0).(*array.Binary).Value(i), batch.Column(1).(*array.Binary).Value(i)}
			records = append(records, r)
			key := string(r.key)
			if state := l.states[key]; state != nil && !met[key] {
				records = append(records, record{r.key, state})
			}
			met[key] = true
		}
	}
	slices.SortStableFunc(records, func(a, b record) int { return bytes.Compare(a.key, b.key) })
	shuffled := newArrowStream(arrow.NewSchema([]arrow.Field{{Name: "record", Type: arrow.BinaryTypes.LargeBinary}, {Name: "key", Type: arrow.BinaryTypes.LargeBinary}}, nil))
	for _, r := range records {
		shuffled.add(t, r.record, r.key)
	}
	rows := l.worker(t, shuffled.end(t), "flatten", "--pii", l.pii, "--run", "R", "--started", "2026-01-23T00:00:00Z")
	for _, batch := range rows {
		for i := range int(batch.NumRows()) {
			l.take(t, batch, i)
		}
	}
	unlisted := slices.Sorted(maps.Keys(l.statuses))
	for _, row := range schema.StatusRows(unlisted) {
		put(l, schema.TableStatuses, &row)
	}
}

// worker runs the command, and returns what it writes.
func (l *lake) worker(t *testing.T, stdin []byte, args ...string) (batches []arrow.RecordBatch) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := Main(append([]string{"worker"}, args...), bytes.NewReader(stdin), &stdout, &stderr); code != 0 {
		t.Fatalf("callmill worker %s: exit code %d\n%s", args, code, &stderr)
	}
	r, err := ipc.NewReader(&stdout)
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		batch := r.RecordBatch()
		batch.Retain()
		batches = append(batches, batch)
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return batches
}

// take takes a row of flatten's output.
func (l *lake) take(t *testing.T, batch arrow.RecordBatch, i int) {
	column := func(name string) arrow.Array { return batch.Column(batch.Schema().FieldIndices(name)[0]) }
	key := string(column("key").(*array.Binary).Value(i))
	if key == "" {
		var report struct {
			Stage  string
			Counts struct{ New, Changed, Unchanged, Rejected int64 }
		}
		if err := json.Unmarshal([]byte(column("report").(*array.String).Value(i)), &report); err != nil {
			t.Fatal(err)
		}
		if report.Stage == "flatten" {
			l.counts = report.Counts
		}
		return
	}
	day, stale := column("job_date").(*array.Date32), column("stale_date").(*array.Date32)
	if stale.IsValid(i) {
		prefix := fmt.Sprintf("%x %d ", key, stale.Value(i))
		gone := 0
		for _, table := range schema.DayTables() {
			maps.DeleteFunc(l.tables[table], func(name, _ string) bool {
				if strings.HasPrefix(name, prefix) {
					gone++
				}
				return strings.HasPrefix(name, prefix)
			})
		}
		if gone == 0 {
			t.Errorf("job %x has no rows on day %d", key, stale.Value(i))
		}
	}
	jobPrefix := fmt.Sprintf("%x %s ", key, day.ValueStr(i))
	if day.IsValid(i) {
		jobPrefix = fmt.Sprintf("%x %d ", key, day.Value(i))
	}
	putAll[schema.JobRow](l, jobPrefix, schema.TableJobs, column, i)
	putAll[schema.TaskRow](l, jobPrefix, schema.TableTasks, column, i)
	putAll[schema.TurnRow](l, jobPrefix, schema.TableTurns, column, i)
	putAll[schema.ContactRow](l, jobPrefix, schema.TableContacts, column, i)
	putAll[schema.ExtraRow](l, jobPrefix, schema.TableExtras, column, i)
	putAll[schema.SummaryRow](l, jobPrefix, schema.TableSummaries, column, i)
	putAll[schema.JobGroupRow](l, "", schema.TableJobGroups, column, i)
	for _, row := range rowsOfList[rejectKey](column("rejects_gone"), i) {
		delete(l.tables[schema.TableRejects], fmt.Sprint(row.InstanceID, " ", row.RejectID))
	}
	putAll[schema.RejectRow](l, "", schema.TableRejects, column, i)
	statuses := column("statuses").(*array.List)
	for start, end := statuses.ValueOffsets(i); start < end; start++ {
		l.statuses[statuses.ListValues().(*array.String).Value(int(start))] = true
	}
	if state := column("state").(*array.Binary); state.IsValid(i) {
		if l.states[key] = bytes.Clone(state.Value(i)); len(state.Value(i)) == 0 {
			delete(l.states, key)
		}
	}
}

type rejectKey struct{ InstanceID, RejectID string }

// putAll puts the rows of a list into a table.
func putAll[T any](l *lake, prefix, table string, column func(string) arrow.Array, i int) {
	for _, row := range rowsOfList[T](column(table), i) {
		name := prefix + nameOf(table, &row)
		if prefix != "" && l.tables[table][name] != "" {
			name += " twice"
		}
		l.tables[table][name] = spell(&row)
	}
}

func put[T any](l *lake, table string, row *T) { l.tables[table][nameOf(table, row)] = spell(row) }

// nameOf returns the key of a row.
func nameOf[T any](table string, row *T) string {
	var key []string
	for _, described := range schema.Tables() {
		if described.Name != table {
			continue
		}
		for _, name := range described.Key {
			field := reflect.ValueOf(row).Elem().FieldByNameFunc(func(field string) bool {
				f, _ := reflect.TypeFor[T]().FieldByName(field)
				column, _, _ := strings.Cut(f.Tag.Get("parquet"), ",")
				return column == name
			})
			if field.Kind() == reflect.Pointer && !field.IsNil() {
				field = field.Elem()
			}
			key = append(key, fmt.Sprint(field.Interface()))
		}
	}
	return strings.Join(key, " ")
}

// spell spells a row. The runs of convert and of the worker have other names.
func spell[T any](row *T) string {
	copied := *row
	if reject, ok := any(&copied).(*schema.RejectRow); ok {
		reject.FirstRun = ""
	}
	for _, field := range reflect.ValueOf(&copied).Elem().Fields() {
		if field.Kind() == reflect.Slice && field.Len() == 0 {
			field.SetZero()
		}
	}
	text, err := json.Marshal(copied)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// rowsOfList returns the rows of the i-th list of a column.
func rowsOfList[T any](column arrow.Array, i int) (rows []T) {
	list := column.(*array.List)
	structs := list.ListValues().(*array.Struct)
	for start, end := list.ValueOffsets(i); start < end; start++ {
		var row T
		next := 0
		for field, value := range reflect.ValueOf(&row).Elem().Fields() {
			if schema.IsColumn(field) {
				setField(value, structs.Field(next), int(start))
				next++
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// setField sets a field of a row to the i-th value of a column.
func setField(field reflect.Value, column arrow.Array, i int) {
	if column.IsNull(i) {
		return
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	switch a := column.(type) {
	case *array.String:
		field.SetString(a.Value(i))
	case *array.Binary:
		field.SetBytes(a.Value(i))
	case *array.Int32:
		field.SetInt(int64(a.Value(i)))
	case *array.Date32:
		field.SetInt(int64(a.Value(i)))
	case *array.Int64:
		field.SetInt(a.Value(i))
	case *array.Timestamp:
		field.SetInt(int64(a.Value(i)) / 1000)
	case *array.Boolean:
		field.SetBool(a.Value(i))
	case *array.List:
		for start, end := a.ValueOffsets(i); start < end; start++ {
			field.Set(reflect.Append(field, reflect.ValueOf(a.ListValues().(*array.String).Value(int(start)))))
		}
	}
}

// read takes the tables that are published.
func (l *lake) read(t *testing.T, data string) {
	readDays[schema.JobRow](t, l, data, schema.TableJobs, func(r *schema.JobRow) (string, string) { return r.InstanceID, r.JobID })
	readDays[schema.TaskRow](t, l, data, schema.TableTasks, func(r *schema.TaskRow) (string, string) { return r.InstanceID, r.JobID })
	readDays[schema.TurnRow](t, l, data, schema.TableTurns, func(r *schema.TurnRow) (string, string) { return r.InstanceID, r.JobID })
	readDays[schema.ContactRow](t, l, data, schema.TableContacts, func(r *schema.ContactRow) (string, string) { return r.InstanceID, r.JobID })
	readDays[schema.ExtraRow](t, l, data, schema.TableExtras, func(r *schema.ExtraRow) (string, string) { return r.InstanceID, r.JobID })
	readDays[schema.SummaryRow](t, l, data, schema.TableSummaries, func(r *schema.SummaryRow) (string, string) { return r.InstanceID, r.JobID })
	for _, row := range collect[schema.JobGroupRow](t, data, schema.TableJobGroups) {
		put(l, schema.TableJobGroups, &row)
	}
	for _, row := range collect[schema.StatusRow](t, data, schema.TableStatuses) {
		put(l, schema.TableStatuses, &row)
	}
	for _, row := range collect[schema.RejectRow](t, data, schema.TableRejects) {
		put(l, schema.TableRejects, &row)
	}
}

// readDays takes a day table, each row under its job and the day of its partition.
func readDays[T any](t *testing.T, l *lake, data, table string, job func(*T) (instance, id string)) {
	latest := filepath.Join(data, "latest")
	days, err := filepath.Glob(filepath.Join(latest, table, schema.PartitionColumn+"=*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range days {
		_, date, _ := strings.Cut(filepath.Base(day), "=")
		number := dayNumber(t, date)
		for row := range all[T](t, day, ".") {
			instance, id := job(row)
			key := schema.JobKey(nil, instance, id)
			name := fmt.Sprintf("%x %d %s", key[:], number, nameOf(table, row))
			if l.tables[table][name] != "" {
				name += " twice"
			}
			l.tables[table][name] = spell(row)
		}
	}
}

// arrowStream makes an Arrow stream, with few rows in a batch.
type arrowStream struct {
	out     bytes.Buffer
	w       *ipc.Writer
	builder *array.RecordBuilder
	rows    int
}

func newArrowStream(layout *arrow.Schema) *arrowStream {
	s := &arrowStream{builder: array.NewRecordBuilder(memory.DefaultAllocator, layout)}
	s.w = ipc.NewWriter(&s.out, ipc.WithSchema(layout))
	return s
}

func (s *arrowStream) add(t *testing.T, values ...any) {
	for i, v := range values {
		switch v := v.(type) {
		case string:
			s.builder.Field(i).(*array.StringBuilder).Append(v)
		case int64:
			s.builder.Field(i).(*array.Int64Builder).Append(v)
		case bool:
			s.builder.Field(i).(*array.BooleanBuilder).Append(v)
		case []byte:
			s.builder.Field(i).(*array.BinaryBuilder).Append(v)
		}
	}
	if s.rows++; s.rows%13 == 0 {
		s.flush(t)
	}
}

func (s *arrowStream) flush(t *testing.T) {
	if err := s.w.Write(s.builder.NewRecordBatch()); err != nil {
		t.Fatal(err)
	}
}

func (s *arrowStream) end(t *testing.T) []byte {
	s.flush(t)
	if err := s.w.Close(); err != nil {
		t.Fatal(err)
	}
	return s.out.Bytes()
}

// dayNumber returns a date in days since 1970-01-01.
func dayNumber(t *testing.T, date string) int32 {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return int32(day.Unix() / (24 * 60 * 60))
}
