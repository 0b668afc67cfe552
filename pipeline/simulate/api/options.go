package api

import (
	"fmt"
	"math"
	"time"
)

// The only access key. ExpiredToken is a security token that has expired; any
// other is valid with the key.
const (
	AccessKeyID     = "demo"
	AccessKeySecret = "demo-secret"
	ExpiredToken    = "expired"
)

// Version is the version of the API, for the header x-acs-version.
const Version = "2019-12-26"

// MaxFaultsInRow limits how often the same request fails in a row. A batch with a
// poisonous id, or a shy one among others, always fails; a smaller batch is
// another request.
const MaxFaultsInRow = 3

// Columns is the name, in Options.Lag, of what SearchTask says of how a call went:
// durations, reasons, codes. Until the lag has passed a call is listed without them.
const Columns = "SearchTask.columns"

// Options configure the API. The zero value has no quota and no faults.
type Options struct {
	// Seed of the faults; 0 means 1.
	Seed uint64
	// Faults is the share of requests that fail, and of answers in other shapes,
	// from 0 to 1.
	Faults float64
	// Poison is how many jobs are poisonous: a ListJobs request for one of them
	// fails. Other actions show them.
	Poison int
	// Quota is how many requests are admitted in any window of one second, over
	// all actions, rounded down; below 1, one request in 1/Quota seconds. 0 means
	// unlimited.
	Quota float64
	// Now is the instant at which a request sees the world: calls, results and
	// groups appear as time passes. nil means the instant of the world. It must
	// be safe for concurrent use.
	Now func() time.Time
	// Lag is how long ago the world was as the answers of an action show it: by the
	// name of the action, or Columns.
	Lag map[string]time.Duration
	// Clock is the clock of the gateway: signatures, quota and the header Date.
	// nil means time.Now. It must be safe for concurrent use.
	Clock func() time.Time
	// Stall is how long a stalled or slow answer takes; 0 means 3 seconds.
	Stall time.Duration
	// Instances are the known instance ids; none means that all are known.
	Instances []string
	// Deny names actions that the access key lacks permission for.
	Deny []string
}

const defaultStall = 3 * time.Second

func (o Options) withDefaults() (Options, error) {
	switch {
	case math.IsNaN(o.Faults) || o.Faults < 0 || o.Faults > 1:
		return o, fmt.Errorf("simulated API: invalid faults %g: want 0 to 1", o.Faults)
	case o.Poison < 0:
		return o, fmt.Errorf("simulated API: invalid poison %d: want 0 or more", o.Poison)
	case math.IsNaN(o.Quota) || o.Quota < 0 || o.Quota > maxQuota:
		return o, fmt.Errorf("simulated API: invalid quota %g: want 0 to %d", o.Quota, maxQuota)
	case o.Quota > 0 && o.Quota < minQuota:
		return o, fmt.Errorf("simulated API: invalid quota %g: want at least %g, or 0 for none", o.Quota, minQuota)
	case o.Stall < 0:
		return o, fmt.Errorf("simulated API: invalid stall %s: want 0 or more", o.Stall)
	}
	for _, action := range o.Deny {
		if _, ok := actions[action]; !ok {
			return o, fmt.Errorf("simulated API: unknown action %q to deny", action)
		}
	}
	for what, lag := range o.Lag {
		if _, ok := actions[what]; !ok && what != Columns {
			return o, fmt.Errorf("simulated API: unknown action %q to lag", what)
		}
		if lag < 0 {
			return o, fmt.Errorf("simulated API: invalid lag %s of %s: want 0 or more", lag, what)
		}
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Stall == 0 {
		o.Stall = defaultStall
	}
	return o, nil
}
