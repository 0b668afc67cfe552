package simulate

import "callmill/pipeline/simulate/script"

// person is a contact, possibly of several campaigns: a function of the seed and
// the person's number alone.
type person struct {
	number           int
	name, surname    string
	honorific, phone string
	state            lineState
	machine          machine
	age              age
	dialect          *dialect

	answers  int  // probability of answering at a usual hour, in percent
	patience int  // 0 to 99; the impatient hang up
	warmth   int  // 0 to 99; the well-disposed say yes
	chat     int  // 0 to 99; the talkative ask and tell
	weary    bool // of being called: asks to be left alone
}

// lineState is the state of a person's number.
type lineState uint8

const (
	lineGood lineState = iota
	lineNone           // not in service any more
	lineSuspended
	lineInArrears
	lineOftenOff
)

// machine is what sometimes answers instead of the person.
type machine uint8

const (
	machineNone machine = iota
	machineAssistant
	machineExtension
	machineVoicemail
)

// age is a group of ages.
type age uint8

const (
	ageYoung age = iota
	ageMiddle
	ageOld
)

// Shares of the states of numbers, in permille; the rest is good. Customer lists
// age: a few percent of their numbers are out of use.
const (
	permilleNone      = 16
	permilleSuspended = 14
	permilleInArrears = 10
	permilleOftenOff  = 35
)

// person sets p to person n.
func (w *World) person(n int, p *person) {
	var d dice
	d.seed(w.seed, forPerson, uint64(n))
	*p = person{number: n, phone: phoneOf(w.seed, n)}
	female := d.percent(48)
	p.surname = w.words.plain("family_name", &d)
	given := "given_male"
	form := "先生"
	if female {
		given, form = "given_female", "女士"
	}
	p.name = p.surname + w.words.plain(given, &d)
	if !d.percent(28) {
		p.name += w.words.plain(given, &d)
	}
	p.honorific = p.surname + form
	p.state = pickLineState(d.below(1000))
	p.machine = pickMachine(d.below(1000))
	p.age = pickAge(d.below(100))
	if d.percent(18) {
		p.dialect = w.dialects[d.below(len(w.dialects))]
	}
	p.answers = d.bell(20, 88)
	p.patience = d.below(100)
	p.warmth = d.below(100)
	p.chat = d.below(100)
	p.weary = d.percent(4)
	if p.weary {
		p.patience /= 3
	}
}

func pickLineState(n int) lineState {
	for _, s := range []struct {
		state    lineState
		permille int
	}{{lineNone, permilleNone}, {lineSuspended, permilleSuspended}, {lineInArrears, permilleInArrears}, {lineOftenOff, permilleOftenOff}} {
		if n < s.permille {
			return s.state
		}
		n -= s.permille
	}
	return lineGood
}

// pickMachine returns a machine for n from 0 to 999: call assistants of phones,
// switchboards of offices, and voicemail.
func pickMachine(n int) machine {
	switch {
	case n < 80:
		return machineAssistant
	case n < 97:
		return machineExtension
	case n < 112:
		return machineVoicemail
	}
	return machineNone
}

func pickAge(n int) age {
	switch {
	case n < 42:
		return ageYoung
	case n < 82:
		return ageMiddle
	}
	return ageOld
}

// moodFactor returns how often the person says lines of a mood, in percent of the
// average.
func (p *person) moodFactor(m script.Mood) int {
	switch m {
	case script.MoodHostile:
		factor := 150 - 3*p.patience/2 + (100-p.warmth)/4
		if p.weary {
			factor += 500
		}
		return max(factor, 8)
	case script.MoodCurious:
		return 25 + p.chat*3/2 + (99-p.warmth)/4
	case script.MoodSlow:
		if p.age == ageOld {
			return 260
		}
		return 75
	case script.MoodWilling:
		return 62 + p.warmth*3/4
	}
	return 100
}
