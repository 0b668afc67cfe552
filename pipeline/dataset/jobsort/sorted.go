package jobsort

import (
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Sorted reads the entries of a bucket of a day in the order of [CompareJobs].
// Not safe for concurrent use.
type Sorted struct {
	records *spill.Records
	bucket  int
	buckets int
	keep    func(schema.Key, uint64) bool
	next    Entry
	more    bool
}

// Sorted reads those entries of a bucket of a day for which keep returns true,
// out of a power of two of buckets. All appenders have been closed.
func (s *Store) Sorted(day int32, bucket, buckets int, keep func(key schema.Key, id uint64) bool) (*Sorted, error) {
	records, err := s.jobs.Read(s.partsOf(day, bucket, buckets)...)
	if err != nil {
		return nil, err
	}
	sorted := &Sorted{records: records, bucket: bucket, buckets: buckets, keep: keep}
	return sorted, sorted.Take()
}

// partsOf returns the parts of a day that may have entries of a bucket: which of
// fewer buckets a key is in follows from which of more it is in.
func (s *Store) partsOf(number int32, bucket, buckets int) (parts []spill.Range) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.days[number]
	if d == nil {
		return nil
	}
	for level, used := range d.levels {
		fewer := min(1<<level, buckets)
		for part := bucket % fewer; used && part < 1<<level; part += fewer {
			parts = append(parts, spill.Range{From: appendPart(nil, number, level, part), To: appendPart(nil, number, level, part+1)})
		}
	}
	return parts
}

// Peek returns the next entry without taking it, nil at the end. It is valid
// until the next call of Take; its block stays for as long as something refers
// to it.
func (s *Sorted) Peek() *Entry {
	if !s.more {
		return nil
	}
	return &s.next
}

// Take goes on to the entry after the one that Peek returns.
func (s *Sorted) Take() error {
	for {
		record, err := s.records.Next()
		if s.more = record != nil; err != nil || !s.more {
			return err
		}
		if s.next, err = entryOf(record); err != nil {
			return err
		}
		if s.next.Key.Bucket(s.buckets) == s.bucket && s.keep(s.next.Key, s.next.ID) {
			return nil
		}
	}
}
