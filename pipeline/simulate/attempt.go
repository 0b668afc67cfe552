package simulate

import "callmill/pipeline/simulate/script"

// attempt simulates attempt k (from 0), planned at an instant.
func (w *World) attempt(p *plan, k int, at int64, d *dice) attempt {
	a := attempt{planned: at, number: p.callingNumber(k, d)}
	if a.status = p.refused(k, at, d); a.status != "" {
		return a
	}
	a.actual = at + int64(d.skewed(90_000)) + 800
	if d.percent(4) {
		a.actual += int64(d.skewed(25)) * minute // all lines were busy
	}
	switch n := d.below(10_000); {
	case n < 8:
		a.status = "Executing" // its end was never reported
		return a
	case n < 45:
		a.status, a.ringing = "Failed", d.skewed(6)
		return a
	}
	if status := deadLine(p.person.state, d); status != "" {
		a.status, a.ringing = status, d.between(2, 9)
		return a
	}
	if !w.answers(p, k, &a, d) {
		a.status, a.ringing = unanswered(d)
		return a
	}
	a.ringing = 3 + d.skewed(28)
	a.status = p.answeredBy(d)
	return a
}

// refused returns the status of an attempt that is not dialled, or "".
func (p *plan) refused(k int, at int64, d *dice) string {
	n := d.below(10_000)
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
	case known && p.person.state == lineNone && n < 4_500:
		return "EmptyNumber"
	case known && p.person.weary && n < 3_500, n < 15:
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
func deadLine(state lineState, d *dice) string {
	switch {
	case state == lineNone && d.percent(88):
		return "NotExist"
	case state == lineNone:
		return "NotConnected"
	case state == lineSuspended:
		return "OutOfService"
	case state == lineInArrears:
		return "InArrears"
	case state == lineOftenOff && d.percent(62):
		return "PoweredOff"
	}
	return ""
}

// answers draws whether a person or a machine answers the call, and records the
// planted causes that made it less likely.
func (w *World) answers(p *plan, k int, a *attempt, d *dice) bool {
	c := p.group.campaign
	hour := localHour(a.actual)
	chance := p.person.answers * 100
	chance = chance * answerByHour[hour] / 100
	chance = chance * answerByWeekday[weekday(a.actual)] / 100
	chance = chance * answerByAttempt[min(k, len(answerByAttempt)-1)] / 100
	chance = chance * c.Reach / 100
	draw := d.below(10_000)
	number := &callingNumbers[a.number-1]
	planted := chance * number.answer / 100
	if a.number == flagged {
		a.causes = append(a.causes, hit{w.flagged, -1, draw >= planted && draw < chance})
	}
	for i := range c.Plants {
		q := &c.Plants[i]
		if q.Answer == 100 || !p.group.bears(q, hour) {
			continue
		}
		before := planted
		planted = planted * q.Answer / 100
		a.causes = append(a.causes, hit{q, -1, draw >= planted && draw < before})
	}
	return draw < planted
}

// bears reports whether the plant's conditions hold for a call of the group at
// an hour of the day.
func (g *group) bears(q *script.Plant, hour int) bool {
	return (q.Version < 0 || q.Version == g.version) &&
		(q.Batch == 0 || q.Batch == g.ordinal) &&
		(q.Hours == nil || q.Hours.Low <= hour && hour < q.Hours.High)
}

// unanswered draws how a call fails that is not answered.
func unanswered(d *dice) (status string, ringing int) {
	switch n := d.below(100); {
	case n < 63:
		return "NoAnswer", d.between(38, 60)
	case n < 84:
		return "Busy", d.between(2, 24) // engaged, or declined
	case n < 95:
		return "NotConnected", d.between(3, 20)
	}
	return "PoweredOff", d.between(3, 8)
}

// answeredBy returns the status of a call that a machine answered or that broke
// at once, or "" for a person.
func (p *plan) answeredBy(d *dice) string {
	if p.person.machine != machineNone && d.percent(72) {
		switch p.person.machine {
		case machineAssistant:
			return "SucceededSpecialInterceptVoiceAssistant"
		case machineExtension:
			return "SucceededSpecialInterceptExtensionNumberTransfer"
		case machineVoicemail:
			return "SucceededSpecialInterceptCustomSpecialIntercept"
		}
	}
	if d.permille(3) {
		return "Succeeded" // not subdivided, as all were once
	}
	return ""
}
