package schema_test

import (
	"testing"

	"callmill/schema"
)

// Values of a nullable truth in the tables below.
const (
	yes  = "yes"
	no   = "no"
	null = "NULL"
)

func spellTruth(b *bool) string {
	switch {
	case b == nil:
		return null
	case *b:
		return yes
	}
	return no
}

// meaning is a row of the contract's table of outcomes. failed is failed_dialogue
// if the flow did not come to its end, failedAtEnd if it did. Where the two are
// equal, it is not asked.
type meaning struct {
	status, outcome, stage, endedBy string

	connected, answered, notUnderstood, failed, failedAtEnd string
}

var meanings = []meaning{
	{"SucceededFinish", "completed", "connected", "robot", yes, yes, no, no, no},
	{"SucceededClientHangUp", "hung_up", "connected", "contact", yes, yes, no, yes, no},
	{"SucceededClientHangUpAfterNoAnswer", "hung_up", "connected", "contact", yes, yes, yes, yes, yes},
	{"SucceededChatbotHangUpAfterNoAnswer", "not_understood", "connected", "robot", yes, yes, yes, yes, yes},
	{"SucceededChatbotHangUpAfterSilence", "silent", "connected", "robot", yes, yes, no, yes, yes},
	{"SucceededInoInterAction", "no_interaction", "connected", "", yes, yes, no, yes, yes},
	{"SucceededTransferByIntent", "transferred", "connected", "transfer", yes, yes, no, no, no},
	{"SucceededTransferAfterNoAnswer", "transferred", "connected", "transfer", yes, yes, yes, yes, yes},
	{"SucceededError", "broken", "connected", "system", yes, yes, no, yes, yes},
	{"SucceededSpecialInterceptVoiceAssistant", "intercepted", "connected", "", yes, no, no, no, no},
	{"SucceededSpecialInterceptExtensionNumberTransfer", "intercepted", "connected", "", yes, no, no, no, no},
	{"SucceededSpecialInterceptCustomSpecialIntercept", "intercepted", "connected", "", yes, no, no, no, no},
	{"Succeeded", "ended_unknown", "connected", "", yes, yes, no, no, no},
	{"NoAnswer", "no_answer", "not_connected", "", no, no, no, no, no},
	{"Busy", "busy", "not_connected", "", no, no, no, no, no},
	{"NotConnected", "unreachable", "not_connected", "", no, no, no, no, no},
	{"PoweredOff", "unreachable", "not_connected", "", no, no, no, no, no},
	{"OutOfService", "suspended", "not_connected", "", no, no, no, no, no},
	{"InArrears", "suspended", "not_connected", "", no, no, no, no, no},
	{"OutOfServiceNoCall", "suspended", "not_dialed", "", no, no, no, no, no},
	{"InArrearsNoCall", "suspended", "not_dialed", "", no, no, no, no, no},
	{"NotExist", "invalid_number", "not_connected", "", no, no, no, no, no},
	{"EmptyNumber", "invalid_number", "not_dialed", "", no, no, no, no, no},
	{"PerDayCallCountLimit", "blocked", "not_dialed", "", no, no, no, no, no},
	{"ContactBlockList", "blocked", "not_dialed", "", no, no, no, no, no},
	{"HighRiskSipCode", "blocked", "not_dialed", "", no, no, no, no, no},
	{"CallerNotRegistered", "bad_calling_number", "not_dialed", "", no, no, no, no, no},
	{"CallingNumberNotExist", "bad_calling_number", "not_dialed", "", no, no, no, no, no},
	{"Cancelled", "cancelled", "not_dialed", "", no, no, no, no, no},
	{"Terminated", "cancelled", "not_dialed", "", no, no, no, no, no},
	{"VerificationCancelled", "cancelled", "not_dialed", "", no, no, no, no, no},
	{"Failed", "failed", "", "", null, null, null, null, null},
	{"Executing", "in_progress", "in_progress", "", null, null, null, null, null},
}

// Statuses that the vendor does not list.
var unlisted = []meaning{
	{"SucceededSomehow", "unknown", "connected", "", yes, yes, no, no, no},
	{"SucceededSpecialInterceptTomorrow", "intercepted", "connected", "", yes, no, no, no, no},
	{"SucceededSpecialIntercept", "intercepted", "connected", "", yes, no, no, no, no},
	{"Resting", "unknown", "", "", null, null, null, null, null},
	{"succeededfinish", "unknown", "", "", null, null, null, null, null},
	{"NoAnswer ", "unknown", "", "", null, null, null, null, null},
	{"20", "unknown", "", "", null, null, null, null, null},
	{"", "unknown", "", "", null, null, null, null, null},
}

func TestOutcomeOf(t *testing.T) {
	listed := map[string]bool{}
	for _, o := range schema.Outcomes() {
		listed[o.Status] = true
	}
	for _, want := range meanings {
		check(t, want, true)
		delete(listed, want.status)
	}
	for status := range listed {
		t.Errorf("%q is listed, but not in the contract", status)
	}
	for _, want := range unlisted {
		check(t, want, false)
	}
}

func check(t *testing.T, want meaning, listed bool) {
	t.Helper()
	o := schema.OutcomeOf(want.status)
	atEnd, notAtEnd := true, false
	got := meaning{
		o.Status, o.Outcome, o.Stage, o.EndedBy,
		spellTruth(o.Connected()), spellTruth(o.Answered()), spellTruth(o.WasNotUnderstood()),
		spellTruth(o.FailedDialogue(&notAtEnd)), spellTruth(o.FailedDialogue(&atEnd)),
	}
	if got != want {
		t.Errorf("%q is\n%v, want\n%v", want.status, got, want)
	}
	unasked := want.failed
	if want.failed != want.failedAtEnd {
		unasked = null
	}
	if failed := spellTruth(o.FailedDialogue(nil)); failed != unasked {
		t.Errorf("%q: failed_dialogue where nothing tells of the end of the flow: %s, want %s", want.status, failed, unasked)
	}
	if dialed := want.stage == "connected" || want.stage == "not_connected"; o.Dialed() != dialed || o.Listed() != listed {
		t.Errorf("%q: dialled %v, listed %v", want.status, o.Dialed(), o.Listed())
	}
}

func TestStatusRows(t *testing.T) {
	for i, o := range schema.Outcomes() {
		row := o.Row()
		if row.TaskStatus != o.Status || row.Code == nil || *row.Code != int32(i) {
			t.Errorf("row %d: %+v", i, row)
		}
		if row.LabelZH == "" || row.LabelEN == "" {
			t.Errorf("%s has no label", o.Status)
		}
		if got := schema.StatusOfCode(int64(i)); got != o.Status {
			t.Errorf("code %d is %q, want %q", i, got, o.Status)
		}
	}
	unlisted := schema.OutcomeOf("Resting")
	if row := unlisted.Row(); row.Code != nil || row.TaskStatus != "Resting" || row.Outcome != "unknown" {
		t.Errorf("an unlisted status: %+v", row)
	}
	for _, code := range []int64{-1, 33, 1 << 40, -1 << 63} {
		if got := schema.StatusOfCode(code); got != "" {
			t.Errorf("code %d is %q, want none", code, got)
		}
	}
}

func TestOutcomesIsACopy(t *testing.T) {
	schema.Outcomes()[0].Outcome = "changed"
	if got := schema.Outcomes()[0].Outcome; got != "in_progress" {
		t.Errorf("a caller's change is shared: %q", got)
	}
}
