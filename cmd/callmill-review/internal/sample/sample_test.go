package sample_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/sample"
	"callmill/pipeline/desk"
)

// night returns calls: of each script and outcome so many, from the job with that number on.
func night(jobs int, from int, scripts ...string) *corpus.Corpus {
	c := new(corpus.Corpus)
	for i := range jobs {
		for _, script := range scripts {
			for o, outcome := range []string{"finished", "hung_up"} {
				c.Calls = append(c.Calls, corpus.Call{
					Instance: c.Instances.Add("sales"), Script: c.Scripts.Add(script), Outcome: c.Outcomes.Add(outcome),
					Job: fmt.Sprintf("%s-%d-%d", script, from+i, o), Task: "t1", LineCount: 2,
				})
			}
		}
	}
	return c
}

func all(c *corpus.Corpus) []int32 {
	var calls []int32
	for i := range c.Calls {
		calls = append(calls, int32(i))
	}
	return calls
}

// jobs returns the jobs of a sample, cell by cell.
func jobs(c *corpus.Corpus, cells []sample.Cell) []string {
	var of []string
	for _, i := range sample.Calls(cells) {
		of = append(of, c.Calls[i].Job)
	}
	return of
}

func TestDraw(t *testing.T) {
	c := night(40, 0, "催收", "续保")
	c.Calls[0].LineCount = 0 // nothing was said
	cells := sample.Draw(c, all(c), "20260124", 5)
	if len(cells) != 4 {
		t.Fatalf("%d cells", len(cells))
	}
	for i, want := range []struct {
		script, outcome string
		calls           int
	}{{"催收", "finished", 39}, {"催收", "hung_up", 40}, {"续保", "finished", 40}, {"续保", "hung_up", 40}} {
		cell := cells[i]
		if got := c.Scripts.String(cell.Robot.Script); got != want.script || c.Outcomes.String(cell.Outcome) != want.outcome || cell.Calls != want.calls || len(cell.Drawn) != 5 {
			t.Errorf("cell %d: %s, %+v", i, got, cell)
		}
	}
	if again := sample.Draw(c, all(c), "20260124", 5); !slices.Equal(jobs(c, cells), jobs(c, again)) {
		t.Error("the same seed draws other calls")
	}
	if other := sample.Draw(c, all(c), "20260125", 5); slices.Equal(jobs(c, cells), jobs(c, other)) {
		t.Error("another seed draws the same calls")
	}
	if none := sample.Draw(c, nil, "20260124", 5); len(none) != 0 {
		t.Errorf("of no calls: %v", none)
	}
	if none := sample.Calls(sample.Draw(c, all(c), "20260124", 0)); len(none) != 0 {
		t.Errorf("of no number: %v", none)
	}
}

// TestStable: the order of calls does not matter, nor what else is in memory; a larger
// sample has the smaller one in it; new calls only push out as many as they have smaller
// numbers.
func TestStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		old := night(rapid.IntRange(1, 20).Draw(t, "jobs"), 0, "催收", "续保")
		drawn := jobs(old, sample.Draw(old, all(old), "7", n))

		shuffled := night(1, 1000, "别的") // other codes for the same names
		calls := slices.Clone(old.Calls)
		r := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "order")))
		r.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
		first := len(shuffled.Calls)
		for _, call := range calls {
			call.Instance = shuffled.Instances.Add(old.Instances.String(call.Instance))
			call.Script = shuffled.Scripts.Add(old.Scripts.String(call.Script))
			call.Outcome = shuffled.Outcomes.Add(old.Outcomes.String(call.Outcome))
			shuffled.Calls = append(shuffled.Calls, call)
		}
		if got := jobs(shuffled, sample.Draw(shuffled, all(shuffled)[first:], "7", n)); !slices.Equal(got, drawn) {
			t.Fatalf("in another order %v, want %v", got, drawn)
		}

		larger := jobs(old, sample.Draw(old, all(old), "7", n+2))
		for _, job := range drawn {
			if !slices.Contains(larger, job) {
				t.Fatalf("%s is not in the larger sample", job)
			}
		}

		more := night(rapid.IntRange(1, 20).Draw(t, "more"), 500, "催收", "续保")
		both := *old
		both.Calls = slices.Concat(old.Calls, more.Calls)
		now := jobs(&both, sample.Draw(&both, all(&both), "7", n))
		fresh := 0
		for _, job := range now {
			if slices.ContainsFunc(more.Calls, func(call corpus.Call) bool { return call.Job == job }) {
				fresh++
			} else if !slices.Contains(drawn, job) {
				t.Fatalf("%s was not drawn before and is not new", job)
			}
		}
		kept := len(now) - fresh
		if gone := len(drawn) - kept; gone > fresh {
			t.Fatalf("%d went for %d new", gone, fresh)
		}
	})
}

// TestEvenly: over many seeds each call of a cell is drawn about as often.
func TestEvenly(t *testing.T) {
	c := night(20, 0, "催收")
	count := map[string]int{}
	const seeds = 4000
	for seed := range seeds {
		for _, job := range jobs(c, sample.Draw(c, all(c), fmt.Sprint(seed), 5)) {
			count[job]++
		}
	}
	// Each of the 40 calls is drawn with probability 5/20; χ² of a cell has 19 degrees of
	// freedom, and of such draws less variance than of independent ones.
	chi := 0.0
	for _, call := range c.Calls {
		d := float64(count[call.Job]) - seeds*5.0/20
		chi += d * d / (seeds * 5.0 / 20)
	}
	if chi > 80 {
		t.Errorf("χ² %.1f of 38 degrees of freedom: %v", chi, count)
	}
}

func TestLook(t *testing.T) {
	c := night(3, 0, "催收")
	calls := sample.Calls(sample.Draw(c, all(c), "1", 3))
	review := func(by string, call int, verdict string, score float64) desk.Review {
		of := &c.Calls[calls[call]]
		r := desk.Review{At: "2026-01-31T00:00:00.000Z", By: by, About: desk.AboutCall, Call: &desk.Call{InstanceID: "sales", JobID: of.Job, TaskID: of.Task}, Verdict: verdict}
		if score >= 0 {
			r.Score = &score
		}
		return r
	}
	elsewhere := review("li", 0, desk.Right, 100)
	elsewhere.Call = &desk.Call{InstanceID: "sales", JobID: "elsewhere"}
	hit := review("wang", 1, desk.Right, -1)
	hit.About = desk.AboutHit
	p := sample.Look(c, calls, []desk.Review{
		review("li", 0, desk.Wrong, 10), review("li", 0, desk.Right, 80), // changed
		review("wang", 0, desk.Right, 60),
		review("li", 1, desk.Right, -1),
		review("li", 2, "", 40), review("wang", 2, desk.Wrong, -1),
		review("wang", 3, "", -1), // a note only
		elsewhere, hit,
	})
	if p.Drawn != 6 || p.Seen != 3 || p.Both != 2 || p.Scores != 3 || math.Abs(p.Score-60) > 1e-9 {
		t.Errorf("%+v", p)
	}
	if a := p.Agreement; a.Things != 1 || a.Agree != 1 {
		t.Errorf("%+v", a)
	}
	if p := sample.Look(c, nil, []desk.Review{elsewhere}); p.Seen != 0 || p.Drawn != 0 {
		t.Errorf("%+v", p)
	}
}
