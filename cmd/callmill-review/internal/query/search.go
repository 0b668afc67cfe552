//go:build cgo

package query

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/pipeline/calendar"
)

// SearchOptions are which lines are wanted: those for which all of it holds.
type SearchOptions struct {
	Text    string // that the line contains as it is; "" is in every line
	Regex   bool   // Text is an expression of RE2
	Speaker string // Robot, Contact; "" for anybody
	// MinChars and MaxChars bound the length in code points; 0: without bound.
	MinChars, MaxChars int
	MinPause           int64         // ms since the line before, at least; 0: any
	Calls              filter.Filter // of the calls
	Limit              int           // of the hits that are returned; 0: all
	Context            int           // lines before and after each hit
}

// Hit is a line that was found.
type Hit struct {
	Attempt
	Line
	Before, After []Line // of its call
}

// Hits are the lines that were found, those of the latest day first.
type Hits struct {
	Hits  []Hit // at most as many as asked for
	Total int64 // of all
	Days  []DayHits
}

// DayHits is how many lines of a day were found.
type DayHits struct {
	Day  calendar.Day // of the call; corpus.NoDay for calls without a time
	Hits int64
}

// TextError means that a text cannot be searched for.
type TextError struct{ err error }

func (e *TextError) Error() string { return e.err.Error() }
func (e *TextError) Unwrap() error { return e.err }

// maxRegex is how long an expression may be: RE2 gives up on much longer ones.
const maxRegex = 10_000

// maxPage is how many lines, more or less, are read at a time where all are wanted.
const maxPage = 50_000

// Search finds lines. The error is a [TextError] where no line can have such a text.
//
// All lines are read once to count them, which needs no more than what they say. What
// else is known of a hit is read for the latest days alone, as many as the hits that are
// returned are from.
func (d *DB) Search(ctx context.Context, o SearchOptions) (*Hits, error) {
	s, err := newSearch(o)
	if err != nil {
		return nil, err
	}
	found := &Hits{}
	err = d.search(ctx, "hits_by_day", s, nil, func(v []driver.Value) error {
		day := DayHits{Day: corpus.NoDay, Hits: v[1].(int64)}
		if known, ok := v[0].(int32); ok {
			day.Day = calendar.Day(known)
		}
		found.Days = append(found.Days, day)
		found.Total += day.Hits
		return nil
	})
	for days := found.Days; err == nil && len(days) > 0 && (o.Limit == 0 || len(found.Hits) < o.Limit); {
		var page []DayHits
		var limit any
		if page, days = nextPage(days, o.Limit-len(found.Hits)); o.Limit > 0 {
			limit = int64(o.Limit - len(found.Hits))
		}
		err = d.search(ctx, "hits", s.on(page), []any{limit}, found.add)
	}
	if err == nil && o.Context > 0 && len(found.Hits) > 0 {
		err = d.around(ctx, found.Hits, int32(min(o.Context, 1<<20)))
	}
	return found, err
}

// nextPage takes from days as many as have so many lines, if it is more than 0. Calls
// without a day are a page of their own.
func nextPage(days []DayHits, lines int) (page, rest []DayHits) {
	if lines <= 0 {
		lines = maxPage
	}
	n := 1
	for have := days[0].Hits; n < len(days) && have < int64(lines) && days[n].Day != corpus.NoDay; n++ {
		have += days[n].Hits
	}
	return days[:n], days[n:]
}

func (h *Hits) add(v []driver.Value) error {
	h.Hits = append(h.Hits, Hit{
		Line: Line{Turn: v[0].(int32), Speaker: v[1].(string), Gap: v[2].(int64), Script: v[3].(string)},
		Attempt: Attempt{
			Key:      Key{v[4].(string), v[5].(string), v[6].(string)},
			Campaign: v[7].(string), Script: v[8].(string), Version: v[9].(string), Number: v[10].(string), Outcome: v[11].(string),
			JobDate: calendar.Day(v[12].(int32)), Start: v[13].(int64), Attempt: v[14].(int32), LineCount: v[15].(int32),
		},
	})
	return nil
}

// around adds n lines before and after each hit.
func (d *DB) around(ctx context.Context, hits []Hit, n int32) error {
	var days []int32
	var tasks []string
	for i := range hits {
		days = append(days, int32(hits[i].JobDate))
		tasks = append(tasks, hits[i].Task)
	}
	slices.Sort(days)
	slices.Sort(tasks)
	calls := map[Key][]Line{}
	err := d.each(ctx, "whole_calls", []any{slices.Compact(days), slices.Compact(tasks)}, func(v []driver.Value) error {
		key := Key{v[0].(string), v[1].(string), v[2].(string)}
		calls[key] = append(calls[key], Line{Turn: v[3].(int32), Speaker: v[4].(string), Gap: v[5].(int64), Script: v[6].(string)})
		return nil
	})
	for i := range hits {
		hit := &hits[i]
		for _, line := range calls[hit.Key] {
			switch apart := line.Turn - hit.Turn; {
			case -n <= apart && apart < 0:
				hit.Before = append(hit.Before, line)
			case 0 < apart && apart <= n:
				hit.After = append(hit.After, line)
			}
		}
	}
	return err
}

// search is the conditions of one.
type search struct{ line, call where }

func newSearch(o SearchOptions) (*search, error) {
	if !utf8.ValidString(o.Text) {
		return nil, &TextError{errors.New("the text is not UTF-8")}
	}
	s := &search{}
	w := &s.line
	switch {
	case o.Regex && len(o.Text) > maxRegex:
		return nil, &TextError{fmt.Errorf("the expression is longer than %d bytes", maxRegex)}
	case o.Regex:
		if _, err := regexp.Compile(o.Text); err != nil {
			return nil, &TextError{err}
		}
		w.add("regexp_matches(script, ?::VARCHAR)", o.Text)
	case o.Text != "":
		w.add("contains(script, ?::VARCHAR)", o.Text)
	}
	if o.Speaker != "" {
		w.add("speaker = ?::VARCHAR", o.Speaker)
	}
	if o.MinChars > 0 {
		w.add("chars >= ?::BIGINT", int64(o.MinChars))
	}
	if o.MaxChars > 0 {
		w.add("chars <= ?::BIGINT", int64(o.MaxChars))
	}
	if o.MinPause > 0 {
		w.add("timing = 'ok' AND gap_ms >= ?::BIGINT", o.MinPause)
	}
	w.days(o.Calls.Days()) // so that files of other days need not be read
	calls, err := conditions(o.Calls)
	if err != nil {
		return nil, err
	}
	s.call = *calls
	return s, nil
}

// on returns the search on some days, the latest of which comes first.
func (s *search) on(days []DayHits) *search {
	line := where{slices.Clone(s.line.terms), slices.Clone(s.line.values)}
	if first, last := days[len(days)-1].Day, days[0].Day; last == corpus.NoDay {
		line.add("call_date IS NULL")
	} else {
		line.days(first, last)
	}
	return &search{line, s.call}
}

// search asks a question whose templates are the conditions of a search. more are values
// after theirs.
func (d *DB) search(ctx context.Context, name string, s *search, more []any, row func(v []driver.Value) error) error {
	conditions := struct{ Line, Call string }{s.line.sql("true"), s.call.sql("")}
	return d.filled(ctx, name, conditions, slices.Concat(s.call.values, s.line.values, more), row)
}
