package findings

import (
	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/contrast"
)

// CallsOf returns a function that returns the calls which have what package contrast
// found, of those of a set. What the set says of a line is left out where it was a line
// that was found, and likewise with a phrase: a set has one of each.
func CallsOf(v among.View) func(n contrast.Name, of among.Set) among.Set {
	m := &maker{View: v}
	m.robotOf, m.robots = v.Corpus.Robots()
	return func(n contrast.Name, of among.Set) among.Set {
		s := m.subject(StandOut, "", n)
		of.Filter = m.filter(&s).And(of.Filter)
		switch n.Dimension {
		case contrast.Phrase:
			of.Phrase = n.Value
		case contrast.Wording:
			of.Wording, of.Node, of.Event = s.Wording, "", ""
		}
		return of
	}
}
