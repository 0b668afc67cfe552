package callapi

import (
	"net/http"
	"time"
)

// DefaultEndpoint is where the API answers for the mainland of China.
const DefaultEndpoint = "outboundbot.cn-shanghai.aliyuncs.com"

// Options say how a Client talks to the API. The zero value talks to the real
// one, with the credentials of the machine.
type Options struct {
	// Endpoint is HOST[:PORT] or a URL; "" is DefaultEndpoint. http is for
	// loopback only.
	Endpoint string
	// Keys are used instead of the vendor's chain of credentials. They are
	// for the simulated API: real ones belong into the environment, the
	// profile file or a role, see credentials.go.
	Keys *Keys

	// QPS is how many requests go out in any one second at most; 0 is 10.
	QPS int
	// Parallel is how many requests are under way at most; 0 is twice QPS, but
	// no fewer than 4 and no more than 64.
	Parallel int

	// Deadlines of a request: until it is connected, between two reads, and
	// for all of it. 0 is 5 s, 15 s and 2 min.
	Connect, Read, Overall time.Duration

	// Attempts is how often a request is tried before it counts as failing
	// always; throttled ones do not count. 0 is 10.
	Attempts int
	// Backoff is how long the first retry waits at most, and BackoffCap any; 0
	// is 200 ms and 10 s. Each wait is drawn evenly from nothing to twice the
	// most of the one before.
	Backoff, BackoffCap time.Duration
	// RetryBudget is how many attempts may fail, over all requests, without
	// answers between them: each failure takes one, each answer gives ten back.
	// When it is used up the API is taken to be down. 0 is as many as go out in
	// 40 s, and 400 at least.
	RetryBudget int
	// Patience is how long the API may throttle everything; 0 is 10 min.
	Patience time.Duration

	// Seed makes the jitter repeatable; 0 is a random one.
	Seed uint64
	// Transport carries the requests, without the deadlines of Connect and
	// Read; nil is the network.
	Transport http.RoundTripper
}

// Keys are an access key, with a token where it is a temporary one.
type Keys struct{ ID, Secret, Token string }

func (o Options) withDefaults() Options {
	setDefault(&o.Endpoint, DefaultEndpoint)
	setDefault(&o.QPS, 10)
	setDefault(&o.Parallel, min(max(2*o.QPS, 4), 64))
	setDefault(&o.Connect, 5*time.Second)
	setDefault(&o.Read, 15*time.Second)
	setDefault(&o.Overall, 2*time.Minute)
	setDefault(&o.Attempts, 10)
	setDefault(&o.Backoff, 200*time.Millisecond)
	setDefault(&o.BackoffCap, 10*time.Second)
	setDefault(&o.RetryBudget, max(40*o.QPS, 400))
	setDefault(&o.Patience, 10*time.Minute)
	return o
}

func setDefault[T comparable](value *T, standard T) {
	var none T
	if *value == none {
		*value = standard
	}
}
