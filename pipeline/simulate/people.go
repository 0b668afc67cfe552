package simulate

import "callmill/pipeline/simulate/script"

// person is somebody who is called, perhaps by several campaigns. It is a
// function of the world's seed and the person's number alone.
type person struct {
	number           int
	name, surname    string
	honorific, phone string
	state            lineState
	machine          machine
	age              age
	dialect          *dialect

	answers  int  // chance in percent to answer at a usual hour
	patience int  // 0 to 99; the impatient hang up
	warmth   int  // 0 to 99; the well-disposed say yes
	chat     int  // 0 to 99; the talkative ask and tell
	weary    bool // of being called: asks to be left alone
}

// lineState is what became of a person's number.
type lineState uint8

const (
	lineGood lineState = iota
	lineNone           // no such number any more
	lineSuspended
	lineInArrears
	lineOftenOff
)

// machine is what answers in a person's place, now and then.
type machine uint8

const (
	machineNone machine = iota
	machineAssistant
	machineExtension
	machineVoicemail
)

type age uint8

const (
	ageYoung age = iota
	ageMiddle
	ageOld
)

// shares of the states of a number, in permille; what is left is good. Lists
// of customers age: a few percent of their numbers are out of use.
const (
	permilleNone      = 16
	permilleSuspended = 14
	permilleInArrears = 10
	permilleOftenOff  = 35
)

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

// pickMachine: call assistants of telephones, switchboards of offices, and
// voice mail.
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

// moodFactor is how much more or less often, in percent, the person says
// things of a mood than people on average do.
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
