package redact_test

import (
	"os"
	"slices"
	"testing"

	"callmill/pipeline/redact/internal/measure"
	"callmill/pipeline/redact/numbers"
	"callmill/pipeline/redact/others"
	"callmill/pipeline/redact/own"
	"callmill/pipeline/redact/span"
	"callmill/pipeline/simulate"
)

// finder returns the finders that are measured: of all layers, as Redactors run them.
func finder() measure.Finder {
	own, n, o := own.New(), numbers.New(), others.New()
	return measure.Finder{Job: own.Job, Find: func(dst []span.Span, call []span.Line) []span.Span {
		return o.Find(n.Find(own.Find(dst, call), call), call)
	}}
}

// need is what the rules must reach.
type need struct {
	name    string
	of      func(measure.Class) bool           // the spans of the truth it is about
	recall  float64                            // how many of them are masked
	extents bool                               // count only those found with their extents
	found   func(*measure.Score) measure.Found // what was found; nil: no matter
	right   float64                            // how much of it touches the truth
}

// as is what was found as one of some kinds, by what a layer found.
func as(kinds ...span.Kind) func(*measure.Score) measure.Found {
	return func(s *measure.Score) measure.Found { return s.Found(kinds...) }
}

func by(layer span.Layer) func(*measure.Score) measure.Found {
	return func(s *measure.Score) measure.Found { return s.FoundBy(layer) }
}

var needs = []need{
	{name: "numbers", of: heard(longs), recall: 0.995, extents: true, found: as(longs...), right: 0.99},
	{name: "other kinds", of: heard(shorts), recall: 0.97, found: as(shorts...), right: 0.95},
	{name: "addresses", of: func(c measure.Class) bool { return c.Kind == span.Address && c.Of != "own" }, recall: 0.98, found: as(span.Address), right: 0.98},
	{name: "own names and addresses", of: func(c measure.Class) bool {
		return c.Of == "own" && (c.Kind == span.Name || c.Kind == span.Address)
	}, recall: 0.999, found: by(span.Own), right: 0.999},
	{name: "people with a title", of: func(c measure.Class) bool { return c.Kind == span.Name && c.Of == "titled" }, recall: 0.97},
	{name: "bare names", of: func(c measure.Class) bool { return c.Kind == span.Name && c.Of == "bare" }, recall: 0.80, found: as(span.Name), right: 0.99},
}

var (
	longs  = []span.Kind{span.Phone, span.IDCard, span.BankCard, span.ID, span.Number}
	shorts = []span.Kind{span.Plate, span.Email, span.WeChat, span.QQ, span.Passport, span.Birthday, span.Tail, span.Code}
)

// heard is of the kinds, without a misheard digit.
func heard(kinds []span.Kind) func(measure.Class) bool {
	return func(c measure.Class) bool { return !c.Misheard && slices.Contains(kinds, c.Kind) }
}

// misheard is what must be reached where eight of a hundred spoken digits are others
// that sound alike.
var misheard = []need{
	{name: "numbers", of: func(c measure.Class) bool { return slices.Contains(longs, c.Kind) }, recall: 0.95, found: as(longs...), right: 0.99},
}

// The rules reach what they must on simulated calls: of the campaigns that come with
// callmill, and of those that no one looked at who wrote a rule
// (simulate/testdata/heldout). Of these only counts are printed.
func TestTruth(t *testing.T) {
	heldOut := os.DirFS("../simulate/testdata/heldout")
	people := 5000
	if testing.Short() {
		people = 1500
	}
	for _, world := range []struct {
		name    string
		options simulate.Options
		needs   []need
		quote   bool
	}{
		{"built in", simulate.Options{People: people, Seed: 11}, needs, true},
		{"built in, misheard", simulate.Options{People: people, Seed: 13, Misheard: 8}, misheard, true},
		{"held out", simulate.Options{People: people, Seed: 12, Campaigns: heldOut}, needs, false},
		{"held out, misheard", simulate.Options{People: people, Seed: 14, Misheard: 8, Campaigns: heldOut}, misheard, false},
	} {
		t.Run(world.name, func(t *testing.T) {
			w, err := simulate.New(world.options)
			if err != nil {
				t.Fatal(err)
			}
			s := measure.World(w, finder())
			t.Logf("\n%s", s)
			for _, need := range world.needs {
				need.check(t, s)
			}
			if world.quote && t.Failed() {
				for _, line := range s.Wrong() {
					t.Log(line)
				}
			}
		})
	}
}

func (n *need) check(t *testing.T, s *measure.Score) {
	t.Helper()
	c := s.Of(n.of)
	got := c.Masked()
	if n.extents {
		got = c.Extents()
	}
	if low, high := measure.Wilson(got, c.Spans); c.Spans < 30 || float64(got) < n.recall*float64(c.Spans) {
		t.Errorf("%s: recall %d of %d (%.4f to %.4f), want %.3f", n.name, got, c.Spans, low, high, n.recall)
	}
	if n.found == nil {
		return
	}
	if f := n.found(s); float64(f.Spans-f.False) < n.right*float64(f.Spans) {
		t.Errorf("%s: %d of %d found are false, want a precision of %.3f", n.name, f.False, f.Spans, n.right)
	}
}
