package simulate

import (
	"unicode/utf8"

	"callmill/schema"
)

// at reports whether the plant concerns a node.
func (q *plant) at(n *node) bool { return q.node == nil || q.node == n }

// blame records the planted causes that bear on a node in the given way.
func (t *dialogue) blame(n *node, way func(*plant) bool, decisive bool) {
	for _, q := range t.plants {
		if q.at(n) && way(q) {
			t.causes = append(t.causes, hit{q, len(t.turns) - 1, decisive})
		}
	}
}

// leaves decides whether the contact hangs up at a node's line.
func (t *dialogue) leaves(n *node) bool {
	natural := t.wishToLeave(n)
	planted := 0
	for _, q := range t.plants {
		if q.at(n) && q.node != nil {
			planted += q.hangUp * 10
		}
	}
	byNumber := 0
	if t.exchanges == 1 {
		byNumber = t.number.hangUp * 10
	}
	draw := t.dice.below(1000)
	left := draw < natural+planted+byNumber
	if planted > 0 {
		t.blame(n, func(q *plant) bool { return q.hangUp > 0 && q.node != nil }, left && draw >= natural && draw < natural+planted)
	}
	if byNumber > 0 {
		t.causes = append(t.causes, hit{t.w.flagged, len(t.turns) - 1, left && draw >= natural+planted})
	}
	if !left {
		return false
	}
	t.played = t.dice.percent(45)
	if !t.played {
		t.playing = t.playing * int64(t.dice.between(15, 90)) / 100
	}
	if t.notHeard > 0 {
		t.finish("SucceededClientHangUpAfterNoAnswer", false)
	} else {
		t.finish("SucceededClientHangUp", false)
	}
	return true
}

// wishToLeave is the chance, in permille, that this contact hangs up now
// without any planted cause: at first, when it turns out to be a robot, at
// long lines, when not understood, and when it takes too long.
func (t *dialogue) wishToLeave(n *node) int {
	wish := 5 + (99-t.p.person.patience)/7
	if t.p.person.weary {
		wish += 40
	}
	if t.exchanges <= 1 {
		wish += 16
	}
	if n.ends == nodeGoesOn {
		wish /= 2
	}
	if last := len(t.turns) - 1; last >= 0 && t.turns[last].Speaker == schema.SpeakerRobot {
		// Two characters are some 350 ms of listening.
		wish += max(utf8.RuneCountInString(t.turns[last].Script)-55, 0) * 2 / 3
	}
	wish += 55*t.notHeard + 60*t.silences
	wish += max(len(t.turns)-22, 0) * 6
	return wish
}

// isSilent decides whether the contact lets a line pass without a word.
func (t *dialogue) isSilent(n *node) bool {
	if t.mute {
		return true
	}
	natural := 10 + 330*t.silences
	if t.p.person.age == ageOld {
		natural += 10
	}
	planted := 0
	for _, q := range t.plants {
		if q.at(n) && q.node != nil {
			planted += q.silence * 10
		}
	}
	draw := t.dice.below(1000)
	if planted > 0 {
		t.blame(n, func(q *plant) bool { return q.silence > 0 && q.node != nil }, draw >= natural && draw < natural+planted)
	}
	if draw >= natural+planted {
		return false
	}
	t.clock += t.playing + int64(t.dice.between(4200, 6500))
	t.playing = 0
	return true
}

// understood has the contact say the reply and decides whether the robot makes
// it out.
func (t *dialogue) understood(n *node, r *reply) bool {
	t.speech.utter(r.intent, &t.w.words)
	misheard := false
	for _, q := range t.plants {
		if q.slipFrom != "" && q.at(n) && t.dice.percent(q.unheard) && t.speech.replace(q.slipFrom, q.slipTo) {
			t.causes = append(t.causes, hit{q, len(t.turns), true})
			misheard = true
		}
	}
	t.reply(r.intent.name, n.id)
	if t.dice.percent(35) {
		for _, s := range r.sets[:min(len(r.sets), 1)] {
			last := &t.turns[len(t.turns)-1]
			last.Summaries = append(last.Summaries, schema.Summary{Category: "{}", Name: s.key, Content: s.value})
		}
	}
	if t.dice.percent(10) {
		t.bare(t.w.words.tail, n.id) // and says a word more
	}
	if misheard {
		return false
	}
	natural := 100 - r.intent.clear
	if t.p.person.age == ageOld {
		natural += 3
	}
	if t.p.person.dialect != nil {
		natural += 3
	}
	planted := 0
	for _, q := range t.plants {
		if q.slipFrom == "" && q.node == n {
			planted += q.unheard
		}
	}
	draw := t.dice.below(100)
	if planted > 0 {
		t.blame(n, func(q *plant) bool { return q.unheard > 0 && q.slipFrom == "" && q.node == n }, draw >= natural && draw < natural+planted)
	}
	return draw >= natural+planted
}

// diverted is the node a call really comes to: a full queue instead of an agent.
func (t *dialogue) diverted(n *node) *node {
	for _, q := range t.plants {
		if q.divert == nil || q.node != n {
			continue
		}
		turned := t.dice.percent(q.diverted)
		t.causes = append(t.causes, hit{q, len(t.turns), turned})
		if turned {
			return q.divert
		}
	}
	return n
}

// gapBefore is how long a node keeps the contact waiting for its line.
func (t *dialogue) gapBefore(n *node) int64 {
	for _, q := range t.plants {
		if q.gap == 0 || q.node != n {
			continue
		}
		if t.dice.percent(45) && !t.mute {
			t.clock += t.playing
			t.playing = 0
			t.bare(t.w.words.stillThere, n.id)
		}
		return int64(q.gap + t.dice.skewed(q.gap/2))
	}
	return 0
}

// end closes a call at a node that ends it. Many contacts hang up during the
// goodbye; the flow has reached its end all the same.
func (t *dialogue) end(n *node) {
	t.played = true
	gaveUp := n == t.p.group.campaign.giveUp
	switch {
	case n.ends == nodeTransfers && gaveUp:
		t.finish("SucceededTransferAfterNoAnswer", true)
	case n.ends == nodeTransfers:
		t.finish("SucceededTransferByIntent", true)
	case gaveUp:
		t.finish("SucceededChatbotHangUpAfterNoAnswer", false)
	case t.dice.percent(22):
		t.played = false
		t.playing = t.playing * int64(t.dice.between(20, 90)) / 100
		t.finish("SucceededClientHangUp", true)
	default:
		t.finish("SucceededFinish", true)
	}
}

func (t *dialogue) finish(status string, reachedEnd bool) {
	t.status, t.reachedEnd = status, reachedEnd
	t.clock += t.playing + int64(t.dice.between(200, 1500))
}
