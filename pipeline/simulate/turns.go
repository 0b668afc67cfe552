package simulate

import (
	"unicode/utf8"

	"callmill/pipeline/simulate/script"
	"callmill/schema"
)

// The time, in ms, that a synthetic voice and a person on the phone take for a
// character.
const (
	robotPace   = 175
	contactPace = 210
)

// robot adds a line of the robot: a prompt, if not nil, and the text.
func (t *dialogue) robot(n *script.Node, how string, prompt, text script.Template) {
	t.speech.begin()
	t.speech.fill(prompt)
	t.speech.fill(text)
	t.clock += t.playing + int64(350+t.dice.skewed(1600))
	script, spans := t.speech.text()
	t.add(schema.SpeakerRobot, script, TurnTruth{n.ID, how, spans})
	t.playing = int64(utf8.RuneCountInString(script)) * robotPace
}

// bare adds an entry of a list as a line of the contact or of a machine.
func (t *dialogue) bare(intent *script.List, node string) {
	t.speech.begin()
	t.speech.entry(intent)
	t.reply(intent.Name, node)
}

// reply adds the composed line as the contact's.
func (t *dialogue) reply(said, node string) {
	t.spoke = true
	if t.dice.percent(13) {
		t.playing = t.playing * int64(t.dice.between(35, 95)) / 100 // interrupts
	}
	script, spans := t.speech.text()
	speaking := int64(utf8.RuneCountInString(script)) * contactPace
	reaction := 250 + t.dice.skewed(2400)
	if t.p.person.age == ageOld {
		reaction += t.dice.skewed(1800)
	}
	t.clock += t.playing + int64(reaction) + speaking + int64(200+t.dice.below(500))
	t.playing = 0
	t.add(schema.SpeakerContact, script, TurnTruth{node, said, spans})
}

// add appends a turn. Timestamps usually increase; now and then two are equal, or
// a late turn precedes its predecessor.
func (t *dialogue) add(speaker, script string, truth TurnTruth) {
	at := max(t.clock, t.stored+1)
	switch n := t.dice.below(1000); {
	case len(t.turns) == 0:
	case n < 14:
		at = t.stored
	case n < 24:
		at = t.stored - int64(20+t.dice.skewed(1300))
	}
	t.turns = append(t.turns, schema.Turn{Speaker: speaker, Script: script, Timestamp: at})
	t.truth = append(t.truth, truth)
	t.stored = max(t.stored, at)
}
