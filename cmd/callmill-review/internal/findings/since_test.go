package findings_test

import (
	"slices"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/findings"
	"callmill/pipeline/calendar"
	"callmill/pipeline/desk"
)

// line is a call that hears one of the wordings at the node of the bill.
func line(version, campaign string, day int, said string, lost bool) handmade.Call {
	call := handmade.Call{Script: "还款", Version: version, Campaign: campaign, Day: calendar.Day(day), Lines: []string{"R 您是本人吗？", "C 是", "R " + said, "C 好", "R 再见。"}}
	if lost {
		call.Lines = []string{"R 您是本人吗？", "C 是", "R " + said, "!"}
	}
	return call
}

const (
	oldLine = "您的账单到期了，请还款。"
	badLine = "您的账单到期了，请您务必还款。"
	newLine = "您的账单到期了，方便时还款就好。"
)

// bills is a world in which a line is reworded on day 2 and mended on day 4. Calls have
// times: noon of their days.
func bills(t testing.TB, mended bool) among.View {
	t.Helper()
	calls := slices.Concat(
		handmade.Times(60, line("1.0", "a", 1, oldLine, false)), handmade.Times(5, line("1.0", "a", 1, oldLine, true)),
		handmade.Times(30, line("1.1", "b", 2, badLine, false)), handmade.Times(30, line("1.1", "b", 2, badLine, true)),
	)
	if mended {
		calls = slices.Concat(calls, handmade.Times(45, line("1.2", "c", 4, newLine, false)), handmade.Times(4, line("1.2", "c", 4, newLine, true)))
	}
	c := handmade.Corpus(calls...)
	for i := range c.Calls {
		c.Calls[i].Start = noon(int(c.Calls[i].Day)).UnixMilli()
	}
	return view(t, c)
}

func noon(day int) time.Time { return time.Date(1970, 1, 1+day, 12, 0, 0, 0, time.UTC) }

func reworded(t testing.TB, v among.View, day int) *findings.Finding {
	t.Helper()
	list := findings.Make(v, handmade.All(v.Corpus), findings.Options{Day: calendar.Day(day)})
	for i := range list.Findings {
		if f := &list.Findings[i]; f.Kind == findings.RewordedLine && f.Value == badLine {
			return f
		}
	}
	t.Fatalf("the line is not found: %+v", list)
	return nil
}

func review(id string, f *findings.Finding, at time.Time, state, by string) desk.Review {
	return desk.Review{At: at.Format(time.RFC3339), By: by, About: desk.AboutFinding, Finding: id, State: state, Filter: f.Subject.String(), To: "话术组", Note: "n"}
}

func TestSinceThen(t *testing.T) {
	before := bills(t, false)
	f := reworded(t, before, 2)
	if f.Observed != 30 || f.Calls != 60 || f.Next.Way != findings.ToNode || f.Line == "" || f.Event != among.HungUp {
		t.Fatalf("%+v", f)
	}
	state := findings.StateOf([]desk.Review{review(f.ID, f, noon(3), desk.HandedOver, "李")})
	since := state.Since(before, handmade.All(before.Corpus), f)
	if since.IsNew() || !state.Away(&since) || since.Before != (findings.Count{K: 30, N: 60}) || since.After != (findings.Count{}) {
		t.Errorf("nothing happened since: %+v", since)
	}

	after := bills(t, true)
	restored := findings.Restore(after, handmade.All(after.Corpus), findings.Options{}, f.Subject)
	if restored.ID != f.ID || restored.Next.Way != findings.ToNode {
		t.Errorf("restored as %+v", restored)
	}
	since = state.Since(after, handmade.All(after.Corpus), &restored)
	if !since.IsNew() || state.Away(&since) || len(since.New) != 1 || after.Graph.Wordings[since.New[0]].Pattern != newLine || !slices.Equal(since.Versions, []string{"1.2"}) {
		t.Errorf("a new wording came: %+v", since)
	}
	if since.Before != (findings.Count{K: 30, N: 60}) || since.After != (findings.Count{K: 4, N: 49}) || since.Z > -4 || since.Worse {
		t.Errorf("before 30/60, after 4/49: %+v", since)
	}
	// Of days that are not in memory any more it is not known what was said.
	held := slices.DeleteFunc(handmade.All(after.Corpus), func(i int32) bool { return after.Corpus.Calls[i].Start <= noon(3).UnixMilli() })
	if since = state.Since(after, held, &restored); len(held) == 0 || since.IsNew() || since.Before.N != 0 {
		t.Errorf("without the calls before: %+v", since)
	}
	// Handed over after it was mended, nothing is new.
	late := findings.StateOf([]desk.Review{review(f.ID, f, noon(5), desk.HandedOver, "李")})
	if since = late.Since(after, handmade.All(after.Corpus), &restored); since.IsNew() || since.After.N != 0 {
		t.Errorf("handed over later: %+v", since)
	}
}

// On simulated data the counts are those of a recount, line by line.
func TestSinceThenIsARecount(t *testing.T) {
	w := simulation(t)
	all := handmade.All(w.Corpus)
	on := day(t, "2026-01-25")
	list := findings.Make(w.View, all, findings.Options{Day: on})
	at := time.Date(2026, 1, 25, 20, 0, 0, 0, w.Corpus.Zone)
	checked := 0
	for i := range list.Findings {
		f := &list.Findings[i]
		if f.Kind != findings.RewordedLine && (f.Kind != findings.StandOut || f.Dimension != contrast.Number && f.Dimension != contrast.Hour) {
			continue
		}
		state := findings.StateOf([]desk.Review{review(f.ID, f, at, desk.HandedOver, "李")})
		since := state.Since(w.View, all, f)
		before, after := w.recount(f, at.UnixMilli(), &since)
		if since.Before != before || since.After != after {
			t.Errorf("%s %s: %+v and %+v, recounted %+v and %+v", f.Kind, f.Value, since.Before, since.After, before, after)
		}
		checked++
	}
	if checked < 4 {
		t.Errorf("%d findings, want more", checked)
	}
}

func (w *world) recount(f *findings.Finding, at int64, since *findings.Since) (before, after findings.Count) {
	add := func(n *findings.Count, yes bool) {
		n.N++
		if yes {
			n.K++
		}
	}
	wording, _ := among.Wording(w.Corpus, w.Graph, f.Line)
	for i := range w.Corpus.Calls {
		call := &w.Corpus.Calls[i]
		if f.Kind == findings.StandOut {
			is := f.Dimension == contrast.Number && w.Corpus.Numbers.String(call.Number) == f.Value ||
				f.Dimension == contrast.Hour && time.UnixMilli(call.Start).In(w.Corpus.Zone).Format("15") == pad(f.Value)
			yes := call.Facts.Is(corpus.Answered)
			if f.Subject.Measure == "failed" {
				is, yes = is && call.Facts.Is(corpus.Answered|corpus.FailureKnown), call.Facts.Is(corpus.Failed)
			}
			switch {
			case is && call.Start > at:
				add(&after, yes)
			case is:
				add(&before, yes)
			}
			continue
		}
		heardOld, heardNew, atNode := false, false, false
		last := int32(-1)
		unheardOld, unheardNode := false, false
		for k := call.FirstLine; k < call.FirstLine+call.LineCount; k++ {
			if w.Graph.LineNode[k] < 0 {
				continue
			}
			if last >= 0 && w.Graph.Wordings[w.Graph.LineWording[k]].Class.String() == "reprompt" {
				unheardOld = unheardOld || w.Graph.LineWording[last] == wording
				unheardNode = unheardNode || w.Graph.LineNode[last] == w.Graph.Wordings[wording].Node
			}
			last = k
			heardOld = heardOld || w.Graph.LineWording[k] == wording
			heardNew = heardNew || slices.Contains(since.New, w.Graph.LineWording[k])
			atNode = atNode || w.Graph.LineNode[k] == w.Graph.Wordings[wording].Node
		}
		gone := last >= 0 && call.Facts.Is(corpus.HungUp) && !call.Facts.Is(corpus.FlowEnded)
		lostOld, lostNode := gone && w.Graph.LineWording[last] == wording, gone && w.Graph.LineNode[last] == w.Graph.Wordings[wording].Node
		if f.Event == among.NotUnderstood {
			lostOld, lostNode = unheardOld, unheardNode
		}
		switch {
		case call.Start <= at && heardOld:
			add(&before, lostOld)
		case call.Start > at && atNode && (!since.IsNew() || heardNew || slices.Contains(since.Versions, w.Corpus.Versions.String(call.Version))):
			add(&after, lostNode)
		}
	}
	return before, after
}

func pad(hour string) string {
	if len(hour) == 1 {
		return "0" + hour
	}
	return hour
}

func TestStates(t *testing.T) {
	f := &findings.Finding{Subject: findings.Subject{Kind: findings.Changed, Measure: "failed"}}
	id := f.Subject.ID()
	r := func(hour int, state, by string) desk.Review {
		return review(id, f, time.Date(2026, 1, 24, hour, 0, 0, 0, time.UTC), state, by)
	}
	isNew, worse := findings.Since{Versions: []string{"1.1"}}, findings.Since{Worse: true}
	for name, test := range map[string]struct {
		reviews []desk.Review
		since   findings.Since
		state   string
		away    bool
		others  int
	}{
		"nobody said anything":             {nil, findings.Since{}, desk.Open, false, 0},
		"handed over":                      {[]desk.Review{r(9, desk.HandedOver, "李")}, findings.Since{}, desk.HandedOver, true, 0},
		"handed over, something new":       {[]desk.Review{r(9, desk.HandedOver, "李")}, isNew, desk.HandedOver, false, 0},
		"handed over, only worse":          {[]desk.Review{r(9, desk.HandedOver, "李")}, worse, desk.HandedOver, true, 0},
		"dismissed":                        {[]desk.Review{r(9, desk.Dismissed, "李")}, findings.Since{}, desk.Dismissed, true, 0},
		"dismissed, something new":         {[]desk.Review{r(9, desk.Dismissed, "李")}, isNew, desk.Dismissed, true, 0},
		"dismissed, worse":                 {[]desk.Review{r(9, desk.Dismissed, "李")}, worse, desk.Dismissed, false, 0},
		"opened again":                     {[]desk.Review{r(9, desk.Dismissed, "李"), r(10, desk.Open, "李")}, findings.Since{}, desk.Open, false, 0},
		"two say otherwise, the last one":  {[]desk.Review{r(9, desk.Dismissed, "李"), r(10, desk.HandedOver, "王")}, findings.Since{}, desk.HandedOver, true, 1},
		"two say the same":                 {[]desk.Review{r(9, desk.HandedOver, "李"), r(10, desk.HandedOver, "王")}, findings.Since{}, desk.HandedOver, true, 0},
		"the clock went back in between":   {[]desk.Review{r(10, desk.Dismissed, "李"), r(9, desk.Open, "王")}, findings.Since{}, desk.Open, false, 1},
		"one who changed their mind twice": {[]desk.Review{r(9, desk.Open, "李"), r(10, desk.Dismissed, "王"), r(11, desk.HandedOver, "李")}, findings.Since{}, desk.HandedOver, true, 1},
	} {
		state := findings.StateOf(test.reviews)
		if state.Review.State != test.state || state.Away(&test.since) != test.away || len(state.Others) != test.others || len(state.All) != len(test.reviews) {
			t.Errorf("%s: %+v away %v", name, state, state.Away(&test.since))
		}
	}
}

// What was dismissed is significantly worse only in enough calls.
func TestDismissedComesBack(t *testing.T) {
	v := bills(t, false)
	version := findings.Subject{Kind: findings.StandOut, Measure: "failed", Dimension: contrast.Script, Value: "还款", Script: "还款"}
	f := findings.Restore(v, handmade.All(v.Corpus), findings.Options{}, version)
	state := findings.StateOf([]desk.Review{review(f.ID, &f, noon(1), desk.Dismissed, "李")})
	since := state.Since(v, handmade.All(v.Corpus), &f)
	if !since.Worse || state.Away(&since) || since.Before != (findings.Count{K: 5, N: 65}) || since.After != (findings.Count{K: 30, N: 60}) {
		t.Errorf("5/65, then 30/60: %+v", since)
	}
	few := slices.Concat(handmade.All(v.Corpus)[:65], handmade.All(v.Corpus)[110:]) // 15 of 15 after
	if since = state.Since(v, few, &f); since.Worse || since.After.N != 15 {
		t.Errorf("15 calls are too few: %+v", since)
	}
}
