package lists

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

// live is a list that changes between the readings of its pages.
type live struct {
	mu      sync.Mutex
	entries []string
	added   int
	reads   int
	change  func(*live) // before a page is read
}

func (l *live) page(_ context.Context, number int) ([]string, int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	if l.change != nil {
		l.change(l)
	}
	from := min((number-1)*PageSize, len(l.entries))
	return slices.Clone(l.entries[from:min(from+PageSize, len(l.entries))]), int64(len(l.entries)), nil
}

func (l *live) add() string {
	l.added++
	return fmt.Sprintf("new-%d", l.added)
}

func newLive(n int) *live {
	l := &live{}
	for i := range n {
		l.entries = append(l.entries, fmt.Sprint(i))
	}
	return l
}

// read reads the list, and returns what was seen.
func (l *live) read(t interface{ Fatal(...any) }, moving bool) (seen map[string]bool, unlisted int64) {
	var mu sync.Mutex
	seen = map[string]bool{}
	r, err := Read(context.Background(), 4, List[string]{
		First: 1, Page: l.page, Key: func(s *string) string { return *s }, Moving: moving,
		Got: func(s *string, _ bool) {
			mu.Lock()
			defer mu.Unlock()
			seen[*s] = true
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen, r.Unlisted
}

// A list that does not move is read once.
func TestStandingListIsReadOnce(t *testing.T) {
	for n, reads := range map[int]int{0: 1, 1: 1, 99: 1, 100: 1, 101: 2, 1000: 10} {
		l := newLive(n)
		if seen, unlisted := l.read(t, false); len(seen) != n || unlisted != 0 || l.reads > reads+1 {
			t.Errorf("%d entries: %d seen by %d requests, want %d", n, len(seen), l.reads, reads)
		}
	}
}

// Entries may be added, moved and removed between two pages: those that are in the
// list from the beginning to the end are found.
func TestMovingList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLive(rapid.IntRange(0, 450).Draw(rt, "entries"))
		stays := map[string]bool{}
		for _, e := range l.entries {
			stays[e] = true
		}
		changes := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 12).Draw(rt, "changes")
		l.change = func(l *live) {
			if len(changes) == 0 || len(l.entries) == 0 {
				return
			}
			change, at := changes[0], len(l.entries)*len(changes)/13
			changes = changes[1:]
			switch change {
			case 0: // one goes, another comes: the number stays
				delete(stays, l.entries[at])
				l.entries = append(slices.Delete(l.entries, at, at+1), l.add())
			case 1:
				l.entries = slices.Insert(l.entries, 0, l.add())
			case 2:
				delete(stays, l.entries[at])
				l.entries = slices.Delete(l.entries, at, at+1)
			case 3:
				l.entries = append(l.entries, l.add())
			case 4: // an entry moves to the front, as where the latest is first
				e := l.entries[at]
				l.entries = slices.Insert(slices.Delete(l.entries, at, at+1), 0, e)
			}
		}
		seen, unlisted := l.read(rt, true)
		for e := range stays {
			if !seen[e] {
				rt.Fatalf("%s is lost, %d unlisted", e, unlisted)
			}
		}
	})
}

// Entries that are counted and never shown are given up, and counted.
func TestUnlisted(t *testing.T) {
	l := newLive(250)
	short := List[string]{
		First: 1, Key: func(s *string) string { return *s }, Got: func(*string, bool) {},
		Page: func(ctx context.Context, n int) ([]string, int64, error) {
			rows, total, err := l.page(ctx, n)
			return rows, total + 7, err
		},
	}
	r, err := Read(context.Background(), 2, short)
	if r.Unlisted != 7 || err != nil || l.reads > 20 {
		t.Errorf("%d unlisted after %d requests, %v", r.Unlisted, l.reads, err)
	}
	// So are entries without a key: what they stand for was not shown.
	l = newLive(250)
	for i := range 7 {
		l.entries[40*i] = ""
	}
	if seen, unlisted := l.read(t, false); unlisted != 7 || len(seen) != 243 {
		t.Errorf("%d unlisted, %d seen, want the 7 without a key unlisted", unlisted, len(seen))
	}
	// A list that does not count its entries is read to its end.
	l = newLive(250)
	seen := map[string]bool{}
	short.Page = func(ctx context.Context, n int) ([]string, int64, error) {
		rows, _, err := l.page(ctx, n)
		return rows, 0, err
	}
	short.Got = func(s *string, _ bool) { seen[*s] = true }
	if r, err = Read(context.Background(), 2, short); len(seen) != 250 || r.Unlisted != 0 || err != nil {
		t.Errorf("%d seen, %d unlisted, %v", len(seen), r.Unlisted, err)
	}
}

// A list that counts more than there can be, or never ends, is an error.
func TestEndlessList(t *testing.T) {
	var next atomic.Int64
	for what, page := range map[string]func(context.Context, int) ([]string, int64, error){
		"a number out of the air": func(context.Context, int) ([]string, int64, error) { return []string{"a"}, math.MaxInt64, nil },
		"always another page": func(context.Context, int) ([]string, int64, error) {
			rows := make([]string, PageSize)
			for i := range rows {
				rows[i] = strconv.FormatInt(next.Add(1), 36)
			}
			return rows, 250, nil
		},
	} {
		_, err := Read(t.Context(), 2, List[string]{
			First: 1, Page: page, Key: func(s *string) string { return *s }, Got: func(*string, bool) {},
		})
		if err == nil || !strings.Contains(err.Error(), "continues past page") {
			t.Errorf("%s: %v", what, err)
		}
	}
	// A list that repeats one page for any number ends, and a negative count is
	// ignored.
	for _, total := range []int64{0, 100, -7} {
		var reads atomic.Int64
		r, err := Read(t.Context(), 2, List[string]{
			First: 1, Key: func(s *string) string { return *s }, Got: func(*string, bool) {},
			Page: func(context.Context, int) ([]string, int64, error) {
				reads.Add(1)
				return slices.Repeat([]string{"a"}, PageSize), total, nil
			},
		})
		if want := max(0, total-1); r.Unlisted != want || err != nil || reads.Load() > 20 {
			t.Errorf("one page again and again that counts %d: %d unlisted after %d requests, %v", total, r.Unlisted, reads.Load(), err)
		}
	}
}
