// Package session is who is logged in to a quality desk: sessions that end, and the
// bounds on how often somebody may try to log in.
//
// A session is a random number of 256 bits, which the browser has in a cookie and the desk
// as a hash, in memory: a restart ends all sessions. It ends when it was idle for some
// time, some hours after the login, at a logout, and with the user or the password: each
// request looks whether the file of users still has both. A login always begins a new
// one, and ends the one that the browser had.
package session

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"sync"
	"time"

	"callmill/cmd/callmill-review/internal/web/users"
)

// Options are how long sessions live.
type Options struct {
	Idle time.Duration // without a request; 0: 2 h
	Most time.Duration // since the login; 0: 12 h
	Now  func() time.Time
}

// How many sessions there are at most, of a user and of all: the one that was idle
// longest ends for a new one.
const (
	mostOfUser = 8
	mostOfAll  = 4096
)

// idBytes is how long the number of a session is.
const idBytes = 32

type key [sha256.Size]byte

type session struct {
	user  string
	stamp string // of the user's password
	begun time.Time
	seen  time.Time
}

// Sessions are those of one desk. Safe for concurrent use.
type Sessions struct {
	users *users.File
	o     Options

	mu   sync.Mutex
	live map[key]*session
}

// New returns a desk's sessions, of which there are none yet.
func New(file *users.File, o Options) *Sessions {
	o.Idle, o.Most = cmp.Or(o.Idle, 2*time.Hour), cmp.Or(o.Most, 12*time.Hour)
	return &Sessions{users: file, o: o, live: map[key]*session{}}
}

// hashed returns what is kept of an id: who reads the memory of a desk, in a dump of a
// crash, is not logged in by it.
func hashed(id string) key { return sha256.Sum256([]byte(id)) }

// Begin begins a session of a user who has logged in, and returns its id.
func (s *Sessions) Begin(u *users.User) string {
	var random [idBytes]byte
	_, _ = rand.Read(random[:]) // never fails, see crypto/rand
	id := base64.RawURLEncoding.EncodeToString(random[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	s.sweep(now)
	s.makeRoom(func(other *session) bool { return other.user == u.Name }, mostOfUser)
	s.makeRoom(func(*session) bool { return true }, mostOfAll)
	s.live[hashed(id)] = &session{u.Name, u.Stamp(), now, now}
	return id
}

// makeRoom ends the session that was idle longest where there are as many as may be.
func (s *Sessions) makeRoom(of func(*session) bool, most int) {
	var keys []key
	for k, one := range s.live {
		if of(one) {
			keys = append(keys, k)
		}
	}
	if len(keys) < most {
		return
	}
	delete(s.live, slices.MinFunc(keys, func(a, b key) int { return s.live[a].seen.Compare(s.live[b].seen) }))
}

// sweep forgets sessions that have ended.
func (s *Sessions) sweep(now time.Time) {
	for k, one := range s.live {
		if s.ended(one, now) {
			delete(s.live, k)
		}
	}
}

// ended reports whether a session is over. A clock that was set back ends none early, and
// keeps none alive: times are compared with its monotonic part.
func (s *Sessions) ended(one *session, now time.Time) bool {
	return now.Sub(one.seen) >= s.o.Idle || now.Sub(one.begun) >= s.o.Most
}

// Find returns the user of a session as the file of users has him now, nil where it has
// ended or never was.
func (s *Sessions) Find(id string) (*users.User, error) {
	if len(id) != base64.RawURLEncoding.EncodedLen(idBytes) {
		return nil, nil
	}
	k := hashed(id)
	name, stamp := s.touch(k)
	if name == "" {
		return nil, nil
	}
	u, err := s.users.Find(name)
	if err != nil {
		return nil, err
	}
	if u == nil || u.Stamp() != stamp {
		s.end(k)
		return nil, nil
	}
	return u, nil
}

// touch notes that a session was used, and returns whose it is; "" where there is none.
func (s *Sessions) touch(k key) (name, stamp string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.live[k]
	if !ok {
		return "", ""
	}
	now := s.o.Now()
	if s.ended(one, now) {
		delete(s.live, k)
		return "", ""
	}
	one.seen = now
	return one.user, one.stamp
}

// End ends a session: whoever has its id is not logged in any more.
func (s *Sessions) End(id string) { s.end(hashed(id)) }

func (s *Sessions) end(k key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, k)
}

// Len returns how many sessions there are.
func (s *Sessions) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(s.o.Now())
	return len(s.live)
}
