package verify

import (
	"errors"
	"io"

	"callmill/schema"
)

// stream hands out the rows of a table's file job by job. A shard without rows
// of the table has no file of it.
type stream[T any] struct {
	check  *shardCheck
	reader *reader[T]
	ahead  *T    // the row to come, nil at the end
	place  int32 // of its job, -1 where the shard has no such job
	rows   []T
	owner  owner // of the row to come
}

// owner is the job a row belongs to.
type owner struct{ instance, job string }

// ownerOf gives the job of a row of a day table.
func ownerOf(row any) owner {
	switch r := row.(type) {
	case *schema.TaskRow:
		return owner{r.InstanceID, r.JobID}
	case *schema.TurnRow:
		return owner{r.InstanceID, r.JobID}
	case *schema.ContactRow:
		return owner{r.InstanceID, r.JobID}
	case *schema.ExtraRow:
		return owner{r.InstanceID, r.JobID}
	case *schema.SummaryRow:
		return owner{r.InstanceID, r.JobID}
	}
	return owner{}
}

func (s *stream[T]) open(c *shardCheck, f *tableFile) (err error) {
	s.check = c
	if f == nil {
		return nil
	}
	if s.reader, err = openRows[T](c.plan, f); err != nil {
		return err
	}
	return s.advance()
}

func (s *stream[T]) path() string {
	if s.reader == nil {
		return ""
	}
	return s.reader.path
}

func (s *stream[T]) advance() (err error) {
	s.ahead, err = s.reader.Next()
	if errors.Is(err, io.EOF) {
		s.ahead = nil
		s.check.noteStrange(s.reader.path, s.reader.strange)
		return nil
	}
	if err != nil {
		return err
	}
	if is := ownerOf(s.ahead); is != s.owner || s.reader.row == 1 {
		s.owner = is
		s.place = s.check.placeOf(is.instance, is.job)
	}
	return nil
}

// take gives the rows of the job at a place, valid until the next call. Rows
// before them, whose job is gone by or not there at all, are findings.
func (s *stream[T]) take(at int32) ([]T, error) {
	s.rows = s.rows[:0]
	for s.ahead != nil && s.place <= at {
		switch {
		case s.place == at:
			s.rows = append(s.rows, *s.ahead)
		case s.place < 0:
			s.check.plan.findings.add(s.reader.path, CheckReferences,
				"row %d is of job %s, which jobs does not have in %s", s.reader.row-1, s.owner.job, s.check.shard)
		default:
			s.check.plan.findings.add(s.reader.path, CheckOrder,
				"row %d is of job %s, whose place is further up", s.reader.row-1, s.owner.job)
		}
		if err := s.advance(); err != nil {
			return nil, err
		}
	}
	return s.rows, nil
}

func (s *stream[T]) close() {
	if s.reader != nil {
		s.reader.Close()
	}
}
