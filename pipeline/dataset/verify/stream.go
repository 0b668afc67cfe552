package verify

// follower reads the rows of a day table beside the jobs of its shard.
type follower interface {
	// open opens the shard's file of the table; a shard without rows of the table
	// has none.
	open(*shardCheck) error
	// take reads the rows of the job with an index in the shard into the
	// shardCheck's rows, where they are valid until the next call. Rows before
	// them, of a job that is over or that the shard does not have, are findings.
	take(at int32) error
	close()
}

// stream is the follower of the table with row type T.
type stream[T any] struct {
	table string
	jobOf func(*T) jobKey
	rows  *[]T // of the current job

	check *shardCheck
	file  *fileRows[T] // nil without one
	ahead *T           // the next row, nil at the end
	job   jobKey       // its job
	at    int32        // the index of its job in the shard, -1 if the shard does not have it
}

func (s *stream[T]) open(c *shardCheck) (err error) {
	f := c.shard.files[s.table]
	if f == nil {
		return nil
	}
	s.check = c
	if s.file, err = openRows[T](c.plan, f); err != nil {
		return err
	}
	return s.advance()
}

func (s *stream[T]) advance() (err error) {
	if s.ahead, err = s.file.next(); err != nil || s.ahead == nil {
		return err
	}
	if job := s.jobOf(s.ahead); job != s.job || s.file.Rows() == 1 {
		s.job, s.at = job, s.check.indexOf(&job)
	}
	return nil
}

func (s *stream[T]) take(at int32) error {
	*s.rows = (*s.rows)[:0]
	for s.ahead != nil && s.at <= at {
		row := s.file.Rows() - 1
		switch {
		case s.at == at:
			*s.rows = append(*s.rows, *s.ahead)
		case s.at < 0:
			s.file.add(CheckReferences, "row %d is of job %s, which jobs does not have in %s", row, s.job.JobID, s.check.shard)
		default:
			s.file.add(CheckOrder, "row %d is of job %s, whose rows are further up", row, s.job.JobID)
		}
		if err := s.advance(); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream[T]) close() {
	if s.file != nil {
		s.file.Close()
	}
}
