package nodes

import (
	"callmill/cmd/callmill-review/internal/corpus"
)

// finder is the state of Find. Its steps are in the order in which they are called
// there; each has a file of its own.
type finder struct {
	c    *corpus.Corpus
	ids  rawIDs
	raws []raw
	line []int32 // of all lines of the corpus: their raw pattern, -1 for contacts

	says []saying // the robot's lines, call by call

	bodies *bodies
	robots []Robot

	silent    []bool  // by raw: said where the contact says nothing
	ending    []bool  // by body: ends calls
	ends      []bool  // by raw: its whole body does
	passing   []bool  // by raw: said between two lines of the contact, at any node
	after     []int32 // index in says of the line before, silence prompts left out; -1
	reprompts []cut   // by raw: where the question begins; the zero cut: no re-prompt
	nodes     sets    // of bodies that are one node
}

// raw is a pattern as one robot says it.
type raw struct {
	robot   int32
	pattern corpus.Code
	said    int32
}

// saying is a line of the robot.
type saying struct {
	line, raw, call int32
	facts           uint8
}

// What is true of a saying.
const (
	first    = 1 << iota // the robot's first line in the call
	last                 // its last
	answers              // the contact said something since the robot's line before
	answered             // the contact says something before the robot's next line
	cutShort             // the call ended before its script did: it was hung up, or a machine answered
)

func (s *saying) is(fact uint8) bool { return s.facts&fact != 0 }

// rawIDs numbers the pairs of robot and pattern. Most patterns are of one robot, so
// that the list of a pattern is looked through without a map.
type rawIDs struct {
	head []int32 // by pattern: its first raw, -1
	next []int32 // by raw: the next one of the same pattern, -1
}

func (f *finder) rawOf(robot int32, pattern corpus.Code) int32 {
	i := f.ids.head[pattern]
	for i >= 0 && f.raws[i].robot != robot {
		i = f.ids.next[i]
	}
	return i
}

// number gives every pair of robot and pattern a number, and every line of the robot
// the number of what it says.
func (f *finder) number() {
	of, robots := f.c.Robots()
	f.robots = make([]Robot, len(robots))
	for i, r := range robots {
		f.robots[i].RobotKey = r
	}
	f.ids.head = make([]int32, f.c.Patterns.Len())
	for i := range f.ids.head {
		f.ids.head[i] = -1
	}
	f.line = make([]int32, len(f.c.Lines))
	for k := range f.c.Calls {
		call := &f.c.Calls[k]
		for i := call.FirstLine; i < call.FirstLine+call.LineCount; i++ {
			text := &f.c.Texts[f.c.Lines[i].Text]
			if text.Speaker != corpus.Robot || text.Pattern == 0 {
				f.line[i] = -1
				continue
			}
			id := f.rawOf(of[k], text.Pattern)
			if id < 0 {
				id = int32(len(f.raws))
				f.raws = append(f.raws, raw{robot: of[k], pattern: text.Pattern})
				f.ids.next = append(f.ids.next, f.ids.head[text.Pattern])
				f.ids.head[text.Pattern] = id
			}
			f.raws[id].said++
			f.line[i] = id
		}
	}
}

// sequence lists the robot's lines, and whether the contact says something around
// them. A line of marks only is nothing said.
func (f *finder) sequence() {
	n := 0
	for _, id := range f.line {
		if id >= 0 {
			n++
		}
	}
	f.says = make([]saying, 0, n)
	for k := range f.c.Calls {
		call := &f.c.Calls[k]
		spoken, begin := false, len(f.says)
		short := call.Facts.Is(corpus.HungUp) && !call.Facts.Is(corpus.FlowEnded) || !call.Facts.Is(corpus.Answered)
		for i := call.FirstLine; i < call.FirstLine+call.LineCount; i++ {
			if f.line[i] < 0 {
				spoken = spoken || len(f.c.Texts[f.c.Lines[i].Text].Words) > 0
				continue
			}
			s := saying{line: i, raw: f.line[i], call: int32(k)}
			if len(f.says) == begin {
				s.facts |= first
			}
			if spoken {
				s.facts |= answers
				if len(f.says) > begin {
					f.says[len(f.says)-1].facts |= answered
				}
			}
			spoken = false
			if short {
				s.facts |= cutShort
			}
			f.says = append(f.says, s)
		}
		if len(f.says) > begin {
			end := &f.says[len(f.says)-1]
			end.facts |= last
			if spoken {
				end.facts |= answered
			}
		}
	}
}

func (f *finder) text(raw int32) string { return f.c.Patterns.String(f.raws[raw].pattern) }
