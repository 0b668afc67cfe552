package unclear

import (
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
)

// Event is what became of a reply.
type Event string

// The events; "" is either. A call in which a phrase is said twice may have both.
const (
	NotUnderstood Event = "not_understood" // the robot asked again
	Understood    Event = "understood"
)

// Calls returns those of the selected calls, in their order, in which a reply has a
// phrase, as a Report names it: one to three words in a row, or all that was said.
func Calls(c *corpus.Corpus, g *nodes.Graph, selected []int32, phrase string, e Event) []int32 {
	f := &finder{c: c, g: g}
	has := map[int32]bool{}
	var calls []int32
	for _, k := range selected {
		f.replies, f.said = f.replies[:0], f.said[:0]
		f.call(k)
		for i := range f.replies {
			r := &f.replies[i]
			if (e == "" || (e == NotUnderstood) == r.not) && f.replyHas(r, phrase, has) {
				calls = append(calls, k)
				break
			}
		}
	}
	return calls
}

// replyHas reports whether a reply has a phrase; has is what is known of texts.
func (f *finder) replyHas(r *reply, phrase string, has map[int32]bool) bool {
	if phrase == "" {
		return false
	}
	texts := f.said[r.texts.from:r.texts.to]
	for _, text := range texts {
		is, known := has[text]
		if !known {
			is = textHas(f.c, text, phrase)
			has[text] = is
		}
		if is {
			return true
		}
	}
	return len(texts) > 1 && f.textOf(r) == phrase
}

// textHas reports whether one to three words in a row of a text, or all of them, are a
// phrase.
func textHas(c *corpus.Corpus, text int32, phrase string) bool {
	words := c.Texts[text].Words
	for i := range words {
		rest := phrase
		for n, w := range words[i:] {
			word := c.Words.String(w)
			if len(rest) < len(word) || rest[:len(word)] != word {
				break
			}
			rest = rest[len(word):]
			if rest == "" {
				if n < 3 || i == 0 && n+1 == len(words) {
					return true
				}
				break
			}
		}
	}
	return false
}
