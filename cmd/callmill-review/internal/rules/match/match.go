// Package match finds the hits of rules in the calls of a corpus, counts them, and says
// of a call why a rule hits it. It reads no files: package rules does.
package match

import (
	"context"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/scan"
)

// Hits are the hits of all rules of a book, in its order.
type Hits struct {
	Rules []RuleHits

	// UnknownScripts are the scripts that rules name but no call of the corpus has, each
	// once, in the order of the book.
	UnknownScripts []string
}

// RuleHits are the hits of a rule.
type RuleHits struct {
	Rule *rules.Rule
	Hits []Hit // by call

	could []uint64 // a bit for each call of the corpus
	hit   []uint64
}

// Hit is a call that a rule hits.
type Hit struct {
	Call  int32   // index in Corpus.Calls
	Lines []int32 // of the call, where its conditions hold; none where they hold nowhere
}

// Could reports whether a rule could hit a call: a person answered it, what was said is
// there, its script is one of the rule's, it came as far as the rule says, and it was
// looked at. A rule about business results alone needs nothing said.
func (r *RuleHits) Could(call int32) bool { return r.could[call/64]>>(call%64)&1 != 0 }

// Hit reports whether a rule hits a call.
func (r *RuleHits) Hit(call int32) bool { return r.hit[call/64]>>(call%64)&1 != 0 }

// Find finds the hits of all rules in the calls that a person answered: what machines
// say that picked up, and platforms tell from people, is not looked at.
func Find(b *rules.Book, c *corpus.Corpus) *Hits {
	h, _ := find(context.Background(), b, c, nil) // which does not end
	return h
}

// FindAmong finds the hits of all rules among some calls, which are indexes in c.Calls, as
// [Find] does; others are neither hits nor could they be. It ends soon after ctx does, with
// its error.
func FindAmong(ctx context.Context, b *rules.Book, c *corpus.Corpus, calls []int32) (*Hits, error) {
	some := make([]uint64, (len(c.Calls)+63)/64)
	for _, i := range calls {
		some[i/64] |= 1 << (i % 64)
	}
	return find(ctx, b, c, some)
}

// often is after how many texts or calls it is looked whether ctx ended.
const often = 1 << 12

// find finds the hits among the calls whose bits are set in some; nil: all.
func find(ctx context.Context, b *rules.Book, c *corpus.Corpus, some []uint64) (*Hits, error) {
	m, err := newMatcher(ctx, b, c, some)
	if err != nil {
		return nil, err
	}
	h := &Hits{Rules: make([]RuleHits, len(b.Rules)), UnknownScripts: m.unknown}
	words := (len(c.Calls) + 63) / 64
	for i := range h.Rules {
		h.Rules[i] = RuleHits{Rule: &b.Rules[i], could: make([]uint64, words), hit: make([]uint64, words)}
	}
	for i := range c.Calls {
		if i%often == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		call := &c.Calls[i]
		if !call.Facts.Is(corpus.Answered) || some != nil && !scan.Has(some, i) {
			continue
		}
		m.begin(call)
		for k := range h.Rules {
			m.look(k, int32(i), &h.Rules[k])
		}
	}
	return h, nil
}

// look notes whether a rule hits the call at hand.
func (m *matcher) look(k int, i int32, rule *RuleHits) {
	if m.call.LineCount == 0 && m.needsLines(rule.Rule) {
		return
	}
	if !m.isScriptOf(k) || !m.came(&rule.Rule.Reached) {
		return
	}
	rule.could[i/64] |= 1 << (i % 64)
	if m.holds(&rule.Rule.When) == rule.Rule.Absent {
		return
	}
	rule.hit[i/64] |= 1 << (i % 64)
	rule.Hits = append(rule.Hits, Hit{i, m.evidence(&rule.Rule.When)})
}

// matcher evaluates conditions, a call at a time.
type matcher struct {
	b       *rules.Book
	c       *corpus.Corpus
	width   int            // words for the bits of a text
	bits    []uint64       // of operators that hold for a text, by text
	phrases []rules.Phrase // of texts, as they were needed
	scripts []scripts
	results [][]bool // by condition: which codes of results it is about
	unknown []string

	call   *corpus.Call
	lines  []corpus.Line
	have   []uint64 // bits that some line of the call has
	number uint32   // of the call
	states []state
}

// state is what is known of a condition in the call at hand.
type state struct {
	number uint32 // of the call it is known of
	holds  bool
	lines  []int32
}

// scripts are those of a rule.
type scripts struct {
	all   bool
	named map[[2]corpus.Code]bool // script and version; version -1: any
}

// newMatcher returns a matcher for the calls whose bits are set in some; nil: for all.
func newMatcher(ctx context.Context, b *rules.Book, c *corpus.Corpus, some []uint64) (*matcher, error) {
	m := &matcher{
		b: b, c: c,
		width:   (len(b.Operators) + 63) / 64,
		phrases: make([]rules.Phrase, len(c.Texts)),
		states:  make([]state, len(b.Conditions)),
	}
	m.have = make([]uint64, m.width)
	if err := m.readTexts(ctx, textsOf(c, some)); err != nil {
		return nil, err
	}
	m.findScripts()
	m.findResults()
	return m, nil
}

// textsOf returns bits of the texts that are said in some calls; nil: in all.
func textsOf(c *corpus.Corpus, some []uint64) []uint64 {
	if some == nil {
		return nil
	}
	texts := make([]uint64, (len(c.Texts)+63)/64)
	for i := range c.Calls {
		if !scan.Has(some, i) {
			continue
		}
		for _, line := range c.Of(&c.Calls[i]) {
			scan.Set(texts, int(line.Text))
		}
	}
	return texts
}

// lineOf returns what a text says; of the robot, unless all is loaded, its pattern.
func lineOf(c *corpus.Corpus, t *corpus.Text) string {
	if t.Script != "" || t.Pattern == 0 {
		return t.Script
	}
	return c.Patterns.String(t.Pattern)
}

// Said returns what a line says; of the robot, unless all is loaded, its pattern.
func Said(c *corpus.Corpus, line corpus.Line) string { return lineOf(c, &c.Texts[line.Text]) }

// readTexts finds which operators hold for each of the texts; nil: for all. Lines that say
// the same are read once.
func (m *matcher) readTexts(ctx context.Context, texts []uint64) error {
	m.bits = make([]uint64, len(m.c.Texts)*m.width)
	hits := make([]uint64, m.b.Patterns.Words())
	none := make([]uint64, m.width) // what holds where no pattern is
	var scratch scan.Scratch
	var positive []int // operators that need a pattern, or more than patterns
	for i := range m.b.Operators {
		o := &m.b.Operators[i]
		if len(o.Like) == 0 && o.Hold("", hits) {
			none[i/64] |= 1 << (i % 64)
		}
		if len(o.Like) > 0 {
			positive = append(positive, i)
		}
	}
	for t := range m.c.Texts {
		if t%often == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if texts != nil && !scan.Has(texts, t) {
			continue
		}
		line := lineOf(m.c, &m.c.Texts[t])
		row := m.bits[t*m.width : (t+1)*m.width]
		if !m.b.Patterns.Find(line, m.b.Wanted[m.c.Texts[t].Speaker], hits, &scratch) {
			copy(row, none)
			for _, i := range positive {
				if m.b.Operators[i].Hold(line, hits) {
					row[i/64] |= 1 << (i % 64)
				}
			}
			continue
		}
		for i := range m.b.Operators {
			if m.b.Operators[i].Hold(line, hits) {
				row[i/64] |= 1 << (i % 64)
			}
		}
		clear(hits)
	}
	return nil
}

func (m *matcher) findScripts() {
	m.scripts = make([]scripts, len(m.b.Rules))
	for i := range m.b.Rules {
		s := scripts{all: len(m.b.Rules[i].Scripts) == 0, named: map[[2]corpus.Code]bool{}}
		for _, name := range m.b.Rules[i].Scripts {
			key, ok := m.script(name)
			if !ok && !slices.Contains(m.unknown, name) {
				m.unknown = append(m.unknown, name)
			}
			s.named[key] = ok
		}
		m.scripts[i] = s
	}
}

func (m *matcher) script(name string) (key [2]corpus.Code, ok bool) {
	if code, ok := m.c.Scripts.Find(name); ok {
		return [2]corpus.Code{code, -1}, true
	}
	at := strings.LastIndexByte(name, '@')
	if at < 0 {
		return key, false
	}
	script, ok := m.c.Scripts.Find(name[:at])
	version, known := m.c.Versions.Find(name[at+1:])
	return [2]corpus.Code{script, version}, ok && known
}

func (m *matcher) findResults() {
	m.results = make([][]bool, len(m.b.Conditions))
	for i := range m.b.Conditions {
		if wanted := m.b.Conditions[i].Results; len(wanted) > 0 {
			is := make([]bool, m.c.Results.Len())
			for code := range is {
				is[code] = isResult(m.c.Results.String(corpus.Code(code)), wanted)
			}
			m.results[i] = is
		}
	}
}

func isResult(result string, wanted []string) bool {
	for _, w := range wanted {
		if name, any := strings.CutSuffix(w, "*"); any && strings.HasSuffix(name, "=") && strings.HasPrefix(result, name) || result == w {
			return true
		}
	}
	return false
}

func (m *matcher) begin(call *corpus.Call) {
	m.call, m.lines = call, m.c.Of(call)
	m.number++
	clear(m.have)
	for i := range m.lines {
		for w, bits := range m.row(i) {
			m.have[w] |= bits
		}
	}
}

// row returns the bits of a line.
func (m *matcher) row(line int) []uint64 {
	t := int(m.lines[line].Text) * m.width
	return m.bits[t : t+m.width]
}

func (m *matcher) speaker(line int) int { return int(m.c.Texts[m.lines[line].Text].Speaker) }

// isScriptOf reports whether the call's script is one of a rule's.
func (m *matcher) isScriptOf(rule int) bool {
	s := &m.scripts[rule]
	return s.all || s.named[[2]corpus.Code{m.call.Script, -1}] || s.named[[2]corpus.Code{m.call.Script, m.call.Version}]
}

// needsLines reports whether a rule asks what is said.
func (m *matcher) needsLines(rule *rules.Rule) bool {
	return slices.ContainsFunc(involved(m.b, rule), func(i int) bool {
		c := &m.b.Conditions[i]
		return c.Rule < 0 && len(c.Results) == 0 || c.Rule >= 0 && m.needsLines(&m.b.Rules[c.Rule])
	})
}

func (m *matcher) came(far *rules.Reached) bool {
	if far.Exchanges > 0 && (len(m.lines) == 0 || int(m.lines[len(m.lines)-1].Exchange) < far.Exchanges) {
		return false
	}
	return far.Condition < 0 || m.condition(far.Condition).holds
}

func (m *matcher) holds(e *rules.Expr) bool {
	switch e.Op {
	case rules.Not:
		return !m.holds(&e.Subs[0])
	case rules.And:
		for i := range e.Subs {
			if !m.holds(&e.Subs[i]) {
				return false
			}
		}
		return true
	case rules.Or:
		for i := range e.Subs {
			if m.holds(&e.Subs[i]) {
				return true
			}
		}
		return false
	}
	return m.condition(e.Condition).holds
}

// evidence returns the lines that make an expression hold, in order, each once; nil of
// one that does not hold.
func (m *matcher) evidence(e *rules.Expr) []int32 {
	if !m.holds(e) {
		return nil
	}
	var lines []int32
	m.collect(e, &lines)
	slices.Sort(lines)
	return slices.Compact(lines)
}

func (m *matcher) collect(e *rules.Expr, lines *[]int32) {
	switch e.Op {
	case rules.Is:
		*lines = append(*lines, m.condition(e.Condition).lines...)
	case rules.And, rules.Or:
		for i := range e.Subs {
			if m.holds(&e.Subs[i]) {
				m.collect(&e.Subs[i], lines)
			}
		}
	}
}

// condition returns what is known of a condition, which is valid until the next call.
func (m *matcher) condition(i int) *state {
	s := &m.states[i]
	if s.number == m.number {
		return s
	}
	s.number, s.holds, s.lines = m.number, false, s.lines[:0]
	c := &m.b.Conditions[i]
	switch {
	case c.Rule >= 0:
		when := &m.b.Rules[c.Rule].When
		s.holds = m.holds(when)
		s.lines = append(s.lines, m.evidence(when)...)
	case len(c.Results) > 0:
		s.holds = slices.ContainsFunc(m.call.Results, func(code corpus.Code) bool { return m.results[i][code] })
	case c.Bit >= 0 && !scan.Has(m.have, c.Bit):
	case c.Across != nil:
		s.lines = m.inRange(c, s.lines)
		s.lines, s.holds = m.together(c.Across, s.lines)
	default:
		s.lines = m.inRange(c, s.lines)
		s.lines = slices.DeleteFunc(s.lines, func(line int32) bool { return !m.isAt(c, int(line)) })
		s.holds = len(s.lines) >= max(c.Times, 1)
	}
	if !s.holds {
		s.lines = s.lines[:0]
	}
	return s
}

// inRange appends the lines of a condition's role and place.
func (m *matcher) inRange(c *rules.Condition, lines []int32) []int32 {
	for i := range m.lines {
		if c.Role == rules.AnyRole || m.speaker(i) == c.Role {
			lines = append(lines, int32(i))
		}
	}
	if c.First > 0 {
		lines = lines[:min(len(lines), c.First)]
	}
	if c.Last > 0 {
		lines = lines[max(0, len(lines)-c.Last):]
	}
	for k := range c.Anchors {
		hits := c.Anchors[k].Hits(m.condition(c.Anchors[k].Condition).lines)
		lines = slices.DeleteFunc(lines, func(line int32) bool { return !c.Anchors[k].IsNear(line, hits) })
	}
	return lines
}

// isAt reports whether a condition holds at a line that is in its range.
func (m *matcher) isAt(c *rules.Condition, line int) bool {
	return (c.Bit < 0 || scan.Has(m.row(line), c.Bit)) &&
		(c.Silence == nil || m.isSilent(c.Silence, line)) &&
		(c.Repeat == nil || m.isRepeated(c.Repeat, line))
}

func (m *matcher) isSilent(s *rules.Silence, line int) bool {
	gap := m.lines[line].Gap
	if line == 0 || gap < 0 || gap < s.Min || s.Max > 0 && gap > s.Max {
		return false
	}
	same := m.speaker(line) == m.speaker(line-1)
	return s.Between == rules.AnyBefore || same == (s.Between == rules.SameBefore)
}

// isRepeated reports whether the speaker of a line said the same within some lines
// before.
func (m *matcher) isRepeated(r *rules.Repeat, line int) bool {
	own := m.phrase(line)
	if own.Chars() < r.MinChars || r.Except >= 0 && scan.Has(m.row(line), r.Except) {
		return false
	}
	said := 0
	for i := line - 1; i >= 0 && said < r.Within; i-- {
		if m.speaker(i) != m.speaker(line) {
			continue
		}
		said++
		if m.lines[i].Text == m.lines[line].Text || rules.Likeness(own, m.phrase(i)) >= r.Like {
			return true
		}
	}
	return false
}

func (m *matcher) phrase(line int) rules.Phrase {
	t := m.lines[line].Text
	if m.phrases[t] == nil {
		m.phrases[t] = rules.PhraseOf(lineOf(m.c, &m.c.Texts[t]), false)
	}
	return m.phrases[t]
}

// together returns those of the lines that have a part in it if operators hold for all
// lines together.
func (m *matcher) together(a *rules.Across, lines []int32) ([]int32, bool) {
	there := func(bit int) bool {
		return slices.ContainsFunc(lines, func(line int32) bool { return scan.Has(m.row(int(line)), bit) })
	}
	wanted := slices.Clone(a.All)
	for _, bit := range a.All {
		if !there(bit) {
			return lines, false
		}
	}
	for _, bit := range a.None {
		if there(bit) {
			return lines, false
		}
	}
	for _, s := range a.Some {
		found := 0
		for _, bit := range s.Bits {
			if there(bit) {
				found++
			}
		}
		if found < s.Min {
			return lines, false
		}
		wanted = append(wanted, s.Bits...)
	}
	return slices.DeleteFunc(lines, func(line int32) bool { return !scan.HasAny(m.row(int(line)), wanted) }), true
}
