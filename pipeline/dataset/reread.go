package dataset

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"callmill/schema"
)

// Undated reports whether an instant, in ms, is the start of a run that dated
// what had no instant of its own.
func (d *Dataset) Undated(at int64) bool { return slices.Contains(d.manifest.Undated, at) }

// Reread makes the published snapshot a source of the line that made it: a
// piece of input is a shard, and decoding it is reading its rows back.
//
// unflatten makes the job of its rows; see package flatten.
type Reread struct {
	dataset   *Dataset
	unflatten func(*schema.Rows) *schema.Job
	shards    []shard
	undated   map[int64]bool
}

// Reread prepares to read the published snapshot.
func (d *Dataset) Reread(unflatten func(*schema.Rows) *schema.Job) *Reread {
	r := &Reread{dataset: d, unflatten: unflatten, undated: map[int64]bool{}}
	for _, f := range d.manifest.Table(schema.TableJobs).Files {
		if day, ok := dayOf(f.Path); ok && f.Rows > 0 {
			r.shards = append(r.shards, shard{day, f.Bucket, f.Buckets})
		}
	}
	for _, at := range d.manifest.Undated {
		r.undated[at] = true
	}
	return r
}

// Total gives the number of shards; their bytes are not counted.
func (r *Reread) Total() (files int, bytes int64) { return len(r.shards), 0 }

// Raws yields the shards, by number.
func (r *Reread) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	for i := range r.shards {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(&schema.Raw{Origin: r.dataset.name, Sequence: int64(i), Body: strconv.AppendInt(nil, int64(i), 10)}); err != nil {
			return err
		}
	}
	return nil
}

// Decoder reads the jobs of a shard. It is for one goroutine.
type Decoder struct{ reread *Reread }

// Decoder makes a decoder for the pieces that Raws yields.
func (r *Reread) Decoder() *Decoder { return &Decoder{r} }

// Counts are empty: nothing is coerced.
func (d *Decoder) Counts() schema.Counts { return nil }

// Items yields the jobs of a shard, each valid until the next.
func (d *Decoder) Items(raw *schema.Raw) iter.Seq[schema.Decoded] {
	return func(yield func(schema.Decoded) bool) {
		if err := d.read(raw, yield); err != nil {
			yield(schema.Decoded{Err: err})
		}
	}
}

// read yields the jobs of a shard; nil means that all were, or that yield
// wants no more.
func (d *Decoder) read(raw *schema.Raw, yield func(schema.Decoded) bool) (err error) {
	number, err := strconv.Atoi(string(raw.Body))
	if err != nil {
		return fmt.Errorf("reread shard: %w", err)
	}
	file, err := d.reread.dataset.openShard(d.reread.shards[number])
	if err != nil {
		return err
	}
	defer file.close()
	for position := int64(0); ; position++ {
		file.ready = false
		if err := file.advance(); err != nil || !file.ready {
			return err
		}
		job := d.reread.unflatten(&file.rows)
		job.Undated = d.reread.undated[job.ObservedAt]
		if !yield(schema.Decoded{Job: job, Position: position}) {
			return nil
		}
	}
}
