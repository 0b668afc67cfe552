package callapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// received is what came back for a request, as it came.
type received struct {
	at     time.Time // when all of it was there
	status int
	header http.Header
	body   []byte
}

// receivedKey finds in a request's context where to put what comes back.
type receivedKey struct{}

// transport sends what the vendor's client has signed, in the place of that
// client's own transport, and keeps the response. The vendor's client is shown
// an empty one: of an error page it would keep only what it understands, and
// it has no deadline for a body.
type transport struct {
	client  http.Client
	overall time.Duration
}

func newTransport(o Options) *transport {
	t := &transport{overall: o.Overall}
	t.client.Transport = o.Transport
	// A redirect is no answer of the API, and must not be followed with
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
		*r = received{time.Now(), response.StatusCode, response.Header, body}
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{}, Body: http.NoBody, Request: request,
	}, nil
}

// close gives back idle connections.
func (t *transport) close() { t.client.CloseIdleConnections() }

// patientConn waits for the next bytes so long and no longer.
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

// Write begins a request: a read is waiting since the last one ended, and its
// time begins anew.
func (c *patientConn) Write(b []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.read)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// neverConnected reports whether a request came to nothing before it was sent.
func neverConnected(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	_, dns := errors.AsType[*net.DNSError](err)
	return dns
}
