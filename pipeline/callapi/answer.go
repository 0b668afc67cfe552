package callapi

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-json"
)

// request is one question to the API.
type request struct {
	instanceID string
	action     string
	jobIDs     []string          // of ListJobs
	query      map[string]string // of the other actions
	insist     bool              // try longer: see list, alive
}

// parameters are those of the query.
func (r *request) parameters() map[string]*string {
	all := map[string]*string{"InstanceId": &r.instanceID}
	for name, value := range r.query {
		all[name] = &value
	}
	for i := range r.jobIDs {
		all["JobId."+strconv.Itoa(i+1)] = &r.jobIDs[i]
	}
	return all
}

// answer is a response that answers its request.
type answer struct {
	observedAt int64 // ms
	status     int
	requestID  string
	body       []byte // as received
	json       []byte // the same as JSON
}

// failure is why an attempt was not answered.
type failure struct {
	cause   Error
	verdict verdict
	// coded: the API itself says that it failed. Then another try brings
	// something else less often than after trouble on the way.
	coded      bool
	offline    bool          // nothing was sent
	retryAfter time.Duration // what the API asks for
	sent       time.Time
	got        *received // nil: nothing
}

func (f *failure) Error() string { return f.cause.Error() }

// Unwrap lets errors.As find the *Error.
func (f *failure) Unwrap() error { return &f.cause }

// envelope is what a response says around its content.
type envelope struct {
	Code      text
	Message   text
	RequestID text `json:"RequestId"`
	Success   boolean
}

// read makes an answer of what was received, or says why it is none.
func (c *Client) read(r *request, got *received) (*answer, *failure) {
	spelled, err := asJSON(got.body)
	var e envelope
	if err == nil {
		err = json.Unmarshal(spelled, &e)
	}
	requestID := string(e.RequestID)
	if requestID == "" {
		requestID = got.header.Get("x-acs-request-id")
	}
	words := string(e.Message)
	if e.Code != "" {
		words = strings.TrimSuffix(string(e.Code)+": "+words, ": ")
	}
	fail := func(reason string) (*answer, *failure) {
		f := c.failed(r, reason)
		f.cause.Code, f.cause.RequestID = c.keys.scrub(string(e.Code)), c.keys.scrub(requestID)
		f.verdict, f.cause.Kind = judge(f.cause.Code, got.status)
		f.cause.hint = c.hintFor(f.cause.Kind, f.cause.Code, r.action)
		f.coded = e.Code != ""
		f.got, f.retryAfter = got, retryAfter(got.header)
		return nil, f
	}
	switch {
	case got.status != http.StatusOK && err != nil:
		return fail(fmt.Sprintf("HTTP %d with %s", got.status, describe(got.body)))
	case got.status != http.StatusOK:
		return fail(strings.TrimSuffix(fmt.Sprintf("HTTP %d, %s", got.status, words), ", "))
	case err != nil:
		e = envelope{}
		return fail(fmt.Sprintf("answered with %s: %v", describe(got.body), err))
	case e.Success.known && !e.Success.value:
		return fail(strings.TrimSuffix("answered Success:false, "+words, ", "))
	case !e.Success.known && !strings.EqualFold(string(e.Code), "OK") && !e.holds(spelled, r.action):
		return fail("answered with " + describe(got.body) + " that is no response of the API")
	}
	return &answer{got.at.UnixMilli(), got.status, requestID, got.body, spelled}, nil
}

// holds reports whether a response that does not say that it succeeded has
// what its action is asked for.
func (*envelope) holds(spelled []byte, action string) bool {
	var content map[string]json.RawMessage
	_ = json.Unmarshal(spelled, &content) // a list holds nothing
	name := map[string]string{
		listJobs: "Jobs", listJobsByGroup: "Jobs", listJobGroups: "JobGroups", searchTask: "SearchTaskInfoList",
	}[action]
	for key := range content {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// describe says what kind of text a body is, for people.
func describe(body []byte) string {
	body = bytes.TrimSpace(body)
	start := bytes.ToLower(body[:min(len(body), 200)])
	switch {
	case len(body) == 0:
		return "nothing"
	case bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html")):
		return "a page of HTML"
	case start[0] == '<':
		return "XML"
	case start[0] == '{' || start[0] == '[':
		return "JSON"
	}
	return "text"
}

// retryAfter is what the API's own header asks for, in milliseconds, else what
// a proxy's does, in seconds.
func retryAfter(h http.Header) time.Duration {
	const most = 5 * time.Minute
	if ms, err := strconv.ParseInt(strings.TrimSpace(h.Get("x-acs-retry-after")), 10, 64); err == nil && ms > 0 {
		return min(time.Duration(min(ms, int64(most/time.Millisecond)))*time.Millisecond, most)
	}
	if s, err := strconv.ParseInt(strings.TrimSpace(h.Get("Retry-After")), 10, 64); err == nil && s > 0 {
		return min(time.Duration(min(s, int64(most/time.Second)))*time.Second, most)
	}
	return 0
}

// failed is a failure that can pass.
func (c *Client) failed(r *request, reason string) *failure {
	f := &failure{verdict: retry}
	f.cause = Error{
		Kind: Unavailable, Action: r.action, reason: c.keys.scrub(reason), hint: c.hintFor(Unavailable, "", r.action),
	}
	return f
}

// broken is the failure of a request that brought no response at all.
func (c *Client) broken(r *request, err error) *failure {
	err = bare(err)
	f := c.failed(r, err.Error())
	f.cause.err, f.offline = err, neverConnected(err)
	switch {
	case errors.Is(err, errTooLarge):
		f.coded = true
	case isNoSuchHost(err):
		f.cause.Kind, f.cause.hint = Endpoint, c.hintFor(Endpoint, "", r.action)
	case isBadCertificate(err):
		f.verdict, f.cause.Kind, f.cause.hint = stop, Endpoint, "what answers there is not who it says it is: look at --endpoint and at proxies on the way"
	case isNotTLS(err):
		f.verdict, f.cause.Kind, f.cause.hint = stop, Endpoint, c.hintFor(Endpoint, "", r.action)
	}
	return f
}
