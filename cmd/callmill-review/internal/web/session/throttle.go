package session

import (
	"container/list"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Throttle says how long somebody has to wait before he may try to log in again. Three
// things are counted: tries for a name, tries from an address, tries of all. The first
// few are free; then the wait doubles with each. A try counts until it succeeds, so that
// many at once are no way round.
//
// Nobody can lock a user out for long: the wait for a name ends after half a minute, however
// many tries a stranger makes, and where a user has logged in before, from his address,
// tries of strangers do not count. What is counted is forgotten in time, and is bounded.
type Throttle struct {
	now func() time.Time

	mu    sync.Mutex
	names tally
	addrs tally
	known tally // name and address together, where a login succeeded
	all   bucket
}

// bound is how tries of one kind are slowed down.
type bound struct {
	free   int           // tries without a wait
	first  time.Duration // wait after that, which doubles
	most   time.Duration
	forget time.Duration // after the last try
}

var (
	ofName = bound{free: 5, first: time.Second, most: 30 * time.Second, forget: time.Hour}
	// Colleagues share the address of their office.
	ofAddr = bound{free: 20, first: time.Second, most: 5 * time.Minute, forget: time.Hour}
	// Whoever logged in from here has a password, which is tried anew for a typo only.
	ofKnown = bound{free: 5, first: time.Second, most: time.Minute, forget: 30 * 24 * time.Hour}
)

// How many tries there may be of all: so many at once, then one a second. Those from
// where a login succeeded do not count.
const (
	triesAtOnce = 40
	triesEach   = time.Second
)

// counted is how many names, and how many addresses, are counted at a time.
const counted = 4096

// longestCounted is how much of a name is counted, in bytes.
const longestCounted = 256

// NewThrottle returns a Throttle that has seen nobody.
func NewThrottle(now func() time.Time) *Throttle {
	return &Throttle{
		now: now, names: newTally(ofName), addrs: newTally(ofAddr), known: newTally(ofKnown),
		all: bucket{left: triesAtOnce},
	}
}

// Try is a try to log in that was let through.
type Try struct {
	throttle   *Throttle
	name, addr string // addr is "" where it is unknown
	known      bool   // a login of that name has succeeded from there
}

func (y *Try) where() string { return y.name + "\x00" + y.addr }

// Begin counts a try for a name from an address. Where it may not be made yet, it returns how
// long that takes, and no Try.
func (t *Throttle) Begin(name, addr string) (*Try, time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	// A copy, for what is counted outlives the form, which has the password. No user has a
	// longer name.
	name = strings.Clone(name[:min(len(name), longestCounted)])
	try := &Try{throttle: t, name: name, addr: place(addr)}
	if try.known = t.known.has(try.where(), now); try.known {
		if wait := t.known.wait(try.where(), now); wait > 0 {
			return nil, wait
		}
		t.known.count(try.where(), now)
		return try, 0
	}
	wait := max(t.names.wait(name, now), t.all.wait(now))
	if try.addr != "" {
		wait = max(wait, t.addrs.wait(try.addr, now))
	}
	if wait > 0 {
		return nil, wait
	}
	t.names.count(name, now)
	if try.addr != "" {
		t.addrs.count(try.addr, now)
	}
	t.all.take()
	return try, 0
}

// Succeeded takes a try back: it was the user.
func (y *Try) Succeeded() {
	t := y.throttle
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if y.addr != "" {
		t.known.set(y.where(), 0, now)
	}
	if y.known {
		return
	}
	t.names.uncount(y.name)
	t.addrs.uncount(y.addr)
	t.all.giveBack()
}

// place returns what is counted of an address: of IPv6 the network, of which whoever has
// one address has 2⁶⁴.
func place(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		if len(addr) > 64 {
			addr = addr[:64]
		}
		return addr
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	network, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return network.String()
}

// tally counts tries, of so many things at most: the one tried longest ago gives way.
type tally struct {
	bound
	entries map[string]*list.Element // of *entry
	recent  *list.List               // the last tried first
}

type entry struct {
	what  string
	tries int
	last  time.Time
}

func newTally(b bound) tally {
	return tally{bound: b, entries: map[string]*list.Element{}, recent: list.New()}
}

// find returns what is known of something, nil for nothing.
func (t *tally) find(what string, now time.Time) *entry {
	e, ok := t.entries[what]
	if !ok {
		return nil
	}
	one := e.Value.(*entry)
	if now.Sub(one.last) >= t.forget {
		t.recent.Remove(e)
		delete(t.entries, what)
		return nil
	}
	return one
}

func (t *tally) has(what string, now time.Time) bool { return t.find(what, now) != nil }

// wait returns how long it takes until the next try.
func (t *tally) wait(what string, now time.Time) time.Duration {
	one := t.find(what, now)
	if one == nil || one.tries < t.free {
		return 0
	}
	wait := t.most
	if doubled := one.tries - t.free; doubled < 16 {
		wait = min(wait, t.first<<doubled)
	}
	return wait - min(max(now.Sub(one.last), 0), wait) // a clock that was set back makes no longer wait
}

func (t *tally) count(what string, now time.Time) {
	tries := 0
	if one := t.find(what, now); one != nil {
		tries = one.tries
	}
	t.set(what, tries+1, now)
}

func (t *tally) set(what string, tries int, now time.Time) {
	if e, ok := t.entries[what]; ok {
		*e.Value.(*entry) = entry{what, tries, now}
		t.recent.MoveToFront(e)
		return
	}
	if len(t.entries) == counted {
		oldest := t.recent.Back()
		delete(t.entries, oldest.Value.(*entry).what)
		t.recent.Remove(oldest)
	}
	t.entries[what] = t.recent.PushFront(&entry{what, tries, now})
}

func (t *tally) uncount(what string) {
	if e, ok := t.entries[what]; ok {
		one := e.Value.(*entry)
		one.tries = max(one.tries-1, 0)
	}
}

// bucket fills with tries, one by one.
type bucket struct {
	left int
	last time.Time // when it was filled
}

func (b *bucket) wait(now time.Time) time.Duration {
	if b.last.IsZero() || now.Before(b.last) {
		b.last = now
	}
	if n := int(now.Sub(b.last) / triesEach); n > 0 {
		b.left = min(b.left+n, triesAtOnce)
		b.last = b.last.Add(time.Duration(n) * triesEach)
	}
	if b.left > 0 {
		return 0
	}
	return triesEach - now.Sub(b.last)
}

func (b *bucket) take()     { b.left-- }
func (b *bucket) giveBack() { b.left = min(b.left+1, triesAtOnce) }
