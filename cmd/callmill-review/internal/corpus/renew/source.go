package renew

import (
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
)

// source is a corpus whose calls are copied into another one.
type source struct {
	corpus *corpus.Corpus
	to     *corpus.Corpus
	named  *namer // nil: names stay

	instances, campaigns, scripts, versions, numbers, contacts, outcomes, patterns, words, results, groups recoder

	texts []int32         // what the texts are in to, from 1; 0: not there yet
	twins map[said]*int32 // of texts of the other source: what they are in to
	room  []corpus.Code   // for lists of codes
}

// said is what makes a text one.
type said struct {
	speaker         uint8
	pattern, script string
}

func newSource(from, to *corpus.Corpus) *source {
	return &source{
		corpus: from, to: to, texts: make([]int32, len(from.Texts)),
		instances: recode(&from.Instances, &to.Instances), campaigns: recode(&from.Campaigns, &to.Campaigns),
		scripts: recode(&from.Scripts, &to.Scripts), versions: recode(&from.Versions, &to.Versions),
		numbers: recode(&from.Numbers, &to.Numbers), contacts: recode(&from.Contacts, &to.Contacts),
		outcomes: recode(&from.Outcomes, &to.Outcomes), patterns: recode(&from.Patterns, &to.Patterns),
		words: recode(&from.Words, &to.Words), results: recode(&from.Results, &to.Results), groups: recode(&from.Groups, &to.Groups),
	}
}

// byContent returns the texts of a source by what they are.
func (s *source) byContent() map[said]*int32 {
	texts := make(map[said]*int32, len(s.texts))
	for i := range s.texts {
		texts[s.said(int32(i))] = &s.texts[i]
	}
	return texts
}

func (s *source) said(text int32) said {
	t := &s.corpus.Texts[text]
	return said{t.Speaker, s.corpus.Patterns.String(t.Pattern), t.Script}
}

// add appends a call, with its lines, to the new corpus.
func (s *source) add(i int32) {
	call := s.call(s.corpus.Calls[i])
	said := s.corpus.Of(&call)
	call.FirstLine = int32(len(s.to.Lines))
	for _, line := range said {
		line.Text = s.text(line.Text)
		s.to.Lines = append(s.to.Lines, line)
	}
	s.to.Calls = append(s.to.Calls, call)
}

// call returns a call as it is in the new corpus, but for its lines.
func (s *source) call(call corpus.Call) corpus.Call {
	if s.named == nil {
		call.Campaign, call.Script, call.Version = s.campaigns.code(call.Campaign), s.scripts.code(call.Script), s.versions.code(call.Version)
	} else {
		s.name(&call)
	}
	call.Instance, call.Group = s.instances.code(call.Instance), s.groups.code(call.Group)
	call.Number, call.Contact = s.numbers.code(call.Number), s.contacts.code(call.Contact)
	call.Outcome = s.outcomes.code(call.Outcome)
	call.Results = s.resultsOf(call.Results)
	return call
}

// name names a call as its campaign is called now, where names are not its own.
func (s *source) name(call *corpus.Call) {
	names := s.named.of(s.corpus, call)
	if call.Origin.Is(corpus.OwnCampaign) {
		call.Campaign = s.campaigns.code(call.Campaign)
	} else {
		call.Campaign = s.to.Campaigns.Add(names.Campaign)
	}
	if call.Origin.Is(corpus.OwnScript) || s.to.ScriptsInferred {
		call.Script = s.scripts.code(call.Script)
	} else {
		call.Script = s.to.Scripts.Add(names.Script)
	}
	call.Version = s.to.Versions.Add(names.Version)
}

// resultsOf returns results, in order; those that are new in a call have codes in the
// order of what they say.
func (s *source) resultsOf(results []corpus.Code) []corpus.Code {
	if len(results) == 0 {
		return nil
	}
	list := s.list(results)
	if slices.ContainsFunc(list, func(c corpus.Code) bool { return !s.results.has(c) }) {
		slices.SortFunc(list, func(a, b corpus.Code) int {
			return strings.Compare(s.corpus.Results.String(a), s.corpus.Results.String(b))
		})
	}
	for i := range list {
		list[i] = s.results.code(list[i])
	}
	slices.Sort(list)
	return list
}

// text returns the number of a text in the new corpus.
func (s *source) text(text int32) int32 {
	if n := s.texts[text]; n > 0 {
		return n - 1
	}
	twin := s.twins[s.said(text)]
	if twin != nil && *twin > 0 {
		s.texts[text] = *twin
		return *twin - 1
	}
	t := s.corpus.Texts[text]
	t.Pattern = s.patterns.code(t.Pattern)
	if len(t.Words) > 0 {
		t.Words = s.list(t.Words)
		for i := range t.Words {
			t.Words[i] = s.words.code(t.Words[i])
		}
	}
	s.to.Texts = append(s.to.Texts, t)
	n := int32(len(s.to.Texts))
	s.texts[text] = n
	if twin != nil {
		*twin = n
	}
	return n - 1
}

// list returns a copy of codes. Many lists are one piece of memory.
func (s *source) list(codes []corpus.Code) []corpus.Code {
	const piece = 1 << 12
	if len(codes) > cap(s.room)-len(s.room) {
		s.room = make([]corpus.Code, 0, max(piece, len(codes)))
	}
	at := len(s.room)
	s.room = append(s.room, codes...)
	return s.room[at:len(s.room):len(s.room)]
}

// recoder translates codes of a Dict into those of another one, which has them in the
// order in which they are asked for.
type recoder struct {
	from, to *corpus.Dict
	codes    []corpus.Code // 0: not asked for yet
}

func recode(from, to *corpus.Dict) recoder {
	return recoder{from, to, make([]corpus.Code, from.Len())}
}

func (r *recoder) has(code corpus.Code) bool { return code == 0 || r.codes[code] != 0 }

func (r *recoder) code(code corpus.Code) corpus.Code {
	if code == 0 {
		return 0
	}
	if r.codes[code] == 0 {
		r.codes[code] = r.to.Add(r.from.String(code))
	}
	return r.codes[code]
}
