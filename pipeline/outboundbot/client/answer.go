package client

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"callmill/pipeline/outboundbot/internal/lenient"
	"callmill/schema"
)

// Answer is a response that answers its request.
type Answer struct {
	ObservedAt int64     // when it was received, in ms
	Date       time.Time // then, by the API's clock, to the second; zero: it did not say
	Status     int       // of HTTP
	RequestID  string
	Body       []byte         // in UTF-8, without a byte order mark; else as received
	Members    lenient.Object // of Body, which is JSON or XML
}

// byteOrderMark is UTF-8's. decode reads no response with one inside a raw line.
var byteOrderMark = []byte("\uFEFF")

// maxUnread is how long a response may be that is kept although it could not be
// read: it takes no room any more.
const maxUnread = large

// contentOf are the members without one of which a response holds nothing.
var contentOf = map[string]string{
	schema.ActionListJobs:        "Jobs",
	schema.ActionListJobsByGroup: "Jobs",
	schema.ActionListJobGroups:   "JobGroups",
	schema.ActionSearchTask:      "SearchTaskInfoList",
}

// envelope is what a response says around its content.
type envelope struct {
	code, message, requestID string
	success, toldSo          bool  // toldSo: it says whether it is a success
	httpCode                 int64 // 0: not told
	content                  lenient.Value
}

func (c *Client) envelope(r *Request, got *received, o lenient.Object) *envelope {
	e := &envelope{
		code: o.Get("Code").Text(), message: o.Get("Message").Text(), requestID: o.Get("RequestId").Text(),
		content: o.Get(contentOf[r.Action]),
	}
	e.success, e.toldSo = o.Get("Success").Bool()
	e.httpCode, _ = o.Get("HttpStatusCode").Int()
	if e.requestID == "" {
		e.requestID = got.header.Get("x-acs-request-id")
	}
	return e
}

// read returns the answer that was received, or the failure that it is. decode
// judges the same bodies again: what is an answer here must not be an
// api_error there, which agree_test.go holds.
func (c *Client) read(r *Request, got *received) (*Answer, *Failure) {
	if c.o.Text != nil {
		if text, err := c.o.Text(got.body); err == nil {
			got.body = text
		}
	}
	got.body = bytes.TrimPrefix(got.body, byteOrderMark)
	members, err := lenient.Parse(got.body)
	e := c.envelope(r, got, members)
	a := &Answer{
		ObservedAt: got.at.UnixMilli(), Date: got.date(), Status: got.status, RequestID: e.requestID, Body: got.body, Members: members,
	}
	if reason := e.failure(got, err); reason != "" {
		return nil, c.refused(r, got, e, reason)
	}
	if reason := e.unread(got, err); reason != "" {
		f := c.refused(r, got, e, reason)
		if isData(got.body) {
			c.unread(f, r, a)
		}
		return nil, f
	}
	return a, nil
}

// failure returns what a response says of why its request failed, "" if it does not.
// err is the error of parsing the body.
func (e *envelope) failure(got *received, err error) string {
	switch {
	case got.status != http.StatusOK && err != nil:
		return fmt.Sprintf("HTTP %d with %s", got.status, describe(got.body))
	case got.status != http.StatusOK:
		return e.because(fmt.Sprintf("HTTP %d", got.status))
	case e.toldSo && !e.success:
		return e.because("answered Success:false")
	case err == nil && len(e.content) <= len("null") && e.isError():
		return e.because("answered without content")
	}
	return ""
}

// unread returns why a response that tells of no failure is no answer, "" if it is
// one.
func (e *envelope) unread(got *received, err error) string {
	switch {
	case err != nil:
		return fmt.Sprintf("answered with %s: %v", describe(got.body), err)
	case e.content == nil && !e.toldSo && !e.codeIsOK():
		return e.because("answered with " + describe(got.body) + " that is not a response of the API")
	}
	return ""
}

// unread notes in a failure the response that is no answer for jobs.
func (c *Client) unread(f *Failure, r *Request, a *Answer) {
	if len(r.JobIDs) > 0 && len(a.Body) <= maxUnread {
		a.Body = c.keys.scrubBytes(a.Body)
		f.Unread = a
	}
}

// isData reports whether a body may be of the API: not a page for people.
func isData(body []byte) bool {
	kind := describe(body)
	return kind == "JSON" || kind == "XML"
}

// because appends code and message, as far as given.
func (e *envelope) because(what string) string {
	switch {
	case e.code != "" && e.message != "":
		return what + ", " + e.code + ": " + e.message
	case e.code+e.message != "":
		return what + ", " + e.code + e.message
	}
	return what
}

// isError reports trouble other than by Success:false. A response that has
// content all the same is an answer.
func (e *envelope) isError() bool {
	return !e.toldSo && e.code != "" && !e.codeIsOK() || e.httpCode >= 400
}

func (e *envelope) codeIsOK() bool {
	return strings.EqualFold(e.code, "OK") || e.code == "200" || e.code == "Success"
}

// describe names the kind of text a body is.
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
