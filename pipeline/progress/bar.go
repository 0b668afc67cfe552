package progress

import (
	"io"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// leastBar is the width below which a bar says nothing: then the text has
// the line alone.
const leastBar = 10

// bar is the view for terminals, drawn by mpb. mpb's goroutines read the
// state when they draw, so that Add need not tell them anything.
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
	// mpb's containers cannot be used again after Wait, so every stage has
	// its own. Auto refresh is what mpb does on terminals; said here, it does
	// it wherever New was told that there is one.
	b.container = mpb.New(mpb.WithOutput(b.w), mpb.WithAutoRefresh(), mpb.WithRefreshRate(refresh))
	b.bar = b.container.MustAdd(0, filler(snap), // 0: it ends when finish says so
		mpb.BarFillerTrim(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return label + ": " })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { s := snap(); return s.text() })),
	)
}

func (b *bar) finish(snapshot) {
	b.bar.SetTotal(-1, true)
	b.container.Wait()
}

// filler draws the bar itself where there is a total and room for it.
func filler(snap func() snapshot) mpb.BarFiller {
	style := mpb.BarStyle().Build()
	return mpb.BarFillerFunc(func(w io.Writer, st decor.Statistics) error {
		s := snap()
		if s.total <= 0 || st.AvailableWidth < leastBar {
			return nil
		}
		st.AvailableWidth-- // for the space before the text
		st.Current, st.Total, st.Completed = min(s.done, s.total), s.total, s.done >= s.total
		if err := style.Fill(w, st); err != nil {
			return err
		}
		_, err := io.WriteString(w, " ")
		return err
	})
}
