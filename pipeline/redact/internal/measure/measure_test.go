package measure_test

import (
	"math"
	"strings"
	"testing"

	"callmill/pipeline/redact/internal/measure"
	"callmill/pipeline/redact/span"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

func world(t *testing.T) *simulate.World {
	w, err := simulate.New(simulate.Options{People: 300, Misheard: 8})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// A finder that knows the truth has it exactly, one that finds nothing misses all,
// and what is found elsewhere is false.
func TestWorld(t *testing.T) {
	w := world(t)
	next, tasks := 0, []simulate.TaskTruth{}
	knowing := measure.Finder{
		Job: func(*schema.Job) {
			_, truth := w.Job(next)
			next++
			tasks = truth.Tasks
		},
		Find: func(dst []span.Span, call []span.Line) []span.Span {
			for len(tasks[0].Turns) == 0 {
				tasks = tasks[1:]
			}
			for n, turn := range tasks[0].Turns {
				for _, s := range turn.Spans {
					dst = append(dst, span.Span{Line: n, Start: s.Start, End: s.End, Kind: span.Kind(s.Kind)})
				}
			}
			tasks = tasks[1:]
			return dst
		},
	}
	s := measure.World(w, knowing)
	all := s.Of(nil)
	if all.Spans < 300 || all.Exact != all.Spans || s.Found().False != 0 {
		t.Errorf("a finder that knows: %+v, found %+v\n%s", all, s.Found(), s)
	}
	nothing := measure.World(w, measure.Finder{Find: func(dst []span.Span, _ []span.Line) []span.Span { return dst }})
	if got := nothing.Of(nil); got.Missed != all.Spans || got.Masked() != 0 {
		t.Errorf("a finder that finds nothing: %+v", got)
	}
	first := measure.World(w, measure.Finder{Find: func(dst []span.Span, call []span.Line) []span.Span {
		for n, line := range call {
			dst = append(dst, span.Span{Line: n, End: len(line.Text), Kind: span.Number})
		}
		return dst
	}})
	if got := first.Of(nil); got.Masked() != all.Spans || got.Exact == all.Spans {
		t.Errorf("a finder of whole lines: %+v", got)
	}
	if f := first.Found(span.Number); f.Spans != first.Lines || f.False == 0 || f.False >= f.Spans {
		t.Errorf("a finder of whole lines finds %+v in %d lines", f, first.Lines)
	}
	if text := first.String(); !strings.Contains(text, "phone") || !strings.Contains(text, "split") || len(first.Wrong()) == 0 {
		t.Errorf("the table is\n%s", text)
	}
}

func TestWilson(t *testing.T) {
	for _, tt := range []struct {
		n, of     int
		low, high float64
	}{
		{0, 0, 0, 1}, {0, 10, 0, 0.2775}, {10, 10, 0.7225, 1}, {81, 263, 0.2553, 0.3662}, // the last of Newcombe, Statistics in Medicine 17 (1998), 857–872
	} {
		low, high := measure.Wilson(tt.n, tt.of)
		if math.Abs(low-tt.low) > 1e-4 || math.Abs(high-tt.high) > 1e-4 {
			t.Errorf("Wilson(%d, %d) = %.4f, %.4f; want %.4f, %.4f", tt.n, tt.of, low, high, tt.low, tt.high)
		}
	}
}
