package progress

import (
	"io"
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
	refresh := b.refresh
	if refresh <= 0 {
		refresh = time.Second / 7
	}
	// mpb's containers cannot be reused after Wait, so every stage has its own.
	// WithAutoRefresh: mpb need not detect the terminal, New was told of it.
	b.container = mpb.New(mpb.WithOutput(b.w), mpb.WithAutoRefresh(), mpb.WithRefreshRate(refresh))
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
