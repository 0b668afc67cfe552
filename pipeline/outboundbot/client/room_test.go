package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// sized answers with a list of jobs that takes so many bytes.
func sized(size int) *fake {
	return &fake{mess: func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		_, _ = io.WriteString(w, `{"Success":true,"Jobs":[],"Filler":"`+strings.Repeat("x", size)+`"}`)
		return true
	}}
}

// Of large answers few are kept at the same time, of the largest one, and waiting
// for room does not count as the time of a request.
func TestLargeAnswersTakeTurns(t *testing.T) {
	for _, w := range []struct {
		size int
		most int32
	}{{ordinary / 2, 6}, {ordinary, fewLarge}, {large, 1}} {
		synctest.Test(t, func(t *testing.T) {
			c := newTestClient(t, sized(w.size), func(o *Options) { o.Parallel, o.Overall, o.Attempts = 6, 15*time.Second, 1 })
			var now, most atomic.Int32
			var wg sync.WaitGroup
			for range 6 {
				wg.Go(func() {
					_, err := c.Do(t.Context(), oneJob, func(a *Answer) error {
						for n := now.Add(1); n > most.Load(); {
							most.Store(n)
						}
						time.Sleep(10 * time.Second) // of the test's own time
						now.Add(-1)
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if most.Load() != w.most {
				t.Errorf("%d answers of %d bytes are kept at the same time, want %d", most.Load(), w.size, w.most)
			}
		})
	}
}

// Room is given back whatever becomes of a response.
func TestRoomIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tooLarge := &fake{mess: func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			_, _ = w.Write(bytes.Repeat([]byte("x"), maxResponse+1))
			return true
		}}
		c := newTestClient(t, tooLarge, func(o *Options) { o.Attempts = 2 })
		if _, err := c.Do(t.Context(), oneJob, nil); !errors.Is(err, errTooLarge) && !strings.Contains(err.Error(), errTooLarge.Error()) {
			t.Errorf("too large: %v", err)
		}
		*tooLarge = *sized(large)
		full := errors.New("disk full")
		if _, err := c.Do(t.Context(), oneJob, func(*Answer) error { return full }); !errors.Is(err, full) {
			t.Errorf("not kept: %v", err)
		}
		// One that waits for room is cancelled.
		_, err := c.Do(t.Context(), oneJob, func(*Answer) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := c.Do(ctx, oneJob, nil)
			return err
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled: %v", err)
		}
		if few, single := len(c.transport.room.few), len(c.transport.room.single); few+single > 0 {
			t.Errorf("%d and %d rooms are taken in the end", few, single)
		}
	})
}

// A body is read whole, told its length or not, or a wrong one.
func TestReadUpTo(t *testing.T) {
	for _, told := range []int64{-1, 0, 5000, 4999, 1 << 40} {
		for _, most := range []int{1, 4999, 5000, 5001, 100_000} {
			text := strings.Repeat("x", 5000)
			r := httptest.NewRecorder().Result()
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), told
			body, err := readUpTo(r, nil, most)
			if err != nil || string(body) != text[:min(most, len(text))] {
				t.Errorf("told %d: %d bytes of up to %d, %v", told, len(body), most, err)
			}
		}
	}
}
