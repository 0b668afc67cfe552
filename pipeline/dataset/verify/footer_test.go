package verify

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// A footer must have the columns of its table.
func TestFooterOfAnotherTable(t *testing.T) {
	type changed struct {
		InstanceID string   `parquet:"instance_id,dict"`
		JobID      string   `parquet:"job_id,optional"`
		ExtraIndex int64    `parquet:"extra_index"`
		Key        []string `parquet:"key,list"`
		Value      int64    `parquet:"value,optional,timestamp(millisecond)"`
	}
	type partitioned struct {
		InstanceID string `parquet:"instance_id,dict"`
		JobID      string `parquet:"job_id"`
		ExtraIndex int32  `parquet:"extra_index"`
		Key        string `parquet:"key,optional,dict"`
		Value      string `parquet:"value,optional"`
		JobDate    string `parquet:"job_date"`
	}
	dir := t.TempDir()
	p, f := writeRows(t, dir, schema.TableExtras, []changed{{}})
	if p.checkFooter(f) {
		t.Error("columns of other types are right")
	}
	p.wants(t, finding.Schema, "column 1 is optional BYTE_ARRAY job_id (String), not required BYTE_ARRAY job_id (String)")
	p.wants(t, finding.Schema, "column 2 is required INT64 extra_index")
	p.wants(t, finding.Schema, "column 3 is required group key (List) { repeated group list { required BYTE_ARRAY element (String) } }")

	p, f = writeRows(t, dir, schema.TableExtras, []partitioned{{}})
	if p.checkFooter(f) {
		t.Error("a partition column in the file is right")
	}
	p.wants(t, finding.Schema, "has 6 columns, extras has 5")

	p, f = writeRows(t, dir, schema.TableExtras, []schema.ExtraRow{{}})
	f.Rows = 2
	if p.checkFooter(f) {
		t.Error("one row is two")
	}
	p.wants(t, finding.Counts, "its footer says 1 rows, its row groups 1, the manifest 2")

	p, f = writeRows(t, dir, schema.TableExtras, []schema.ExtraRow{{}})
	p.manifest.Format = 7
	p.checkFooter(f)
	p.wants(t, finding.Schema, "does not say callmill.format 7")
}

func (p *plan) wants(t *testing.T, check, detail string) {
	t.Helper()
	for _, f := range p.findings.Sorted() {
		if f.Check == check && bytes.Contains([]byte(f.Detail), []byte(detail)) {
			return
		}
	}
	t.Errorf("no finding %s: %s among %+v", check, detail, p.findings.Sorted())
}

// writeRows writes a file of a table as the only one of a snapshot.
func writeRows[T any](t testing.TB, dir, name string, rows []T) (*plan, *tableFile) {
	var out bytes.Buffer
	if err := parquetio.Write(&out, rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &plan{snapshot: dir, manifest: &dataset.Manifest{Format: dataset.FormatVersion}}
	f := &tableFile{File: dataset.File{Path: name, Rows: int64(len(rows))}}
	for _, table := range schema.Tables() {
		if table.Name == name {
			f.table = &table
		}
	}
	return p, f
}
