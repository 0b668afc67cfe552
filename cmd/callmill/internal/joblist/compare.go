package joblist

import (
	"context"
	"errors"
	"fmt"
	"io"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/changes"
)

// Compared are the changes between two snapshots. Close must be called.
type Compared struct {
	*changes.Changes
	Since, To string // names of the snapshots
}

// Compare compares a snapshot of the dataset in dir with an earlier one, each named
// by itself or by a bookmark; to may be "", the published one. It uses about memory
// bytes. Errors say what is left to do.
func Compare(ctx context.Context, dir, since, to string, memory int64) (*Compared, error) {
	d, err := dataset.View(dir)
	if err != nil {
		return nil, err
	}
	from, err := d.At(since)
	if err != nil {
		snapshot, _ := d.Resolve(since)
		return nil, unknownSince(dir, snapshot, err)
	}
	if to != "" {
		if d, err = d.At(to); err != nil {
			return nil, fmt.Errorf("--snapshot: %w", err)
		}
	}
	replaced, err := d.Erased().Replaced()
	if err != nil {
		return nil, err
	}
	found, err := changes.Between(ctx, from, d, changes.Options{Memory: memory, Gone: replaced.Gone(since)})
	if err != nil {
		return nil, unknownSince(dir, from.Name(), fmt.Errorf("compare %s with %s: %w", from.Name(), d.Name(), err))
	}
	return &Compared{found, from.Name(), d.Name()}, nil
}

// Print prints changes in a format, and counts them.
func Print(ctx context.Context, format string, out io.Writer, found *Compared) (map[changes.Kind]int64, error) {
	printer, err := New(format, out)
	if err != nil {
		return nil, err
	}
	counts := map[changes.Kind]int64{}
	for change, err := range found.All() {
		if err == nil {
			err = errors.Join(ctx.Err(), printer.Print(change))
		}
		if err != nil {
			return nil, err
		}
		counts[change.Kind]++
	}
	return counts, printer.Close()
}

// unknownSince adds to an error, where it is not known what the snapshot since held,
// what is left to do.
func unknownSince(dir, since string, err error) error {
	folder := quote.Shell(dir)
	anew := fmt.Sprintf("load all tables of `callmill path %s` anew, then set the bookmark: `callmill snapshots %s pin NAME --as BOOKMARK`", folder, folder)
	gone, missing := errors.AsType[*dataset.MissingError](err)
	switch {
	case missing && gone.Snapshot == since:
		return exit.WithHint(fmt.Errorf("what changed cannot be told, everything must be taken: %w", err), anew)
	case missing:
		return exit.WithHint(err, "run it again")
	case errors.Is(err, dataset.ErrNoBookmark):
		return exit.WithHint(fmt.Errorf("--since: %w", err), fmt.Sprintf("`callmill snapshots %s list` shows them; for the first time, %s", folder, anew))
	}
	return err
}
