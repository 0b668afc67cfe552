package worker

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/worker"
	"callmill/schema"
)

func decoded(t testing.TB, rows int, inputs []worker.Input, args ...string) ([]record, decodeReport) {
	t.Helper()
	var out bytes.Buffer
	args = append([]string{"decode", "--key", keyFile(t)}, args...)
	if err := called(t, bytes.NewReader(streamOf(t, rows, inputs...)), &out, args...); err != nil {
		t.Fatal(err)
	}
	return recordsOf(t, out.Bytes())
}

// versionOf decodes the record of a version, and its job.
func versionOf(t testing.TB, r record) (shuffle.Version, *schema.Job) {
	t.Helper()
	var of shuffle.Records
	if err := of.Add([]byte(r.record)); err != nil {
		t.Fatal(err)
	}
	if len(of.Versions) != 1 {
		t.Fatalf("record %q is no version", r.record)
	}
	job, err := of.Versions[0].Job(new(jobcode.Decoder))
	if err != nil {
		t.Fatal(err)
	}
	return of.Versions[0], job
}

// TestDecode: the jobs of a response and of a raw line come out as versions, with
// what the row says of the input or the line of itself, contact keys, and their place.
func TestDecode(t *testing.T) {
	line := `{"observed_at":"2026-01-22T01:30:00Z","instance_id":"own","action":"ListJobs","asked":{"job_ids":["c"]},"status":200,"request_id":"r",` +
		`"body":"{\"Success\":true,\"Jobs\":[{\"JobId\":\"c\"}]}"}`
	records, report := decoded(t, 64, []worker.Input{
		{Origin: "a.json", Sequence: 3, Position: 10, ObservedAt: 5, Undated: true, Body: []byte(`{"Success":true,"Jobs":[{"JobId":"a","Tasks":[{"TaskId":"t","CalledNumber":"13912345678"}]},{"JobId":"b"}]}`)},
		{Origin: "raw.jsonl", Sequence: 4, InstanceID: "given", ObservedAt: 6, Body: []byte(line)},
		{Origin: "bad.json", Sequence: 5, Position: 1, ObservedAt: 7, Body: []byte(`{"Jobs":[`)},
	}, "--instance", "flag")
	if len(records) != 4 {
		t.Fatalf("%d records, want 4", len(records))
	}
	type place struct {
		instance, job      string
		sequence, position int64
		observed           int64
		undated            bool
	}
	want := []place{
		{"flag", "a", 3 << 32, 10, 5, true}, {"flag", "b", 3 << 32, 11, 5, true}, {"own", "c", 4 << 32, 0, 1_769_045_400_000, false},
	}
	for i, w := range want {
		v, job := versionOf(t, records[i])
		got := place{v.InstanceID, v.JobID, v.Sequence, v.Position, v.ObservedAt, job.Undated}
		if hash, _ := job.ContentHash(nil); got != w || hash != v.Hash || records[i].key != string(key(job)) {
			t.Errorf("version %d is %+v, want %+v", i, got, w)
		}
		if i == 0 && len(job.Tasks[0].ContactKey) != 32 {
			t.Errorf("contact key %q", job.Tasks[0].ContactKey)
		}
	}
	var of shuffle.Records
	if err := of.Add([]byte(records[3].record)); err != nil || len(of.Rejects) != 1 {
		t.Fatalf("record %q is no reject: %v", records[3].record, err)
	}
	if r := of.Rejects[0]; r.Row.Code != schema.RejectTruncated || r.Row.Origin != "bad.json" || r.Row.Position != 1 || r.Sequence != 5<<32 || r.Row.FirstSeen != 7 {
		t.Errorf("reject %+v", r)
	}
	if report.Bodies != 3 || report.Jobs != 3 || report.Turns != 0 || report.Rejects != 1 || report.Records != 4 || report.Bytes == 0 || report.Content != report.Bytes ||
		report.Codes[schema.RejectTruncated] != 1 || !slices.Equal(report.Torn, []string{"bad.json"}) || report.TornInputs != 1 {
		t.Errorf("report %+v", report)
	}
}

func key(job *schema.Job) []byte {
	k := schema.JobKey(nil, job.InstanceID, job.JobID)
	return k[:]
}

// TestDecodeOfAnySplit: what comes out does not depend on the batches, nor on which
// worker takes which inputs; and an input that is compressed, or too large to be held
// twice, gives the same jobs.
func TestDecodeOfAnySplit(t *testing.T) {
	inputs := simulated(t, 500)
	sorted := func(lists ...[]record) []record {
		all := slices.Concat(lists...)
		slices.SortFunc(all, func(a, b record) int { return strings.Compare(a.key+a.record, b.key+b.record) })
		return all
	}
	args := []string{"--instance", "i"}
	whole, report := decoded(t, 64, inputs, args...)
	if report.Jobs != 500 {
		t.Fatalf("%d jobs, want 500", report.Jobs)
	}
	one, _ := decoded(t, 1, inputs[:3], args...)
	rest, _ := decoded(t, 2, inputs[3:], args...)
	if !slices.Equal(sorted(whole), sorted(one, rest)) {
		t.Error("another split makes other records")
	}

	var large bytes.Buffer
	z := gzip.NewWriter(&large)
	for range 40 { // 18 MB of JSON Lines, the same ones again and again
		for _, in := range inputs {
			line := bytes.ReplaceAll(in.Body, []byte("\n"), nil)
			if _, err := z.Write(append(line, '\n')); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	again, report := decoded(t, 1, []worker.Input{{Origin: "large", Sequence: 7, ObservedAt: inputs[0].ObservedAt, Undated: true, Body: large.Bytes()}}, args...)
	if report.Jobs != 40*500 || report.Content < 16<<20 || report.Bytes != int64(large.Len()) {
		t.Errorf("report %+v, want the jobs of more than 16 MiB", report)
	}
	hashes := map[string]schema.ContentHash{}
	for _, r := range whole {
		v, _ := versionOf(t, r)
		hashes[r.key] = v.Hash
	}
	before := int64(-1)
	for _, r := range again {
		v, _ := versionOf(t, r)
		if v.Hash != hashes[r.key] || v.Sequence>>pieceBits != 7 || v.Sequence < before {
			t.Fatalf("job %s of the large input is another one, or out of order", v.JobID)
		}
		before = v.Sequence
	}
}

func TestDecodeRefuses(t *testing.T) {
	body := []byte(`{"Success":true,"Jobs":[{"JobId":"a"}]}`)
	stream := streamOf(t, 64, worker.Input{Origin: "a.json", Body: body})
	with := func(in worker.Input) []byte {
		in.Origin, in.Body = "a.json", body
		return streamOf(t, 64, in)
	}
	secret := keyFile(t)
	empty := keyFile(t)
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		stream []byte
		args   []string
		code   int
		want   string
	}{
		"no key":          {stream, []string{"decode"}, exit.Usage, "--key is missing"},
		"an empty key":    {stream, []string{"decode", "--key", empty}, exit.Usage, "--key: " + empty + " is empty"},
		"no instance":     {stream, []string{"decode", "--key", secret}, exit.Usage, "a.json does not say which instance it is of"},
		"sequence":        {with(worker.Input{Sequence: -1}), []string{"decode", "--key", secret}, exit.Failed, "a.json: sequence -1 is not"},
		"position":        {with(worker.Input{Position: -1}), []string{"decode", "--key", secret}, exit.Failed, "a.json: position -1 is negative"},
		"microseconds":    {with(worker.Input{ObservedAt: 1_769_045_400_000_000}), []string{"decode", "--key", secret}, exit.Failed, "a.json: observed_at 1769045400000000 is not"},
		"bytes":           {with(worker.Input{InstanceID: "\xff"}), []string{"decode", "--key", secret}, exit.Failed, `a.json: instance_id "\xff" is not UTF-8`},
		"cut off":         {stream[:len(stream)-8], []string{"decode", "--key", secret, "--instance", "i"}, exit.Failed, "the input stream is cut off"},
		"no such mode":    {nil, []string{"encode"}, exit.Usage, `invalid mode "encode"`},
		"another's flags": {nil, []string{"decode", "--statuses"}, exit.Usage, "--statuses is for settings, not for decode"},
		"instance":        {nil, []string{"decode", "--instance", "\xff"}, exit.Usage, "--instance: invalid name"},
		"time zone":       {nil, []string{"decode", "--timezone", "Mars"}, exit.Usage, "invalid --timezone"},
	} {
		t.Run(name, func(t *testing.T) {
			err := called(t, bytes.NewReader(c.stream), io.Discard, c.args...)
			if err == nil || exit.Code(t.Context(), err) != c.code || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s… and code %d", err, c.want, c.code)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	var out bytes.Buffer
	if err := called(t, strings.NewReader(`["with \u0000","New","Busy","New"]`), &out, "settings", "--hmm", "--key", keyFile(t), "--statuses"); err != nil {
		t.Fatal(err)
	}
	var d description
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if s := d.Settings; d.Program != "callmill v1" || !s.HMM || s.TimeZone != "Asia/Shanghai" || len(s.KeyID) != 16 || s.Words == "" || s.Derivation == 0 {
		t.Errorf("settings %+v of %s", s, d.Program)
	}
	if want := []string{"--timezone", "Asia/Shanghai", "--segmenter", "fast", "--hmm=true", "--pii", "keep"}; !slices.Equal(d.Flags, want) {
		t.Errorf("flags %q, want %q", d.Flags, want)
	}
	last := d.Statuses[len(d.Statuses)-1]
	odd := d.Statuses[len(d.Statuses)-2]
	if len(d.Statuses) != len(schema.Outcomes())+2 || last["task_status"] != "New" || odd["task_status"] != "with \x00" || last["outcome"] != "unknown" || last["code"] != nil || last["connected"] != nil {
		t.Errorf("%d statuses, the last is %v", len(d.Statuses), last)
	}
	var again bytes.Buffer
	if err := called(t, nil, &again, append([]string{"settings"}, d.Flags...)...); err != nil {
		t.Fatal(err)
	}
	var e description
	if err := json.Unmarshal(again.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	d.Settings.KeyID = ""
	if !slices.Equal([]any{e.Settings.Words, e.Settings.HMM}, []any{d.Settings.Words, d.Settings.HMM}) {
		t.Errorf("the flags give %+v, want %+v", e.Settings, d.Settings)
	}
}
