package trace_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"callmill/pipeline/redact"
	"callmill/pipeline/trace"
)

func tracer(v trace.Values) *trace.Tracer {
	return trace.New(v, trace.Options{Number: redact.Number})
}

var person = trace.Values{Numbers: []string{"10020000013"}, References: []string{"case-7"}, Jobs: []string{"job-1", "作业 1"}, Others: []string{"job-later"}}

func utf16le(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func TestIn(t *testing.T) {
	tests := []struct {
		name, text string
		want       bool
	}{
		{"digits", `"PhoneNumber":"10020000013"`, true},
		{"a number", `"PhoneNumber":10020000013,`, true},
		{"grouped", "100-2000-0013", true},
		{"grouped by spaces", "100 2000 0013", true},
		{"the country's code", "+8610020000013", true},
		{"the country's code apart", "0086 100 2000 0013", true},
		{"a leading zero", "010020000013", true},
		{"full width", "１００２００００００１３ 和 １００２０００００１３", true},
		{"spoken", "幺零零二零零零零零幺三", true},
		{"spoken with 一 and 〇", "一〇〇二〇〇〇〇〇一三", true},
		{"mixed, with fillers", "幺零零，嗯，2000那个零零13", true},
		{"escaped", `"\u5e7a\u96f6\u96f6\u4e8c\u96f6\u96f6\u96f6\u96f6\u96f6\u5e7a\u4e09"`, true},
		{"full width, escaped", strings.Trim(escape("１００２０００００１３"), `"`), true},
		{"UTF-16", utf16le("电话10020000013"), true},
		{"Arabic-Indic", "١٠٠٢٠٠٠٠٠١٣", true},
		{"a part of a longer number", "1002000001345", false},
		{"the end of a longer number", "9910020000013", false},
		{"another number", "10020000014", false},
		{"its digits over words", "1002 次 0000013", false},
		{"a reference id", `"case-7"`, true},
		{"a longer reference id", `"case-77"`, false},
		{"a job", `{"JobId": "job-1"}`, true},
		{"a longer job", `{"JobId": "job-12"}`, false},
		{"a job that is no token", `{"JobId": "作业 1"}`, true},
		{"nothing", `{"JobId": "job-2", "Script": "您好"}`, false},
		{"empty", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tracer(person).In([]byte(tt.text)); got != tt.want {
				t.Errorf("%q: %v, want %v", tt.text, got, tt.want)
			}
		})
	}
}

func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(strings.ReplaceAll(`\uXXXX`, "XXXX", hex4(r)))
	}
	return `"` + b.String() + `"`
}

func hex4(r rune) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15]})
}

func TestCut(t *testing.T) {
	tests := []struct {
		name, doc, want string // "" is that nothing may stay
		cut             int
	}{
		{"one of many", `{"Jobs":[{"JobId":"job-0"},{"JobId":"job-1","Tasks":[{"JobId":"job-1"}]},{"JobId":"job-2"}],"Success":true}`,
			`{"Jobs":[{"JobId":"job-0"},{"JobId":"job-2"}],"Success":true}`, 1},
		{"the first and the last", `{"Jobs":[ {"JobId":"job-1"}, {"JobId":"job-2"}, {"JobId":"job-1"} ]}`, `{"Jobs":[{"JobId":"job-2"}]}`, 2},
		{"all", `{"Jobs":[{"JobId":"job-1"}]}`, `{"Jobs":[]}`, 1},
		{"none", `{ "Jobs": [ {"JobId": "job-2"} ] }`, `{ "Jobs": [ {"JobId": "job-2"} ] }`, 0},
		{"a wrapper", `{"Jobs":{"List":[{"JobId":"job-1"},{"JobId":"job-2"}]}}`, `{"Jobs":{"List":[{"JobId":"job-2"}]}}`, 1},
		{"an object for an array", `{"Jobs":{"Job":{"JobId":"job-1"}},"RequestId":"r"}`, `{"Jobs":{},"RequestId":"r"}`, 1},
		{"by the number of a contact", `{"Jobs":[{"JobId":"job-8","Contacts":[{"Name":"x"},{"PhoneNumber":"+86 100 2000 0013"}]},{"JobId":"job-2"}]}`,
			`{"Jobs":[{"JobId":"job-2"}]}`, 1},
		{"by a number as a number", `{"Jobs":[{"JobId":"job-8","Tasks":[{"CalledNumber":10020000013}]}]}`, `{"Jobs":[]}`, 1},
		{"by the reference id", `{"Jobs":[{"JobId":"job-8","JobReferenceId":"case-7"},{"JobId":"job-9"}]}`, `{"Jobs":[{"JobId":"job-9"}]}`, 1},
		{"a later job of the number stays", `{"Jobs":[{"JobId":"job-later","Contacts":[{"PhoneNumber":"10020000013"}]}]}`,
			`{"Jobs":[{"JobId":"job-later","Contacts":[{"PhoneNumber":"10020000013"}]}]}`, 0},
		{"a mention by another stays", `{"Jobs":[{"JobId":"job-2","Tasks":[{"Conversation":[{"Script":"打10020000013"}]}]}]}`,
			`{"Jobs":[{"JobId":"job-2","Tasks":[{"Conversation":[{"Script":"打10020000013"}]}]}]}`, 0},
		{"rows of SearchTask", `{"Tasks":[{"JobId":"job-2"},{"JobId":"job-1"},{"CalledNumber":"10020000013"}],"PageIndex":0}`, `{"Tasks":[{"JobId":"job-2"}],"PageIndex":0}`, 2},
		{"what was asked", `{"asked":{"job_ids":["job-1","job-2"]},"body":{"Jobs":[]}}`, `{"asked":{"job_ids":["job-2"]},"body":{"Jobs":[]}}`, 1},
		{"a body in a string", `{"origin":"a.json","body":"{\"Jobs\":[{\"JobId\":\"job-1\"},{\"JobId\":\"job-2\"}]}"}`,
			`{"origin":"a.json","body":"{\"Jobs\":[{\"JobId\":\"job-2\"}]}"}`, 1},
		{"a body that is no JSON", `{"origin":"a.xml","body":"<Jobs><JobId>job-1</JobId></Jobs>"}`, "", 0},
		{"a body that is no JSON, of others", `{"origin":"a.xml","body":"<Jobs><JobId>job-2</JobId></Jobs>"}`, `{"origin":"a.xml","body":"<Jobs><JobId>job-2</JobId></Jobs>"}`, 0},
		{"bytes", `{"origin":"a","bytes":"` + base64.StdEncoding.EncodeToString([]byte("\xff 10020000013")) + `"}`, "", 0},
		{"JSON in a string", `{"Jobs":[{"JobId":"job-8","Extra":"{\"PhoneNumber\":\"10020000013\"}"}]}`, `{"Jobs":[]}`, 1},
		{"the only one", `{"JobId":"job-1"}`, "", 0},
		{"no JSON", `{"JobId":`, "", 0},
		{"two values", `{} {}`, "", 0},
		{"several responses", `[{"Jobs":[{"JobId":"job-1"},{"JobId":"job-2"}]},{"Jobs":[]}]`, `[{"Jobs":[{"JobId":"job-2"}]},{"Jobs":[]}]`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rest, cut, ok := tracer(person).Cut([]byte(tt.doc))
			if string(rest) != tt.want || cut != tt.cut || ok != (tt.want != "") {
				t.Errorf("%s, %d, %v; want %s, %d", rest, cut, ok, tt.want, tt.cut)
			}
		})
	}
}

// TestCutInputs: what was refused goes by its bytes, whatever it says.
func TestCutInputs(t *testing.T) {
	const refused = `{"JobId":"job-5","Status":10020000013}`
	sum := sha256.Sum256([]byte(refused))
	tr := trace.New(trace.Values{Inputs: []trace.Input{{Bytes: int64(len(refused)), SHA256: hex.EncodeToString(sum[:])}}}, trace.Options{})
	body, err := json.Marshal(`{"Jobs":[` + refused + `,{"JobId":"job-2"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	for doc, want := range map[string]string{
		`{"Jobs":[{"JobId":"job-2"},` + refused + `]}`:                                        `{"Jobs":[{"JobId":"job-2"}]}`,
		`{"Jobs":[{"JobId":"job-5","Status":10020000014}]}`:                                   `{"Jobs":[{"JobId":"job-5","Status":10020000014}]}`,
		`{"origin":"a.json","body":` + string(body) + `}`:                                     `{"origin":"a.json","body":"{\"Jobs\":[{\"JobId\":\"job-2\"}]}"}`,
		`{"origin":"a.jsonl","body":` + strconv.Quote(refused) + `}`:                          "",
		`{"origin":"a","bytes":"` + base64.StdEncoding.EncodeToString([]byte(refused)) + `"}`: "",
	} {
		if rest, _, _ := tr.Cut([]byte(doc)); string(rest) != want {
			t.Errorf("%s: left %s; want %s", doc, rest, want)
		}
	}
}

func TestBlot(t *testing.T) {
	doc := `{"run":"1","warnings":[{"says":"job job-1 of 幺零零二零零零零零幺三","n":3},"job-2 \"quoted\""]}`
	got, n := tracer(person).Blot([]byte(doc))
	if want := `{"run":"1","warnings":[{"says":"[erased]","n":3},"job-2 \"quoted\""]}`; string(got) != want || n != 1 {
		t.Errorf("%s, %d", got, n)
	}
	if same, n := tracer(person).Blot([]byte(`{"a":"b"}`)); string(same) != `{"a":"b"}` || n != 0 {
		t.Errorf("%s, %d", same, n)
	}
}

// FuzzCut: what is cut of JSON is JSON, is not cut again, and holds none of the job's
// objects; nothing panics.
func FuzzCut(f *testing.F) {
	f.Add([]byte(`{"Jobs":[{"JobId":"job-1"},{"JobId":"job-2"}]}`))
	f.Add([]byte(`[[{"jobId":"job-1"}],{"body":"[{\"JobId\":\"job-1\"}]"}]`))
	f.Add([]byte(`{"a":[1,2,"\ud800",{"phone":10020000013}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		tr := tracer(person)
		tr.In(doc)
		tr.Blot(doc)
		rest, cut, ok := tr.Cut(doc)
		if !ok {
			return
		}
		if !json.Valid(rest) {
			t.Fatalf("cut %q: %q", doc, rest)
		}
		if cut > 0 {
			if again, n, ok := tr.Cut(rest); !ok || n != 0 || string(again) != string(rest) {
				t.Fatalf("cut %q again: %q, %d, %v", rest, again, n, ok)
			}
		}
	})
}
