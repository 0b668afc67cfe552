package findings

import (
	"cmp"
	"slices"
	"time"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/pipeline/desk"
)

// State is what people said of a finding. The last of them counts, all are kept.
type State struct {
	desk.Review           // the last one; its State is desk.Open where nobody said anything
	Moment      time.Time // of it; zero: unknown
	All         []desk.Review
	// Others are the last ones of other people whose state is another.
	Others []desk.Review
}

// StateOf returns the state of a finding by its reviews, in the order in which they were
// kept: a clock may jump.
func StateOf(reviews []desk.Review) State {
	s := State{Review: desk.Review{State: desk.Open}, All: reviews}
	last := map[string]int{}
	for i := range reviews {
		s.Review = reviews[i]
		last[reviews[i].By] = i
	}
	s.Moment, _ = time.Parse(time.RFC3339, s.At) // zero where it is none
	for _, i := range last {
		if r := reviews[i]; r.By != s.By && r.State != s.Review.State {
			s.Others = append(s.Others, r)
		}
	}
	slices.SortFunc(s.Others, func(a, b desk.Review) int { return cmp.Compare(a.By, b.By) })
	return s
}

// Count is k of n calls.
type Count struct{ K, N int }

// Since is what became of a finding since somebody handed it over or dismissed it.
type Since struct {
	At            time.Time
	Before, After Count
	effect.Difference
	// New are wordings at its node, and Versions those of its script, that were first said
	// or used since. Then After are the calls with them, else all its calls since.
	New      []int32
	Versions []string
	Worse    bool // significantly so, in enough calls
}

// IsNew reports whether there is something new, so that what was handed over comes back.
func (s *Since) IsNew() bool { return len(s.New)+len(s.Versions) > 0 }

// Away reports whether a finding leaves the top of the page: it was handed over and there
// is nothing new since; or dismissed, and it is not significantly worse since.
func (s *State) Away(since *Since) bool {
	switch s.Review.State {
	case desk.HandedOver:
		return !since.IsNew()
	case desk.Dismissed:
		return !since.Worse
	}
	return false
}

// WorseZ and WorseCalls are when a finding is significantly worse than before it was
// dismissed: at least so many standard deviations, in at least so many calls.
const (
	WorseZ     = 3
	WorseCalls = 30
)

// Since compares the calls of a finding since it got its state with those before. The line
// that explains it is the one that did so then. selected are the calls that are asked
// about.
func (s *State) Since(v among.View, selected []int32, f *Finding) Since {
	was := *f
	if subject, err := ParseSubject(s.Filter); err == nil && subject.Line != "" {
		was.Line, was.Event = subject.Line, subject.Event
	}
	return sinceThen(v, selected, &was, s.Moment)
}

func sinceThen(v among.View, selected []int32, f *Finding, at time.Time) Since {
	t := &then{View: v, finding: f, at: at.UnixMilli()}
	for _, i := range selected {
		switch start := v.Corpus.Calls[i].Start; {
		case start == 0:
		case start > t.at:
			t.after = append(t.after, i)
		default:
			t.before = append(t.before, i)
		}
	}
	s := Since{At: at, Versions: t.versions()}
	w, ok := among.Wording(v.Corpus, v.Graph, f.Line)
	if ok && v.Graph.Wordings[w].Node >= 0 {
		s.New = t.wordings(v.Graph.Wordings[w].Node)
		s.Before = t.lostAt(effect.AtWording(w), t.before)
		s.After = t.atNode(v.Graph.Wordings[w].Node, &s)
	} else {
		s.Before = t.count(&f.Subject, t.before)
		s.After = t.count(&f.Subject, t.after)
		if len(s.Versions) > 0 {
			s.After = t.ofVersions(s.Versions)
		}
	}
	if s.Before.N > 0 && s.After.N > 0 {
		s.Difference = effect.Between(s.Before.K, s.Before.N, s.After.K, s.After.N)
	}
	z := s.Z
	if of, err := measure.Parse(f.Measure); err == nil && of.Good() && f.Kind != RewordedLine {
		z = -z
	}
	s.Worse = z >= WorseZ && s.After.N >= WorseCalls
	return s
}

// then is the state of sinceThen.
type then struct {
	among.View
	finding       *Finding
	at            int64
	before, after []int32
}

// versions returns the versions of the finding's script that were first used since.
func (t *then) versions() (list []string) {
	f := t.finding
	if f.Script == "" || f.Kind != Changed && f.Kind != RewordedLine && f.Kind != StandOut {
		return nil
	}
	c := t.Corpus
	script := codeOf(&c.Scripts, f.Script)
	isOwn := func(call *corpus.Call) bool {
		return call.Script == script && call.Version != 0 && (f.Instance == "" || c.Instances.String(call.Instance) == f.Instance)
	}
	had := map[corpus.Code]bool{}
	for _, i := range t.before {
		if call := &c.Calls[i]; isOwn(call) {
			had[call.Version] = true
		}
	}
	if len(had) == 0 { // it is not known which were there
		return nil
	}
	for _, i := range t.after {
		if call := &c.Calls[i]; isOwn(call) && !had[call.Version] {
			had[call.Version] = true
			list = append(list, c.Versions.String(call.Version))
		}
	}
	return list
}

// wordings returns the wordings of a node that were first said since.
func (t *then) wordings(node int32) (list []int32) {
	said := t.saidAt(node, t.before)
	if len(said) == 0 { // days that long ago are not among the calls
		return nil
	}
	now := t.saidAt(node, t.after)
	for _, w := range t.Graph.Nodes[node].Wordings {
		if now[w] && !said[w] && t.Graph.Wordings[w].Class != nodes.Reprompt {
			list = append(list, w)
		}
	}
	return list
}

func (t *then) saidAt(node int32, calls []int32) map[int32]bool {
	said := map[int32]bool{}
	for _, i := range calls {
		call := &t.Corpus.Calls[i]
		for at := call.FirstLine; at < call.FirstLine+call.LineCount; at++ {
			if t.Graph.LineNode[at] == node && t.Graph.LineWording[at] >= 0 {
				said[t.Graph.LineWording[at]] = true
			}
		}
	}
	return said
}

func (t *then) event() effect.Event {
	if e := effect.Event(t.finding.Event); e != "" {
		return e
	}
	return effect.HungUp
}

// lostAt counts the calls that reach a place, and those that are lost there.
func (t *then) lostAt(where effect.Where, calls []int32) Count {
	return Count{
		K: len(effect.Calls(t.Corpus, t.Graph, calls, effect.Question{Where: where, Event: t.event()})),
		N: len(effect.Calls(t.Corpus, t.Graph, calls, effect.Question{Where: where})),
	}
}

// atNode counts at a node the calls since: those that hear something new there, or are of
// a new version; where nothing is new, all.
func (t *then) atNode(node int32, s *Since) Count {
	calls := t.after
	if s.IsNew() {
		isNew := make(map[int32]bool)
		for _, w := range s.New {
			isNew[w] = true
		}
		calls = nil
		for _, i := range t.after {
			call := &t.Corpus.Calls[i]
			is := slices.Contains(s.Versions, t.Corpus.Versions.String(call.Version))
			for at := call.FirstLine; at < call.FirstLine+call.LineCount && !is; at++ {
				is = t.Graph.LineNode[at] == node && isNew[t.Graph.LineWording[at]]
			}
			if is {
				calls = append(calls, i)
			}
		}
	}
	return t.lostAt(effect.AtNode(node), calls)
}

// count counts the calls of a subject.
func (t *then) count(s *Subject, calls []int32) (n Count) {
	values := s.values(t.View, calls, func(of measure.Measure) []measure.Value { return of.Values(t.Corpus) })
	for _, i := range calls {
		n.N += one(values[i] != measure.Unknown)
		n.K += one(values[i] == measure.Yes)
	}
	return n
}

// ofVersions counts the calls since of the new versions of the finding's script.
func (t *then) ofVersions(versions []string) (n Count) {
	for _, version := range versions {
		s := t.finding.Subject
		s.Dimension, s.Value, s.Wording = contrast.Version, version, ""
		more := t.count(&s, t.after)
		n.K, n.N = n.K+more.K, n.N+more.N
	}
	return n
}
