// Package dialogue simulates answered calls: the robot walks the graph of its
// script, and the contact answers, asks, stays silent or hangs up, by personality
// and by the causes of failure that are planted.
package dialogue

import (
	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/people"
	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/speech"
	"callmill/schema"
)

// Call is a call that is answered.
type Call struct {
	Campaign *script.Campaign
	Version  int             // of its script
	Plants   []*script.Plant // those whose conditions hold but for Node and Said
	Person   *people.Person  // who answers, or whose machine
	Answered int64           // when, in ms
	Seed     uint64          // of the world
	Said     dice.Purpose    // of the dice for what is said
	Told     dice.Purpose    // of those for personal data
	Number   uint64          // of the call
}

// Dialogue is what comes of a call. It is used for one call after another. Not safe
// for concurrent use.
type Dialogue struct {
	Clock              int64 // when the call was over, in ms
	Turns              []schema.Turn
	Truth              []TurnTruth // parallel to Turns
	Results            []script.Setting
	Causes             []Hit
	Status             string // of the task
	ReachedEnd, Played bool   // the flow reached its end; the last line was played to its end

	words    *speech.Words
	machines *Machines
	speech   *speech.Composer
	call     Call
	dice     dice.Dice
	telling  dice.Dice // how personal data is told
	aside    int       // turns that take no part in the course of the call; see tellMore
	mute     bool      // the contact never speaks
	breaks   int       // turn at which the line breaks; 0: never

	playing int64 // duration of the robot's last line
	stored  int64 // timestamp of the last turn

	meant     *script.List   // what the contact said last
	asides    []*script.List // asides the contact has said
	asked     *script.Node   // the last node that waited for a reply
	notHeard  int            // times in a row
	silences  int            // in a row
	exchanges int
	spoke     bool
}

// Hit is something planted that applied to a call. It was decisive if the call would
// have taken another course without it; a breach never is.
type Hit struct {
	Plant    *script.Plant
	Turn     int // index of the turn; -1: before the first
	Decisive bool
}

// New returns a dialogue whose lines the composer makes.
func New(words *speech.Words, machines *Machines, lines *speech.Composer) *Dialogue {
	return &Dialogue{words: words, machines: machines, speech: lines}
}

// maxTurns ends calls whose script loops.
const maxTurns = 200

// Play simulates a call that a person answered.
func (t *Dialogue) Play(c Call) {
	t.reset(c)
	if !t.mute && t.dice.Percent(48) {
		t.playing = 0
		t.bare(t.words.Hello, "")
	}
	n := t.call.Campaign.First
	again := false
	for t.Status == "" {
		if len(t.Turns)-t.aside > maxTurns {
			t.finish("SucceededError", false)
			break
		}
		n = t.diverted(n)
		t.Clock += t.gapBefore(n)
		if again && n.Again != nil {
			t.robot(n, "again", nil, n.Again)
		} else {
			t.robot(n, "say", nil, n.Say(t.call.Version))
		}
		t.note(n.Sets)
		again = false
		switch n.Ends {
		case script.NodeFinishes, script.NodeTransfers:
			t.end(n)
		case script.NodeGoesOn:
			if !t.leaves(n) {
				n = n.Next
			}
		case script.NodeGoesBack:
			n, again = t.back(), true
		default:
			t.asked = n
			n = t.listen(n)
		}
	}
}

// Reset forgets causes and results of the call before.
func (t *Dialogue) Reset() { t.Causes, t.Results = t.Causes[:0], t.Results[:0] }

func (t *Dialogue) reset(c Call) {
	*t = Dialogue{
		words: t.words, machines: t.machines, speech: t.speech, call: c, Clock: c.Answered, stored: c.Answered,
		Results: t.Results[:0], Causes: t.Causes[:0], asides: t.asides[:0],
	}
	t.dice.Seed(c.Seed, c.Said, c.Number)
	t.telling.Seed(c.Seed, c.Told, c.Number)
	t.speech.Call(&t.dice, &t.telling)
	t.mute = t.dice.Permille(32)
	if t.dice.Permille(6) {
		t.breaks = 2 + t.dice.Below(14)
	}
}

// listen lets the contact react to a node that waits, and returns the next node;
// t.Status is set if the call is over.
func (t *Dialogue) listen(n *script.Node) *script.Node {
	for t.Status == "" {
		t.exchanges++
		if t.breaks != 0 && len(t.Turns)-t.aside >= t.breaks {
			t.finish("SucceededError", false)
			return nil
		}
		if t.leaves(n) {
			return nil
		}
		if t.isSilent(n) {
			if t.silences++; t.silences > len(t.call.Campaign.Silence) {
				return t.hush()
			}
			t.robot(n, "silence", nil, t.call.Campaign.Silence[t.silences-1])
			continue
		}
		t.silences = 0
		r := t.choose(n)
		t.meant = r.Intent
		if r.Aside || r.To.Ends == script.NodeGoesBack {
			t.asides = append(t.asides, r.Intent)
		}
		if t.understood(n, r) {
			t.notHeard = 0
			t.note(r.Sets)
			return r.To
		}
		if t.notHeard++; t.notHeard > len(t.call.Campaign.Unheard) {
			return t.call.Campaign.GiveUp
		}
		t.askAgain(n)
	}
	return nil
}

// askAgain repeats the question of a node after a reply was not understood.
func (t *Dialogue) askAgain(n *script.Node) {
	question := n.Again
	if question == nil {
		question = n.Say(t.call.Version)
	}
	t.robot(n, "unheard", t.call.Campaign.Unheard[t.notHeard-1], question)
}

// hush ends a call in which the contact stays silent.
func (t *Dialogue) hush() *script.Node {
	t.robot(t.call.Campaign.Hushed, "say", nil, t.call.Campaign.Hushed.Say(t.call.Version))
	t.Played = true
	if t.spoke {
		t.finish("SucceededChatbotHangUpAfterSilence", false)
	} else {
		t.finish("SucceededInoInterAction", false)
	}
	return nil
}

// back returns the node that a node with NodeGoesBack returns to.
func (t *Dialogue) back() *script.Node {
	if t.asked == nil {
		return t.call.Campaign.First
	}
	return t.asked
}

// choose draws the contact's reply to a node by the weights of its replies, the
// personality and the planted causes.
func (t *Dialogue) choose(n *script.Node) *script.Reply {
	if t.notHeard > 0 && t.dice.Percent(60) {
		// A contact who was not understood usually rephrases.
		for i := range n.Replies {
			if n.Replies[i].Intent == t.meant && t.meant.Clear > 50 {
				return &n.Replies[i]
			}
		}
	}
	total, planted := 0, 0
	for i := range n.Replies {
		weight, extra := t.weight(n, &n.Replies[i])
		total += weight + extra
		planted += extra
	}
	draw := t.dice.Below(total)
	for i := range n.Replies {
		r := &n.Replies[i]
		weight, extra := t.weight(n, r)
		if draw >= weight+extra {
			draw -= weight + extra
			continue
		}
		if planted > 0 {
			t.blame(n, func(q *script.Plant) int { return q.Favour }, draw >= weight)
		}
		return r
	}
	return &n.Replies[len(n.Replies)-1]
}

// weight returns the weight of a reply, and what planted causes add to it.
func (t *Dialogue) weight(n *script.Node, r *script.Reply) (weight, extra int) {
	weight = r.Weight * t.call.Person.MoodFactor(r.Intent.Mood)
	if r.Aside && t.exchanges > 4 {
		weight = weight * 45 / 100 // by then the contact knows who calls, and why
	}
	if r.Aside || r.To.Ends == script.NodeGoesBack {
		for _, asked := range t.asides {
			if asked == r.Intent {
				weight /= 6 // few ask the same twice
			}
		}
	}
	for _, q := range t.call.Plants {
		if q.Favoured == r.Intent && q.Node == n {
			extra += q.Favour * 100
		}
	}
	return weight, extra
}

// note records business results; a later one replaces an earlier one of the same
// name.
func (t *Dialogue) note(sets []script.Setting) {
	for _, s := range sets {
		known := false
		for i := range t.Results {
			if t.Results[i].Key == s.Key {
				t.Results[i].Value, known = s.Value, true
			}
		}
		if !known {
			t.Results = append(t.Results, s)
		}
	}
}

// ResultDelay draws how long after a call its business results arrive, in ms:
// usually minutes, sometimes after a nightly run.
func (t *Dialogue) ResultDelay() int64 {
	const minute = 60_000
	if t.dice.Percent(82) {
		return int64(t.dice.Skewed(12)) * minute
	}
	return int64(2+t.dice.Below(28)) * 60 * minute
}
