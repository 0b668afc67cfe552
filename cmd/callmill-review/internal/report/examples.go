package report

import (
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/rules/match"
)

// shownAround is how many lines of a call are shown before and after the one that an
// example is about.
const shownAround = 2

// example returns a call as an example, around a turn; without one (-1) its end.
func (m *maker) example(i, turn int32) Example {
	c := m.Corpus
	call := &c.Calls[i]
	e := Example{
		When: "-", Campaign: c.Campaigns.String(call.Campaign), Outcome: m.outcome(call),
		Job: call.Job, Task: call.Task,
	}
	if call.Start != 0 {
		e.When = time.UnixMilli(call.Start).In(m.zone()).Format("01-02 15:04")
	}
	if m.Share { // the minute would name the call to those who have a call log
		e.When, e.Job, e.Task = dayText(call.Day), short(call.Job), ""
	}
	lines := c.Of(call)
	at := -1
	for k := range lines {
		if lines[k].Turn == turn {
			at = k
		}
	}
	first, last := max(0, at-shownAround), min(len(lines), at+shownAround+1)
	if at < 0 {
		first, last = max(0, len(lines)-shownAround-1), len(lines)
	}
	for k := first; k < last; k++ {
		e.Lines = append(e.Lines, Line{
			Speaker: m.speaker(lines[k]), Text: strings.TrimSpace(match.Said(c, lines[k])),
			Robot: c.Texts[lines[k].Text].Speaker == corpus.Robot, Marked: k == at,
		})
	}
	if m.Share {
		said := make([]string, len(e.Lines))
		for k := range e.Lines {
			said[k] = e.Lines[k].Text
		}
		m.mask.Lines(said)
		for k := range e.Lines {
			e.Lines[k].Text = said[k]
		}
	}
	return e
}

// examplesWith returns calls as examples, around the first line of the contact that has a
// text.
func (m *maker) examplesWith(calls []int32, text string) []Example {
	var all []Example
	for _, i := range calls[:min(len(calls), m.Examples)] {
		turn := int32(-1)
		for _, line := range m.Corpus.Of(&m.Corpus.Calls[i]) {
			t := &m.Corpus.Texts[line.Text]
			if turn < 0 && t.Speaker == corpus.Contact && strings.Contains(t.Script, text) {
				turn = line.Turn
			}
		}
		all = append(all, m.example(i, turn))
	}
	return all
}

func (m *maker) outcome(call *corpus.Call) string {
	code := m.Corpus.Outcomes.String(call.Outcome)
	if name, ok := outcomes[code]; ok {
		return m.say(name)
	}
	return code
}

func (m *maker) speaker(line corpus.Line) string {
	switch m.Corpus.Texts[line.Text].Speaker {
	case corpus.Robot:
		return m.say(robotText)
	case corpus.Contact:
		return m.say(contactText)
	}
	return m.say(otherText)
}
