package glance

import (
	"cmp"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"callmill/schema"
)

// Node is a robot line of a script, as a pattern, at which more contacts hang up
// than at other lines.
type Node struct {
	Script  string // the script's name, else what identifies the robot
	Pattern string
	Reached int64 // times calls came to it
	HungUp  int64 // times the contact hung up there, and the flow had not ended
	// Expected is how many would have hung up there if it were a line like the
	// others: for each time it was said, the share of the calls of the same script
	// at the same exchange (the robot's first line, its second…) in which the
	// contact hung up then. These calls are all that came so far, with this line or
	// another one, as in the risk sets of notebook 04: a line that all of them have,
	// such as a greeting, is what is expected there, and stands out in nothing. A
	// share of the other calls alone would be that of a handful.
	Expected float64
}

// Excess is how many more contacts hung up than expected.
func (n Node) Excess() float64 { return float64(n.HungUp) - n.Expected }

// tally is how often something was said and how often the contact hung up then.
type tally struct{ said, hungUp int64 }

func (t *tally) add(hungUp bool) {
	t.said++
	if hungUp {
		t.hungUp++
	}
}

type (
	callID struct{ instance, job, task string }
	// stance is what of a call the hang-ups depend on.
	stance struct {
		script string
		early  bool // the contact hung up before the flow had ended
	}
	exchange struct {
		script string
		number int // of lines of the robot, from 1
	}
	saying struct {
		exchange
		pattern string
	}
)

// hangUps counts hang-ups by exchange and by robot line.
type hangUps struct {
	calls map[callID]stance // answered calls of which it is known where they ended
	all   map[exchange]*tally
	lines map[saying]*tally
	early int64

	unanswered map[node]int64 // times it was said after a question of the robot without a reply

	// Of the call that is being read:
	said  []string // patterns of the robot's lines
	asked bool     // the line before is the robot's, and a question
}

func newHangUps() *hangUps {
	return &hangUps{calls: map[callID]stance{}, all: map[exchange]*tally{}, lines: map[saying]*tally{}, unanswered: map[node]int64{}}
}

// task takes a row of tasks; all must come before the first turn.
func (h *hangUps) task(row *schema.TaskRow) {
	hungUp := row.Outcome == schema.HungUp
	if one(row.Answered) == 0 || hungUp && row.FlowEnded == nil {
		return
	}
	script := cmp.Or(row.ScriptName, row.ChatbotID, row.TaskScenarioID, row.JobGroupID)
	h.calls[callID{row.InstanceID, row.JobID, row.TaskID}] = stance{script, hungUp && !*row.FlowEnded}
}

// turn takes a row of turns, in the table's order.
func (h *hangUps) turn(row *schema.TurnRow) {
	if row.TurnIndex == 0 {
		h.said, h.asked = h.said[:0], false
	}
	call, known := h.calls[callID{row.InstanceID, row.JobID, row.TaskID}]
	if !known {
		return
	}
	robot := row.Speaker == schema.SpeakerRobot
	if robot {
		h.said = append(h.said, row.Pattern)
		if h.asked {
			h.unanswered[node{call.script, row.Pattern}]++
		}
	}
	h.asked = robot && strings.ContainsAny(row.Script, "？?")
	if row.TurnsLeft > 0 {
		return
	}
	for i, pattern := range h.said {
		hungUp := call.early && i == len(h.said)-1
		at := exchange{call.script, i + 1}
		tallyOf(h.all, at).add(hungUp)
		tallyOf(h.lines, saying{at, pattern}).add(hungUp)
		if hungUp {
			h.early++
		}
	}
}

func tallyOf[K comparable](tallies map[K]*tally, key K) *tally {
	t := tallies[key]
	if t == nil {
		t = &tally{}
		tallies[key] = t
	}
	return t
}

// node is a robot line of a script.
type node struct{ script, pattern string }

// nodes returns the n lines with the highest excess of hang-ups, of those whose
// excess is beyond chance: unusual standard deviations of the hypergeometric
// distribution. It leaves out what is said because the contact was not understood
// or said nothing: there, contacts hang up because of what was said before.
func (h *hangUps) nodes(n int) []Node {
	nodes, variances := map[node]*Node{}, map[node]float64{}
	for said, t := range h.lines {
		k := node{said.script, said.pattern}
		if nodes[k] == nil {
			nodes[k] = &Node{Script: said.script, Pattern: said.pattern}
		}
		all := h.all[said.exchange]
		drawn, of, share := float64(t.said), float64(all.said), float64(all.hungUp)/float64(all.said)
		nodes[k].Reached += t.said
		nodes[k].HungUp += t.hungUp
		nodes[k].Expected += drawn * share
		variances[k] += drawn * share * (1 - share) * (of - drawn) / max(of-1, 1)
	}
	prompts := rePrompts(maps.Keys(nodes))
	var list []Node
	for k, line := range nodes {
		beyond := line.Reached >= leastReached && line.Excess() > unusual*math.Sqrt(variances[k])
		silence := 2*h.unanswered[k] >= line.Reached
		if beyond && k.pattern != "" && !prompts[k] && !silence {
			list = append(list, *line)
		}
	}
	slices.SortFunc(list, func(a, b Node) int {
		return cmp.Or(cmp.Compare(b.Excess(), a.Excess()), cmp.Compare(a.Script, b.Script), cmp.Compare(a.Pattern, b.Pattern))
	})
	return list[:min(len(list), n)]
}

// questionsPrompted is before how many different lines of a script a sentence
// must stand to be a prompt: "sorry, I did not get that" and the question again.
const questionsPrompted = 5

// rePrompts returns the lines that begin with a sentence which stands before many
// others in its script.
func rePrompts(lines iter.Seq[node]) map[node]bool {
	after := map[node][]node{} // by the sentence they begin with
	for line := range lines {
		if end := strings.IndexAny(line.pattern, "。！？!?"); end >= 0 {
			_, size := utf8.DecodeRuneInString(line.pattern[end:])
			if end += size; end < len(line.pattern) {
				begins := node{line.script, line.pattern[:end]}
				after[begins] = append(after[begins], line)
			}
		}
	}
	prompts := map[node]bool{}
	for _, lines := range after {
		if len(lines) >= questionsPrompted {
			for _, line := range lines {
				prompts[line] = true
			}
		}
	}
	return prompts
}
