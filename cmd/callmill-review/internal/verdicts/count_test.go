package verdicts_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/pipeline/desk"
)

func ptr[T any](v T) *T { return &v }

// TestLatest: the last of a person and a thing counts, by the order of the file: a clock
// that was put back changes nothing.
func TestLatest(t *testing.T) {
	first, second := hit("li", "job-1", "opt_out@1", desk.Right), hit("li", "job-1", "opt_out@1", desk.Wrong)
	second.At = "2025-01-01T00:00:00.000Z"
	second.Call.TurnIndex = ptr(int32(4)) // another line of the same hit
	other := hit("wang", "job-1", "opt_out@1", desk.Right)
	version := hit("li", "job-1", "opt_out@2", desk.Right)
	got := verdicts.Latest([]desk.Review{first, other, second, version})
	if len(got) != 3 || got[0].By != "wang" || got[1].Verdict != desk.Wrong || got[2].Rule != "opt_out@2" {
		t.Errorf("%+v", got)
	}
}

func TestThings(t *testing.T) {
	call := func(turn *int32) *desk.Call {
		return &desk.Call{InstanceID: "sales", JobID: "job-1", TaskID: "t1", TurnIndex: turn}
	}
	for name, tt := range map[string]struct {
		a, b desk.Review
		same bool
	}{
		"two lines of a hit":         {desk.Review{About: desk.AboutHit, Rule: "r", Call: call(ptr(int32(1)))}, desk.Review{About: desk.AboutHit, Rule: "r", Call: call(nil)}, true},
		"two lines that no rule hit": {desk.Review{About: desk.AboutHit, Call: call(ptr(int32(1)))}, desk.Review{About: desk.AboutHit, Call: call(ptr(int32(2)))}, false},
		"hit and call":               {desk.Review{About: desk.AboutHit, Call: call(nil)}, desk.Review{About: desk.AboutCall, Call: call(nil)}, false},
		"two rules":                  {desk.Review{About: desk.AboutHit, Rule: "r", Call: call(nil)}, desk.Review{About: desk.AboutHit, Rule: "s", Call: call(nil)}, false},
		"a filter on two nights":     {desk.Review{About: desk.AboutFilter, Filter: "f", Snapshot: "1"}, desk.Review{About: desk.AboutFilter, Filter: "f", Snapshot: "2"}, false},
		"a call on two nights":       {desk.Review{About: desk.AboutCall, Call: call(nil), Snapshot: "1"}, desk.Review{About: desk.AboutCall, Call: call(nil), Snapshot: "2"}, true},
		"two findings":               {desk.Review{About: desk.AboutFinding, Finding: "f"}, desk.Review{About: desk.AboutFinding, Finding: "g"}, false},
	} {
		if got := verdicts.ThingOf(&tt.a) == verdicts.ThingOf(&tt.b); got != tt.same {
			t.Errorf("%s: the same is %v", name, got)
		}
	}
}

func TestPrecision(t *testing.T) {
	withdrawn := hit("li", "job-9", "r", "")
	note := desk.Review{By: "li", About: desk.AboutCall, Call: &call1, Verdict: desk.Wrong}
	for name, tt := range map[string]struct {
		reviews []desk.Review
		want    verdicts.Precision
	}{
		"nothing":           {nil, verdicts.Precision{High: 1}},
		"a call is no hit":  {[]desk.Review{note}, verdicts.Precision{High: 1}},
		"misheard is apart": {[]desk.Review{hit("li", "1", "r", desk.Misheard)}, verdicts.Precision{Reviewed: 1, Misheard: 1, High: 1}},
		"withdrawn":         {[]desk.Review{hit("li", "job-9", "r", desk.Right), withdrawn}, verdicts.Precision{High: 1}},
		"a hit counts once": {[]desk.Review{hit("li", "1", "r", desk.Right), hit("wang", "1", "r", desk.Right)}, verdicts.Precision{Reviewed: 1, Right: 1, Share: 1, Low: 0.2065, High: 1}},
		"two disagree":      {[]desk.Review{hit("li", "1", "r", desk.Right), hit("wang", "1", "r", desk.Wrong)}, verdicts.Precision{Reviewed: 1, Disputed: 1, High: 1}},
		"two of three":      {[]desk.Review{hit("li", "1", "r", desk.Right), hit("wang", "1", "r", desk.Wrong), hit("qian", "1", "r", desk.Wrong)}, verdicts.Precision{Reviewed: 1, Wrong: 1, High: 0.7935}},
		"one of three each": {[]desk.Review{hit("li", "1", "r", desk.Right), hit("wang", "1", "r", desk.Wrong), hit("qian", "1", "r", desk.Misheard)}, verdicts.Precision{Reviewed: 1, Disputed: 1, High: 1}},
		"changed":           {[]desk.Review{hit("li", "1", "r", desk.Wrong), hit("li", "1", "r", desk.Right)}, verdicts.Precision{Reviewed: 1, Right: 1, Share: 1, Low: 0.2065, High: 1}},
		"right and wrong":   {[]desk.Review{hit("li", "1", "r", desk.Right), hit("li", "2", "r", desk.Wrong)}, verdicts.Precision{Reviewed: 2, Right: 1, Wrong: 1, Share: 0.5, Low: 0.0945, High: 0.9055}},
	} {
		got := verdicts.PrecisionOf(tt.reviews)
		if math.Abs(got.Low-tt.want.Low) > 5e-5 || math.Abs(got.High-tt.want.High) > 5e-5 {
			t.Errorf("%s: [%.4f, %.4f], want [%.4f, %.4f]", name, got.Low, got.High, tt.want.Low, tt.want.High)
		}
		got.Low, got.High = tt.want.Low, tt.want.High
		if got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}

// TestKappa: the example of two who judged 50 grants (yes and yes 20, 5, 10, 15), whose
// κ is 0.4, and the cases without one.
func TestKappa(t *testing.T) {
	var grants []desk.Review
	n := 0
	for _, cell := range []struct {
		count int
		a, b  string
	}{{20, desk.Right, desk.Right}, {5, desk.Right, desk.Wrong}, {10, desk.Wrong, desk.Right}, {15, desk.Wrong, desk.Wrong}} {
		for range cell.count {
			n++
			grants = append(grants, hit("a", fmt.Sprint(n), "r", cell.a), hit("b", fmt.Sprint(n), "r", cell.b))
		}
	}
	a := verdicts.AgreementOf(grants)
	if a.Things != 50 || a.Agree != 35 || !a.KappaKnown || math.Abs(a.Kappa-0.4) > 1e-12 || len(a.Disagreements) != 15 {
		t.Errorf("%d things, %d agree, κ %v (%v), %d disagreements", a.Things, a.Agree, a.Kappa, a.KappaKnown, len(a.Disagreements))
	}
	for name, reviews := range map[string][]desk.Review{
		"nothing":             nil,
		"one person":          {hit("a", "1", "r", desk.Right)},
		"one and the same":    {hit("a", "1", "r", desk.Right), hit("b", "1", "r", desk.Right), hit("a", "2", "r", desk.Right), hit("b", "2", "r", desk.Right)},
		"different things":    {hit("a", "1", "r", desk.Right), hit("b", "2", "r", desk.Wrong)},
		"the same said twice": {hit("a", "1", "r", desk.Right), hit("a", "1", "r", desk.Wrong)},
	} {
		if a := verdicts.AgreementOf(reviews); a.KappaKnown {
			t.Errorf("%s: κ %v", name, a.Kappa)
		}
	}
	if a := verdicts.AgreementOf([]desk.Review{hit("a", "1", "r", desk.Right), hit("b", "1", "r", desk.Wrong)}); !a.KappaKnown || a.Kappa != 0 {
		t.Errorf("one disagreement: %+v", a)
	}
}

// TestKappaIsThatOfATable: the κ of two people is that of their table of verdicts.
func TestKappaIsThatOfATable(t *testing.T) {
	all := []string{desk.Right, desk.Wrong, desk.Misheard, ""}
	rapid.Check(t, func(t *rapid.T) {
		// What each says of each thing, again and again; the last time counts.
		var reviews []desk.Review
		last := map[string]map[int]string{"a": {}, "b": {}}
		for range rapid.IntRange(0, 60).Draw(t, "n") {
			by := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "by")
			thing := rapid.IntRange(0, 12).Draw(t, "thing")
			verdict := rapid.SampledFrom(all).Draw(t, "verdict")
			reviews = append(reviews, hit(by, fmt.Sprint(thing), "r", verdict))
			last[by][thing] = verdict
		}
		var table [3][3]float64
		n := 0.0
		for thing, v := range last["a"] {
			w := last["b"][thing]
			for i := range 3 {
				for j := range 3 {
					if v == all[i] && w == all[j] {
						table[i][j]++
						n++
					}
				}
			}
		}
		observed, chance := 0.0, 0.0
		for i := range 3 {
			observed += table[i][i]
			row, column := 0.0, 0.0
			for j := range 3 {
				row += table[i][j]
				column += table[j][i]
			}
			chance += row * column / (n * n)
		}
		got := verdicts.AgreementOf(reviews)
		if float64(got.Pairs) != n || float64(got.Agree) != observed || got.Pairs != got.Things || len(got.Disagreements) != got.Things-got.Agree {
			t.Fatalf("%+v, want %v of %v", got, observed, n)
		}
		if known := n > 0 && chance < 1-1e-12; got.KappaKnown != known {
			t.Fatalf("κ is known: %v", got.KappaKnown)
		} else if want := (observed/n - chance) / (1 - chance); known && math.Abs(got.Kappa-want) > 1e-9 {
			t.Fatalf("κ %v, want %v", got.Kappa, want)
		}
	})
}
