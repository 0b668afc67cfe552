package contrast

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/ngram"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/stratified"
)

// Phrases finds the words of contacts, alone and two or three together, and the wordings
// of the robot that the calls with Yes have more often than calls of the same script that
// came as far, the surest first. Calls of which nothing is known are not looked at.
func Phrases(c *corpus.Corpus, g *nodes.Graph, values []measure.Value, o Options) Answer {
	o = o.defaults(10, .02)
	p := newPopulation(c, values)
	answer := Answer{Calls: len(p.calls), Observed: p.count}
	if answer.Reason = whyNot(c, values, p); answer.Reason != "" {
		return answer
	}
	said := newSaid(c, g, p, o.MinCalls)
	s := &search{corpus: c, graph: g, values: values, options: o, said: said, risk: newRiskSets(p), named: map[int32]bool{}}
	s.first()
	answer.Tests = s.tests
	answer.Findings = s.forward()
	answer.Symptoms = s.symptoms()
	switch {
	case s.tests == 0:
		answer.Reason = TooFew
	case len(answer.Findings)+len(answer.Symptoms) == 0:
		answer.Reason = Chance
	}
	return answer
}

// whyNot returns why there is nothing to be compared.
func whyNot(c *corpus.Corpus, values []measure.Value, p *population) Reason {
	switch {
	case !slices.ContainsFunc(values, func(v measure.Value) bool { return v != measure.Unknown }):
		return NoCalls
	case len(p.calls) == 0:
		return NoLines
	case p.count == 0:
		return NeverTrue
	case p.count == len(p.calls):
		return AlwaysTrue
	case !p.comparable():
		return Incomparable
	}
	return ""
}

// said is what the calls of a population say and when first: phrases of contacts, then
// wordings of the robot, each by a number.
type said struct {
	vocabulary *ngram.Vocabulary
	start      []int // of each in first, and their end
	first      []occurrence
}

// wordings are numbered after the phrases.
func (s *said) wordings() int { return len(s.vocabulary.Phrases) }

func (s *said) count() int { return len(s.start) - 1 }

// of returns the calls that say something; none where too few do.
func (s *said) of(id int) []occurrence { return s.first[s.start[id]:s.start[id+1]] }

func newSaid(c *corpus.Corpus, g *nodes.Graph, p *population, atLeast int) *said {
	uses := make([]int32, len(c.Texts))
	for _, i := range p.calls {
		for _, line := range c.Of(&c.Calls[i]) {
			uses[line.Text]++
		}
	}
	s := &said{vocabulary: ngram.New(c, uses, atLeast)}
	total := s.wordings() + len(g.Wordings)

	// Each worker has a part of the calls. One pass counts what begins where, the other
	// writes it, so that calls are in order within each phrase.
	workers := min(runtime.GOMAXPROCS(0), 1+len(p.calls)/1000)
	counts := make([][]int32, workers)
	pass := func(do func(worker int, id, position, exchange int32)) {
		var wait sync.WaitGroup
		for w := range workers {
			wait.Go(func() {
				from, to := len(p.calls)*w/workers, len(p.calls)*(w+1)/workers
				s.each(c, g, p, from, to, func(id, position, exchange int32) { do(w, id, position, exchange) })
			})
		}
		wait.Wait()
	}
	for w := range counts {
		counts[w] = make([]int32, total)
	}
	pass(func(w int, id, _, _ int32) { counts[w][id]++ })

	s.start = make([]int, total+1)
	next := make([][]int, workers)
	for w := range next {
		next[w] = make([]int, total)
	}
	at := 0
	for id := range total {
		s.start[id] = at
		calls := 0
		for w := range workers {
			next[w][id] = at + calls
			calls += int(counts[w][id])
		}
		if calls < atLeast {
			for w := range workers {
				next[w][id] = none
			}
			continue
		}
		at += calls
	}
	s.start[total] = at
	s.first = make([]occurrence, at)
	pass(func(w int, id, position, exchange int32) {
		if to := next[w][id]; to >= 0 {
			s.first[to] = occurs(position, exchange)
			next[w][id]++
		}
	})
	return s
}

// each calls do for everything that calls say, once per call.
func (s *said) each(c *corpus.Corpus, g *nodes.Graph, p *population, from, to int, do func(id, position, exchange int32)) {
	stamp := make([]int32, s.wordings()+len(g.Wordings)) // the last call, counted from 1, that says it
	wordings := int32(s.wordings())
	for position := from; position < to; position++ {
		call := &c.Calls[p.calls[position]]
		for at := call.FirstLine; at < call.FirstLine+call.LineCount; at++ {
			line := &c.Lines[at]
			exchange := capped(line.Exchange)
			if w := g.LineWording[at]; w >= 0 {
				if id := w + wordings; stamp[id] != int32(position)+1 {
					stamp[id] = int32(position) + 1
					do(id, int32(position), exchange)
				}
			}
			for _, id := range s.vocabulary.Of(line.Text) {
				if stamp[id] != int32(position)+1 {
					stamp[id] = int32(position) + 1
					do(id, int32(position), exchange)
				}
			}
		}
	}
}

// search is the way from everything that is said to what is worth saying.
type search struct {
	corpus  *corpus.Corpus
	graph   *nodes.Graph
	values  []measure.Value
	options Options
	said    *said
	risk    *riskSets

	tests      int
	ordinary   int         // of the tests, those of no symptoms
	candidates []candidate // ordinary, most of them to fall away
	symptom    []candidate
	named      map[int32]bool // wordings that a finding has the name of
}

type candidate struct {
	id      int
	z, p, q float64
}

// evaluate compares everything of a list.
func (s *search) evaluate(list []candidate) {
	const chunk = 64
	var done atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+len(list)/chunk) {
		wait.Go(func() {
			var t tally
			for {
				to := int(done.Add(chunk))
				from := to - chunk
				if from >= len(list) {
					return
				}
				for i := from; i < min(to, len(list)); i++ {
					c := s.risk.compare(s.said.of(list[i].id), &t)
					list[i].z, list[i].p = c.Z(), c.PValue(stratified.More)
				}
			}
		})
	}
	wait.Wait()
}

// first tries everything.
func (s *search) first() {
	var all []candidate
	for id := range s.said.count() {
		if len(s.said.of(id)) > 0 {
			all = append(all, candidate{id: id})
		}
	}
	s.evaluate(all)
	s.tests = len(all)
	// Symptoms have tests of their own: there are many, and all that is found counts
	// against what is reported beside it.
	for _, c := range all {
		if s.class(c.id) == nodes.Ordinary {
			s.candidates = append(s.candidates, c)
		} else {
			s.symptom = append(s.symptom, c)
		}
	}
	s.ordinary = len(s.candidates)
	s.candidates = s.significant(s.candidates, s.ordinary)
	s.symptom = s.significant(s.symptom, len(s.symptom))
}

// significant returns what withstands the false discovery rate over so many tests, with
// the rate at which it would be reported.
func (s *search) significant(list []candidate, tests int) []candidate {
	p := make([]float64, len(list))
	for i := range list {
		p[i] = list[i].p
	}
	var chosen []candidate
	for i, q := range stratified.Adjust(p, tests*s.options.Questions) {
		if q <= s.options.FDR {
			list[i].q = q
			chosen = append(chosen, list[i])
		}
	}
	return chosen
}

func (s *search) class(id int) nodes.Class {
	if w := id - s.said.wordings(); w >= 0 {
		return s.graph.Wordings[w].Class
	}
	return nodes.Ordinary
}

// forward takes the surest, makes a stratum of the calls that have it, tries what is left
// again, and so on.
func (s *search) forward() []Finding {
	var findings []Finding
	list := slices.Clone(s.candidates)
	for len(list) > 0 && len(findings) < s.options.Limit {
		best := 0
		for i := range list {
			if list[i].z > list[best].z {
				best = i
			}
		}
		taken := list[best]
		finding := s.finding(taken)
		s.risk.split(s.said.of(taken.id))
		before := slices.Delete(slices.Clone(list), best, best+1)
		list = slices.Delete(list, best, best+1)
		s.evaluate(list)
		list = s.significant(list, s.ordinary)
		finding.Aliases = s.aliases(taken, before, list)
		s.rename(&finding, taken.id)
		list = slices.DeleteFunc(list, func(c candidate) bool { return s.named[int32(c.id-s.said.wordings())] })
		findings = append(findings, finding)
	}
	return findings
}

// aliases returns what fell away with a finding because nearly the same calls have it.
func (s *search) aliases(taken candidate, before, left []candidate) []Name {
	const most = 5
	in := make([]bool, len(s.risk.population.calls))
	calls := s.said.of(taken.id)
	for _, o := range calls {
		in[o.position()] = true
	}
	slices.SortFunc(before, func(a, b candidate) int { return cmp.Compare(b.z, a.z) })
	var names []Name
	for _, c := range before {
		if len(names) == most {
			break
		}
		if slices.ContainsFunc(left, func(l candidate) bool { return l.id == c.id }) {
			continue
		}
		both := 0
		others := s.said.of(c.id)
		for _, o := range others {
			if in[o.position()] {
				both++
			}
		}
		if nearlySame(both, len(calls), len(others)) {
			names = append(names, s.name(c.id))
		}
	}
	return names
}

// rename names a finding that is a wording after the one at which most of its calls end
// that the measure is true of, where nearly the same calls hear both: people leave in the
// silence after a line, and what the calls share begins with an earlier one.
func (s *search) rename(f *Finding, id int) {
	own := int32(id - s.said.wordings())
	if own < 0 {
		return
	}
	p := s.risk.population
	calls := s.said.of(id)
	heard, ends := map[int32]int{}, map[int32]int{}
	for _, o := range calls {
		call := &s.corpus.Calls[p.calls[o.position()]]
		last, seen := int32(none), []int32{}
		for _, w := range s.graph.LineWording[call.FirstLine : call.FirstLine+call.LineCount] {
			if w < 0 || s.graph.Wordings[w].Class != nodes.Ordinary {
				continue
			}
			last = w
			if !slices.Contains(seen, w) {
				seen = append(seen, w)
				heard[w]++
			}
		}
		if p.isTrue[o.position()] {
			ends[last]++
		}
	}
	best := own
	for w, both := range heard {
		if s.named[w] {
			continue
		}
		if nearlySame(both, len(calls), len(s.said.of(s.said.wordings()+int(w)))) && cmp.Or(cmp.Compare(ends[w], ends[best]), cmp.Compare(best, w)) > 0 {
			best = w
		}
	}
	s.named[own], s.named[best] = true, true
	if best == own {
		return
	}
	name := s.name(s.said.wordings() + int(best))
	f.Aliases = slices.DeleteFunc(f.Aliases, func(n Name) bool { return n == name })
	f.Name, f.Aliases = name, slices.Insert(f.Aliases, 0, f.Name)
	for i := range f.Examples {
		if turn := s.turn(f.Examples[i].Call, s.said.wordings()+int(best)); turn >= 0 {
			f.Examples[i].Turn = turn
		}
	}
}

// symptoms returns the robot's lines that are said because of what went before them.
func (s *search) symptoms() []Finding {
	slices.SortFunc(s.symptom, func(a, b candidate) int { return cmp.Compare(b.z, a.z) })
	s.risk = newRiskSets(s.risk.population)
	var findings []Finding
	for _, c := range s.symptom[:min(len(s.symptom), s.options.Limit)] {
		f := s.finding(c)
		f.Symptom = s.class(c.id).String()
		findings = append(findings, f)
	}
	return findings
}

func (s *search) name(id int) Name {
	if w := id - s.said.wordings(); w >= 0 {
		wording := &s.graph.Wordings[w]
		return Name{Dimension: Wording, Value: wording.Pattern, Script: s.corpus.Scripts.String(wording.Script)}
	}
	var text strings.Builder
	for _, word := range s.said.vocabulary.Phrases[id] {
		if word != ngram.None {
			text.WriteString(s.corpus.Words.String(corpus.Code(word)))
		}
	}
	return Name{Dimension: Phrase, Value: text.String()}
}

func (s *search) finding(c candidate) Finding {
	var t tally
	occurrences := s.said.of(c.id)
	f := Finding{Name: s.name(c.id), Q: c.q}
	f.finish(s.risk.compare(occurrences, &t))
	calls := make([]int32, len(occurrences))
	p := s.risk.population
	for i, o := range occurrences {
		calls[i] = p.calls[o.position()]
	}
	if f.Script == "" {
		f.Scripts = mostScripts(s.corpus, calls)
	}
	f.Examples = f.examples(s.corpus, s.values, calls, s.options.Examples, func(call int32) int32 { return s.turn(call, c.id) })
	return f
}

// turn returns the first line of a call that says something.
func (s *search) turn(call int32, id int) int32 {
	c := s.corpus
	first := c.Calls[call].FirstLine
	for at := first; at < first+c.Calls[call].LineCount; at++ {
		w := int(s.graph.LineWording[at])
		if w >= 0 && w+s.said.wordings() == id || slices.Contains(s.said.vocabulary.Of(c.Lines[at].Text), int32(id)) {
			return c.Lines[at].Turn
		}
	}
	return -1
}

// mostScripts returns the scripts of nine in ten of the calls, at most three.
func mostScripts(c *corpus.Corpus, calls []int32) []string {
	counts := make([]int, c.Scripts.Len())
	for _, i := range calls {
		counts[c.Calls[i].Script]++
	}
	codes := make([]corpus.Code, len(counts))
	for i := range codes {
		codes[i] = corpus.Code(i)
	}
	slices.SortStableFunc(codes, func(a, b corpus.Code) int { return cmp.Compare(counts[b], counts[a]) })
	var names []string
	covered := 0
	for _, code := range codes {
		if len(names) == 3 || covered*10 >= len(calls)*9 {
			break
		}
		covered += counts[code]
		if name := c.Scripts.String(code); name != "" {
			names = append(names, name)
		}
	}
	return names
}
