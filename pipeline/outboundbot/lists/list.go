package lists

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"callmill/pipeline/outboundbot/client"
)

// PageSize is how many entries are asked for at a time, the most allowed.
const PageSize = 100

// List is a list that is read page by page and may change meanwhile: entries are
// added and move, pages repeat or overlap.
type List[T any] struct {
	Action string
	First  int // number of the first page
	// Page reads one; total is how many entries the API counts in the list. It is
	// called by several goroutines.
	Page func(ctx context.Context, number int) (rows []T, total int64, err error)
	// Key tells entries apart. An entry with "" is not used, and so not seen: what it
	// stands for is not known.
	Key func(*T) string
	// Got is called for each entry, for some again, one call at a time.
	Got func(row *T, again bool)
	// Moving: entries may be added and removed while it is read. Then only a
	// second reading without news shows that nothing was lost between two pages.
	Moving bool
	// Split, where not nil, reports whether a list of so many entries is to be
	// read in parts: only its first page is read then.
	Split func(total int64) bool
}

const (
	// MaxPages is more than any list has, with ten million entries; maxBeyond is
	// more than is added to one while it is read, or than one has that does not
	// count itself. A list that goes on longer never ends.
	MaxPages, maxBeyond = 100_000, 10_000
	// maxReadings is how often a list is read that does not come to rest.
	maxReadings = 8
	// quietReadings is how many readings in a row bring nothing before entries
	// that are counted and not shown are given up.
	quietReadings = 3
	// maxFailedPages is how many pages of a list fail before the others are not
	// asked for.
	maxFailedPages = 3
)

// Incomplete is why a list was answered and is not whole.
type Incomplete struct {
	Action, Reason string
	Unlisted       int64 // entries that were counted and never shown
}

func (e *Incomplete) Error() string { return e.Action + ": " + e.Reason }

// Reading is what is known of a list while it is read, and then.
type Reading struct {
	Split    bool  // it is to be read in parts
	Counted  int64 // entries that the API counts, at most
	Unlisted int64 // of them, never shown

	mu        sync.Mutex
	seen      map[string]struct{} // keys
	least     int64               // entries counted, over the pages of the last reading
	fullPages bool                // the last page has PageSize entries
	failed    []error             // of pages
}

// Seen is how many entries were seen, each once.
func (r *Reading) Seen() int64 { return int64(len(r.seen)) }

// Read reads a list until nothing of it can be missing, up to parallel pages at the
// same time. Pages that fail do not keep it from reading others. The error is that of
// a page, or an *Incomplete where the list never ends. The reading is never nil.
func Read[T any](ctx context.Context, parallel int, l List[T]) (*Reading, error) {
	r := &Reading{seen: map[string]struct{}{}}
	quiet := 0
	for range maxReadings {
		before := len(r.seen)
		number, err := l.readOnce(ctx, parallel, r)
		if err != nil || r.Split {
			return r, err
		}
		if quiet++; len(r.seen) > before {
			quiet = 0
		}
		if l.complete(r, number, quiet) {
			return r, nil
		}
		if quiet >= quietReadings {
			break
		}
	}
	r.Unlisted = max(0, r.missing())
	return r, nil
}

// complete reports whether nothing can be missing after a reading of so many
// pages. A list that does not move is complete when as many were seen as it
// counts. A single page is read at one instant.
func (l *List[T]) complete(r *Reading, number, quiet int) bool {
	switch {
	case r.missing() > 0:
		return false
	case number <= 1 || quiet > 0:
		return true
	}
	return !l.Moving && r.least == r.Counted
}

// missing is how many entries were counted and not seen.
func (r *Reading) missing() int64 {
	return r.Counted - int64(len(r.seen))
}

// endless is the error of a list without an end.
func (l *List[T]) endless(r *Reading, number int) error {
	return &Incomplete{
		Action: l.Action,
		Reason: fmt.Sprintf("list reports %d entries (%d seen) but continues past page %d", r.Counted, len(r.seen), number),
	}
}

// Incomplete is an error where entries were counted and never shown.
func (r *Reading) Incomplete(action string) error {
	if r.Unlisted == 0 {
		return nil
	}
	return &Incomplete{
		Action: action, Unlisted: r.Unlisted,
		Reason: fmt.Sprintf("%d of %d entries were counted and never shown", r.Unlisted, r.Counted),
	}
}

// pass notes the failure of a page, and returns an error where no other page is
// to be read.
func (r *Reading) pass(err error) error {
	if _, ok := errors.AsType[*client.Failure](err); !ok {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed = append(r.failed, err); len(r.failed) >= maxFailedPages {
		return err
	}
	return nil
}

// readOnce reads all pages, those after the first at the same time, and returns
// their number.
func (l *List[T]) readOnce(ctx context.Context, parallel int, r *Reading) (number int, err error) {
	r.least, r.Counted = 0, 0
	if err := l.read(ctx, r, 0); err != nil {
		return 0, err
	}
	if r.Split = l.Split != nil && l.Split(r.Counted); r.Split {
		return 1, nil
	}
	if number = pageCount(r.Counted); number > MaxPages {
		return 0, l.endless(r, number)
	}
	err = ForEach(ctx, parallel, Between(1, number), func(ctx context.Context, n int) error { return r.pass(l.read(ctx, r, n)) })
	if err == nil && len(r.failed) > 0 {
		err = r.failed[0]
	}
	if err != nil {
		return 0, err
	}
	// What was added meanwhile, and lists that do not count themselves.
	for news := true; pageCount(r.Counted) > number || news && r.fullPages; number++ {
		if number > min(pageCount(r.Counted), MaxPages)+maxBeyond {
			return 0, l.endless(r, number)
		}
		before := len(r.seen)
		if err := l.read(ctx, r, number); err != nil {
			return 0, err
		}
		news = len(r.seen) > before
	}
	return number, nil
}

// read reads page n, counted from 0.
func (l *List[T]) read(ctx context.Context, r *Reading, n int) error {
	rows, total, err := l.Page(ctx, l.First+n)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n == 0 {
		r.least = total
	}
	r.least, r.Counted = min(r.least, total), max(r.Counted, total)
	if n >= pageCount(r.Counted)-1 {
		r.fullPages = len(rows) >= PageSize
	}
	for i := range rows {
		key := l.Key(&rows[i])
		if key == "" {
			continue
		}
		_, again := r.seen[key]
		r.seen[key] = struct{}{}
		l.Got(&rows[i], again)
	}
	return nil
}

func pageCount(total int64) int { return max(1, int((max(total, 1)-1)/PageSize)+1) }

// ForEach calls f for each value, for up to parallel of them at the same time,
// and returns when all calls have returned. The first error cancels the rest.
func ForEach[T any](ctx context.Context, parallel int, values iter.Seq[T], f func(context.Context, T) error) error {
	g, group := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for v := range values {
		if group.Err() != nil {
			break
		}
		g.Go(func() error { return f(group, v) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// Between yields from, from+1 … to-1.
func Between(from, to int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := from; n < to && yield(n); n++ {
		}
	}
}
