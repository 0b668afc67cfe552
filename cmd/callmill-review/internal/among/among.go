// Package among says which calls a page is about: a filter, and parts that only the desk
// knows, such as a wording at which contacts hung up, words they said, a rule that hits.
// A set is written as URL parameters, so that every number on a page can open its calls;
// the same calls have the same canonical text.
package among

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/schema"
)

// Names of the URL parameters.
const (
	FilterKey  = "f"
	WordingKey = "wording"
	NodeKey    = "node"
	EventKey   = "event"
	PhraseKey  = "phrase"
	RuleKey    = "rule"
	OptOutKey  = "optout"
	MeasureKey = "measure"
	UnclearKey = "unclear"
	ReplyKey   = "reply"
	NextKey    = "next"
	CallsKey   = "id"
)

// Events at a wording or node; Could and Missed are of a rule.
const (
	Reached       = "reached"        // the robot said it; what no event means
	HungUp        = "hung_up"        // the contact hung up after it
	NotUnderstood = "not_understood" // the robot asked again after it
	Kept          = "kept"           // reached, and not hung up there
	Replied       = "replied"        // the contact said Reply next
	Went          = "went"           // the call went on to Next
	Understood    = "understood"     // of what Unclear is: the robot went on
	Could         = "could"          // the rule could have hit
	Missed        = "missed"         // it could have, and did not
)

// Keys returns the names of all parameters of sets.
func Keys() []string {
	return []string{FilterKey, WordingKey, NodeKey, EventKey, PhraseKey, RuleKey, OptOutKey, MeasureKey, UnclearKey, ReplyKey, NextKey, CallsKey}
}

// End is the end of the call, as what comes next.
const End = "end"

// Prefixes of a measure: of calls of which it is not true, or of which it is known at all.
const (
	NotPrefix   = "not:"
	KnownPrefix = "known:"
)

// Set is which calls are meant: those for which all of it holds. The zero value is all
// calls. It is a value: its parts must not be changed once it was made.
type Set struct {
	Filter  filter.Filter
	Wording string // id of a wording, as WordingID returns it
	Node    string // id of the wording that a node is known by, as NodeID returns it
	Event   string // at the wording, else the node; else of the rule, or of what is unclear
	Reply   string // of the event replied: the words of the contact's next line, joined
	Next    string // of the event went: id of a node, or End
	Phrase  string // the contact said these words in a row, written without spaces
	Rule    string // name of a rule that hits
	OptOut  bool   // made after the contact had asked not to be called
	Measure string // of package measure, true of the call
	// Unclear is a phrase that is in a reply, or several with | between them; what follows
	// a > is how it was meant. Event says whether the reply was understood; "": either.
	Unclear string
	// Calls are named ones; none: no restriction.
	Calls []corpus.Ref
}

// Error says what is wrong with a parameter.
type Error struct {
	Parameter string
	Err       error
}

func (e *Error) Error() string { return fmt.Sprintf("parameter %s: %v", e.Parameter, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

const (
	longest     = 4000 // bytes of a parameter
	mostCalls   = 200
	mostPhrases = 20 // that are unclear: all lines are read for each of them
)

// Parse reads the parameters of a set; others are passed over. The error is an *Error.
func Parse(v url.Values) (Set, error) {
	var s Set
	for _, p := range []struct {
		name string
		to   *string
	}{
		{WordingKey, &s.Wording}, {NodeKey, &s.Node}, {EventKey, &s.Event}, {PhraseKey, &s.Phrase},
		{RuleKey, &s.Rule}, {MeasureKey, &s.Measure}, {UnclearKey, &s.Unclear},
		{ReplyKey, &s.Reply}, {NextKey, &s.Next},
	} {
		*p.to = v.Get(p.name)
		if err := checkText(*p.to); err != nil {
			return Set{}, &Error{p.name, err}
		}
	}
	text := v.Get(FilterKey)
	if err := checkText(text); err != nil {
		return Set{}, &Error{FilterKey, err}
	}
	var err error
	if s.Filter, err = filter.Parse(text); err != nil {
		return Set{}, &Error{FilterKey, err}
	}
	switch v.Get(OptOutKey) {
	case "", "0":
	case "1":
		s.OptOut = true
	default:
		return Set{}, &Error{OptOutKey, fmt.Errorf("want 1, got %q", v.Get(OptOutKey))}
	}
	if s.Calls, err = parseCalls(v[CallsKey]); err != nil {
		return Set{}, &Error{CallsKey, err}
	}
	return s, s.check()
}

func checkText(text string) error {
	switch {
	case len(text) > longest:
		return fmt.Errorf("longer than %d bytes", longest)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return fmt.Errorf("no text")
	}
	return nil
}

// check returns what is wrong with the parts together.
func (s *Set) check() error {
	if err := s.checkEvent(); err != nil {
		return &Error{EventKey, err}
	}
	for _, id := range []struct{ name, id string }{{WordingKey, s.Wording}, {NodeKey, s.Node}, {NextKey, s.Next}} {
		if id.id != "" && !isID(id.id) && (id.name != NextKey || id.id != End) {
			return &Error{id.name, fmt.Errorf("invalid %q: want %d hexadecimal digits", id.id, idLength)}
		}
	}
	if s.Measure != "" {
		if _, _, err := parseMeasure(s.Measure); err != nil {
			return &Error{MeasureKey, err}
		}
	}
	if strings.Count(s.Unclear, "|") >= mostPhrases {
		return &Error{UnclearKey, fmt.Errorf("more than %d phrases", mostPhrases)}
	}
	return nil
}

// checkEvent returns what is wrong with the event, which needs what it is one of.
func (s *Set) checkEvent() error {
	place := s.Wording != "" || s.Node != ""
	needs := map[string]struct {
		has  bool
		what string
	}{
		"":            {true, ""},
		Reached:       {place, "a wording or a node"},
		HungUp:        {place, "a wording or a node"},
		Kept:          {place, "a wording or a node"},
		NotUnderstood: {place || s.Unclear != "", "a wording, a node or what is unclear"},
		Replied:       {place && s.Reply != "", "a reply to a wording or node"},
		Went:          {place && s.Next != "", "what comes next after a wording or node"},
		Understood:    {!place && s.Unclear != "", "what is unclear"},
		Could:         {!place && s.Rule != "", "a rule"},
		Missed:        {!place && s.Rule != "", "a rule"},
	}
	n, known := needs[s.Event]
	switch {
	case !known:
		return fmt.Errorf("invalid %q: want %s", s.Event, strings.Join(slices.Sorted(maps.Keys(needs))[1:], ", "))
	case !n.has:
		return fmt.Errorf("%s needs %s", s.Event, n.what)
	case (s.Event == Replied) != (s.Reply != "") || (s.Event == Went) != (s.Next != ""):
		return fmt.Errorf("a reply goes with %s, what comes next with %s", Replied, Went)
	}
	return nil
}

// parseMeasure parses a measure with its prefix.
func parseMeasure(text string) (m measure.Measure, wanted func(measure.Value) bool, err error) {
	wanted = func(v measure.Value) bool { return v == measure.Yes }
	if rest, ok := strings.CutPrefix(text, NotPrefix); ok {
		text, wanted = rest, func(v measure.Value) bool { return v == measure.No }
	} else if rest, ok := strings.CutPrefix(text, KnownPrefix); ok {
		text, wanted = rest, func(v measure.Value) bool { return v != measure.Unknown }
	}
	m, err = measure.Parse(text)
	return m, wanted, err
}

// parseCalls parses calls as Values writes them.
func parseCalls(texts []string) ([]corpus.Ref, error) {
	if len(texts) > mostCalls {
		return nil, fmt.Errorf("more than %d calls", mostCalls)
	}
	var calls []corpus.Ref
	for _, text := range texts {
		parts := strings.Split(text, "/")
		if err := checkText(text); err != nil || len(parts) != 3 {
			return nil, fmt.Errorf("invalid call: want INSTANCE/JOB/TASK")
		}
		for i := range parts {
			var err error
			if parts[i], err = url.PathUnescape(parts[i]); err != nil {
				return nil, fmt.Errorf("invalid call: %w", err)
			}
		}
		calls = append(calls, corpus.Ref{Instance: parts[0], Job: parts[1], Task: parts[2]})
	}
	return calls, nil
}

// Values returns the parameters of a set, so that Parse returns it again.
func (s Set) Values() url.Values {
	v := url.Values{}
	for _, p := range []struct{ name, value string }{
		{FilterKey, s.Filter.String()}, {WordingKey, s.Wording}, {NodeKey, s.Node}, {EventKey, s.Event},
		{PhraseKey, s.Phrase}, {RuleKey, s.Rule}, {MeasureKey, s.Measure}, {UnclearKey, s.Unclear},
		{ReplyKey, s.Reply}, {NextKey, s.Next},
	} {
		if p.value != "" {
			v.Set(p.name, p.value)
		}
	}
	if s.OptOut {
		v.Set(OptOutKey, "1")
	}
	for _, c := range s.Calls {
		v.Add(CallsKey, url.PathEscape(c.Instance)+"/"+url.PathEscape(c.Job)+"/"+url.PathEscape(c.Task))
	}
	return v
}

// Key returns the canonical text of a set; that of all calls is "".
func (s Set) Key() string { return s.Values().Encode() }

// IsAll reports whether a set has no parts.
func (s Set) IsAll() bool { return s.Key() == "" }

// And returns the set with the conditions of a filter, too.
func (s Set) And(f filter.Filter) Set {
	s.Filter = s.Filter.And(f)
	return s
}

// View is what calls are selected from: a corpus, and what was found in it.
type View struct {
	Corpus *corpus.Corpus
	Graph  *nodes.Graph
	Hits   *match.Hits
	IDs    *IDs // of the graph; nil: they are computed
}

func (v *View) wording(id string) (int32, bool) {
	if v.IDs != nil {
		return v.IDs.Wording(id)
	}
	return Wording(v.Corpus, v.Graph, id)
}

func (v *View) node(id string) (int32, bool) {
	if v.IDs != nil {
		return v.IDs.Node(id)
	}
	return Node(v.Corpus, v.Graph, id)
}

// Part is one of the parts of a set, beside its filter, in words.
type Part struct {
	Key  string // parameter
	Text string
	// Without is the set without the part.
	Without Set
}

var words = map[string]schema.Text{
	WordingKey:    {ZH: "原话 %s", EN: "wording %s"},
	NodeKey:       {ZH: "节点 %s", EN: "node %s"},
	PhraseKey:     {ZH: "客户说“%s”", EN: "the contact says “%s”"},
	RuleKey:       {ZH: "规则 %s", EN: "rule %s"},
	MeasureKey:    {ZH: "%s", EN: "%s"},
	UnclearKey:    {ZH: "回答含“%s”", EN: "a reply has “%s”"},
	Replied:       {ZH: "接着说“%s”", EN: "then “%s” is said"},
	Went:          {ZH: "接着到 %s", EN: "then %s"},
	End:           {ZH: "结束", EN: "the end"},
	Understood:    {ZH: "听懂了", EN: "understood"},
	OptOutKey:     {ZH: "要求免打扰后的呼叫", EN: "made after an opt-out"},
	CallsKey:      {ZH: "选定的 %d 通", EN: "%d chosen calls"},
	Reached:       {ZH: "到达", EN: "reached"},
	HungUp:        {ZH: "当场挂断", EN: "hung up there"},
	NotUnderstood: {ZH: "没听懂", EN: "not understood there"},
	Kept:          {ZH: "没有挂断", EN: "not hung up there"},
	Could:         {ZH: "可能命中", EN: "could have hit"},
	Missed:        {ZH: "未命中", EN: "did not hit"},
	NotPrefix:     {ZH: "没有：%s", EN: "not: %s"},
	KnownPrefix:   {ZH: "可知是否%s", EN: "known whether they %s"},
}

// Names says what ids and names stand for in words: of a wording or node its text, of a
// rule its label. A nil function, or one that returns "", leaves the id.
type Names struct {
	Wording, Node, Rule func(id string) string
}

func (n Names) of(f func(string) string, id string) string {
	if f != nil {
		if name := f(id); name != "" {
			return name
		}
	}
	return id
}

// Parts returns the parts of a set beside its filter.
func (s Set) Parts(names Names, lang schema.Language) []Part {
	var parts []Part
	add := func(key, text string, without func(*Set)) {
		rest := s
		without(&rest)
		if rest.checkEvent() != nil {
			rest.Event, rest.Reply, rest.Next = "", "", ""
		}
		parts = append(parts, Part{key, text, rest})
	}
	event := func(events ...string) string {
		if !slices.Contains(events, s.Event) {
			return ""
		}
		text := words[s.Event].In(lang)
		switch s.Event {
		case Replied:
			text = fmt.Sprintf(text, s.Reply)
		case Went:
			next := words[End].In(lang)
			if s.Next != End {
				next = names.of(names.Node, s.Next)
			}
			text = fmt.Sprintf(text, next)
		}
		return " · " + text
	}
	at := []string{Reached, HungUp, NotUnderstood, Kept, Replied, Went}
	place := s.Wording != "" || s.Node != ""
	say := func(key string, a ...any) string { return fmt.Sprintf(words[key].In(lang), a...) }
	if s.Wording != "" {
		add(WordingKey, say(WordingKey, names.of(names.Wording, s.Wording))+event(at...), func(s *Set) { s.Wording = "" })
	}
	if s.Node != "" {
		text := say(NodeKey, names.of(names.Node, s.Node))
		if s.Wording == "" {
			text += event(at...)
		}
		add(NodeKey, text, func(s *Set) { s.Node = "" })
	}
	if s.Phrase != "" {
		add(PhraseKey, say(PhraseKey, s.Phrase), func(s *Set) { s.Phrase = "" })
	}
	if s.Rule != "" {
		add(RuleKey, say(RuleKey, names.of(names.Rule, s.Rule))+event(Could, Missed), func(s *Set) { s.Rule = "" })
	}
	if s.Measure != "" {
		add(MeasureKey, measureWords(s.Measure, names, lang), func(s *Set) { s.Measure = "" })
	}
	if s.Unclear != "" {
		text := say(UnclearKey, strings.NewReplacer(">", " → ", "|", "/").Replace(s.Unclear))
		if !place {
			text += event(NotUnderstood, Understood)
		}
		add(UnclearKey, text, func(s *Set) { s.Unclear = "" })
	}
	if s.OptOut {
		add(OptOutKey, say(OptOutKey), func(s *Set) { s.OptOut = false })
	}
	if len(s.Calls) > 0 {
		add(CallsKey, say(CallsKey, len(s.Calls)), func(s *Set) { s.Calls = nil })
	}
	return parts
}

func measureWords(text string, names Names, lang schema.Language) string {
	m, _, err := parseMeasure(text)
	if err != nil {
		return text
	}
	verb := m.Verb().In(lang)
	if rule := m.RuleName(); rule != "" {
		verb = fmt.Sprintf(words[RuleKey].In(lang), names.of(names.Rule, rule))
	}
	for _, prefix := range []string{NotPrefix, KnownPrefix} {
		if strings.HasPrefix(text, prefix) {
			return fmt.Sprintf(words[prefix].In(lang), verb)
		}
	}
	return verb
}

// Describe says in words which calls are meant, for headings and what is handed over.
func (s Set) Describe(names Names, lang schema.Language) string {
	var all []string
	if text := s.Filter.String(); text != "" {
		all = append(all, text)
	}
	for _, p := range s.Parts(names, lang) {
		all = append(all, p.Text)
	}
	if len(all) == 0 {
		return schema.Text{ZH: "全部通话", EN: "all calls"}.In(lang)
	}
	return strings.Join(all, schema.Text{ZH: "；", EN: "; "}.In(lang))
}

// Redacted returns the set without what was said, for the access log.
func (s Set) Redacted() Set {
	for _, text := range []*string{&s.Phrase, &s.Unclear, &s.Reply} {
		if *text != "" {
			*text = "…"
		}
	}
	return s
}
