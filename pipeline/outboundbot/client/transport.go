package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// received is a response as received.
type received struct {
	at     time.Time // when all of it had been read
	status int
	header http.Header
	body   []byte
	leave  func() // gives back the room that body takes; nil: it takes none
}

// done is called when nothing holds the body any more.
func (r *received) done() {
	if r.leave != nil {
		r.leave()
	}
}

// date is the time by the clock of whoever answered; zero where it is not told.
func (r *received) date() time.Time {
	date, err := http.ParseTime(r.header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date
}

// receivedKey is the context key of the *received to fill.
type receivedKey struct{}

// transport replaces the vendor's own transport: it sends what that has signed
// and keeps the response. The vendor's client gets an empty one: of an error
// page it would keep only what it understands, and it has no timeout for a body.
type transport struct {
	client  http.Client
	room    *room
	overall time.Duration
	now     func() time.Time
}

func newTransport(o Options) *transport {
	t := &transport{room: newRoom(), overall: o.Overall, now: o.Now}
	t.client.Transport = o.Transport
	// A redirect does not come from the API, and must not be followed with
	// signed requests.
	t.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if o.Transport != nil {
		return t
	}
	dialer := &net.Dialer{Timeout: o.Connect}
	t.client.Transport = &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &patientConn{conn, o.Read}, nil
		},
		TLSHandshakeTimeout: o.Connect,
		MaxIdleConnsPerHost: o.Parallel,
		IdleConnTimeout:     o.Read / 2,
	}
	return t
}

// Call implements the vendor's HttpClient.
func (t *transport) Call(request *http.Request, _ *http.Transport) (*http.Response, error) {
	// The vendor's client puts a proxy's password into the request itself.
	request.Header.Del("Proxy-Authorization")
	ctx, clock, release := within(request.Context(), t.overall)
	defer release()
	response, err := t.client.Do(request.WithContext(ctx))
	if err != nil {
		return nil, because(ctx, err)
	}
	defer response.Body.Close()
	body, leave, err := t.room.read(ctx, response, clock)
	if err != nil {
		leave()
		return nil, because(ctx, err)
	}
	if r, ok := request.Context().Value(receivedKey{}).(*received); ok {
		*r = received{t.now(), response.StatusCode, response.Header, body, leave}
	} else {
		leave()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{}, Body: http.NoBody, Request: request,
	}, nil
}

// because returns why a request failed with err: that it took too long, where it
// was cancelled for that.
func because(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errOverall) {
		return errOverall
	}
	return err
}

// patientConn is a connection with a timeout for each read and write.
type patientConn struct {
	net.Conn
	read time.Duration
}

// Read implements [net.Conn].
func (c *patientConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.read)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// Write begins a request. A read has been waiting since the last one ended: its
// timeout starts anew.
func (c *patientConn) Write(b []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.read)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
