//go:build cgo

package live

import (
	"context"
	"errors"
	"slices"

	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/dataset"
)

// IsPublished reports whether a call of a night is in the snapshot that is published, too:
// until that is taken up, the night has who was just erased. Callmill forget has been
// through the reviews by then, and would not see one that is written now. Where no other
// snapshot can be read the answer is yes.
func (f *Follower) IsPublished(ctx context.Context, n *Night, k query.Key) (is bool, err error) {
	latest, err := dataset.Latest(f.dir)
	if err != nil || latest == "" || latest == n.Name {
		return true, nil
	}
	db, err := query.Open(ctx, f.dir, query.Options{Snapshot: latest, Memory: keptBytes, Threads: 1})
	if err != nil {
		return true, nil // it is damaged, or gone again, which State says
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	attempts, err := db.Attempts(ctx, k.Job, k.Task)
	return slices.ContainsFunc(attempts, func(a query.Attempt) bool { return a.Instance == k.Instance }), err
}
