package effect_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"

	"pgregory.net/rapid"
)

// questionnaire is calls with five questions, of which each is asked again in some.
func questionnaire() []handmade.Call {
	var calls []handmade.Call
	for i := range 20 {
		var lines []string
		for k, q := range []string{"速度", "态度", "价格", "清洁", "包装"} {
			lines = append(lines, "R 您对"+q+"满意吗？")
			if k == i%5 {
				lines = append(lines, "C 呃", "R 没听清。"+q+"怎么样？")
			}
			lines = append(lines, "C 满意")
		}
		calls = append(calls, handmade.Call{Script: "s", Campaign: "a", Day: 3, Lines: append(lines, "R 再见。")})
	}
	return calls
}

// anything draws calls of which some lines are of a script.
func anything(t *rapid.T) []handmade.Call {
	line := rapid.SampledFrom([]string{"R 您好", "R 再见。", "R 没听清。您好", "R 没听清。再说一遍", "R 喂？", "R 嗯", "R ", "C 好", "C 。", "C 是 我 本人", "!"})
	var calls []handmade.Call
	for range rapid.IntRange(0, 30).Draw(t, "calls") {
		calls = append(calls, handmade.Call{
			Script: rapid.SampledFrom([]string{"", "s"}).Draw(t, "script"), Version: rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "version"),
			Lines: rapid.SliceOfN(line, 0, 8).Draw(t, "lines"),
		})
	}
	return calls
}

// There are as many calls behind a number as it says.
func TestCallsAreAsManyAsCounted(t *testing.T) {
	check := func(t *rapid.T, calls []handmade.Call) {
		c := handmade.Corpus(calls...)
		g := nodes.Find(c)
		all := handmade.All(c)
		counts := effect.Count(c, g, all)
		at := func(where effect.Where, p *effect.Place) {
			for event, want := range map[effect.Event]int{
				"": p.Calls, effect.Reached: p.Calls, effect.HungUp: p.HungUp, effect.NotUnderstood: p.NotUnderstood, effect.Kept: p.Calls - p.HungUp,
			} {
				if got := effect.Calls(c, g, all, effect.Question{Where: where, Event: event}); len(got) != want || !slices.IsSorted(got) {
					t.Fatalf("%+v %q: calls %v, counted %d", where, event, got, want)
				}
			}
			for _, r := range effect.Replies(c, g, all, where, 100) {
				if got := effect.Calls(c, g, all, effect.Question{Where: where, Event: effect.Replied, Reply: r.Text}); len(got) != r.N {
					t.Fatalf("%+v replied %q: calls %v, counted %d", where, r.Text, got, r.N)
				}
			}
			for _, n := range effect.Nexts(c, g, all, where, 100) {
				if got := effect.Calls(c, g, all, effect.Question{Where: where, Event: effect.Went, Next: n.Node}); len(got) != n.N {
					t.Fatalf("%+v went to %d: calls %v, counted %d", where, n.Node, got, n.N)
				}
			}
			if n := len(p.HungUpCalls); n > 0 && !slices.Equal(p.HungUpCalls, effect.Calls(c, g, all, effect.Question{Where: where, Event: effect.HungUp})[:n]) {
				t.Fatalf("%+v: the first calls are %v", where, p.HungUpCalls)
			}
		}
		for i := range counts.Nodes {
			at(effect.AtNode(int32(i)), &counts.Nodes[i])
		}
		for i := range counts.Wordings {
			at(effect.AtWording(int32(i)), &counts.Wordings[i])
		}
	}
	rapid.Check(t, func(t *rapid.T) { check(t, anything(t)) })
	// A script that asks again, of which some calls break off.
	rapid.Check(t, func(t *rapid.T) {
		calls := questionnaire()
		for i := range calls {
			if n := rapid.IntRange(0, 12).Draw(t, "cut"); n < len(calls[i].Lines) {
				calls[i].Lines = append(slices.Clone(calls[i].Lines[:n]), "!")
			}
		}
		check(t, calls)
	})
}

// What is counted of wordings and of nodes adds up, whatever is said.
func TestCountAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls := anything(t)
		c := handmade.Corpus(calls...)
		g := nodes.Find(c)
		counts := effect.Count(c, g, handmade.All(c))
		said := 0
		for i, w := range g.Wordings {
			if counts.Wordings[i].Said != int(w.Said) {
				t.Fatalf("wording %q is said %d times, counted %d", w.Pattern, w.Said, counts.Wordings[i].Said)
			}
			said += int(w.Said)
		}
		for i, p := range counts.Nodes {
			if p.Calls > p.Said || p.HungUp > p.Calls || p.NotUnderstood > p.Calls || p.Answered > p.Said {
				t.Fatalf("node %q: %+v", g.Nodes[i].Name, p)
			}
			said -= p.Said
		}
		if said != 0 {
			t.Fatalf("%d lines at no node", said)
		}
		effect.Changes(c, g, handmade.All(c), counts)
	})
}

func TestCount(t *testing.T) {
	c := handmade.Corpus(slices.Concat(
		questionnaire(),
		handmade.Times(3, handmade.Call{Script: "s", Campaign: "a", Lines: []string{"R 您对速度满意吗？", "C 骗子", "R 没听清。速度怎么样？", "!"}}),
		handmade.Times(2, handmade.Call{Script: "s", Campaign: "a", Lines: []string{"R 您对速度满意吗？", "!"}}),
	)...)
	g := nodes.Find(c)
	counts := effect.Count(c, g, handmade.All(c))
	speed := counts.Nodes[0]
	got := fmt.Sprint(speed.Calls, speed.Said, speed.HungUp, speed.NotUnderstood, speed.Answered, speed.Replies, speed.Next)
	if want := "25 32 5 7 27 [{满意 20} {呃 4} {骗子 3}] [{1 20} {-1 5}]"; got != want {
		t.Errorf("at the first node: %s, want %s", got, want)
	}
	if want := []int32{20, 21, 22, 23, 24}; !slices.Equal(speed.HungUpCalls, want) {
		t.Errorf("hung up: calls %v, want %v", speed.HungUpCalls, want)
	}
	asked := counts.Wordings[0]
	got = fmt.Sprint(asked.Said, asked.HungUp, asked.NotUnderstood)
	if want := "25 2 7"; got != want {
		t.Errorf("the question: %s, want %s", got, want)
	}
	again := handmade.Corpus(append(questionnaire(), handmade.Call{Script: "s", Lines: []string{
		"R 您对速度满意吗？", "C 呃", "R 没听清。速度怎么样？", "C 呃", "R 没听清。速度怎么样？", "C 呃", "R 没听清。速度怎么样？", "!",
	}})...)
	if p := effect.Count(again, nodes.Find(again), []int32{20}).Nodes[0]; p.Calls != 1 || p.Said != 4 || p.NotUnderstood != 1 || p.HungUp != 1 {
		t.Errorf("a call that was not understood three times: %+v, want it counted once", p)
	}
	if some := effect.Count(c, g, []int32{24}); some.Nodes[0].Said != 1 || some.Nodes[1].Said != 0 || some.Nodes[1].FirstDay != corpus.NoDay {
		t.Errorf("of one call: %+v", some.Nodes[:2])
	}
}

func TestChanges(t *testing.T) {
	before := handmade.Call{Script: "s", Version: "1.0", Campaign: "a", Day: 1, Lines: []string{"R 您是本人吗？", "C 是", "R 您的账单到期了，请还款。", "C 好", "R 再见。"}}
	after := handmade.Call{Script: "s", Version: "1.1", Campaign: "b", Day: 2, Lines: []string{"R 您是本人吗？", "C 是", "R 您的账单到期了，请您务必还款。", "C 好", "R 再见。"}}
	left, lost := before, after
	left.Lines, lost.Lines = append(slices.Clone(before.Lines[:3]), "!"), append(slices.Clone(after.Lines[:3]), "!")
	c := handmade.Corpus(slices.Concat(handmade.Times(32, before), handmade.Times(48, left), handmade.Times(14, after), handmade.Times(56, lost))...)
	g := nodes.Find(c)
	changes := effect.Changes(c, g, handmade.All(c), effect.Count(c, g, handmade.All(c)))
	if len(changes) != 1 {
		t.Fatalf("%d changes, want 1: %+v", len(changes), changes)
	}
	got := changes[0]
	if g.Wordings[got.Wording].Pattern != "您的账单到期了，请您务必还款。" || g.Wordings[got.Before].Pattern != "您的账单到期了，请还款。" {
		t.Errorf("%q replaces %q", g.Wordings[got.Wording].Pattern, g.Wordings[got.Before].Pattern)
	}
	// Newcombe (1998), table II, (a): 56/70 - 48/80 by method 10.
	if d := got.HungUp; math.Abs(d.Share-0.2) > 1e-9 || math.Abs(d.Low-0.0524) > 5e-5 || math.Abs(d.High-0.3339) > 5e-5 || math.Abs(d.Z-2.6504) > 5e-4 {
		t.Errorf("hung up: %+v", d)
	}
	if got.NotUnderstood.Z != 0 {
		t.Errorf("not understood: %+v", got.NotUnderstood)
	}
}

func TestDiff(t *testing.T) {
	got := ""
	for _, p := range effect.Diff("最后还款日是{due}，请您按时还款，可以吗？", "最后还款日是{due}，请您务必按时足额还款，好吗？") {
		switch {
		case p.Before:
			got += "-" + p.Text + "-"
		case p.After:
			got += "+" + p.Text + "+"
		default:
			got += p.Text
		}
	}
	if want := "最后还款日是{due}，请您-按时-+务必按时足额+还款，-可以-+好+吗？"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestDiffIsBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringOf(rapid.RuneFrom([]rune("您好吗，{}ab"))).Draw(t, "a"), rapid.StringOf(rapid.RuneFrom([]rune("您好吗，{}ab"))).Draw(t, "b")
		before, after := "", ""
		for _, p := range effect.Diff(a, b) {
			if !p.After {
				before += p.Text
			}
			if !p.Before {
				after += p.Text
			}
		}
		if before != a || after != b {
			t.Fatalf("the parts make %q and %q", before, after)
		}
	})
}
