package lenient_test

import (
	"fmt"
	"strings"
	"testing"

	"callmill/pipeline/outboundbot/internal/lenient"
)

// parse parses a body that is an object.
func parse(t *testing.T, body string) lenient.Object {
	t.Helper()
	o, err := lenient.Parse([]byte(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return o
}

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
		var got []string
		for _, job := range parse(t, tt.body).Get("Jobs").List("JobId") {
			got = append(got, job.Get("JobId").Text())
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s: jobs %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestNoObject(t *testing.T) {
	for body, want := range map[string]string{
		``: "not JSON", `x`: "not JSON", `{"a":1`: "damaged", `[1`: "damaged", `{"a":1}}`: "damaged",
		`[]`: "not an object", `"x"`: "not an object", `null`: "not an object", `<a><b></a>`: "damaged",
		`<R/><S/>x`: "", `<R>text</R>`: "", `{"a":1} `: "",
	} {
		o, err := lenient.Parse([]byte(body))
		if (err == nil) != (want == "") || (o == nil) != (err != nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %q", body, o, err, want)
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
		v := parse(t, `{"Value": `+tt.value+` }`).Get("value")
		number, truth := "-", "-"
		if n, ok := v.Int(); ok {
			number = fmt.Sprint(n)
		}
		if b, ok := v.Bool(); ok {
			truth = fmt.Sprint(b)
		}
		if v.Text() != tt.text || number != tt.integer || truth != tt.boolean {
			t.Errorf("%s: %q %s %s", tt.value, v.Text(), number, truth)
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
		if rows, total := parse(t, tt.body).Get("Jobs").Page("JobId"); len(rows) != tt.rows || total != tt.total {
			t.Errorf("%s: %v, %d in all", tt.body, rows, total)
		}
	}
}

func TestObjectShapes(t *testing.T) {
	const body = `{"JobGroups":{"List":[
		{"JobGroupId":"a","ModifyTime":"5","Progress":"none","Status":"Completed"},
		{"jobGroupId":"b","Progress":{"TotalJobs":"7"},"CreationTime":1.5e12},
		"text", {"JobGroupId":"c","Progress":[]}]}}`
	var got []string
	groups, _ := parse(t, body).Get("JobGroups").Page("JobGroupId")
	for _, g := range groups {
		created, _ := g.Get("CreationTime").Int()
		modified, _ := g.Get("ModifyTime").Int()
		_, counted := g.Get("Progress").Object().Get("TotalJobs").Int()
		got = append(got, fmt.Sprintf("%s %d %d %v %s", g.Get("JobGroupId").Text(), created, modified, counted, g.Get("Status").Text()))
	}
	if want := "[a 0 5 false Completed b 1500000000000 0 true  c 0 0 false ]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}
