package worker

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/worker"
)

// tombstonesOf has tombstones made, and returns the file of them.
func tombstonesOf(t *testing.T, whom string) string {
	t.Helper()
	var out bytes.Buffer
	if err := called(t, strings.NewReader(whom), &out, "tombstones", "--key", keyFile(t)); err != nil {
		t.Fatal(err)
	}
	var made struct{ Tombstones []json.RawMessage }
	if err := json.Unmarshal(out.Bytes(), &made); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tombstones")
	if err := os.WriteFile(path, append(bytes.Join(rawsOf(made.Tombstones), []byte("\n")), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func rawsOf(list []json.RawMessage) (raws [][]byte) {
	for _, raw := range list {
		raws = append(raws, raw)
	}
	return raws
}

// TestDecodeLeavesOut: of jobs of who was erased no record is made, whatever becomes of
// personal data, and they are counted; likewise of rejects, where they have their input.
func TestDecodeLeavesOut(t *testing.T) {
	body := []byte(`{"Jobs":[{"JobId":"a","Tasks":[{"TaskId":"t","CalledNumber":"100-2000 0001","ActualTime":1769000000000}]},` +
		`{"JobId":"b","Tasks":[{"TaskId":"t","CalledNumber":"10020000002","ActualTime":1769000000000}]},{"CalledNumber":"10020000001"}]}`)
	list := tombstonesOf(t, `{"phones":["10020000001"],"until":"2026-01-31"}`)
	for _, mode := range []string{"keep", "hash", "mask", "drop"} {
		t.Run(mode, func(t *testing.T) {
			input := worker.Input{Origin: "a.json", ObservedAt: 1_769_000_000_000, Body: body}
			records, report := decoded(t, 64, []worker.Input{input}, "--instance", "i", "--erased", list, "--pii", mode)
			erased := int64(2)
			if mode != "keep" { // what is rejected has nothing of its input
				erased = 1
			}
			if int64(len(records)) != 3-erased || report.Counts != (dataset.Counts{Seen: erased, Erased: erased}) {
				t.Errorf("%d records, counts %+v; want %d erased", len(records), report.Counts, erased)
			}
			if v, _ := versionOf(t, records[0]); v.JobID != "b" {
				t.Errorf("job %s is left", v.JobID)
			}
		})
	}
}

// TestSearch: a reject that names who was erased becomes a record under the key of its
// job, another one none.
func TestSearch(t *testing.T) {
	layout := arrow.NewSchema([]arrow.Field{
		{Name: "instance_id", Type: arrow.BinaryTypes.String}, {Name: "reject_id", Type: arrow.BinaryTypes.String},
		{Name: "job_id", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "reason", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "raw", Type: arrow.BinaryTypes.Binary, Nullable: true}, {Name: "first_seen", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	var in, out bytes.Buffer
	w := ipc.NewWriter(&in, ipc.WithSchema(layout))
	b := array.NewRecordBuilder(memory.DefaultAllocator, layout)
	for id, raw := range map[string]string{"named": `"+86 100 2000 0001"`, "another": `"10020000002"`, "": ""} {
		b.Field(0).(*array.StringBuilder).Append("i")
		b.Field(1).(*array.StringBuilder).Append(id)
		b.Field(2).(*array.StringBuilder).Append("job of " + id)
		b.Field(3).(*array.StringBuilder).AppendNull()
		if raw == "" {
			b.Field(4).(*array.BinaryBuilder).AppendNull()
		} else {
			b.Field(4).(*array.BinaryBuilder).Append([]byte(raw))
		}
		b.Field(5).(*array.Int64Builder).Append(1_769_000_000_000)
	}
	if err := w.Write(b.NewRecordBatch()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	list := tombstonesOf(t, `{"phones":["10020000001"],"until":"2026-01-31"}`)
	if err := called(t, &in, &out, "search", "--key", keyFile(t), "--erased", list); err != nil {
		t.Fatal(err)
	}
	records, _ := recordsOf(t, out.Bytes())
	if len(records) != 1 {
		t.Fatalf("%d records, want 1", len(records))
	}
	var of shuffle.Records
	if err := of.Add([]byte(records[0].record)); err != nil || len(of.FoundRejects) != 1 || of.FoundRejects[0].RejectID != "named" {
		t.Errorf("found %+v: %v", of.FoundRejects, err)
	}
}

// TestTombstonesOfAnySpelling: a number has one digest, however it is written.
func TestTombstonesOfAnySpelling(t *testing.T) {
	want, err := os.ReadFile(tombstonesOf(t, `{"phones":["10020000001"],"until":"2026-01-31"}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, spelling := range []string{"+86 100-2000-0001", "１００２００００００１", "0086 10020000001", "一零零二零零零零零零幺"} {
		got, err := os.ReadFile(tombstonesOf(t, `{"phones":["`+spelling+`"],"until":"2026-01-31"}`))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %s, want %s", spelling, got, want)
		}
	}
}

// TestTombstonesRefuses: what is asked must be whole.
func TestTombstonesRefuses(t *testing.T) {
	for name, c := range map[string]struct{ whom, says string }{
		"no JSON":                 {`{`, "want a JSON object"},
		"a number without digits": {`{"phones":["+"],"until":"2026-01-31"}`, "no digit"},
		"no day":                  {`{"phones":["10020000001"]}`, "day of the request"},
		"a day that is none":      {`{"before":"31.1."}`, `invalid day "31.1."`},
	} {
		t.Run(name, func(t *testing.T) {
			err := called(t, strings.NewReader(c.whom), new(bytes.Buffer), "tombstones", "--key", keyFile(t))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}
