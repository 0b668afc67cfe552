package commit

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// expire keeps what a job says that lies before the edge and goes, of what must outlive
// it. It is safe for concurrent use.
func (tx *Tx) expire(job *schema.Job) error {
	if tx.options.OptOuts == nil {
		return nil
	}
	return tx.options.OptOuts.Expired(job)
}

// expiredReject reports whether a reject lies before the edge, given its job, if one is
// known, and when it was first seen.
func (tx *Tx) expiredReject(instanceID, jobID string, firstSeen int64) bool {
	return firstSeen < tx.options.Rules.Edge && (jobID == "" || !tx.onHold(instanceID, jobID))
}

// keptEntries returns what is pending of a snapshot that is made anew: what it was, but
// for what lies before the edge.
func (tx *Tx) keptEntries() iter.Seq2[*schema.PendingRow, error] {
	edge := tx.options.Rules.Edge
	return func(yield func(*schema.PendingRow, error) bool) {
		for row, err := range tables.Pending(tx.dataset) {
			if err == nil && row.Since < edge && row.Reason != schema.PendingConfirmed && !tx.onHold(row.InstanceID, row.JobID) {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// onHold reports whether a job is on hold.
func (tx *Tx) onHold(instanceID, jobID string) bool {
	return tx.options.OnHold != nil && tx.options.OnHold(schema.JobKey(nil, instanceID, jobID))
}

// sameOptOuts reports whether the published snapshot has the opt-outs that the next one
// would have.
func (tx *Tx) sameOptOuts() (bool, error) {
	if tx.options.OptOuts == nil {
		return true, nil
	}
	rows, err := tx.options.OptOuts.Rows()
	if err != nil || len(rows) == 0 {
		return err == nil && tx.base.OptOuts.Path == "", err
	}
	sum := sha256.New()
	if err := parquetio.Write(sum, rows); err != nil {
		return false, err
	}
	return hex.EncodeToString(sum.Sum(nil)) == tx.base.OptOuts.SHA256, nil
}
