package callapi

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"

	"callmill/schema"
)

const (
	listJobs        = schema.ActionListJobs
	listJobsByGroup = schema.ActionListJobsByGroup
	listJobGroups   = schema.ActionListJobGroups
	searchTask      = schema.ActionSearchTask
)

// apiVersion is the version of the API.
const apiVersion = "2019-12-26"

// Client sends requests, all of them at one rate. Its methods may be called
// from several goroutines.
type Client struct {
	o         Options
	endpoint  endpoint
	keys      *chain
	transport *transport
	gate      *gate
	jitter    *jitter
	patience  *patience
	counters  counters
	answered  atomic.Bool  // once, at least
	dated     atomic.Bool  // a response told the time
	skew      atomic.Int64 // how far this machine's clock is ahead of it, ns
}

// New makes a Client. It does not talk to anybody yet: an error is about the
// options. Close it when it is not needed any more.
func New(o Options) (*Client, error) {
	o = o.withDefaults()
	if o.QPS < 0 || o.Parallel < 0 || o.Attempts < 0 || o.RetryBudget < 0 {
		return nil, &Error{Kind: Usage, reason: "rates and numbers of attempts must not be negative"}
	}
	if err := tracing(); err != nil {
		return nil, err
	}
	at, err := parseEndpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	return &Client{
		o: o, endpoint: at, keys: &chain{keys: o.Keys}, transport: newTransport(o), gate: newGate(o.QPS, o.Parallel, at.reach()),
		jitter:   newJitter(o.Seed, o.Backoff),
		patience: newPatience(o.RetryBudget, o.Patience),
	}, nil
}

// Close gives back the connections. No request may be under way.
func (c *Client) Close() { c.transport.close() }

// Skew is how far this machine's clock is ahead of the API's, as its last
// response showed; 0 before the first. The API tells whole seconds.
func (c *Client) Skew() time.Duration { return time.Duration(c.skew.Load()) }

// attempt sends a request once, and has its answer kept.
func (c *Client) attempt(ctx context.Context, r *request, keep func(*answer) error) (*answer, error) {
	if _, err := c.keys.provider(); err != nil {
		return nil, err
	}
	leave, err := c.gate.wait(ctx, class{r.action, len(r.jobIDs)})
	if err != nil {
		return nil, err
	}
	sent := true
	defer func() { leave.end(sent) }()
	c.counters.requests.Add(1)
	var got received
	sending := httptrace.WithClientTrace(context.WithValue(ctx, receivedKey{}, &got), &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { leave.wrote() },
		GotFirstResponseByte: leave.heard,
	})
	err = c.send(sending, r)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var a *answer
	var f *failure
	if err != nil {
		f = c.broken(r, err)
		sent = !f.offline
	} else {
		c.noteClock(&got)
		a, f = c.read(r, &got)
	}
	if f != nil {
		f.sent = leave.out
		return nil, f
	}
	leave.served()
	return a, keep(a)
}

// send has the vendor's client sign and send a request; what comes back is in
// ctx's received. The client is made for each request: it forgets its headers
// while it sends, which several goroutines must not do at once.
func (c *Client) send(ctx context.Context, r *request) error {
	client, err := openapi.NewClient(&openapi.Config{
		Endpoint: &c.endpoint.host, Protocol: &c.endpoint.scheme, Credential: c.keys, HttpClient: c.transport,
		UserAgent: dara.String("callmill"),
	})
	if err != nil {
		return err
	}
	_, err = client.CallApiWithCtx(ctx, &openapi.Params{
		Action: &r.action, Version: dara.String(apiVersion), Protocol: &c.endpoint.scheme,
		Method: dara.String(http.MethodPost), Pathname: dara.String("/"), Style: dara.String("RPC"),
		AuthType: dara.String("AK"), ReqBodyType: dara.String("formData"), BodyType: dara.String("byte"),
	}, &openapi.OpenApiRequest{Query: r.parameters()}, &dara.RuntimeOptions{})
	return err
}

// noteClock compares clocks by a response.
func (c *Client) noteClock(got *received) {
	if date, err := http.ParseTime(got.header.Get("Date")); err == nil {
		c.skew.Store(int64(got.at.Sub(date)))
		c.dated.Store(true)
	}
}
