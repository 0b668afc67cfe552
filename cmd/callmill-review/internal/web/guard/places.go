package guard

import (
	"context"
	"sync"
	"time"
)

// patience is how long a request waits for a place.
const patience = 2 * time.Second

// places are how many requests may be under way: of all, and of each user, so that one
// with a hundred tabs leaves something for the others.
type places struct {
	all  chan struct{}
	each int

	mu  sync.Mutex
	own map[string]*own // of users with requests under way or waiting
}

type own struct {
	places chan struct{}
	held   int // by requests under way or waiting; at 0 it is forgotten
}

func newPlaces(all, each int) *places {
	return &places{all: make(chan struct{}, all), each: each, own: map[string]*own{}}
}

// take takes a place, one of a user's where he has a name; not ok: there was none for some time.
func (p *places) take(ctx context.Context, user string) (leave func(), ok bool) {
	if user == "" {
		if !wait(ctx, p.all) {
			return nil, false
		}
		return func() { <-p.all }, true
	}
	mine := p.hold(user)
	if !wait(ctx, mine.places) {
		p.drop(user)
		return nil, false
	}
	return func() {
		<-mine.places
		p.drop(user)
	}, true
}

func (p *places) hold(user string) *own {
	p.mu.Lock()
	defer p.mu.Unlock()
	mine := p.own[user]
	if mine == nil {
		mine = &own{places: make(chan struct{}, p.each)}
		p.own[user] = mine
	}
	mine.held++
	return mine
}

func (p *places) drop(user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.own[user].held--; p.own[user].held == 0 {
		delete(p.own, user)
	}
}

func wait(ctx context.Context, places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case places <- struct{}{}:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}
