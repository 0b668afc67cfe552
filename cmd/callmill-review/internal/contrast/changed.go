package contrast

import (
	"cmp"
	"math"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/stratified"
	"callmill/pipeline/calendar"
)

// Side says of a call whether it is one before or after a change.
type Side uint8

// The sides.
const (
	Neither Side = iota
	Before
	After
)

// Days are days from the first to the last.
type Days struct{ First, Last calendar.Day }

// Has reports whether a day is one of them.
func (d Days) Has(day calendar.Day) bool { return d.First <= day && day <= d.Last }

// String returns one day as YYYY-MM-DD, more as FIRST..LAST.
func (d Days) String() string {
	if d.First == d.Last {
		return d.First.String()
	}
	return d.First.String() + ".." + d.Last.String()
}

// Over returns the days from the first to the last of some calls; ok is false where none
// of them has a day.
func Over(c *corpus.Corpus, calls []int32) (days Days, ok bool) {
	for _, i := range calls {
		day := c.Calls[i].Day
		switch {
		case day == corpus.NoDay:
		case !ok:
			days, ok = Days{day, day}, true
		default:
			days = Days{min(days.First, day), max(days.Last, day)}
		}
	}
	return days, ok
}

// LastDay returns the last day of some calls and the seven days before it; ok is false
// where none of them has a day.
func LastDay(c *corpus.Corpus, calls []int32) (before, after Days, ok bool) {
	days, ok := Over(c, calls)
	if !ok {
		return Days{}, Days{}, false
	}
	last := days.Last
	return Days{last - 7, last - 1}, Days{last, last}, true
}

// OnDays returns the sides of calls by their days; a day on both sides counts as after.
func OnDays(c *corpus.Corpus, before, after Days) []Side {
	sides := make([]Side, len(c.Calls))
	for i := range c.Calls {
		switch day := c.Calls[i].Day; {
		case day == corpus.NoDay:
		case after.Has(day):
			sides[i] = After
		case before.Has(day):
			sides[i] = Before
		}
	}
	return sides
}

// Change is what changed between two sides.
type Change struct {
	Answer          // its Calls and Observed are those after
	BeforeCalls int `json:"before_calls"`
	BeforeTrue  int `json:"before_observed"`
	// Mix and Within are the change of the rate, in calls of those after: that scripts
	// have another share of calls, and that within scripts the rate is another.
	Mix    float64 `json:"mix"`
	Within float64 `json:"within"`
}

// ChangedDimensions are what Changed looks at.
func ChangedDimensions() []Dimension {
	return []Dimension{Version, Wording, Number, Hour, Attempt, Batch, Script}
}

// Changed finds the values whose calls after have more or fewer with Yes than before, the
// surest first. Calls are paired by script, attempt and version, without the version where
// most are of one that is on one side only; what is new is compared with all of its script
// before. Once something is found its calls are taken out and the rest is tried again. Values that are nearly the
// same calls are one finding, named after the first that is new in the order of
// ChangedDimensions. Wordings are compared at the exchange in which a call hears them first.
func Changed(c *corpus.Corpus, g *nodes.Graph, values []measure.Value, sides []Side, o Options) Change {
	o = o.defaults(30, .05)
	known := slices.Clone(values)
	for i, side := range sides {
		if side == Neither {
			known[i] = measure.Unknown
		}
	}
	s := &changing{attributes: newAttributes(c, known), options: o}
	var change Change
	for p, i := range s.calls {
		after := sides[i] == After
		s.after = append(s.after, after)
		calls, trues := &change.BeforeCalls, &change.BeforeTrue
		if after {
			calls, trues = &change.Calls, &change.Observed
		}
		*calls++
		if s.isTrue[p] {
			*trues++
		}
	}
	if change.Reason = change.whyNot(); change.Reason != "" {
		return change
	}
	change.Mix, change.Within = s.kitagawa()
	s.pair()
	s.collectValues(g)
	if change.Findings = s.forward(known); len(change.Findings) == 0 {
		change.Reason = Chance
		if s.tests == 0 {
			change.Reason = TooFew
		}
	}
	change.Tests = s.tests
	worseFirst(change.Findings, o.Fewer)
	return change
}

func (c *Change) whyNot() Reason {
	trues, calls := c.Observed+c.BeforeTrue, c.Calls+c.BeforeCalls
	switch {
	case calls == 0:
		return NoCalls
	case c.BeforeCalls == 0:
		return NoBefore
	case c.Calls == 0:
		return NoAfter
	case trues == 0:
		return NeverTrue
	case trues == calls:
		return AlwaysTrue
	}
	return ""
}

type changing struct {
	*attributes
	options   Options
	after     []bool
	gone      []bool  // of a finding so far
	version   []int32 // of a script, below versioned
	versioned int32
	last      []int32 // exchange of each call
	values    []dated
	tests     int // in the first round
}

// dated is a value with the exchanges in which its calls have it first; 0 of all that is
// so from the beginning.
type dated struct {
	value
	exchange []int32 // nil: 0
	isNew    bool    // too few calls before have it
	named    bool    // a finding has its name: what is left of it is not another one
}

func (d *dated) at(i int) int32 {
	if d.exchange == nil {
		return 0
	}
	return d.exchange[i]
}

// pair numbers what calls are paired by. People who did not answer are called again, so
// that calls of days after a batch began are of other attempts.
func (s *changing) pair() {
	var names []Name
	s.version, names = s.versions()
	s.versioned = int32(len(names))
	s.last = make([]int32, len(s.calls))
	s.gone = make([]bool, len(s.calls))
	for p := range s.calls {
		if call := s.call(p); call.LineCount > 0 {
			s.last[p] = capped(s.corpus.Lines[call.FirstLine+call.LineCount-1].Exchange)
		}
	}
}

// strata is how many strata there are: versions, then scripts, each at every attempt.
func (s *changing) strata() int32 { return (s.versioned + int32(len(s.scripts))) * attempts }

// byVersion returns the stratum of a call by its version, byScript the one by its script.
func (s *changing) byVersion(p int32) int32 {
	return s.version[p]*attempts + attemptOf(s.call(int(p)))
}

func (s *changing) byScript(p int32) int32 {
	return (s.versioned+s.robot[p])*attempts + attemptOf(s.call(int(p)))
}

// versionsMeet returns, by script, whether most of a value's calls after are of versions
// that its calls before are of, too. Otherwise its version changed with everything, and
// its calls are paired by script. It looks at versions only, never at the measure, so that
// the choice does not bend the test.
func (s *changing) versionsMeet(v *dated) []bool {
	had := make([]bool, s.versioned)
	for _, p := range v.calls {
		if !s.after[p] && !s.gone[p] {
			had[s.version[p]] = true
		}
	}
	balance := make([]int, len(s.scripts))
	for _, p := range v.calls {
		switch {
		case !s.after[p] || s.gone[p]:
		case had[s.version[p]]:
			balance[s.robot[p]]++
		default:
			balance[s.robot[p]]--
		}
	}
	meet := make([]bool, len(balance))
	for robot, n := range balance {
		meet[robot] = n >= 0
	}
	return meet
}

func (s *changing) collectValues(g *nodes.Graph) {
	for _, d := range ChangedDimensions() {
		if d == Wording {
			s.values = append(s.values, s.wordings(g)...)
			continue
		}
		for _, v := range s.attributes.values(d) {
			s.values = append(s.values, dated{value: v})
		}
	}
	kept := s.values[:0]
	for _, v := range s.values {
		after := 0
		for _, p := range v.calls {
			if s.after[p] {
				after++
			}
		}
		v.isNew = len(v.calls)-after < s.options.MinCalls
		if after >= s.options.MinCalls {
			kept = append(kept, v)
		}
	}
	s.values = kept
}

// wordings returns the ordinary wordings of the robot as values.
func (s *changing) wordings(g *nodes.Graph) []dated {
	values := make([]dated, len(g.Wordings))
	for w := range g.Wordings {
		wording := &g.Wordings[w]
		values[w].name = Name{Dimension: Wording, Value: wording.Pattern, Script: s.corpus.Scripts.String(wording.Script)}
	}
	for p := range s.calls {
		call := s.call(p)
		for at := call.FirstLine; at < call.FirstLine+call.LineCount; at++ {
			w := g.LineWording[at]
			if w < 0 || g.Wordings[w].Class != nodes.Ordinary {
				continue
			}
			v := &values[w]
			if n := len(v.calls); n > 0 && v.calls[n-1] == int32(p) {
				continue
			}
			v.calls = append(v.calls, int32(p))
			v.exchange = append(v.exchange, capped(s.corpus.Lines[at].Exchange))
		}
	}
	return values
}

// past is the calls before that are left, by stratum of their script and the exchanges
// they came to.
type past struct{ calls, trues []int32 }

func (s *changing) past() *past {
	cells := s.strata() * exchanges
	b := &past{make([]int32, cells), make([]int32, cells)}
	for p := range s.calls {
		if s.after[p] || s.gone[p] {
			continue
		}
		alike := s.byScript(int32(p))
		for e := range s.last[p] + 1 {
			b.calls[alike*exchanges+e]++
			if s.isTrue[p] {
				b.trues[alike*exchanges+e]++
			}
		}
	}
	return b
}

// changeTest is one value tried.
type changeTest struct {
	of      int // index in values
	isNew   bool
	z, p, q float64
}

// compare compares the calls of a value after with those before.
func (s *changing) compare(v *dated, b *past, t *tally) *stratified.Comparison {
	if most := int(s.strata()) * exchanges; len(t.cells) < most {
		t.cells = make([]counted, most)
	}
	meet := s.versionsMeet(v)
	for i, p := range v.calls {
		if s.gone[p] || v.isNew && !s.after[p] {
			continue
		}
		stratum := s.byScript(p)
		if !v.isNew && v.name.Dimension != Script && meet[s.robot[p]] {
			stratum = s.byVersion(p)
		}
		cell := t.at(stratum*exchanges + v.at(i))
		n, trues := &cell.earlier, &cell.earlierTrue
		if s.after[p] {
			n, trues = &cell.exposed, &cell.exposedTrue
		}
		*n++
		if s.isTrue[p] {
			*trues++
		}
	}
	t.Reset()
	for _, at := range t.touched {
		cell := t.cells[at]
		t.cells[at] = counted{}
		if v.isNew {
			cell.earlier, cell.earlierTrue = b.calls[at], b.trues[at]
		}
		t.Add(stratified.Stratum{Exposed: cell.exposed, ExposedTrue: cell.exposedTrue, Others: cell.earlier, OthersTrue: cell.earlierTrue})
	}
	t.touched = t.touched[:0]
	return &t.Comparison
}

// forward takes the surest, takes its calls out, tries the rest again, and so on.
func (s *changing) forward(known []measure.Value) []Finding {
	var findings []Finding
	var t tally
	for len(findings) < s.options.Limit {
		b := s.past()
		var tests []changeTest
		for i := range s.values {
			if s.values[i].named {
				continue
			}
			c := s.compare(&s.values[i], b, &t)
			if c.Exposed >= s.options.MinCalls {
				tests = append(tests, changeTest{of: i, isNew: s.values[i].isNew, z: c.Z(), p: c.PValue(stratified.Either)})
			}
		}
		if len(findings) == 0 {
			s.tests = len(tests)
		}
		tests = significantChanges(tests, s.options)
		if len(tests) == 0 {
			break
		}
		same := s.nearlySame(tests)
		named := same[0]
		v := &s.values[named.of]
		f := Finding{Name: v.name, New: named.isNew, Q: named.q}
		for _, other := range same {
			s.values[other.of].named = true
		}
		for _, other := range same[1:] {
			f.Aliases = append(f.Aliases, s.values[other.of].name)
		}
		if version, ok := s.versionOf(named, same); ok {
			f.Aliases = slices.Insert(f.Aliases, 0, version)
		}
		f.finish(s.compare(v, b, &t))
		calls := s.corpusCalls(s.left(v))
		if f.Script == "" {
			f.Scripts = mostScripts(s.corpus, calls)
		}
		f.Examples = f.examples(s.corpus, known, calls, s.options.Examples, func(int32) int32 { return -1 })
		findings = append(findings, f)
		for _, p := range v.calls {
			s.gone[p] = s.gone[p] || s.after[p] || !named.isNew
		}
	}
	return findings
}

func significantChanges(tests []changeTest, o Options) []changeTest {
	p := make([]float64, len(tests))
	for i := range tests {
		p[i] = tests[i].p
	}
	for i, q := range stratified.Adjust(p, len(tests)*o.Questions) {
		tests[i].q = q
	}
	return slices.DeleteFunc(tests, func(t changeTest) bool { return t.q > o.FDR || math.Abs(t.z) < leastZ })
}

// left returns the calls of a value after that are of no finding yet.
func (s *changing) left(v *dated) []int32 {
	var calls []int32
	for _, p := range v.calls {
		if s.after[p] && !s.gone[p] {
			calls = append(calls, p)
		}
	}
	return calls
}

// nearlySame returns the surest test and those that say the same of nearly the same
// calls, in the order in which they name a finding.
func (s *changing) nearlySame(tests []changeTest) []changeTest {
	best := slices.MaxFunc(tests, func(a, b changeTest) int { return cmp.Compare(math.Abs(a.z), math.Abs(b.z)) })
	own := s.left(&s.values[best.of])
	var same []changeTest
	for _, t := range tests {
		calls := s.left(&s.values[t.of])
		both := float64(shared(own, calls))
		small, large := float64(min(len(own), len(calls))), float64(max(len(own), len(calls)))
		if t.z*best.z > 0 && math.Abs(t.z) >= .7*math.Abs(best.z) && both >= .6*small && both >= .4*large {
			same = append(same, t)
		}
	}
	// Values are in the order of their dimensions.
	slices.SortStableFunc(same, func(a, b changeTest) int {
		switch {
		case a.isNew == b.isNew:
			return 0
		case a.isNew:
			return -1
		}
		return 1
	})
	return same
}

// versionOf returns the new version of which a new wording is: only some of its calls hear
// it, so that they are not nearly the same.
func (s *changing) versionOf(named changeTest, same []changeTest) (Name, bool) {
	isVersion := func(t changeTest) bool { return s.values[t.of].name.Dimension == Version }
	wording := &s.values[named.of]
	if !named.isNew || wording.name.Dimension != Wording || slices.ContainsFunc(same, isVersion) {
		return Name{}, false
	}
	own := s.left(wording)
	for i := range s.values {
		v := &s.values[i]
		if v.name.Dimension != Version || shared(own, v.calls)*10 < len(own)*9 {
			continue
		}
		return v.name, v.isNew
	}
	return Name{}, false
}

// kitagawa splits the change of the rate into what the mix of scripts explains and what
// happened within them, in calls of those after (Kitagawa, Components of a difference
// between two rates, JASA 50, 1955): mix + within is what was observed after less what
// the rate before would give. It goes by scripts as wholes, all versions and attempts
// together, unlike the findings beside it. A script of one side only is mix.
func (s *changing) kitagawa() (mix, within float64) {
	type sums struct{ calls, trues [2]float64 }
	scripts := make([]sums, len(s.scripts))
	var total [2]float64
	for p, robot := range s.robot {
		side := 0
		if s.after[p] {
			side = 1
		}
		scripts[robot].calls[side]++
		total[side]++
		if s.isTrue[p] {
			scripts[robot].trues[side]++
		}
	}
	for _, script := range scripts {
		share := [2]float64{script.calls[0] / total[0], script.calls[1] / total[1]}
		var rate [2]float64
		for side, calls := range script.calls {
			if calls > 0 {
				rate[side] = script.trues[side] / calls
			}
		}
		for side, calls := range script.calls {
			if calls == 0 {
				rate[side] = rate[1-side]
			}
		}
		mix += (share[1] - share[0]) * (rate[0] + rate[1]) / 2
		within += (rate[1] - rate[0]) * (share[0] + share[1]) / 2
	}
	return mix * total[1], within * total[1]
}
