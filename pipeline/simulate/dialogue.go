package simulate

import "callmill/schema"

// dialogue plays one answered call: the robot walks its script's graph, and
// the contact answers, asks, is silent or hangs up, each after their nature.
type dialogue struct {
	w      *World
	p      *plan
	dice   dice
	speech *speech

	plants []*plant // those that bear on this call
	number *callingNumber
	mute   bool // the contact never says a word
	breaks int  // turn at which the line breaks; 0 never

	clock   int64 // when the last thing was over
	playing int64 // how long the robot's last line takes
	stored  int64 // time of the last turn

	meant     *wordList // what the contact said last
	turns     []schema.Turn
	truth     []TurnTruth
	results   []setting
	causes    []hit
	asides    []*wordList // what the contact has asked or told aside
	asked     *node       // the last node that waited for an answer
	notHeard  int         // times in a row
	silences  int         // in a row
	exchanges int
	spoke     bool

	status             string
	reachedEnd, played bool
}

// maxTurns cuts off scripts that go round in circles.
const maxTurns = 200

// play fills the dialogue of attempt k, which a person answered.
func (t *dialogue) play(k int) {
	a := &t.p.attempts[k]
	t.reset(k, a)
	if !t.mute && t.dice.percent(48) {
		t.playing = 0
		t.bare(t.w.words.hello, "")
	}
	n := t.p.group.campaign.first
	again := false
	for t.status == "" {
		if len(t.turns) > maxTurns {
			t.finish("SucceededError", false)
			break
		}
		n = t.diverted(n)
		t.clock += t.gapBefore(n)
		if again && n.again != nil {
			t.robot(n, "again", nil, n.again)
		} else {
			t.robot(n, "say", nil, n.say(t.p.group.version))
		}
		t.note(n.sets)
		again = false
		switch n.ends {
		case nodeFinishes, nodeTransfers:
			t.end(n)
		case nodeGoesOn:
			if !t.leaves(n) {
				n = n.next
			}
		case nodeGoesBack:
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
	for i := range t.p.group.campaign.plants {
		if q := &t.p.group.campaign.plants[i]; t.p.group.bears(q, hour) {
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

// listen has the contact react to what a waiting node said, and gives the node
// the call goes on to; t.status is set where it is over.
func (t *dialogue) listen(n *node) *node {
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
			if t.silences++; t.silences > len(t.p.group.campaign.silence) {
				return t.hush()
			}
			t.robot(n, "silence", nil, t.p.group.campaign.silence[t.silences-1])
			continue
		}
		t.silences = 0
		r := t.choose(n)
		t.meant = r.intent
		if r.aside || r.to.ends == nodeGoesBack {
			t.asides = append(t.asides, r.intent)
		}
		if t.understood(n, r) {
			t.notHeard = 0
			t.note(r.sets)
			return r.to
		}
		if t.notHeard++; t.notHeard > len(t.p.group.campaign.unheard) {
			return t.p.group.campaign.giveUp
		}
		t.askAgain(n)
	}
	return nil
}

func (t *dialogue) askAgain(n *node) {
	question := n.again
	if question == nil {
		question = n.say(t.p.group.version)
	}
	t.robot(n, "unheard", t.p.group.campaign.unheard[t.notHeard-1], question)
}

// hush ends a call in which nobody speaks any more.
func (t *dialogue) hush() *node {
	t.robot(t.p.group.campaign.hushed, "say", nil, t.p.group.campaign.hushed.say(t.p.group.version))
	t.played = true
	if t.spoke {
		t.finish("SucceededChatbotHangUpAfterSilence", false)
	} else {
		t.finish("SucceededInoInterAction", false)
	}
	return nil
}

// back is where a node that goes back goes: the question before it.
func (t *dialogue) back() *node {
	if t.asked == nil {
		return t.p.group.campaign.first
	}
	return t.asked
}

// choose is what the contact says to a node, by the weights of its replies,
// the person's nature and the planted causes.
func (t *dialogue) choose(n *node) *reply {
	if t.notHeard > 0 && t.dice.percent(60) {
		// Who was not understood mostly says the same in other words.
		for i := range n.replies {
			if n.replies[i].intent == t.meant && t.meant.clear > 50 {
				return &n.replies[i]
			}
		}
	}
	total, planted := 0, 0
	for i := range n.replies {
		weight, extra := t.weight(n, &n.replies[i])
		total += weight + extra
		planted += extra
	}
	draw := t.dice.below(total)
	for i := range n.replies {
		r := &n.replies[i]
		weight, extra := t.weight(n, r)
		if draw >= weight+extra {
			draw -= weight + extra
			continue
		}
		if planted > 0 {
			t.blame(n, func(q *plant) int { return q.favour }, draw >= weight)
		}
		return r
	}
	return &n.replies[len(n.replies)-1]
}

func (t *dialogue) weight(n *node, r *reply) (weight, extra int) {
	weight = r.weight * t.p.person.moodFactor(r.intent.mood)
	if r.aside && t.exchanges > 4 {
		weight = weight * 45 / 100 // by then people know who calls, and why
	}
	if r.aside || r.to.ends == nodeGoesBack {
		for _, asked := range t.asides {
			if asked == r.intent {
				weight /= 6 // few ask the same thing twice
			}
		}
	}
	for _, q := range t.plants {
		if q.favoured == r.intent && q.node == n {
			extra += q.favour * 100
		}
	}
	return weight, extra
}

// note keeps business results; a later one of the same name takes the place
// of an earlier one.
func (t *dialogue) note(sets []setting) {
	for _, s := range sets {
		known := false
		for i := range t.results {
			if t.results[i].key == s.key {
				t.results[i].value, known = s.value, true
			}
		}
		if !known {
			t.results = append(t.results, s)
		}
	}
}
