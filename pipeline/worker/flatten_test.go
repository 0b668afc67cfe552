package worker

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/schema"
)

var update = flag.Bool("update", false, "rewrite testdata")

// keyed is a record under a key.
type keyed struct{ key, record string }

// records returns a stream of batches, whose columns are of a type and in any order.
func records(t rapid.TB, typ arrow.BinaryDataType, batches ...[]keyed) []byte {
	t.Helper()
	layout := arrow.NewSchema([]arrow.Field{{Name: "record", Type: typ}, {Name: "other", Type: arrow.PrimitiveTypes.Int32}, {Name: "key", Type: typ}}, nil)
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(layout))
	b := array.NewRecordBuilder(memory.DefaultAllocator, layout)
	for _, batch := range batches {
		for _, r := range batch {
			b.Field(0).(*array.BinaryBuilder).Append([]byte(r.record))
			b.Field(1).(*array.Int32Builder).Append(1)
			b.Field(2).(*array.BinaryBuilder).Append([]byte(r.key))
		}
		if err := w.Write(b.NewRecordBatch()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// reduce is a Reducer whose results stay valid.
type reduce func(key []byte, records [][]byte) (*Result, error)

func (r reduce) Reduce(key []byte, records [][]byte) (*Result, error) { return r(key, records) }
func (r reduce) Condense(records [][]byte) [][]byte                   { return records }
func (r reduce) Release()                                             {}

// flattenAll returns the rows of the output.
func flattenAll(t rapid.TB, in []byte, reduce reduce) []arrow.RecordBatch {
	t.Helper()
	var out bytes.Buffer
	err := Flatten(context.Background(), bytes.NewReader(in), &out, reduce, func(taken Taken) ([]byte, error) {
		return fmt.Appendf(nil, "%d keys, %d records", taken.Keys, taken.Records), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return batchesOf(t, &out)
}

func batchesOf(t rapid.TB, stream io.Reader) (batches []arrow.RecordBatch) {
	t.Helper()
	in, err := newReader(stream, nil)
	if err != nil {
		t.Fatal(err)
	}
	for {
		err := in.next()
		if errors.Is(err, io.EOF) {
			return batches
		}
		if err != nil {
			t.Fatal(err)
		}
		batch := in.batches.RecordBatch()
		batch.Retain()
		batches = append(batches, batch)
	}
}

// cell describes a value of the output.
func cell(batch arrow.RecordBatch, column string, row int) string {
	return valueOf(batch.Column(batch.Schema().FieldIndices(column)[0]), row)
}

// A key's records are handed over together and in order, however the stream is cut
// into batches.
func TestFlattenGathersTheRecordsOfAKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []string
		var all []keyed
		for k := range rapid.IntRange(0, 6).Draw(t, "keys") {
			key := fmt.Sprintf("key %02d", k)
			text := key + ":"
			for range rapid.IntRange(1, 5).Draw(t, "records") {
				r := keyed{key, rapid.StringN(0, 3, -1).Draw(t, "record")}
				all, text = append(all, r), text+fmt.Sprintf(" %q", r.record)
			}
			want = append(want, text)
		}
		var batches [][]keyed
		for left := all; len(left) > 0; {
			n := rapid.IntRange(0, len(left)).Draw(t, "cut")
			batches, left = append(batches, left[:n]), left[n:]
		}
		typ := rapid.SampledFrom([]arrow.BinaryDataType{arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary}).Draw(t, "type")

		var got []string
		out := flattenAll(t, records(t, typ, batches...), func(key []byte, records [][]byte) (*Result, error) {
			text := string(key) + ":"
			for _, r := range records {
				text += fmt.Sprintf(" %q", r)
			}
			got = append(got, text)
			return nil, nil
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("keys differ (-want +got):\n%s", diff)
		}
		if report := cell(out[0], "report", 0); report != fmt.Sprintf("string %d keys, %d records", len(want), len(all)) {
			t.Error(report)
		}
	})
}

// condensing is a reducer for which the first byte of a record says it all.
type condensing struct {
	reduce
	most int // bytes of the records that it was given at once
}

func (c *condensing) Condense(records [][]byte) (condensed [][]byte) {
	given := 0
	for _, record := range records {
		given += len(record)
		condensed = append(condensed, record[:1])
	}
	c.most = max(c.most, given)
	return condensed
}

// A key with many records does not take their memory, but that of what is left once
// they are condensed; all of them are handed over, in order.
func TestFlattenCondensesTheRecordsOfAKey(t *testing.T) {
	const size = condenseBytes / 4
	var batches [][]keyed
	want := ""
	for n := range 20 {
		name := string(rune('a' + n))
		batches = append(batches, []keyed{{"key", name + strings.Repeat(" ", size)}})
		want += name
	}
	got := ""
	c := &condensing{reduce: func(_ []byte, records [][]byte) (*Result, error) {
		for _, record := range records {
			got += string(record[:1])
		}
		return nil, nil
	}}
	in := records(t, arrow.BinaryTypes.Binary, batches...)
	if err := Flatten(t.Context(), bytes.NewReader(in), io.Discard, c, func(Taken) ([]byte, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("records %s, want %s", got, want)
	}
	if c.most < condenseBytes || c.most > condenseBytes+2*size {
		t.Errorf("%d bytes of records were held, want about %d", c.most, condenseBytes)
	}
}

// A result becomes a row, and its rows become lists.
func TestFlattenWritesResults(t *testing.T) {
	results := []*Result{
		{
			Rows: &schema.Rows{
				Job:   schema.JobRow{InstanceID: "i", JobID: "a", ObservedAt: 1_700_000_000_123},
				Turns: []schema.TurnRow{{JobID: "a", Script: "您好，", Tokens: []string{"您好", "，"}}, {JobID: "a", TurnIndex: 1}},
			},
			JobDate: new(int32(20000)), StaleDate: new(schema.NoDate), Statuses: []string{"Odd"},
			State: []byte("state"), StateDate: new(int32(20000)), StaleStateDate: new(schema.NoDate),
		},
		{JobGroups: []schema.JobGroupRow{{JobGroupID: "g"}}, State: []byte{}, StaleStateDate: new(schema.NoDate)},
		{Rejects: []schema.RejectRow{{RejectID: "r", Raw: []byte("{")}}, RejectsGone: []RejectKey{{"i", "q"}}, OptOuts: []OptOut{{"k", new(int32(20_000)), "rule", "not_again"}, {ContactKey: "k"}}},
	}
	in := records(t, arrow.BinaryTypes.Binary, []keyed{{"", `{"stage":"decode"}`}, {"a", "0"}, {"b", "1"}, {"c", "2"}, {"d", "3"}})
	out := flattenAll(t, in, func(_ []byte, records [][]byte) (*Result, error) {
		return append(results, nil)[records[0][0]-'0'], nil
	})
	if len(out) != 1 {
		t.Fatalf("%d batches", len(out))
	}
	var got strings.Builder
	for row := range int(out[0].NumRows()) {
		for i, field := range out[0].Schema().Fields() {
			value := describe(out[0].Column(i), row)
			if value != "NULL" && value != "[]" {
				fmt.Fprintf(&got, "%s: %s\n", field.Name, value)
			}
		}
		got.WriteString("\n")
	}
	golden(t, "results.txt", got.String())
}

// describe is valueOf that also knows lists of structs.
func describe(a arrow.Array, i int) string {
	list, ok := a.(*array.List)
	if !ok {
		return valueOf(a, i)
	}
	start, end := list.ValueOffsets(i)
	if start == end {
		return "[]"
	}
	rows, ok := list.ListValues().(*array.Struct)
	if !ok {
		return valueOf(a, i)
	}
	text := ""
	for row := int(start); row < int(end); row++ {
		text += "\n "
		for k := range rows.NumField() {
			if value := valueOf(rows.Field(k), row); value != "NULL" {
				_, value, _ = strings.Cut(strings.Replace(value, ", UTC", "", 1), " ")
				text += fmt.Sprintf(" %s=%s", rows.DataType().(*arrow.StructType).Field(k).Name, value)
			}
		}
	}
	return text
}

func TestLayout(t *testing.T) {
	layout, err := Layout()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, field := range layout.Fields() {
		fmt.Fprintf(&text, "%s\n", fieldText(field))
		if list, ok := field.Type.(*arrow.ListType); ok {
			if rows, ok := list.Elem().(*arrow.StructType); ok {
				for _, f := range rows.Fields() {
					fmt.Fprintf(&text, "  %s\n", fieldText(f))
				}
			}
		}
	}
	golden(t, "layout.txt", text.String())
}

func fieldText(f arrow.Field) string {
	typ := f.Type.String()
	if list, ok := f.Type.(*arrow.ListType); ok {
		if typ = "list<" + list.Elem().String() + ">"; list.Elem().ID() == arrow.STRUCT {
			typ = "list<struct>"
		}
		if list.ElemField().Nullable {
			typ += " of nullable elements"
		}
	}
	if f.Nullable {
		typ += ", nullable"
	}
	return f.Name + ": " + typ
}

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); -update rewrites it:\n%s", path, diff)
	}
}

// The batches of the output are bounded, and a job of many records is one of its own.
func TestFlattenBoundsItsBatches(t *testing.T) {
	const small, large = 40 << 10, 3 << 20
	var in []keyed
	for i := range 400 {
		size := small
		if i == 200 {
			size = large
		}
		in = append(in, keyed{fmt.Sprintf("%03d", i), strings.Repeat("x", size)})
	}
	out := flattenAll(t, records(t, arrow.BinaryTypes.Binary, in), func(_ []byte, records [][]byte) (*Result, error) {
		return &Result{Rows: &schema.Rows{Turns: []schema.TurnRow{{Script: string(records[0])}}}}, nil
	})
	rows := 0
	for i, batch := range out {
		n := int(batch.NumRows())
		first := cell(batch, "key", 0)
		if most := resultBytes/small + measureEvery/small + 2; n > most {
			t.Errorf("batch %d has %d rows, want at most %d", i, n, most)
		}
		if first == fmt.Sprintf("binary %x", "200") && n != 1 {
			t.Errorf("the large job is in a batch of %d rows", n)
		}
		rows += n
	}
	if rows != len(in)+1 {
		t.Errorf("%d rows", rows)
	}
	many := make([]keyed, 2*resultRows+1)
	for i := range many {
		many[i] = keyed{fmt.Sprintf("%06d", i), ""}
	}
	out = flattenAll(t, records(t, arrow.BinaryTypes.Binary, many), func([]byte, [][]byte) (*Result, error) { return &Result{}, nil })
	if len(out) != 3 || out[0].NumRows() != resultRows {
		t.Errorf("%d batches, the first of %d rows", len(out), out[0].NumRows())
	}
}

// The buffers do not keep the memory of a huge job.
func TestOutputGivesUpLargeBuffers(t *testing.T) {
	o, err := newOutput(io.Discard, func() {})
	if err != nil {
		t.Fatal(err)
	}
	huge := &Result{Rows: &schema.Rows{Turns: []schema.TurnRow{{Script: strings.Repeat("x", keptBytes+1)}}}}
	if err := o.add([]byte("k"), huge, keptBytes); err != nil {
		t.Fatal(err)
	}
	if held := o.turns.held(); held > 1<<10 {
		t.Errorf("%d bytes are held", held)
	}
}

func TestFlattenRefuses(t *testing.T) {
	binary := arrow.BinaryTypes.Binary
	columns := func(fields ...arrow.Field) []byte {
		var out bytes.Buffer
		layout := arrow.NewSchema(fields, nil)
		w := ipc.NewWriter(&out, ipc.WithSchema(layout))
		b := array.NewRecordBuilder(memory.DefaultAllocator, layout)
		for i := range fields {
			b.Field(i).AppendNull()
		}
		if err := errors.Join(w.Write(b.NewRecordBatch()), w.Close()); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for name, c := range map[string]struct {
		in   []byte
		want string
	}{
		"keys that descend":           {records(t, binary, []keyed{{"b", ""}}, []keyed{{"a", ""}}), "record 2 of the input has key 61, and follows one with key 62: the records are not sorted"},
		"a key that is there again":   {records(t, binary, []keyed{{"a", ""}, {"b", ""}, {"a", ""}}), "record 3 of the input has key 61, and follows one with key 62: the records are not sorted"},
		"a report behind a key":       {records(t, binary, []keyed{{"b", ""}, {"", "{}"}}), "record 2 of the input is a report, and follows one with key 62: the records are not sorted"},
		"no record column":            {columns(arrow.Field{Name: "key", Type: binary}), `the input has no column "record", but "key"`},
		"two key columns":             {columns(arrow.Field{Name: "key", Type: binary}, arrow.Field{Name: "key", Type: binary}, arrow.Field{Name: "record", Type: binary}), `the input has two columns "key"`},
		"keys that are texts":         {columns(arrow.Field{Name: "key", Type: arrow.BinaryTypes.String}, arrow.Field{Name: "record", Type: binary}), `column "key" of the input is utf8, want binary`},
		"NULLs":                       {columns(arrow.Field{Name: "key", Type: binary, Nullable: true}, arrow.Field{Name: "record", Type: binary, Nullable: true}), `column "key" of the input is NULL in row 0`},
		"nothing":                     {nil, "the input stream is cut off: it has no end-of-stream marker"},
		"something else":              {[]byte("{\"Jobs\": []}"), "read the input stream: "},
		"a reduction that goes wrong": {records(t, binary, []keyed{{"a", "bad"}, {"b", ""}}), "key 61, the job or campaign of 1 records: it is bad"},
		"a report that goes wrong":    {records(t, binary, []keyed{{"a", ""}}), "no report"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			err := Flatten(t.Context(), bytes.NewReader(c.in), &out, reduce(func(_ []byte, records [][]byte) (*Result, error) {
				if string(records[0]) == "bad" {
					return nil, errors.New("it is bad")
				}
				return &Result{}, nil
			}), func(Taken) ([]byte, error) { return nil, errors.New("no report") })
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if bytes.HasSuffix(out.Bytes(), []byte("\xff\xff\xff\xff\x00\x00\x00\x00")) {
				t.Error("the output has an end mark")
			}
		})
	}
}

// A stream that is cut anywhere is an error, also one cut between two batches.
func TestFlattenOfATornStream(t *testing.T) {
	whole := records(t, arrow.BinaryTypes.Binary, []keyed{{"a", "1"}}, []keyed{{"b", "2"}})
	for n := range whole {
		err := Flatten(t.Context(), bytes.NewReader(whole[:n]), io.Discard, reduce(func([]byte, [][]byte) (*Result, error) { return nil, nil }),
			func(Taken) ([]byte, error) { return nil, nil })
		if err == nil && n < len(whole)-4 { // older streams end with four zeros
			t.Errorf("%d bytes of %d are a whole stream", n, len(whole))
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestFlattenWithoutAReader(t *testing.T) {
	in := records(t, arrow.BinaryTypes.Binary, []keyed{{"a", "1"}})
	err := Flatten(t.Context(), bytes.NewReader(in), brokenPipe{}, reduce(func([]byte, [][]byte) (*Result, error) { return &Result{}, nil }),
		func(Taken) ([]byte, error) { return nil, nil })
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	err = Flatten(canceled, bytes.NewReader(in), io.Discard, reduce(nil), nil)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// reused is a Reducer whose rows are gone once they are released.
type reused struct{ rows schema.Rows }

func (r *reused) Reduce(_ []byte, records [][]byte) (*Result, error) {
	r.rows.Turns = append(r.rows.Turns, schema.TurnRow{Script: string(records[0])})
	return &Result{Rows: &schema.Rows{Turns: r.rows.Turns[len(r.rows.Turns)-1:]}}, nil
}

func (r *reused) Condense(records [][]byte) [][]byte { return records }
func (r *reused) Release()                           { clear(r.rows.Turns); r.rows.Turns = r.rows.Turns[:0] }

// The rows of a result are copied before they are released, also those of a large job.
func TestFlattenReleasesRowsOnceTheyAreCopied(t *testing.T) {
	in := []keyed{{"a", "one"}, {"b", strings.Repeat("x", aloneBytes)}, {"c", "three"}}
	var out bytes.Buffer
	if err := Flatten(t.Context(), bytes.NewReader(records(t, arrow.BinaryTypes.Binary, in)), &out, &reused{}, func(Taken) ([]byte, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	var got []keyed
	for _, batch := range batchesOf(t, &out) {
		turns := batch.Column(batch.Schema().FieldIndices("turns")[0]).(*array.List)
		for i := range int(batch.NumRows()) {
			if start, end := turns.ValueOffsets(i); start < end {
				key := batch.Column(0).(*array.Binary).Value(i)
				got = append(got, keyed{string(key), turns.ListValues().(*array.Struct).Field(7).(*array.String).Value(int(start))})
			}
		}
	}
	if diff := cmp.Diff(in, got, cmp.AllowUnexported(keyed{})); diff != "" {
		t.Errorf("rows differ (-want +got):\n%.500s", diff)
	}
}
