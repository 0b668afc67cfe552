package versions

import (
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// acceptance is when a version of a job was last accepted.
type acceptance struct {
	key schema.Key
	at  verdict.Moment
}

func (a *acceptance) code(c *spill.Codec) {
	c.Fixed(a.key[:])
	c.Varint(&a.at.Observed)
	c.Varint(&a.at.Sequence)
	c.Varint(&a.at.Position)
}

// accept notes the last acceptance of a version of a job that is asked about.
func (d *decider) accept(key schema.Key, s *verdict.Sighting) error {
	d.Accepted++
	a := acceptance{key, s.Moment}
	return d.accepted.Encode(a.code)
}

// Accepted returns a function that says when a version of a job, unchanged ones
// included, was last accepted; ok is false where none was, or Decide was not asked
// about the job. The function is not safe for concurrent use.
func (s *Store) Accepted() func(schema.Key) (at verdict.Moment, ok bool, err error) {
	finder := s.accepted.Finder()
	return func(key schema.Key) (verdict.Moment, bool, error) {
		record, err := finder.Find(key[:])
		if err != nil || record == nil {
			return verdict.Moment{}, false, err
		}
		var a acceptance
		c := spill.Decoder(record)
		a.code(&c)
		return a.at, true, c.Err()
	}
}
