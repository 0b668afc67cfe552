package findings

import (
	"math"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/stratified"
	"callmill/cmd/callmill-review/internal/unclear"
	"callmill/schema"
)

// SureWording is how many standard deviations a wording must be from the one before: with
// hundreds of wordings, less is found by chance.
const SureWording = 4

// Reworded is a line that was reworded: what became of calls at it, against the wording
// before, by the measure that differs most.
type Reworded struct {
	effect.Change
	Measure    effect.Event // HungUp or NotUnderstood
	Difference effect.Difference
	Now, Was   effect.Place
	K, KBefore int     // of the measure: of Now.Calls, of Was.Calls
	Calls      []int32 // that show it, at most ten
}

// Share returns the share before.
func (r *Reworded) Share() float64 { return ratio(r.KBefore, r.Was.Calls) }

// RewordedLines returns the lines of the selected calls that were reworded, the surest
// first, and those that are surer than chance alone if sure.
func RewordedLines(c *corpus.Corpus, g *nodes.Graph, selected []int32, sure bool) []Reworded {
	if g.Unscripted {
		return nil
	}
	counts := effect.Count(c, g, selected)
	var list []Reworded
	for _, change := range effect.Changes(c, g, selected, counts) {
		if sure && math.Abs(change.Most().Z) < SureWording {
			break
		}
		now, was := counts.Wordings[change.Wording], counts.Wordings[change.Before]
		r := Reworded{
			Change: change, Measure: effect.HungUp, Difference: change.HungUp, Now: now, Was: was,
			K: now.HungUp, KBefore: was.HungUp, Calls: now.HungUpCalls,
		}
		if change.Most() != change.HungUp {
			r.Measure, r.Difference = effect.NotUnderstood, change.NotUnderstood
			r.K, r.KBefore, r.Calls = now.NotUnderstood, was.NotUnderstood, now.NotUnderstoodCalls
		}
		list = append(list, r)
	}
	return list
}

func ratio(k, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(k) / float64(n)
}

// reworded finds lines that were reworded and are still said.
func (m *maker) reworded() {
	m.changes = RewordedLines(m.Corpus, m.Graph, m.selected, false)
	replaced := map[int32]bool{}
	for i := range m.changes {
		replaced[m.changes[i].Before] = true
	}
	found := 0
	for i := range m.changes {
		r := &m.changes[i]
		if math.Abs(r.Difference.Z) < SureWording {
			m.list.Chance += len(m.changes) - i
			break
		}
		if found == m.Limit {
			break
		}
		if r.Now.LastDay < m.before.First || replaced[r.Wording] && r.Now.LastDay < m.Day {
			continue // nobody says it any more
		}
		found++
		m.list.Findings = append(m.list.Findings, m.line(r))
	}
	m.list.Tests += len(m.changes)
	if found == 0 {
		reason := reasonText(contrast.Chance)
		if m.Graph.Unscripted {
			reason = unscripted
		}
		m.quiet(questionReworded, reason)
	}
}

func (m *maker) line(r *Reworded) Finding {
	w := &m.Graph.Wordings[r.Wording]
	expected := r.Share() * float64(r.Now.Calls)
	return Finding{
		Subject: Subject{
			Kind: RewordedLine, Measure: string(r.Measure), Dimension: contrast.Wording, Value: w.Pattern,
			Script: m.Corpus.Scripts.String(w.Script), Instance: m.Corpus.Instances.String(m.Graph.Robots[w.Robot].Instance),
			Wording: among.WordingID(m.Corpus, m.Graph, r.Wording),
		},
		Group: Changes, Reworded: r,
		Observed: r.K, Calls: r.Now.Calls, Expected: expected, Excess: float64(r.K) - expected,
		Low: r.Difference.Low * float64(r.Now.Calls), High: r.Difference.High * float64(r.Now.Calls),
		Z: r.Difference.Z, Worse: r.Difference.Share > 0, Examples: r.Calls,
	}
}

// compliance finds opt-outs that were called again, and rules that hit more than before.
func (m *maker) compliance() {
	if m.Hits == nil {
		m.quiet(questionRules, noRules)
		return
	}
	m.optOuts()
	before := len(m.list.Findings)
	m.risen()
	if len(m.list.Findings) == before {
		m.quiet(questionRules, reasonText(contrast.Chance))
	}
}

func (m *maker) optOuts() {
	chosen := make([]bool, len(m.Corpus.Calls))
	for _, i := range m.selected {
		chosen[i] = true
	}
	list := m.Hits.OptOuts(m.Corpus, func(call int32) bool { return chosen[call] })
	f := Finding{Subject: Subject{Kind: OptOuts}, Group: Compliance, Asked: len(list), Worse: true}
	for _, o := range list {
		f.Calls += len(o.After)
	}
	f.Observed, f.Expected, f.Low, f.High, f.Excess = f.Calls, math.NaN(), math.NaN(), math.NaN(), math.NaN()
	for i := len(list) - 1; i >= 0 && len(f.Examples) < Examples; i-- {
		f.Examples = append(f.Examples, list[i].After[len(list[i].After)-1])
	}
	if f.Calls == 0 {
		m.quiet(questionOptOuts, nobodyCalled)
		return
	}
	m.list.Findings = append(m.list.Findings, f)
}

// leastZ and leastCalls are what a rule must have risen by, and in how many calls.
const (
	leastZ     = 3
	leastCalls = 30
	ruleFDR    = .05
)

// risen finds the rules that hit more calls on the day than in calls of the same scripts
// before.
func (m *maker) risen() {
	var found []Finding
	var p []float64
	tests := 0
	for i := range m.Hits.Rules {
		rule := &m.Hits.Rules[i]
		strata := make([]stratified.Stratum, len(m.robots))
		var hits []int32
		for _, call := range m.selected {
			if !rule.Could(call) {
				continue
			}
			s, hit := &strata[m.robotOf[call]], int32(one(rule.Hit(call)))
			switch day := m.Corpus.Calls[call].Day; {
			case m.after.Has(day):
				s.Exposed, s.ExposedTrue = s.Exposed+1, s.ExposedTrue+hit
				if hit == 1 {
					hits = append(hits, call)
				}
			case m.before.Has(day):
				s.Others, s.OthersTrue = s.Others+1, s.OthersTrue+hit
			}
		}
		var c stratified.Comparison
		for _, s := range strata {
			c.Add(s)
		}
		if c.Exposed < leastCalls {
			continue
		}
		tests++
		if z := c.Z(); z >= leastZ {
			found = append(found, m.rule(rule, &c, hits))
			p = append(p, c.PValue(stratified.Either))
		}
	}
	m.list.Tests += tests
	m.list.Chance += tests
	for i, q := range stratified.Adjust(p, max(tests, len(p))) {
		if q <= ruleFDR {
			m.list.Chance--
			m.list.Findings = append(m.list.Findings, found[i])
		}
	}
}

func (m *maker) rule(rule *match.RuleHits, c *stratified.Comparison, hits []int32) Finding {
	f := Finding{
		Subject: Subject{Kind: Risen, Dimension: "rule", Value: rule.Rule.Name}, Group: Compliance, Rule: rule.Rule,
		Observed: c.Observed, Calls: c.Exposed, Z: c.Z(), Worse: true,
	}
	f.Excess, f.Low, f.High = c.Excess()
	f.Expected = float64(f.Observed) - f.Excess
	for i := len(hits) - 1; i >= 0 && len(f.Examples) < Examples; i-- {
		f.Examples = append(f.Examples, hits[i])
	}
	return f
}

// notHeard finds what is not understood on the day and the days before: what was mended
// earlier is not to be looked at.
func (m *maker) notHeard() {
	if m.Graph.Unscripted {
		m.quiet(questionNotHeard, unscripted)
		return
	}
	var lately []int32
	for _, i := range m.selected {
		if m.Corpus.Calls[i].Day >= m.before.First {
			lately = append(lately, i)
		}
	}
	report := unclear.Find(m.Corpus, m.Graph, lately)
	for i := range report.Misheard[:min(len(report.Misheard), m.Limit)] {
		e := &report.Misheard[i]
		expected := e.AsMeant.Share() * float64(e.AsHeard.Said)
		f := m.unheard(MisheardWord, e.Heard+">"+e.Meant, e.Robot, e.Script, e.AsHeard, expected, e.Z, e.Calls)
		f.Misheard = e
		m.list.Findings = append(m.list.Findings, f)
	}
	for i := range report.NoIntent[:min(len(report.NoIntent), m.Limit)] {
		e := &report.NoIntent[i]
		f := m.unheard(NoIntent, e.Text, e.Robot, e.Script, e.Usage, e.Expected, e.Z, e.Calls)
		f.Missing = e
		m.list.Findings = append(m.list.Findings, f)
	}
	if len(report.Misheard)+len(report.NoIntent) == 0 {
		m.quiet(questionNotHeard, reasonText(contrast.Chance))
	}
}

// heard returns the phrases that are written in place of others, as a set has them.
func heard(e *unclear.Misheard) string {
	phrases := make([]string, len(e.Pairs))
	for i, p := range e.Pairs {
		phrases[i] = p.Heard
	}
	return strings.Join(phrases, "|")
}

func (m *maker) unheard(kind Kind, value string, robot int32, script corpus.Code, said unclear.Usage, expected, z float64, calls []int32) Finding {
	return Finding{
		Subject: Subject{
			Kind: kind, Dimension: contrast.Phrase, Value: value, Script: m.Corpus.Scripts.String(script),
			Instance: m.Corpus.Instances.String(m.Graph.Robots[robot].Instance),
		},
		Group: NotHeard, Observed: said.NotUnderstood, Calls: said.Said, Expected: expected,
		Excess: float64(said.NotUnderstood) - expected, Low: math.NaN(), High: math.NaN(), Z: z, Worse: true, Examples: calls,
	}
}

// next says where the way goes on from a finding.
func (m *maker) next(f *Finding) Next {
	switch f.Kind {
	case MisheardWord, NoIntent:
		set := among.Set{Filter: m.filter(&f.Subject).And(m.Filter)}
		return Next{Way: ToHotWords, Set: set}
	case Risen:
		return Next{Way: ToRule, Set: among.Set{Rule: f.Value, Filter: m.Filter}}
	case RewordedLine:
		return m.toWording(f.Reworded.Wording, f)
	}
	if w := m.explains(f); w >= 0 {
		return m.toWording(w, f)
	}
	return toCalls(f)
}

// toCalls leads to the calls of a finding in which is what teams want less of.
func toCalls(f *Finding) Next {
	set := f.Yes
	if of, err := measure.Parse(f.Measure); err == nil && of.Good() && f.Worse {
		set.Measure = among.NotPrefix + f.Measure
	}
	return Next{Way: ToCalls, Set: set}
}

func (m *maker) toWording(w int32, f *Finding) Next {
	node := m.Graph.Wordings[w].Node
	if node < 0 {
		return toCalls(f)
	}
	n := Next{Way: ToNode, Node: among.NodeID(m.Corpus, m.Graph, node), Wording: among.WordingID(m.Corpus, m.Graph, w), Event: among.HungUp}
	for i := range m.changes {
		if m.changes[i].Wording == w {
			n.Event = string(m.changes[i].Measure)
		}
	}
	return n
}

// explains returns the wording that explains a finding of a version, script, batch or
// wording, -1 where none does: itself; one that nearly the same calls have; or the line of
// its script that was reworded and differs most, in the direction of the finding.
func (m *maker) explains(f *Finding) int32 {
	if f.Wording != "" {
		if w, ok := among.Wording(m.Corpus, m.Graph, f.Wording); ok {
			return w
		}
	}
	switch f.Dimension {
	case contrast.Version, contrast.Script, contrast.Batch:
	default:
		return -1
	}
	if f.Measure != "failed" && f.Measure != "hung_up" && f.Measure != "not_understood" {
		return -1
	}
	best, surest := int32(-1), float64(SureWording-1)
	for i := range m.changes {
		r := &m.changes[i]
		z := r.Difference.Z
		if !f.Worse {
			z = -z
		}
		if z > surest && m.isSaidIn(r, f) {
			best, surest = r.Wording, z
		}
	}
	if best >= 0 {
		return best
	}
	return m.alias(f)
}

// isSaidIn reports whether a wording is said in the calls of a finding: in most calls that
// hear it on the day.
func (m *maker) isSaidIn(r *Reworded, f *Finding) bool {
	w := &m.Graph.Wordings[r.Wording]
	robot := m.Graph.Robots[w.Robot]
	if f.Script != "" && m.Corpus.Scripts.String(w.Script) != f.Script || f.Instance != "" && m.Corpus.Instances.String(robot.Instance) != f.Instance {
		return false
	}
	if f.Dimension == contrast.Script {
		return true
	}
	heard := m.heardBy(r.Wording)
	is := f.Subject.has(m.View, nil)
	own := 0
	for _, i := range heard {
		own += one(is(i))
	}
	return own*2 > len(heard)
}

// alias returns the wording that a finding has as another name, -1: none.
func (m *maker) alias(f *Finding) int32 {
	if f.Contrast == nil {
		return -1
	}
	for _, a := range f.Contrast.Aliases {
		if a.Dimension != contrast.Wording {
			continue
		}
		s := m.subject(f.Kind, f.Measure, a)
		if w, ok := among.Wording(m.Corpus, m.Graph, s.Wording); ok {
			return w
		}
	}
	return -1
}

// What is said where there is nothing to be found.
var (
	noDays       = schema.Text{EN: "none of the calls has a day", ZH: "这些通话都没有日期"}
	unscripted   = schema.Text{EN: "most lines of the robot follow no fixed script", ZH: "机器人的话大多不出自固定话术"}
	noRules      = schema.Text{EN: "there are no rules", ZH: "没有规则"}
	nobodyCalled = schema.Text{EN: "nobody who asked not to be called was called again", ZH: "没有人在要求免打扰后又被呼叫"}
)
