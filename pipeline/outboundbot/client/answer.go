package client

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/goccy/go-json"

	"callmill/pipeline/outboundbot/internal/lenient"
)

// Answer is a response that answers its request.
type Answer struct {
	ObservedAt int64 // when it was received, in ms
	Status     int   // of HTTP
	RequestID  string
	Body       []byte // as received, without a byte order mark
	JSON       []byte // Body, or its XML as JSON
}

// byteOrderMark is UTF-8's. decode reads no response with one inside a raw line.
var byteOrderMark = []byte("\uFEFF")

// envelope is what a response says around its content.
type envelope struct {
	Code      lenient.Text
	Message   lenient.Text
	RequestID lenient.Text `json:"RequestId"`
	Success   lenient.Bool
	HTTPCode  lenient.Int `json:"HttpStatusCode"`
}

// words are code and message, as far as given.
func (e *envelope) words() string {
	if e.Code == "" {
		return string(e.Message)
	}
	return strings.TrimSuffix(string(e.Code)+": "+string(e.Message), ": ")
}

// read makes an answer of what was received, or says why it is none. decode
// judges the same bodies again: what is an answer here must not be an
// api_error there, which agree_test.go holds.
func (c *Client) read(r *Request, got *received) (*Answer, *Failure) {
	text, err := lenient.JSON(got.body)
	var e envelope
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err != nil {
		e = envelope{}
	}
	if e.RequestID == "" {
		e.RequestID = lenient.Text(got.header.Get("x-acs-request-id"))
	}
	if reason := e.failure(r, got, text, err); reason != "" {
		return nil, c.refused(r, got, &e, reason)
	}
	return &Answer{
		ObservedAt: got.at.UnixMilli(), Status: got.status, RequestID: string(e.RequestID), Body: bytes.TrimPrefix(got.body, byteOrderMark), JSON: text,
	}, nil
}

// failure says why a response is no answer; "" is one that is. err is that of
// reading the body.
func (e *envelope) failure(r *Request, got *received, text []byte, err error) string {
	switch {
	case got.status != http.StatusOK && err != nil:
		return fmt.Sprintf("HTTP %d with %s", got.status, describe(got.body))
	case got.status != http.StatusOK:
		return strings.TrimSuffix(fmt.Sprintf("HTTP %d, %s", got.status, e.words()), ", ")
	case err != nil:
		return fmt.Sprintf("answered with %s: %v", describe(got.body), err)
	case e.Success.Known && !e.Success.Value:
		return strings.TrimSuffix("answered Success:false, "+e.words(), ", ")
	}
	value, ok := member(text, content[r.Action])
	switch {
	case !ok && !e.Success.Known && !e.codeIsOK():
		return strings.TrimSuffix("answered with "+describe(got.body)+" that is not a response of the API, "+e.words(), ", ")
	case len(value) <= len("null") && e.isError():
		return strings.TrimSuffix("answered without content, "+e.words(), ", ")
	}
	return ""
}

// isError reports trouble other than by Success:false. A response that has
// content all the same is an answer.
func (e *envelope) isError() bool {
	return !e.Success.Known && e.Code != "" && !e.codeIsOK() || e.HTTPCode.Value >= 400
}

func (e *envelope) codeIsOK() bool {
	return strings.EqualFold(string(e.Code), "OK") || e.Code == "200" || e.Code == "Success"
}

// member returns the member of an object with this name in any case.
func member(text []byte, name string) (value json.RawMessage, ok bool) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(text, &members) // a list has none
	for member, value := range members {
		if strings.EqualFold(member, name) {
			return value, true
		}
	}
	return nil, false
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
