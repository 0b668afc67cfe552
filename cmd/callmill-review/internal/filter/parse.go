package filter

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"callmill/pipeline/calendar"
	"callmill/schema"
)

const (
	unboundedLow  = math.MinInt32
	unboundedHigh = math.MaxInt32 - 1 // corpus.NoDay is no day
)

// Parse parses the text of a filter. That of no conditions is "".
func Parse(text string) (Filter, error) {
	var conditions []Condition
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		var c Condition
		var err error
		if c, rest, err = parseCondition(rest); err != nil {
			return Filter{}, err
		}
		conditions = append(conditions, c)
	}
	return of(conditions), nil
}

// One returns the filter of one condition, whose values are as they are.
func One(key string, values ...string) (Filter, error) {
	c, err := condition(key, false, values)
	if err != nil {
		return Filter{}, err
	}
	return of([]Condition{c}), nil
}

// parseCondition parses the first word of a text and returns the rest.
func parseCondition(text string) (c Condition, rest string, err error) {
	key, rest, ok := strings.Cut(text, "=")
	if !ok || strings.ContainsFunc(key, unicode.IsSpace) {
		word, _, _ := strings.Cut(text, " ")
		return c, "", fmt.Errorf("invalid filter %q: want KEY=VALUE, e.g. script=NAME", word)
	}
	key, not := strings.CutSuffix(key, "!")
	var values []string
	for {
		var value string
		if value, rest, err = parseValue(rest); err != nil {
			return c, "", fmt.Errorf("invalid filter %s=%s: %w", key, rest, err)
		}
		values = append(values, value)
		var more bool
		if rest, more = strings.CutPrefix(rest, ","); !more {
			break
		}
	}
	c, err = condition(key, not, values)
	return c, rest, err
}

// parseValue parses a value, quoted or up to a comma or space, and returns the rest.
func parseValue(text string) (value, rest string, err error) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:], nil
	}
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", text, fmt.Errorf("a quote is not closed")
	}
	value, err = strconv.Unquote(quoted)
	return value, text[len(quoted):], err
}

// quote returns a value as parseValue takes it.
func quote(value string) string {
	plain := !strings.ContainsFunc(value, func(r rune) bool {
		return r == ',' || r == '"' || unicode.IsSpace(r) || unicode.IsControl(r)
	})
	if quoted := strconv.Quote(value); !plain || value == "" || strings.Contains(quoted, `\x`) {
		return quoted
	}
	return value
}

// condition checks values, spells them in one way and puts them in order.
func condition(key string, not bool, values []string) (Condition, error) {
	if !slices.Contains(keys, key) {
		return Condition{}, fmt.Errorf("invalid filter key %q: want one of %s", key, strings.Join(keys, ", "))
	}
	c := Condition{Key: key, Not: not}
	ranges := map[string]Range{}
	for _, v := range values {
		spelled, r, err := check(key, v)
		if err != nil {
			return Condition{}, fmt.Errorf("invalid filter %s=%s: %w", key, quote(v), err)
		}
		c.Values = append(c.Values, spelled)
		if r != nil {
			ranges[spelled] = *r
		}
	}
	slices.Sort(c.Values)
	c.Values = slices.Compact(c.Values)
	for _, v := range c.Values {
		if r, ok := ranges[v]; ok {
			c.ranges = append(c.ranges, r)
		}
	}
	return c, nil
}

// check returns the one spelling of a value of a key, and its range where it has one.
func check(key, value string) (spelled string, r *Range, err error) {
	var parsed Range
	switch key {
	case Day:
		if parsed, err = parseDays(value); err == nil {
			return spellDays(parsed), &parsed, nil
		}
	case Hour, Attempt:
		parsed, err = parseNumbers(value)
		switch {
		case err != nil:
		case key == Hour && parsed.Low > 23:
			err = fmt.Errorf("want an hour from 0 to 23")
		case key == Attempt && parsed.High < 1:
			err = fmt.Errorf("want attempts from 1")
		default:
			return spellNumbers(parsed), &parsed, nil
		}
	case Outcome:
		return outcomeNamed(value), nil, nil
	case Is:
		if _, known := facts[value]; !known {
			err = fmt.Errorf("want one of %s", strings.Join(slices.Sorted(maps.Keys(facts)), ", "))
		}
	}
	return value, nil, err
}

// outcomeNamed returns the outcome that a text is the name or the label of.
func outcomeNamed(text string) string {
	for _, o := range schema.Outcomes() {
		if OutcomeLabel(o.Outcome, schema.Chinese) == text {
			return o.Outcome
		}
	}
	return text
}

func spellDays(r Range) string {
	var first, last string
	if r.Low != unboundedLow {
		first = calendar.Day(r.Low).String()
	}
	if r.High != unboundedHigh {
		last = calendar.Day(r.High).String()
	}
	if first == last && first != "" {
		return first
	}
	return first + ".." + last
}

func spellNumbers(r Range) string {
	first := strconv.FormatInt(r.Low, 10)
	switch r.High {
	case r.Low:
		return first
	case unboundedHigh:
		return first + "-"
	}
	return first + "-" + strconv.FormatInt(r.High, 10)
}

// parseDays parses a day, or FIRST..LAST, either of which may be missing.
func parseDays(text string) (Range, error) {
	first, last, isRange := strings.Cut(text, "..")
	if !isRange {
		last = first
	}
	r := Range{unboundedLow, unboundedHigh}
	for _, end := range []struct {
		text string
		at   *int64
	}{{first, &r.Low}, {last, &r.High}} {
		if end.text == "" && isRange {
			continue
		}
		day, err := calendar.ParseDay(end.text)
		if err != nil {
			return Range{}, err
		}
		*end.at = int64(day)
	}
	if r.High < r.Low {
		return Range{}, fmt.Errorf("want the first day first")
	}
	return r, nil
}

// parseNumbers parses a number, or FIRST-LAST, the last of which may be missing.
func parseNumbers(text string) (Range, error) {
	first, last, isRange := strings.Cut(text, "-")
	low, err := strconv.ParseUint(first, 10, 31)
	high := low
	if err == nil && isRange {
		if high = unboundedHigh; last != "" {
			high, err = strconv.ParseUint(last, 10, 31)
		}
	}
	if err != nil || high < low {
		return Range{}, fmt.Errorf("want a number such as 9, or a range such as 9-11")
	}
	return Range{int64(low), int64(high)}, nil
}
