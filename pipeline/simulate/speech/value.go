package speech

import (
	"time"

	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/spoken"
)

// Value is the value of a parameter for one job.
type Value struct {
	Written string // as in Extras and in lines of the robot
	Number  int    // from which the spoken form is composed; of a date, days since 1970-01-01
}

// say returns the value as spoken.
func say(q *script.Parameter, v Value) string {
	switch q.Kind {
	case script.ParameterMoney:
		return spoken.Money(v.Number)
	case script.ParameterNumber:
		return spoken.Number(v.Number)
	case script.ParameterDate:
		t := time.Unix(int64(v.Number)*24*60*60, 0).UTC()
		return spoken.Number(int(t.Month())) + "月" + spoken.Number(t.Day()) + "号"
	case script.ParameterClock:
		text := spoken.Count(v.Number/100) + "点"
		if v.Number%100 != 0 {
			text += "半"
		}
		return text
	}
	return v.Written
}

// personal returns what personal data a parameter is; its Kind is "" if it is none.
func personal(q *script.Parameter) Span {
	span := Span{Kind: q.Personal, Of: "own"}
	if q.Unlisted {
		span.Of = "" // the job does not say it
	}
	switch q.Kind {
	case script.ParameterAddress:
		span.Kind = "address"
	case script.ParameterPick:
		span.Kind = q.List.Span
		if q.List.Of != "" {
			span.Of = q.List.Of
		}
	}
	return span
}
