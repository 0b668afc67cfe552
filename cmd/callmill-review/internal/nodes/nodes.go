// Package nodes finds the script behind what robots say: which lines are wordings of
// one node, which only ask again, which end the call.
//
// No list of phrases is used. A script shows in what is said around what:
//
//   - A robot that did not understand says a sentence of its own before the question
//     that it asks again: a sentence that stands before many different lines, after
//     which a call goes on as if it had not been said.
//   - A robot that hears nothing says something in places where it otherwise waits for
//     the contact.
//   - Lines that are asked again in the same words are one node, and so are lines of two
//     versions of a script with the same lines around them.
//   - A value that no parameter of the job explains tears a line into many, of which a
//     call has one.
//
// A script is one of an instance (corpus.RobotKey): what two instances say under the same
// name is never put together. What became of calls at nodes is for package effect.
package nodes

import (
	"callmill/cmd/callmill-review/internal/corpus"
)

// Class is what a wording does in a call.
type Class uint8

// The classes of wordings.
const (
	Ordinary      Class = iota
	Goodbye             // ends most calls in which it is said
	Reprompt            // asks again what was not understood
	SilencePrompt       // is said where the contact says nothing
)

var classNames = [...]string{"ordinary", "goodbye", "reprompt", "silence_prompt"}

// String returns the class as tables have it: ordinary, goodbye, reprompt or
// silence_prompt.
func (c Class) String() string { return classNames[c] }

// Graph is the wordings and nodes of a corpus. It is not changed after it was made,
// and is safe for concurrent use.
type Graph struct {
	Wordings []Wording // in the order in which they are first said
	Nodes    []Node    // likewise

	// LineWording and LineNode are parallel to the lines of the corpus: the wording that
	// the robot says, and the node it is at; -1 for lines of contacts, and for the lines
	// of a robot without a script. A silence prompt is at the node of the line before it.
	LineWording []int32
	LineNode    []int32

	Robots []Robot // in the order of their first calls
	// Unscripted is true where most lines are of robots without a script: what
	// speaks there does not follow a script, and there are no nodes to be seen.
	Unscripted bool
}

// Wording is one way in which a script says a line.
type Wording struct {
	Robot  int32       // index in Graph.Robots
	Script corpus.Code // of it
	// Pattern is what is said, with slots for what differs from call to call; {…} is
	// the slot of a value that no parameter of the jobs explains.
	Pattern string
	Node    int32 // -1 of silence prompts, which have none of their own
	Class   Class
	Said    int32 // lines that say it
	// Question is where the question begins in the pattern of a re-prompt, in bytes.
	Question int
}

// Node is a place in a script.
type Node struct {
	Robot    int32       // index in Graph.Robots
	Script   corpus.Code // of it
	Name     string      // its commonest wording that is no re-prompt
	Wordings []int32     // the commonest first
	Class    Class       // Ordinary or Goodbye
	Said     int32       // lines at it, silence prompts included
}

// Robot is what is known of a robot's script.
type Robot struct {
	corpus.RobotKey
	Lines int // of the robot
	Fixed int // of these, lines that are said at least five times
	// Unscripted is true where most lines are said less often than that, so that they
	// are of no script.
	Unscripted bool
}

const (
	// fixedSaid is how often a line must be said to be taken for one of a script.
	fixedSaid = 5
	// fewLines is how few lines say nothing about whether there is a script.
	fewLines = 200
)

// Find finds the wordings and nodes of a corpus. The same corpus has the same graph.
func Find(c *corpus.Corpus) *Graph {
	f := &finder{c: c}
	f.number()
	f.sequence()
	f.cutBodies()
	f.mend()
	f.judgeRobots()
	f.findEnds()
	f.findSilence()
	f.findReprompts()
	f.unite()
	return f.graph()
}
