package api

import (
	"fmt"
	"math"
	"time"
)

// The access key that is known. ExpiredToken is a security token that was
// valid once; any other goes with the key.
const (
	AccessKeyID     = "demo"
	AccessKeySecret = "demo-secret"
	ExpiredToken    = "expired"
)

// Version is the version of the API, for the header x-acs-version.
const Version = "2019-12-26"

// MaxFaultsInRow is how often the same request fails in a row at most. Batches
// with poisonous ids, and those of more than one id that hold a shy one, are
// other requests when they are cut smaller.
const MaxFaultsInRow = 3

// Options describe what the API is like. The zero value is an API without
// quota and without faults.
type Options struct {
	// Seed names the faults: another seed, other ones. 0 stands for 1.
	Seed uint64
	// Faults is the share of requests that fail, and of answers in odd shapes,
	// from 0 to 1.
	Faults float64
	// Poison is how many jobs are never returned: a ListJobs request that asks
	// for one of them is answered with an error. Other actions show them.
	Poison int
	// Quota is how many requests are admitted in any one second, all actions
	// together: its whole number, or one in 1/Quota seconds where it is below
	// 1. 0 is no quota.
	Quota float64
	// Now is the instant at which a request finds the world; nil: the instant
	// the world stands at. It is called by every request, also by several at a
	// time.
	Now func() time.Time
	// Clock is the real time, for signatures and the quota; nil: time.Now.
	Clock func() time.Time
	// Stall is how long an answer keeps a client waiting that stalls or comes
	// byte by byte; 0 stands for 3 seconds.
	Stall time.Duration
	// Instances are the instance ids there are; none: any.
	Instances []string
	// Deny names actions the access key has no permission for.
	Deny []string
}

const defaultStall = 3 * time.Second

func (o Options) withDefaults() (Options, error) {
	switch {
	case math.IsNaN(o.Faults) || o.Faults < 0 || o.Faults > 1:
		return o, fmt.Errorf("simulated API: faults must be from 0 to 1, got %g", o.Faults)
	case o.Poison < 0:
		return o, fmt.Errorf("simulated API: poison must not be negative, got %d", o.Poison)
	case math.IsNaN(o.Quota) || o.Quota < 0 || o.Quota > maxQuota:
		return o, fmt.Errorf("simulated API: quota must be from 0 to %d, got %g", maxQuota, o.Quota)
	case o.Quota > 0 && o.Quota < minQuota:
		return o, fmt.Errorf("simulated API: quota must be at least %g, or 0 for none, got %g", minQuota, o.Quota)
	case o.Stall < 0:
		return o, fmt.Errorf("simulated API: stall must not be negative, got %s", o.Stall)
	}
	for _, action := range o.Deny {
		if _, ok := actions[action]; !ok {
			return o, fmt.Errorf("simulated API: there is no action %q to deny", action)
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
