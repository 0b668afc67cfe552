package effect

import (
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
)

// steps are what happens in a call, line by line. Lines are indexes in Corpus.Lines, and
// those of the robot have a node.
type steps interface {
	// reach: the robot says a line.
	reach(call, line int32)
	// answer: line is the first that the contact says after the robot's.
	answer(call, at, line int32)
	// goesOn: the robot says a line after another one.
	goesOn(call, from, to int32)
	// end: a line is the robot's last one.
	end(call, line int32)
}

// walk tells s what happens in a call. All that is counted, and all that is listed, is
// counted by it, so that there are as many calls behind a number as it says.
func walk(c *corpus.Corpus, g *nodes.Graph, k int32, s steps) {
	call := &c.Calls[k]
	at, behind := int32(-1), false // the robot's last line, and whether the contact spoke since
	for i := call.FirstLine; i < call.FirstLine+call.LineCount; i++ {
		if g.LineNode[i] < 0 {
			if at >= 0 && !behind && len(c.Texts[c.Lines[i].Text].Words) > 0 {
				behind = true
				s.answer(k, at, i)
			}
			continue
		}
		if at >= 0 {
			s.goesOn(k, at, i)
		}
		s.reach(k, i)
		at, behind = i, false
	}
	if at >= 0 {
		s.end(k, at)
	}
}

// leaves reports whether the contact hangs up before the script is at its end.
func leaves(call *corpus.Call) bool {
	return call.Facts.Is(corpus.HungUp) && !call.Facts.Is(corpus.FlowEnded)
}

// asksAgain reports whether a line of the robot asks again what was not understood.
func asksAgain(g *nodes.Graph, line int32) bool {
	return g.Wordings[g.LineWording[line]].Class == nodes.Reprompt
}

// joined returns the words of a text, without what is between them.
func joined(c *corpus.Corpus, text int32) string {
	var words strings.Builder
	for _, w := range c.Texts[text].Words {
		words.WriteString(c.Words.String(w))
	}
	return words.String()
}
