package calendar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Coverage says for which time the calls of an instance were fetched, by the way
// they were found. Each list has the form of [Union]; nil is nothing.
type Coverage struct {
	Calls  []Interval `json:"calls,omitempty"`  // seen whole in the lists of calls
	Groups []Interval `json:"groups,omitempty"` // the campaigns were read
}

// UnmarshalJSON also reads the one list of format 1, which holds for both ways.
func (c *Coverage) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		var both []Interval
		if err := json.Unmarshal(text, &both); err != nil {
			return err
		}
		*c = Coverage{Calls: both, Groups: slices.Clone(both)}
		return nil
	}
	type plain Coverage
	return json.Unmarshal(text, (*plain)(c))
}

// Empty reports whether nothing is covered in any way.
func (c Coverage) Empty() bool { return len(c.Calls)+len(c.Groups) == 0 }

// Whole returns what is covered in every way that anything was ever covered in.
func (c Coverage) Whole() []Interval {
	switch {
	case len(c.Calls) == 0:
		return Union(c.Groups)
	case len(c.Groups) == 0:
		return Union(c.Calls)
	}
	return Intersect(c.Calls, c.Groups)
}

// Add returns the coverage with more of each way. It modifies neither.
func (c Coverage) Add(more Coverage) Coverage {
	return Coverage{Union(c.Calls, more.Calls...), Union(c.Groups, more.Groups...)}
}

// Check returns what is wrong with the intervals, nil where they have the form of
// [Union].
func (c Coverage) Check() error {
	for _, way := range [][]Interval{c.Calls, c.Groups} {
		for i, v := range way {
			if v.Empty() {
				return fmt.Errorf("empty interval %s–%s", v.From, v.To)
			}
			if i > 0 && !way[i-1].To.Before(v.From) {
				return fmt.Errorf("the covered interval from %s is not after the one to %s", v.From, way[i-1].To)
			}
		}
	}
	return nil
}

// Doubt is a day on which no call was listed, although calls were to be expected.
type Doubt struct {
	Day   Day       `json:"day"`   // of the dataset's time zone
	Since time.Time `json:"since"` // when it was first seen empty
}
