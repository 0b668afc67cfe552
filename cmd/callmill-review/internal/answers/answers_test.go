package answers_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"callmill/cmd/callmill-review/internal/answers"
	"callmill/schema"
)

type report = func(step, steps int, doing schema.Text)

// keeper returns one in a bubble, where time passes when nothing else can happen.
func keeper(o answers.Options) *answers.Keeper { return answers.New(answers.NewSlots(2), o) }

// slow computes an answer in some time, or ends with ctx.
func slow(answer any, takes time.Duration) answers.Compute {
	return func(ctx context.Context, _ report) (any, error) {
		select {
		case <-time.After(takes):
			return answer, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func working(t *testing.T, err error) *answers.WorkingError {
	t.Helper()
	w, ok := errors.AsType[*answers.WorkingError](err)
	if !ok {
		t.Fatalf("error %v, want a WorkingError", err)
	}
	return w
}

func TestKept(t *testing.T) {
	for _, heavy := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			k := keeper(answers.Options{})
			defer k.Close()
			computed := 0
			for range 3 {
				got, err := answers.As[int](k.Ask(t.Context(), answers.Question{Key: "k", Heavy: heavy}, func(context.Context, report) (any, error) {
					computed++
					return 7, nil
				}))
				if got != 7 || err != nil {
					t.Errorf("heavy=%t: answer %d, %v", heavy, got, err)
				}
			}
			if computed != 1 {
				t.Errorf("heavy=%t: computed %d times", heavy, computed)
			}
		})
	}
}

// However many ask at once, it is computed once.
func TestOnce(t *testing.T) {
	for _, heavy := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			k := keeper(answers.Options{})
			defer k.Close()
			var computed atomic.Int32
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					_, err := k.Ask(t.Context(), answers.Question{Key: "k", Heavy: heavy, Patience: time.Minute}, func(ctx context.Context, r report) (any, error) {
						computed.Add(1)
						return slow("answer", 5*time.Second)(ctx, r)
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if computed.Load() != 1 {
				t.Errorf("heavy=%t: computed %d times", heavy, computed.Load())
			}
		})
	}
}

// Two heavy ones at a time, over all snapshots; the others see how many are before them.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slots := answers.NewSlots(2)
		nights := []*answers.Keeper{answers.New(slots, answers.Options{}), answers.New(slots, answers.Options{})}
		running, most := atomic.Int32{}, int32(0)
		ask := func(i int) error {
			_, err := nights[i%2].Ask(t.Context(), answers.Question{Key: fmt.Sprint(i), Heavy: true}, func(ctx context.Context, r report) (any, error) {
				most = max(most, running.Add(1))
				defer running.Add(-1)
				r(1, 3, schema.Text{EN: "counting"})
				return slow(i, 4*time.Second)(ctx, r)
			})
			return err
		}
		for i := range 5 { // each takes the patience of 1.5 s: 0 and 1 are done after 4 and 5.5 s
			p := working(t, ask(i)).Progress
			switch {
			case i < 2 && (p.Queued || p.Step != 1 || p.Steps != 3 || p.Doing.EN != "counting"):
				t.Errorf("question %d: %+v", i, p)
			case i == 2 && p.Queued:
				t.Errorf("question %d is not computed after 4 s: %+v", i, p)
			case i == 4 && (!p.Queued || p.Ahead != 0):
				t.Errorf("question %d does not wait: %+v", i, p)
			}
		}
		for {
			left := 0
			for i := range 5 {
				if ask(i) != nil {
					left++
				}
			}
			if left == 0 {
				break
			}
		}
		if most != 2 {
			t.Errorf("%d at a time, want 2", most)
		}
		nights[0].Close()
		nights[1].Close()
	})
}

// What nobody asks for any more ends, in the queue and while it is computed; what
// somebody asks for goes on.
func TestLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeper(answers.Options{})
		defer k.Close()
		var ended [3]atomic.Bool
		ask := func(i int) error {
			_, err := k.Ask(t.Context(), answers.Question{Key: fmt.Sprint(i), Heavy: true, Patience: time.Second}, func(ctx context.Context, r report) (any, error) {
				answer, err := slow(i, time.Minute)(ctx, r)
				ended[i].Store(err != nil)
				return answer, err
			})
			return err
		}
		for i := range 3 {
			working(t, ask(i))
		}
		for range 12 { // 0 is asked for again every 5 s
			time.Sleep(4 * time.Second)
			if ask(0) == nil {
				break
			}
		}
		if !ended[1].Load() || ended[0].Load() {
			t.Errorf("ended: %t of the question that is asked again, %t of the one that was left", ended[0].Load(), ended[1].Load())
		}
		if p := working(t, ask(2)).Progress; p.Queued {
			t.Errorf("a question that was left in the queue has not left it: %+v", p)
		}
		time.Sleep(20 * time.Second)
	})
}

// Where others always wait, nothing ends because somebody left.
func TestOthersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeper(answers.Options{})
		defer k.Close()
		computed := atomic.Int32{}
		ask := func(patience time.Duration) error {
			_, err := k.Ask(t.Context(), answers.Question{Key: "k", Heavy: true, Patience: patience}, func(ctx context.Context, r report) (any, error) {
				computed.Add(1)
				return slow("answer", 30*time.Second)(ctx, r)
			})
			return err
		}
		working(t, ask(time.Second))
		time.Sleep(time.Second)
		if err := ask(time.Minute); err != nil || computed.Load() != 1 {
			t.Errorf("computed %d times, %v", computed.Load(), err)
		}
	})
}

// What cannot be kept is told to who asks again, though nobody waited as it was ready.
func TestToldOnce(t *testing.T) {
	reason := errors.New("more than a minute")
	for _, answer := range []any{reason, strings.Repeat("x", 2000)} {
		synctest.Test(t, func(t *testing.T) {
			k := keeper(answers.Options{Bytes: 1000})
			defer k.Close()
			computed := atomic.Int32{}
			ask := func() error {
				_, err := k.Ask(t.Context(), answers.Question{Key: "k", Heavy: true, Patience: time.Second}, func(context.Context, report) (any, error) {
					computed.Add(1)
					time.Sleep(2 * time.Second)
					if err, ok := answer.(error); ok {
						return nil, err
					}
					return answer, nil
				})
				return err
			}
			for range 2 { // told once, and then forgotten
				working(t, ask())
				time.Sleep(3 * time.Second)
				if err := ask(); answer == any(reason) && !errors.Is(err, reason) || answer != any(reason) && err != nil {
					t.Errorf("told %v", err)
				}
			}
			working(t, ask())
			time.Sleep(20 * time.Second) // nobody wants to know
			working(t, ask())
			if computed.Load() != 4 {
				t.Errorf("computed %d times, want 4", computed.Load())
			}
			time.Sleep(20 * time.Second)
		})
	}
}

// Who asks just when what was left ends, has it computed anew.
func TestAskedAsItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeper(answers.Options{})
		defer k.Close()
		q := answers.Question{Key: "k", Heavy: true, Patience: time.Second}
		_, err := k.Ask(t.Context(), q, func(ctx context.Context, _ report) (any, error) {
			<-ctx.Done() // after 11 s
			time.Sleep(5 * time.Second)
			return nil, ctx.Err()
		})
		working(t, err)
		time.Sleep(12 * time.Second)
		q.Patience = time.Minute
		if got, err := k.Ask(t.Context(), q, slow("answer", time.Second)); got != "answer" || err != nil {
			t.Errorf("%v, %v", got, err)
		}
	})
}

// An error is told and not kept, and so is a panic.
func TestErrors(t *testing.T) {
	for _, heavy := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			k := keeper(answers.Options{})
			defer k.Close()
			q := answers.Question{Key: "k", Heavy: heavy}
			reason := errors.New("no memory")
			if _, err := k.Ask(t.Context(), q, func(context.Context, report) (any, error) { return nil, reason }); !errors.Is(err, reason) {
				t.Errorf("error %v", err)
			}
			_, err := k.Ask(t.Context(), q, func(context.Context, report) (any, error) { panic("index out of range") })
			if p, ok := errors.AsType[*answers.PanicError](err); !ok || !strings.Contains(p.Error(), "index out of range") || len(p.Stack) == 0 {
				t.Errorf("error %v, want the panic", err)
			}
			if got, err := k.Ask(t.Context(), q, slow("answer", 0)); got != "answer" || err != nil {
				t.Errorf("afterwards %v, %v", got, err)
			}
		})
	}
}

// Who computes a light answer and goes away leaves it to those who wait for it.
func TestComputerGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeper(answers.Options{})
		defer k.Close()
		q := answers.Question{Key: "k", Patience: time.Hour}
		ctx, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := k.Ask(ctx, q, slow("first", time.Hour)); !errors.Is(err, context.Canceled) {
				t.Errorf("who went away: %v", err)
			}
		})
		synctest.Wait()
		for range 3 {
			all.Go(func() {
				if got, err := k.Ask(t.Context(), q, slow("second", time.Second)); got != "second" || err != nil {
					t.Errorf("who stayed: %v, %v", got, err)
				}
			})
		}
		synctest.Wait()
		leave()
		all.Wait()
	})
}

// What is kept has a bound: those that were not asked for longest go.
func TestBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := make([]byte, 1<<20)
		k := keeper(answers.Options{Bytes: 1000, Shared: []any{&shared}})
		defer k.Close()
		computed := map[string]int{}
		ask := func(key string, answer any) {
			t.Helper()
			if _, err := k.Ask(t.Context(), answers.Question{Key: key}, func(context.Context, report) (any, error) {
				computed[key]++
				return answer, nil
			}); err != nil {
				t.Error(err)
			}
		}
		for range 3 {
			ask("often", make([]byte, 300))
			ask("shared", struct{ all *[]byte }{&shared})
			ask("large", strings.Repeat("x", 2000)) // more than may be kept
		}
		for i := range 20 {
			ask(fmt.Sprint(i), make([]int32, 30))
			ask("often", nil)
		}
		ask("0", nil)
		for key, want := range map[string]int{"often": 1, "shared": 1, "large": 3, "19": 1, "0": 2} {
			if computed[key] != want {
				t.Errorf("%s: computed %d times, want %d", key, computed[key], want)
			}
		}
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeper(answers.Options{})
		q := answers.Question{Key: "k", Heavy: true}
		_, err := k.Ask(t.Context(), q, slow("answer", time.Hour))
		working(t, err)
		k.Close() // the bubble fails where a goroutine is left
		if _, err := k.Ask(t.Context(), q, slow("answer", 0)); !errors.Is(err, answers.ErrClosed) {
			t.Errorf("error %v, want %v", err, answers.ErrClosed)
		}
	})
}

// Work in the background ends with the keeper, which waits for it.
func TestGo(t *testing.T) {
	k := answers.New(answers.NewSlots(1), answers.Options{})
	ended := false
	k.Go(func(ctx context.Context) {
		<-ctx.Done()
		time.Sleep(10 * time.Millisecond)
		ended = true
	})
	k.Close()
	if !ended {
		t.Error("the keeper is closed before its work has ended")
	}
	k.Go(func(context.Context) { t.Error("a closed keeper runs something") })
	time.Sleep(10 * time.Millisecond)
}

func TestAs(t *testing.T) {
	if _, err := answers.As[int]("text", nil); err == nil {
		t.Error("a text is an int")
	}
	if _, err := answers.As[int](nil, answers.ErrClosed); !errors.Is(err, answers.ErrClosed) {
		t.Errorf("error %v, want %v", err, answers.ErrClosed)
	}
}
