// Package people makes up whom the robot calls: their names and numbers, how they
// answer, how patient, well-disposed and talkative they are.
package people

import (
	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/speech"
)

// Person is a contact, possibly of several campaigns: a function of the seed and
// the person's number alone.
type Person struct {
	speech.Person
	Number  int
	State   LineState
	Machine Machine
	Age     Age

	Answers  int  // probability of answering at a usual hour, in percent
	Patience int  // 0 to 99; the impatient hang up
	Warmth   int  // 0 to 99; the well-disposed say yes
	Weary    bool // of being called: asks to be left alone
}

// LineState is the state of a person's number.
type LineState uint8

// The states of numbers.
const (
	LineGood LineState = iota
	LineNone           // not in service any more
	LineSuspended
	LineInArrears
	LineOftenOff
)

// Machine is what sometimes answers instead of the person.
type Machine uint8

// The machines.
const (
	MachineNone Machine = iota
	MachineAssistant
	MachineExtension
	MachineVoicemail
)

// Machines is how many there are.
const Machines = MachineVoicemail + 1

// Age is a group of ages.
type Age uint8

// The groups of ages.
const (
	AgeYoung Age = iota
	AgeMiddle
	AgeOld
)

// Shares of the states of numbers, in permille; the rest is good. Customer lists
// age: a few percent of their numbers are out of use.
const (
	permilleNone      = 16
	permilleSuspended = 14
	permilleInArrears = 10
	permilleOftenOff  = 35
)

// Make sets p to person n, with a phone, drawn with dice.
func (p *Person) Make(n int, phone string, words *speech.Words, d *dice.Dice) {
	*p = Person{Number: n, Person: speech.Person{Phone: phone}}
	female := d.Percent(48)
	p.Surname = words.Plain("family_name", d)
	given := "given_male"
	form := "先生"
	if female {
		given, form = "given_female", "女士"
	}
	p.Name = p.Surname + words.Plain(given, d)
	if !d.Percent(28) {
		p.Name += words.Plain(given, d)
	}
	p.Honorific = p.Surname + form
	p.State = pickLineState(d.Below(1000))
	p.Machine = pickMachine(d.Below(1000))
	p.Age = pickAge(d.Below(100))
	if d.Percent(18) {
		p.Dialect = words.Dialects[d.Below(len(words.Dialects))]
	}
	p.Answers = d.Bell(20, 88)
	p.Patience = d.Below(100)
	p.Warmth = d.Below(100)
	p.Chat = d.Below(100)
	p.Weary = d.Percent(4)
	if p.Weary {
		p.Patience /= 3
	}
}

func pickLineState(n int) LineState {
	for _, s := range []struct {
		state    LineState
		permille int
	}{{LineNone, permilleNone}, {LineSuspended, permilleSuspended}, {LineInArrears, permilleInArrears}, {LineOftenOff, permilleOftenOff}} {
		if n < s.permille {
			return s.state
		}
		n -= s.permille
	}
	return LineGood
}

// pickMachine returns a machine for n from 0 to 999: call assistants of phones,
// switchboards of offices, and voicemail.
func pickMachine(n int) Machine {
	switch {
	case n < 80:
		return MachineAssistant
	case n < 97:
		return MachineExtension
	case n < 112:
		return MachineVoicemail
	}
	return MachineNone
}

func pickAge(n int) Age {
	switch {
	case n < 42:
		return AgeYoung
	case n < 82:
		return AgeMiddle
	}
	return AgeOld
}

// MoodFactor returns how often the person says lines of a mood, in percent of the
// average.
func (p *Person) MoodFactor(m script.Mood) int {
	switch m {
	case script.MoodHostile:
		factor := 150 - 3*p.Patience/2 + (100-p.Warmth)/4
		if p.Weary {
			factor += 500
		}
		return max(factor, 8)
	case script.MoodCurious:
		return 25 + p.Chat*3/2 + (99-p.Warmth)/4
	case script.MoodSlow:
		if p.Age == AgeOld {
			return 260
		}
		return 75
	case script.MoodWilling:
		return 62 + p.Warmth*3/4
	}
	return 100
}
