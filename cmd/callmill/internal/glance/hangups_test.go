package glance

import (
	"fmt"
	"math"
	"testing"

	"callmill/schema"
)

// call gives h the rows of a call: the robot's lines, each answered unless it is
// followed by "", then the hang-up, at the last line, or the end of the flow.
func call(h *hangUps, id, script string, hungUp bool, lines ...string) {
	yes, outcome := true, schema.Completed
	ended := !hungUp
	if hungUp {
		outcome = schema.HungUp
	}
	h.task(&schema.TaskRow{JobID: id, TaskID: id, ScriptName: script, Outcome: outcome, Answered: &yes, FlowEnded: &ended})
	var rows []schema.TurnRow
	for i, line := range lines {
		if line == "" {
			rows = rows[:len(rows)-1]
			continue
		}
		rows = append(rows, schema.TurnRow{Speaker: schema.SpeakerRobot, Script: line, Pattern: line})
		if i < len(lines)-1 {
			rows = append(rows, schema.TurnRow{Speaker: schema.SpeakerContact, Script: "嗯"})
		}
	}
	for i, row := range rows {
		row.JobID, row.TaskID, row.TurnIndex, row.TurnsLeft = id, id, int32(i), int32(len(rows)-i-1)
		h.turn(&row)
	}
}

// Of 130 calls with one greeting, 10 hang up at it. Then 60 get the new wording of a
// line, at which 20 hang up, and 60 the old one, at which 4 do. In another script,
// where half hang up at the greeting, the new wording is like any other line.
func TestNodes(t *testing.T) {
	h := newHangUps()
	calls := func(n int, script string, hungUp bool, lines ...string) {
		for range n {
			call(h, fmt.Sprint(len(h.calls)), script, hungUp, lines...)
		}
	}
	calls(10, "a", true, "您好")
	calls(20, "a", true, "您好", "新")
	calls(40, "a", false, "您好", "新", "再见")
	calls(4, "a", true, "您好", "旧")
	calls(56, "a", false, "您好", "旧", "再见")
	calls(30, "b", true, "您好")
	calls(30, "b", false, "您好", "新")
	if h.early != 64 {
		t.Errorf("%d hung up early, want 64", h.early)
	}
	nodes := h.nodes(10)
	if len(nodes) != 1 {
		t.Fatalf("%+v, want one line", nodes)
	}
	got := nodes[0]
	if got.Script != "a" || got.Pattern != "新" || got.Reached != 60 || got.HungUp != 20 || math.Abs(got.Expected-60*24.0/120) > 1e-9 {
		t.Errorf("%+v", got)
	}
}

// What the robot says because it did not understand, or heard nothing, is no cause.
func TestSymptomsAreNoNodes(t *testing.T) {
	for name, symptom := range map[string]func(question int) []string{
		"re-prompt":      func(q int) []string { return []string{fmt.Sprintf("没听清。第%d题？", q)} },
		"silence prompt": func(int) []string { return []string{"", "还在吗？"} },
		"line":           func(int) []string { return []string{"骗子？"} },
	} {
		h := newHangUps()
		for i := range 400 {
			begin := []string{fmt.Sprintf("第%d题？", i%5)}
			switch {
			case i%8 == 0:
				call(h, fmt.Sprint(i), "a", true, append(begin, symptom(i%5)...)...)
			case i%2 == 0:
				call(h, fmt.Sprint(i), "a", false, append(append(begin, symptom(i%5)...), "再见")...)
			default:
				call(h, fmt.Sprint(i), "a", false, append(begin, "好的", "再见")...)
			}
		}
		if nodes := h.nodes(10); (len(nodes) > 0) != (name == "line") {
			t.Errorf("%s: %+v", name, nodes)
		}
	}
}

// Calls that a machine answered, and those of which nothing tells where they
// ended, do not count.
func TestWhichCallsCount(t *testing.T) {
	h, yes, no := newHangUps(), true, false
	h.task(&schema.TaskRow{TaskID: "machine", Outcome: schema.Intercepted, Answered: &no})
	h.task(&schema.TaskRow{TaskID: "not known", Outcome: schema.HungUp, Answered: &yes})
	h.task(&schema.TaskRow{TaskID: "after the goodbye", ChatbotID: "bot", Outcome: schema.HungUp, Answered: &yes, FlowEnded: &yes})
	if len(h.calls) != 1 || h.calls[callID{task: "after the goodbye"}] != (stance{"bot", false}) {
		t.Errorf("%+v", h.calls)
	}
}
