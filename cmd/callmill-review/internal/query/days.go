//go:build cgo

package query

import (
	"context"
	"database/sql/driver"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/renew"
	"callmill/pipeline/calendar"
	"callmill/pipeline/redact"
	"callmill/segment"
)

// DayCalls is how much [DB.Load] would load of a day.
type DayCalls struct {
	Day   calendar.Day // of the calls; corpus.NoDay for those without a time
	Calls int64        // dialled
	Lines int64        // of answered ones
}

// Days returns how much there is of each day, in order.
func (d *DB) Days(ctx context.Context) ([]DayCalls, error) {
	var days []DayCalls
	err := d.each(ctx, "calls_by_day", nil, func(v []driver.Value) error {
		day := DayCalls{Day: corpus.NoDay, Calls: v[1].(int64), Lines: v[2].(int64)}
		if known, ok := v[0].(int32); ok {
			day.Day = calendar.Day(known)
		}
		days = append(days, day)
		return nil
	})
	return days, err
}

// Names returns what campaigns and their scripts are called, by the id of a campaign in
// an instance.
func (d *DB) Names(ctx context.Context) (func(instance, group string) renew.Names, error) {
	type key struct{ instance, group string }
	names := map[key]renew.Names{}
	err := d.each(ctx, "campaigns", nil, func(v []driver.Value) error {
		names[key{v[0].(string), v[1].(string)}] = renew.Names{Campaign: v[2].(string), Script: v[3].(string), Version: v[4].(string)}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return func(instance, group string) renew.Names { return names[key{instance, group}] }, nil
}

// Redacted reports whether the dataset holds what is personal as labels, or not at all.
func (d *DB) Redacted() bool { return d.manifest.Settings.PII != redact.Keep }

// Segment returns how the words of the dataset were cut.
func (d *DB) Segment() (segment.Options, error) {
	o := segment.Options{HMM: d.manifest.Settings.HMM}
	dictionaries, err := d.dictionaries()
	for _, dictionary := range dictionaries {
		o.Dicts = append(o.Dicts, segment.UserDict{Name: dictionary.Origin, Text: dictionary.Text, Kept: dictionary.Own})
	}
	return o, err
}

// ScriptsNamed reports whether scripts of the robot have names; chatbots or scenarios
// stand for scripts where none has one.
func (d *DB) ScriptsNamed() bool { return d.scriptsNamed }
