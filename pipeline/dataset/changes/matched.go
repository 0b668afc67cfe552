package changes

import (
	"bytes"
	"crypto/sha256"
	"iter"

	"callmill/pipeline/dataset/spill"
)

// where says what was found of a job.
type where byte

const (
	inSince where = iota // it is in the earlier snapshot; its counterpart was not next to it
	inTo                 // in the later one
	inBoth               // in both, and differs
)

// digest stands for the rows of a job.
type digest [sha256.Size / 2]byte

// record is something found of a job. They are sorted by job.
type record struct {
	instance, job string
	where         where
	rows          digest // of its rows; zero where they need not be compared
}

func (r *record) code(c *spill.Codec) {
	c.SortText(&r.instance)
	c.SortText(&r.job)
	c.Byte((*byte)(&r.where))
	c.Fixed(r.rows[:])
}

// All returns the changes by instance and job. Their strings stay valid.
func (c *Changes) All() iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		var job found
		for b, err := range c.found.All() {
			var r record
			if err == nil {
				d := spill.Decoder(b)
				r.code(&d)
				err = d.Err()
			}
			if err != nil {
				yield(Change{}, err)
				return
			}
			if job.any() && (job.instance != r.instance || job.job != r.job) {
				if change, ok := job.change(c.every); ok && !yield(change, nil) {
					return
				}
				job = found{}
			}
			job.add(&r)
		}
		if change, ok := job.change(c.every); ok && job.any() {
			yield(change, nil)
		}
	}
}

// found is what was found of one job.
type found struct {
	instance, job string
	in            [inBoth + 1]bool
	rows          [inTo + 1]digest
}

func (f *found) any() bool { return f.in != [inBoth + 1]bool{} }

func (f *found) add(r *record) {
	f.instance, f.job, f.in[r.where] = r.instance, r.job, true
	if r.where != inBoth {
		f.rows[r.where] = r.rows
	}
}

// change returns what became of the job; ok is false where it is the same: its
// day is divided into other buckets.
func (f *found) change(every bool) (change Change, ok bool) {
	kind := Changed
	switch {
	case f.in[inBoth]:
	case !f.in[inSince]:
		kind = New
	case !f.in[inTo]:
		kind = Gone
	case !every && bytes.Equal(f.rows[inSince][:], f.rows[inTo][:]):
		return Change{}, false
	}
	return Change{f.instance, f.job, kind}, true
}
