package markup_test

import (
	"fmt"
	"strings"
	"testing"

	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/markup"
)

// notes is a Handler that writes down what it is told.
type notes []string

func (n *notes) Field(name string, value []byte) { *n = append(*n, name+"="+string(value)) }
func (n *notes) Unknown(name string, _ []byte)   { *n = append(*n, "unknown "+name) }
func (n *notes) Job(value, _ []byte)             { *n = append(*n, "job "+string(value)) }
func (n *notes) Damaged(bad jsonscan.Damage, raw []byte) {
	*n = append(*n, fmt.Sprintf("%s %s at %d", bad.Code, raw, bad.At))
}
func (n *notes) Refused(where, what string) { *n = append(*n, "refused "+where+" "+what) }
func (n *notes) Note(note markup.Note)      { *n = append(*n, fmt.Sprint("note ", int(note))) }
func (n *notes) Root(name string)           { *n = append(*n, "root "+name) }

var names = markup.Names{
	Field: func(name string) bool { return name == "RequestId" || name == "Success" },
	Wraps: func(name string) bool { return name == "Job" || name == "List" },
}

// TestRead: what stands in a document, as JSON.
func TestRead(t *testing.T) {
	jobsNote := fmt.Sprint("note ", int(markup.HasJobs))
	for text, want := range map[string][]string{
		`<R><Jobs><JobId>a</JobId><T>1</T><T/></Jobs><RequestId>r</RequestId></R>`: {"root R", jobsNote, `job {"JobId":"a","T":"1","T":""}`, `RequestId="r"`},
		`<RequestId>"r"&amp;</RequestId><Success>true</Success>`:                   {`RequestId="\"r\"&"`, `Success="true"`},
		`<Jobs><Job><JobId><![CDATA[<a>]]></JobId></Job></Jobs>`:                   {jobsNote, fmt.Sprint("note ", int(markup.Wrapped)), jobsNote, `job {"JobId":"<a>"}`},
		`<Jobs><A>mixed<B/></A></Jobs>`:                                            {jobsNote, `job {"A":{"B":"","#text":""}}`},
		`<R>text<X><Y/></X></R>`:                                                   {"root R", "refused the response text", "unknown X"},
		`<R><Jobs><JobId>a</JobID></Jobs><Jobs><JobId>b</JobId></Jobs></R>`:        {"root R", jobsNote, "syntax <Jobs><JobId>a</JobID></Jobs> at 22", jobsNote, `job {"JobId":"b"}`},
		`<R><Jobs><JobId>a`: {"root R", jobsNote, "truncated <Jobs><JobId>a at 14"},
	} {
		var got notes
		end, bad := markup.Read([]byte(text), names, 20, &got)
		if strings.Join(got, "; ") != strings.Join(want, "; ") || end != len(text) || bad.Code != "" {
			t.Errorf("%s:\n got %q\nwant %q; to %d of %d, %+v", text, got, want, end, len(text), bad)
		}
	}
}

// TestReadDamage: damage outside of jobs ends the document.
func TestReadDamage(t *testing.T) {
	for text, want := range map[string]string{
		`<R><RequestId>r</R>`:             "syntax",
		`<R><RequestId>r`:                 "truncated",
		`<html><body>502</body></html>`:   "not_jobs",
		`<R>` + strings.Repeat("<X>", 30): "too_deep",
	} {
		var got notes
		if _, bad := markup.Read([]byte(text), names, 20, &got); bad.Code != want {
			t.Errorf("%s: %+v, want %s", text, bad, want)
		}
	}
}

// FuzzEnd: where a document ends does not depend on how much of the input is
// there, once it is enough.
func FuzzEnd(f *testing.F) {
	for _, text := range []string{
		`<R><Jobs><JobId>a</JobId></Jobs></R> <?xml version="1.0"?><R/>`, `<RequestId>1</RequestId><Jobs/><RequestId>2</RequestId>`, `<RequestId>12</RequestId><RequestId>12</RequestId><Jobs/>`,
		`<R><Jobs><JobId>a</R><ListJobsResponse><Jobs/></ListJobsResponse>`, `<html>502</html> {"Jobs":[]}`, `<R>`, `<`, `<R/>{"JobId":"a"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) == 0 || text[0] != '<' {
			return
		}
		want, whole := markup.End(text, true, names, 20)
		if !whole || want < 0 || want > len(text) {
			t.Fatalf("%q ends at %d, %v", text, want, whole)
		}
		for n := 1; n < len(text); n++ {
			if end, whole := markup.End(text[:n], false, names, 20); whole && end != want {
				t.Fatalf("%q ends at %d, by its first %d bytes at %d", text, want, n, end)
			}
		}
		markup.Read(text[:want], names, 20, &notes{})
	})
}
