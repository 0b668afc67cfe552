package verdicts

import (
	"cmp"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/interval"
	"callmill/pipeline/desk"
)

// Thing is what a review is about. A hit is what a rule of a version says of a call,
// whichever of its lines was looked at; a filter is that of a snapshot.
type Thing struct {
	About, Instance, Job, Task string
	Turn                       int32 // of a line that no rule hit; else -1
	Rule                       string
	Filter, Snapshot           string
	Finding                    string
}

// ThingOf returns what a review is about.
func ThingOf(r *desk.Review) Thing {
	t := Thing{About: r.About, Turn: -1, Rule: r.Rule}
	if r.Call != nil {
		t.Instance, t.Job, t.Task = r.Call.InstanceID, r.Call.JobID, r.Call.TaskID
	}
	switch r.About {
	case desk.AboutHit:
		if r.Rule == "" && r.Call != nil && r.Call.TurnIndex != nil {
			t.Turn = *r.Call.TurnIndex
		}
	case desk.AboutFilter:
		t.Filter, t.Snapshot = r.Filter, r.Snapshot
	case desk.AboutFinding:
		t.Finding = r.Finding
	}
	return t
}

// RuleOf returns the name of a rule and its version, "" where there is none, as the
// field Rule of a review has them: "name@version".
func RuleOf(rule string) (name, version string) {
	name, version, _ = strings.Cut(rule, "@")
	return name, version
}

// Latest returns of each person and thing the review that counts, the last one, in the
// order of the reviews.
func Latest(reviews []desk.Review) []desk.Review {
	type key struct {
		by    string
		thing Thing
	}
	seen := map[key]bool{}
	var latest []desk.Review
	for _, r := range slices.Backward(reviews) {
		k := key{r.By, ThingOf(&r)}
		if seen[k] {
			continue
		}
		seen[k] = true
		latest = append(latest, r)
	}
	slices.Reverse(latest)
	return latest
}

// group is what people said of one thing, the verdict of each that counts.
type group struct {
	thing   Thing
	reviews []desk.Review // each has a verdict, each is of another person
}

// groups returns the verdicts that count by thing, in the order of the things' first
// verdicts.
func groups(reviews []desk.Review) []group {
	at := map[Thing]int{}
	var of []group
	for _, r := range Latest(reviews) {
		if r.Verdict == "" {
			continue
		}
		t := ThingOf(&r)
		i, ok := at[t]
		if !ok {
			i = len(of)
			at[t] = i
			of = append(of, group{thing: t})
		}
		of[i].reviews = append(of[i].reviews, r)
	}
	return of
}

// Precision is how often the hits of a rule are right. A hit counts once, however many
// looked at it: as most of them say. One that as many call right as wrong is Disputed
// and counts as neither, and so does one that was misheard.
type Precision struct {
	Reviewed                         int // hits that somebody gave a verdict on
	Right, Wrong, Misheard, Disputed int
	Share                            float64 // right of right and wrong; 0 where there are none
	Low, High                        float64 // its 95 % interval (Wilson); 0 and 1 where there are none
}

// Known reports whether there is a share.
func (p Precision) Known() bool { return p.Right+p.Wrong > 0 }

// PrecisionOf counts the reviews of hits.
func PrecisionOf(reviews []desk.Review) Precision {
	var p Precision
	for _, g := range groups(reviews) {
		if g.thing.About != desk.AboutHit {
			continue
		}
		p.Reviewed++
		switch g.majority() {
		case desk.Right:
			p.Right++
		case desk.Wrong:
			p.Wrong++
		case desk.Misheard:
			p.Misheard++
		default:
			p.Disputed++
		}
	}
	n := p.Right + p.Wrong
	p.Low, p.High = interval.Wilson(p.Right, n)
	if n > 0 {
		p.Share = float64(p.Right) / float64(n)
	}
	return p
}

// majority returns the verdict that more people gave than any other; "" where there is
// none.
func (g *group) majority() string {
	count := map[string]int{}
	for _, r := range g.reviews {
		count[r.Verdict]++
	}
	best, most, tie := "", 0, false
	for _, v := range verdicts {
		switch n := count[v]; {
		case n > most:
			best, most, tie = v, n, false
		case n == most && n > 0:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return best
}

// verdicts are those that can be given.
var verdicts = [...]string{desk.Right, desk.Wrong, desk.Misheard}

// Agreement is how far people agree on things that at least two of them gave a verdict
// on. Where more than two did, each two of them are compared.
type Agreement struct {
	Things int // that at least two people gave a verdict on
	Pairs  int // verdicts compared; equal to Things where nobody else looked
	Agree  int // of these the same
	// Kappa is Cohen's κ (A coefficient of agreement for nominal scales, Educational and
	// Psychological Measurement 20, 1960): the part of the agreement that chance would not
	// bring, over the verdicts right, wrong and misheard. Each two people have their own
	// chance, from how often each gives each verdict on what both looked at; of several
	// twos the expected agreements are added up.
	Kappa float64
	// KappaKnown is false where there is no κ: nothing was compared, or all that was
	// compared got one and the same verdict of both, so that chance alone agrees fully.
	KappaKnown bool
	// Disagreements are the things on which not all say the same, each with the reviews
	// that count, in order.
	Disagreements [][]desk.Review
}

// Share returns the part of the pairs that agree; 0 where there are none.
func (a Agreement) Share() float64 {
	if a.Pairs == 0 {
		return 0
	}
	return float64(a.Agree) / float64(a.Pairs)
}

// two are people in order of their names.
type two struct{ a, b string }

// margins are how often each of two people gave each verdict on what both looked at.
type margins struct {
	n    int
	a, b map[string]int
}

// AgreementOf compares reviews.
func AgreementOf(reviews []desk.Review) Agreement {
	var a Agreement
	of := map[two]*margins{}
	for _, g := range groups(reviews) {
		if len(g.reviews) < 2 {
			continue
		}
		a.Things++
		if g.differ() {
			a.Disagreements = append(a.Disagreements, g.reviews)
		}
		for i, r := range g.reviews {
			for _, s := range g.reviews[:i] {
				a.compare(of, r, s)
			}
		}
	}
	// Expected agreements of twos are n·Pe = Σ a(v)·b(v)/n. The order of the twos would
	// change the last bit of their sum.
	twos := make([]two, 0, len(of))
	for t := range of {
		twos = append(twos, t)
	}
	slices.SortFunc(twos, func(x, y two) int {
		return cmp.Or(strings.Compare(x.a, y.a), strings.Compare(x.b, y.b))
	})
	expected, certain := 0.0, true
	for _, t := range twos {
		m := of[t]
		sum := 0
		for _, v := range verdicts {
			sum += m.a[v] * m.b[v]
		}
		certain = certain && sum == m.n*m.n
		expected += float64(sum) / float64(m.n)
	}
	if a.Pairs > 0 && !certain {
		a.Kappa = (float64(a.Agree) - expected) / (float64(a.Pairs) - expected)
		a.KappaKnown = true
	}
	return a
}

func (g *group) differ() bool {
	return slices.ContainsFunc(g.reviews, func(r desk.Review) bool { return r.Verdict != g.reviews[0].Verdict })
}

func (a *Agreement) compare(of map[two]*margins, r, s desk.Review) {
	if s.By < r.By {
		r, s = s, r
	}
	t := two{r.By, s.By}
	m := of[t]
	if m == nil {
		m = &margins{a: map[string]int{}, b: map[string]int{}}
		of[t] = m
	}
	m.n++
	m.a[r.Verdict]++
	m.b[s.Verdict]++
	a.Pairs++
	if r.Verdict == s.Verdict {
		a.Agree++
	}
}
