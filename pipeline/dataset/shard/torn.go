package shard

import "callmill/schema"

// torn reads a damaged file of a table: its rows end with the damage.
type torn struct {
	tableReader
	over bool
}

func isTorn(t tableReader) bool {
	_, ok := t.(*torn)
	return ok
}

func (t *torn) job() (instanceID, jobID string, ok bool) {
	if t.over {
		return "", "", false
	}
	return t.tableReader.job()
}

func (t *torn) take(rows *schema.Rows) error {
	t.over = t.tableReader.take(rows) != nil
	return nil
}

var _ tableReader = (*torn)(nil)
