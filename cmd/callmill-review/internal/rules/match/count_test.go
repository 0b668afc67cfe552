package match_test

import (
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/pipeline/simulate"
)

// Counts of days and campaigns add up to the hits, and to the calls there could be hits
// in.
func TestCountsAddUp(t *testing.T) {
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	c, _ := simulated.World(t, simulate.Options{People: 1000, Seed: 4})
	hits := match.Find(book, c)
	for i := range hits.Rules {
		r := &hits.Rules[i]
		could, hit := 0, 0
		for _, n := range r.Counts(c, nil) {
			could, hit = could+n.Could, hit+n.Hits
		}
		total := 0
		for call := range c.Calls {
			if r.Could(int32(call)) {
				total++
			}
		}
		if could != total || hit != len(r.Hits) {
			t.Errorf("%s: %d of %d counted, want %d of %d", r.Rule.Name, hit, could, len(r.Hits), total)
		}
		even := func(call int32) bool { return call%2 == 0 }
		odd := func(call int32) bool { return call%2 == 1 }
		sum := 0
		for _, n := range append(r.Counts(c, even), r.Counts(c, odd)...) {
			sum += n.Hits
		}
		if sum != len(r.Hits) {
			t.Errorf("%s: %d hits in two halves, want %d", r.Rule.Name, sum, len(r.Hits))
		}
	}
}

func TestOptOuts(t *testing.T) {
	c := &corpus.Corpus{}
	c.Contacts.Add("amy")
	c.Contacts.Add("bob")
	refuses, silent := int32(0), int32(1)
	c.Texts = []corpus.Text{{Speaker: corpus.Contact, Script: "别再打了"}, {Speaker: corpus.Contact, Script: "好的"}}
	add := func(contact corpus.Code, job string, start int64, text int32, results ...string) {
		call := corpus.Call{Job: job, Contact: contact, Start: start, Facts: corpus.Connected | corpus.Answered, FirstLine: int32(len(c.Lines)), LineCount: 1}
		if text < 0 {
			call.Facts, call.LineCount = 0, 0
		} else {
			c.Lines = append(c.Lines, corpus.Line{Text: text})
		}
		for _, r := range results {
			call.Results = append(call.Results, c.Results.Add(r))
		}
		c.Calls = append(c.Calls, call)
	}
	const amy, bob = 1, 2
	add(amy, "a1", 10, silent)               // 0: before
	add(amy, "a2", 20, refuses)              // 1: asks
	add(amy, "a3", 30, silent)               // 2: another campaign calls
	add(amy, "a4", 0, silent)                // 3: nobody knows when
	add(amy, "a5", 40, refuses)              // 4: asks again
	add(bob, "b1", 10, -1, "免打扰=是")          // 5: a result of the job, which is known of all its calls
	add(bob, "b1", 20, silent, "免打扰=是")      // 6: in this one, the last that was answered, it was asked
	add(bob, "b1", 30, -1, "免打扰=是")          // 7: and it called again
	add(0, "n1", 10, refuses)                // 8: without a key the job is known
	add(0, "n2", 20, silent)                 // 9: so this is somebody else
	add(0, "n1", 30, silent, "免打扰=否", "x=y") // 10: and this is after
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		only func(int32) bool
		want map[int32][]int32 // the calls after, by that in which it was asked
	}{
		{"all", nil, map[int32][]int32{1: {2, 4}, 6: {7}, 8: {10}}},
		{"of some calls", func(call int32) bool { return call == 2 || call == 9 }, map[int32][]int32{1: {2}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := match.Find(book, c).OptOuts(c, tt.only)
			if len(got) != len(tt.want) {
				t.Errorf("%d opt-outs, want %d", len(got), len(tt.want))
			}
			for _, o := range got {
				want := tt.want[o.Call]
				if len(o.After) != len(want) {
					t.Errorf("after call %d: %v, want %v", o.Call, o.After, want)
					continue
				}
				for i := range want {
					if o.After[i] != want[i] {
						t.Errorf("after call %d: %v, want %v", o.Call, o.After, want)
					}
				}
				if byResult := o.Result != 0; byResult != (o.Call == 6) || byResult == (len(o.Lines) > 0) {
					t.Errorf("call %d: result %d, lines %v", o.Call, o.Result, o.Lines)
				}
			}
		})
	}
}

// Against the truth of a world, by words and results: who asked, and was called again.
func TestOptOutsAgainstTruth(t *testing.T) {
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		t.Skip("-short: a world of 4,000 people")
	}
	c, truth := world(t)
	asked := map[int]int64{} // by person, when first
	for i := range c.Calls {
		call := &c.Calls[i]
		person := truth.Job(call).Person
		for _, turn := range truth.Turns(call) {
			if _, before := asked[person]; turn.Said == "optout" && call.Facts.Is(corpus.Answered) && !before {
				asked[person] = call.Start
			}
		}
	}
	want := map[int]bool{}
	for i := range c.Calls {
		person := truth.Job(&c.Calls[i]).Person
		if at, ok := asked[person]; ok && c.Calls[i].Start > at {
			want[person] = true
		}
	}
	found := 0
	got := match.Find(book, c).OptOuts(c, nil)
	for _, o := range got {
		if want[truth.Job(&c.Calls[o.Call]).Person] {
			found++
		}
	}
	t.Logf("called after an opt-out: %d, of which %d are among the %d true ones", len(got), found, len(want))
	if len(want) < 30 || found*100 < len(want)*97 || found*100 < len(got)*93 {
		t.Errorf("%d found, of which %d are right, of %d", len(got), found, len(want))
	}
}
