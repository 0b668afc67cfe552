package decode_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/decode"
	"callmill/pipeline/internal/growth"
	"callmill/schema"
)

// TestHostileInputs: what is made to take long does not. Quadratic work on
// inputs of this size would take minutes.
func TestHostileInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures time")
	}
	fill := func(unit string, n int) string { return strings.Repeat(unit, n/len(unit)) }
	inputs := map[string]func(n int) string{
		"brackets":          func(n int) string { return fill("[", n) },
		"braces":            func(n int) string { return fill("{", n) },
		"nested objects":    func(n int) string { return fill(`{"a":`, n) },
		"nested in a job":   func(n int) string { return `{"Jobs":[{"JobId":"a","X":` + fill("[", n) },
		"nested wrappers":   func(n int) string { return fill(`{"Jobs":`, n) },
		"nested lists":      func(n int) string { return `{"Jobs":` + fill(`{"List":`, n) },
		"a long number":     func(n int) string { return `{"Jobs":[{"JobId":"a","Priority":` + fill("9", n) + `}]}` },
		"a long exponent":   func(n int) string { return `{"Jobs":[{"JobId":"a","Priority":1e` + fill("9", n) + `}]}` },
		"zeros":             func(n int) string { return `{"Jobs":[{"JobId":"a","Priority":1` + fill("0", n) + `.0}]}` },
		"an open string":    func(n int) string { return `{"Jobs":[{"JobId":"` + fill("a", n) },
		"backslashes":       func(n int) string { return `{"Jobs":[{"JobId":"` + fill(`\\`, n) + `"}]}` },
		"escaped quotes":    func(n int) string { return `{"Jobs":[{"JobId":` + fill(`\"`, n) + `}]}` },
		"jobs without end":  func(n int) string { return `{"Jobs":[` + fill(`{"JobId":"a","Tasks":[{`, n) },
		"damaged jobs":      func(n int) string { return `{"Jobs":[` + fill(`{"JobId":tru},`, n) },
		"damaged lines":     func(n int) string { return fill("{\"JobId\":\"a\",\"Tasks\":[{\n", n) },
		"damaged and good":  func(n int) string { return fill("{\"JobId\":\"a\",\"T\n{\"JobId\":\"b\"}\n", n) },
		"empty objects":     func(n int) string { return fill(`{}`, n) },
		"scalars":           func(n int) string { return fill("1 ", n) },
		"commas":            func(n int) string { return fill(",", n) },
		"null jobs":         func(n int) string { return `{"Jobs":[` + fill("null,", n) + `null]}` },
		"tasks with one id": func(n int) string { return `{"JobId":"a","Tasks":[` + fill(`{"TaskId":"t"},`, n) + `{}]}` },
		"tasks without id":  func(n int) string { return `{"JobId":"a","Tasks":[` + fill(`{},`, n) + `{}]}` },
		"turns": func(n int) string {
			return `{"JobId":"a","Tasks":[{"Conversation":[` + fill(`{"Script":"x"},`, n) + `{}]}]}`
		},
		"calling numbers":      func(n int) string { return `{"JobId":"a","CallingNumbers":["[` + fill(`\"1\",`, n) + `1]"]}` },
		"small jobs":           func(n int) string { return `{"Jobs":[` + fill(`{"JobId":"a"},`, n) + `{"JobId":"b"}],"Success":true}` },
		"repeated members":     func(n int) string { return `{` + fill(`"Jobs":{"JobId":"a"},`, n) + `"x":1}` },
		"XML elements":         func(n int) string { return fill("<a>", n) },
		"XML jobs":             func(n int) string { return fill("<Jobs><JobId>a</JobId></Jobs>", n) },
		"XML jobs without end": func(n int) string { return fill("<Jobs><JobId>", n) },
		"XML damaged jobs":     func(n int) string { return "<R>" + fill("<Jobs><JobId></Jobs>", n) },
		"XML turns": func(n int) string {
			return "<Jobs><JobId>a</JobId><Tasks>" + fill("<Conversation><Script>x</Script></Conversation>", n) + "</Tasks></Jobs>"
		},
		"XML wrapper":           func(n int) string { return "<R><Jobs>" + fill("<Job><JobId>a</JobId></Job>", n) + "</Jobs></R>" },
		"XML comments":          func(n int) string { return "<R>" + fill("<!-- -->", n) },
		"HTML":                  func(n int) string { return "<html>" + fill("<br>", n) },
		"random-looking braces": func(n int) string { return fill(`{"x":[{"y":{`, n) },
	}
	for name, input := range inputs {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			growth.CheckLinear(t, name, 1<<18, func(size int) {
				for range decode.New(decode.Options{}).Items(&schema.Raw{Body: []byte(input(size))}) {
				}
			})
		})
	}
}

// TestLargeValues: what is large and in order is decoded.
func TestLargeValues(t *testing.T) {
	script := strings.Repeat("你好，", 1<<20/9)
	var turns bytes.Buffer
	const count = 50_000
	for i := range count {
		fmt.Fprintf(&turns, `{"Script":"%d","Speaker":"Robot"},`, i)
	}
	body := fmt.Sprintf(`{"Jobs":[{"JobId":"a","Tasks":[{"TaskId":"t","Conversation":[%s{"Script":%q,"Speaker":"Contact"}]}]}]}`, turns.String(), script)
	for item := range decode.New(decode.Options{}).Items(&schema.Raw{Body: []byte(body)}) {
		if item.Job == nil {
			t.Fatal(item.Reject.Reason)
		}
		got := item.Job.Tasks[0].Turns
		if len(got) != count+1 || got[count].Script != script || got[count-1].Script != "49999" {
			t.Fatalf("%d turns", len(got))
		}
	}
}

// TestTooMany: a job whose lists would fill the memory is refused, those
// around it are not.
func TestTooMany(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: reads lists of a million elements")
	}
	for _, list := range []string{
		`"Tasks":[` + strings.Repeat(`{},`, 100_000) + `{}]`,
		`"Tasks":[{"Conversation":[` + strings.Repeat(`{},`, 1_500_000) + `{}]}]`,
	} {
		var got []string
		body := `[{"JobId":"a"},{"JobId":"b",` + list + `},{"JobId":"c"}]`
		for item := range decode.New(decode.Options{}).Items(&schema.Raw{Body: []byte(body)}) {
			if item.Job != nil {
				got = append(got, item.Job.JobID)
			} else {
				got = append(got, item.Reject.Code+" "+item.Reject.JobID)
			}
		}
		if want := []string{"a", "too_large b", "c"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestManyXMLJobs: the same for XML, whose envelope is read ahead.
func TestManyXMLJobs(t *testing.T) {
	const count = 5000
	var jobs strings.Builder
	for i := range count {
		fmt.Fprintf(&jobs, `<Jobs><JobId>%d</JobId><Extras><Key>a &amp; b</Key></Extras></Jobs>`, i)
	}
	for rest, want := range map[string]string{
		"<RequestId>r</RequestId><Success>true</Success></R>":  "5000 jobs, 0 rejects",
		"<RequestId>r</RequestId>":                             "5000 jobs, 1 rejects",
		"<RequestId>r</RequestId><Success>false</Success></R>": "0 jobs, 1 rejects",
	} {
		met, rejects := 0, 0
		body := "<R>" + jobs.String() + rest
		for item := range decode.New(decode.Options{PieceBytes: 1 << 10}).Items(&schema.Raw{Body: []byte(body)}) {
			if item.Job == nil {
				rejects++
				continue
			}
			if j := item.Job; j.JobID != fmt.Sprint(met) || item.Position != int64(met) || j.RequestID != "r" || j.Extras[0].Key != "a & b" {
				t.Fatalf("position %d is %+v", item.Position, j)
			}
			met++
		}
		if got := fmt.Sprintf("%d jobs, %d rejects", met, rejects); got != want {
			t.Errorf("%s: %s, want %s", rest, got, want)
		}
	}
}

// TestManyJobs: the envelope counts for every job of a response, also where it
// follows more of them than wait for it.
func TestManyJobs(t *testing.T) {
	const count = 5000
	var jobs strings.Builder
	for i := range count {
		fmt.Fprintf(&jobs, `{"JobId":"%d"},`, i)
	}
	for _, c := range []struct {
		name, rest string
		jobs       int
		rejects    int
	}{
		{"success", `],"RequestId":"\u0072","Success":true}`, count + 1, 0},
		{"failure", `],"Success":false}`, 0, 1},
		{"another action", `],"action":"SearchTask"}`, 0, 0},
		{"two lists", `],"RequestId":"\u0072","Jobs":[` + jobs.String() + `null]}`, 2*count + 1, 0},
		{"truncated", `],"RequestId":"r"`, count + 1, 1},
	} {
		jobsMet, rejects, next := 0, 0, int64(0)
		for item := range decode.New(decode.Options{}).Items(&schema.Raw{Body: []byte(`{"Jobs":[` + jobs.String() + `{"JobId":"last"}` + c.rest)}) {
			if item.Position != next {
				t.Fatalf("%s: position %d, want %d", c.name, item.Position, next)
			}
			next++
			if item.Job == nil {
				rejects++
				continue
			}
			jobsMet++
			if item.Job.RequestID != "r" {
				t.Fatalf("%s: job %d has request id %q", c.name, item.Position, item.Job.RequestID)
			}
		}
		wantedID := c.jobs == jobsMet && c.rejects == rejects
		if !wantedID {
			t.Errorf("%s: %d jobs and %d rejects, want %d and %d", c.name, jobsMet, rejects, c.jobs, c.rejects)
		}
	}
}
