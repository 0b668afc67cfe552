//go:build cgo

package query

import (
	"context"
	"database/sql/driver"

	"callmill/pipeline/calendar"
)

// Key names a call attempt.
type Key struct{ Instance, Job, Task string }

// Attempt is what is known of a dialled call attempt.
type Attempt struct {
	Key
	Campaign, Script, Version, Number, Outcome string
	JobDate                                    calendar.Day
	Start                                      int64 // ms since 1970; 0 without a time
	Attempt                                    int32
	LineCount                                  int32
}

// Line is a line of a transcript.
type Line struct {
	Turn    int32
	Speaker string // Robot, Contact or another
	Script  string // as it was said
	Words   []string
	Pattern string // of the robot
	Gap     int64  // ms since the line before; -1 where its time is worth nothing
}

// Attempts returns the dialled attempts of a job, in order; with a task, that one alone.
func (d *DB) Attempts(ctx context.Context, job, task string) ([]Attempt, error) {
	var only any
	if task != "" {
		only = task
	}
	var all []Attempt
	err := d.each(ctx, "attempts", []any{job, only}, func(v []driver.Value) error {
		all = append(all, Attempt{
			Key:      Key{v[0].(string), v[1].(string), v[2].(string)},
			Campaign: v[3].(string), Script: v[4].(string), Version: v[5].(string), Number: v[6].(string), Outcome: v[7].(string),
			JobDate: calendar.Day(v[8].(int32)), Start: v[9].(int64), Attempt: v[10].(int32), LineCount: v[11].(int32),
		})
		return nil
	})
	return all, err
}

// Transcript returns the lines of a call, in order.
func (d *DB) Transcript(ctx context.Context, k Key) ([]Line, error) {
	return d.lines(ctx, "transcript", []any{k.Instance, k.Job, k.Task})
}

// lines returns the lines that a question is about.
func (d *DB) lines(ctx context.Context, question string, values []any) ([]Line, error) {
	var lines []Line
	err := d.each(ctx, question, values, func(v []driver.Value) error {
		line := Line{Turn: v[0].(int32), Speaker: v[1].(string), Script: v[2].(string), Pattern: v[4].(string), Gap: -1}
		tokens, _ := v[3].([]any)
		for _, token := range tokens {
			line.Words = append(line.Words, token.(string))
		}
		if v[6] == "ok" {
			line.Gap = v[5].(int64)
		}
		lines = append(lines, line)
		return nil
	})
	return lines, err
}
