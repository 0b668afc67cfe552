package decode_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// TestFault: why an origin ended early is told once, by the reject of what was
// cut or else by one behind the jobs.
func TestFault(t *testing.T) {
	const fault = "the archive ends in the middle"
	for body, want := range map[string][]string{
		`{"Jobs":[{"JobId":"a"},{"JobId":"b"`: {"a", "1 truncated the input ends in the middle, at byte 12: " + fault},
		`{"Jobs":[{"JobId":"a"}`:              {"a", "1 truncated the input ends in the middle, at byte 22: " + fault},
		`{"Jobs":[{"JobId":"a"}]}`:            {"a", "1 truncated the input ends early: " + fault},
		``:                                    {"0 truncated the input ends early: " + fault},
	} {
		var got []string
		for item := range decode.New(decode.Options{}).Items(&schema.Raw{Body: []byte(body), Fault: fault}) {
			if item.Job != nil {
				got = append(got, item.Job.JobID)
			} else {
				got = append(got, fmt.Sprint(item.Position, " ", item.Reject.Code, " ", item.Reject.Reason))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

// TestRejectOfSource: a piece the source found unusable is handed on.
func TestRejectOfSource(t *testing.T) {
	reject := &schema.Reject{Code: schema.RejectTooLarge, Reason: "too large"}
	var codes []string
	for item := range decode.New(decode.Options{}).Items(&schema.Raw{Position: 7, Reject: reject, Fault: "torn"}) {
		codes = append(codes, fmt.Sprint(item.Position, " ", item.Reject.Code))
	}
	if want := []string{"7 too_large", "8 truncated"}; !slices.Equal(codes, want) {
		t.Errorf("got %q, want %q", codes, want)
	}
}

// TestStop: whoever stops asking leaves the decoder ready for the next body.
func TestStop(t *testing.T) {
	d := decode.New(decode.Options{})
	three := `{"Jobs":[{"JobId":"a"},{"JobId":"b"},{"JobId":"c"}]}`
	for _, body := range []string{three, strings.Repeat(three, 3), "[" + three + "]", `{"Jobs":[{"JobId":"a"},{"JobId":tru},5]}`, "<Jobs><JobId>a</JobId></Jobs><Jobs/>"} {
		for range d.Items(&schema.Raw{Body: []byte(body)}) {
			break
		}
		met := 0
		for item := range d.Items(&schema.Raw{Body: []byte(three), Position: 5}) {
			if want := string("abc"[met]); item.Job == nil || item.Job.JobID != want || item.Position != int64(5+met) {
				t.Fatalf("after %s: %+v, want %s", body, item, want)
			}
			met++
		}
		if met != 3 {
			t.Fatalf("after %s: %d jobs", body, met)
		}
	}
}

// TestAllocations: a decoder that has seen such responses before allocates
// nothing for a job, escapes, unknown fields and coercions included.
func TestAllocations(t *testing.T) {
	job := `{"JobId":"j","New":{"a":[1,"\u4f60"]},"Priority":"5","Tasks":[{"TaskId":7,"Duration":1,"Conversation":[{"Script":"\u4f60\u597d","Speaker":"Robot","Summary":[{"Content":"1"}]}]}]}`
	raw := &schema.Raw{Body: []byte(`{"Jobs":[` + strings.Repeat(job+",", 500) + job + `],"Success":true}`)}
	d := decode.New(decode.Options{})
	jobs := 0
	perBody := testing.AllocsPerRun(20, func() {
		for range d.Items(raw) {
			jobs++
		}
	})
	if perBody > 10 {
		t.Errorf("%v allocations for 501 jobs", perBody)
	}
	if jobs == 0 {
		t.Error("no jobs")
	}
}

// TestDeeper: what is deeper than Options.MaxDepth is refused, to the bracket.
func TestDeeper(t *testing.T) {
	for depth, want := range map[int]string{40: "", 41: schema.RejectTooDeep} {
		inner := depth - 3 // within the response, Jobs and the job
		body := `{"Jobs":[{"JobId":"a","X":` + strings.Repeat("[", inner) + strings.Repeat("]", inner) + `}]}`
		got := ""
		for item := range decode.New(decode.Options{MaxDepth: 40}).Items(&schema.Raw{Body: []byte(body)}) {
			if item.Reject != nil {
				got = item.Reject.Code
			}
		}
		if got != want {
			t.Errorf("depth %d: %q, want %q", depth, got, want)
		}
	}
}
