// Package contrast finds what goes together with calls that failed, or with any other
// measure, beyond what calls like them would show: phrases and wordings, what calls have
// (their number, hour, batch, version), and what changed between days.
//
// Everything rests on package stratified, which compares calls that have something with
// calls of the same strata that have not, in counts of calls. A finding
// says how many of its calls the measure is true of, how many it would be of calls like
// them, and the difference with an interval. What is reported withstands a false
// discovery rate over everything that was tried, and once something is found the rest is
// tried again given that, so that its repetitions fall away.
//
// All functions are pure: they read the corpus, and are safe for concurrent use.
package contrast

import (
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/stratified"
)

// Options says how much is reported. The zero value is useful.
type Options struct {
	FDR      float64 // false discovery rate; 0 is 0.02 for phrases, 0.05 else
	MinCalls int     // what fewer calls have is not tried; 0 is 10 for phrases, 30 else
	Limit    int     // findings at most; 0 is 20
	Examples int     // of each finding; 0 is 10
	// Questions is how many such questions are asked at once, such as one per campaign:
	// each must be that much surer. 0 is 1.
	Questions int
	// Fewer lists what has fewer calls with Yes first, where both are looked for: of
	// measures that teams want more of.
	Fewer bool
}

// defaults sets what is zero. Phrases are thousands of tests of counts that depend on each
// other; at 0.02 two in a hundred random halves report one.
func (o Options) defaults(minCalls int, fdr float64) Options {
	if o.FDR == 0 {
		o.FDR = fdr
	}
	if o.MinCalls == 0 {
		o.MinCalls = minCalls
	}
	if o.Limit == 0 {
		o.Limit = 20
	}
	if o.Examples == 0 {
		o.Examples = 10
	}
	o.Questions = max(1, o.Questions)
	return o
}

// Dimension is what a finding is one value of.
type Dimension string

// The dimensions of findings.
const (
	Phrase  Dimension = "phrase"  // one to three words of contacts
	Wording Dimension = "wording" // of the robot
	Script  Dimension = "script"
	Version Dimension = "version" // of a script
	Number  Dimension = "number"
	Hour    Dimension = "hour"
	Attempt Dimension = "attempt"
	Batch   Dimension = "batch" // a campaign
)

// Name is a value of a dimension.
type Name struct {
	Dimension Dimension `json:"dimension"`
	Value     string    `json:"value"`
	Script    string    `json:"script,omitempty"` // of a wording or version
	// Instance is that of a script or version, where there are several.
	Instance string `json:"instance_id,omitempty"`
}

// Finding is something that calls have, and how many of them the measure is true of.
type Finding struct {
	Name
	Aliases []Name `json:"aliases,omitempty"` // what nearly the same calls have
	// Scripts are those of most of its calls, where it is not of one script by itself.
	Scripts []string `json:"scripts,omitempty"`
	// New is true of what there was not before, where before and after are compared.
	New bool `json:"new,omitempty"`
	// Symptom says what a line of the robot is that is said because of what went before:
	// goodbye, reprompt or silence_prompt.
	Symptom string `json:"symptom,omitempty"`

	Calls    int     `json:"calls"`    // that have it, and have calls to be compared with
	Observed int     `json:"observed"` // those of them that the measure is true of
	Expected float64 `json:"expected"` // those that it would be true of in calls like them
	Excess   float64 `json:"excess"`   // observed - expected
	Low      float64 `json:"low"`      // 95 % interval of the excess
	High     float64 `json:"high"`
	Z        float64 `json:"z"`
	Q        float64 `json:"q"` // false discovery rate at which it would be reported

	// Examples are calls that show it, the latest first: of more than expected those that
	// the measure is true of come first, of fewer those that it is not true of.
	Examples []Example `json:"examples"`
}

// Example is a call that a finding is about.
type Example struct {
	Call int32 `json:"-"` // index in Corpus.Calls
	corpus.Ref
	Turn     int32 `json:"turn_index"` // of the line it is about; -1 where there is none
	Observed bool  `json:"observed"`   // whether the measure is true of it
}

// Answer is what is to be said to a question.
type Answer struct {
	Findings []Finding `json:"findings"`
	Symptoms []Finding `json:"symptoms,omitempty"`
	Calls    int       `json:"calls"`    // that the question is about
	Observed int       `json:"observed"` // those of them that the measure is true of
	Tests    int       `json:"tests"`    // what was tried
	Reason   Reason    `json:"reason,omitempty"`
}

// Reason is why there is no finding.
type Reason string

// The reasons.
const (
	NoCalls      Reason = "no_calls"      // nothing is known of any call
	NoLines      Reason = "no_lines"      // none of them has a line
	NeverTrue    Reason = "never_true"    // the measure is true of no call
	AlwaysTrue   Reason = "always_true"   // or of all of them
	Incomparable Reason = "incomparable"  // no script has calls of both sides
	TooFew       Reason = "too_few"       // nothing is in enough calls
	Chance       Reason = "within_chance" // nothing beyond chance
	NoBefore     Reason = "no_before"     // there are no calls before
	NoAfter      Reason = "no_after"      // or after
)

// Sides returns values for a comparison of two kinds of calls: Yes where it is one of a,
// No where it is one of b; calls that are both or neither are left out.
func Sides(c *corpus.Corpus, a, b func(*corpus.Call) bool) []measure.Value {
	values := make([]measure.Value, len(c.Calls))
	for i := range c.Calls {
		call := &c.Calls[i]
		switch isA, isB := a(call), b(call); {
		case isA && !isB:
			values[i] = measure.Yes
		case isB && !isA:
			values[i] = measure.No
		}
	}
	return values
}

// Within returns values without those of other calls.
func Within(c *corpus.Corpus, values []measure.Value, is func(*corpus.Call) bool) []measure.Value {
	values = slices.Clone(values)
	for i := range c.Calls {
		if values[i] != measure.Unknown && !is(&c.Calls[i]) {
			values[i] = measure.Unknown
		}
	}
	return values
}

// finish sets the numbers of a finding.
func (f *Finding) finish(c *stratified.Comparison) {
	f.Calls, f.Observed, f.Z = c.Exposed, c.Observed, c.Z()
	f.Excess, f.Low, f.High = c.Excess()
	f.Expected = float64(f.Observed) - f.Excess
}

// examples chooses from the calls of a finding, given by index in order of time.
func (f *Finding) examples(c *corpus.Corpus, values []measure.Value, calls []int32, n int, turn func(call int32) int32) []Example {
	chosen := make([]Example, 0, min(n, len(calls)))
	order := []measure.Value{measure.Yes, measure.No}
	if f.Excess < 0 {
		slices.Reverse(order)
	}
	for _, value := range order {
		for _, i := range slices.Backward(calls) {
			if len(chosen) == n {
				return chosen
			}
			if values[i] != value {
				continue
			}
			chosen = append(chosen, Example{i, c.Ref(i), turn(i), value == measure.Yes})
		}
	}
	return chosen
}

// robots numbers the scripts of calls.
func robots(c *corpus.Corpus, calls []int32) (of []int32, robots []corpus.RobotKey) {
	ids := map[corpus.RobotKey]int32{}
	of = make([]int32, len(calls))
	for p, i := range calls {
		key := c.Calls[i].RobotKey()
		id, ok := ids[key]
		if !ok {
			id = int32(len(ids))
			ids[key] = id
			robots = append(robots, key)
		}
		of[p] = id
	}
	return of, robots
}
