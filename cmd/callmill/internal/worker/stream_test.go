package worker

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"callmill/pipeline"
	"callmill/pipeline/decode"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/simulate"
	"callmill/pipeline/worker"
)

// called runs the command.
func called(t testing.TB, stdin io.Reader, stdout io.Writer, args ...string) error {
	t.Helper()
	c := Command(Program{
		Stdin: stdin, Stdout: stdout, Version: func() string { return "v1" },
		Decoder: newDecoder,
	})
	c.SetArgs(args)
	c.SilenceErrors, c.SilenceUsage = true, true
	return c.ExecuteContext(t.Context())
}

// newDecoder makes a decoder as the program does.
func newDecoder() pipeline.Decoder {
	return decode.New(decode.Options{Groups: discover.Groups, Listed: discover.Listed})
}

// keyFile returns a file with a key.
func keyFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("a secret of the tests\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var inputSchema = arrow.NewSchema([]arrow.Field{
	{Name: "origin", Type: arrow.BinaryTypes.String},
	{Name: "sequence", Type: arrow.PrimitiveTypes.Int64},
	{Name: "position", Type: arrow.PrimitiveTypes.Int64},
	{Name: "instance_id", Type: arrow.BinaryTypes.String},
	{Name: "observed_at", Type: arrow.PrimitiveTypes.Int64},
	{Name: "undated", Type: arrow.FixedWidthTypes.Boolean},
	{Name: "body", Type: arrow.BinaryTypes.Binary},
}, nil)

// streamOf returns the stream of inputs, in batches of at most rows.
func streamOf(t testing.TB, rows int, inputs ...worker.Input) []byte {
	t.Helper()
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(inputSchema))
	b := array.NewRecordBuilder(memory.DefaultAllocator, inputSchema)
	for i, in := range inputs {
		b.Field(0).(*array.StringBuilder).Append(in.Origin)
		b.Field(1).(*array.Int64Builder).Append(in.Sequence)
		b.Field(2).(*array.Int64Builder).Append(in.Position)
		b.Field(3).(*array.StringBuilder).Append(in.InstanceID)
		b.Field(4).(*array.Int64Builder).Append(in.ObservedAt)
		b.Field(5).(*array.BooleanBuilder).Append(in.Undated)
		b.Field(6).(*array.BinaryBuilder).Append(in.Body)
		if i+1 == len(inputs) || (i+1)%rows == 0 {
			if err := w.Write(b.NewRecordBatch()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// record is a row of decode's output.
type record struct{ key, record string }

// recordsOf returns the records of a stream, and its report.
func recordsOf(t testing.TB, stream []byte) (records []record, report decodeReport) {
	t.Helper()
	r, err := ipc.NewReader(bytes.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		keys, values := r.RecordBatch().Column(0).(*array.Binary), r.RecordBatch().Column(1).(*array.Binary)
		for i := range keys.Len() {
			records = append(records, record{string(keys.Value(i)), string(values.Value(i))})
		}
	}
	if r.Err() != nil || len(records) == 0 {
		t.Fatal(len(records), r.Err())
	}
	last := records[len(records)-1]
	if err := json.Unmarshal([]byte(last.record), &report); err != nil || last.key != "" {
		t.Fatalf("the last row is %q, not a report: %v", last, err)
	}
	return records[:len(records)-1], report
}

// simulated returns the responses of so many people.
func simulated(t testing.TB, people int) (inputs []worker.Input) {
	t.Helper()
	world, err := simulate.New(simulate.Options{People: people})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := world.WriteFiles(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return files(t, dir)
}

// files returns the responses in a folder as inputs, in the order of their names.
func files(t testing.TB, dir string) (inputs []worker.Input) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" || entry.Name()[0] == '.' {
			return err
		}
		body, err := os.ReadFile(filepath.Join(dir, path))
		inputs = append(inputs, worker.Input{Origin: path, Sequence: int64(len(inputs)), ObservedAt: 1_769_000_000_000, Undated: true, Body: body})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return inputs
}
