package decode_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// TestPage: the examples of the API page, taken from the page, are the same
// job, but for the leading zeros of numbers that its JSON spells as numbers.
func TestPage(t *testing.T) {
	page := string(read(t, shared(t, "ListJobs.zh.txt")))
	xml := between(t, page, "<Message>", "</Success>")
	text := between(t, page, "{\n\"Message\"", "\"Success\": true\n}")
	onlyJob(t, xml, func(fromXML schema.Job) {
		onlyJob(t, text, func(fromJSON schema.Job) { comparePage(t, fromXML, fromJSON) })
	})
}

func comparePage(t *testing.T, fromXML, fromJSON schema.Job) {
	if got := fromJSON.Tasks[0].CallingNumber; got != "57126883106" {
		t.Errorf("calling number %q; the page's JSON has lost its leading zero", got)
	}
	fromJSON.Tasks[0].CallingNumber = "057126883106"
	if diff := cmp.Diff(fromXML, fromJSON); diff != "" {
		t.Errorf("-XML +JSON:\n%s", diff)
	}
	task := fromXML.Tasks[0]
	if fromXML.JobID != "b72425bd-7871-4050-838e-033d80d754b7" || fromXML.RequestID != "254EB995-DEDF-48A4-9101-9CA5B72FFBCC" ||
		*fromXML.Priority != 5 || fromXML.CallingNumbers[0] != "057126883106" || fromXML.Contacts[0].JobID != "72dcd26b-f12d-4c27-b3af-18f6aed5b160" ||
		task.JobID != "" || task.ActualTime != 1579068424883 || *task.Duration != 120 || task.Turns[0].Script != "你好,我是**客服" {
		t.Errorf("got %s", compact(fromXML))
	}
}

// between is the part of text from start to the end that follows it, both
// included.
func between(t *testing.T, text, start, end string) string {
	t.Helper()
	i := strings.Index(text, start)
	if i < 0 {
		t.Fatalf("the page has no %q", start)
	}
	k := strings.Index(text[i:], end)
	if k < 0 {
		t.Fatalf("the page has no %q behind %q", end, start)
	}
	return text[i : i+k+len(end)]
}

// onlyJob calls use with the job of body while it is valid.
func onlyJob(t *testing.T, body string, use func(schema.Job)) {
	t.Helper()
	met := 0
	for item := range decode.New(decode.Options{}).Items(&schema.Raw{Body: []byte(body)}) {
		if item.Reject != nil {
			t.Fatal(item.Reject.Reason)
		}
		met++
		use(*item.Job)
	}
	if met != 1 {
		t.Fatalf("%d jobs", met)
	}
}
