package markup_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"callmill/pipeline/decode/markup"
)

var names = markup.Names{
	Field: func(name string) bool { return name == "RequestId" || name == "Success" },
	Wraps: func(name string) bool { return name == "Job" || name == "List" },
}

// outline is a document in short.
func outline(doc *markup.Document) string {
	s := string(doc.JSON)
	if doc.Root != "" {
		s = doc.Root + " " + s
	}
	for _, job := range doc.Damaged {
		s += fmt.Sprintf("; %s %s at %d", job.Bad.Code, job.Raw, job.Bad.At)
	}
	return s
}

// TestRead: what stands in a document, as JSON.
func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		`<R><Jobs><JobId>a</JobId><T>1</T><T/></Jobs><RequestId>r</RequestId></R>`: `R {"Jobs":{"JobId":"a","T":"1","T":""},"RequestId":"r"}`,
		`<RequestId>"r"&amp;</RequestId><Success>true</Success>`:                   `{"RequestId":"\"r\"&","Success":"true"}`,
		`<Jobs><Job><JobId><![CDATA[<a>]]></JobId></Job></Jobs>`:                   `{"Jobs":{"Job":{"JobId":"<a>"}}}`,
		`<Job><JobId>a</JobId></Job>`:                                              `{"Jobs":{"JobId":"a"}}`,
		`<Jobs><A>mixed<B/></A></Jobs>`:                                            `{"Jobs":{"A":{"B":"","#text":""}}}`,
		`<R>text<X><Y/></X></R>`:                                                   `R {"#text":"text","X":{"Y":""}}`,
		`<R><Jobs><JobId>a</JobID></Jobs><Jobs><JobId>b</JobId></Jobs></R>`:        `R {"Jobs":[0],"Jobs":{"JobId":"b"}}; syntax <Jobs><JobId>a</JobID></Jobs> at 22`,
		`<R><Jobs><Job><JobId>a<Job><JobId>b</JobId></Job></Jobs></R>`:             `R {"Jobs":{"Job":[0],"Job":{"JobId":"b"}}}; syntax <Job><JobId>a at 18`,
		`<R><Jobs><JobId>a`:                                                        `R {"Jobs":[0]}; truncated <Jobs><JobId>a at 14`,
	} {
		doc, whole := markup.Read([]byte(text), true, names, 20)
		if got := outline(doc); got != want || !whole || doc.End != len(text) || doc.Bad.Code != "" {
			t.Errorf("%s:\n got %s\nwant %s; to %d of %d, %+v", text, got, want, doc.End, len(text), doc.Bad)
		}
	}
}

// TestRaw: a job is found as it was received, by where it is in JSON.
func TestRaw(t *testing.T) {
	doc, _ := markup.Read([]byte(`<R><Jobs a="1"><JobId>a</JobId></Jobs><Jobs><Job><JobId>b</JobId></Job></Jobs></R>`), true, names, 20)
	for value, want := range map[string]string{
		`{"JobId":"a"}`: `<Jobs a="1"><JobId>a</JobId></Jobs>`,
		`{"JobId":"b"}`: `<Job><JobId>b</JobId></Job>`,
	} {
		if got := doc.Raw(strings.Index(string(doc.JSON), value)); string(got) != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
	if doc.Attributes != 1 {
		t.Errorf("%d elements with attributes", doc.Attributes)
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
		if doc, _ := markup.Read([]byte(text), true, names, 20); doc.Bad.Code != want {
			t.Errorf("%s: %+v, want %s", text, doc.Bad, want)
		}
	}
}

// FuzzRead: what is spelled is JSON; and what a document is does not depend
// on how much of the input is there, once it is enough.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		`<R><Jobs><JobId>a</JobId></Jobs></R> <?xml version="1.0"?><R/>`, `<RequestId>1</RequestId><Jobs/><RequestId>2</RequestId>`,
		`<R><Jobs><JobId>a</R><ListJobsResponse><Jobs/></ListJobsResponse>`, `<html>502</html> {"Jobs":[]}`, `<R>`, `<`, `<R/>{"JobId":"a"}`,
		`<R><Jobs><Job><JobId>a<Job><JobId>b</JobId></Job>mixed</Jobs></R>`, `<RequestId>123</RequestId><RequestId>123</RequestId>`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) == 0 || text[0] != '<' || !utf8.Valid(text) {
			return
		}
		want, whole := markup.Read(text, true, names, 20)
		if !whole || want.End < 0 || want.End > len(text) {
			t.Fatalf("%q ends at %d, %v", text, want.End, whole)
		}
		if !json.Valid(want.JSON) {
			t.Fatalf("%q is spelled %s", text, want.JSON)
		}
		for n := 1; n < len(text); n++ {
			if doc, whole := markup.Read(text[:n], false, names, 20); whole && (doc.End != want.End || outline(doc) != outline(want)) {
				t.Fatalf("%q is %s, by its first %d bytes %s", text, outline(want), n, outline(doc))
			}
		}
	})
}
