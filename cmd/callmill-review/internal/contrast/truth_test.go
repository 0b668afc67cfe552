package contrast_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/pipeline/calendar"
	"callmill/pipeline/simulate"
)

// world is a simulated world with its truth, which only tests see.
type world struct {
	*corpus.Corpus
	graph *nodes.Graph
	truth simulated.Truth
	lines []string // the planted kinds that are lines or words
}

var worlds struct {
	sync.Mutex
	made map[uint64]*world
}

// newWorld makes a world.
func newWorld(t testing.TB, o simulate.Options) *world {
	t.Helper()
	c, truth := simulated.World(t, o)
	w := &world{Corpus: c, graph: nodes.Find(c), truth: truth}
	for _, p := range truth.Planted {
		if isLine(p) && !slices.Contains(w.lines, p.Kind) {
			w.lines = append(w.lines, p.Kind)
		}
	}
	return w
}

// isLine reports whether what is planted is a line of the robot or a word of contacts that
// costs many calls: a phrase to be found.
func isLine(p simulate.Planted) bool {
	return p.Slip != "" || p.Node != "" && p.Size["hangup"] > weak && p.Kind != "bad_hour"
}

// weak is the percentage points of plants that are too small to be found for sure.
const weak = 5

// worldOf returns the world of a seed, made once for all tests.
func worldOf(t testing.TB, seed uint64) *world {
	t.Helper()
	worlds.Lock()
	defer worlds.Unlock()
	if w := worlds.made[seed]; w != nil {
		return w
	}
	w := newWorld(t, simulate.Options{People: 20_000, Seed: seed})
	if worlds.made == nil {
		worlds.made = map[uint64]*world{}
	}
	worlds.made[seed] = w
	return w
}

// eachWorld runs a test on one world, on five of them where all is asked for.
func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: simulates 20,000 people")
	}
	seeds := []uint64{1}
	if thorough() {
		seeds = []uint64{1, 2, 3, 4, 5}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { test(t, worldOf(t, seed)) })
	}
}

func thorough() bool { return os.Getenv("CALLMILL_THOROUGH") == "1" }

// plantOf returns the planted kind that a line of a call shows, "" of most.
func (w *world) plantOf(call *corpus.Call, turn int32) string {
	told := w.truth.Turns(call)
	if turn < 0 || int(turn) >= len(told) {
		return ""
	}
	job := w.truth.Job(call)
	if w.Texts[w.Of(call)[turn].Text].Speaker == corpus.Contact {
		for _, cause := range job.Causes {
			if cause.TaskID == call.Task && (cause.Turn == int(turn) || cause.Turn+1 == int(turn)) && slices.Contains(w.lines, cause.Kind) {
				return cause.Kind
			}
		}
		return ""
	}
	for _, p := range w.truth.Planted {
		if slices.Contains(w.lines, p.Kind) && p.Campaign == job.Campaign && p.Node == told[turn].Node && (p.Version == "" || p.Version == job.Version) {
			return p.Kind
		}
	}
	return ""
}

// shows returns the planted kind that most lines of a finding show. Its examples must be
// all of its calls.
func (w *world) shows(f *contrast.Finding) string {
	counts := map[string]int{}
	for _, e := range f.Examples {
		counts[w.plantOf(&w.Calls[e.Call], e.Turn)]++
	}
	for _, kind := range w.lines {
		if counts[kind]*10 >= len(f.Examples)*6 {
			return kind
		}
	}
	return ""
}

// ranks returns at which place each kind is found first.
func (w *world) ranks(findings []contrast.Finding) map[string]int {
	ranks := map[string]int{}
	for i := range findings {
		if kind := w.shows(&findings[i]); kind != "" && ranks[kind] == 0 {
			ranks[kind] = i + 1
		}
	}
	return ranks
}

var allExamples = contrast.Options{Examples: 1 << 30}

func (w *world) inCampaign(campaign string) func(*corpus.Call) bool {
	return func(call *corpus.Call) bool { return w.truth.Job(call).Campaign == campaign }
}

// Of the seven planted causes of failure that are lines or words at least five are among
// the first ten, all among the first twenty; in its campaign each is first or second.
func TestPlantedPhrases(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		values := measure.IsFailed.Values(w.Corpus)
		overall := w.ranks(contrast.Phrases(w.Corpus, w.graph, values, allExamples).Findings)
		t.Log("all campaigns:", overall)
		if len(w.lines) != 7 {
			t.Fatalf("%v are planted, want seven", w.lines)
		}
		inTen := 0
		for _, kind := range w.lines {
			if overall[kind] == 0 {
				t.Errorf("%s is not among the first twenty", kind)
			} else if overall[kind] <= 10 {
				inTen++
			}
		}
		if inTen < 5 {
			t.Errorf("%d of seven are among the first ten, want 5", inTen)
		}
		for _, p := range w.truth.Planted {
			if rank := w.ownRank(values, p); isLine(p) && (rank == 0 || rank > 2) {
				t.Errorf("%s has rank %d in its campaign, want 1 or 2", p.Kind, rank)
			}
		}
	})
}

// ownRank returns the rank of a planted line in its campaign, 0 where it is not found.
func (w *world) ownRank(values []measure.Value, p simulate.Planted) int {
	if !isLine(p) {
		return 0
	}
	own := contrast.Within(w.Corpus, values, w.inCampaign(p.Campaign))
	return w.ranks(contrast.Phrases(w.Corpus, w.graph, own, allExamples).Findings)[p.Kind]
}

// The flagged number, the noon hours and the stale batch are first, given script,
// attempt and hour.
func TestStandOut(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		answered := measure.IsAnswered.Values(w.Corpus)
		fewer := contrast.Options{Fewer: true}
		first := func(findings []contrast.Finding) contrast.Name {
			if len(findings) == 0 {
				return contrast.Name{}
			}
			return findings[0].Name
		}
		for _, p := range w.truth.Planted {
			switch p.Kind {
			case "flagged_number":
				if got := first(contrast.StandOut(w.Corpus, answered, nil, fewer).Findings); got != (contrast.Name{Dimension: contrast.Number, Value: p.Number}) {
					t.Errorf("%v is first, want the flagged number %s", got, p.Number)
				}
			case "bad_hour":
				own := contrast.Within(w.Corpus, answered, w.inCampaign(p.Campaign))
				found := contrast.StandOut(w.Corpus, own, nil, fewer).Findings
				var hours []string
				for _, f := range found[:min(2, len(found))] {
					hours = append(hours, string(f.Dimension)+" "+f.Value)
				}
				slices.Sort(hours)
				if !slices.Equal(hours, []string{"hour 12", "hour 13"}) {
					t.Errorf("%v are first, want the noon hours", hours)
				}
			case "stale_list":
				wrong := measure.Result("联系结果", "号码错误").Values(w.Corpus)
				found := contrast.StandOut(w.Corpus, wrong, nil, contrast.Options{}).Findings
				if len(found) == 0 || found[0].Dimension != contrast.Batch || !w.isOf(&found[0], p.Campaign) {
					t.Errorf("%v is first, want the stale batch of %s", first(found), p.Campaign)
				}
			}
		}
	})
}

// isOf reports whether the examples of a finding are of a campaign.
func (w *world) isOf(f *contrast.Finding, campaign string) bool {
	return !slices.ContainsFunc(f.Examples, func(e contrast.Example) bool { return w.truth.Job(&w.Calls[e.Call]).Campaign != campaign })
}

// firstDay returns the first day on which a version of a campaign is heard.
func (w *world) firstDay(campaign, version string) calendar.Day {
	first := corpus.NoDay
	for i := range w.Calls {
		call := &w.Calls[i]
		if job := w.truth.Job(call); call.LineCount > 0 && job.Campaign == campaign && job.Version == version {
			first = min(first, call.Day)
		}
	}
	return first
}

// In the days after a bad version came, it, or the line of it that is bad, is among the
// first two in its campaign; over all campaigns a bad version is first.
func TestChangedVersions(t *testing.T) {
	tried, found := 0, 0
	eachWorld(t, func(t *testing.T, w *world) {
		failed := measure.IsFailed.Values(w.Corpus)
		var bad []contrast.Name
		for _, p := range w.truth.Planted {
			if isLine(p) && p.Version != "" {
				bad = append(bad, contrast.Name{Dimension: contrast.Version, Value: p.Version})
			}
		}
		isBad := func(f contrast.Finding) bool {
			return slices.ContainsFunc(bad, func(n contrast.Name) bool { return names(f, n.Dimension, n.Value) })
		}
		for _, p := range w.truth.Planted {
			if !isLine(p) || p.Version == "" {
				continue
			}
			sides := w.from(t, p)
			if all := contrast.Changed(w.Corpus, w.graph, failed, sides, contrast.Options{}).Findings; len(all) == 0 || !isBad(all[0]) {
				t.Errorf("from %s on no bad version is first: %v", p.From, all)
			}
			own := contrast.Within(w.Corpus, failed, w.inCampaign(p.Campaign))
			findings := contrast.Changed(w.Corpus, w.graph, own, sides, contrast.Options{}).Findings
			tried++
			if slices.ContainsFunc(findings[:min(2, len(findings))], func(f contrast.Finding) bool { return names(f, contrast.Version, p.Version) }) {
				found++
			} else {
				t.Logf("%s %s is not among the first two of its campaign", p.Campaign, p.Version)
			}
		}
	})
	if found*20 < tried*18 {
		t.Errorf("%d of %d versions are among the first two of their campaigns, want 18 in 20", found, tried)
	}
}

// A number that is flagged inside the window is first in what changed then.
func TestChangedNumber(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		answered := measure.IsAnswered.Values(w.Corpus)
		tried := 0
		for _, p := range w.truth.Planted {
			if p.Number == "" || p.From == w.truth.Planted[0].From {
				continue
			}
			tried++
			found := contrast.Changed(w.Corpus, w.graph, answered, w.from(t, p), contrast.Options{Fewer: true}).Findings
			if len(found) == 0 || !names(found[0], contrast.Number, p.Number) {
				t.Errorf("the number %s, flagged from %s on, is not first: %v", p.Number, p.From, found)
			}
		}
		if tried == 0 {
			t.Error("no number is flagged inside the window")
		}
	})
}

// from returns the three days from that on which something planted begins, and the seven
// before.
func (w *world) from(t *testing.T, p simulate.Planted) []contrast.Side {
	t.Helper()
	day, err := calendar.ParseDay(p.From)
	if err != nil {
		t.Fatal(err)
	}
	if p.Version != "" {
		day = w.firstDay(p.Campaign, p.Version)
	}
	return contrast.OnDays(w.Corpus, contrast.Days{First: day - 7, Last: day - 1}, contrast.Days{First: day, Last: day + 2})
}

// In campaigns that nobody wrote the methods for, at most one of what is planted is missed.
func TestHeldOutCampaigns(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: simulates 20,000 people")
	}
	seeds := []uint64{1}
	if thorough() {
		seeds = []uint64{1, 2, 3}
	}
	heldout := os.DirFS("../../../../pipeline/simulate/testdata/heldout")
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			w := newWorld(t, simulate.Options{People: 20_000, Seed: seed, Campaigns: heldout})
			tried, missed := 0, 0
			check := func(what string, p simulate.Planted, ok bool) {
				tried++
				if !ok {
					missed++
					t.Logf("missed: %s of %s, planted %d", what, p.Kind, tried)
				}
			}
			failed, answered := measure.IsFailed.Values(w.Corpus), measure.IsAnswered.Values(w.Corpus)
			overall := w.ranks(contrast.Phrases(w.Corpus, w.graph, failed, allExamples).Findings)
			for _, p := range w.truth.Planted {
				ours := w.inCampaign(p.Campaign)
				changed := func(values []measure.Value) []contrast.Finding {
					within := contrast.Within(w.Corpus, values, func(call *corpus.Call) bool { return p.Campaign == "" || ours(call) })
					return contrast.Changed(w.Corpus, w.graph, within, w.from(t, p), contrast.Options{}).Findings
				}
				among := func(findings []contrast.Finding, d contrast.Dimension, value string) bool {
					return slices.ContainsFunc(findings[:min(2, len(findings))], func(f contrast.Finding) bool { return names(f, d, value) })
				}
				switch {
				case isLine(p):
					rank := w.ownRank(failed, p)
					check("phrases", p, overall[p.Kind] > 0 && rank > 0 && rank <= 2)
					if p.Version != "" {
						check("changed", p, among(changed(failed), contrast.Version, p.Version))
					}
				case p.Number != "" && p.From > w.truth.Planted[0].From:
					check("changed", p, among(changed(answered), contrast.Number, p.Number))
				case p.Hours != nil && p.Size["answer"] > 0:
					found := contrast.StandOut(w.Corpus, contrast.Within(w.Corpus, answered, ours), nil, contrast.Options{Fewer: true}).Findings
					for hour := p.Hours[0]; hour < p.Hours[1]; hour++ {
						check("standout", p, among(found, contrast.Hour, strconv.Itoa(hour)))
					}
				}
			}
			t.Logf("%d tried, %d missed", tried, missed)
			if tried < 5 || missed > 1 {
				t.Errorf("of %d planted %d are missed, want at most one", tried, missed)
			}
		})
	}
}

// names reports whether a name of a finding is this one.
func names(f contrast.Finding, d contrast.Dimension, value string) bool {
	return slices.ContainsFunc(slices.Concat(f.Aliases, []contrast.Name{f.Name}), func(n contrast.Name) bool { return n.Dimension == d && n.Value == value })
}

// Of random halves of the calls nothing is found but by chance.
func TestRandomHalves(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: simulates 20,000 people")
	}
	halves := 20
	if thorough() {
		halves = 200
	}
	w := worldOf(t, 1)
	random := rand.New(rand.NewPCG(1, 1))
	failed, answered := measure.IsFailed.Values(w.Corpus), measure.IsAnswered.Values(w.Corpus)
	phrases, changes := 0, 0
	for range halves {
		values, sides := make([]measure.Value, len(w.Calls)), make([]contrast.Side, len(w.Calls))
		for i := range values {
			half := random.IntN(2)
			values[i], sides[i] = measure.No+measure.Value(half), contrast.Before+contrast.Side(half)
		}
		if a := contrast.Phrases(w.Corpus, w.graph, values, contrast.Options{}); len(a.Findings)+len(a.Symptoms) > 0 {
			phrases++
		}
		o := contrast.Options{Questions: 2} // as the command asks
		a := contrast.Changed(w.Corpus, w.graph, failed, sides, o)
		b := contrast.Changed(w.Corpus, w.graph, answered, sides, o)
		if len(a.Findings)+len(b.Findings) > 0 {
			changes++
		}
	}
	t.Logf("of %d halves %d report a phrase, %d a change", halves, phrases, changes)
	if phrases*100 > halves*5 || changes*100 > halves*10 {
		t.Errorf("of %d halves %d report a phrase and %d a change, want at most 5 %% and 10 %%", halves, phrases, changes)
	}
}
