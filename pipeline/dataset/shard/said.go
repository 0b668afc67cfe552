package shard

import (
	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// saidTurn has the columns of turns that say what was said; all others are derived.
// Where one of those is damaged, these can be read.
type saidTurn struct {
	InstanceID string `parquet:"instance_id,dict"`
	JobID      string `parquet:"job_id,dict"`
	TaskID     string `parquet:"task_id,dict"`
	TurnIndex  int32  `parquet:"turn_index"`
	Speaker    string `parquet:"speaker,dict"`
	Script     string `parquet:"script,dict"`
	StoredTime int64  `parquet:"stored_time,optional,timestamp(millisecond),plain"`
}

// saidReader reads the rows of turns with these columns alone.
type saidReader struct {
	*parquetio.Reader[saidTurn]
	ahead *saidTurn
}

func openSaid(path string) (tableReader, error) {
	file, err := parquetio.Open[saidTurn](path)
	if err != nil {
		return nil, err
	}
	r := &saidReader{Reader: file}
	if r.ahead, err = file.Next(); err != nil {
		file.Close()
		return nil, err
	}
	return r, nil
}

func (r *saidReader) job() (instanceID, jobID string, ok bool) {
	if r.ahead == nil {
		return "", "", false
	}
	return r.ahead.InstanceID, r.ahead.JobID, true
}

func (r *saidReader) take(rows *schema.Rows) (err error) {
	t := r.ahead
	rows.Turns = append(rows.Turns, schema.TurnRow{
		InstanceID: t.InstanceID, JobID: t.JobID, TaskID: t.TaskID, TurnIndex: t.TurnIndex,
		Speaker: t.Speaker, Script: t.Script, StoredTime: t.StoredTime,
	})
	r.ahead, err = r.Next()
	return err
}

var _ tableReader = (*saidReader)(nil)
