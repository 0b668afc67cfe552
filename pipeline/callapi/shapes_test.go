package callapi

import (
	"fmt"
	"testing"

	"github.com/goccy/go-json"
)

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
		spelled, err := asJSON([]byte(tt.body))
		if err != nil {
			t.Errorf("%s: %v", tt.body, err)
			continue
		}
		var r jobsResponse
		_ = json.Unmarshal(spelled, &r)
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
			Text    text
			Integer integer
			Boolean boolean
		}
		if err := json.Unmarshal(fmt.Appendf(nil, `{"Text":%[1]s,"Integer":%[1]s,"Boolean":%[1]s}`, tt.value), &v); err != nil {
			t.Fatal(err)
		}
		number, truth := "-", "-"
		if p := v.Integer.pointer(); p != nil {
			number = fmt.Sprint(*p)
		}
		if p := v.Boolean.pointer(); p != nil {
			truth = fmt.Sprint(*p)
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
		var page jobsPage
		_ = json.Unmarshal([]byte(tt.body), &page)
		if len(page.Jobs.List) != tt.rows || page.Jobs.TotalCount.value != tt.total {
			t.Errorf("%s: %+v", tt.body, page)
		}
	}
}

func TestGroupShapes(t *testing.T) {
	const body = `{"JobGroups":{"List":[
		{"JobGroupId":"a","ModifyTime":"5","Progress":"none","Status":"Completed"},
		{"jobGroupId":"b","Progress":{"TotalJobs":"7"},"CreationTime":1.5e12},
		"text", {"JobGroupId":"c","Progress":[]}]}}`
	var page groupsPage
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range page.JobGroups.List {
		row := g.row("i", 1)
		got = append(got, fmt.Sprintf("%s %d %d %v %s", row.JobGroupID, row.CreationTime, row.ModifyTime, row.TotalJobs != nil, row.JobGroupStatus))
	}
	if want := "[a 0 5 false Completed b 1500000000000 0 true  c 0 0 false ]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestJobStatus(t *testing.T) {
	for in, want := range map[text]string{"2": "Succeeded", "0": "Scheduling", "6": "Drafted", "7": "7", "Failed": "Failed", "": ""} {
		if got := jobStatus(in); got != want {
			t.Errorf("%q is %q", in, got)
		}
	}
}

// Whatever is sent, reading it ends, without panic, in an answer or a reason.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"Success":true,"Jobs":[{"JobId":"a","Tasks":[{"ActualTime":1}]}]}`, `{"Jobs":{"List":"[1]"}}`, `<a><b>c</b></a>`, `<a/>`,
		`{"Success":false,"Code":"Throttling.User"}`, `[[[[[[1]]]]]]`, "", "\uFEFF", `"x"`, `{"SearchTaskInfoList":{"x":{"y":[]}}}`,
	} {
		f.Add([]byte(seed), 200)
		f.Add([]byte(seed), 500)
	}
	c, err := New(Options{Keys: &Keys{"id", "secret", ""}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		a, failed := c.read(&request{action: listJobs, jobIDs: []string{"a"}}, &received{status: status, body: body})
		if (a == nil) == (failed == nil) {
			t.Fatalf("%v and %v", a, failed)
		}
		if failed != nil {
			if failed.cause.reason == "" {
				t.Error("no reason")
			}
			return
		}
		d := &discovery{plan: &Plan{}}
		d.sightings(a, []string{"a"})
		var search searchPage
		_ = json.Unmarshal(a.json, &search)
		var groups groupsPage
		_ = json.Unmarshal(a.json, &groups)
		line := a.line(&request{action: listJobs}, nil)
		if _, again, err := readLine(line); err != nil || again.status != a.status {
			t.Errorf("%q is kept as %q: %v", body, line, err)
		}
	})
}
