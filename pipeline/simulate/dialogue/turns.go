package dialogue

import (
	"unicode/utf8"

	"callmill/pipeline/simulate/people"
	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/speech"
	"callmill/schema"
)

// The time, in ms, that a synthetic voice and a person on the phone take for a
// character.
const (
	robotPace   = 175
	contactPace = 210
)

// robot adds a line of the robot: a prompt, if not nil, and the text.
func (t *Dialogue) robot(n *script.Node, how string, prompt, text script.Template) {
	t.Clock += t.playing + int64(350+t.dice.Skewed(1600))
	script, spans := t.speech.Robot(prompt, text)
	t.breaches(n, text)
	t.add(schema.SpeakerRobot, script, TurnTruth{Node: n.ID, Said: how, Acts: t.speech.Acts(), Spans: spans})
	t.playing = int64(utf8.RuneCountInString(script)) * robotPace
}

// breaches records the breaches that are planted in the line that a node says now.
func (t *Dialogue) breaches(n *script.Node, text script.Template) {
	for _, q := range t.call.Plants {
		if q.Breach && q.Node == n && &text[0] == &n.Say(t.call.Version)[0] {
			t.Causes = append(t.Causes, Hit{q, len(t.Turns), false})
		}
	}
}

// bare adds an entry of a list as a line of the contact or of a machine.
func (t *Dialogue) bare(intent *script.List, node string) {
	t.speech.Say(intent)
	t.reply(intent.Name, node)
}

// reply adds the composed lines as the contact's.
func (t *Dialogue) reply(said, node string) {
	t.spoke = true
	t.told(said, node)
	if t.dice.Percent(13) {
		t.playing = t.playing * int64(t.dice.Between(35, 95)) / 100 // interrupts
	}
	script, spans := t.speech.Text()
	speaking := int64(utf8.RuneCountInString(script)) * contactPace
	reaction := 250 + t.dice.Skewed(2400)
	if t.call.Person.Age == people.AgeOld {
		reaction += t.dice.Skewed(1800)
	}
	t.Clock += t.playing + int64(reaction) + speaking + int64(200+t.dice.Below(500))
	t.playing = 0
	if script == "" {
		return // all of it is told
	}
	t.add(schema.SpeakerContact, script, TurnTruth{Node: node, Said: said, Acts: t.speech.Acts(), Spans: spans})
}

// tellMore lets the contact add something of the campaign's list to a reply. What
// is told takes no part in the course of the call: it has dice of its own, and no
// one loses patience over it.
func (t *Dialogue) tellMore(node string) {
	c := t.call.Campaign
	if c.Adds == nil || !t.telling.Percent(c.AddsTo) {
		return
	}
	t.speech.Tell(c.Adds)
	t.told(c.Adds.Name, node)
}

// told adds the lines that are done, of the contact and of the robot that listens.
func (t *Dialogue) told(said, node string) {
	for _, l := range t.speech.Done() {
		speaker, truth := schema.SpeakerContact, TurnTruth{Node: node, Said: said, Acts: l.Acts, Spans: l.Spans}
		chars := int64(utf8.RuneCountInString(l.Text))
		if l.Robot != "" {
			speaker, truth = schema.SpeakerRobot, TurnTruth{Node: l.Robot, Said: "listens", Acts: l.Acts, Spans: l.Spans}
			t.Clock += t.playing + int64(100+t.telling.Skewed(400))
			t.playing = chars * robotPace
		} else {
			t.Clock += t.playing + int64(200+t.telling.Skewed(900)) + chars*contactPace
			t.playing = 0
		}
		at := max(t.Clock, t.stored+1)
		t.Turns = append(t.Turns, schema.Turn{Speaker: speaker, Script: l.Text, Timestamp: at})
		t.Truth = append(t.Truth, truth)
		t.stored = at
		t.aside++
	}
}

// add appends a turn. Timestamps usually increase; now and then two are equal, or
// a late turn precedes its predecessor.
func (t *Dialogue) add(speaker, script string, truth TurnTruth) {
	at := max(t.Clock, t.stored+1)
	switch n := t.dice.Below(1000); {
	case len(t.Turns) == 0:
	case n < 14:
		at = t.stored
	case n < 24:
		at = t.stored - int64(20+t.dice.Skewed(1300))
	}
	t.Turns = append(t.Turns, schema.Turn{Speaker: speaker, Script: script, Timestamp: at})
	t.Truth = append(t.Truth, truth)
	t.stored = max(t.stored, at)
}

// TurnTruth is the truth of a turn.
type TurnTruth struct {
	Node string `json:"node"`
	// Said is what the robot did (say, again, unheard, silence, listens) or the
	// contact's intent, which is the name of a word list. A robot that listens says
	// a word between two lines of a contact: its Node is the list the word is from.
	Said string `json:"said"`
	// Acts is what saying the line amounts to, as its list or script says: promise
	// (of the contact, to pay or come by a day), opt_out, abuse.
	Acts []string `json:"acts,omitempty"`
	// Causes are the kinds of what is planted that was at work at the line, or that
	// is the line.
	Causes []string      `json:"causes,omitempty"`
	Spans  []speech.Span `json:"spans,omitempty"`
}
