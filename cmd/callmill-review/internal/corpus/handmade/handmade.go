// Package handmade makes a corpus of calls that a test writes down.
package handmade

import (
	"fmt"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/pipeline/calendar"
)

// Call is an answered call. Its lines are what robot and contact say, "R 您好" and
// "C 我 想 改期", the words of a contact with spaces between them; the last line "!"
// says that the contact hung up before the script was at its end.
type Call struct {
	Instance, Script, Version, Campaign string
	Day                                 calendar.Day
	Lines                               []string
}

// Times returns a call n times.
func Times(n int, c Call) []Call { return slices.Repeat([]Call{c}, n) }

// Corpus returns the calls as a corpus; there is a second between two lines. A word of
// marks only is none.
func Corpus(calls ...Call) *corpus.Corpus {
	c := &corpus.Corpus{}
	texts := map[string]int32{}
	for k, written := range calls {
		call := corpus.Call{
			Job: fmt.Sprint("job", k), Task: fmt.Sprint("task", k), Instance: c.Instances.Add(written.Instance), Script: c.Scripts.Add(written.Script), Version: c.Versions.Add(written.Version),
			Campaign: c.Campaigns.Add(written.Campaign), JobDate: written.Day, Day: written.Day, Hour: 10, Attempt: 1,
			FirstLine: int32(len(c.Lines)),
			Facts:     corpus.Connected | corpus.Answered | corpus.FailureKnown | corpus.FlowEnded,
		}
		exchange := int32(0)
		for i, said := range written.Lines {
			if said == "!" {
				call.Facts = corpus.Connected | corpus.Answered | corpus.FailureKnown | corpus.Failed | corpus.HungUp
				continue
			}
			text, ok := texts[said]
			if !ok {
				text = int32(len(c.Texts))
				texts[said] = text
				c.Texts = append(c.Texts, textOf(c, said))
			}
			if c.Texts[text].Speaker == corpus.Robot {
				exchange++
			}
			gap := int32(1000)
			if i == 0 {
				gap = -1
			}
			c.Lines = append(c.Lines, corpus.Line{Text: text, Turn: int32(i), Gap: gap, Exchange: exchange})
		}
		call.LineCount = int32(len(c.Lines)) - call.FirstLine
		call.Facts |= corpus.LastTask | spoke(c, &call)
		c.Calls = append(c.Calls, call)
	}
	return c
}

func spoke(c *corpus.Corpus, call *corpus.Call) corpus.Facts {
	for _, line := range c.Of(call) {
		if len(c.Texts[line.Text].Words) > 0 {
			return corpus.Spoke
		}
	}
	return 0
}

func textOf(c *corpus.Corpus, said string) corpus.Text {
	speaker, text, _ := strings.Cut(said, " ")
	if speaker == "R" {
		return corpus.Text{Speaker: corpus.Robot, Pattern: c.Patterns.Add(text)}
	}
	words := strings.Fields(text)
	t := corpus.Text{Speaker: corpus.Contact, Script: strings.Join(words, "")}
	for _, w := range words {
		if strings.Trim(w, "。，？！") != "" {
			t.Words = append(t.Words, c.Words.Add(w))
		}
	}
	return t
}

// All returns the indexes of all calls of a corpus.
func All(c *corpus.Corpus) []int32 {
	all := make([]int32, len(c.Calls))
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

// Repeated returns a corpus with the calls of another one again and again, until it has
// so many lines: as much work as a large one, for measuring.
func Repeated(c *corpus.Corpus, lines int) *corpus.Corpus {
	more := *c
	more.Calls, more.Lines = nil, make([]corpus.Line, 0, lines)
	for len(more.Lines) < lines {
		for _, call := range c.Calls {
			said := c.Of(&call)
			call.FirstLine = int32(len(more.Lines))
			more.Lines = append(more.Lines, said...)
			more.Calls = append(more.Calls, call)
		}
	}
	return &more
}
