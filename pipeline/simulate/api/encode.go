package api

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"

	"github.com/goccy/go-json"
)

// The types of answers have the API's own spelling of fields (RequestId), so
// that JSON and XML need no tags.

// head and tail enclose the content of an answer, in the order of the API page's
// example: a streaming reader learns only at the end whether the call succeeded.
type head struct {
	Message, RequestId string
}

type tail struct {
	HttpStatusCode int
	Code           string
	Success        bool
}

// answer is the answer of an action, a struct with head and tail.
type answer interface {
	begin(message, requestID string)
	end(status int, code string, success bool)
}

func (h *head) begin(message, requestID string)           { h.Message, h.RequestId = message, requestID }
func (t *tail) end(status int, code string, success bool) { *t = tail{status, code, success} }

// nothing is an answer without content.
type nothing struct {
	head
	tail
}

// encode encodes a value as JSON, or as XML with a root element of that name.
func encode(root string, v any, asXML bool) ([]byte, error) {
	var b bytes.Buffer
	if !asXML {
		out := json.NewEncoder(&b)
		out.SetEscapeHTML(false)
		if err := out.Encode(v); err != nil {
			return nil, fmt.Errorf("encode %s as JSON: %w", root, err)
		}
		return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
	}
	b.WriteString("<?xml version='1.0' encoding='UTF-8'?>")
	out := xml.NewEncoder(&b)
	if err := out.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: root}}); err != nil {
		return nil, fmt.Errorf("encode %s as XML: %w", root, err)
	}
	return b.Bytes(), out.Close()
}

func writeHeader(w http.ResponseWriter, q *request, status, length int) {
	kind := "application/json;charset=utf-8"
	if q.xml {
		kind = "text/xml;charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.Header().Set("x-acs-request-id", q.id)
	w.WriteHeader(status)
}
