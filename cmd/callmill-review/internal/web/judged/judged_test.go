package judged_test

import (
	"testing"

	"callmill/cmd/callmill-review/internal/web/judged"
	"callmill/pipeline/desk"
)

// TestOf: a form has what whoever looks said last of its thing, and what others did.
func TestOf(t *testing.T) {
	call := &desk.Call{InstanceID: "sales", JobID: "job-1", TaskID: "t1"}
	score := 80.0
	say := func(by, about, rule, verdict string) desk.Review {
		return desk.Review{By: by, About: about, Call: call, Rule: rule, Verdict: verdict, Score: &score, Note: by}
	}
	reviews := []desk.Review{
		say("li", desk.AboutHit, "r@1", desk.Wrong), say("li", desk.AboutHit, "r@1", desk.Right),
		say("wang", desk.AboutHit, "r@1", desk.Misheard), say("wang", desk.AboutHit, "r@2", desk.Right),
		say("li", desk.AboutCall, "", desk.Wrong), {By: "qian", About: desk.AboutHit, Call: call, Rule: "r@1"},
	}
	f := judged.Form{About: desk.AboutHit, Call: call, Rule: "r@1"}.Of(reviews, "li")
	if f.Verdict() != desk.Right || f.Note() != "li" || f.Score() != "80" || len(f.Others) != 1 || f.Others[0].By != "wang" || f.Turn() != "" {
		t.Errorf("%+v", f)
	}
	for _, b := range f.Buttons() {
		if b.Pressed != (b.Verdict == desk.Right) {
			t.Errorf("%+v", b)
		}
	}
	f = judged.Form{About: desk.AboutHit, Call: call, Rule: "r@1"}.Of(reviews, "zhao")
	if f.Verdict() != "" || f.Note() != "" || f.Score() != "" || len(f.Others) != 2 {
		t.Errorf("%+v", f)
	}
}
