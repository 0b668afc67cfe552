package simulate

import (
	"iter"

	"callmill/pipeline/simulate/dialogue"
	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/people"
	"callmill/pipeline/simulate/script"
)

// attempt simulates attempt k (from 0), planned at an instant.
func (w *World) attempt(p *plan, k int, at int64, d *dice.Dice) attempt {
	a := attempt{planned: at, number: p.callingNumber(k, d)}
	if a.status = p.refused(k, at, d); a.status != "" {
		return a
	}
	a.actual = at + int64(d.Skewed(90_000)) + 800
	if d.Percent(4) {
		a.actual += int64(d.Skewed(25)) * minute // all lines were busy
	}
	switch n := d.Below(10_000); {
	case n < 8:
		a.status = "Executing" // its end was never reported
		return a
	case n < 45:
		a.status, a.ringing = "Failed", d.Skewed(6)
		return a
	}
	if status := deadLine(p.person.State, d); status != "" {
		a.status, a.ringing = status, d.Between(2, 9)
		return a
	}
	if !w.answers(p, k, &a, d) {
		a.status, a.ringing = unanswered(d)
		return a
	}
	a.ringing = 3 + d.Skewed(28)
	a.status = p.answeredBy(d)
	return a
}

// refused returns the status of an attempt that is not dialled, or "".
func (p *plan) refused(k int, at int64, d *dice.Dice) string {
	n := d.Below(10_000)
	if k > 0 {
		switch p.attempts[k-1].status {
		case "NotExist":
			return "EmptyNumber"
		case "OutOfService":
			return "OutOfServiceNoCall"
		case "InArrears":
			return "InArrearsNoCall"
		}
		if localDay(p.attempts[k-1].planned) == localDay(at) && n < 250 {
			return "PerDayCallCountLimit"
		}
		if n >= 9_960 {
			return "Cancelled"
		}
	}
	known := p.group.ordinal > 1 // from earlier groups
	switch {
	case known && p.person.State == people.LineNone && n < 4_500:
		return "EmptyNumber"
	case known && p.person.Weary && n < 3_500, n < 15:
		return "ContactBlockList"
	case n < 50:
		return "VerificationCancelled"
	case n < 75:
		return "HighRiskSipCode"
	case n < 95:
		return "CallerNotRegistered"
	case n < 107:
		return "CallingNumberNotExist"
	case n < 130:
		return "PerDayCallCountLimit" // other campaigns called
	}
	return ""
}

// deadLine returns the status of a call to a number out of use, or "".
func deadLine(state people.LineState, d *dice.Dice) string {
	switch {
	case state == people.LineNone && d.Percent(88):
		return "NotExist"
	case state == people.LineNone:
		return "NotConnected"
	case state == people.LineSuspended:
		return "OutOfService"
	case state == people.LineInArrears:
		return "InArrears"
	case state == people.LineOftenOff && d.Percent(62):
		return "PoweredOff"
	}
	return ""
}

// answers draws whether a person or a machine answers the call, and records the
// planted causes that made it less likely.
func (w *World) answers(p *plan, k int, a *attempt, d *dice.Dice) bool {
	c := p.group.campaign
	hour := localHour(a.actual)
	chance := p.person.Answers * 100
	chance = chance * answerByHour[hour] / 100
	chance = chance * answerByWeekday[weekday(a.actual)] / 100
	chance = chance * answerByAttempt[min(k, len(answerByAttempt)-1)] / 100
	chance = chance * c.Reach / 100
	planted := chance * callingNumbers[a.number-1].answer / 100
	draw := d.Below(10_000)
	for q := range w.bearing(p.group, a) {
		if q.Answer == 100 {
			continue
		}
		before := planted
		planted = planted * q.Answer / 100
		a.causes = append(a.causes, dialogue.Hit{Plant: q, Turn: -1, Decisive: draw >= planted && draw < before})
	}
	return draw < planted
}

// bearing yields the plants whose conditions hold for a dialled attempt of a group:
// those of its campaign, then those of calling numbers.
func (w *World) bearing(g *group, a *attempt) iter.Seq[*script.Plant] {
	return func(yield func(*script.Plant) bool) {
		hour, percent := localHour(a.actual), w.percentAt(a.actual)
		for _, plants := range [][]script.Plant{g.campaign.Plants, w.flagged} {
			for i := range plants {
				if q := &plants[i]; g.bears(q) && q.From <= percent && (q.Number == 0 || q.Number == a.number) &&
					(q.Hours == nil || q.Hours.Low <= hour && hour < q.Hours.High) && !yield(q) {
					return
				}
			}
		}
	}
}

// bears reports whether a plant is in the calls of the group.
func (g *group) bears(q *script.Plant) bool {
	return (q.Version < 0 || q.Version == g.version) && (q.Batch == 0 || q.Batch == g.ordinal)
}

// percentAt returns how many percent of the world's days are over when the day of
// an instant begins.
func (w *World) percentAt(ms int64) int {
	return int((localDay(ms) - w.begin) / dayMS * 100 / int64(w.options.Days))
}

// unanswered draws how a call fails that is not answered.
func unanswered(d *dice.Dice) (status string, ringing int) {
	switch n := d.Below(100); {
	case n < 63:
		return "NoAnswer", d.Between(38, 60)
	case n < 84:
		return "Busy", d.Between(2, 24) // engaged, or declined
	case n < 95:
		return "NotConnected", d.Between(3, 20)
	}
	return "PoweredOff", d.Between(3, 8)
}

// answeredBy returns the status of a call that a machine answered or that broke
// at once, or "" for a person.
func (p *plan) answeredBy(d *dice.Dice) string {
	if p.person.Machine != people.MachineNone && d.Percent(72) {
		switch p.person.Machine {
		case people.MachineAssistant:
			return "SucceededSpecialInterceptVoiceAssistant"
		case people.MachineExtension:
			return "SucceededSpecialInterceptExtensionNumberTransfer"
		case people.MachineVoicemail:
			return "SucceededSpecialInterceptCustomSpecialIntercept"
		}
	}
	if d.Permille(3) {
		return "Succeeded" // not subdivided, as all were once
	}
	return ""
}
