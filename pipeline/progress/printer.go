package progress

import (
	"encoding/json"
	"io"
	"math"
	"time"
)

// printer is the view that prints a line at a time.
type printer struct {
	w        io.Writer
	interval time.Duration // at least, between two lines; 0 means five seconds
	format   func(snapshot) string
}

func (p *printer) start(string, func() snapshot) {}

// show prints a line. It ignores write errors: a closed stream must not end the run.
func (p *printer) show(s snapshot) { _, _ = io.WriteString(p.w, p.format(s)+"\n") }

func (p *printer) finish(s snapshot) { p.show(s) }

func (p *printer) every() time.Duration {
	if p.interval > 0 {
		return p.interval
	}
	return 5 * time.Second
}

func formatPlain(s snapshot) string { return s.label + ": " + s.text() }

// jsonState is a line of --progress json. Timestamps are UTC.
type jsonState struct {
	Time        time.Time `json:"time"`
	Stage       string    `json:"stage"`
	Done        int64     `json:"done"`
	Total       int64     `json:"total,omitempty"` // absent: unknown
	Unit        string    `json:"unit"`
	Rate        float64   `json:"rate"`                   // units per second: recently, or over the whole stage if final
	SecondsLeft *float64  `json:"seconds_left,omitempty"` // absent: unknown
	Jobs        int64     `json:"jobs"`
	Turns       int64     `json:"turns"`
	Rejects     int64     `json:"rejects"`
	Retries     int64     `json:"retries"`
	Throttles   int64     `json:"throttles"`
	Final       bool      `json:"final"` // whether it is the last line of its stage
}

func formatJSON(s snapshot) string {
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
	b, _ := json.Marshal(state) // cannot fail: strings, finite numbers and a valid time
	return string(b)
}

func tenths(x float64) float64 { return math.Round(x*10) / 10 }
