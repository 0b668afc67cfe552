package worker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"callmill/schema"
)

// inputFields are the columns of inputs, in an order of the engine's.
var inputFields = []arrow.Field{
	{Name: "body", Type: arrow.BinaryTypes.Binary},
	{Name: "undated", Type: arrow.FixedWidthTypes.Boolean},
	{Name: "more", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "sequence", Type: arrow.PrimitiveTypes.Int64},
	{Name: "position", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "observed_at", Type: arrow.PrimitiveTypes.Int64},
	{Name: "instance_id", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "origin", Type: arrow.BinaryTypes.String},
}

var someInputs = []Input{
	{Origin: "a.json", Sequence: 1, Position: 2, InstanceID: "i", ObservedAt: 3, Undated: true, Body: []byte("{}")},
	{Origin: "b.json", Sequence: 4, Body: []byte{}},
	{Origin: "呼叫.json", Sequence: 5, ObservedAt: 6, InstanceID: "j", Body: []byte("\xff\x00")},
}

// streamOf returns the stream of batches of inputs; a zero position and an empty
// instance are NULL.
func streamOf(t testing.TB, fields []arrow.Field, batches ...[]Input) []byte {
	t.Helper()
	var out bytes.Buffer
	s := arrow.NewSchema(fields, nil)
	w := ipc.NewWriter(&out, ipc.WithSchema(s))
	for _, inputs := range batches {
		b := array.NewRecordBuilder(memory.DefaultAllocator, s)
		for _, in := range inputs {
			for i, f := range fields {
				appendValue(b.Field(i), f.Name, in)
			}
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

func appendValue(b array.Builder, name string, in Input) {
	value := map[string]any{
		"body": in.Body, "undated": in.Undated, "sequence": in.Sequence, "position": in.Position,
		"observed_at": in.ObservedAt, "instance_id": in.InstanceID, "origin": in.Origin,
	}[name]
	switch v := value.(type) {
	case []byte:
		b.(interface{ Append([]byte) }).Append(v)
	case bool:
		b.(*array.BooleanBuilder).Append(v)
	case int64:
		if v == 0 && name == "position" {
			b.AppendNull()
		} else {
			b.(*array.Int64Builder).Append(v)
		}
	case string:
		if v == "" {
			b.AppendNull()
		} else {
			b.(interface{ Append(string) }).Append(v)
		}
	default:
		b.AppendNull()
	}
}

// record is a row of what Decode writes.
type record struct{ Key, Record string }

func recordsOf(t testing.TB, stream []byte) (records []record, batches []int) {
	t.Helper()
	r, err := newReader(bytes.NewReader(stream), []wanted{{name: "key", kind: kindBytes}, {name: "record", kind: kindBytes}})
	for err == nil {
		if err = r.next(); err == nil {
			batches = append(batches, r.rows)
			for row := range r.rows {
				records = append(records, record{string(r.bytes(0, row)), string(r.bytes(1, row))})
			}
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return records, batches
}

func reportOf(text string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(text), nil }
}

// TestDecode: each row is an input, whatever the order and the width of the columns;
// what is emitted and the report come out in order.
func TestDecode(t *testing.T) {
	wide := slices.Clone(inputFields)
	wide[0].Type, wide[6].Type, wide[7].Type = arrow.BinaryTypes.LargeBinary, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.LargeString
	slices.Reverse(wide)
	for name, fields := range map[string][]arrow.Field{"as Spark has them": inputFields, "large ones": wide} {
		t.Run(name, func(t *testing.T) {
			var got []Input
			var out bytes.Buffer
			err := Decode(t.Context(), bytes.NewReader(streamOf(t, fields, someInputs[:1], nil, someInputs[1:])), &out, func(in *Input, emit Emit) error {
				kept := *in
				kept.Origin, kept.InstanceID, kept.Body = strings.Clone(in.Origin), strings.Clone(in.InstanceID), slices.Clone(in.Body)
				got = append(got, kept)
				return emit(schema.Key{byte(len(got))}, []byte(in.Origin))
			}, reportOf("{}"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(someInputs, got); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
			records, _ := recordsOf(t, out.Bytes())
			want := []record{
				{"\x01" + strings.Repeat("\x00", 15), "a.json"}, {"\x02" + strings.Repeat("\x00", 15), "b.json"}, {"\x03" + strings.Repeat("\x00", 15), "呼叫.json"}, {"", "{}"},
			}
			if diff := cmp.Diff(want, records); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

// nothing is a transform that makes no records.
func nothing(*Input, Emit) error { return nil }

// TestDecodeOfNothing: a stream without batches has a report, and no more.
func TestDecodeOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := Decode(t.Context(), bytes.NewReader(streamOf(t, inputFields)), &out, nothing, reportOf("{}")); err != nil {
		t.Fatal(err)
	}
	if records, _ := recordsOf(t, out.Bytes()); !slices.Equal(records, []record{{"", "{}"}}) {
		t.Errorf("records %q, want the report", records)
	}
}

// TestCutStream: a stream that was cut off is an error wherever that was, also where
// it is all there but for its marker; and what is written of it is cut off as well.
func TestCutStream(t *testing.T) {
	whole := streamOf(t, inputFields, someInputs[:1], someInputs[1:])
	for length := range len(whole) {
		var out bytes.Buffer
		err := Decode(t.Context(), bytes.NewReader(whole[:length]), &out, nothing, reportOf("{}"))
		if err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Fatalf("the first %d of %d bytes: error %v, want that they are cut off", length, len(whole), err)
		}
		if r, err := newReader(bytes.NewReader(out.Bytes()), nil); err == nil {
			for err == nil {
				err = r.next()
			}
			if errors.Is(err, io.EOF) {
				t.Fatalf("the first %d bytes: the output is a whole stream", length)
			}
		}
	}
}

func TestWrongColumns(t *testing.T) {
	without := func(name string) []arrow.Field {
		return slices.DeleteFunc(slices.Clone(inputFields), func(f arrow.Field) bool { return f.Name == name })
	}
	with := func(name string, typ arrow.DataType) []arrow.Field {
		return append(without(name), arrow.Field{Name: name, Type: typ, Nullable: true})
	}
	noOrigin := someInputs[0]
	noOrigin.Origin = ""
	for name, c := range map[string]struct {
		fields []arrow.Field
		inputs []Input
		want   string
	}{
		"none":    {[]arrow.Field{}, nil, `the input has no column "origin", but no other either`},
		"missing": {without("observed_at"), nil, `the input has no column "observed_at", but "body", "undated", "more", "sequence", "position", "instance_id", "origin"`},
		"type":    {with("body", arrow.PrimitiveTypes.Int64), nil, `column "body" of the input is int64, want binary`},
		"instant": {with("observed_at", arrow.FixedWidthTypes.Timestamp_us), nil, `column "observed_at" of the input is timestamp[us, tz=UTC], want int64`},
		"twice":   {append(slices.Clone(inputFields), inputFields[7]), nil, `the input has two columns "origin"`},
		"NULL":    {inputFields, []Input{someInputs[1], noOrigin}, `column "origin" of the input is NULL in row 4`},
	} {
		t.Run(name, func(t *testing.T) {
			batches := [][]Input{}
			if c.inputs != nil {
				batches = [][]Input{someInputs, c.inputs}
			}
			err := Decode(t.Context(), bytes.NewReader(streamOf(t, c.fields, batches...)), io.Discard, nothing, reportOf("{}"))
			if err == nil || err.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

// TestNoArrow: input that is something else altogether is an error.
func TestNoArrow(t *testing.T) {
	for _, text := range []string{`{"Success":true}`, strings.Repeat("\x00", 3), "\xff\xff\xff\xff\xff\xff\xff\x7f", strings.Repeat("Arrow", 1000)} {
		if err := Decode(t.Context(), strings.NewReader(text), io.Discard, nothing, reportOf("{}")); err == nil {
			t.Errorf("%.20q is no error", text)
		}
	}
}

// TestErrorsEndDecode: an error of the transform, of the report or of the writer ends
// it without an end-of-stream marker.
func TestErrorsEndDecode(t *testing.T) {
	stream := streamOf(t, inputFields, someInputs)
	wrong := errors.New("wrong")
	emits := func(_ *Input, emit Emit) error { return emit(schema.Key{}, []byte("record")) }
	refuses := func(*Input, Emit) error { return wrong }
	for name, c := range map[string]struct {
		records func(*Input, Emit) error
		report  func() ([]byte, error)
		room    int
	}{
		"transform": {refuses, reportOf("{}"), 1 << 20},
		"report":    {emits, func() ([]byte, error) { return nil, wrong }, 1 << 20},
		"writer":    {emits, reportOf("{}"), 100},
	} {
		t.Run(name, func(t *testing.T) {
			out := &limited{room: c.room, err: wrong}
			if err := Decode(t.Context(), bytes.NewReader(stream), out, c.records, c.report); !errors.Is(err, wrong) {
				t.Errorf("error %v, want %v", err, wrong)
			}
			if r, err := newReader(bytes.NewReader(out.Bytes()), nil); err == nil {
				for err == nil {
					err = r.next()
				}
				if errors.Is(err, io.EOF) {
					t.Error("the output is a whole stream")
				}
			}
		})
	}
}

// limited takes so many bytes.
type limited struct {
	bytes.Buffer
	room int
	err  error
}

func (l *limited) Write(b []byte) (int, error) {
	if l.Len()+len(b) > l.room {
		return 0, l.err
	}
	return l.Buffer.Write(b)
}

// TestBatchesAreBounded: by rows and by bytes, but for a single record that is larger.
func TestBatchesAreBounded(t *testing.T) {
	sizes := slices.Repeat([]int{1}, batchRows+1)
	sizes = append(sizes, batchBytes/2, batchBytes/2, batchBytes/2, 3*batchBytes, 10)
	var out bytes.Buffer
	err := Decode(t.Context(), bytes.NewReader(streamOf(t, inputFields, someInputs[:1])), &out, func(_ *Input, emit Emit) error {
		for _, size := range sizes {
			if err := emit(schema.Key{}, make([]byte, size)); err != nil {
				return err
			}
		}
		return nil
	}, reportOf("{}"))
	if err != nil {
		t.Fatal(err)
	}
	records, batches := recordsOf(t, out.Bytes())
	if want := []int{batchRows, 2, 2, 1, 2}; !slices.Equal(batches, want) {
		t.Errorf("batches of %d rows, want %d", batches, want)
	}
	for i, size := range sizes {
		if len(records[i].Record) != size {
			t.Fatalf("record %d has %d bytes, want %d", i, len(records[i].Record), size)
		}
	}
}

// TestDamagedValues: whatever stands where the values of a batch are is read or is an
// error, never a panic. What arrow-go says of a message, its metadata, it trusts.
func TestDamagedValues(t *testing.T) {
	whole := streamOf(t, inputFields, someInputs)
	begin := 0
	for range 2 { // the schema, which has no body, and the metadata of the batch
		begin += 8 + int(binary.LittleEndian.Uint32(whole[begin+4:]))
	}
	for at := begin; at < len(whole)-8; at++ {
		for _, bit := range []byte{0, 3, 7} {
			stream := slices.Clone(whole)
			stream[at] ^= 1 << bit
			read := 0
			err := Decode(t.Context(), bytes.NewReader(stream), io.Discard, func(in *Input, _ Emit) error {
				read += len(fmt.Sprint(in))
				return nil
			}, reportOf("{}"))
			if err == nil && read == 0 {
				t.Errorf("nothing is read, and there is no error, with bit %d of byte %d flipped", bit, at)
			}
		}
	}
}
