package client

import (
	"context"
	"fmt"
	"io"
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
}

// receivedKey is the context key of the *received to fill.
type receivedKey struct{}

// transport replaces the vendor's own transport: it sends what that has signed
// and keeps the response. The vendor's client gets an empty one: of an error
// page it would keep only what it understands, and it has no timeout for a body.
type transport struct {
	client  http.Client
	overall time.Duration
	now     func() time.Time
}

func newTransport(o Options) *transport {
	t := &transport{overall: o.Overall, now: o.Now}
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

// maxResponse is the size of the largest response that is read, in bytes.
const maxResponse = 64 << 20

var errTooLarge = fmt.Errorf("a response of more than %d MiB", maxResponse>>20)

// Call implements the vendor's HttpClient.
func (t *transport) Call(request *http.Request, _ *http.Transport) (*http.Response, error) {
	// The vendor's client puts a proxy's password into the request itself.
	request.Header.Del("Proxy-Authorization")
	ctx, cancel := context.WithTimeout(request.Context(), t.overall)
	defer cancel()
	response, err := t.client.Do(request.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponse+1))
	if err != nil {
		return nil, fmt.Errorf("read the response: %w", err)
	}
	if len(body) > maxResponse {
		return nil, errTooLarge
	}
	if r, ok := request.Context().Value(receivedKey{}).(*received); ok {
		*r = received{t.now(), response.StatusCode, response.Header, body}
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{}, Body: http.NoBody, Request: request,
	}, nil
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
