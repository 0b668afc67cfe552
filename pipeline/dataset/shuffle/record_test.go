package shuffle

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/pipeline"
	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/reject"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

var _ pipeline.Appender = (*Appender)(nil)

// drawn draws a value by reflection, so that no field can be forgotten.
func drawn[T any](t *rapid.T) *T {
	v := new(T)
	draw(t, "value", reflect.ValueOf(v).Elem())
	return v
}

// drawnJob draws a job. Facts without a value have no instant.
func drawnJob(t *rapid.T) *schema.Job {
	job := drawn[schema.Job](t)
	job.Erased = false // such a job becomes no record
	for i := range job.Tasks {
		for k := range job.Tasks[i].Turns {
			if !job.Redacted {
				job.Tasks[i].Turns[k].Pattern = ""
			}
		}
		if f := &job.Tasks[i].Facts; f.IsZero() {
			*f = schema.Facts{}
		}
	}
	return job
}

func draw(t *rapid.T, name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for field, value := range v.Fields() {
			draw(t, field.Name, value)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 2).Draw(t, name), 2))
		for i := range v.Len() {
			draw(t, name, v.Index(i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, name) {
			v.Set(reflect.New(v.Type().Elem()))
			draw(t, name, v.Elem())
		}
	case reflect.String:
		v.SetString(rapid.StringN(0, 3, -1).Draw(t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(t, name)))
	case reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, name))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Byte().Draw(t, name)))
	default:
		t.Fatalf("no values of %s for %s", v.Type(), name)
	}
}

// gathered returns an appender, and what it emits by key, in order.
func gathered() (*Appender, map[schema.Key][][]byte) {
	got := map[schema.Key][][]byte{}
	return NewAppender(func(key schema.Key, record []byte) error {
		got[key] = append(got[key], slices.Clone(record))
		return nil
	}), got
}

// only returns the records of the one key there is.
func only(t rapid.TB, got map[schema.Key][][]byte, want schema.Key) *Records {
	t.Helper()
	if len(got) != 1 || len(got[want]) == 0 {
		t.Fatalf("%d keys, and %d records of %x", len(got), len(got[want]), want)
	}
	r := &Records{}
	for _, record := range got[want] {
		if err := r.Add(record); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func same(t rapid.TB, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRecordsComeBack: what an appender takes comes back, every field of it.
func TestRecordsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := &schema.Raw{Sequence: rapid.Int64().Draw(t, "sequence")}
		job, facts, expected := drawnJob(t), drawn[schema.TaskFacts](t), drawn[schema.Expected](t)
		facts.InstanceID, facts.JobID = job.InstanceID, job.JobID
		expected.InstanceID, expected.JobID = job.InstanceID, job.JobID
		refused := drawn[schema.Reject](t)
		refused.InstanceID, refused.JobID = job.InstanceID, "j"+job.JobID
		job.JobID, facts.JobID, expected.JobID = refused.JobID, refused.JobID, refused.JobID
		pending, rejects := drawn[[]schema.PendingRow](t), drawn[[]schema.RejectRow](t)

		a, emitted := gathered()
		key := schema.JobKey(nil, job.InstanceID, job.JobID)
		hash, _ := job.ContentHash(nil)
		for _, err := range []error{
			a.Job(raw, 7, job), a.Facts(raw, facts), a.Facts(raw, facts), a.Expected(raw, expected), a.Reject(raw, refused),
			a.ImportJob(job, hash), a.ImportPending(job.InstanceID, job.JobID, *pending), a.ImportRejects(key, *rejects), a.Flush(),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		got := only(t, emitted, key)

		var decoder jobcode.Decoder
		v := &got.Versions[0]
		back, err := v.Job(&decoder)
		if err != nil {
			t.Fatal(err)
		}
		same(t, job, back)
		same(t, []any{raw.Sequence, int64(7), job.ObservedAt, hash}, []any{v.Sequence, v.Position, v.ObservedAt, v.Hash})
		facts.Undated = false
		same(t, []Fact{{raw.Sequence, 1, *facts}, {raw.Sequence, 2, *facts}}, got.Facts)
		same(t, []Expected{{raw.Sequence, *expected}}, got.Expected)
		same(t, []Reject{{raw.Sequence, reject.Row(refused)}}, got.Rejects)
		if back, err = got.ImportedJob.Job(&decoder); err != nil {
			t.Fatal(err)
		}
		job.Asked = false
		same(t, job, back)
		same(t, hash, got.ImportedJob.Hash)
		same(t, *pending, got.ImportedPending.Rows)
		same(t, *rejects, got.ImportedRejects.Rows)
	})
}

func TestGroupsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := drawn[schema.JobGroupRow](t)
		a, emitted := gathered()
		if err := errors.Join(a.Group(&schema.Raw{Sequence: 3}, row), a.ImportGroup(row)); err != nil {
			t.Fatal(err)
		}
		got := only(t, emitted, GroupKey(nil, row.InstanceID, row.JobGroupID))
		same(t, []Group{{3, 1, *row}}, got.Groups)
		same(t, row, got.ImportedGroup.Row)
	})
}

func TestWhatIsGone(t *testing.T) {
	a, emitted := gathered()
	if err := a.ImportGone("i", "j"); err != nil {
		t.Fatal(err)
	}
	got := only(t, emitted, schema.JobKey(nil, "i", "j"))
	if job, err := got.ImportedJob.Job(new(jobcode.Decoder)); job != nil || err != nil {
		t.Errorf("job %v, %v", job, err)
	}
	a, emitted = gathered()
	if err := a.ImportGroupGone("i", "g"); err != nil {
		t.Fatal(err)
	}
	if got := only(t, emitted, GroupKey(nil, "i", "g")); got.ImportedGroup.Row != nil {
		t.Errorf("campaign %+v", got.ImportedGroup.Row)
	}
}

// TestImportInParts: a job that is gone from one place and is in another is there, in
// whatever order the two come; rejects of several records are all of the key's.
func TestImportInParts(t *testing.T) {
	job := &schema.Job{InstanceID: "i", JobID: "j"}
	key := schema.JobKey(nil, "i", "j")
	for _, goneFirst := range []bool{true, false} {
		a, emitted := gathered()
		steps := []func() error{
			func() error { return a.ImportGone("i", "j") },
			func() error { return a.ImportJob(job, schema.ContentHash{1}) },
		}
		if !goneFirst {
			slices.Reverse(steps)
		}
		err := errors.Join(steps[0](), steps[1](), a.ImportRejects(key, []schema.RejectRow{{RejectID: "b"}}), a.ImportRejects(key, nil), a.ImportRejects(key, []schema.RejectRow{{RejectID: "a"}}))
		if err != nil {
			t.Fatal(err)
		}
		got := only(t, emitted, key)
		if there, err := got.ImportedJob.Job(new(jobcode.Decoder)); there == nil || err != nil {
			t.Errorf("gone first %v: job %v, %v", goneFirst, there, err)
		}
		if len(got.ImportedRejects.Rows) != 2 || got.count() != 5 {
			t.Errorf("%d rejects of %d records, want 2 of 5", len(got.ImportedRejects.Rows), got.count())
		}
		again := Records{}
		twice := emitted[key][:2]
		if err := again.Add(twice[1]); err != nil {
			t.Fatal(err)
		}
		if err := again.Add(twice[1]); goneFirst == (err == nil) {
			t.Errorf("gone first %v: the second record twice: %v", goneFirst, err)
		}
	}
}

// TestKeysAreApart: a campaign, and a reject without a job, are never with the job of
// the same name.
func TestKeysAreApart(t *testing.T) {
	row := schema.RejectRow{InstanceID: "i", RejectID: "x"}
	keys := []schema.Key{schema.JobKey(nil, "i", "x"), GroupKey(nil, "i", "x"), RejectKey(nil, &row)}
	row.JobID = "x"
	if keys[0] == keys[1] || keys[1] == keys[2] || keys[0] == keys[2] || RejectKey(nil, &row) != keys[0] {
		t.Errorf("keys %x", keys)
	}
}

func TestStatesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := &State{
			InstanceID: "i", JobID: "j", Imported: rapid.Bool().Draw(t, "imported"),
			Pending: *drawn[[]schema.PendingRow](t), Rejects: *drawn[[]StateReject](t),
			Group: drawn[schema.JobGroupRow](t), GroupImported: rapid.Bool().Draw(t, "group imported"),
		}
		job := drawnJob(t)
		job.Asked = false
		there := rapid.Bool().Draw(t, "there")
		if there {
			want.SetJob(new(jobcode.Encoder), job, schema.ContentHash{1, 2})
		}
		got := Records{}
		if err := got.Add(want.Append(nil)); err != nil {
			t.Fatal(err)
		}
		back, err := got.State.Job(new(jobcode.Decoder))
		if err != nil || (back != nil) != there {
			t.Fatal(back, err)
		}
		if there {
			same(t, job, back)
		}
		want.job, got.State.job, got.State.record = nil, nil, nil
		if diff := cmp.Diff(want, got.State, cmpopts.EquateEmpty(), cmp.AllowUnexported(State{})); diff != "" {
			t.Errorf("state (-want +got):\n%s", diff)
		}
	})
}

// TestStatesStay: states are kept for years. If this fails, stateFormat has to be
// another, and those of format 1 must be read for as long as there are any.
func TestStatesStay(t *testing.T) {
	facts := schema.Facts{ObservedAt: 5, ScriptName: "s", CallMS: new(int64(6)), RingingS: new(int32(7)), ReachedEnd: new(true), DialExceptions: []string{"d"}}
	s := &State{
		Imported: true, Pending: []schema.PendingRow{{InstanceID: "i", JobID: "j", TaskID: "t", Since: 1, Reason: "incomplete", ContentHash: "h", Facts: facts}},
		Rejects: []StateReject{{InstanceID: "i", RejectID: "r", FirstSeen: 2, Position: 3, Imported: true}},
		Group:   &schema.JobGroupRow{JobGroupID: "g", CreationTime: 4, TotalJobs: new(int64(5))}, GroupImported: true,
	}
	s.SetJob(new(jobcode.Encoder), &schema.Job{InstanceID: "i", JobID: "j", ObservedAt: 9, FirstSeen: 8, Undated: true, Tasks: []schema.Task{{TaskID: "t", Facts: facts}}}, schema.ContentHash{1})
	const want = `"\x01\x01\x01i\x01j\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01i\x01j\x01t\nincomplete\x01h\x02\n\x00\x01s\x01\f\x01\x0e\x00\x01\x01\x00\x00\x01\x01d\x01\x01i\x01r\x04\x06\x01\x01\x00\x01g\x00\x00\x00\x00\x00\x00\b\x00\x01\n\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x12\x10\x01\x00\x00\x00\x00\x01\x01t\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\n\x00\x01s\x01\f\x01\x0e\x00\x01\x01\x00\x00\x01\x01d\x00"`
	if got := fmt.Sprintf("%q", s.Append(nil)); got != want {
		t.Errorf("the record of a state is\n%s, want\n%s", got, want)
	}
}

func TestRecordsRefused(t *testing.T) {
	state := (&State{}).Append(nil)
	newer := slices.Clone(state)
	newer[1] = stateFormat + 1
	for name, c := range map[string]struct {
		records [][]byte
		want    string
	}{
		"empty":          {[][]byte{{}}, "read a record: "},
		"no such kind":   {[][]byte{{99}}, "read a record of kind 99: there is no such kind"},
		"two states":     {[][]byte{state, state}, "read a record of kind 1: the key has two of them"},
		"newer state":    {[][]byte{newer}, "read a record of kind 1: the state has format 2, and this callmill knows 1"},
		"more than that": {[][]byte{{byte(KindExpected), 0, 0, 0, 0, 0, 0}}, "read a record of kind 4: "},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := &Records{}, error(nil)
			for _, record := range c.records {
				err = r.Add(record)
			}
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s…", err, c.want)
			}
		})
	}
}

// TestCondense: of what comes again and again, what is large is left once, whenever it
// is condensed.
func TestCondense(t *testing.T) {
	a, emitted := gathered()
	job := &schema.Job{InstanceID: "i", JobID: "j", Tasks: []schema.Task{{TaskID: "t", Turns: []schema.Turn{{Script: strings.Repeat("x", 10_000)}}}}}
	reject := &schema.Reject{InstanceID: "i", JobID: "j", Code: schema.RejectShape, Raw: []byte(strings.Repeat("x", 10_000))}
	for n := range int64(50) {
		job.ObservedAt, job.RequestID, job.Undated = n, fmt.Sprint("request ", n), n%2 == 0
		reject.ObservedAt = 100 - n/2 // two at a time
		if err := errors.Join(a.Job(&schema.Raw{}, n, job), a.Reject(&schema.Raw{}, reject)); err != nil {
			t.Fatal(err)
		}
	}
	whole := emitted[schema.JobKey(nil, "i", "j")]
	condensed := append(Condense(whole[:40]), whole[40:]...)
	for range 2 {
		condensed = Condense(condensed)
		size := len(slices.Concat(condensed...))
		if len(condensed) != len(whole) || size > 2*10_000+100*300 {
			t.Errorf("%d records of %d bytes, want %d of 100 or 200 and two large ones", len(condensed), size, len(whole))
		}
	}
	if damaged := Condense([][]byte{nil, {99}, whole[0][:20]}); len(damaged) != 3 || !bytes.Equal(damaged[2], whole[0][:20]) {
		t.Errorf("damaged records are %q", damaged)
	}
}

// dayless is a Flattener for which all is one day.
type dayless struct{ rows schema.Rows }

func (f *dayless) Add(*schema.Job, schema.ContentHash) *schema.Rows { return &f.rows }
func (*dayless) Reset()                                             {}
func (*dayless) JobDate(*schema.Job) (int32, int64)                 { return 0, 0 }

// FuzzRecords: any bytes are records or an error, never a panic, and so is what becomes
// of them.
func FuzzRecords(f *testing.F) {
	a, emitted := gathered()
	raw := &schema.Raw{}
	job := &schema.Job{InstanceID: "i", JobID: "j", Tasks: []schema.Task{{TaskID: "t"}}}
	rows := []schema.RejectRow{{RejectID: "r", Raw: []byte("{}")}}
	group := &schema.JobGroupRow{JobGroupID: "g", TotalJobs: new(int64(1))}
	err := errors.Join(
		a.Job(raw, 0, job), a.Facts(raw, &schema.TaskFacts{TaskID: "t"}), a.Expected(raw, &schema.Expected{}), a.Reject(raw, &schema.Reject{}),
		a.Group(raw, group), a.ImportJob(job, schema.ContentHash{}), a.ImportGone("i", "j"), a.ImportPending("i", "j", []schema.PendingRow{{}}),
		a.ImportRejects(schema.Key{}, rows), a.ImportGroup(group),
	)
	if err != nil {
		f.Fatal(err)
	}
	s := &State{Rejects: []StateReject{{RejectID: "r"}}, Group: group}
	s.SetJob(new(jobcode.Encoder), job, schema.ContentHash{})
	f.Add(s.Append(nil))
	for _, records := range emitted {
		for _, record := range records {
			f.Add(record)
		}
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		for _, full := range []bool{false, true} {
			if of := (&Records{}); of.Add(record) == nil {
				_, _ = NewReducer(Options{Flattener: &dayless{}, FullImport: full}).Reduce(schema.Key{}, of)
			}
		}
		for _, shorter := range Condense([][]byte{record, record}) {
			var of Records
			if of.Add(record) == nil && of.Add(shorter) == nil {
				_, _ = NewReducer(Options{Flattener: &dayless{}}).Reduce(schema.Key{}, &of)
			}
		}
		var r Records
		var d jobcode.Decoder
		err := r.Add(record)
		if err == nil && r.State != nil {
			_, err = r.State.Job(&d)
		}
		if err == nil && len(r.Versions) > 0 {
			_, err = r.Versions[0].Job(&d)
		}
		if err == nil && r.ImportedJob != nil {
			_, err = r.ImportedJob.Job(&d)
		}
		if err != nil && !errors.Is(err, spill.ErrDamaged) && !strings.Contains(err.Error(), "callmill") {
			t.Error(err)
		}
	})
}
