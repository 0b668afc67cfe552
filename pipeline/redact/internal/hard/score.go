package hard

import (
	"fmt"
	"slices"
	"strings"

	"callmill/pipeline/redact/span"
)

// Count is what became of the marks of one kind, and of the spans that were found
// as this kind.
type Count struct {
	Marks int // = Exact + Relabelled + Covered + Part + Missed

	Exact      int // found with its extents and one of its kinds
	Relabelled int // with its extents, as another kind
	Covered    int // found whole, with more around it or in pieces
	Part       int // a part is left
	Missed     int // nothing was found

	False int // spans that touch no mark
}

// Masked returns how many of the marks nothing is left of.
func (c Count) Masked() int { return c.Exact + c.Relabelled + c.Covered }

func (c *Count) add(d Count) {
	c.Marks += d.Marks
	c.Exact += d.Exact
	c.Relabelled += d.Relabelled
	c.Covered += d.Covered
	c.Part += d.Part
	c.Missed += d.Missed
	c.False += d.False
}

// Score sums up what a finder made of cases. The zero value is of none.
type Score struct {
	Cases, Lines int
	kinds        map[span.Kind]*Count
}

// Add counts what was found in the lines of a case. The spans may be in any order.
func (s *Score) Add(c Case, found []span.Span) {
	s.Cases++
	s.Lines += len(c.Lines)
	for _, v := range c.judge(found) {
		if s.kinds == nil {
			s.kinds = map[span.Kind]*Count{}
		}
		if s.kinds[v.kind] == nil {
			s.kinds[v.kind] = &Count{}
		}
		s.kinds[v.kind].add(v.count)
	}
}

// Of returns the counts of some kinds together; of none, those of all.
func (s *Score) Of(kinds ...span.Kind) Count {
	var sum Count
	for kind, c := range s.kinds {
		if len(kinds) == 0 || slices.Contains(kinds, kind) {
			sum.add(*c)
		}
	}
	return sum
}

// String returns a table of counts, a line for each kind that has any and one for all
// of them.
func (s *Score) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d cases, %d lines\n", s.Cases, s.Lines)
	fmt.Fprintf(&b, "%-9s %6s %6s %10s %7s %5s %6s %6s\n", "kind", "marks", "exact", "relabelled", "covered", "part", "missed", "false")
	row := func(name string, c Count) {
		fmt.Fprintf(&b, "%-9s %6d %6d %10d %7d %5d %6d %6d\n", name, c.Marks, c.Exact, c.Relabelled, c.Covered, c.Part, c.Missed, c.False)
	}
	for _, kind := range span.Kinds() {
		if c := s.kinds[kind]; c != nil {
			row(string(kind), *c)
		}
	}
	row("all", s.Of())
	return b.String()
}

// Wrong says, a line each, which marks of a case were not found exactly and what was
// found that is none. It quotes the case: it is not for the sealed half.
func (c Case) Wrong(found []span.Span) []string {
	var lines []string
	for _, v := range c.judge(found) {
		if v.count.Exact == 0 {
			lines = append(lines, fmt.Sprintf("%s: %s: %s %q in %q", c.Pos, v.what, v.kind, v.text, c.Lines[v.line].Text))
		}
	}
	return lines
}

// verdict is what became of one mark, or a span that is false.
type verdict struct {
	line  int
	text  string
	kind  span.Kind
	what  string
	count Count // of this one
}

func (c Case) judge(found []span.Span) []verdict {
	found = slices.Clone(found)
	slices.SortFunc(found, byPlace)
	var verdicts []verdict
	for _, m := range c.Marks {
		if m.Optional() {
			continue
		}
		v := verdict{line: m.Line, text: m.Text, kind: m.Kinds[0], count: Count{Marks: 1}}
		same := slices.IndexFunc(found, func(s span.Span) bool {
			return s.Line == m.Line && s.Start == m.Start && s.End == m.End
		})
		switch {
		case same >= 0 && slices.Contains(m.Kinds, found[same].Kind):
			v.what, v.count.Exact = "exact", 1
		case same >= 0:
			v.what, v.count.Relabelled = "found as "+string(found[same].Kind), 1
		case m.covered(found):
			v.what, v.count.Covered = "covered, not exact", 1
		case slices.ContainsFunc(found, m.touches):
			v.what, v.count.Part = "a part is left", 1
		default:
			v.what, v.count.Missed = "missed", 1
		}
		verdicts = append(verdicts, v)
	}
	for _, s := range found {
		if !slices.ContainsFunc(c.Marks, func(m Mark) bool { return m.touches(s) }) {
			verdicts = append(verdicts, verdict{
				line: s.Line, text: c.Lines[s.Line].Text[s.Start:s.End], kind: s.Kind,
				what: "false", count: Count{False: 1},
			})
		}
	}
	return verdicts
}
