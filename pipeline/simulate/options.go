package simulate

import (
	"fmt"
	"io/fs"
	"time"
)

// Options describe a world. The zero value is useful.
type Options struct {
	// People is the number of people to call, one job for each, by all campaigns
	// that begin within Days, including those that begin on the last day after
	// Until; 0 means 1,000. Several campaigns may call the same person.
	People int
	// Seed of everything random in the world; 0 means 1.
	Seed uint64
	// Until is the instant at which the world stands; later events are invisible.
	// Zero means the last millisecond of 2026-01-31 in China.
	Until time.Time
	// Days is how long before Until the first campaign begins, from 1 to 366;
	// 0 means 14.
	Days int
	// Misheard is how many of a hundred spoken digits of personal data the
	// recogniser gets wrong, from 0 to 100; 0 means what the campaigns say.
	Misheard int
	// Campaigns are the campaigns to be simulated, in place of the built-in ones:
	// the files *.txt at its top. Lists in words/*.txt replace the built-in ones of
	// the same names, files in slips those of the same names. campaigns/README.md
	// documents the format. nil means the built-in campaigns.
	Campaigns fs.FS
	// InstanceID is the robot deployment; "" means one derived from Seed.
	InstanceID string
}

const (
	defaultPeople = 1000
	defaultDays   = 14
	maxPeople     = 100_000_000
)

// China has had one time zone without changes since 1991, so no time-zone database
// is needed.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// EndOfDay returns the last millisecond of a calendar day in China, for
// Options.Until.
func EndOfDay(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day+1, 0, 0, 0, 0, china).Add(-time.Millisecond)
}

func (o Options) withDefaults() (Options, error) {
	if o.People == 0 {
		o.People = defaultPeople
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
	case o.People < 0 || o.People > maxPeople:
		return o, fmt.Errorf("simulate: invalid people %d: want 1 to %d", o.People, maxPeople)
	case o.Days < 0 || o.Days > 366:
		return o, fmt.Errorf("simulate: invalid days %d: want 1 to 366", o.Days)
	case o.Misheard < 0 || o.Misheard > 100:
		return o, fmt.Errorf("simulate: invalid misheard %d: want 0 to 100, in percent", o.Misheard)
	case o.Until.Year() < 2000 || o.Until.Year() > 9000:
		return o, fmt.Errorf("simulate: invalid until %s: want a day in the years 2000 to 9000", o.Until.Format(time.DateOnly))
	}
	if o.InstanceID == "" {
		o.InstanceID = formatID(o.Seed, instanceIDs, 0)
	}
	return o, nil
}
