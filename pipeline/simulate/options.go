package simulate

import (
	"fmt"
	"time"
)

// Options describe a world. The zero value is a useful one.
type Options struct {
	// Jobs is how many people there are to reach, over all campaigns that begin
	// within Days, also those that begin on the last day after Until; 0 stands
	// for 1,000.
	Jobs int
	// Seed names the world: another seed, other people and calls. 0 stands for 1.
	Seed uint64
	// Until is the instant at which the world is looked at; what happens later
	// is not seen. Zero stands for the last millisecond of 2026-01-31 in China.
	Until time.Time
	// Days is how long before Until the first campaign begins, from 1 to 366;
	// 0 stands for 14.
	Days int
	// InstanceID is the robot deployment; "" stands for one made from Seed.
	InstanceID string
}

const (
	defaultJobs = 1000
	defaultDays = 14
	maxJobs     = 100_000_000
)

// China keeps one time without changes since 1991, so a fixed zone does and
// no time-zone database is needed.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// EndOfDay is the last millisecond of a day of the calendar in China: what
// Until should be for the day to be over.
func EndOfDay(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day+1, 0, 0, 0, 0, china).Add(-time.Millisecond)
}

func (o Options) withDefaults() (Options, error) {
	if o.Jobs == 0 {
		o.Jobs = defaultJobs
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Until.IsZero() {
		o.Until = EndOfDay(2026, time.January, 31)
	}
	if o.Days == 0 {
		o.Days = defaultDays
	}
	switch {
	case o.Jobs < 0 || o.Jobs > maxJobs:
		return o, fmt.Errorf("simulate: jobs must be from 1 to %d, got %d", maxJobs, o.Jobs)
	case o.Days < 0 || o.Days > 366:
		return o, fmt.Errorf("simulate: days must be from 1 to 366, got %d", o.Days)
	case o.Until.Year() < 2000 || o.Until.Year() > 9000:
		return o, fmt.Errorf("simulate: until must be in the years 2000 to 9000, got %s", o.Until.Format(time.DateOnly))
	}
	if o.InstanceID == "" {
		o.InstanceID = formatID(o.Seed, instanceIDs, 0)
	}
	return o, nil
}
