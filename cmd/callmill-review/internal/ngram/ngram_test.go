package ngram_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/ngram"
)

func TestPhrases(t *testing.T) {
	c := &corpus.Corpus{}
	say := func(speaker uint8, words ...string) {
		text := corpus.Text{Speaker: speaker}
		for _, w := range words {
			text.Words = append(text.Words, c.Words.Add(w))
		}
		c.Texts = append(c.Texts, text)
	}
	say(corpus.Contact, "我", "要", "改期")
	say(corpus.Contact, "要", "改期")
	say(corpus.Contact, "改期", "要") // not one after the other
	say(corpus.Robot)
	say(corpus.Contact, "不", "说") // nobody says it
	v := ngram.New(c, []int32{3, 2, 1, 9, 0}, 4)
	var got []string
	for _, id := range v.Of(0) {
		got = append(got, spell(c, v.Phrases[id]))
	}
	slices.Sort(got)
	if want := []string{"改期", "要", "要改期"}; !slices.Equal(got, want) {
		t.Errorf("phrases of at least 4 lines: %q, want %q", got, want)
	}
	for _, text := range []int32{3, 4} {
		if ids := v.Of(text); len(ids) > 0 {
			t.Errorf("text %d has phrases %v, want none", text, ids)
		}
	}
}

func spell(c *corpus.Corpus, p ngram.Phrase) (s string) {
	for _, word := range p {
		if word != ngram.None {
			s += c.Words.String(corpus.Code(word))
		}
	}
	return s
}

// Counting in numbers finds what counting in maps finds.
func TestLikeMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &corpus.Corpus{}
		for _, w := range []string{"a", "b", "c", "d"} {
			c.Words.Add(w)
		}
		uses := []int32{}
		for range rapid.IntRange(1, 12).Draw(t, "texts") {
			words := rapid.SliceOfN(rapid.Map(rapid.Int32Range(1, 4), func(i int32) corpus.Code { return corpus.Code(i) }), 0, 6).Draw(t, "words")
			c.Texts = append(c.Texts, corpus.Text{Speaker: corpus.Contact, Words: words})
			uses = append(uses, rapid.Int32Range(0, 3).Draw(t, "uses"))
		}
		atLeast := rapid.IntRange(1, 6).Draw(t, "at least")

		counts := map[ngram.Phrase]int{} // a place weighs as many as lines have the text
		for i, text := range c.Texts {
			for at := range text.Words {
				p := ngram.Phrase{ngram.None, ngram.None, ngram.None}
				for n := 0; n < 3 && at+n < len(text.Words); n++ {
					p[n] = int32(text.Words[at+n])
					counts[p] += int(uses[i])
				}
			}
		}
		v := ngram.New(c, uses, atLeast)
		got := map[ngram.Phrase]bool{}
		for _, p := range v.Phrases {
			if got[p] {
				t.Fatalf("%v has two numbers", p)
			}
			got[p] = true
		}
		for p, n := range counts {
			if got[p] != (n >= atLeast) {
				t.Fatalf("%v of weight %d is a phrase: %v; at least %d", p, n, got[p], atLeast)
			}
		}
		for i := range c.Texts {
			ids := slices.Clone(v.Of(int32(i)))
			slices.Sort(ids)
			if len(slices.Compact(ids)) != len(v.Of(int32(i))) {
				t.Fatalf("text %d has a phrase twice", i)
			}
		}
	})
}
