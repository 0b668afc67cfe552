package client

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
)

// Client sends requests, all of them at one rate. Safe for concurrent use.
type Client struct {
	o         Options
	endpoint  endpoint
	keys      *chain
	transport *transport
	limiter   *limiter
	permits   chan struct{} // one for each request in flight
	jitter    *jitter
	patience  *patience
	counters  counters
	answered  atomic.Bool  // once, at least
	dated     atomic.Bool  // a response told the time
	skew      atomic.Int64 // how far this machine's clock is ahead of it, ns
}

// New makes a Client without sending anything: an error, of type *Error, is
// about the options. Close it when it is no longer needed.
func New(o Options) (*Client, error) {
	if o.QPS < 0 || o.Parallel < 0 || o.Attempts < 0 || o.RetryBudget < 0 {
		return nil, &Error{Kind: Usage, Reason: "rates and numbers of attempts must not be negative"}
	}
	if err := refuseTracing(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	at, err := parseEndpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	if err := at.checkProxy(); err != nil {
		return nil, err
	}
	return &Client{
		o: o, endpoint: at, keys: &chain{keys: o.Keys}, transport: newTransport(o),
		limiter: newLimiter(o), permits: make(chan struct{}, o.Parallel),
		jitter: newJitter(o.Seed, o.Backoff), patience: newPatience(o.RetryBudget, o.Patience, o.Now),
	}, nil
}

// Close closes the connections. No request may be in flight.
func (c *Client) Close() { c.transport.client.CloseIdleConnections() }

// Parallel is the maximum of requests in flight.
func (c *Client) Parallel() int { return c.o.Parallel }

// QPS is how many requests the API allows in a second.
func (c *Client) QPS() int { return c.o.QPS }

// Now is the client's clock.
func (c *Client) Now() time.Time { return c.o.Now() }

// Provider names where the credentials come from. An error is of type *Error.
func (c *Client) Provider() (string, error) { return c.keys.provider() }

// Skew is how far this machine's clock is ahead of the API's, as the last
// response showed, to the second; known is false before the first.
func (c *Client) Skew() (ahead time.Duration, known bool) {
	return time.Duration(c.skew.Load()), c.dated.Load()
}

// attempt sends a request once. It holds a permit until keep has returned.
func (c *Client) attempt(ctx context.Context, r *Request, keep func(*Answer) error) (*Answer, error) {
	if _, err := c.keys.provider(); err != nil {
		return nil, err
	}
	select {
	case c.permits <- struct{}{}:
		defer func() { <-c.permits }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	sent, err := c.limiter.wait(ctx)
	if err != nil {
		return nil, err
	}
	c.counters.requests.Add(1)
	got, err := c.send(ctx, r)
	defer got.done()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var a *Answer
	var f *Failure
	if err != nil {
		f = c.broken(r, err)
	} else {
		c.noteClock(got)
		if a, f = c.read(r, got); f == nil && r.Lacks != nil {
			f = c.lacking(r, a)
		}
		got.body = nil // the answer has it, and may let it go
	}
	if f != nil {
		f.sent = sent
		return nil, f
	}
	if keep == nil {
		return a, nil
	}
	return a, keep(a)
}

// send has the vendor's client sign and send a request. The client is made for
// each request: it changes its headers while it sends, which is not safe for
// concurrent use.
func (c *Client) send(ctx context.Context, r *Request) (*received, error) {
	client, err := openapi.NewClient(&openapi.Config{
		Endpoint: &c.endpoint.host, Protocol: &c.endpoint.scheme, Credential: c.keys, HttpClient: c.transport,
		UserAgent: dara.String("callmill"),
	})
	var got received
	if err != nil {
		return &got, err
	}
	_, err = client.CallApiWithCtx(context.WithValue(ctx, receivedKey{}, &got), &openapi.Params{
		Action: &r.Action, Version: dara.String(apiVersion), Protocol: &c.endpoint.scheme,
		Method: dara.String(http.MethodPost), Pathname: dara.String("/"), Style: dara.String("RPC"),
		AuthType: dara.String("AK"), ReqBodyType: dara.String("formData"), BodyType: dara.String("byte"),
	}, &openapi.OpenApiRequest{Query: r.parameters(), Headers: map[string]*string{
		"x-acs-date": dara.String(c.o.Now().UTC().Format("2006-01-02T15:04:05Z")),
	}}, &dara.RuntimeOptions{})
	return &got, err
}

// noteClock compares clocks by a response.
func (c *Client) noteClock(got *received) {
	if date := got.date(); !date.IsZero() {
		c.skew.Store(int64(got.at.Sub(date)))
		c.dated.Store(true)
	}
}

// Answered reports whether any request was answered so far.
func (c *Client) Answered() bool { return c.answered.Load() }

// Counters say what a client has done so far.
type Counters struct {
	Requests  int64 `json:"requests"`   // sent, retries included
	Retries   int64 `json:"retries"`    // of them
	Throttles int64 `json:"throttles"`  // responses that only said to ask later
	HighWater int64 `json:"high_water"` // largest number of requests that left within one second
}

type counters struct{ requests, retries, throttles atomic.Int64 }

// Counters returns what the client has done so far. Safe for concurrent use.
func (c *Client) Counters() Counters {
	n := &c.counters
	return Counters{
		Requests: n.requests.Load(), Retries: n.retries.Load(), Throttles: n.throttles.Load(),
		HighWater: c.limiter.highWater(),
	}
}

// apiVersion is the version of the API.
const apiVersion = "2019-12-26"

// Request is one question to the API.
type Request struct {
	InstanceID string
	Action     string            // one of schema.Action…
	JobIDs     []string          // of ListJobs
	Query      map[string]string // of the other actions
	Effort     Effort
	// Lacks, where not nil, names what a response lacks that would answer the
	// request, "" if nothing; such a response is a failure that can pass.
	Lacks func(*Answer) string
}

// Effort is how long [Client.Do] tries again what can pass.
type Effort int

const (
	// Steady is up to Options.Attempts failures.
	Steady Effort = iota
	// Insistent is several times as many: some minutes, for requests without
	// which nothing can go on.
	Insistent
	// Half is half of Options.Attempts with short waits: for a request that is
	// repeated once other requests have shown that the API answers.
	Half
	// Brief is a few failures with short waits: for a request whose caller has
	// other means to get the same.
	Brief
	// Once is a single attempt, which may be throttled.
	Once
)

// parameters are those of the query.
func (r *Request) parameters() map[string]*string {
	all := map[string]*string{"InstanceId": &r.InstanceID}
	for name, value := range r.Query {
		all[name] = &value
	}
	for i := range r.JobIDs {
		all["JobId."+strconv.Itoa(i+1)] = &r.JobIDs[i]
	}
	return all
}
