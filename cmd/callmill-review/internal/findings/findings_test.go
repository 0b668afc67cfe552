package findings_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/findings"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/pipeline/calendar"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// world is a simulated world, made once for all tests, and its truth.
type world struct {
	among.View
	truth simulated.Truth
}

var made = struct {
	sync.Once
	*world
}{}

func simulation(t testing.TB) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: simulates 10,000 people")
	}
	made.Do(func() {
		c, truth := simulated.World(t, simulate.Options{People: 10_000, Seed: 1})
		made.world = &world{view(t, c), truth}
	})
	if made.world == nil {
		t.Fatal("there is no world")
	}
	return made.world
}

func view(t testing.TB, c *corpus.Corpus) among.View {
	t.Helper()
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	return among.View{Corpus: c, Graph: nodes.Find(c), Hits: match.Find(book, c)}
}

func day(t testing.TB, text string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The way on from one of the first findings leads to each sentence that was planted.
func TestPlantedSentencesAreReached(t *testing.T) {
	w := simulation(t)
	for _, p := range w.truth.Planted {
		if p.Version == "" || p.Size["hangup"] < 10 { // no rewording, or too weak for so few calls
			continue
		}
		list := findings.Make(w.View, handmade.All(w.Corpus), findings.Options{Day: day(t, p.To)})
		top := 0
		reached := 0
		for i := range list.Findings {
			f := &list.Findings[i]
			if f.Group != findings.Changes || f.Explains != "" {
				continue
			}
			top++
			if f.Next.Way == findings.ToNode && w.isPlanted(f.Next, p) && f.Worse {
				reached = top
				break
			}
		}
		if reached == 0 || reached > 4 {
			t.Errorf("%s %s: reached from finding %d of %d", p.Kind, p.Version, reached, top)
		}
	}
}

// isPlanted reports whether most lines of a wording are said at a planted node by its version.
func (w *world) isPlanted(next findings.Next, p simulate.Planted) bool {
	wording, ok := among.Wording(w.Corpus, w.Graph, next.Wording)
	if !ok {
		return false
	}
	if node, ok := among.Node(w.Corpus, w.Graph, next.Node); !ok || node != w.Graph.Wordings[wording].Node {
		return false
	}
	is, all := 0, 0
	for i := range w.Corpus.Calls {
		call := &w.Corpus.Calls[i]
		var told []simulate.TurnTruth
		for at := call.FirstLine; at < call.FirstLine+call.LineCount; at++ {
			if w.Graph.LineWording[at] != wording {
				continue
			}
			if told == nil {
				told = w.truth.Turns(call)
			}
			all++
			if job := w.truth.Job(call); job.Campaign == p.Campaign && job.Version == p.Version && told[w.Corpus.Lines[at].Turn].Node == p.Node {
				is++
			}
		}
	}
	return is*10 > all*9
}

// Numbers that are shown are as many calls as their links open.
func TestNumbersOpenTheirCalls(t *testing.T) {
	w := simulation(t)
	list := findings.Make(w.View, handmade.All(w.Corpus), findings.Options{Day: day(t, "2026-01-27")})
	kinds := map[findings.Kind]bool{}
	for i := range list.Findings {
		f := &list.Findings[i]
		kinds[f.Kind] = true
		all, yes := f.Set.Select(w.View), f.Yes.Select(w.View)
		name := fmt.Sprint(f.Kind, " ", f.Subject.Measure, " ", f.Value)
		switch f.Kind {
		case findings.RewordedLine, findings.OptOuts:
			if len(all) != f.Calls || len(yes) != f.Observed {
				t.Errorf("%s: %d of %d, links open %d of %d", name, f.Observed, f.Calls, len(yes), len(all))
			}
		case findings.MisheardWord, findings.NoIntent: // these are replies, less those that another phrase explains
			if len(yes) == 0 || len(all) < len(yes) {
				t.Errorf("%s: %d of %d replies, links open %d of %d calls", name, f.Observed, f.Calls, len(yes), len(all))
			}
		default: // calls that have none to be compared with are left out of the numbers
			if len(all) < f.Calls || len(yes) < f.Observed {
				t.Errorf("%s: %d of %d, links open %d of %d", name, f.Observed, f.Calls, len(yes), len(all))
			}
		}
		for _, call := range f.Examples {
			if !slices.Contains(all, call) && f.Kind != findings.MisheardWord { // of which five phrases are named
				t.Errorf("%s: an example is not one of its calls", name)
			}
		}
		if last := len(f.Days) - 1; f.Kind == findings.RewordedLine && f.Days[last].Day == list.Head.Day {
			n := 0
			for _, k := range all {
				if w.Corpus.Calls[k].Day == list.Head.Day {
					n++
				}
			}
			if f.Days[last].N != n {
				t.Errorf("%s: %d calls on the day, want %d", name, f.Days[last].N, n)
			}
		}
	}
	for _, kind := range []findings.Kind{findings.Changed, findings.RewordedLine, findings.StandOut, findings.OptOuts, findings.MisheardWord, findings.NoIntent} {
		if !kinds[kind] {
			t.Errorf("there is no finding of the kind %s", kind)
		}
	}
}

// A finding has the same id in a snapshot with a day more, on the next day, and with
// another filter.
func TestIDsAreStable(t *testing.T) {
	w := simulation(t)
	first := w.Corpus.Calls[0].Day
	ids := func(c *corpus.Corpus, on calendar.Day) map[string]string {
		v := view(t, c)
		list := findings.Make(v, handmade.All(c), findings.Options{Day: on})
		named := map[string]string{}
		for i := range list.Findings {
			f := &list.Findings[i]
			named[fmt.Sprint(f.Kind, f.Subject.Measure, f.Dimension, f.Value, f.Script)] = f.ID
		}
		return named
	}
	on := first + 9
	earlier, later := ids(until(w.Corpus, on), on), ids(until(w.Corpus, on+1), on)
	both := 0
	for name, id := range earlier {
		if again, ok := later[name]; ok {
			both++
			if again != id {
				t.Errorf("%s is %s, then %s", name, id, again)
			}
		}
	}
	if both < 10 {
		t.Errorf("%d findings are in both snapshots, want more to compare", both)
	}
	nextDay := ids(until(w.Corpus, on+1), on+1)
	for name, id := range earlier {
		if again, ok := nextDay[name]; ok && again != id {
			t.Errorf("%s is %s, a day later %s", name, id, again)
		}
	}
}

// until returns a corpus with the calls up to a day, its codes and texts in another order.
func until(c *corpus.Corpus, last calendar.Day) *corpus.Corpus {
	less := *c
	less.Calls = nil
	for _, call := range c.Calls {
		if call.Day <= last {
			less.Calls = append(less.Calls, call)
		}
	}
	return &less
}

func TestQuiet(t *testing.T) {
	c := handmade.Corpus(handmade.Times(50, handmade.Call{Script: "s", Day: 5, Lines: []string{"R 您好", "C 好", "R 再见"}})...)
	list := findings.Make(view(t, c), handmade.All(c), findings.Options{})
	if len(list.Findings) != 0 || len(list.Quiet) < 5 || list.Head.Dialled != 50 || list.Head.Day != 5 {
		t.Errorf("%+v", list)
	}
	for _, q := range list.Quiet {
		for _, lang := range []schema.Language{schema.Chinese, schema.English} {
			if q.Question.In(lang) == "" || q.Reason.In(lang) == "" {
				t.Errorf("%s: no words: %+v", lang, q)
			}
		}
	}
	none := findings.Make(view(t, &corpus.Corpus{}), nil, findings.Options{})
	if len(none.Findings) != 0 || len(none.Quiet) != 1 {
		t.Errorf("of no calls: %+v", none)
	}
}

// Words are there for each kind of finding in both languages, and a number goes through
// the function that may hide it.
func TestWords(t *testing.T) {
	w := simulation(t)
	list := findings.Make(w.View, handmade.All(w.Corpus), findings.Options{Day: day(t, "2026-01-27")})
	for _, lang := range []schema.Language{schema.Chinese, schema.English} {
		words := &findings.Words{Lang: lang, Number: func(string) string { return "021…41" }}
		for i := range list.Findings {
			f := &list.Findings[i]
			says, title := words.Says(f), words.Title(f)
			if says == "" || title == "" || strings.Contains(says, "%!") {
				t.Errorf("%s %s: %q %q", lang, f.Kind, title, says)
			}
			if f.Dimension == contrast.Number && (strings.Contains(says+title, f.Value) || !strings.Contains(says, "021…41") || title != "021…41") {
				t.Errorf("the number shows: %q %q", title, says)
			}
		}
		for _, g := range findings.Groups() {
			if g.In(lang) == "" || g.About(lang) == "" {
				t.Errorf("%s: the group %s has no words", lang, g)
			}
		}
	}
}

// What is kept with what people say is read again, whatever it is.
func TestSubject(t *testing.T) {
	text := rapid.String()
	rapid.Check(t, func(t *rapid.T) {
		s := findings.Subject{
			Kind:    rapid.SampledFrom([]findings.Kind{findings.Changed, findings.RewordedLine, findings.StandOut, findings.OptOuts, findings.Risen, findings.MisheardWord, findings.NoIntent}).Draw(t, "kind"),
			Measure: text.Draw(t, "measure"), Dimension: contrast.Dimension(text.Draw(t, "dimension")), Value: text.Draw(t, "value"),
			Script: text.Draw(t, "script"), Instance: text.Draw(t, "instance"), Wording: text.Draw(t, "wording"), Line: text.Draw(t, "line"), Event: text.Draw(t, "event"),
		}
		got, err := findings.ParseSubject(s.String())
		if err != nil || got != s || got.ID() != s.ID() {
			t.Fatalf("%s is read as %+v, %v", s.String(), got, err)
		}
	})
	for _, bad := range []string{"", "kind=else", "kind=changed measure", `kind=changed value="`, "kind=changed color=red", "measure=failed"} {
		if s, err := findings.ParseSubject(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, s)
		}
	}
	if got, want := (&findings.Subject{Kind: findings.Changed, Measure: "failed", Dimension: contrast.Version, Value: "1.7.0", Script: "分期还款"}).String(), `kind=changed measure=failed dimension=version value="1.7.0" script="分期还款"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestSigned(t *testing.T) {
	for calls, want := range map[float64]string{-.3: "±0", .3: "±0", -.7: "-1", 12.4: "+12"} {
		if got := findings.Signed(calls); got != want {
			t.Errorf("%v: %s, want %s", calls, got, want)
		}
	}
}
