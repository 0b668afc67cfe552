package lenient_test

import (
	"fmt"
	"testing"

	"callmill/pipeline/outboundbot/internal/lenient"
)

// job, group and progress are entries of lists, as the API spells them.
type job struct {
	JobID lenient.Text `json:"JobId"`
}

type group struct {
	JobGroupID   lenient.Text `json:"JobGroupId"`
	Status       lenient.Text
	CreationTime lenient.Int
	ModifyTime   lenient.Int
	Progress     lenient.Object[progress]
}

type progress struct{ TotalJobs lenient.Int }

// Every way a list of jobs may be spelled.
func TestListShapes(t *testing.T) {
	tests := []struct{ body, want string }{
		{`{"Jobs":[{"JobId":"a","Status":"Failed"},{"JobId":"b"}]}`, "a b"},
		{`{"jobs":[{"jobId":"a"}]}`, "a"},
		{`{"Jobs":{"JobId":"a","Status":"Failed"}}`, "a"},
		{`{"Jobs":{"JobId":"a"}}`, "a"},
		{`{"Jobs":{"Job":[{"JobId":"a"},{"JobId":"b"}]}}`, "a b"},
		{`{"Jobs":{"Job":{"JobId":"a","Tasks":[]}}}`, "a"},
		{`{"Jobs":{"List":[{"JobId":"a"}],"PageNumber":1}}`, "a"},
		{`{"Jobs":{"List":{"Job":{"JobId":"a"}},"PageNumber":1}}`, "a"},
		{`{"Jobs":[null,{"JobId":17},[{"JobId":"\tb "}],"text",3]}`, "17 b"},
		{`{"Jobs":"[{\"JobId\":\"a\"}]"}`, "a"},
		{`{"Jobs":""}`, ""},
		{`{"Jobs":null}`, ""},
		{`{}`, ""},
		{`{"Jobs":[{"JobId":"a","Tasks":"none"},{"JobId":{"x":1}}]}`, "a "},
		{`<ListJobsResponse><Jobs><JobId>a</JobId></Jobs><Jobs><JobId>b</JobId></Jobs><Success>true</Success></ListJobsResponse>`, "a b"},
		{`<Jobs><JobId>a</JobId><Tasks><TaskId>1</TaskId></Tasks></Jobs><Code>OK</Code>`, "a"},
		{"\uFEFF" + `<?xml version="1.0"?><R><Jobs><Job><JobId><![CDATA[a]]></JobId></Job><Job><JobId>b&amp;c</JobId></Job></Jobs></R>`, "a b&c"},
	}
	for _, tt := range tests {
		spelled, err := lenient.JSON([]byte(tt.body))
		if err != nil {
			t.Errorf("%s: %v", tt.body, err)
			continue
		}
		var r struct{ Jobs lenient.List[job] }
		lenient.Read(spelled, &r)
		got := ""
		for i, j := range r.Jobs {
			if i > 0 {
				got += " "
			}
			got += string(j.JobID)
		}
		if got != tt.want {
			t.Errorf("%s: jobs %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestScalarShapes(t *testing.T) {
	tests := []struct{ value, text, integer, boolean string }{
		{`"x"`, "x", "-", "-"},
		{`" 7\t"`, "7", "7", "-"},
		{`7`, "7", "7", "-"},
		{`-7`, "-7", "-7", "-"},
		{`41000.0`, "41000.0", "41000", "-"},
		{`4.1e4`, "4.1e4", "41000", "-"},
		{`4.5`, "4.5", "-", "-"},
		{`1e300`, "1e300", "-", "-"},
		{`9223372036854775807`, "9223372036854775807", "9223372036854775807", "-"},
		{`9223372036854775808`, "9223372036854775808", "-", "-"},
		{`"NaN"`, "NaN", "-", "-"},
		{`true`, "true", "-", "true"},
		{`"False"`, "False", "-", "false"},
		{`1`, "1", "1", "true"},
		{`"0"`, "0", "0", "false"},
		{`null`, "", "-", "-"},
		{`""`, "", "-", "-"},
		{`{}`, "", "-", "-"},
		{`[1]`, "", "-", "-"},
	}
	for _, tt := range tests {
		var v struct {
			Text    lenient.Text
			Integer lenient.Int
			Boolean lenient.Bool
		}
		lenient.Read(fmt.Appendf(nil, `{"Text":%[1]s,"Integer":%[1]s,"Boolean":%[1]s}`, tt.value), &v)
		number, truth := "-", "-"
		if p := v.Integer.Pointer(); p != nil {
			number = fmt.Sprint(*p)
		}
		if v.Boolean.Known {
			truth = fmt.Sprint(v.Boolean.Value)
		}
		if string(v.Text) != tt.text || number != tt.integer || truth != tt.boolean {
			t.Errorf("%s: %q %s %s", tt.value, v.Text, number, truth)
		}
	}
}

func TestPagedShapes(t *testing.T) {
	tests := []struct {
		body  string
		rows  int
		total int64
	}{
		{`{"Jobs":{"List":[{"JobId":"a"},{"JobId":"b"}],"TotalCount":7}}`, 2, 7},
		{`{"Jobs":{"List":{"Job":[{"JobId":"a"}]},"TotalCount":"7"}}`, 1, 7},
		{`{"Jobs":[{"JobId":"a"}]}`, 1, 0},
		{`{"Jobs":{"Job":[{"JobId":"a"}]}}`, 1, 0},
		{`{"Jobs":{"List":[],"TotalCount":0}}`, 0, 0},
		{`{"Jobs":"none"}`, 0, 0},
	}
	for _, tt := range tests {
		var page struct{ Jobs lenient.Paged[job] }
		lenient.Read([]byte(tt.body), &page)
		if len(page.Jobs.List) != tt.rows || page.Jobs.TotalCount.Value != tt.total {
			t.Errorf("%s: %+v", tt.body, page)
		}
	}
}

func TestObjectShapes(t *testing.T) {
	const body = `{"JobGroups":{"List":[
		{"JobGroupId":"a","ModifyTime":"5","Progress":"none","Status":"Completed"},
		{"jobGroupId":"b","Progress":{"TotalJobs":"7"},"CreationTime":1.5e12},
		"text", {"JobGroupId":"c","Progress":[]}]}}`
	var page struct{ JobGroups lenient.Paged[group] }
	lenient.Read([]byte(body), &page)
	var got []string
	for _, g := range page.JobGroups.List {
		got = append(got, fmt.Sprintf("%s %d %d %v %s", g.JobGroupID, g.CreationTime.Value, g.ModifyTime.Value, g.Progress.Fields.TotalJobs.Known, g.Status))
	}
	if want := "[a 0 5 false Completed b 1500000000000 0 true  c 0 0 false ]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}
