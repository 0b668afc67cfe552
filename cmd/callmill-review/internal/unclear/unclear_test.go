package unclear_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/unclear"
	"callmill/pipeline/simulate"
)

// clinic is a corpus of calls of one script with five questions, of which the last one
// has the given replies. One that ends in ? is not understood.
func clinic(replies ...string) *corpus.Corpus { return handmade.Corpus(visits("", replies...)...) }

func visits(instance string, replies ...string) []handmade.Call {
	questions := []string{"请问是您本人吗？", "您这周能来吗？", "您有过敏史吗？", "您带医保卡吗？", "您需要提醒吗？"}
	var calls []handmade.Call
	for k, reply := range replies {
		var lines []string
		for i, q := range questions {
			said, not := strings.CutSuffix(reply, "?")
			switch {
			case i < 4 && i != k%4:
				said, not = "好的", false
			case i < 4: // every question is asked again in some calls
				said, not = "那个 那个 什么", true
			}
			lines = append(lines, "R "+q, "C "+said)
			if not {
				lines = append(lines, "R 没听清。"+q, "C 不用")
			}
		}
		calls = append(calls, handmade.Call{Instance: instance, Script: "预约", Lines: append(lines, "R 再见。")})
	}
	return calls
}

func times(n int, reply string) []string { return slices.Repeat([]string{reply}, n) }

func find(c *corpus.Corpus) *unclear.Report {
	return unclear.Find(c, nodes.Find(c), handmade.All(c))
}

func TestMisheard(t *testing.T) {
	report := find(clinic(slices.Concat(
		times(30, "我 要 盖期?"), times(5, "我 要 盖期"), times(20, "我 要 改期"), times(2, "我 要 改期?"),
		times(8, "盖约?"), times(9, "改约"), times(60, "好 的"),
	)...))
	if len(report.Misheard) != 1 {
		t.Fatalf("%d errors, want 1: %+v", len(report.Misheard), report.Misheard)
	}
	m := report.Misheard[0]
	if m.Heard != "盖" || m.Meant != "改" || m.Near {
		t.Errorf("%s is meant as %s, near %v; want 盖, 改, false", m.Heard, m.Meant, m.Near)
	}
	if want := (unclear.Usage{Said: 43, NotUnderstood: 38}); m.AsHeard != want {
		t.Errorf("as heard %+v, want %+v", m.AsHeard, want)
	}
	if want := (unclear.Usage{Said: 31, NotUnderstood: 2}); m.AsMeant != want {
		t.Errorf("as meant %+v, want %+v", m.AsMeant, want)
	}
	if p := m.Pairs[0]; p.Heard != "盖期" || p.Meant != "改期" || p.AsHeard.NotUnderstood != 30 || len(m.Pairs) != 2 {
		t.Errorf("the commonest pair is %+v", p)
	}
	if len(m.Calls) != 10 || m.Calls[0] != 0 {
		t.Errorf("calls %v, want the first ten", m.Calls)
	}
	if report.Tally.Misheard != 38 {
		t.Errorf("%d replies are misheard, want 38", report.Tally.Misheard)
	}
}

// The parts are never more than the whole: a reply with the word both ways counts as
// either. Characters that do not stand together are no word, so that the phrase is named.
func TestMisheardParts(t *testing.T) {
	report := find(clinic(slices.Concat(
		times(30, "我 要 盖期?"), times(20, "我 要 改期"), times(6, "盖期 改期?"), times(8, "盖约 改约?"), times(9, "改约"), times(60, "好 的"),
	)...))
	if len(report.Misheard) != 1 {
		t.Fatalf("%d errors, want 1: %+v", len(report.Misheard), report.Misheard)
	}
	m := report.Misheard[0]
	if want := (unclear.Usage{Said: 43, NotUnderstood: 14}); m.AsMeant != want {
		t.Errorf("as meant %+v, want %+v", m.AsMeant, want)
	}
	for _, p := range m.Pairs {
		if p.AsMeant.NotUnderstood > m.AsMeant.NotUnderstood || p.AsMeant.Said > m.AsMeant.Said || p.AsHeard.Said > m.AsHeard.Said {
			t.Errorf("%+v is more than the whole, %+v and %+v", p, m.AsHeard, m.AsMeant)
		}
	}
	report = find(clinic(slices.Concat(times(30, "冷不冷?"), times(30, "能不能"), times(60, "好 的"))...))
	if len(report.Misheard) != 1 || report.Misheard[0].Heard != "冷不冷" || report.Misheard[0].Meant != "能不能" {
		t.Errorf("errors %+v, want 冷不冷 for 能不能", report.Misheard)
	}
}

// A word that one instance mishears is not held against another instance's script of the
// same name.
func TestInstancesApart(t *testing.T) {
	both := func(instance string) *corpus.Corpus {
		return handmade.Corpus(slices.Concat(
			visits("a", slices.Concat(times(30, "我 要 盖期?"), times(60, "好 的"))...),
			visits(instance, slices.Concat(times(30, "我 要 改期"), times(60, "好 的"))...),
		)...)
	}
	if got := find(both("a")).Misheard; len(got) != 1 {
		t.Errorf("in one instance: errors %+v, want 盖 for 改", got)
	}
	if got := find(both("b")).Misheard; len(got) > 0 {
		t.Errorf("in two instances: errors %+v, want none", got)
	}
}

// What sounds alike on the phone only is found too, and marked.
func TestMisheardNear(t *testing.T) {
	report := find(clinic(slices.Concat(times(40, "要 蓝票?"), times(40, "要 难票"), times(60, "好 的"))...))
	if len(report.Misheard) != 1 || !report.Misheard[0].Near || report.Misheard[0].Heard != "蓝" {
		t.Errorf("errors %+v, want 蓝 for 难, near", report.Misheard)
	}
}

// A word beside a misheard one, and the digits of a number, are no errors.
func TestNotMisheard(t *testing.T) {
	for name, replies := range map[string][]string{
		"understood alike":      slices.Concat(times(20, "盖期?"), times(20, "改期?"), times(40, "好 的")),
		"digits":                slices.Concat(times(20, "期 期?"), times(40, "七 七"), times(40, "好 的")),
		"one character only":    slices.Concat(times(20, "盖?"), times(40, "改"), times(40, "好 的")),
		"without a counterpart": slices.Concat(times(20, "盖期?"), times(40, "好 的")),
		"too few":               slices.Concat(times(4, "盖期?"), times(40, "改期"), times(40, "好 的")),
	} {
		if got := find(clinic(replies...)).Misheard; len(got) > 0 {
			t.Errorf("%s: errors %+v, want none", name, got)
		}
	}
}

func TestNoIntentAndNoise(t *testing.T) {
	report := find(clinic(slices.Concat(
		times(20, "能 开 发票 吗?"), times(3, "我 要 开 发票?"), times(6, "嗯 哼?"), times(2, "那天 下 大雨?"), times(80, "不用 了"),
	)...))
	var phrases []string
	for _, p := range report.NoIntent {
		phrases = append(phrases, p.Text)
	}
	if want := []string{"那个那个什么", "开发票"}; !slices.Equal(sorted(phrases), sorted(want)) {
		t.Errorf("phrases %q, want %q", phrases, want)
	}
	i := slices.Index(phrases, "开发票")
	if p := report.NoIntent[i]; p.Said != 23 || p.NotUnderstood != 23 || !slices.Equal(p.Replies, []string{"能开发票吗", "我要开发票"}) {
		t.Errorf("%+v", p)
	}
	if len(report.Noise) != 1 || report.Noise[0].Text != "嗯哼" || report.Noise[0].NotUnderstood != 6 {
		t.Errorf("noise %+v, want 嗯哼 6 times", report.Noise)
	}
	if got := report.Tally; got.NotUnderstood != 31+111 || got.Noise != 6 || got.NoIntent != 23+111 || got.Rest() != 2 {
		t.Errorf("%+v, rest %d", got, got.Rest())
	}
	sum := 0
	for _, n := range report.Nodes {
		sum += n.NotUnderstood
	}
	if sum != report.NotUnderstood {
		t.Errorf("%d replies at nodes were not understood, %d in all", sum, report.NotUnderstood)
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestNothing(t *testing.T) {
	for name, c := range map[string]*corpus.Corpus{"empty": {}, "all understood": clinic(times(3, "好 的")...)} {
		report := find(c)
		if len(report.Misheard)+len(report.NoIntent)+len(report.Noise) > 0 {
			t.Errorf("%s: %+v", name, report)
		}
	}
}

// The misheard hot word of the worlds, with its partner, is the first error of all.
func TestPlantedHotWord(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: thousands of simulated people")
	}
	worlds := []simulate.Options{{People: 5000, Seed: 2}}
	if os.Getenv("CALLMILL_THOROUGH") != "" {
		for seed := range uint64(5) {
			worlds = append(worlds, simulate.Options{People: 20_000, Seed: seed + 1}, simulate.Options{People: 5000, Seed: seed + 1})
		}
	}
	for _, o := range worlds {
		c, _ := simulated.World(t, o)
		report := find(c)
		if len(report.Misheard) == 0 {
			t.Errorf("people %d, seed %d: no error found", o.People, o.Seed)
			continue
		}
		m := report.Misheard[0]
		t.Logf("people %d, seed %d: %s for %s: %+v, %+v; %+v", o.People, o.Seed, m.Heard, m.Meant, m.AsHeard, m.AsMeant, report.Tally)
		if m.Heard != "盖" || m.Meant != "改" || c.Scripts.String(m.Script) != "门诊预约提醒话术" {
			t.Errorf("people %d, seed %d: the first error is %s for %s, want 盖 for 改", o.People, o.Seed, m.Heard, m.Meant)
		}
	}
}

func BenchmarkTwoMillionLines(b *testing.B) {
	c, _ := simulated.World(b, simulate.Options{People: 20_000, Seed: 1})
	c = handmade.Repeated(c, 2_000_000)
	g, calls := nodes.Find(c), handmade.All(c)
	for b.Loop() {
		unclear.Find(c, g, calls)
	}
}
