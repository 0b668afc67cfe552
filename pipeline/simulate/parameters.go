package simulate

import (
	"fmt"
	"strconv"
	"time"

	"callmill/pipeline/simulate/script"
)

// value is the value of a parameter for one job.
type value struct {
	written string // as in Extras and in lines of the robot
	number  int    // from which spoken composes its text
}

// fillParameters draws the values of a job. An address belongs to the person, so
// it is the same in every campaign.
func (w *World) fillParameters(p *plan, s *speech) []value {
	c := p.group.campaign
	var d, own dice
	d.seed(w.seed, forParameters, uint64(p.index))
	values := make([]value, len(c.Parameters))
	for i := range c.Parameters {
		q := &c.Parameters[i]
		switch q.Kind {
		case script.ParameterAddress:
			own.seed(w.seed, forParameters, uint64(p.person.number)|1<<60)
			values[i].written = s.plainText(q.List, &own)
		case script.ParameterPick:
			values[i].written = s.plainText(q.List, &d)
		default:
			values[i] = numeric(q, &d, p.group.created)
		}
	}
	return values
}

// numeric draws the value of a parameter that is not text.
func numeric(q *script.Parameter, d *dice, created int64) value {
	switch q.Kind {
	case script.ParameterMoney:
		cents := d.between(q.Low*100, q.High*100)
		if d.percent(30) {
			cents -= cents % 1000
		}
		return value{fmt.Sprintf("%d.%02d", cents/100, cents%100), cents}
	case script.ParameterDigits:
		digits := make([]byte, q.Low)
		for i := range digits {
			digits[i] = byte('0' + d.below(10))
		}
		return value{written: string(digits)}
	case script.ParameterDate:
		day := localDay(created) + int64(d.between(q.Low, q.High))*dayMS
		t := instant(day)
		return value{fmt.Sprintf("%d月%d日", t.Month(), t.Day()), int((day + 8*hourMS) / dayMS)}
	case script.ParameterClock:
		hour, half := d.between(q.Low, q.High), d.below(2)
		if half == 1 {
			return value{fmt.Sprintf("%d点30分", hour), hour*100 + 30}
		}
		return value{fmt.Sprintf("%d点", hour), hour * 100}
	}
	n := d.between(q.Low, q.High)
	return value{strconv.Itoa(n), n}
}

// spoken returns the value as spoken.
func spoken(q *script.Parameter, v value) string {
	switch q.Kind {
	case script.ParameterMoney:
		return spokenMoney(v.number)
	case script.ParameterNumber:
		return spokenNumber(v.number)
	case script.ParameterDigits:
		return spokenDigitRow(v.written)
	case script.ParameterDate:
		t := instant(int64(v.number) * dayMS)
		return spokenNumber(int(t.Month())) + "月" + spokenNumber(t.Day()) + "号"
	case script.ParameterClock:
		text := spokenCount(v.number/100) + "点"
		if v.number%100 != 0 {
			text += "半"
		}
		return text
	}
	return v.written
}

// personal returns the kind of personal data of a parameter, or "".
func personal(q *script.Parameter) string {
	switch q.Kind {
	case script.ParameterAddress:
		return SpanAddress
	case script.ParameterDigits:
		return SpanNumber
	case script.ParameterPick:
		return q.List.Span
	}
	return ""
}

// instant returns an instant in ms as a time in China.
func instant(ms int64) time.Time { return time.UnixMilli(ms).In(china) }
