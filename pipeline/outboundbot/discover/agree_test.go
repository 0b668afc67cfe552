package discover

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/decode"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

// constant is an API that answers everything with the same body.
type constant string

func (c constant) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(c)))}, nil
}

// readConstant asks for one job of an API with one answer. It returns what decode
// finds in it, or in what could not be read as one: the number of jobs, and the
// codes of rejects.
func readConstant(t *testing.T, body string) (answered bool, jobs int, rejects []string) {
	t.Helper()
	c, err := client.New(client.Options{Keys: &client.Keys{ID: "demo", Secret: "demo-secret"}, Transport: constant(body), QPS: 1000})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := &client.Request{InstanceID: "i", Action: listJobs, JobIDs: []string{"a"}, Effort: client.Once, Lacks: lists.Lacks(listJobs)}
	a, err := c.Do(t.Context(), r, nil)
	if f, ok := errors.AsType[*client.Failure](err); ok && f.Unread != nil {
		a = f.Unread
	}
	if a == nil {
		return false, 0, nil
	}
	for item := range decode.New(decode.Options{}).Items(rawOf(r, a)) {
		switch {
		case item.Reject != nil:
			rejects = append(rejects, item.Reject.Code)
		case item.Job != nil:
			jobs++
		}
	}
	return err == nil, jobs, rejects
}

// What the client takes for an answer decode does not call an error of the API,
// nor something that is not a response. Jobs under a name that is not documented
// are both: the ids are missing, and the answer is a reject.
func TestEnvelopesAgreeWithDecode(t *testing.T) {
	const job = `"Jobs":[{"JobId":"a","Status":"Succeeded"}]`
	tests := []struct {
		body     string
		answered bool
		jobs     int
	}{
		{`{"Success":true,` + job + `}`, true, 1},
		{`{` + job + `,"Success":true}`, true, 1},
		{`{"Success":true,"Jobs":[]}`, true, 0},
		{`{"Success":"1","Jobs":{}}`, true, 0},
		{`{` + job + `,"Success":false}`, false, 0},
		{`{` + job + `,"success":"False","Code":"OK"}`, false, 0},
		{`{` + job + `,"Success":0}`, false, 0},
		{`{` + job + `,"Success":true,"Success":false}`, false, 0},
		{`{` + job + `}`, true, 1},
		{`{` + job + `,"Code":"InternalError"}`, true, 1},
		{`{"Jobs":[],"Code":"InternalError"}`, false, 0},
		{`{"Jobs":null,"Code":"InternalError","Message":"oops"}`, false, 0},
		{`{"Jobs":[],"Code":"200"}`, true, 0},
		{`{"Jobs":[],"Success":true,"HttpStatusCode":500}`, false, 0},
		{`{` + job + `,"Success":true,"HttpStatusCode":200}`, true, 1},
		{`{"Jobs":[]}`, true, 0},
		{`{"Success":true,"Jobs":null}`, false, 0},
		{`{"Success":true}`, false, 0},
		{`{` + job + `,{`, false, 1},
		{`{"Code":"SystemBusy"}`, false, 0},
		{`{"status":"ok"}`, false, 0},
		{`{}`, false, 0},
		{`<ListJobsResponse><Success>false</Success><Jobs><JobId>a</JobId></Jobs></ListJobsResponse>`, false, 0},
		{`<ListJobsResponse><Jobs><JobId>a</JobId></Jobs><Success>true</Success></ListJobsResponse>`, true, 1},
	}
	for _, tt := range tests {
		answered, jobs, rejects := readConstant(t, tt.body)
		if answered != tt.answered || jobs != tt.jobs || answered && len(rejects) > 0 && tt.jobs > 0 {
			t.Errorf("%s: answered %v, %d jobs, rejects %v; want %v and %d", tt.body, answered, jobs, rejects, tt.answered, tt.jobs)
		}
		if answered {
			checkAgreement(t, tt.body, rejects)
		}
	}
	shapes, err := filepath.Glob("../../decode/testdata/shapes/*")
	if err != nil || len(shapes) == 0 {
		t.Fatal(shapes, err)
	}
	for _, path := range shapes {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		answered, _, rejects := readConstant(t, string(body))
		if unnamed := strings.HasSuffix(path, "jobs_by_another_name.json") || strings.HasSuffix(path, "describe_job.json"); unnamed {
			if !slices.Contains(rejects, schema.RejectNotJobs) {
				t.Errorf("%s: rejects %v, want %s", path, rejects, schema.RejectNotJobs)
			}
			continue
		}
		if answered {
			checkAgreement(t, path, rejects)
		}
	}
}

func checkAgreement(t *testing.T, what string, rejects []string) {
	t.Helper()
	for _, code := range rejects {
		switch code {
		case schema.RejectAPIError, schema.RejectNotJobs, schema.RejectUnfetched:
			t.Errorf("%s: the client takes for an answer what decode rejects as %s", what, code)
		}
	}
}
