package decode_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// verdicts is what the items of a body come to, in short.
func verdicts(raw *schema.Raw) []string {
	var got []string
	for item := range decode.New(decode.Options{}).Items(raw) {
		switch {
		case item.Job != nil:
			got = append(got, "job "+item.Job.JobID)
		case item.Facts != nil:
			got = append(got, fmt.Sprint("facts ", item.Facts.JobID, " ", item.Facts.TaskID))
		case item.Reject != nil:
			got = append(got, item.Reject.Code+" "+item.Reject.JobID+": "+item.Reject.Reason)
		}
	}
	return got
}

// TestStrays: what holds jobs, calls or lines under a name that is not
// documented is never passed over without a word.
func TestStrays(t *testing.T) {
	const job = `{"JobId":"A","Tasks":[{"TaskId":"T"}]}`
	for body, want := range map[string]string{
		`{"Success":true,"JOBS":[` + job + `]}`:                                        "not_jobs : no Jobs, but an array named JOBS, which is not documented",
		`{"Success":true,"Data":{"Jobs":[` + job + `]}}`:                               "not_jobs : no Jobs, but an object named Data, which is not documented",
		`{"RequestId":"R","Success":true,"Code":"OK","Job":{"JobId":"A"}}`:             "not_jobs : no Jobs, but an object named Job, which is not documented",
		`{"Code":"OK","Result":{"id":1}}`:                                              "not_jobs : no Jobs, but an object named Result, which is not documented",
		`{"Success":true,"Jobs":[],"JOBS":[` + job + `]}`:                              "not_jobs : no Jobs, but an array named JOBS, which is not documented",
		`{"Success":true,"Jobs":{"List":[],"Items":[` + job + `]}}`:                    "not_jobs : no Jobs, but an array named Items, which is not documented",
		`{"statusCode":200,"body":{"Success":true,"data":[` + job + `]}}`:              "not_jobs : no Jobs, but an array named data, which is not documented",
		`<R><Success>true</Success><JOBS><JobId>A</JobId></JOBS></R>`:                  "not_jobs : no Jobs, but an element named JOBS, which is not documented",
		`{"Success":true,"Data":{}}`:                                                   "",
		`{"Success":true,"Request":{"JobIds":["A"]},"Jobs":[]}`:                        "",
		`{"Success":true,"RequestId":"R"}`:                                             "",
		`{"Jobs":[` + job + `],"JOBS":[` + job + `]}`:                                  "job A",
		`{"Jobs":[{"JobId":"A","TASKS":[{"TaskId":"T"}]}]}`:                            "shape A: TASKS is an array of calls, under a name that is not documented",
		`{"Jobs":[{"JobId":"A","Calls":{"taskid":"T"}}]}`:                              "shape A: Calls is an object of calls, under a name that is not documented",
		`{"Jobs":[{"JobId":"A","Tasks":{"List":[],"Rest":[{"TaskId":1}]}}]}`:           "shape A: Rest is an array of calls, under a name that is not documented",
		`{"Jobs":[{"JobId":"A","Last":{"TaskId":"T"},"Tasks":[{}]}]}`:                  "job A",
		`{"Jobs":[{"JobId":"A","Tasks":[{"CONVERSATION":[{"Script":""}]}]}]}`:          "shape A: Tasks[0].CONVERSATION is an array of lines, under a name that is not documented",
		`{"Jobs":[{"JobId":"A","Tasks":[{"New":{"Script":""},"Conversation":[{}]}]}]}`: "job A",
	} {
		if got := strings.Join(verdicts(&schema.Raw{Body: []byte(body)}), "; "); got != want {
			t.Errorf("%s:\n got %q\nwant %q", body, got, want)
		}
	}
}

// TestNoJobs: an object that stands alone and is something else is no job.
func TestNoJobs(t *testing.T) {
	for body, want := range map[string]string{
		`{"TaskId":"T1","JobId":"A","Status":"NoAnswer","CalledNumber":"199"}`: "not_jobs : well-formed, but an object with TaskId is no job",
		`{"ContactId":"C","PhoneNumber":"199","JobId":"B"}`:                    "not_jobs : well-formed, but an object with ContactId is no job",
		`{"JobId":"B","CalledNumber":"199"}`:                                   "not_jobs : well-formed, but an object with CalledNumber is no job",
		`[{"JobId":"A"},{"JobId":"A","TaskId":"T"}]`:                           "job A; not_jobs : well-formed, but an object with TaskId is no job",
		`{"JobId":"A","Brief":"x","Tasks":[{"TaskId":"T"}]}`:                   "job A",
		`{"JobId":"A","New":1}`:                                                "job A",
		`{"Jobs":[{"JobId":"A","TaskId":"T"}]}`:                                "job A",
		`{"TaskId":"T","JobId":"A"}{"Jobs":[{"JobId":"B"}]}`:                   "not_jobs : well-formed, but an object with TaskId is no job; job B",
	} {
		if got := strings.Join(verdicts(&schema.Raw{Body: []byte(body)}), "; "); got != want {
			t.Errorf("%s:\n got %q\nwant %q", body, got, want)
		}
	}
}

// TestPlaces: the place that a reason names exists.
func TestPlaces(t *testing.T) {
	for job, want := range map[string]string{
		`"Tasks":[{"TaskId":"T"},{"Contact":{"Role":[]}}]`:                 "Tasks[1].Contact.Role is an array, not a string",
		`"Tasks":[{"Contact":{"Role":"x"},"Brief":{}}]`:                    "Tasks[0].Brief is an object, not a string",
		`"Contacts":[{},{"Role":[]}]`:                                      "Contacts[1].Role is an array, not a string",
		`"Extras":[{"Key":{}}]`:                                            "Extras[0].Key is an object, not a string",
		`"Summary":[{"Content":{}}]`:                                       "Summary[0].Content is an object, not a string",
		`"Tasks":[{"Conversation":[{"Summary":[{},{"Category":[]}]}]}]`:    "Tasks[0].Conversation[0].Summary[1].Category is an array, not a string",
		`"Tasks":[{"Conversation":[{"Summary":[]},{"Timestamp":"soon"}]}]`: `Tasks[0].Conversation[1].Timestamp is "soon", not a number`,
		`"Priority":true`:                                                  "Priority is a boolean, not a number",
	} {
		got := verdicts(&schema.Raw{Body: []byte(`{"Jobs":[{"JobId":"A",` + job + `}]}`)})
		if !slices.Equal(got, []string{"shape A: " + want}) {
			t.Errorf("%s: got %q, want %q", job, got, want)
		}
	}
}
