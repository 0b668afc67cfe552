package findings

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/measure"
)

// Kind is by which question something was found.
type Kind string

// The kinds.
const (
	Changed      Kind = "changed"
	RewordedLine Kind = "reworded"
	StandOut     Kind = "standout"
	OptOuts      Kind = "opt_outs"
	Risen        Kind = "rule"
	MisheardWord Kind = "misheard"
	NoIntent     Kind = "no_intent"
)

var kinds = []Kind{Changed, RewordedLine, StandOut, OptOuts, Risen, MisheardWord, NoIntent}

// Subject is what a finding is of.
type Subject struct {
	Kind      Kind
	Measure   string // of package measure, or of effect: hung_up, not_understood
	Dimension contrast.Dimension
	Value     string
	Script    string // of what is of one script
	Instance  string // likewise
	// Wording is the id of the wording, where the subject is one. It is made of the rest.
	Wording string
	// Line is the id of the wording that explains it, and Event what becomes of calls there
	// as package effect has it, "" where there is none. They are not part of what it is.
	Line, Event string
}

// ID returns the id of the finding: the same for the same subject.
func (s *Subject) ID() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(s.Kind), s.Measure, string(s.Dimension), s.Value, s.Script, s.Instance}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// String returns the subject as a line that ParseSubject reads, such as
//
//	kind=changed measure=failed dimension=version value="1.7.0" script="分期还款"
//
// It is kept with what people say of a finding, which may not be found later.
func (s *Subject) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "kind=%s", s.Kind)
	for _, p := range []struct{ key, value string }{
		{"measure", s.Measure}, {"dimension", string(s.Dimension)}, {"value", s.Value}, {"script", s.Script}, {"instance", s.Instance}, {"wording", s.Wording},
		{"line", s.Line}, {"event", s.Event},
	} {
		if p.value != "" {
			fmt.Fprintf(&b, " %s=%s", p.key, quote(p.value))
		}
	}
	return b.String()
}

// quote quotes a value. Letters of any script stay as they are, so that whoever looks for
// a name in a file finds it.
func quote(value string) string {
	if value != "" && strings.Trim(value, "abcdefghijklmnopqrstuvwxyz_0123456789") == "" {
		return value
	}
	return strconv.Quote(value)
}

// ParseSubject reads what String returns.
func ParseSubject(text string) (Subject, error) {
	var s Subject
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		key, value, ok := strings.Cut(rest, "=")
		if !ok {
			return Subject{}, fmt.Errorf("read the subject of a finding: invalid %q: want KEY=VALUE", rest)
		}
		if quoted, err := strconv.QuotedPrefix(value); err == nil {
			rest = value[len(quoted):]
			if value, err = strconv.Unquote(quoted); err != nil {
				return Subject{}, fmt.Errorf("read the subject of a finding: %s: %w", key, err)
			}
		} else {
			if value, rest, _ = strings.Cut(value, " "); strings.Contains(value, `"`) {
				return Subject{}, fmt.Errorf("read the subject of a finding: %s: a quote is not closed", key)
			}
		}
		switch key {
		case "kind":
			s.Kind = Kind(value)
		case "measure":
			s.Measure = value
		case "dimension":
			s.Dimension = contrast.Dimension(value)
		case "value":
			s.Value = value
		case "script":
			s.Script = value
		case "instance":
			s.Instance = value
		case "wording":
			s.Wording = value
		case "line":
			s.Line = value
		case "event":
			s.Event = value
		default:
			return Subject{}, fmt.Errorf("read the subject of a finding: unknown key %q", key)
		}
	}
	for _, k := range kinds {
		if s.Kind == k {
			return s, nil
		}
	}
	return Subject{}, fmt.Errorf("read the subject of a finding: unknown kind %q", s.Kind)
}

// subject returns the subject of what package contrast found. What is of a script has its
// instance, also where there is one only: another may come.
func (m *maker) subject(kind Kind, of string, n contrast.Name) Subject {
	s := Subject{Kind: kind, Measure: of, Dimension: n.Dimension, Value: n.Value, Script: n.Script, Instance: n.Instance}
	switch n.Dimension {
	case contrast.Wording:
		for w := range m.Graph.Wordings {
			wording := &m.Graph.Wordings[w]
			if wording.Pattern == n.Value && m.Corpus.Scripts.String(wording.Script) == n.Script {
				s.Wording = among.WordingID(m.Corpus, m.Graph, int32(w))
				s.Instance = m.Corpus.Instances.String(m.Graph.Robots[wording.Robot].Instance)
				break
			}
		}
	case contrast.Version, contrast.Script:
		if n.Dimension == contrast.Script {
			s.Script = n.Value
		}
		if s.Instance == "" {
			s.Instance = m.onlyInstance()
		}
	}
	return s
}

// onlyInstance returns the instance, where there is one only.
func (m *maker) onlyInstance() string {
	if len(m.robots) == 0 {
		return ""
	}
	first := m.robots[0].Instance
	for _, r := range m.robots {
		if r.Instance != first {
			return ""
		}
	}
	return m.Corpus.Instances.String(first)
}

// attemptsFrom is the attempt from which on package contrast has them as one.
const attemptsFrom = "9"

// filter returns the conditions that calls of the subject fulfil, whatever the day. Where
// there is one instance only, it is none.
func (m *maker) filter(s *Subject) filter.Filter {
	var all filter.Filter
	add := func(key, value string) {
		if value == "" {
			return
		}
		if f, err := filter.One(key, value); err == nil {
			all = all.And(f)
		}
	}
	add(filter.Script, s.Script)
	if m.onlyInstance() == "" {
		add(filter.Instance, s.Instance)
	}
	switch s.Dimension {
	case contrast.Number:
		add(filter.Number, s.Value)
	case contrast.Hour:
		add(filter.Hour, s.Value)
	case contrast.Attempt:
		if s.Value == attemptsFrom {
			add(filter.Attempt, s.Value+"-")
			break
		}
		add(filter.Attempt, s.Value)
	case contrast.Batch:
		add(filter.Campaign, s.Value)
	case contrast.Version:
		add(filter.Version, s.Value)
	}
	return all
}

// sets returns the calls of a subject up to the day, of what changed those of the day, of
// what is not understood those of the days before, too; and those that it is true of.
func (m *maker) sets(s *Subject) (all, yes among.Set) {
	first := ".."
	switch s.Kind {
	case Changed, Risen:
		first = ""
	case MisheardWord, NoIntent:
		first = m.before.First.String() + ".."
	}
	all.Filter = m.filter(s).And(m.Filter)
	if f, err := filter.One(filter.Day, first+m.Day.String()); err == nil {
		all.Filter = all.Filter.And(f)
	}
	all.Wording = s.Wording
	switch s.Kind {
	case Changed, StandOut:
		yes = all
		yes.Measure = s.Measure
		all.Measure = among.KnownPrefix + s.Measure
		if _, err := measure.Parse(s.Measure); err != nil {
			all.Measure, yes.Measure = "", ""
		}
	case RewordedLine:
		yes = all
		yes.Event = s.Measure
	case OptOuts:
		all.OptOut = true
		yes = all
	case Risen:
		all.Rule = s.Value
		yes = all
		all.Event = among.Could
	case MisheardWord, NoIntent:
		all.Unclear = s.Value
		yes = all
		yes.Event = among.NotUnderstood
	}
	return all, yes
}
