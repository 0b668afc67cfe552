package simulate

import (
	"fmt"
	"strconv"
	"time"
)

// value is a parameter of one job.
type value struct {
	written string // as a robot says it and Extras hold it
	number  int    // what spoken makes its text of
}

// fillParameters makes the values of a job. An address belongs to the person,
// so it is the same in every campaign.
func (w *World) fillParameters(p *plan, s *speech) []value {
	c := p.group.campaign
	var d, own dice
	d.seed(w.seed, forParameters, uint64(p.index))
	values := make([]value, len(c.parameters))
	for i := range c.parameters {
		q := &c.parameters[i]
		switch q.kind {
		case parameterAddress:
			own.seed(w.seed, forParameters, uint64(p.person.number)|1<<60)
			values[i].written = s.plainText(q.list, &own)
		case parameterPick:
			values[i].written = s.plainText(q.list, &d)
		default:
			values[i] = numeric(q, &d, p.group.created)
		}
	}
	return values
}

func numeric(q *parameter, d *dice, created int64) value {
	switch q.kind {
	case parameterMoney:
		cents := d.between(q.low*100, q.high*100)
		if d.percent(30) {
			cents -= cents % 1000
		}
		return value{fmt.Sprintf("%d.%02d", cents/100, cents%100), cents}
	case parameterDigits:
		digits := make([]byte, q.low)
		for i := range digits {
			digits[i] = byte('0' + d.below(10))
		}
		return value{written: string(digits)}
	case parameterDate:
		day := localDay(created) + int64(d.between(q.low, q.high))*dayMS
		t := instant(day)
		return value{fmt.Sprintf("%d月%d日", t.Month(), t.Day()), int((day + 8*hourMS) / dayMS)}
	case parameterClock:
		hour, half := d.between(q.low, q.high), d.below(2)
		if half == 1 {
			return value{fmt.Sprintf("%d点30分", hour), hour*100 + 30}
		}
		return value{fmt.Sprintf("%d点", hour), hour * 100}
	}
	n := d.between(q.low, q.high)
	return value{strconv.Itoa(n), n}
}

// spoken is the value as people say it.
func spoken(q *parameter, v value) string {
	switch q.kind {
	case parameterMoney:
		return spokenMoney(v.number)
	case parameterNumber:
		return spokenNumber(v.number)
	case parameterDigits:
		return spokenDigitRow(v.written)
	case parameterDate:
		t := instant(int64(v.number) * dayMS)
		return spokenNumber(int(t.Month())) + "月" + spokenNumber(t.Day()) + "号"
	case parameterClock:
		text := spokenCount(v.number/100) + "点"
		if v.number%100 != 0 {
			text += "半"
		}
		return text
	}
	return v.written
}

// personal is the kind of personal data a parameter is, or "".
func personal(q *parameter) string {
	switch q.kind {
	case parameterAddress:
		return SpanAddress
	case parameterDigits:
		return SpanNumber
	case parameterPick:
		return q.list.span
	}
	return ""
}

func instant(ms int64) time.Time { return time.UnixMilli(ms).In(china) }
