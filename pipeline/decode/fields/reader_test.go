package fields_test

import (
	"fmt"
	"testing"

	"callmill/pipeline/decode/fields"
	"callmill/schema"
)

// TestJob: what a job comes to, or why it is refused, and what was counted.
func TestJob(t *testing.T) {
	for text, want := range map[string]string{
		`{"JobId":"a","Priority":"5"}`:                                    "a 5 [] map[string_for_number:1]",
		`{"jobId":7,"CallingNumbers":"[\"0571\",\"0572\"]"}`:              "7 0 [0571 0572] map[calling_numbers_json_text:1 calling_numbers_string:1 lower_camel:1 number_for_string:1]",
		`{"JobId":" a ","Contacts":{"List":[null,{"State":1}]},"New":[]}`: "a 0 [] map[null_element:1 number_for_string:1 trimmed:1 unknown_field:1 wrapper:1]",
		`{"JobId":"a","Priority":1.5}`:                                    `number: Priority is "1.5", which is not a whole number of 64 bits`,
		`{"JobId":"a","Tasks":[{},{"Conversation":[{"Script":[]}]}]}`:     "shape: Tasks[1].Conversation[0].Script is an array, not a string",
		`{"JobId":"a","Tasks":[{`:                                         "truncated at 23",
	} {
		r := fields.NewReader(20)
		r.Reset([]byte(text))
		var j schema.Job
		got := ""
		switch {
		case !r.Job(&j):
			got = fmt.Sprint(r.Bad.Code, " at ", r.Bad.At)
		case r.Refused.Code != "":
			got = r.Refused.Code + ": " + r.Refused.Reason
		default:
			priority := int32(0)
			if j.Priority != nil {
				priority = *j.Priority
			}
			got = fmt.Sprint(j.JobID, " ", priority, " ", j.CallingNumbers, " ", map[string]int64(r.Counts()))
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestTable: a table reads the fields it has, in any order, and says which
// members it does not know.
func TestTable(t *testing.T) {
	type point struct{ x, y int64 }
	table := fields.NewTable([]fields.Field[point]{
		{Name: "X", Read: func(r *fields.Reader, p *point) (ok bool) { p.x, _, ok = r.Integer(); return ok }},
		{Name: "Y", Read: func(r *fields.Reader, p *point) (ok bool) { p.y, _, ok = r.Integer(); return ok }},
	})
	r := fields.NewReader(20)
	for text, want := range map[string]string{
		`{"X":1,"Y":2}`:           "{1 2}",
		`{ "y" : 2 , "X" : "1" }`: "{1 2}",
		`{"Y":2,"Z":[3]}`:         "{0 2} Z=[3]",
	} {
		var p point
		unknown := ""
		r.Reset([]byte(text))
		fields.ReadObject(r, table, &p, func(_ *fields.Reader, _ *point, name, value []byte) { unknown = fmt.Sprintf(" %s=%s", name, value) })
		if got := fmt.Sprint(p) + unknown; got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
