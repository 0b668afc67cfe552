package simulate

import (
	"fmt"
	"strconv"
	"time"

	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/identity"
	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/speech"
)

// fillParameters draws the values of a job. An address belongs to the person, so
// it is the same in every campaign.
func (w *World) fillParameters(p *plan, s *speech.Composer) []speech.Value {
	c := p.group.campaign
	var d, own dice.Dice
	d.Seed(w.seed, forParameters, uint64(p.index))
	values := make([]speech.Value, len(c.Parameters))
	for i := range c.Parameters {
		q := &c.Parameters[i]
		switch q.Kind {
		case script.ParameterAddress:
			own.Seed(w.seed, forParameters, uint64(p.person.Number)|1<<60)
			values[i].Written = s.PlainText(q.List, &own)
		case script.ParameterPick:
			values[i].Written = s.PlainText(q.List, &d)
		case script.ParameterMade:
			values[i].Written = identity.Make(q.Personal, &d)
		default:
			values[i] = numeric(q, &d, p.group.created)
		}
	}
	return values
}

// numeric draws the value of a parameter that is not text.
func numeric(q *script.Parameter, d *dice.Dice, created int64) speech.Value {
	switch q.Kind {
	case script.ParameterMoney:
		cents := d.Between(q.Low*100, q.High*100)
		if d.Percent(30) {
			cents -= cents % 1000
		}
		return speech.Value{Written: fmt.Sprintf("%d.%02d", cents/100, cents%100), Number: cents}
	case script.ParameterDigits:
		digits := make([]byte, q.Low)
		for i := range digits {
			digits[i] = byte('0' + d.Below(10))
		}
		return speech.Value{Written: string(digits)}
	case script.ParameterDate:
		day := localDay(created) + int64(d.Between(q.Low, q.High))*dayMS
		t := instant(day)
		return speech.Value{Written: fmt.Sprintf("%d月%d日", t.Month(), t.Day()), Number: int((day + 8*hourMS) / dayMS)}
	case script.ParameterClock:
		hour, half := d.Between(q.Low, q.High), d.Below(2)
		if half == 1 {
			return speech.Value{Written: fmt.Sprintf("%d点30分", hour), Number: hour*100 + 30}
		}
		return speech.Value{Written: fmt.Sprintf("%d点", hour), Number: hour * 100}
	}
	n := d.Between(q.Low, q.High)
	return speech.Value{Written: strconv.Itoa(n), Number: n}
}

// instant returns an instant in ms as a time in China.
func instant(ms int64) time.Time { return time.UnixMilli(ms).In(china) }
