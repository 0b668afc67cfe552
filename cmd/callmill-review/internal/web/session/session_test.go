package session_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/web/session"
	"callmill/cmd/callmill-review/internal/web/users"
)

const password = "correct horse battery"

// file makes a file of users, whose passwords are password and cost nothing.
func file(t testing.TB, lines ...string) *users.File {
	t.Helper()
	f := users.In(filepath.Join(t.TempDir(), "users"))
	write(t, f, lines...)
	return f
}

func write(t testing.TB, f *users.File, lines ...string) {
	t.Helper()
	salt := []byte("somesaltsomesalt")
	key := argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)
	encoding := base64.RawStdEncoding
	hash := fmt.Sprintf("$argon2id$v=19$m=64,t=1,p=1$%s$%s", encoding.EncodeToString(salt), encoding.EncodeToString(key))
	text := strings.Join(lines, " "+hash+"\n") + " " + hash + "\n"
	temporary := f.Path() + ".new"
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temporary, f.Path()); err != nil {
		t.Fatal(err)
	}
}

// clock is a clock that is set by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 1, 24, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func user(t testing.TB, f *users.File, name string) *users.User {
	t.Helper()
	u, err := f.Find(name)
	if err != nil || u == nil {
		t.Fatalf("user %s: %v, %v", name, u, err)
	}
	return u
}

func TestSessionsEnd(t *testing.T) {
	for _, tt := range []struct {
		name string
		then func(s *session.Sessions, f *users.File, c *clock, id string)
		want string // the role, "" for nobody
	}{
		{"at once", func(*session.Sessions, *users.File, *clock, string) {}, "viewer"},
		{"a moment before it was idle too long", func(_ *session.Sessions, _ *users.File, c *clock, _ string) { c.wait(time.Hour - 1) }, "viewer"},
		{"idle", func(_ *session.Sessions, _ *users.File, c *clock, _ string) { c.wait(time.Hour) }, ""},
		{"in use for long", func(s *session.Sessions, _ *users.File, c *clock, id string) {
			for range 8 {
				c.wait(30 * time.Minute)
				_, _ = s.Find(id)
			}
		}, ""},
		{"logged out", func(s *session.Sessions, _ *users.File, _ *clock, id string) { s.End(id) }, ""},
		{"another one logged out", func(s *session.Sessions, _ *users.File, _ *clock, id string) { s.End(id + "x") }, "viewer"},
		{"removed", func(_ *session.Sessions, f *users.File, _ *clock, _ string) { write(t, f, "wang viewer") }, ""},
		{"another role", func(_ *session.Sessions, f *users.File, _ *clock, _ string) { write(t, f, "li exporter") }, "exporter"},
		{"another password", func(_ *session.Sessions, f *users.File, _ *clock, _ string) {
			if err := f.SetPassword("li", "battery horse correct"); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"another session", func(s *session.Sessions, f *users.File, _ *clock, _ string) { s.Begin(user(t, f, "li")) }, "viewer"},
		{"many sessions of his", func(s *session.Sessions, f *users.File, c *clock, _ string) {
			for range 20 {
				c.wait(time.Second)
				s.Begin(user(t, f, "li"))
			}
		}, ""},
		{"many sessions of others", func(s *session.Sessions, f *users.File, c *clock, _ string) {
			write(t, f, "li viewer", "wang viewer")
			for range 20 {
				c.wait(time.Second)
				s.Begin(user(t, f, "wang"))
			}
		}, "viewer"},
		{"the clock was set back", func(_ *session.Sessions, _ *users.File, c *clock, _ string) { c.wait(-24 * time.Hour) }, "viewer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, c := file(t, "li viewer"), newClock()
			s := session.New(f, session.Options{Idle: time.Hour, Most: 4 * time.Hour, Now: c.now})
			id := s.Begin(user(t, f, "li"))
			tt.then(s, f, c, id)
			u, err := s.Find(id)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if u != nil {
				got = u.Role.String()
			}
			if got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// Ids are long, and no two are alike; what is none is nobody's.
func TestIDs(t *testing.T) {
	f := file(t, "li viewer")
	s := session.New(f, session.Options{Now: newClock().now})
	seen := map[string]bool{}
	for range 100 {
		id := s.Begin(user(t, f, "li"))
		if raw, err := base64.RawURLEncoding.DecodeString(id); err != nil || len(raw) != 32 || seen[id] {
			t.Fatalf("id %q, %v", id, err)
		}
		seen[id] = true
	}
	if n := s.Len(); n > 8 {
		t.Errorf("%d sessions of one user", n)
	}
	for _, id := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 1<<16), "\x00"} {
		if u, err := s.Find(id); u != nil || err != nil {
			t.Errorf("id %.20q is of %v, %v", id, u, err)
		}
	}
}

// A file of users that cannot be read lets nobody in, and everybody again later.
func TestUnreadable(t *testing.T) {
	f := file(t, "li viewer")
	s := session.New(f, session.Options{Now: newClock().now})
	id := s.Begin(user(t, f, "li"))
	if err := os.WriteFile(f.Path(), []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if u, err := s.Find(id); err == nil || u != nil {
		t.Errorf("found %v", u)
	}
	write(t, f, "li viewer")
	if u, err := s.Find(id); err != nil || u == nil {
		t.Errorf("afterwards: %v, %v", u, err)
	}
}

// Sessions are used at a time; it is the race detector that looks.
func TestSessionsAtOnce(t *testing.T) {
	f, c := file(t, "li viewer", "wang exporter"), newClock()
	s := session.New(f, session.Options{Now: c.now})
	shared := s.Begin(user(t, f, "wang"))
	var running sync.WaitGroup
	for n := range 8 {
		running.Go(func() {
			for range 50 {
				u, err := f.Find("li")
				if err != nil || u == nil {
					t.Errorf("%v, %v", u, err)
					return
				}
				id := s.Begin(u)
				if u, err := s.Find(id); err != nil || u != nil && u.Name != "li" {
					t.Errorf("%v, %v", u, err)
				}
				c.wait(time.Millisecond)
				s.End(id)
				if u, _ := s.Find(id); u != nil {
					t.Error("found after its end")
				}
				if u, err := s.Find(shared); err != nil || n > 0 && u != nil && u.Name != "wang" {
					t.Errorf("%v, %v", u, err)
				}
				if n == 0 {
					s.End(shared)
				}
			}
		})
	}
	running.Wait()
	if u, _ := s.Find(shared); u != nil {
		t.Error("ended, and there nevertheless")
	}
}

// tries makes so many tries that fail, each as soon as it may be made, and returns how long
// they took.
func tries(t testing.TB, h *session.Throttle, c *clock, n int, name, addr func(int) string) time.Duration {
	t.Helper()
	begun := c.now()
	for i := range n {
		try, wait := h.Begin(name(i), addr(i))
		for try == nil {
			if wait <= 0 {
				t.Fatal("refused without a wait")
			}
			c.wait(wait)
			try, wait = h.Begin(name(i), addr(i))
		}
	}
	return c.now().Sub(begun)
}

func same(s string) func(int) string { return func(int) string { return s } }

func each(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i/256, i%256) }
}

func TestThrottle(t *testing.T) {
	for _, tt := range []struct {
		what        string
		n           int
		name, addr  func(int) string
		least, most time.Duration
	}{
		{"typos", 5, same("li"), same("192.0.2.1"), 0, 0},
		{"one name from one address", 100, same("li"), same("192.0.2.1"), 45 * time.Minute, 10 * time.Hour},
		{"one name from everywhere", 100, same("li"), each("10.0.%d.%d"), 45 * time.Minute, 50 * time.Minute},
		{"every name from one address", 100, each("user%d-%d"), same("192.0.2.1"), 5 * time.Hour, 10 * time.Hour},
		{"every name from a network", 100, each("user%d-%d"), each("2001:db8::%x:%x"), 5 * time.Hour, 10 * time.Hour},
		{"every name from everywhere", 1000, each("user%d-%d"), each("10.0.%d.%d"), 900 * time.Second, time.Hour},
		{"an office", 20, each("user%d-%d"), same("192.0.2.1"), 0, 0},
		{"addresses that are unknown", 30, each("user%d-%d"), same(""), 0, 0},
	} {
		c := newClock()
		took := tries(t, session.NewThrottle(c.now), c, tt.n, tt.name, tt.addr)
		if took < tt.least || took > tt.most {
			t.Errorf("%s: %d tries took %s, want %s to %s", tt.what, tt.n, took, tt.least, tt.most)
		}
	}
}

// However often strangers try a name, its user gets in soon, and at once from where he
// was in before.
func TestNoLockOut(t *testing.T) {
	c := newClock()
	h := session.NewThrottle(c.now)
	try, wait := h.Begin("li", "192.0.2.1")
	if try == nil {
		t.Fatalf("the first try waits %s", wait)
	}
	try.Succeeded()
	tries(t, h, c, 1000, same("li"), each("10.0.%d.%d"))
	if _, wait := h.Begin("li", "198.51.100.7"); wait > 30*time.Second {
		t.Errorf("from somewhere else he waits %s", wait)
	}
	if try, wait := h.Begin("li", "192.0.2.1"); try == nil {
		t.Errorf("from his address he waits %s", wait)
	}
	// A throttle of all is none of his either.
	tries(t, h, c, 200, each("user%d-%d"), each("10.1.%d.%d"))
	if try, wait := h.Begin("li", "192.0.2.1"); try == nil {
		t.Errorf("after tries of many names he waits %s", wait)
	}
}

// Who succeeds pays for no try that failed before, in the end.
func TestSucceeded(t *testing.T) {
	c := newClock()
	h := session.NewThrottle(c.now)
	for range 200 {
		try, wait := h.Begin("li", "192.0.2.1")
		if try == nil {
			t.Fatalf("waits %s", wait)
		}
		try.Succeeded()
	}
}

// Many tries at once are no way round: they count while they are checked.
func TestThrottleAtOnce(t *testing.T) {
	h := session.NewThrottle(newClock().now)
	var running sync.WaitGroup
	through := make(chan bool, 100)
	for range 100 {
		running.Go(func() {
			try, _ := h.Begin("li", "192.0.2.1")
			through <- try != nil
		})
	}
	running.Wait()
	close(through)
	n := 0
	for ok := range through {
		if ok {
			n++
		}
	}
	if n != 5 {
		t.Errorf("%d tries went through, want 5", n)
	}
}

// No try waits longer than five minutes, whatever was tried before, and however the clock
// jumps.
func TestWaitIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		h := session.NewThrottle(c.now)
		for range rapid.IntRange(1, 300).Draw(t, "tries") {
			name := rapid.SampledFrom([]string{"li", "wang", ""}).Draw(t, "name")
			addr := rapid.SampledFrom([]string{"192.0.2.1", "2001:db8::1", "", "nonsense"}).Draw(t, "addr")
			try, wait := h.Begin(name, addr)
			if (try == nil) != (wait > 0) || wait > 5*time.Minute {
				t.Fatalf("try %v, wait %s", try, wait)
			}
			if try != nil && rapid.Bool().Draw(t, "succeeded") {
				try.Succeeded()
			}
			c.wait(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, "later")))
		}
	})
}

// Names of a megabyte, which are no user's, are not kept for an hour.
func TestThrottleOfLongNames(t *testing.T) {
	c := newClock()
	h := session.NewThrottle(c.now)
	long := strings.Repeat("x", 1<<20)
	for i := range 5 {
		if try, _ := h.Begin(long+fmt.Sprint(i), ""); try == nil {
			t.Fatalf("try %d waits", i)
		}
	}
	if try, _ := h.Begin(long, ""); try != nil {
		t.Error("long names that begin alike are counted as several")
	}
}

// Addresses that are open to a redirect lead nowhere else.
func TestLocal(t *testing.T) {
	for next, want := range map[string]string{
		"/calls?f=script%3D还款": "/calls?f=script%3D还款",
		"/":                    "/",
		"/call?job=1&task=2":   "/call?job=1&task=2",
		"":                     "/", "calls": "/", "//example.com": "/", "///example.com": "/", "/\\example.com": "/", "\\\\example.com": "/",
		"https://example.com/": "/", "javascript:alert(1)": "/", "/%0d%0aSet-Cookie: x": "/%0D%0ASet-Cookie:%20x", "/a\r\nb": "/", "/\x00": "/",
		"/login": "/", "/login?next=/login": "/", "/logout": "/", "/%2f/example.com": "/", "/" + strings.Repeat("x", 5000): "/", " /x": "/",
		"/calls#fragment": "/calls", "/;@example.com": "/;@example.com", "/%zz": "/",
	} {
		if got := session.Local(next); got != want {
			t.Errorf("Local(%.40q) = %q, want %q", next, got, want)
		}
	}
}

// Whatever is asked for, it is a path of this site.
func TestAnyLocal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		next := rapid.StringOf(rapid.SampledFrom([]rune("/\\:@.?#%2f5c\t\n\r axh"))).Draw(t, "next")
		got := session.Local(next)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t") {
			t.Errorf("Local(%q) = %q", next, got)
		}
	})
}
