package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/findings"
	"callmill/cmd/callmill-review/internal/interval"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/unclear"
	"callmill/schema"
)

func (m *maker) facts() []Fact {
	c := m.Corpus
	answered := 0
	first, last := corpus.NoDay, corpus.NoDay
	for _, i := range m.Selected {
		call := &c.Calls[i]
		if call.Facts.Is(corpus.Answered) {
			answered++
		}
		if call.Day == corpus.NoDay {
			continue
		}
		if first == corpus.NoDay {
			first = call.Day
		}
		last = call.Day
	}
	days := "-"
	if first != corpus.NoDay {
		days = first.String() + " – " + last.String()
	}
	return []Fact{
		{m.say(snapshotFact), c.Snapshot},
		{m.say(daysFact), days},
		{m.say(filterFact), m.filterText()},
		{m.say(callsFact), m.count(len(m.Selected))},
		{m.say(answeredFact), m.hidden(answered, len(m.Selected))},
		{m.say(madeFact), m.Made.In(m.zone()).Format("2006-01-02 15:04")},
	}
}

func (m *maker) zone() *time.Location {
	if m.Corpus.Zone == nil {
		return time.UTC
	}
	return m.Corpus.Zone
}

func (m *maker) notes() []string {
	var notes []string
	if m.Corpus.EndsInferred {
		notes = append(notes, m.say(endsNote))
	}
	if m.Corpus.ScriptsInferred {
		notes = append(notes, m.say(scriptsNote))
	}
	if m.Graph.Unscripted {
		notes = append(notes, m.say(unscriptedNote))
	} else if names := m.unscripted(); len(names) > 0 {
		notes = append(notes, fmt.Sprintf(m.say(partlyNote), strings.Join(names, m.say(listEnd))))
	}
	notes = append(notes, fmt.Sprintf(m.say(askedNote), findings.Asked))
	if m.Share {
		notes = append(notes, m.say(shareNote))
	}
	return notes
}

func (m *maker) unscripted() (names []string) {
	for _, r := range m.Graph.Robots {
		if r.Unscripted {
			names = append(names, cmp.Or(m.Corpus.RobotName(r.RobotKey), "-"))
		}
	}
	return names
}

// changed says what changed on the last day of the selected calls, against the seven days before.
func (m *maker) changed(one measure.Measure) []Section {
	title := fmt.Sprintf(m.say(changedTitle), findings.MeasureName(one).In(m.Lang))
	before, after, ok := contrast.LastDay(m.Corpus, m.Selected)
	if !ok {
		return []Section{{Title: title, Empty: m.say(noDays)}}
	}
	change := contrast.Changed(m.Corpus, m.Graph, m.values(one), contrast.OnDays(m.Corpus, before, after), m.options(one))
	s := Section{Title: title, Empty: change.Reason.In(m.Lang)}
	if change.Reason != contrast.NoBefore && !m.hides(change.BeforeTrue, change.BeforeCalls) && !m.hides(change.Observed, change.Calls) {
		s.About = fmt.Sprintf(m.say(changedAbout), daysText(after), daysText(before), change.BeforeTrue, change.BeforeCalls, change.Observed, change.Calls, findings.Signed(change.Mix), findings.Signed(change.Within))
	}
	s.Findings = m.ofContrast(change.Findings, one.Verb())
	return []Section{s}
}

func daysText(d contrast.Days) string {
	if d.First == d.Last {
		return d.First.String()
	}
	return d.First.String() + "–" + d.Last.String()
}

func (m *maker) options(one measure.Measure) contrast.Options {
	return findings.ContrastOptions(one, m.Findings, m.Examples)
}

// words returns what puts findings in words, as they may be shown.
func (m *maker) words() *findings.Words {
	w := &findings.Words{Lang: m.Lang, Count: m.count, Text: m.masked}
	if m.Share {
		w.Number = shortNumber
	}
	return w
}

func (m *maker) standout(one measure.Measure) []Section {
	found := contrast.StandOut(m.Corpus, m.values(one), nil, m.options(one))
	return []Section{{
		Title: fmt.Sprintf(m.say(standoutTitle), findings.MeasureName(one).In(m.Lang)), About: m.say(standoutAbout),
		Findings: m.ofContrast(found.Findings, one.Verb()), Empty: found.Reason.In(m.Lang),
	}}
}

func (m *maker) phrases() []Section {
	one := measure.IsFailed
	found := contrast.Phrases(m.Corpus, m.Graph, m.values(one), m.options(one))
	return []Section{{
		Title: m.say(phrasesTitle), About: m.say(phrasesAbout),
		Findings: m.ofContrast(found.Findings, one.Verb()), Empty: found.Reason.In(m.Lang),
	}}
}

func (m *maker) ofContrast(list []contrast.Finding, verb schema.Text) []Finding {
	var all []Finding
	words := m.words()
	for i := range list {
		f := &list[i]
		got := Finding{
			Kind: f.Dimension.In(m.Lang), Title: words.Value(f.Name), Where: f.Script,
			Observed: f.Observed, Calls: f.Calls, Expected: f.Expected,
			Low: f.Expected + f.Low, High: f.Expected + f.High,
			Hidden: m.hides(f.Observed, f.Calls),
		}
		if f.Script == "" {
			got.Where = strings.Join(f.Scripts, m.say(listEnd))
		}
		if f.New {
			got.Kind = m.say(newText) + got.Kind
		}
		var also []string
		for _, a := range f.Aliases {
			also = append(also, words.Name(a))
		}
		got.Also = strings.Join(also, m.say(listEnd))
		if !got.Hidden {
			got.Says = words.Contrast(f, verb)
		}
		got.Facts = m.counted(&got)
		for _, e := range f.Examples {
			got.Examples = append(got.Examples, m.example(e.Call, e.Turn))
		}
		all = append(all, got)
	}
	return all
}

// counted returns the numbers of a finding.
func (m *maker) counted(f *Finding) []Fact {
	facts := []Fact{{m.say(observedFact), m.hidden(f.Observed, f.Calls)}, {m.say(ofFact), m.count(f.Calls)}}
	if f.Hidden {
		return facts
	}
	return append(facts,
		Fact{m.say(expectedFact), fmt.Sprintf("%.1f", f.Expected)},
		Fact{m.say(excessFact), findings.Signed(float64(f.Observed) - f.Expected)},
		Fact{m.say(intervalFact), findings.Signed(f.Low-f.Expected) + " … " + findings.Signed(f.High-f.Expected)})
}

// wordings compares wordings with the ones that they replaced.
func (m *maker) wordings() []Section {
	if m.Graph.Unscripted {
		return nil
	}
	s := Section{Title: m.say(wordingsTitle), About: m.say(wordingsAbout), Empty: m.say(noFinding)}
	lines := findings.RewordedLines(m.Corpus, m.Graph, m.Selected, true)
	for i := range lines[:min(len(lines), m.Findings)] {
		s.Findings = append(s.Findings, m.wording(&lines[i]))
	}
	return []Section{s}
}

func (m *maker) wording(r *findings.Reworded) Finding {
	w, lost := &m.Graph.Wordings[r.Wording], m.words().Lost(r.Measure)
	calls := float64(r.Now.Calls)
	f := Finding{
		Kind: m.say(wordingKind), Where: m.versions(w.Script, &r.Now, &r.Was),
		Title:    fmt.Sprintf("%s z %+.1f", lost, r.Difference.Z),
		Observed: r.K, Calls: r.Now.Calls, Expected: r.Share() * calls,
		Low:    (r.Share() + r.Difference.Low) * calls,
		High:   (r.Share() + r.Difference.High) * calls,
		Hidden: m.hides(r.K, r.Now.Calls) || m.hides(r.KBefore, r.Was.Calls),
		Parts:  effect.Diff(m.masked(m.Graph.Wordings[r.Change.Before].Pattern), m.masked(w.Pattern)),
	}
	if f.Hidden {
		direction := more
		if r.Difference.Share < 0 {
			direction = fewer
		}
		f.Says = fmt.Sprintf(m.say(wordingFew), lost, m.say(direction))
	} else {
		f.Says = m.words().Reworded(r)
		f.Facts = m.counted(&f)
	}
	examples := r.Calls
	if r.Difference.Share < 0 {
		examples = m.good(r.Wording)
	}
	for _, call := range examples[:min(len(examples), m.Examples)] {
		f.Examples = append(f.Examples, m.example(call, m.turnOf(call, r.Wording)))
	}
	return f
}

// good returns the latest calls that heard a wording and did not fail: they show why fewer
// are lost at it.
func (m *maker) good(wording int32) (calls []int32) {
	for _, i := range slices.Backward(m.Selected) {
		if len(calls) == m.Examples {
			break
		}
		if call := &m.Corpus.Calls[i]; call.Facts.Is(corpus.FailureKnown) && !call.Facts.Is(corpus.Failed) && m.turnOf(i, wording) >= 0 {
			calls = append(calls, i)
		}
	}
	return calls
}

// versions names a script with the versions of a wording and of the one before it.
func (m *maker) versions(script corpus.Code, now, was *effect.Place) string {
	name := func(p *effect.Place) string {
		var list []string
		for _, v := range p.Versions {
			if s := m.Corpus.Versions.String(v); s != "" {
				list = append(list, s)
			}
		}
		return strings.Join(list, ",")
	}
	text := m.Corpus.Scripts.String(script)
	if a, b := name(was), name(now); a != "" || b != "" {
		text += " " + a + " → " + b
	}
	return text
}

// turnOf returns the turn of a call at which a wording is last said.
func (m *maker) turnOf(call, wording int32) int32 {
	at := &m.Corpus.Calls[call]
	for i := at.LineCount - 1; i >= 0; i-- {
		if m.Graph.LineWording[at.FirstLine+i] == wording {
			return m.Corpus.Lines[at.FirstLine+i].Turn
		}
	}
	return -1
}

func ratio(k, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(k) / float64(n)
}

// unclear says what is not understood.
func (m *maker) unclear() []Section {
	if m.Graph.Unscripted {
		return nil
	}
	found := unclear.Find(m.Corpus, m.Graph, m.Selected)
	misheard := Section{Title: m.say(misheardTitle), About: m.say(misheardAbout), Empty: m.say(noFinding)}
	for i := range found.Misheard[:min(len(found.Misheard), m.Findings)] {
		e := &found.Misheard[i]
		f := Finding{
			Kind: m.say(misheardKind), Title: m.masked(e.Heard) + " → " + m.masked(e.Meant), Where: m.Corpus.Scripts.String(e.Script),
			Observed: e.AsHeard.NotUnderstood, Calls: e.AsHeard.Said, Expected: e.AsMeant.Share() * float64(e.AsHeard.Said),
			Hidden: m.hides(e.AsHeard.NotUnderstood, e.AsHeard.Said) || m.hides(e.AsMeant.NotUnderstood, e.AsMeant.Said),
		}
		if !f.Hidden {
			f.Says = m.words().Misheard(e)
		}
		var pairs []string
		for _, p := range e.Pairs {
			pairs = append(pairs, m.masked(p.Heard)+" → "+m.masked(p.Meant))
		}
		f.Also = strings.Join(pairs, m.say(listEnd))
		f.Examples = m.examplesWith(e.Calls, e.Heard)
		misheard.Findings = append(misheard.Findings, f)
	}
	missing := Section{Title: m.say(noIntentTitle), About: m.say(noIntentAbout), Empty: m.say(noFinding)}
	for i := range found.NoIntent[:min(len(found.NoIntent), m.Findings)] {
		p := &found.NoIntent[i]
		f := Finding{
			Kind: m.say(phraseKind), Title: m.masked(p.Text), Where: m.Corpus.Scripts.String(p.Script),
			Observed: p.NotUnderstood, Calls: p.Said, Expected: p.Expected,
			Hidden: m.hides(p.NotUnderstood, p.Said),
		}
		if !f.Hidden {
			f.Says = m.words().NoIntent(p)
		}
		f.Examples = m.examplesWith(p.Calls, p.Text)
		missing.Findings = append(missing.Findings, f)
	}
	return []Section{misheard, missing}
}

// nearlyAll is the share of calls at which a rule that names no scripts says more of the
// rule than of the calls.
const nearlyAll = .9

// compliance says which rules hit how many of the selected calls.
func (m *maker) compliance() []Section {
	if m.Rules == nil {
		return nil
	}
	hits := match.Find(m.Rules, m.Corpus)
	s := Section{Title: m.say(rulesTitle), About: m.say(rulesAbout), Empty: m.say(noRuleHit)}
	var last []Finding
	if f, ok := m.optOuts(hits); ok {
		s.Findings = append(s.Findings, f)
	}
	for i := range hits.Rules {
		r := &hits.Rules[i]
		could, hit := 0, []match.Hit(nil)
		for _, call := range m.Selected {
			if r.Could(call) {
				could++
			}
		}
		for _, h := range r.Hits {
			if m.chosen[h.Call] {
				hit = append(hit, h)
			}
		}
		if len(hit) == 0 {
			continue
		}
		f := Finding{
			Kind: m.say(ruleKind), Title: m.say(r.Rule.Label), Also: r.Rule.Name,
			Observed: len(hit), Calls: could, Expected: math.NaN(), Hidden: m.hides(len(hit), could),
		}
		if f.Hidden {
			f.Says = fmt.Sprintf(m.say(hitsFew), m.hidden(len(hit), could), m.count(could))
		} else {
			low, high := interval.Wilson(len(hit), could)
			f.Low, f.High = low*float64(could), high*float64(could)
			f.Says = fmt.Sprintf(m.say(hitsSay), m.count(len(hit)), m.count(could), 100*ratio(len(hit), could), 100*low, 100*high)
		}
		for k := len(hit) - 1; k >= 0 && len(f.Examples) < m.Examples; k-- { // the latest first
			f.Examples = append(f.Examples, m.exampleOf(r.Rule, hit[k]))
		}
		if len(r.Rule.Scripts) == 0 && ratio(len(hit), could) > nearlyAll {
			f.Also += m.say(listEnd) + m.say(everywhere)
			last = append(last, f)
			continue
		}
		s.Findings = append(s.Findings, f)
	}
	s.Findings = append(s.Findings, last...)
	return []Section{s}
}

// exampleOf returns a call that a rule hits as an example: around the first line that is
// evidence; of what is missing, around the first line of the robot.
func (m *maker) exampleOf(rule *rules.Rule, hit match.Hit) Example {
	lines := m.Corpus.Of(&m.Corpus.Calls[hit.Call])
	turn := int32(-1)
	if len(hit.Lines) > 0 {
		turn = lines[hit.Lines[0]].Turn
	} else if rule.Absent {
		for k := range slices.Backward(lines) {
			if m.Corpus.Texts[lines[k].Text].Speaker == corpus.Robot {
				turn = lines[k].Turn
			}
		}
	}
	e := m.example(hit.Call, turn)
	e.Evidence = true
	return e
}

func (m *maker) optOuts(hits *match.Hits) (Finding, bool) {
	list := hits.OptOuts(m.Corpus, func(call int32) bool { return m.chosen[call] })
	if len(list) == 0 {
		return Finding{}, false
	}
	calls := 0
	f := Finding{Kind: m.say(ruleKind), Title: m.words().OptOutsTitle(), Expected: math.NaN()}
	for i := len(list) - 1; i >= 0; i-- {
		o := &list[i]
		calls += len(o.After)
		if len(f.Examples) == m.Examples {
			continue
		}
		turn := int32(-1)
		if len(o.Lines) > 0 {
			turn = m.Corpus.Of(&m.Corpus.Calls[o.Call])[o.Lines[0]].Turn
		}
		f.Examples = append(f.Examples, m.example(o.Call, turn))
	}
	f.Hidden = m.Share && (isFew(len(list)) || isFew(calls))
	f.Says = m.words().OptOuts(len(list), calls)
	return f, true
}

// filterText returns the filter; in a report that is passed on, what it asks about and not
// for what, which may be a number or a job.
func (m *maker) filterText() string {
	if m.Filter.IsEmpty() {
		return m.say(everyCall)
	}
	if !m.Share {
		return m.Filter.String()
	}
	var keys []string
	for _, c := range m.Filter.Conditions() {
		keys = append(keys, c.Key+"=…")
	}
	return strings.Join(keys, " ")
}
