package decode_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

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
		`"Tasks":[{"TaskId":"T"},{"Contact":[]}]`:        "Tasks[1].Contact is an array, not an object",
		`"Tasks":[{"Contact":{"Role":"x"},"TaskId":{}}]`: "Tasks[0].TaskId is an object, not a string",
		`"Contacts":[{},5]`:                              "Contacts[1] is a number, not an object",
		`"Tasks":[null,{},null,{"TaskId":[]}]`:           "Tasks[3].TaskId is an array, not a string",
		`"Tasks":[{"Conversation":[null,{},"x"]}]`:       "Tasks[0].Conversation[2] is a string, not an object",
		`"Extras":7`: "Extras is a number, not an array",
		`"Tasks":[{"Conversation":[{"Summary":[{}]},{"Summary":7}]}]`:                       "Tasks[0].Conversation[1].Summary is a number, not an array",
		`"Tasks":[{"Contact":{"Role":[]},"Conversation":[{"Summary":[{}]},{"Script":[]}]}]`: "Tasks[0].Conversation[1].Script is an array, not a string",
	} {
		got := verdicts(&schema.Raw{Body: []byte(`{"Jobs":[{"JobId":"A",` + job + `}]}`)})
		if !slices.Equal(got, []string{"shape A: " + want}) {
			t.Errorf("%s: got %q, want %q", job, got, want)
		}
	}
}

// TestImpossible: a value that cannot be one costs itself, and is counted under
// the name of its field.
func TestImpossible(t *testing.T) {
	for job, field := range map[string]string{
		`"Tasks":[{"TaskId":"T"},{"Contact":{"Role":[]}}]`:                 "Tasks[].Contact.Role",
		`"Tasks":[{"Contact":{"Role":"x"},"Brief":{}}]`:                    "Tasks[].Brief",
		`"Contacts":[{},{"Role":[]}]`:                                      "Contacts[].Role",
		`"Extras":[{"Key":{}}]`:                                            "Extras[].Key",
		`"Summary":[{"Content":{}}]`:                                       "Summary[].Content",
		`"Tasks":[{"Conversation":[{"Summary":[{},{"Category":[]}]}]}]`:    "Tasks[].Conversation[].Summary[].Category",
		`"Tasks":[{"Conversation":[{"Summary":[]},{"Timestamp":"soon"}]}]`: "Tasks[].Conversation[].Timestamp",
		`"Tasks":[{"Conversation":[{"Timestamp":-1}]}]`:                    "Tasks[].Conversation[].Timestamp",
		`"Tasks":[{"ActualTime":1e18}]`:                                    "Tasks[].ActualTime",
		`"Priority":true`:                                                  "Priority",
		`"FailureReason":{}`:                                               "FailureReason",
	} {
		d := decode.New(decode.Options{})
		jobs := 0
		for item := range d.Items(&schema.Raw{Body: []byte(`{"Jobs":[{"JobId":"A",` + job + `}]}`)}) {
			if item.Job != nil {
				jobs++
			}
		}
		if found := d.Findings(); jobs != 1 || fmt.Sprint(found.Impossible) != "map[Jobs[]."+field+":1]" {
			t.Errorf("%s: %d jobs, %v, want %s", job, jobs, found.Impossible, field)
		}
	}
}

// TestUnknown: the names of fields that are not documented are bounded in number
// and in length, and what makes no job leaves none.
func TestUnknown(t *testing.T) {
	var b strings.Builder
	for i := range 3 * schema.MaxUnknown {
		fmt.Fprintf(&b, `,"New%d":1,"%s":2`, i, strings.Repeat("长", 50))
	}
	d := decode.New(decode.Options{})
	for range d.Items(&schema.Raw{Body: []byte(`{"Jobs":[{"JobId":"A"` + b.String() + `}],"a":1}{"b":1}`)}) {
	}
	found := d.Findings()
	if len(found.Unknown) != schema.MaxUnknown || found.Unknown["b"] != 0 {
		t.Errorf("%d names", len(found.Unknown))
	}
	for name, n := range found.Unknown {
		if strings.HasPrefix(name, "Jobs[].New") && n != 1 {
			t.Errorf("%s was met %d times, want 1", name, n)
		}
		if len(name) > 60 || !utf8.ValidString(name) {
			t.Errorf("the name %q", name)
		}
	}
}
