package match_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/dialogue"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/pipeline/simulate"
)

// said, acts and planted are where the truth says that a line is what a rule looks for.
func said(name string) func(simulate.TurnTruth) bool {
	return func(turn simulate.TurnTruth) bool { return turn.Said == name }
}

func acts(name string) func(simulate.TurnTruth) bool {
	return func(turn simulate.TurnTruth) bool { return slices.Contains(turn.Acts, name) }
}

func planted(kind string) func(simulate.TurnTruth) bool {
	return func(turn simulate.TurnTruth) bool { return slices.Contains(turn.Causes, kind) }
}

var shared struct {
	once  sync.Once
	c     *corpus.Corpus
	truth simulated.Truth
}

// world returns what several tests look at.
func world(t *testing.T) (*corpus.Corpus, simulated.Truth) {
	t.Helper()
	shared.once.Do(func() {
		shared.c, shared.truth = simulated.World(t, simulate.Options{People: 4000, Seed: 2})
	})
	return shared.c, shared.truth
}

// expectation is the least that a rule of the starter set does.
type expectation struct {
	rule              string
	is                func(simulate.TurnTruth) bool
	recall, precision float64
	least             int // true calls, so that there is something to be judged
}

// The floors are below what was measured on seeds 1 to 4 of 20,000 people, on whose misses
// the set was mended (recall/precision): opt_out 0.99/0.97, wants_human 0.96/0.98, is_robot
// 0.97/1.00, wrong_number 0.90/0.98, promise 0.90/0.98, abuse 1.00/0.99, fraud 1.00/0.75,
// introduction_missing 0.92/0.7. A line that is of one word list and says another thing,
// too, counts against the precision: 诈骗吧 is said of debts that are not one's own.
var expected = []expectation{
	{"opt_out", said("optout"), 0.95, 0.92, 100},
	{"wants_human", said("agent"), 0.90, 0.90, 100},
	{"is_robot", said("machine"), 0.90, 0.97, 100},
	{"wrong_number", said("wrong"), 0.80, 0.90, 100},
	{"fraud", said("is_fraud"), 0.80, 0.40, 3},
	{"promise", acts("promise"), 0.80, 0.90, 50},
	{"abuse", acts("abuse"), 0.90, 0.90, 10},
	{"introduction_missing", planted("no_introduction"), 0.60, 0.30, 10},
	{"robot_promise", planted("forbidden_promise"), 0.98, 0.95, 20},
	{"robot_threat", planted("threatening_line"), 0.98, 0.95, 20},
}

// Of campaigns that nobody looked at for the set, less is asked: what is not in their
// words, or not planted, is not judged.
var expectedHeldOut = []expectation{
	{"opt_out", said("optout"), 0.90, 0.90, 30},
	{"wants_human", said("agent"), 0.85, 0.90, 50},
	{"is_robot", said("machine"), 0.85, 0.90, 50},
	{"wrong_number", said("wrong"), 0.75, 0.90, 50},
	{"promise", acts("promise"), 0.85, 0.85, 30},
	{"abuse", acts("abuse"), 0.50, 0.70, 10},
}

// The starter set against the truth, per call.
func TestStarterAgainstTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: worlds of 4,000 people")
	}
	c, truth := world(t)
	judge(t, "seed 2", c, truth, expected)
	heldOut := os.DirFS("../../../../../pipeline/simulate/testdata/heldout")
	c, truth = simulated.World(t, simulate.Options{People: 3000, Seed: 12, Campaigns: heldOut})
	judge(t, "held out", c, truth, expectedHeldOut)
	if os.Getenv("CALLMILL_THOROUGH") == "" {
		return
	}
	anyNumber := slices.Clone(expected) // a world may be without a plant
	for i := range anyNumber {
		anyNumber[i].least = 0
	}
	for seed := range uint64(8) {
		c, truth := simulated.World(t, simulate.Options{People: 20000, Seed: seed + 1})
		judge(t, fmt.Sprintf("seed %d, 20,000 people", seed+1), c, truth, anyNumber)
	}
}

func judge(t *testing.T, name string, c *corpus.Corpus, truth simulated.Truth, all []expectation) {
	t.Helper()
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	hits := match.Find(book, c)
	for _, want := range all {
		found := compare(c, truth, &hits.Rules[book.Find(want.rule)], want.is)
		t.Logf("%s: %s: recall %d/%d %.3f, precision %d/%d %.3f", name, want.rule,
			found.right, found.true, share(found.right, found.true), found.right, found.hits, share(found.right, found.hits))
		switch {
		case found.true < want.least:
			t.Errorf("%s: %s: %d true calls, want %d to judge by", name, want.rule, found.true, want.least)
		case share(found.right, found.true) < want.recall:
			t.Errorf("%s: %s: recall %d of %d, want %.2f", name, want.rule, found.right, found.true, want.recall)
		case share(found.right, found.hits) < want.precision:
			t.Errorf("%s: %s: precision %d of %d, want %.2f", name, want.rule, found.right, found.hits, want.precision)
		}
	}
}

type judged struct{ right, true, hits int }

func compare(c *corpus.Corpus, truth simulated.Truth, r *match.RuleHits, is func(simulate.TurnTruth) bool) judged {
	var found judged
	for i := range c.Calls {
		if !r.Could(int32(i)) {
			continue
		}
		isTrue := slices.ContainsFunc(truth.Turns(&c.Calls[i]), is)
		hit := r.Hit(int32(i))
		if isTrue {
			found.true++
		}
		if hit {
			found.hits++
		}
		if isTrue && hit {
			found.right++
		}
	}
	return found
}

func share(k, n int) float64 {
	if n == 0 {
		return 1
	}
	return float64(k) / float64(n)
}

// A rule that says where it must hold is precise.
func TestIntroductionMissingInItsScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a world of 4,000 people")
	}
	book, err := rules.Parse("rules.yaml", []byte(rules.StarterText()))
	if err != nil {
		t.Fatal(err)
	}
	i := book.Find("introduction_missing")
	book.Rules[i].Scripts = []string{"车险续保话术", "门诊预约提醒话术", "派件通知话术", "售后回访话术"}
	c, truth := world(t)
	hits := match.Find(book, c)
	if len(hits.UnknownScripts) > 0 {
		t.Errorf("unknown scripts %q", hits.UnknownScripts)
	}
	found := compare(c, truth, &hits.Rules[i], planted("no_introduction"))
	if found.hits < 5 || found.right < found.hits-1 {
		t.Errorf("%d of %d hits are calls without an introduction", found.right, found.hits)
	}
}

// The starter set names things in both languages, and what it takes for an assistant is
// not what people say.
func TestStarter(t *testing.T) {
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	for i := range book.Rules {
		r := &book.Rules[i]
		if r.Label.ZH == r.Name || r.Label.EN == r.Name {
			t.Errorf("rule %s has no name in Chinese or English", r.Name)
		}
	}
	for said, want := range map[string]match.Verdict{
		"机: 您好\n客: 我是机主的语音助手，请问您有什么事\n": match.IsHit,
		"机: 您好\n客: 你好，我是他爱人\n":          match.IsNoHit,
	} {
		c, err := dialogue.Read("d", []byte(said))
		if err != nil {
			t.Fatal(err)
		}
		if e := match.Explain(book, c, &c.Calls[0], true)[book.Find("assistant")]; e.Verdict != want {
			t.Errorf("%q: %s, want %s", said, e.Verdict, want)
		}
	}
}
