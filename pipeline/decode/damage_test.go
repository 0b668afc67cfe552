package decode_test

import (
	"fmt"
	"slices"
	"testing"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// TestDamage: what is whole before and behind damage comes, as what its
// document says of it, and the damage is one reject, however the input is cut.
func TestDamage(t *testing.T) {
	const (
		line = `{"observed_at":1769016600000,"instance_id":"i2","action":"SearchTask","status":200,"body":`
		page = `{"Success":true,"SearchTaskInfoList":[{"JobId":"a","TaskId":"t"},`
	)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"cut behind a body that is a text": {
			`{"body":"{\"Jobs\":[{\"JobId\":\"a\"},{\"JobId\":\"b\"}]}"`,
			[]string{"inst a", "inst b", "inst truncated: the input ends in the middle, at byte 58"},
		},
		"behind a body that is a text": {
			`{"body":"{\"Jobs\":[{\"JobId\":\"a\"},{\"JobId\":\"b\"}]}" x,"statusCode":200}`,
			[]string{"inst a", "inst b", "inst syntax: a comma or } is missing, at byte 59"},
		},
		"a raw line cut behind its text": {
			`{"observed_at":1769016600000,"instance_id":"i2","action":"ListJobs","status":200,"body":"{\"Jobs\":[{\"JobId\":\"a\"},{\"JobId\":\"b\"}]}"`,
			[]string{"i2 a", "i2 b", "i2 truncated: the input ends in the middle, at byte 138"},
		},
		"jobs in a text and in a list": {
			`{"Jobs":[{"JobId":"a"}],"body":"{\"Jobs\":[{\"JobId\":\"b\"}]}" x`,
			[]string{"inst a", "inst b", "inst syntax: a comma or } is missing, at byte 64"},
		},
		"jobs in a list and damage in a text": {
			`{"Jobs":[{"JobId":"a"}],"body":"{x" x`,
			[]string{"inst a", "inst syntax: a comma or } is missing, at byte 36"},
		},
		"behind a text that says that none is to be published": {
			`{"body":"{\"Jobs\":[{\"JobId\":\"a\"}],\"Success\":false}" x`,
			[]string{"inst api_error: the API answered Success:false"},
		},
		"rows cut short": {
			page + `{"JobId":"b","Task`,
			[]string{"inst t of a", "inst truncated: the input ends in the middle, at byte 83"},
		},
		"a raw line of rows cut short": {
			line + page + `{"JobId":"b","Task`,
			[]string{"i2 t of a", "i2 truncated: the input ends in the middle, at byte 173"},
		},
		"damage between rows": {
			page + `x,{"JobId":"b"}]}{"JobId":"c"}` + "\n" + `{"JobId":"d"}`,
			[]string{"inst t of a", "inst syntax: a value is missing, at byte 65", "inst d"},
		},
		"a raw line with damage between rows": {
			line + page + `x,{"JobId":"b"}]}}{"Jobs":[{"JobId":"c"}]}`,
			[]string{"i2 t of a", "i2 syntax: a value is missing, at byte 155", "inst c"},
		},
		"a text with damage between rows": {
			`{"action":"SearchTask","body":"{\"SearchTaskInfoList\":[{\"JobId\":\"a\",\"TaskId\":\"t\"} x,{\"JobId\":\"b\"}]}"}`,
			[]string{"inst t of a"},
		},
		"damage behind rows": {
			page + `null]} x {"JobId":"b"}`,
			[]string{"inst t of a", "inst syntax: a value is missing, at byte 0", "inst b"},
		},
		"campaigns cut short": {
			`{"observed_at":1769016600000,"action":"ListJobGroups","body":{"JobGroups":{"List":[`,
			[]string{"inst truncated: the input ends in the middle, at byte 83"},
		},
		"within a text": {
			`{"observed_at":1769016600000,"instance_id":"i2","action":"ListJobs","body":"{\"Jobs\":[{\"JobId\":\"a\"},{\"JobId\":x}]}"}`,
			[]string{"i2 a", "i2 syntax: a value is missing, at byte 9"},
		},
		"within a text of another action": {
			`{"action":"DescribeJob","body":"{\"Jobs\":[{\"JobId\":\"a\"},{\"JobId\":x}]}"}`,
			nil,
		},
		"behind a bare job in a body": {
			`{"body":{"JobId":"z"} x`,
			[]string{"inst z", "inst syntax: a comma or } is missing, at byte 22"},
		},
		"a body of two documents": {
			`{"observed_at":1769016600000,"instance_id":"i2","action":"ListJobs","status":200,"body":{"JobId":"z"}{"Success":true,"Jobs":[{"JobId":"a"},{"JobId":"b"}]}}`,
			[]string{"i2 z", "i2 syntax: a comma or } is missing, at byte 101", "inst a", "inst b"},
		},
	} {
		base := schema.Raw{InstanceID: "inst", ObservedAt: 5, Undated: true}
		whole := base
		whole.Body = []byte(c.body)
		if got := inShort(&whole); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
		want := outlines(decode.New(decode.Options{}), &whole)
		for _, size := range []int{1, 30, 1 << 20} {
			if got, _ := cutOutlines(t, decode.Options{PieceBytes: size}, base, whole.Body); !slices.Equal(got, want) {
				t.Errorf("%s in pieces of %d:\n got %q\nwant %q", name, size, got, want)
			}
		}
	}
}

// inShort returns the items of a body with the instance they are of.
func inShort(raw *schema.Raw) (got []string) {
	for item := range decode.New(decode.Options{}).Items(raw) {
		switch {
		case item.Job != nil:
			got = append(got, item.Job.InstanceID+" "+item.Job.JobID)
		case item.Facts != nil:
			got = append(got, fmt.Sprintf("%s %s of %s", item.Facts.InstanceID, item.Facts.TaskID, item.Facts.JobID))
		default:
			got = append(got, fmt.Sprintf("%s %s: %s", item.Reject.InstanceID, item.Reject.Code, item.Reject.Reason))
		}
	}
	return got
}
