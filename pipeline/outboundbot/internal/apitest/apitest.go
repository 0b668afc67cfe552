// Package apitest has what the tests of the API's client need: the API's way to
// reply and to refuse, and a transport without a network, so that time may be
// the test's own.
package apitest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// ID and Secret are the access key of the test's API.
const (
	ID     = "demo"
	Secret = "demo-secret"
)

// Signed reports whether a request is one of the API's, signed with ID.
func Signed(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Authorization"), "ACS3-HMAC-SHA256 Credential="+ID+",") &&
		r.Header.Get("x-acs-version") == "2019-12-26" && r.Method == http.MethodPost
}

// Reply sends a body as JSON.
func Reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone does not read it
}

// Refuse sends an error of the API.
func Refuse(w http.ResponseWriter, status int, code, message string) {
	Reply(w, status, map[string]any{"Code": code, "Message": message, "RequestId": "R-bad"})
}

// Direct carries requests to a handler without a network. A handler that panics
// with http.ErrAbortHandler has cut the connection.
type Direct struct{ http.Handler }

// RoundTrip implements [http.RoundTripper].
func (d Direct) RoundTrip(r *http.Request) (_ *http.Response, err error) {
	defer func() {
		if p := recover(); p != nil {
			if cause, ok := p.(error); !ok || !errors.Is(cause, http.ErrAbortHandler) {
				panic(p)
			}
			err = io.ErrUnexpectedEOF
		}
	}()
	// As a server reads them: the vendor's client spells headers in its own way.
	header := http.Header{}
	for name, values := range r.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	r = r.Clone(r.Context())
	r.Header = header
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}
