package lists_test

import (
	"testing"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/internal/lenient"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

// What is an answer of a list, and what it lacks where it is none.
func TestLacks(t *testing.T) {
	const (
		list  = "a list"
		total = "the number of entries"
		jobs  = "a list of jobs"
	)
	tests := []struct{ action, body, want string }{
		{schema.ActionSearchTask, `{"SearchTaskInfoList":[],"Total":0}`, ""},
		{schema.ActionSearchTask, `{"searchTaskInfoList":{"JobId":"a"},"total":"1"}`, ""},
		{schema.ActionSearchTask, `{"SearchTaskInfoList":[{"JobId":"a"}],"Total":-1}`, ""},
		{schema.ActionSearchTask, `{"SearchTaskInfoList":null,"Total":0}`, ""},
		{schema.ActionSearchTask, `{"SearchTaskInfoList":null,"Total":3}`, list},
		{schema.ActionSearchTask, `{"SearchTaskInfoList":"","Total":3}`, list},
		{schema.ActionSearchTask, `{"Total":3}`, list},
		{schema.ActionSearchTask, `{"SearchTaskInfoList":[{"JobId":"a"}]}`, total},
		{schema.ActionSearchTask, `{"SearchTaskInfoList":[{"JobId":"a"}],"Total":"many"}`, total},
		{schema.ActionSearchTask, `{"Success":true}`, total},
		{schema.ActionSearchTask, `<R><Total>0</Total><Success>true</Success></R>`, ""},
		{schema.ActionListJobGroups, `{"JobGroups":{"List":[],"TotalCount":0}}`, ""},
		{schema.ActionListJobGroups, `{"JobGroups":{"List":null,"TotalCount":2}}`, list},
		{schema.ActionListJobGroups, `{"JobGroups":{"List":[{"JobGroupId":"a"}]}}`, total},
		{schema.ActionListJobGroups, `{"JobGroups":null}`, total},
		{schema.ActionListJobsByGroup, `{"Jobs":{"List":{"JobId":"a"},"TotalCount":1}}`, ""},
		{schema.ActionListJobsByGroup, `{"Jobs":[{"JobId":"a"}]}`, total},
		{schema.ActionListJobs, `{"Jobs":[]}`, ""},
		{schema.ActionListJobs, `{"Jobs":{"Job":[]}}`, ""},
		{schema.ActionListJobs, `{"Jobs":"[{\"JobId\":\"a\"}]"}`, ""},
		{schema.ActionListJobs, `{"Jobs":null}`, jobs},
		{schema.ActionListJobs, `{"Success":true}`, jobs},
		{schema.ActionListJobs, `<R><Success>true</Success></R>`, ""},
	}
	for _, tt := range tests {
		members, err := lenient.Parse([]byte(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		if got := lists.Lacks(tt.action)(&client.Answer{Body: []byte(tt.body), Members: members}); got != tt.want {
			t.Errorf("%s %s lacks %q, want %q", tt.action, tt.body, got, tt.want)
		}
	}
}
