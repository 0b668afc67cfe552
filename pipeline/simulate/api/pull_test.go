package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"callmill/pipeline/decode"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"

	"github.com/google/go-cmp/cmp"
)

// puller is the simplest client that gets everything from an API with faults: it
// retries, halves batches that keep failing, and reads lists again until it has as
// many distinct rows as the total.
type puller struct {
	t failure
	client
	failed map[string]int // failures by kind
	worst  int            // most faults in a row
}

func newPuller(t failure, c client) *puller {
	return &puller{t: t, client: c, failed: map[string]int{}}
}

// persist returns an answer, or false if every attempt failed.
func (p *puller) persist(action string, parameters url.Values) ([]byte, bool) {
	for attempt := range api.MaxFaultsInRow + 1 {
		response, body, err := p.send(action, parameters)
		if kind := kindOf(response, body, err); kind != "" {
			p.failed[kind]++
			continue
		}
		p.worst = max(p.worst, attempt)
		return body, true
	}
	return nil, false
}

// kindOf returns the kind of failure of an answer, or "".
func kindOf(response *http.Response, body []byte, err error) string {
	var said struct{ Success any }
	switch {
	case err != nil && response == nil:
		return "no answer"
	case err != nil:
		return "cut short"
	case response.StatusCode != http.StatusOK:
		return fmt.Sprint("status ", response.StatusCode)
	case response.Header.Get("Content-Type") == "text/xml;charset=utf-8":
		if !bytes.HasSuffix(body, []byte("Response>")) {
			return "cut"
		}
		if bytes.Contains(body, []byte("<Success>false")) {
			return "no success"
		}
	case json.Unmarshal(body, &said) != nil:
		return "cut"
	case fmt.Sprint(said.Success) != "true":
		return "no success"
	}
	return ""
}

// jobs returns the answers with the jobs of ids, and the ids that failed.
func (p *puller) jobs(ids []string, more ...string) (bodies [][]byte, lost []string) {
	parameters := withIDs(ids...)
	for _, m := range more {
		parameters.Set("Format", m)
	}
	if body, ok := p.persist("ListJobs", parameters); ok {
		return [][]byte{body}, nil
	}
	if len(ids) == 1 {
		return nil, ids
	}
	for _, half := range [][]string{ids[:len(ids)/2], ids[len(ids)/2:]} {
		b, l := p.jobs(half, more...)
		bodies, lost = append(bodies, b...), append(lost, l...)
	}
	return bodies, lost
}

// list reads all pages until no row is missing. read returns the ids of a page's
// rows and the total.
func (p *puller) list(action string, parameters url.Values, number string, first, size int, read func([]byte) ([]string, int)) []string {
	found := map[string]bool{}
	parameters.Set("PageSize", fmt.Sprint(size))
	for range 2 * (api.MaxFaultsInRow + 1) {
		for page, total := 0, 1; page*size < total; page++ {
			parameters.Set(number, fmt.Sprint(first+page))
			body, ok := p.persist(action, parameters)
			if !ok {
				p.t.Fatal(action, parameters, "never passes")
			}
			var ids []string
			ids, total = read(body)
			for _, id := range ids {
				found[id] = true
			}
			if (page+1)*size >= total && len(found) == total {
				ids := make([]string, 0, len(found))
				for id := range found {
					ids = append(ids, id)
				}
				slices.Sort(ids)
				return ids
			}
		}
	}
	p.t.Fatal(action, parameters, "rows are missing after all passes:", len(found))
	return nil
}

// rowsOf reads a list in any of its shapes: a single row instead of a list, numbers
// as strings.
func rowsOf(container, list, total, id string) func([]byte) ([]string, int) {
	return func(body []byte) (ids []string, n int) {
		var tree map[string]any
		if json.Unmarshal(body, &tree) != nil {
			return nil, 0
		}
		if container != "" {
			tree, _ = tree[container].(map[string]any)
		}
		fmt.Sscan(fmt.Sprint(tree[total]), &n)
		rows, ok := tree[list].([]any)
		if !ok && tree[list] != nil {
			rows = []any{tree[list]}
		}
		for _, row := range rows {
			row, _ := row.(map[string]any)
			ids = append(ids, fmt.Sprint(row[id]))
		}
		return ids, n
	}
}

// decoded decodes answers with callmill's decoder.
func decoded(t failure, w *simulate.World, bodies [][]byte) map[string]schema.Job {
	d := decode.New(decode.Options{})
	jobs := map[string]schema.Job{}
	for _, body := range bodies {
		for item := range d.Items(&schema.Raw{InstanceID: w.InstanceID(), ObservedAt: w.Now().UnixMilli(), Body: body}) {
			if item.Job == nil {
				t.Fatal(fmt.Sprintf("%+v %v in %s", item.Reject, item.Err, body))
			}
			var job schema.Job
			copyJob(&job, item.Job)
			jobs[job.JobID] = job
		}
	}
	return jobs
}

// copyJob copies what the decoder reuses.
func copyJob(to, from *schema.Job) {
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		panic(err) // of a type of our own
	}
	to.RequestID = ""
}

// told returns a job of the world as ListJobs returns it.
func told(w *simulate.World, i int) schema.Job {
	job, _ := w.Job(i)
	for k := range job.Tasks {
		job.Tasks[k].Facts = schema.Facts{}
	}
	job.SortTasks()
	var plain schema.Job
	copyJob(&plain, job)
	return plain
}

// compare compares jobs with those of the world that have the ids.
func compare(t failure, w *simulate.World, ids []string, got map[string]schema.Job) {
	if len(got) != len(ids) {
		t.Fatal(len(got), "jobs, want", len(ids))
	}
	for _, id := range ids {
		i, ok := w.FindJob(id)
		if !ok {
			t.Fatal("there is no job", id)
		}
		if diff := cmp.Diff(told(w, i), got[id], sameEmpty); diff != "" {
			t.Fatal(id, "(-want +got):\n", diff)
		}
	}
}
