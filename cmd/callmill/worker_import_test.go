package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// importList is what worker import --list prints, as far as these tests look.
type importList struct {
	Dataset, Snapshot, Since string
	Settings                 dataset.Settings
	Flags                    []string
	Parts                    []struct {
		Part string
		Rows int64
	}
}

func listImport(t *testing.T, args ...string) (list importList) {
	t.Helper()
	text := runMain(t, exit.Done, append([]string{"worker", "import", "--list"}, args...)...)
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// stream returns the Arrow stream of rows of texts, or of bytes.
func stream(t *testing.T, typ arrow.DataType, columns []string, rows ...[]string) []byte {
	t.Helper()
	var fields []arrow.Field
	for _, name := range columns {
		fields = append(fields, arrow.Field{Name: name, Type: typ})
	}
	s := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, s)
	for _, row := range rows {
		for i, value := range row {
			b.Field(i).(interface{ AppendValueFromString(string) error }).AppendValueFromString(value)
		}
	}
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(s))
	if err := w.Write(b.NewRecordBatch()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// runWorker runs callmill on a stream and returns its rows, as text, by column, without
// the report, which comes last.
func runWorker(t *testing.T, in []byte, args ...string) (rows []map[string]any, report string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := Main(append([]string{"worker"}, args...), bytes.NewReader(in), &stdout, &stderr); code != exit.Done {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	r, err := ipc.NewReader(&stdout)
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		text, err := r.RecordBatch().MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var batch []map[string]any
		if err := json.Unmarshal(text, &batch); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, batch...)
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	last := rows[len(rows)-1]
	if key := last["key"]; key != "" && key != nil {
		t.Fatalf("the last row is %v, not a report", last)
	}
	if record, ok := last["record"].(string); ok {
		return rows[:len(rows)-1], string(bytesOf(t, record))
	}
	return rows[:len(rows)-1], fmt.Sprint(last["report"])
}

// takenOver imports the parts of a list and flattens what comes of them, into a lake
// that has nothing yet; it returns the rows.
func takenOver(t *testing.T, list importList) (keys []map[string]any, report string) {
	t.Helper()
	var parts, records [][]string
	for _, p := range list.Parts {
		parts = append(parts, []string{list.Dataset, list.Snapshot, list.Since, p.Part})
	}
	slices.Reverse(parts) // the order is the engine's
	rows, report := runWorker(t, stream(t, arrow.BinaryTypes.String, []string{"dataset", "snapshot", "since", "part"}, parts...), "import")
	for _, row := range rows {
		records = append(records, []string{row["key"].(string), row["record"].(string)})
	}
	slices.SortStableFunc(records, func(a, b []string) int { return bytes.Compare(bytesOf(t, a[0]), bytesOf(t, b[0])) })
	args := append([]string{"flatten", "--run", "r", "--started", "2026-02-01T00:00:00Z"}, list.Flags...)
	keys, _ = runWorker(t, stream(t, arrow.BinaryTypes.Binary, []string{"key", "record"}, records...), args...)
	return keys, report
}

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// jobsOf returns the jobs among rows, each with its content.
func jobsOf(keys []map[string]any) (jobs []string) {
	for _, key := range keys {
		for _, job := range key["jobs"].([]any) {
			row := job.(map[string]any)
			jobs = append(jobs, fmt.Sprint(row["instance_id"], " ", row["job_id"], " ", row["content_hash"], " ", row["task_count"]))
		}
	}
	slices.Sort(jobs)
	return jobs
}

// publishedJobs returns the same of a dataset.
func publishedJobs(t *testing.T, data string) (jobs []string) {
	t.Helper()
	d, err := dataset.View(data)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range tables.Rows[schema.JobRow](d, schema.TableJobs) {
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, fmt.Sprint(row.InstanceID, " ", row.JobID, " ", row.ContentHash, " ", row.TaskCount))
	}
	slices.Sort(jobs)
	return jobs
}

// TestWorkerImport: a lake gets all that a dataset publishes, and later what is not as
// it was at a bookmark.
func TestWorkerImport(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	responses := filepath.Join(t.TempDir(), "responses")
	runMain(t, exit.Done, "simulate", "--write", responses, "--people", "300")
	runMain(t, exit.Done, "convert", responses, "--out", data, "--progress", "none", "--hmm")
	list := listImport(t, data)
	if !filepath.IsAbs(list.Dataset) || list.Since != "" || !list.Settings.HMM || list.Settings.KeyID == "" || !slices.Contains(list.Flags, "--hmm=true") {
		t.Errorf("list %+v", list)
	}
	keys, report := takenOver(t, list)
	if want := fmt.Sprintf(`"parts":%d,`, len(list.Parts)); !strings.Contains(report, want) || !strings.Contains(report, `"jobs":300,"gone":0`) {
		t.Errorf("report %s, want %s", report, want)
	}
	if diff := cmp.Diff(publishedJobs(t, data), jobsOf(keys)); diff != "" {
		t.Errorf("jobs (-dataset +lake):\n%s", diff)
	}

	runMain(t, exit.Done, "snapshots", data, "pin", "--as", "lake")
	if again := listImport(t, data, "--since", "lake"); len(again.Parts) != 3 || again.Since != again.Snapshot {
		t.Errorf("with nothing new, %d parts from %q to %q", len(again.Parts), again.Since, again.Snapshot)
	}
	more := write(t, map[string]string{"more.json": `{"Success":true,"Jobs":[{"JobId":"one more"}]}`, "bad.json": `{"Jobs":[{}]}`})
	runMain(t, exit.Published, "convert", more, "--out", data, "--progress", "none")
	keys, report = takenOver(t, listImport(t, data, "--since", "lake"))
	if jobs := jobsOf(keys); len(jobs) != 1 || !strings.Contains(jobs[0], "one more") || !strings.Contains(report, `"jobs":1,"gone":0`) || !strings.Contains(report, `"rejects":1`) {
		t.Errorf("since the bookmark: %q, %s", jobs, report)
	}
	runMain(t, exit.Done, "snapshots", data, "pin", "--as", "later")
	runMain(t, exit.Done, "snapshots", data, "rollback", list.Snapshot)
	if keys, report = takenOver(t, listImport(t, data, "--since", "later")); len(jobsOf(keys)) != 0 || !strings.Contains(report, `"jobs":0,"gone":1`) {
		t.Errorf("after a rollback: %v, %s", keys, report)
	}
}

// TestWorkerImportRefuses: what cannot be told, or is damaged, fails and says so.
func TestWorkerImportRefuses(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	in := write(t, map[string]string{"one.json": `{"Success":true,"Jobs":[{"JobId":"a"}]}`})
	runMain(t, exit.Done, "convert", in, "--out", data, "--progress", "none")
	list := listImport(t, data)
	old := copyDataset(t, filepath.Join("..", "..", "pipeline", "dataset", "testdata", "v1"))
	const gone = "20200101T000000Z-abcdef"
	parts := func(since, part string) []byte {
		return stream(t, arrow.BinaryTypes.String, []string{"dataset", "snapshot", "since", "part"}, []string{list.Dataset, list.Snapshot, since, part})
	}
	damaged := copyDataset(t, data)
	files, err := filepath.Glob(filepath.Join(damaged, "snapshots", list.Snapshot, "jobs", "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text[len(text)/2] ^= 1
		if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	ofDamaged := stream(t, arrow.BinaryTypes.String, []string{"dataset", "snapshot", "since", "part"}, []string{damaged, list.Snapshot, "", list.Parts[0].Part})
	for name, c := range map[string]struct {
		in   []byte
		args []string
		code int
		want string
	}{
		"no bookmark":      {nil, []string{"--list", data, "--since", "lake"}, exit.Usage, "--since: "},
		"pruned":           {nil, []string{"--list", data, "--since", gone}, exit.Failed, "what changed cannot be told: there is no snapshot " + gone},
		"format 1":         {nil, []string{"--list", old}, exit.Failed, "the next run that publishes brings the dataset to"},
		"nothing there":    {nil, []string{"--list", t.TempDir()}, exit.Failed, ""},
		"since, no list":   {nil, []string{"--since", "lake"}, exit.Usage, "--since and --snapshot are for --list"},
		"no such part":     {parts("", "jobs 1 3/2"), nil, exit.Failed, `a snapshot has no part "jobs 1 3/2"`},
		"pruned meanwhile": {parts(gone, "rejects"), nil, exit.Failed, "import from " + list.Dataset + ": what changed cannot be told"},
		"damaged":          {ofDamaged, nil, exit.Failed, "is not as it was written"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := Main(append([]string{"worker", "import"}, c.args...), bytes.NewReader(c.in), &stdout, &stderr)
			if code != c.code || !strings.Contains(stderr.String(), c.want) {
				t.Errorf("exit code %d, want %d; %s, want %s", code, c.code, &stderr, c.want)
			}
		})
	}
}
