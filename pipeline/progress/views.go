package progress

import (
	"encoding/json"
	"io"
	"math"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// minBarWidth is the width below which no bar is drawn: the text then has the line
// to itself.
const minBarWidth = 10

// bar is the view for terminals, drawn by mpb. mpb's goroutines read the state
// when they draw, so Add does not notify them.
type bar struct {
	w       io.Writer
	refresh time.Duration

	container *mpb.Progress // of the running stage
	bar       *mpb.Bar
}

func (b *bar) every() time.Duration { return 0 }

func (b *bar) show(snapshot) {}

func (b *bar) start(label string, snap func() snapshot) {
	// mpb's containers cannot be reused after Wait, so every stage has its own.
	// WithAutoRefresh: mpb need not detect the terminal, New was told of it.
	b.container = mpb.New(mpb.WithOutput(b.w), mpb.WithAutoRefresh(), mpb.WithRefreshRate(b.refresh))
	b.bar = b.container.MustAdd(0, filler(snap), // 0: it ends with finish
		mpb.BarFillerTrim(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return label + ": " })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { s := snap(); return s.text() })),
	)
}

func (b *bar) finish(snapshot) {
	b.bar.SetTotal(-1, true)
	b.container.Wait()
}

// filler draws the bar if the total is known and there is room for it.
func filler(snap func() snapshot) mpb.BarFiller {
	style := mpb.BarStyle().Build()
	return mpb.BarFillerFunc(func(w io.Writer, st decor.Statistics) error {
		s := snap()
		if s.total <= 0 || st.AvailableWidth < minBarWidth {
			return nil
		}
		st.AvailableWidth-- // the space before the text
		st.Current, st.Total, st.Completed = min(s.done, s.total), s.total, s.done >= s.total
		if err := style.Fill(w, st); err != nil {
			return err
		}
		_, err := io.WriteString(w, " ")
		return err
	})
}

// printer is the view that prints a line at a time.
type printer struct {
	w        io.Writer
	interval time.Duration // at least, between two lines
	format   func(snapshot) string
}

func (p *printer) start(string, func() snapshot) {}

// show prints a line. It ignores write errors: a closed stream must not end the run.
func (p *printer) show(s snapshot) { _, _ = io.WriteString(p.w, p.format(s)+"\n") }

func (p *printer) finish(s snapshot) { p.show(s) }

func (p *printer) every() time.Duration { return p.interval }

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
