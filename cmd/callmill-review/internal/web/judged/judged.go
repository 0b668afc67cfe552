// Package judged is what the form for a verdict is filled in with, wherever it is: the
// template "review" of package site. The form is sent to /review.
package judged

import (
	"strconv"

	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/pipeline/desk"
)

// Form is a form for a verdict on one thing.
type Form struct {
	About    string     // desk.AboutHit, desk.AboutCall or desk.AboutFilter
	Call     *desk.Call // of a hit or a call
	Rule     string     // of a hit, as rules.Book.Ref has it: name@version
	Filter   string     // of a filter: the canonical text of a set, among.Set.Key
	Snapshot string
	Back     string // page of this site that is shown when it is kept; Request.Here
	// Keys is true of the form whose buttons 1, 2 and 3 press. A page has one, or one in
	// each row of a list with data-open, where the keys are those of the chosen row.
	Keys bool
	// Small is true of a form without score and note, for a row. They stay as they are.
	Small bool

	Mine   *desk.Review  // the last of whoever looks; nil: none
	Others []desk.Review // the last of each other person
}

// Of fills in what was said: reviews are those of the call, or any that have those of
// the thing among them; user is who looks.
func (f Form) Of(reviews []desk.Review, user string) Form {
	thing := verdicts.ThingOf(&desk.Review{About: f.About, Call: f.Call, Rule: f.Rule, Filter: f.Filter, Snapshot: f.Snapshot})
	for _, r := range verdicts.Latest(reviews) {
		switch {
		case verdicts.ThingOf(&r) != thing:
		case r.By == user:
			f.Mine = &r
		case r.Verdict != "" || r.Score != nil || r.Note != "":
			f.Others = append(f.Others, r)
		}
	}
	return f
}

// Verdict returns what whoever looks said, "" where that is nothing.
func (f Form) Verdict() string {
	if f.Mine == nil {
		return ""
	}
	return f.Mine.Verdict
}

// Note returns the note of whoever looks.
func (f Form) Note() string {
	if f.Mine == nil {
		return ""
	}
	return f.Mine.Note
}

// Score returns the score of whoever looks, as it is in the form.
func (f Form) Score() string {
	if f.Mine == nil {
		return ""
	}
	return Score(f.Mine.Score)
}

// Score returns a score as text, "" of none.
func Score(score *float64) string {
	if score == nil {
		return ""
	}
	return strconv.FormatFloat(*score, 'f', -1, 64)
}

// Turn returns the line of a hit, as it is in the form.
func (f Form) Turn() string {
	if f.Call == nil || f.Call.TurnIndex == nil {
		return ""
	}
	return strconv.Itoa(int(*f.Call.TurnIndex))
}

// Button is a verdict that can be given.
type Button struct {
	Verdict, Key string
	Pressed      bool // it is that of whoever looks
}

// Buttons returns the verdicts in the order of their keys.
func (f Form) Buttons() []Button {
	buttons := []Button{{Verdict: desk.Right, Key: "1"}, {Verdict: desk.Wrong, Key: "2"}, {Verdict: desk.Misheard, Key: "3"}}
	for i := range buttons {
		buttons[i].Pressed = buttons[i].Verdict == f.Verdict()
	}
	return buttons
}
