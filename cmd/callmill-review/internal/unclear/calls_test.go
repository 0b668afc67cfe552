package unclear_test

import (
	"slices"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/unclear"

	"pgregory.net/rapid"
)

func TestCalls(t *testing.T) {
	c := clinic(slices.Concat(
		times(30, "我 要 盖期?"), times(5, "我 要 盖期"), times(20, "我 要 改期"), times(2, "嗯 嗯 嗯 嗯?"), times(40, "好 的"),
	)...)
	g := nodes.Find(c)
	for _, tt := range []struct {
		phrase string
		event  unclear.Event
		want   int
	}{
		{"盖期", "", 35},
		{"盖期", unclear.NotUnderstood, 30},
		{"盖期", unclear.Understood, 5},
		{"要盖期", unclear.NotUnderstood, 30},
		{"我要改期", "", 20}, // all of a reply, in four words
		{"嗯嗯嗯嗯", unclear.NotUnderstood, 2},
		{"期", "", 0}, // a part of a word
		{"", "", 0},
	} {
		if got := unclear.Calls(c, g, handmade.All(c), tt.phrase, tt.event); len(got) != tt.want || !slices.IsSorted(got) {
			t.Errorf("%d calls with %q %s, want %d", len(got), tt.phrase, tt.event, tt.want)
		}
	}
	// What a report names has the calls that it lists.
	report := unclear.Find(c, g, handmade.All(c))
	for _, list := range [][]unclear.Phrase{report.NoIntent, report.Noise} {
		for _, p := range list {
			calls := unclear.Calls(c, g, handmade.All(c), p.Text, unclear.NotUnderstood)
			for _, k := range p.Calls {
				if !slices.Contains(calls, k) {
					t.Errorf("call %d is listed for %q, which Calls does not find in it", k, p.Text)
				}
			}
		}
	}
}

// A text has a phrase if the words in a row that it has are that phrase.
func TestCallsOfAnyPhrase(t *testing.T) {
	word := rapid.SampledFrom([]string{"嗯", "嗯嗯", "好", "好的"})
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 1, 6).Draw(t, "words")
		phrase := rapid.SliceOfN(word, 1, 4).Draw(t, "phrase")
		c := handmade.Corpus(handmade.Times(6, handmade.Call{Script: "s", Lines: []string{"R 您好吗？", "C " + strings.Join(words, " "), "R 再见。"}})...)
		want := strings.Join(words, "") == strings.Join(phrase, "")
		for i := range words {
			for n := 1; n <= 3 && i+n <= len(words); n++ {
				want = want || strings.Join(words[i:i+n], "") == strings.Join(phrase, "")
			}
		}
		if got := len(unclear.Calls(c, nodes.Find(c), handmade.All(c), strings.Join(phrase, ""), "")) == 6; got != want {
			t.Fatalf("%q in %q: %v, want %v", phrase, words, got, want)
		}
	})
}
