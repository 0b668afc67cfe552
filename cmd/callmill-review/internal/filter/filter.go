// Package filter says which calls are meant: conditions such as script=分期还款 or
// hour=9-11, all of which must hold. A filter is written as text, on the command line and
// in links; its canonical text is the same for the same conditions.
//
// The text is words with spaces between them:
//
//	KEY=VALUE[,VALUE…]    one of these values
//	KEY!=VALUE[,VALUE…]   none of them
//
// A value with spaces, commas or quotes is quoted as in Go. Days and numbers may be ranges:
// day=2026-01-20..2026-01-24, hour=9-11, attempt=2-.
package filter

import (
	"fmt"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/pipeline/calendar"
)

// Keys of conditions.
const (
	Script   = "script"
	Version  = "version"
	Campaign = "campaign"
	Number   = "number"
	Outcome  = "outcome"
	Instance = "instance"
	Contact  = "contact" // contact key
	Job      = "job"
	Task     = "task"
	Result   = "result" // NAME=CONTENT, or NAME for any content
	Day      = "day"    // of the call
	Hour     = "hour"
	Attempt  = "attempt"
	Is       = "is" // one of the facts
)

// keys are all of them, in their canonical order.
var keys = []string{Script, Version, Campaign, Number, Outcome, Instance, Contact, Job, Task, Result, Day, Hour, Attempt, Is}

// Keys returns the keys that conditions may have.
func Keys() []string { return slices.Clone(keys) }

// facts are the values of is.
var facts = map[string]corpus.Facts{
	"connected": corpus.Connected, "answered": corpus.Answered, "failed": corpus.Failed | corpus.FailureKnown,
	"hung_up": corpus.HungUp, "not_understood": corpus.NotUnderstood, "transferred": corpus.Transferred,
	"flow_ended": corpus.FlowEnded, "spoke": corpus.Spoke, "last": corpus.LastTask,
}

// Filter is conditions that must all hold. The zero value lets every call pass.
type Filter struct{ conditions []Condition }

// Condition is one of them.
type Condition struct {
	Key    string
	Not    bool
	Values []string // sorted, each once

	ranges []Range // of Values, where the key has numbers
}

// Ranges returns the values of a key that has numbers, days since 1970 for days. They
// must not be changed.
func (c Condition) Ranges() []Range { return c.ranges }

// Range is a range of numbers, with both ends.
type Range struct{ Low, High int64 }

// And returns a filter for which the conditions of both must hold.
func (f Filter) And(more Filter) Filter {
	return of(slices.Concat(f.conditions, more.conditions))
}

// Conditions returns the conditions, in canonical order. They must not be changed.
func (f Filter) Conditions() []Condition { return f.conditions }

// IsEmpty reports whether there are no conditions.
func (f Filter) IsEmpty() bool { return len(f.conditions) == 0 }

// Without returns the filter without its i-th condition.
func (f Filter) Without(i int) Filter {
	return Filter{slices.Delete(slices.Clone(f.conditions), i, i+1)}
}

// of returns the filter of conditions, in canonical order and each once.
func of(conditions []Condition) Filter {
	slices.SortFunc(conditions, func(a, b Condition) int {
		if d := slices.Index(keys, a.Key) - slices.Index(keys, b.Key); d != 0 {
			return d
		}
		return strings.Compare(a.String(), b.String())
	})
	return Filter{slices.CompactFunc(conditions, func(a, b Condition) bool { return a.String() == b.String() })}
}

// Match reports whether a call passes.
func (f Filter) Match(c *corpus.Corpus, call *corpus.Call) bool {
	for i := range f.conditions {
		if f.conditions[i].match(c, call) == f.conditions[i].Not {
			return false
		}
	}
	return true
}

// Select returns the indices of the calls that pass, in order.
func (f Filter) Select(c *corpus.Corpus) []int32 {
	var selected []int32
	for i := range c.Calls {
		if f.Match(c, &c.Calls[i]) {
			selected = append(selected, int32(i))
		}
	}
	return selected
}

// match reports whether a call has one of the values.
func (c *Condition) match(in *corpus.Corpus, call *corpus.Call) bool {
	switch c.Key {
	case Day:
		return call.Day != corpus.NoDay && c.within(int64(call.Day))
	case Hour:
		return c.within(int64(call.Hour))
	case Attempt:
		return c.within(int64(call.Attempt))
	case Is:
		return slices.ContainsFunc(c.Values, func(v string) bool { return call.Facts.Is(facts[v]) })
	case Job:
		return slices.Contains(c.Values, call.Job)
	case Task:
		return slices.Contains(c.Values, call.Task)
	case Result:
		return slices.ContainsFunc(call.Results, func(code corpus.Code) bool { return c.isResult(in.Results.String(code)) })
	}
	dict, code := c.column(in, call)
	return slices.Contains(c.Values, dict.String(code))
}

// column returns what a call has for a key whose values are in a dictionary.
func (c *Condition) column(in *corpus.Corpus, call *corpus.Call) (*corpus.Dict, corpus.Code) {
	switch c.Key {
	case Script:
		return &in.Scripts, call.Script
	case Version:
		return &in.Versions, call.Version
	case Campaign:
		return &in.Campaigns, call.Campaign
	case Number:
		return &in.Numbers, call.Number
	case Instance:
		return &in.Instances, call.Instance
	case Contact:
		return &in.Contacts, call.Contact
	}
	return &in.Outcomes, call.Outcome
}

// isResult reports whether a business result, name=content, is one of the values.
func (c *Condition) isResult(result string) bool {
	name, _, _ := strings.Cut(result, "=")
	return slices.Contains(c.Values, result) || slices.Contains(c.Values, name)
}

func (c *Condition) within(n int64) bool {
	return slices.ContainsFunc(c.ranges, func(r Range) bool { return r.Low <= n && n <= r.High })
}

// Relaxed is a filter without one of its conditions, and how many calls it lets pass.
type Relaxed struct {
	Filter      Filter
	Without     Condition
	Calls       int
	First, Last calendar.Day // of these calls; corpus.NoDay where none has a time
}

// Nearest returns, for a filter that no call passes, the filters without one of its
// conditions that some calls pass, the one with most calls first.
func (f Filter) Nearest(c *corpus.Corpus) []Relaxed {
	var nearest []Relaxed
	for i, dropped := range f.conditions {
		less := f.Without(i)
		pass := less.Select(c)
		if len(pass) == 0 {
			continue
		}
		found := Relaxed{Filter: less, Without: dropped, Calls: len(pass), First: c.Calls[pass[0]].Day, Last: corpus.NoDay}
		for _, call := range slices.Backward(pass) { // calls without a day come last
			if found.Last = c.Calls[call].Day; found.Last != corpus.NoDay {
				break
			}
		}
		nearest = append(nearest, found)
	}
	slices.SortStableFunc(nearest, func(a, b Relaxed) int { return b.Calls - a.Calls })
	return nearest
}

// Days returns the first and the last day that may pass, 0 for no bound.
func (f Filter) Days() (from, to calendar.Day) {
	for _, c := range f.conditions {
		if c.Key != Day || c.Not {
			continue
		}
		low, high := c.ranges[0].Low, c.ranges[0].High
		for _, r := range c.ranges {
			low, high = min(low, r.Low), max(high, r.High)
		}
		if low > unboundedLow {
			from = max(from, calendar.Day(low))
		}
		if high < unboundedHigh && (to == 0 || calendar.Day(high) < to) {
			to = calendar.Day(high)
		}
	}
	return from, to
}

// String returns the canonical text.
func (f Filter) String() string {
	words := make([]string, len(f.conditions))
	for i := range f.conditions {
		words[i] = f.conditions[i].String()
	}
	return strings.Join(words, " ")
}

func (c Condition) String() string {
	is := "="
	if c.Not {
		is = "!="
	}
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = quote(v)
	}
	return fmt.Sprint(c.Key, is, strings.Join(values, ","))
}
