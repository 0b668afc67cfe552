// Package measure runs finders of personal data over simulated calls, whose truth is
// known to the byte, and counts what they found of it: by kind, by whose it is, by
// the manner in which it was told. Counts come with 95 % intervals. Only tests
// import it.
package measure

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"callmill/pipeline/redact/span"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// Finder is what is measured: finders of one layer or of several.
type Finder struct {
	// Job is told each job before its calls, as the finder of its own values is.
	// nil tells nobody.
	Job func(*schema.Job)
	// Find appends what it finds in a conversation to dst.
	Find func(dst []span.Span, call []span.Line) []span.Span
}

// Class is what the truth says of a span of personal data.
type Class struct {
	Kind     span.Kind
	Of       string // own, titled, bare or ""
	Manner   string // written, spoken, mixed, fillers, split or ""
	Misheard bool   // some of its characters are homophones
	Robot    bool   // the robot says it
}

// Count is what became of spans of the truth.
type Count struct {
	Spans int // = Exact + Relabelled + Covered + Part + Missed

	Exact      int // found with its extents and kind
	Relabelled int // with its extents, as another kind
	Covered    int // found whole, with more around it or in pieces
	Part       int // a part is left
	Missed     int // nothing was found
}

// Masked returns how many nothing is left of.
func (c Count) Masked() int { return c.Exact + c.Relabelled + c.Covered }

// Extents returns how many were found with their extents, as whatever kind.
func (c Count) Extents() int { return c.Exact + c.Relabelled }

func (c *Count) add(d Count) {
	c.Spans += d.Spans
	c.Exact += d.Exact
	c.Relabelled += d.Relabelled
	c.Covered += d.Covered
	c.Part += d.Part
	c.Missed += d.Missed
}

// Found is how many spans were found as a kind, and how many of them touch none of
// the truth, of whatever kind.
type Found struct{ Spans, False int }

// Score sums up what a finder made of worlds.
type Score struct {
	Calls, Lines int
	classes      map[Class]*Count
	found        map[finding]*Found
	wrong        []string
}

// finding is what was found, and by what kind of knowledge.
type finding struct {
	kind  span.Kind
	layer span.Layer
}

// quoted is how many lines a score remembers that went wrong, of each kind of wrong.
const quoted = 40

// World measures a finder on all calls of a world.
func World(w *simulate.World, f Finder) *Score {
	s := &Score{classes: map[Class]*Count{}, found: map[finding]*Found{}}
	s.Add(w, f)
	return s
}

// Add measures a finder on all calls of one more world.
func (s *Score) Add(w *simulate.World, f Finder) {
	var call []span.Line
	var found []span.Span
	for i := range w.Len() {
		job, truth := w.Job(i)
		if f.Job != nil {
			f.Job(job)
		}
		for k := range job.Tasks {
			call = call[:0]
			for _, turn := range job.Tasks[k].Turns {
				call = append(call, span.Line{Speaker: turn.Speaker, Text: turn.Script})
			}
			if len(call) == 0 {
				continue
			}
			s.Calls++
			s.Lines += len(call)
			found = span.Merge(f.Find(found[:0], call))
			s.call(call, truth.Tasks[k].Turns, found)
		}
	}
}

// call counts one conversation. The spans are sorted by place.
func (s *Score) call(call []span.Line, truth []simulate.TurnTruth, found []span.Span) {
	for n := range call {
		of := found
		for len(of) > 0 && of[0].Line < n {
			of = of[1:]
		}
		end := 0
		for end < len(of) && of[end].Line == n {
			end++
		}
		of, found = of[:end], of[end:]
		s.line(call[n], truth[n].Spans, of)
	}
}

func (s *Score) line(line span.Line, truth []simulate.Span, found []span.Span) {
	touched := make([]bool, len(found))
	for _, want := range truth {
		for i, f := range found {
			touched[i] = touched[i] || f.Start < want.End && want.Start < f.End
		}
		if want.Of == "surname" {
			continue // alone it says little of anybody: either way is right
		}
		class := Class{span.Kind(want.Kind), want.Of, want.Manner, want.Misheard > 0, line.Speaker == schema.SpeakerRobot}
		if s.classes[class] == nil {
			s.classes[class] = &Count{}
		}
		c, what := judge(want, found)
		s.classes[class].add(c)
		if what != "" {
			s.quote(what, class.Kind, want.Text, line)
		}
	}
	for i, f := range found {
		by := finding{f.Kind, f.Layer}
		if s.found[by] == nil {
			s.found[by] = &Found{}
		}
		s.found[by].Spans++
		if !touched[i] {
			s.found[by].False++
			s.quote("false", f.Kind, line.Text[f.Start:f.End], line)
		}
	}
}

// judge returns what became of a span of the truth, in a word unless it was exact.
func judge(want simulate.Span, found []span.Span) (Count, string) {
	covered, touched := 0, false
	for _, f := range found {
		if f.Start == want.Start && f.End == want.End {
			if string(f.Kind) == want.Kind {
				return Count{Spans: 1, Exact: 1}, ""
			}
			return Count{Spans: 1, Relabelled: 1}, "found as " + string(f.Kind)
		}
		if n := min(f.End, want.End) - max(f.Start, want.Start); n > 0 {
			covered, touched = covered+n, true
		}
	}
	switch {
	case covered == want.End-want.Start:
		return Count{Spans: 1, Covered: 1}, "covered, not exact"
	case touched:
		return Count{Spans: 1, Part: 1}, "a part is left"
	}
	return Count{Spans: 1, Missed: 1}, "missed"
}

func (s *Score) quote(what string, kind span.Kind, text string, line span.Line) {
	begin := what + ": " + string(kind) + " "
	n := 0
	for _, w := range s.wrong {
		if strings.HasPrefix(w, begin) {
			n++
		}
	}
	if n < quoted {
		s.wrong = append(s.wrong, fmt.Sprintf("%s%q in %s %q", begin, text, line.Speaker, line.Text))
	}
}

// Wrong returns what went wrong, a line each, at most some of each sort. It quotes
// the calls: not for campaigns that the writers of rules must not see.
func (s *Score) Wrong() []string {
	sorted := slices.Clone(s.wrong)
	slices.Sort(sorted)
	return sorted
}

// Of returns the counts of the classes for which keep returns true; nil keeps all.
func (s *Score) Of(keep func(Class) bool) Count {
	var sum Count
	for class, c := range s.classes {
		if keep == nil || keep(class) {
			sum.add(*c)
		}
	}
	return sum
}

// Found returns what was found as one of some kinds; of none, all.
func (s *Score) Found(kinds ...span.Kind) Found {
	return s.sum(func(f finding) bool { return len(kinds) == 0 || slices.Contains(kinds, f.kind) })
}

// FoundBy returns what a layer found, of whatever kind: where layers found the same,
// the strongest of them.
func (s *Score) FoundBy(layer span.Layer) Found {
	return s.sum(func(f finding) bool { return f.layer == layer })
}

func (s *Score) sum(keep func(finding) bool) (sum Found) {
	for by, f := range s.found {
		if keep(by) {
			sum.Spans += f.Spans
			sum.False += f.False
		}
	}
	return sum
}

// Wilson returns the 95 % interval of a share of n in of (Wilson, Journal of the
// American Statistical Association 22, 1927, 209–212); 0 to 1 of none.
func Wilson(n, of int) (low, high float64) {
	if of == 0 {
		return 0, 1
	}
	const z = 1.959964
	p, m := float64(n)/float64(of), float64(of)
	middle := p + z*z/(2*m)
	spread := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, (middle-spread)/(1+z*z/m)), min(1, (middle+spread)/(1+z*z/m))
}

// String returns the counts as a table: kinds with whose they are, then the kinds
// that were found, then the manners in which numbers were told.
func (s *Score) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d calls, %d lines\n", s.Calls, s.Lines)
	header := func(what string) {
		fmt.Fprintf(&b, "%-18s %6s %6s %10s %7s %5s %6s  %s\n", what, "spans", "exact", "relabelled", "covered", "part", "missed", "masked, with its interval")
	}
	header("kind")
	for _, kind := range span.Kinds() {
		for _, of := range []string{"own", "titled", "bare", ""} {
			s.row(&b, strings.TrimSpace(string(kind)+" "+of), func(c Class) bool { return c.Kind == kind && c.Of == of })
		}
	}
	s.row(&b, "all", nil)
	fmt.Fprintf(&b, "%-18s %6s %6s  %s\n", "found as", "spans", "false", "right, with its interval")
	for _, kind := range span.Kinds() {
		f := s.Found(kind)
		if f.Spans > 0 {
			fmt.Fprintf(&b, "%-18s %6d %6d  %s\n", kind, f.Spans, f.False, share(f.Spans-f.False, f.Spans))
		}
	}
	f := s.Found()
	fmt.Fprintf(&b, "%-18s %6d %6d  %s\n", "all", f.Spans, f.False, share(f.Spans-f.False, f.Spans))
	header("manner")
	manners := map[string]bool{}
	for class := range s.classes {
		manners[class.Manner] = true
	}
	delete(manners, "")
	for _, manner := range slices.SortedFunc(maps.Keys(manners), cmp.Compare[string]) {
		s.row(&b, manner, func(c Class) bool { return c.Manner == manner && !c.Misheard })
		s.row(&b, manner+" misheard", func(c Class) bool { return c.Manner == manner && c.Misheard })
	}
	return b.String()
}

func (s *Score) row(b *strings.Builder, name string, keep func(Class) bool) {
	c := s.Of(keep)
	if c.Spans == 0 {
		return
	}
	fmt.Fprintf(b, "%-18s %6d %6d %10d %7d %5d %6d  %s\n", name, c.Spans, c.Exact, c.Relabelled, c.Covered, c.Part, c.Missed, share(c.Masked(), c.Spans))
}

func share(n, of int) string {
	low, high := Wilson(n, of)
	return fmt.Sprintf("%.4f (%.4f–%.4f)", float64(n)/float64(max(of, 1)), low, high)
}
