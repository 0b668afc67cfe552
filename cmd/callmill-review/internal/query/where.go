//go:build cgo

package query

import (
	"strings"

	"callmill/cmd/callmill-review/internal/filter"
	"callmill/pipeline/calendar"
)

// where is conditions of SQL that must all hold, with the values of their parameters.
type where struct {
	terms  []string
	values []any
}

func (w *where) add(term string, values ...any) {
	w.terms = append(w.terms, "("+term+")")
	w.values = append(w.values, values...)
}

// days adds bounds of the day of a call; 0 is none.
func (w *where) days(from, to calendar.Day) {
	if from != 0 {
		w.add("call_date >= DATE '1970-01-01' + ?::INTEGER", int32(from))
	}
	if to != 0 {
		w.add("call_date <= DATE '1970-01-01' + ?::INTEGER", int32(to))
	}
}

// sql returns the conditions; none if there are none.
func (w *where) sql(none string) string {
	if len(w.terms) == 0 {
		return none
	}
	return strings.Join(w.terms, " AND ")
}

// conditions returns the conditions of a filter, over the view called. Of what users
// type, values alone are in it, as parameters.
func conditions(f filter.Filter) (*where, error) {
	about, err := expressions()
	if err != nil {
		return nil, err
	}
	w := &where{}
	for _, c := range f.Conditions() {
		term, values := "", []any(nil)
		switch c.Key {
		case filter.Is:
			var facts []string
			for _, v := range c.Values {
				facts = append(facts, "("+about[c.Key+" "+v]+")")
			}
			term = strings.Join(facts, " OR ")
		case filter.Result:
			term, values = about[c.Key], []any{c.Values, c.Values}
		case filter.Day, filter.Hour, filter.Attempt:
			var ranges []string
			for _, r := range c.Ranges() {
				ranges = append(ranges, about[c.Key]+" BETWEEN ?::BIGINT AND ?::BIGINT")
				values = append(values, r.Low, r.High)
			}
			term = strings.Join(ranges, " OR ")
		default:
			term, values = "list_contains(?::VARCHAR[], "+about[c.Key]+")", []any{c.Values}
		}
		term = "coalesce(" + term + ", false)"
		if c.Not {
			term = "NOT " + term
		}
		w.add(term, values...)
	}
	return w, nil
}

// expressions returns those of conditions.sql by their names.
func expressions() (map[string]string, error) {
	text, err := source("conditions")
	if err != nil {
		return nil, err
	}
	named, name := map[string]string{}, ""
	for line := range strings.Lines(text) {
		if heading, ok := strings.CutPrefix(line, "-- "); ok {
			name = strings.TrimSpace(heading)
			continue
		}
		named[name] += line
	}
	return named, nil
}
