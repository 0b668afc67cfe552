package dialogue

import (
	"unicode/utf8"

	"callmill/pipeline/simulate/people"
	"callmill/pipeline/simulate/script"
	"callmill/schema"
)

// effect returns what a planted cause adds to a probability, in percentage points.
type effect func(*script.Plant) int

func silenceOf(q *script.Plant) int { return q.Silence }

// unheardOf returns 0 for mishearings: their number is how often a word is misheard.
func unheardOf(q *script.Plant) int {
	if q.SlipFrom != "" {
		return 0
	}
	return q.Unheard
}

// works reports whether a plant works at a node. One without a node works at the
// first line that waits, or else wherever the contact said what it wants.
func (t *Dialogue) works(q *script.Plant, n *script.Node) bool {
	switch {
	case q.Said != nil && q.Said != t.meant:
		return false
	case q.Node != nil:
		return q.Node == n
	}
	return q.Said != nil || t.exchanges == 1
}

// push returns what the causes planted at a node add to a probability.
func (t *Dialogue) push(n *script.Node, of effect) int {
	sum := 0
	for _, q := range t.call.Plants {
		if t.works(q, n) {
			sum += of(q)
		}
	}
	return sum
}

// blame records the causes planted at a node that add to a probability.
func (t *Dialogue) blame(n *script.Node, of effect, decisive bool) {
	for _, q := range t.call.Plants {
		if of(q) > 0 && t.works(q, n) {
			t.Causes = append(t.Causes, Hit{q, len(t.Turns) - 1, decisive})
		}
	}
}

// leaves draws whether the contact hangs up at a node's line.
func (t *Dialogue) leaves(n *script.Node) bool {
	limit, draw := t.wishToLeave(n), t.dice.Below(1000)
	for _, q := range t.call.Plants {
		if q.HangUp == 0 || !t.works(q, n) {
			continue
		}
		more := limit + 10*q.HangUp
		t.Causes = append(t.Causes, Hit{q, len(t.Turns) - 1, limit <= draw && draw < more})
		limit = more
	}
	if draw >= limit {
		return false
	}
	t.Played = t.dice.Percent(45)
	if !t.Played {
		t.playing = t.playing * int64(t.dice.Between(15, 90)) / 100
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
func (t *Dialogue) wishToLeave(n *script.Node) int {
	wish := 5 + (99-t.call.Person.Patience)/7
	if t.call.Person.Weary {
		wish += 40
	}
	if t.exchanges <= 1 {
		wish += 16
	}
	if n.Ends == script.NodeGoesOn {
		wish /= 2
	}
	if last := len(t.Turns) - 1; last >= 0 && t.Turns[last].Speaker == schema.SpeakerRobot {
		// Two characters take some 350 ms.
		wish += max(utf8.RuneCountInString(t.Turns[last].Script)-55, 0) * 2 / 3
	}
	wish += 55*t.notHeard + 60*t.silences
	wish += max(len(t.Turns)-t.aside-22, 0) * 6
	return wish
}

// isSilent draws whether the contact ignores a line.
func (t *Dialogue) isSilent(n *script.Node) bool {
	if t.mute {
		return true
	}
	natural := 10 + 330*t.silences
	if t.call.Person.Age == people.AgeOld {
		natural += 10
	}
	planted := 10 * t.push(n, silenceOf)
	draw := t.dice.Below(1000)
	t.blame(n, silenceOf, draw >= natural && draw < natural+planted)
	if draw >= natural+planted {
		return false
	}
	t.Clock += t.playing + int64(t.dice.Between(4200, 6500))
	t.playing = 0
	return true
}

// understood lets the contact say the reply and draws whether the robot
// understands it.
func (t *Dialogue) understood(n *script.Node, r *script.Reply) bool {
	t.speech.Utter(r.Intent)
	misheard := t.mishears(n)
	t.reply(r.Intent.Name, n.ID)
	said := len(t.Turns) - 1
	for t.Turns[said].Speaker != schema.SpeakerContact {
		said--
	}
	if t.dice.Percent(10) {
		t.bare(t.words.Tail, n.ID) // adds a word
	}
	t.tellMore(n.ID)
	t.sayPlanted(n)
	if misheard || !t.makesOut(n, r.Intent) {
		return false
	}
	if len(r.Sets) > 0 && t.dice.Percent(35) {
		noted := schema.Summary{Category: "{}", Name: r.Sets[0].Key, Content: r.Sets[0].Value}
		t.Turns[said].Summaries = []schema.Summary{noted}
	}
	return true
}

// sayPlanted lets the contact say what is planted besides the reply to a node. It has
// the dice for what is told: the call takes the same course without it.
func (t *Dialogue) sayPlanted(n *script.Node) {
	for _, q := range t.call.Plants {
		if q.Says == nil || q.Node != nil && q.Node != n || q.Said != nil && q.Said != t.meant || !t.telling.Percent(q.SaysTo) {
			continue
		}
		t.speech.Tell(q.Says)
		if t.speech.Pending() == 0 {
			continue // an entry without words
		}
		t.Causes = append(t.Causes, Hit{q, len(t.Turns), false})
		t.told(q.Says.Name, n.ID)
	}
}

// mishears applies planted mishearings to the line being said; the robot does not
// understand the result.
func (t *Dialogue) mishears(n *script.Node) bool {
	misheard := false
	for _, q := range t.call.Plants {
		if q.SlipFrom == "" || q.Node != nil && q.Node != n {
			continue
		}
		if t.dice.Percent(q.Unheard) && t.speech.Replace(q.SlipFrom, q.SlipTo) {
			t.Causes = append(t.Causes, Hit{q, len(t.Turns) + t.speech.Pending(), true})
			misheard = true
		}
	}
	return misheard
}

// makesOut draws whether the robot understands the intent of a line.
func (t *Dialogue) makesOut(n *script.Node, intent *script.List) bool {
	unclear := 100 - intent.Clear
	if t.call.Person.Age == people.AgeOld {
		unclear += 3
	}
	if t.call.Person.Dialect != nil {
		unclear += 3
	}
	planted := t.push(n, unheardOf)
	draw := t.dice.Below(100)
	t.blame(n, unheardOf, draw >= unclear && draw < unclear+planted)
	return draw >= unclear+planted
}

// diverted returns the node that a call reaches instead of n: a full queue instead
// of an agent, for example.
func (t *Dialogue) diverted(n *script.Node) *script.Node {
	for _, q := range t.call.Plants {
		if q.Divert == nil || q.Node != n {
			continue
		}
		turned := t.dice.Percent(q.Diverted)
		t.Causes = append(t.Causes, Hit{q, len(t.Turns), turned})
		if turned {
			return q.Divert
		}
	}
	return n
}

// gapBefore draws how long the contact waits for a node's line.
func (t *Dialogue) gapBefore(n *script.Node) int64 {
	for _, q := range t.call.Plants {
		if q.Gap == 0 || q.Node != n {
			continue
		}
		if t.dice.Percent(45) && !t.mute {
			t.Clock += t.playing
			t.playing = 0
			t.bare(t.words.StillThere, n.ID)
		}
		return int64(q.Gap + t.dice.Skewed(q.Gap/2))
	}
	return 0
}

// end ends a call at a node that ends it. Many contacts hang up during the
// goodbye, after which the flow counts as finished.
func (t *Dialogue) end(n *script.Node) {
	t.Played = true
	gaveUp := n == t.call.Campaign.GiveUp
	switch {
	case n.Ends == script.NodeTransfers && gaveUp:
		t.finish("SucceededTransferAfterNoAnswer", true)
	case n.Ends == script.NodeTransfers:
		t.finish("SucceededTransferByIntent", true)
	case gaveUp:
		t.finish("SucceededChatbotHangUpAfterNoAnswer", false)
	case t.dice.Percent(22):
		t.Played = false
		t.playing = t.playing * int64(t.dice.Between(20, 90)) / 100
		t.finish("SucceededClientHangUp", true)
	default:
		t.finish("SucceededFinish", true)
	}
}

func (t *Dialogue) finish(status string, reachedEnd bool) {
	t.Status, t.ReachedEnd = status, reachedEnd
	t.Clock += t.playing + int64(t.dice.Between(200, 1500))
}
