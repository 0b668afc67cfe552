//go:build cgo

package query

import (
	"context"
	"database/sql/driver"

	"callmill/cmd/callmill-review/internal/particulars"
	"callmill/pipeline/calendar"
)

// Particulars returns what is known of the attempts of a day's jobs beside what was said.
// jobDate is the day of jobs, which their folder is named for.
func (d *DB) Particulars(ctx context.Context, jobDate calendar.Day) (*particulars.Table, error) {
	b := particulars.NewBuilder()
	err := d.each(ctx, "particulars", []any{int32(jobDate)}, func(v []driver.Value) error {
		b.Add(v[0].(string), v[1].(string), &particulars.Attempt{
			Task: v[2].(string), Attempt: v[3].(int32), Outcome: v[4].(string), Status: v[5].(string),
			Start: v[6].(int64), Last: v[7].(bool), Lines: v[8].(int32),
			Campaign: v[9].(string), Script: v[10].(string), Version: v[11].(string), Calling: v[12].(string),
			CallID: v[13].(string), Name: v[14].(string), Phone: v[15].(string), Key: v[16].(string),
			CallMS: v[17].(int64), RingingS: v[18].(int64), EndReason: v[19].(int64),
			ReachedEnd: truth(v[20]), PlayedOut: truth(v[21]), RejectionHungUp: truth(v[22]),
			DialExceptions: v[23].(string), EndedBy: v[24].(string), Said: v[25].(int64),
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b.Table(), nil
}

func truth(v driver.Value) particulars.Truth { return particulars.Truth(v.(int32)) }

// Said returns the lines of a call, in order, as [DB.Transcript] does, and its business
// results, as name=content. It reads the day of its job alone.
func (d *DB) Said(ctx context.Context, k Key, jobDate calendar.Day) (lines []Line, results []string, err error) {
	call := []any{k.Instance, k.Job, k.Task, int32(jobDate)}
	if lines, err = d.lines(ctx, "said", call); err != nil {
		return nil, nil, err
	}
	err = d.each(ctx, "results_of", call, func(v []driver.Value) error {
		results = append(results, v[0].(string))
		return nil
	})
	return lines, results, err
}

// KeysOfNumber returns the contact keys of those who have a number, in one of its
// spellings, and whether anybody has it: who has it may have no key.
func (d *DB) KeysOfNumber(ctx context.Context, spellings []string) (keys []string, known bool, err error) {
	err = d.each(ctx, "keys_of_number", []any{spellings}, func(v []driver.Value) error {
		known = true
		if key := v[0].(string); key != "" {
			keys = append(keys, key)
		}
		return nil
	})
	return keys, known, err
}
