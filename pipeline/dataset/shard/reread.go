package shard

import (
	"context"
	"fmt"
	"iter"
	"strconv"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// Reread makes the published snapshot a source of the line that made it: a
// piece of input is a shard, and decoding it is reading its rows back.
type Reread struct {
	dataset   *dataset.Dataset
	unflatten func(*schema.Rows) *schema.Job
	shards    []*Published
	undated   map[int64]bool
}

// NewReread prepares to read the published snapshot. unflatten makes a job of
// its rows; it is safe for concurrent use.
func NewReread(d *dataset.Dataset, unflatten func(*schema.Rows) *schema.Job) *Reread {
	r := &Reread{dataset: d, unflatten: unflatten, shards: List(d), undated: map[int64]bool{}}
	for _, at := range d.Manifest().Undated {
		r.undated[at] = true
	}
	return r
}

// Raws yields the shards, by number.
func (r *Reread) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	for i := range r.shards {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(&schema.Raw{Origin: r.dataset.Name(), Sequence: int64(i), Body: strconv.AppendInt(nil, int64(i), 10)}); err != nil {
			return err
		}
	}
	return nil
}

// Decoder reads the jobs of a shard. Not safe for concurrent use.
type Decoder struct{ reread *Reread }

// Decoder makes a decoder for the pieces that Raws yields.
func (r *Reread) Decoder() *Decoder { return &Decoder{r} }

// Findings returns none: rows are spelled in one way.
func (d *Decoder) Findings() schema.Findings { return schema.Findings{} }

// Items yields the jobs of a shard, each valid until the next.
func (d *Decoder) Items(raw *schema.Raw) iter.Seq[schema.Decoded] {
	return func(yield func(schema.Decoded) bool) {
		if err := d.read(raw, yield); err != nil {
			yield(schema.Decoded{Err: err})
		}
	}
}

// read yields the jobs of a shard, until yield returns false.
func (d *Decoder) read(raw *schema.Raw, yield func(schema.Decoded) bool) error {
	number, err := strconv.Atoi(string(raw.Body))
	if err != nil {
		return fmt.Errorf("reread shard: %w", err)
	}
	file, err := d.reread.shards[number].open()
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
