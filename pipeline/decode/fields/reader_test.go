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
		`{"JobId":" a ","Contacts":{"List":[null,{"State":1}]},"New":[]}`: "a 0 [] map[Jobs[].New:1 null_element:1 number_for_string:1 trimmed:1 wrapper:1]",
		`{"JobId":"a","Priority":1.5}`:                                    "a 0 [] map[Jobs[].Priority:1]",
		`{"JobId":"a","Tasks":[{},{"Conversation":[{"Script":[]}]}]}`:     "shape: Tasks[1].Conversation[0].Script is an array, not a string",
		`{"JobId":"a","Tasks":[{"TaskId":{}}]}`:                           "shape: Tasks[0].TaskId is an object, not a string",
		`{"JobId":"a","Tasks":[{"Contact":{"Role":[]},"ActualTime":-1,"Conversation":[{},{"Timestamp":1768960000}]}]}`: "a 0 [] map[Jobs[].Tasks[].ActualTime:1 Jobs[].Tasks[].Contact.Role:1 Jobs[].Tasks[].Conversation[].Timestamp:1 no_speaker:2 no_task_id:1]",
		`{"JobId":"a","Tasks":[{"Contact":[]}]}`:                                    "shape: Tasks[0].Contact is an array, not an object",
		`{"JobId":1.3900001111e10,"CallingNumbers":[13900001111.0,1.5,"1.0",1e30]}`: "13900001111 0 [13900001111 1.5 1.0 1e30] map[decimal_for_integer:2 number_for_string:4]",
		`{"JobId":"a","Tasks":[{`:                                                   "truncated at 23",
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
			got = fmt.Sprint(j.JobID, " ", priority, " ", j.CallingNumbers, " ", findings(r))
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}

// findings are what r met, by field or kind.
func findings(r *fields.Reader) schema.Counts {
	found := r.Findings()
	all := schema.Counts{}
	for _, c := range []schema.Counts{found.Coercions, found.Impossible, found.Seconds, found.Damaged, found.Unknown} {
		all.Add(c)
	}
	return all
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
