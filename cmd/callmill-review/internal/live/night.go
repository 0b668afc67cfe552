//go:build cgo

package live

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/masked"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/particulars"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

// Night is a snapshot in memory. It is not changed, and safe for concurrent use. Whoever
// took it releases it, and does not use it afterwards.
type Night struct {
	Name    string          // of the snapshot
	Corpus  *corpus.Corpus  // loaded whole, of the days in memory
	From    calendar.Day    // first day in memory, of the calls; 0: all days are
	Graph   *nodes.Graph    // of the corpus
	Hits    *match.Hits     // of the book, over all calls in memory
	DB      *query.DB       // of the same snapshot, for what is not in memory
	Answers *answers.Keeper // about this night alone; gone with it
	Masked  bool            // what is said is masked, by the dataset or by Options.Mask
	// Masker has masked the corpus, and masks what is new of the next one; nil where the
	// corpus need not be masked. What DB returns is as it is in the dataset.
	Masker *masked.Masker
	Zone   *time.Location

	index  index
	source source // of the corpus
	loaded int    // days that were loaded for it
	bytes  int64  // of all that is held, estimated
	held   atomic.Int64
	last   func()        // called when nobody holds it any more
	closed chan struct{} // closed after that
	ahead  chan struct{} // closed when particulars have been read ahead
}

// Release says that a request does not read the night any more.
func (n *Night) Release() {
	if n.held.Add(-1) == 0 {
		n.last()
	}
}

// take holds the night, unless nobody does any more.
func (n *Night) take() bool {
	for {
		held := n.held.Load()
		if held == 0 {
			return false
		}
		if n.held.CompareAndSwap(held, held+1) {
			return true
		}
	}
}

// Index returns the index of a call in the corpus. Calls of days that are not in memory
// have none.
func (n *Night) Index(k query.Key) (int32, bool) { return n.index.find(n.Corpus, k) }

// Particulars returns what is known of the attempts of a day's jobs, which is read once: one
// by one they would take a hundred times as long.
func (n *Night) Particulars(ctx context.Context, jobDate calendar.Day) (*particulars.Table, error) {
	return answers.As[*particulars.Table](n.Answers.Ask(ctx, answers.Question{Key: "particulars?" + jobDate.String()},
		func(ctx context.Context, _ func(int, int, schema.Text)) (any, error) {
			return n.DB.Particulars(ctx, jobDate)
		}))
}

// mostAhead is how many jobs' particulars are read before somebody asks, about: they take
// some 40 MB, a third of what the answers about a night may.
const mostAhead = 400_000

// readAhead begins to read the particulars of days before somebody asks, the newest day
// first: else the first call of a day would wait for all of them.
func (n *Night) readAhead() {
	n.Answers.Go(func(ctx context.Context) {
		defer close(n.ahead)
		jobs := 0
		for _, day := range slices.Backward(slices.Sorted(maps.Keys(n.source.days))) {
			table, err := n.Particulars(ctx, day)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				continue // somebody reads the day just now, or will be told
			}
			if jobs += table.Jobs(); jobs >= mostAhead {
				return
			}
		}
	})
}
