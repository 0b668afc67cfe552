package discover_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/calendar"
	"callmill/pipeline/decode"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/pipeline/source"
	"callmill/schema"
)

// spoiled is the simulated API with other answers of ListJobs.
type spoiled struct {
	http.Handler
	spoil func(body []byte) []byte
}

// ServeHTTP implements [http.Handler].
func (s spoiled) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Acs-Action") != schema.ActionListJobs {
		s.Handler.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	s.Handler.ServeHTTP(answer, r)
	w.WriteHeader(answer.Code)
	_, _ = w.Write(s.spoil(answer.Body.Bytes())) // of a recorder
}

// jobs makes another list of each that an answer has, if it is not empty.
func jobs(change func(list []map[string]any) []map[string]any) func([]byte) []byte {
	return func(body []byte) []byte {
		var answer map[string]any
		var list struct{ Jobs []map[string]any }
		if json.Unmarshal(body, &answer) != nil || json.Unmarshal(body, &list) != nil || len(list.Jobs) == 0 {
			return body
		}
		answer["Jobs"] = change(list.Jobs)
		text, err := json.Marshal(answer)
		if err != nil {
			panic(err) // of what was JSON
		}
		return text
	}
}

// first changes the first job of each answer.
func first(change func(job map[string]any)) func([]byte) []byte {
	return jobs(func(list []map[string]any) []map[string]any {
		change(list[0])
		return list
	})
}

// Answers of ListJobs that hold other jobs than asked for, or none that can be read:
// each job that was found is counted as what it came to, the run gets the same items
// as it is counted by, and gets them again from the folder of raw lines.
func TestSpoiledAnswers(t *testing.T) {
	// What a night of so many batches comes to.
	type outcome struct{ returned, missing, rejected, notAsked, refused int }
	tests := map[string]struct {
		spoil func([]byte) []byte
		want  func(asked, batches int) outcome
	}{
		"none":      {func(body []byte) []byte { return body }, func(n, _ int) outcome { return outcome{returned: n} }},
		"drop-jobs": {jobs(func(list []map[string]any) []map[string]any { return list[1:] }), func(n, b int) outcome { return outcome{returned: n - b, missing: b} }},
		"extra-jobs": {jobs(func(list []map[string]any) []map[string]any {
			return append(list, map[string]any{"JobId": "not-asked-" + list[0]["JobId"].(string), "Status": "Failed"})
		}), func(n, b int) outcome { return outcome{returned: n, notAsked: b} }},
		"upcase": {jobs(func(list []map[string]any) []map[string]any {
			for _, job := range list {
				job["JobId"] = strings.ToUpper(job["JobId"].(string))
			}
			return list
		}), func(n, _ int) outcome { return outcome{missing: n, notAsked: n} }},
		"padded":     {first(func(job map[string]any) { job["JobId"] = " " + job["JobId"].(string) + "\t" }), func(n, _ int) outcome { return outcome{returned: n} }},
		"same-twice": {jobs(func(list []map[string]any) []map[string]any { return append(list, list[0]) }), func(n, _ int) outcome { return outcome{returned: n} }},
		"broken-job": {first(func(job map[string]any) { job["Tasks"] = "no list" }), func(n, b int) outcome { return outcome{returned: n - b, missing: b, rejected: b, refused: b} }},
		"broken-job with another id": {first(func(job map[string]any) { job["Tasks"], job["JobId"] = "no list", "=HYPERLINK" }),
			func(n, b int) outcome { return outcome{returned: n - b, missing: b, rejected: b, refused: b} }},
		"no-id":        {first(func(job map[string]any) { delete(job, "JobId") }), func(n, b int) outcome { return outcome{returned: n - b, missing: b, rejected: b, refused: b} }},
		"bom":          {func(body []byte) []byte { return append([]byte("\uFEFF"), body...) }, func(n, _ int) outcome { return outcome{returned: n} }},
		"utf-16":       {utf16, func(n, _ int) outcome { return outcome{returned: n} }},
		"null-list":    {noJobs, func(n, _ int) outcome { return outcome{missing: n} }},
		"trailing":     {func(body []byte) []byte { return append(body, "<!-- served by proxy -->"...) }, func(n, b int) outcome { return outcome{returned: n, refused: b} }},
		"bare-success": {func([]byte) []byte { return []byte(`{"Success":true,"Code":"OK"}`) }, func(n, _ int) outcome { return outcome{missing: n} }},
		"nested-jobs": {func([]byte) []byte {
			return []byte(`{"Success":true,"Code":"OK","Jobs":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`)
		},
			func(n, b int) outcome { return outcome{missing: n, rejected: n, refused: b} }},
		"another's": {func([]byte) []byte { return []byte(`{"status":"ok"}`) }, func(n, b int) outcome { return outcome{missing: n, rejected: n, refused: b} }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n := spoiledNight(t, tt.spoil)
			want := tt.want(n.found, (n.found+98)/99)
			c := n.counters
			got := outcome{int(c.Returned), int(c.Missing), int(c.Rejected), n.rejects[schema.RejectNotAsked], 0}
			for code, count := range n.rejects {
				if code != schema.RejectNotAsked {
					got.refused += count
				}
			}
			if got != want || int(c.Asked) != n.found || c.Failed != 0 {
				t.Errorf("of %d jobs %+v, want %+v; rejects %v; counters %+v", n.found, got, want, n.rejects, c)
			}
			// The run is told the same as is counted.
			if len(n.came) != got.returned || n.expected[schema.PendingMissing]+n.expected[schema.PendingRejected] != got.missing || n.expected[schema.PendingRejected] != got.rejected {
				t.Errorf("the run was told of %d jobs that came, and %v; counted were %+v", len(n.came), n.expected, got)
			}
			if n.expected[""] == 0 {
				t.Error("the run was not told what campaigns list")
			}
			for name, o := range map[string]source.Options{
				"whole":    {},
				"in parts": {MaxWhole: 1, TempDir: t.TempDir(), Cut: cutSmall},
			} {
				if diff := cmp.Diff(n.items, converted(t, n.folder, o)); diff != "" {
					t.Errorf("raw/ read again %s (-pull +raw):\n%s", name, diff)
				}
			}
		})
	}
}

func noJobs(body []byte) []byte {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	answer["Jobs"] = nil
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err) // of what was JSON
	}
	return text
}

func utf16(body []byte) []byte {
	wide := []byte("\xff\xfe")
	for _, c := range string(body) {
		if c > 0xffff {
			c = '?'
		}
		wide = append(wide, byte(c), byte(c>>8))
	}
	return wide
}

// spoiledRun is what a run got of a night.
type spoiledRun struct {
	folder   string // of raw lines
	found    int
	counters discover.Counters
	items    []string
	came     map[string]bool // jobs that were asked for
	expected map[string]int  // by trouble
	rejects  map[string]int  // by code
}

func spoiledNight(t *testing.T, spoil func([]byte) []byte) *spoiledRun {
	t.Helper()
	world, err := simulate.New(simulate.Options{People: 250, Days: 3})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := api.New(world, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, spoiled{handler, spoil}, func(o *client.Options) {
		o.Keys = &client.Keys{ID: api.AccessKeyID, Secret: api.AccessKeySecret}
		o.Text = decode.Text
		o.Parallel = 1
	})
	dir := t.TempDir()
	log, err := rawlog.Open(rawlog.Options{Dir: dir, Run: "20260201T013000Z-1f3a9c"})
	if err != nil {
		t.Fatal(err)
	}
	n := &spoiledRun{folder: filepath.Join(dir, "20260201T013000Z-1f3a9c"), came: map[string]bool{}, expected: map[string]int{}, rejects: map[string]int{}}
	now := world.Now()
	plan := discover.Plan{
		InstanceID: world.InstanceID(), Calls: true, Groups: true,
		Windows: []calendar.Interval{{From: now.Add(-3 * 24 * time.Hour), To: now}},
	}
	s := discover.NewSource(c, []discover.Plan{plan}, discover.Options{NewReader: newRunReader, Log: log})
	reader := newRunReader()
	err = s.Raws(t.Context(), func(raw *schema.Raw) error {
		for item := range reader.Items(raw) {
			n.items = append(n.items, said(item))
			switch {
			case item.Job != nil && item.Job.Asked:
				n.came[strings.Clone(item.Job.JobID)] = true
			case item.Expected != nil:
				n.expected[item.Expected.Trouble]++
			case item.Reject != nil:
				n.rejects[item.Reject.Code]++
			}
		}
		if raw.Release != nil {
			raw.Release()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(n.items)
	n.counters = s.Counters()
	n.found = int(n.counters.Found)
	if n.found < 100 {
		t.Fatalf("%d jobs, of one batch", n.found)
	}
	return n
}

// newRunReader makes the decoder of a run.
func newRunReader() discover.Reader {
	return decode.New(decode.Options{Groups: discover.Groups, Listed: discover.Listed})
}

// said is an item without the place it was at.
func said(item schema.Decoded) string {
	switch {
	case item.Job != nil:
		hash, _ := item.Job.ContentHash(nil)
		return fmt.Sprint("job ", item.Job.JobID, item.Job.Asked, item.Job.ObservedAt, item.Job.RequestID, hash)
	case item.Facts != nil:
		return fmt.Sprintf("facts %s %s %d %d", item.Facts.JobID, item.Facts.TaskID, item.Facts.CallTime, item.Facts.Facts.ObservedAt)
	case item.Expected != nil:
		return fmt.Sprintf("expected %+v", *item.Expected)
	case item.Group != nil:
		return "group " + item.Group.JobGroupID
	}
	return fmt.Sprint("reject ", item.Reject.Code, item.Reject.JobID, item.Reject.Reason, item.Reject.ObservedAt, len(item.Reject.Raw))
}

// cutSmall cuts an input into pieces much smaller than an answer.
func cutSmall(base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error {
	return decode.Cut(decode.Options{PieceBytes: 1 << 10}, base, open, yield)
}

// converted are the items of a folder of raw lines.
func converted(t *testing.T, folder string, o source.Options) (items []string) {
	t.Helper()
	files, err := source.Open([]string{folder}, o)
	if err != nil {
		t.Fatal(err)
	}
	reader := newRunReader()
	err = files.Raws(t.Context(), func(raw *schema.Raw) error {
		for item := range reader.Items(raw) {
			items = append(items, said(item))
		}
		if raw.Release != nil {
			raw.Release()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(items)
	return items
}

// While one answer among others is cut short, its jobs are asked for again: all of
// them come in the end.
func TestCutAnswerIsSalvaged(t *testing.T) {
	cut := func(body []byte) []byte {
		if i := bytes.Index(body, []byte(`"JobId"`)); i > 0 && bytes.Count(body, []byte(`"Contacts"`)) > 1 {
			return body[:len(body)*3/4] // of each batch, never of a single job
		}
		return body
	}
	n := spoiledNight(t, cut)
	if c := n.counters; int(c.Returned) != n.found || c.Missing+c.Failed != 0 || int(c.Asked) != n.found {
		t.Errorf("counters %+v", c)
	}
}
