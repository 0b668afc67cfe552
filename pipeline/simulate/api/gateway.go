package api

import (
	"fmt"
	"io"
	"net/http"
	"slices"
)

// maxBody is far above what 99 ids need.
const maxBody = 1 << 20

// admit passes a request through the gateway: it reads it into q, or returns why
// it is refused.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request, q *request) *refusal {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return invalid("body", fmt.Sprintf("it has more than %d bytes or was cut", maxBody))
	}
	p, query, refused := readParameters(r.URL.RawQuery, r.Header.Get("Content-Type"), body)
	if refused != nil {
		return refused
	}
	q.parameters = p
	if q.xml, refused = wantsXML(p, r.Header); refused != nil {
		return refused
	}
	if refused := h.checkAction(r, q); refused != nil {
		return refused
	}
	if refused := h.authenticate(r, query, body); refused != nil {
		return refused
	}
	if slices.Contains(h.options.Deny, q.action) {
		return &refusal{status: http.StatusForbidden, code: "Forbidden.RAM", message: "User not authorized to operate on the specified resource, or this API doesn't support RAM."}
	}
	if h.quota != nil {
		if wait := h.quota.admit(h.options.Clock); wait > 0 {
			return throttled(wait)
		}
	}
	if refused := h.checkInstance(q); refused != nil {
		return refused
	}
	q.world = h.view(q.action)
	return nil
}

// checkAction checks method, action and version.
func (h *Handler) checkAction(r *http.Request, q *request) *refusal {
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return &refusal{status: http.StatusBadRequest, code: "UnsupportedHTTPMethod", message: "This http method is not supported."}
	}
	if q.action == "" {
		return missing("Action")
	}
	if _, ok := actions[q.action]; !ok || r.URL.Path != "/" {
		return &refusal{status: http.StatusNotFound, code: "InvalidAction.NotFound", message: "Specified api is not found, please check your url and method."}
	}
	switch parameterOf(r, "x-acs-version", "Version") {
	case Version:
		return nil
	case "":
		return missing("Version")
	}
	return &refusal{status: http.StatusBadRequest, code: "InvalidVersion", message: "Specified parameter Version is not valid."}
}

// checkInstance checks that the instance exists.
func (h *Handler) checkInstance(q *request) *refusal {
	id, refused := q.need("InstanceId")
	if refused != nil {
		return refused
	}
	if len(h.options.Instances) > 0 && !slices.Contains(h.options.Instances, id) {
		return notExist("Instance", id)
	}
	return nil
}

// parameterOf reads a parameter of the protocol from its header or, in the older
// style, from the query.
func parameterOf(r *http.Request, header, name string) string {
	if v := r.Header.Get(header); v != "" {
		return v
	}
	return r.URL.Query().Get(name)
}
