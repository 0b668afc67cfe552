package progress

import (
	"encoding/json"
	"io"
	"math"
	"time"
)

// lines is the view that writes a line at a time.
type lines struct {
	w      io.Writer
	least  time.Duration
	format func(snapshot) string
}

func (l *lines) start(string, func() snapshot) {}

// show writes a line. A stream nobody reads must not end the run.
func (l *lines) show(s snapshot) { _, _ = io.WriteString(l.w, l.format(s)+"\n") }

func (l *lines) finish(s snapshot) { l.show(s) }

func (l *lines) every() time.Duration {
	if l.least > 0 {
		return l.least
	}
	return 5 * time.Second
}

func plainLine(s snapshot) string { return s.label + ": " + s.text() }

// jsonState is a line of --progress json. Instants are UTC.
type jsonState struct {
	Time        time.Time `json:"time"`
	Stage       string    `json:"stage"`
	Done        int64     `json:"done"`
	Total       int64     `json:"total,omitempty"` // absent: not known
	Unit        string    `json:"unit"`
	Rate        float64   `json:"rate"`                   // units per second of late, in the final line over the stage
	SecondsLeft *float64  `json:"seconds_left,omitempty"` // absent: not known
	Jobs        int64     `json:"jobs"`
	Turns       int64     `json:"turns"`
	Rejects     int64     `json:"rejects"`
	Retries     int64     `json:"retries"`
	Throttles   int64     `json:"throttles"`
	Final       bool      `json:"final"` // the last line of its stage
}

func jsonLine(s snapshot) string {
	state := jsonState{
		Time: s.now.UTC().Truncate(time.Millisecond), Stage: s.label,
		Done: s.done, Total: s.total, Unit: s.unit, Rate: tenths(s.rate),
		Jobs: s.counts[Jobs], Turns: s.counts[Turns], Rejects: s.counts[Rejects],
		Retries: s.counts[Retries], Throttles: s.counts[Throttles],
		Final: s.final,
	}
	if left, ok := s.left(); ok {
		seconds := tenths(left.Seconds())
		state.SecondsLeft = &seconds
	}
	b, _ := json.Marshal(state) // strings, finite numbers and a time of our era always are JSON
	return string(b)
}

func tenths(x float64) float64 { return math.Round(x*10) / 10 }
