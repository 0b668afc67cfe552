package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"callmill/pipeline"
	"callmill/schema"
)

// The line with every end of it made up: fakes_test.go says what a piece of
// input looks like.

func TestRunMovesEverything(t *testing.T) {
	for _, workers := range []int{1, 2, 16} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			d := &fakeDataset{}
			report, err := pipeline.Run(t.Context(), line(workers, newSource("jj", "rjr", "", "j"), d))
			if err != nil {
				t.Fatal(err)
			}
			want := &pipeline.Report{Bytes: 6, Jobs: 4, Turns: 8, Rejects: 2, Findings: schema.Findings{Coercions: schema.Counts{"letters": 6}}}
			if diff := cmp.Diff(want, report); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"a/0", "a/1", "b/1", "d/0"}, sorted(d.added)); diff != "" {
				t.Errorf("added (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"b/0", "b/2"}, sorted(d.rejected)); diff != "" {
				t.Errorf("rejected (-want +got):\n%s", diff)
			}
			if d.appenders != workers || d.flushed != workers || d.published != 1 {
				t.Errorf("%d appenders, %d flushed, published %d times", d.appenders, d.flushed, d.published)
			}
		})
	}
}

// Every piece of input is given back once, and by nobody but the line.
func TestRunReleasesInput(t *testing.T) {
	s := newSource(strings.Split(strings.Repeat("jr,", 40), ",")...)
	if _, err := pipeline.Run(t.Context(), line(3, s, &fakeDataset{})); err != nil {
		t.Fatal(err)
	}
	if yielded, released := s.yielded.Load(), s.released.Load(); yielded != 41 || released != 41 {
		t.Errorf("%d pieces delivered, %d released", yielded, released)
	}
}

func TestRunWithoutWorkersGivenHasOnePerProcessor(t *testing.T) {
	d := &fakeDataset{}
	if _, err := pipeline.Run(t.Context(), line(0, newSource("j"), d)); err != nil {
		t.Fatal(err)
	}
	if want := runtime.GOMAXPROCS(0); d.appenders != want {
		t.Errorf("%d workers, want %d", d.appenders, want)
	}
}

// TestFirstErrorEndsEverything lets each end of the line fail in turn.
func TestFirstErrorEndsEverything(t *testing.T) {
	broken := errors.New("broken")
	for _, where := range []string{"source", "decoder", "job", "reject", "flush", "commit"} {
		t.Run(where, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			s := newSource(strings.Split(strings.Repeat("jrj,", 100), ",")...)
			d := &fakeDataset{fail: map[string]error{where: broken}}
			if where == "source" {
				s.failAfter, s.err = 50, broken
			}
			l := line(4, s, d)
			if where == "decoder" {
				l.Decoder = func() pipeline.Decoder { return &fakeDecoder{err: broken} }
			}
			_, err := pipeline.Run(t.Context(), l)
			if !errors.Is(err, broken) {
				t.Errorf("the error is %v, want that of %s", err, where)
			}
			if d.published != 0 {
				t.Error("published")
			}
			// An error about a piece of input names it; the dataset's own do not.
			named := strings.HasPrefix(err.Error(), "decode ") && strings.HasSuffix(err.Error(), ": broken")
			if inPiece := where == "decoder"; named != inPiece {
				t.Errorf("the error is %q", err)
			}
			if n := s.yielded.Load(); (where == "decoder" || where == "job" || where == "reject") && n > 4+4+1 {
				t.Errorf("%d of 101 pieces were read, though the first failed", n)
			}
		})
	}
}

// TestCancelledRunPublishesNothing cancels at any call of any end of the line.
func TestCancelledRunPublishesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaks := goleak.IgnoreCurrent()
		pieces := rapid.SliceOfN(rapid.StringMatching(`[jr]{0,4}`), 0, 20).Draw(t, "pieces")
		workers := rapid.IntRange(1, 4).Draw(t, "workers")
		at := rapid.Int64Range(1, 120).Draw(t, "cancelled at call")

		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var calls counter
		called := func() {
			if calls.Add(1) == at {
				cancel()
			}
		}
		s, d := newSource(pieces...), &fakeDataset{called: called}
		s.called = called
		_, err := pipeline.Run(ctx, line(workers, s, d))

		switch {
		case calls.Load() < at && (err != nil || d.published != 1):
			t.Errorf("not cancelled, but published %d times with error %v", d.published, err)
		case calls.Load() >= at && (!errors.Is(err, context.Canceled) || d.published != 0):
			t.Errorf("cancelled at call %d of %d, but published %d times with error %v", at, calls.Load(), d.published, err)
		}
		if err := goleak.Find(leaks); err != nil {
			t.Error(err)
		}
	})
}

// TestCountsBalance: everything in the input is either added or rejected, once.
func TestCountsBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.StringMatching(`[jr]{0,6}`), 0, 26).Draw(t, "pieces")
		d := &fakeDataset{}
		report, err := pipeline.Run(context.Background(), line(rapid.IntRange(1, 5).Draw(t, "workers"), newSource(pieces...), d))
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for i, piece := range pieces {
			for position := range piece {
				want = append(want, fmt.Sprintf("%s/%d", origin(i), position))
			}
		}
		slices.Sort(want)
		got := sorted(slices.Concat(d.added, d.rejected))
		if !slices.Equal(want, got) {
			t.Errorf("in the input\n%v\nin the dataset\n%v", want, got)
		}
		if int(report.Jobs) != len(d.added) || int(report.Rejects) != len(d.rejected) {
			t.Errorf("%d jobs and %d rejects reported, %d and %d there", report.Jobs, report.Rejects, len(d.added), len(d.rejected))
		}
	})
}

// TestWindow: while the workers are busy, no more input is read than one piece
// ahead for each, and the one that finds the window full.
func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const workers = 3
		gate := make(chan struct{})
		s := newSource(strings.Split(strings.Repeat("j,", 50), ",")...)
		d := &fakeDataset{gate: gate}
		var err error
		finished := false
		go func() {
			_, err = pipeline.Run(t.Context(), line(workers, s, d))
			finished = true
		}()
		for passed := range 10 {
			synctest.Wait()
			if most := int64(passed + 2*workers + 1); s.yielded.Load() != most {
				t.Errorf("with %d jobs done %d pieces were read, want %d", passed, s.yielded.Load(), most)
			}
			gate <- struct{}{}
		}
		close(gate)
		synctest.Wait()
		if !finished || err != nil || d.published != 1 {
			t.Errorf("finished: %v, error: %v, published %d times", finished, err, d.published)
		}
	})
}
