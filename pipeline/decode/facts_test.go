package decode_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/decode"
	"callmill/schema"
)

const factsRow = `{"JobId":"j","TaskId":"t","JobGroupId":"g","ActualTime":1768996800000,"JobGroupName":" campaign ","ScriptName":"script",
	"CallDuration":"41000","RecordingDuration":7.0,"TaskEndReason":3,"HasReachedEndOfFlow":true,"HasLastPlaybackCompleted":"false",
	"HasHangUpByRejection":0,"DialExceptionCodes":["a","",null,7]}`

// TestFacts: every row of a page of SearchTask is an item, with what the raw
// line says of when and where it was received.
func TestFacts(t *testing.T) {
	want := schema.TaskFacts{
		InstanceID: "inst", JobID: "j", TaskID: "t", CallTime: 1768996800000, Undated: true,
		Facts: schema.Facts{
			ObservedAt: 5, JobGroupName: "campaign", ScriptName: "script", CallMS: new(int64(41000)), RingingS: new(int32(7)), EndReason: new(int32(3)),
			ReachedEnd: new(true), LastPlaybackCompleted: new(false), HungUpByRejection: new(false), DialExceptions: []string{"a", "7"},
		},
	}
	dated := want
	dated.InstanceID, dated.Facts.ObservedAt, dated.Undated = "other", 1769016600000, false
	for name, c := range map[string]struct {
		body string
		want schema.TaskFacts
	}{
		"a page":      {`{"Success":true,"Total":1,"SearchTaskInfoList":[` + factsRow + `]}`, want},
		"an SDK dump": {`{"headers":{},"statusCode":200,"body":{"SearchTaskInfoList":[` + factsRow + `]}}`, want},
		"one object":  {`{"SearchTaskInfoList":` + factsRow + `}`, want},
		"a wrapper":   {`{"SearchTaskInfoList":{"SearchTaskInfo":[` + factsRow + `]}}`, want},
		"a list":      {`{"SearchTaskInfoList":{"List":[null,` + factsRow + `]}}`, want},
		"a raw line":  {`{"observed_at":1769016600000,"instance_id":"other","action":"SearchTask","asked":{"query":{}},"status":200,"body":{"SearchTaskInfoList":[` + factsRow + `]}}`, dated},
	} {
		rows := 0
		for item := range decode.New(decode.Options{}).Items(&schema.Raw{Body: []byte(c.body), InstanceID: "inst", ObservedAt: 5, Undated: true}) {
			if item.Facts == nil {
				t.Fatalf("%s: %+v", name, item)
			}
			rows++
			if diff := cmp.Diff(c.want, *item.Facts); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if rows != 1 {
			t.Errorf("%s: %d rows", name, rows)
		}
	}
}

// TestFactsTolerance: a page of SearchTask is never a reject. What cannot be
// read is counted, and so is a row that names no call; its job is expected.
func TestFactsTolerance(t *testing.T) {
	for body, want := range map[string]string{
		`{"Success":true,"Labels":[],"VariableNames":[],"PageIndex":0,"PageSize":10,"Total":1,"New":1,"SearchTaskInfoList":[{"JobId":"j","TaskId":"t","Labels":[],"UserId":"u"}]}`: "[facts j t] counts {\"action_SearchTask\":1}\nunknown {\"New\":1}",
		`{"SearchTaskInfoList":[{"JobId":"j"},{"TaskId":"t"},{}]}`:                                              "[expected j] counts {\"action_SearchTask\":1,\"facts_without_id\":3}",
		`{"SearchTaskInfoList":[{"JobId":{},"TaskId":"t"}]}`:                                                    "[] counts {\"action_SearchTask\":1,\"facts_without_id\":1}\nimpossible {\"SearchTaskInfoList[].JobId\":1}",
		`{"SearchTaskInfoList":[{"JobId":"j","TaskId":"t","CallDuration":"long","TaskEndReason":99999999999}]}`: "[facts j t] counts {\"action_SearchTask\":1,\"string_for_number\":1}\nimpossible {\"SearchTaskInfoList[].CallDuration\":1,\"SearchTaskInfoList[].TaskEndReason\":1}",
		`{"SearchTaskInfoList":5}`:                                                                       "[] counts {\"action_SearchTask\":1,\"facts_not_read\":1}",
		`{"SearchTaskInfoList":[5,{"JobId":"j","TaskId":"t"}]}`:                                          "[facts j t] counts {\"action_SearchTask\":1,\"facts_not_read\":1}",
		`{"Success":false,"SearchTaskInfoList":[{"JobId":"j","TaskId":"t"}]}`:                            "[] counts {\"action_SearchTask\":1}",
		`{"action":"ListJobs","SearchTaskInfoList":[{"JobId":"j","TaskId":"t"}],"Jobs":[{"JobId":"a"}]}`: "[job a] counts {}",
		`{"action":"SearchTask","status":200,"body":"not json"}`:                                         "[] counts {\"action_SearchTask\":1,\"body_as_text\":1,\"damaged\":1}",
	} {
		d := decode.New(decode.Options{})
		got := []string{}
		for item := range d.Items(&schema.Raw{Body: []byte(body)}) {
			switch {
			case item.Facts != nil:
				got = append(got, fmt.Sprint("facts ", item.Facts.JobID, " ", item.Facts.TaskID))
			case item.Job != nil:
				got = append(got, "job "+item.Job.JobID)
			case item.Expected != nil:
				got = append(got, "expected "+item.Expected.JobID)
			default:
				got = append(got, fmt.Sprint(item))
			}
		}
		if got := fmt.Sprint(got, " ", told(d.Findings())); got != want {
			t.Errorf("%s:\n got %s\nwant %s", body, got, want)
		}
	}
}

// TestFactsBetweenJobs: facts take no position, and do not disturb the jobs
// around them, however the input is cut.
func TestFactsBetweenJobs(t *testing.T) {
	body := []byte(`{"JobId":"a"}
{"action":"SearchTask","body":{"SearchTaskInfoList":[` + factsRow + `,` + factsRow + `]}}
{"JobId":"b"}
`)
	for _, size := range []int{1, 50, 1 << 20} {
		got, _ := cutOutlines(t, decode.Options{PieceBytes: size}, schema.Raw{}, body)
		if len(got) != 4 || got[0][0] != '0' || got[3][0] != '1' || !slices.Equal(got, outlines(decode.New(decode.Options{}), &schema.Raw{Body: body})) {
			t.Errorf("in pieces of %d: %q", size, got)
		}
	}
}
