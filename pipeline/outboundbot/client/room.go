package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Sizes of responses, in bytes. Those of up to ordinary are as many as there are
// requests in flight; of larger ones there are few at the same time, of those
// beyond large a single one: else memory would be that of Options.Parallel
// responses of maxResponse.
const (
	ordinary    = 1 << 20
	large       = 4 << 20
	maxResponse = 64 << 20 // the largest that is read
)

// fewLarge is how many responses beyond ordinary are held at the same time.
const fewLarge = 4

var errTooLarge = fmt.Errorf("a response of more than %d MiB", maxResponse>>20)

// room is what all requests share for responses that are not ordinary. What is
// beyond the room of one stays with its sender: its connection is not read on.
type room struct{ few, single chan struct{} }

func newRoom() *room {
	return &room{few: make(chan struct{}, fewLarge), single: make(chan struct{}, 1)}
}

// read reads the body of a response, which waits for room as it grows, for as long
// as the clock stands still. The room is given back by leave, which is not nil and
// must be called once nothing holds the body any more, also after an error.
//
// It takes one room after the other, always in the same order, so that responses
// never wait for each other in a circle.
func (r *room) read(ctx context.Context, response *http.Response, c *stopwatch) (body []byte, leave func(), err error) {
	var taken []chan struct{}
	leave = func() {
		for _, room := range taken {
			<-room
		}
		taken = nil
	}
	for _, step := range []struct {
		limit int
		room  chan struct{} // that a response beyond the limit before takes
	}{{ordinary, nil}, {large, r.few}, {maxResponse, r.single}} {
		if step.room != nil {
			c.stop()
			select {
			case step.room <- struct{}{}:
				taken = append(taken, step.room)
			case <-ctx.Done():
				return nil, leave, context.Cause(ctx)
			}
			c.start()
		}
		if body, err = readUpTo(response, body, step.limit+1); err != nil || len(body) <= step.limit {
			return body, leave, err
		}
	}
	return nil, leave, errTooLarge
}

// readUpTo reads on until a body has so many bytes, or ends.
func readUpTo(response *http.Response, body []byte, most int) ([]byte, error) {
	for len(body) < most {
		if len(body) == cap(body) {
			room := max(cap(body)*3/2, 64<<10)
			if told := response.ContentLength; told > int64(len(body)) {
				room = int(min(told, maxResponse)) + 1 // one more than there is finds the end
			}
			body = append(make([]byte, 0, min(room, most)), body...)
		}
		n, err := response.Body.Read(body[len(body):min(cap(body), most)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the response: %w", err)
		}
	}
	return body, nil
}

// stopwatch cancels a request when it has run for as long as the request may take.
type stopwatch struct {
	left    time.Duration
	started time.Time
	timer   *time.Timer
}

// errOverall is the cause with which a stopwatch cancels.
var errOverall = errors.New("the response took too long")

// within returns a context that is cancelled after d, with the time between stop
// and start not counted. release must be called.
func within(ctx context.Context, d time.Duration) (_ context.Context, c *stopwatch, release func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	c = &stopwatch{left: d, started: time.Now(), timer: time.AfterFunc(d, func() { cancel(errOverall) })}
	return ctx, c, func() {
		c.timer.Stop()
		cancel(nil)
	}
}

func (c *stopwatch) stop() {
	c.timer.Stop()
	c.left -= time.Since(c.started)
}

func (c *stopwatch) start() {
	c.started = time.Now()
	c.timer.Reset(c.left)
}
