package simulate

import (
	"unicode/utf8"

	"callmill/pipeline/simulate/script"
	"callmill/schema"
)

// effect returns what a planted cause adds to a probability, in percentage points.
type effect func(*script.Plant) int

func hangUpOf(q *script.Plant) int  { return q.HangUp }
func silenceOf(q *script.Plant) int { return q.Silence }

// unheardOf returns 0 for mishearings: their number is how often a word is misheard.
func unheardOf(q *script.Plant) int {
	if q.SlipFrom != "" {
		return 0
	}
	return q.Unheard
}

// push returns what the causes planted at a node add to a probability.
func (t *dialogue) push(n *script.Node, of effect) int {
	sum := 0
	for _, q := range t.plants {
		if q.Node == n {
			sum += of(q)
		}
	}
	return sum
}

// blame records the causes planted at a node that add to a probability.
func (t *dialogue) blame(n *script.Node, of effect, decisive bool) {
	for _, q := range t.plants {
		if q.Node == n && of(q) > 0 {
			t.causes = append(t.causes, hit{q, len(t.turns) - 1, decisive})
		}
	}
}

// leaves draws whether the contact hangs up at a node's line.
func (t *dialogue) leaves(n *script.Node) bool {
	natural := t.wishToLeave(n)
	planted := 10 * t.push(n, hangUpOf)
	byNumber := 0
	if t.exchanges == 1 {
		byNumber = t.number.hangUp * 10
	}
	draw := t.dice.below(1000)
	left := draw < natural+planted+byNumber
	t.blame(n, hangUpOf, left && draw >= natural && draw < natural+planted)
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

// wishToLeave returns the probability, in permille, that the contact hangs up now
// without a planted cause: at the start, on recognising a robot, at long lines,
// when not understood, and when the call takes too long.
func (t *dialogue) wishToLeave(n *script.Node) int {
	wish := 5 + (99-t.p.person.patience)/7
	if t.p.person.weary {
		wish += 40
	}
	if t.exchanges <= 1 {
		wish += 16
	}
	if n.Ends == script.NodeGoesOn {
		wish /= 2
	}
	if last := len(t.turns) - 1; last >= 0 && t.turns[last].Speaker == schema.SpeakerRobot {
		// Two characters take some 350 ms.
		wish += max(utf8.RuneCountInString(t.turns[last].Script)-55, 0) * 2 / 3
	}
	wish += 55*t.notHeard + 60*t.silences
	wish += max(len(t.turns)-22, 0) * 6
	return wish
}

// isSilent draws whether the contact ignores a line.
func (t *dialogue) isSilent(n *script.Node) bool {
	if t.mute {
		return true
	}
	natural := 10 + 330*t.silences
	if t.p.person.age == ageOld {
		natural += 10
	}
	planted := 10 * t.push(n, silenceOf)
	draw := t.dice.below(1000)
	t.blame(n, silenceOf, draw >= natural && draw < natural+planted)
	if draw >= natural+planted {
		return false
	}
	t.clock += t.playing + int64(t.dice.between(4200, 6500))
	t.playing = 0
	return true
}

// understood lets the contact say the reply and draws whether the robot
// understands it.
func (t *dialogue) understood(n *script.Node, r *script.Reply) bool {
	t.speech.utter(r.Intent, &t.w.words)
	misheard := t.mishears(n)
	t.reply(r.Intent.Name, n.ID)
	said := len(t.turns) - 1
	if t.dice.percent(10) {
		t.bare(t.w.words.tail, n.ID) // adds a word
	}
	if misheard || !t.makesOut(n, r.Intent) {
		return false
	}
	if len(r.Sets) > 0 && t.dice.percent(35) {
		noted := schema.Summary{Category: "{}", Name: r.Sets[0].Key, Content: r.Sets[0].Value}
		t.turns[said].Summaries = []schema.Summary{noted}
	}
	return true
}

// mishears applies planted mishearings to the line being said; the robot does not
// understand the result.
func (t *dialogue) mishears(n *script.Node) bool {
	misheard := false
	for _, q := range t.plants {
		if q.SlipFrom == "" || q.Node != nil && q.Node != n {
			continue
		}
		if t.dice.percent(q.Unheard) && t.speech.replace(q.SlipFrom, q.SlipTo) {
			t.causes = append(t.causes, hit{q, len(t.turns), true})
			misheard = true
		}
	}
	return misheard
}

// makesOut draws whether the robot understands the intent of a line.
func (t *dialogue) makesOut(n *script.Node, intent *script.List) bool {
	unclear := 100 - intent.Clear
	if t.p.person.age == ageOld {
		unclear += 3
	}
	if t.p.person.dialect != nil {
		unclear += 3
	}
	planted := t.push(n, unheardOf)
	draw := t.dice.below(100)
	t.blame(n, unheardOf, draw >= unclear && draw < unclear+planted)
	return draw >= unclear+planted
}

// diverted returns the node that a call reaches instead of n: a full queue instead
// of an agent, for example.
func (t *dialogue) diverted(n *script.Node) *script.Node {
	for _, q := range t.plants {
		if q.Divert == nil || q.Node != n {
			continue
		}
		turned := t.dice.percent(q.Diverted)
		t.causes = append(t.causes, hit{q, len(t.turns), turned})
		if turned {
			return q.Divert
		}
	}
	return n
}

// gapBefore draws how long the contact waits for a node's line.
func (t *dialogue) gapBefore(n *script.Node) int64 {
	for _, q := range t.plants {
		if q.Gap == 0 || q.Node != n {
			continue
		}
		if t.dice.percent(45) && !t.mute {
			t.clock += t.playing
			t.playing = 0
			t.bare(t.w.words.stillThere, n.ID)
		}
		return int64(q.Gap + t.dice.skewed(q.Gap/2))
	}
	return 0
}

// end ends a call at a node that ends it. Many contacts hang up during the
// goodbye, after which the flow counts as finished.
func (t *dialogue) end(n *script.Node) {
	t.played = true
	gaveUp := n == t.p.group.campaign.GiveUp
	switch {
	case n.Ends == script.NodeTransfers && gaveUp:
		t.finish("SucceededTransferAfterNoAnswer", true)
	case n.Ends == script.NodeTransfers:
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
