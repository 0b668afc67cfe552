package discover

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"callmill/pipeline/outboundbot/client"
)

// pageSize is how many entries are asked for at a time, the most allowed.
const pageSize = 100

// pages is a list that is read page by page and may change meanwhile: entries
// are added and move, pages repeat or overlap.
type pages[T any] struct {
	action string
	first  int // number of the first page
	// page reads one; total is how many entries the API counts in the list.
	page func(ctx context.Context, number int) (rows []T, total int64, err error)
	// key tells entries apart; an entry with "" is counted and not used.
	key func(*T) string
	// got is called for each entry, for some again, one call at a time.
	got func(row *T, again bool)
	// moving: entries may be added and removed while it is read. Then only a
	// second reading without news shows that nothing was lost between two pages.
	moving bool
	// split, where not nil, reports whether a list of so many entries is to be
	// read in parts: only its first page is read then.
	split func(total int64) bool
}

const (
	// maxPages is more than any list has, with ten million entries; maxBeyond is
	// more than is added to one while it is read, or than one has that does not
	// count itself. A list that goes on longer never ends.
	maxPages, maxBeyond = 100_000, 10_000
	// maxReadings is how often a list is read that does not come to rest.
	maxReadings = 8
	// quietReadings is how many readings in a row bring nothing before entries
	// that are counted and not shown are given up.
	quietReadings = 3
	// maxFailedPages is how many pages of a list fail before the others are not
	// asked for.
	maxFailedPages = 3
)

// incomplete is why a list was answered and is not whole.
type incomplete struct{ action, reason string }

func (e *incomplete) Error() string { return e.action + ": " + e.reason }

// reading is what is known of a list while it is read, and then.
type reading struct {
	split    bool  // it is to be read in parts
	unlisted int64 // entries that were counted and never shown

	mu        sync.Mutex
	seen      map[string]struct{} // keys
	keyless   map[int]int64       // entries without a key, by page
	least     int64               // entries counted, over the pages of the last reading
	most      int64
	fullPages bool    // the last page has pageSize entries
	failed    []error // of pages
}

// readAll reads a list until nothing of it can be missing.
func readAll[T any](ctx context.Context, parallel int, p pages[T]) (*reading, error) {
	r := &reading{seen: map[string]struct{}{}}
	quiet := 0
	for range maxReadings {
		before := len(r.seen)
		number, err := p.readOnce(ctx, parallel, r)
		if err != nil || r.split {
			return r, err
		}
		if quiet++; len(r.seen) > before {
			quiet = 0
		}
		if p.complete(r, number, quiet) {
			return r, nil
		}
		if quiet >= quietReadings {
			break
		}
	}
	r.unlisted = max(0, r.missing())
	return r, nil
}

// complete reports whether nothing can be missing after a reading of so many
// pages. A list that does not move is complete when as many were seen as it
// counts. A single page is read at one instant.
func (p *pages[T]) complete(r *reading, number, quiet int) bool {
	switch {
	case r.missing() > 0:
		return false
	case number <= 1 || quiet > 0:
		return true
	}
	return !p.moving && r.least == r.most
}

// missing is how many entries were counted and not seen.
func (r *reading) missing() int64 {
	missing := r.most - int64(len(r.seen))
	for _, n := range r.keyless {
		missing -= n
	}
	return missing
}

// endless is the error of a list without an end.
func (p *pages[T]) endless(r *reading, number int) error {
	return &incomplete{p.action, fmt.Sprintf("list reports %d entries (%d seen) but continues past page %d", r.most, len(r.seen), number)}
}

// incomplete is an error where entries were counted and never shown.
func (r *reading) incomplete(action string) error {
	if r.unlisted == 0 {
		return nil
	}
	return &incomplete{action, fmt.Sprintf("%d of %d entries were counted and never shown", r.unlisted, r.most)}
}

// pass notes the failure of a page, and returns an error where no other page is
// to be read.
func (r *reading) pass(err error) error {
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
func (p *pages[T]) readOnce(ctx context.Context, parallel int, r *reading) (number int, err error) {
	r.least, r.most, r.keyless = 0, 0, map[int]int64{}
	if err := p.read(ctx, r, 0); err != nil {
		return 0, err
	}
	if r.split = p.split != nil && p.split(r.most); r.split {
		return 1, nil
	}
	if number = pageCount(r.most); number > maxPages {
		return 0, p.endless(r, number)
	}
	err = forEach(ctx, parallel, between(1, number), func(ctx context.Context, n int) error { return r.pass(p.read(ctx, r, n)) })
	if err == nil && len(r.failed) > 0 {
		err = r.failed[0]
	}
	if err != nil {
		return 0, err
	}
	// What was added meanwhile, and lists that do not count themselves.
	for news := true; pageCount(r.most) > number || news && r.fullPages; number++ {
		if number > min(pageCount(r.most), maxPages)+maxBeyond {
			return 0, p.endless(r, number)
		}
		before := len(r.seen)
		if err := p.read(ctx, r, number); err != nil {
			return 0, err
		}
		news = len(r.seen) > before
	}
	return number, nil
}

// read reads page n, counted from 0.
func (p *pages[T]) read(ctx context.Context, r *reading, n int) error {
	rows, total, err := p.page(ctx, p.first+n)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n == 0 {
		r.least = total
	}
	r.least, r.most = min(r.least, total), max(r.most, total)
	if n >= pageCount(r.most)-1 {
		r.fullPages = len(rows) >= pageSize
	}
	for i := range rows {
		key := p.key(&rows[i])
		if key == "" {
			r.keyless[n]++
			continue
		}
		_, again := r.seen[key]
		r.seen[key] = struct{}{}
		p.got(&rows[i], again)
	}
	return nil
}

func pageCount(total int64) int { return max(1, int((max(total, 1)-1)/pageSize)+1) }

// forEach calls f for each value, for up to parallel of them at the same time,
// and returns when all calls have returned. The first error cancels the rest.
func forEach[T any](ctx context.Context, parallel int, values iter.Seq[T], f func(context.Context, T) error) error {
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

// between yields from, from+1 … to-1.
func between(from, to int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := from; n < to && yield(n); n++ {
		}
	}
}
