package versions

import (
	"fmt"
	"slices"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// finder looks up published jobs. Not safe for concurrent use; several finders are.
type finder struct {
	published *published
	all       *spill.Finder // nil until all are read
}

func (p *published) finder() *finder { return &finder{published: p} }

// find returns what is published of a job, nil where nothing is known to be; certain
// says that then nothing is. Once published jobs could not be read it returns that error:
// a pull goes on where it cannot look up a job, but must not take it for a new one.
func (f *finder) find(key schema.Key) (job *publishedJob, certain bool, err error) {
	p := f.published
	p.mu.RLock()
	near, ok := p.near[key]
	whole, failed := p.whole, p.failed
	p.mu.RUnlock()
	switch {
	case failed != nil:
		return nil, false, failed
	case ok:
		return &near, true, nil
	case !whole:
		return nil, false, nil
	case f.all == nil:
		f.all = p.all.Finder()
	}
	job, err = findIn(f.all, key)
	return job, true, err
}

// findUnder is find for a job that lies under a day if it is published as it is met.
func (f *finder) findUnder(key schema.Key, day int32) (job *publishedJob, certain bool, err error) {
	if job, certain, err = f.find(key); certain || err != nil {
		return job, certain, err
	}
	for _, s := range f.published.byDay[day] {
		if !s.Holds(key) {
			continue
		}
		if err := f.published.loadShard(s); err != nil {
			return nil, false, err
		}
	}
	return f.find(key)
}

// findCalled returns what is published of a job, nil where nothing is. It was called at
// an instant, in ms, and lies under that day or one before; 0: that is not known. Most
// were called in the last days.
func (f *finder) findCalled(key schema.Key, call int64) (*publishedJob, error) {
	for _, under := range slices.Backward(f.published.days) {
		if call != 0 && earliest(under) > call {
			continue
		}
		if job, certain, err := f.findUnder(key, under); certain || err != nil {
			return job, err
		}
	}
	if err := f.published.loadWhole(); err != nil {
		return nil, err
	}
	job, _, err := f.find(key)
	return job, err
}

func findIn(all *spill.Finder, key schema.Key) (*publishedJob, error) {
	record, err := all.Find(key[:])
	if err != nil {
		return nil, fmt.Errorf("look up published job: %w", err)
	}
	if record == nil {
		return nil, nil
	}
	job, c := &publishedJob{}, spill.Decoder(record)
	job.code(&c)
	return job, c.Err()
}
