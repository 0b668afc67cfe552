package simulate

import "callmill/pipeline/simulate/script"
import "callmill/schema"

// dialogue simulates an answered call: the robot walks the graph of its script,
// and the contact answers, asks, stays silent or hangs up, by personality.
type dialogue struct {
	w      *World
	p      *plan
	dice   dice
	speech *speech

	plants []*script.Plant // that apply to this call
	number *callingNumber
	mute   bool // the contact never speaks
	breaks int  // turn at which the line breaks; 0: never

	clock   int64 // when the last event was over
	playing int64 // duration of the robot's last line
	stored  int64 // timestamp of the last turn

	meant     *script.List // what the contact said last
	turns     []schema.Turn
	truth     []TurnTruth
	results   []script.Setting
	causes    []hit
	asides    []*script.List // asides the contact has said
	asked     *script.Node   // the last node that waited for a reply
	notHeard  int            // times in a row
	silences  int            // in a row
	exchanges int
	spoke     bool

	status             string
	reachedEnd, played bool
}

// maxTurns ends calls whose script loops.
const maxTurns = 200

// play simulates the dialogue of attempt k, which a person answered.
func (t *dialogue) play(k int) {
	a := &t.p.attempts[k]
	t.reset(k, a)
	if !t.mute && t.dice.percent(48) {
		t.playing = 0
		t.bare(t.w.words.hello, "")
	}
	n := t.p.group.campaign.First
	again := false
	for t.status == "" {
		if len(t.turns) > maxTurns {
			t.finish("SucceededError", false)
			break
		}
		n = t.diverted(n)
		t.clock += t.gapBefore(n)
		if again && n.Again != nil {
			t.robot(n, "again", nil, n.Again)
		} else {
			t.robot(n, "say", nil, n.Say(t.p.group.version))
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

func (t *dialogue) reset(k int, a *attempt) {
	*t = dialogue{w: t.w, p: t.p, speech: t.speech, plants: t.plants[:0], results: t.results[:0], causes: t.causes[:0], asides: t.asides[:0]}
	t.dice.seed(t.w.seed, forDialogue, taskNumber(t.p.index, k))
	t.speech.dice = &t.dice
	t.number = &callingNumbers[a.number-1]
	hour := localHour(a.actual)
	for i := range t.p.group.campaign.Plants {
		if q := &t.p.group.campaign.Plants[i]; t.p.group.bears(q, hour) {
			t.plants = append(t.plants, q)
		}
	}
	t.clock = a.ringingEnd()
	t.stored = t.clock
	t.mute = t.dice.permille(32)
	if t.dice.permille(6) {
		t.breaks = 2 + t.dice.below(14)
	}
}

// listen lets the contact react to a node that waits, and returns the next node;
// t.status is set if the call is over.
func (t *dialogue) listen(n *script.Node) *script.Node {
	for t.status == "" {
		t.exchanges++
		if t.breaks != 0 && len(t.turns) >= t.breaks {
			t.finish("SucceededError", false)
			return nil
		}
		if t.leaves(n) {
			return nil
		}
		if t.isSilent(n) {
			if t.silences++; t.silences > len(t.p.group.campaign.Silence) {
				return t.hush()
			}
			t.robot(n, "silence", nil, t.p.group.campaign.Silence[t.silences-1])
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
		if t.notHeard++; t.notHeard > len(t.p.group.campaign.Unheard) {
			return t.p.group.campaign.GiveUp
		}
		t.askAgain(n)
	}
	return nil
}

// askAgain repeats the question of a node after a reply was not understood.
func (t *dialogue) askAgain(n *script.Node) {
	question := n.Again
	if question == nil {
		question = n.Say(t.p.group.version)
	}
	t.robot(n, "unheard", t.p.group.campaign.Unheard[t.notHeard-1], question)
}

// hush ends a call in which the contact stays silent.
func (t *dialogue) hush() *script.Node {
	t.robot(t.p.group.campaign.Hushed, "say", nil, t.p.group.campaign.Hushed.Say(t.p.group.version))
	t.played = true
	if t.spoke {
		t.finish("SucceededChatbotHangUpAfterSilence", false)
	} else {
		t.finish("SucceededInoInterAction", false)
	}
	return nil
}

// back returns the node that a node with NodeGoesBack returns to.
func (t *dialogue) back() *script.Node {
	if t.asked == nil {
		return t.p.group.campaign.First
	}
	return t.asked
}

// choose draws the contact's reply to a node by the weights of its replies, the
// personality and the planted causes.
func (t *dialogue) choose(n *script.Node) *script.Reply {
	if t.notHeard > 0 && t.dice.percent(60) {
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
	draw := t.dice.below(total)
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
func (t *dialogue) weight(n *script.Node, r *script.Reply) (weight, extra int) {
	weight = r.Weight * t.p.person.moodFactor(r.Intent.Mood)
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
	for _, q := range t.plants {
		if q.Favoured == r.Intent && q.Node == n {
			extra += q.Favour * 100
		}
	}
	return weight, extra
}

// note records business results; a later one replaces an earlier one of the same
// name.
func (t *dialogue) note(sets []script.Setting) {
	for _, s := range sets {
		known := false
		for i := range t.results {
			if t.results[i].Key == s.Key {
				t.results[i].Value, known = s.Value, true
			}
		}
		if !known {
			t.results = append(t.results, s)
		}
	}
}
