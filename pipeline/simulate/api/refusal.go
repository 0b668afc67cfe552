package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// refusal is the vendor's error answer to a request that is not served.
type refusal struct {
	status        int
	code, message string
	retryAfter    time.Duration // of throttling, else 0
}

func missing(parameter string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "Missing" + parameter, message: parameter + " is mandatory for this action."}
}

func missingHeader(name string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "MissingParameter", message: fmt.Sprintf("The parameter %s is needed but no provided.", name)}
}

func invalid(parameter, reason string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: "InvalidParameter",
		message: fmt.Sprintf("The specified parameter %s is not valid: %s.", parameter, reason),
	}
}

func notExist(what, id string) *refusal {
	return &refusal{
		status: http.StatusNotFound, code: "NotExist." + what,
		message: fmt.Sprintf("The specified %s %s does not exist.", what, id),
	}
}

func signatureMismatch(reason string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: "SignatureDoesNotMatch",
		message: "Specified signature is not matched with our calculation. " + reason,
	}
}

func throttled(wait time.Duration) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: "Throttling.User",
		message: "Request was denied due to user flow control.", retryAfter: wait,
	}
}

func internalError() *refusal {
	return &refusal{
		status: http.StatusInternalServerError, code: "InternalError",
		message: "The request processing has failed due to some unknown error.",
	}
}

// errorBody is the body of a refusal; field names are those on the wire.
type errorBody struct {
	RequestId, HostId, Code, Message, Recommend string
}

// send answers with the refusal, in JSON or XML.
func (f *refusal) send(w http.ResponseWriter, q *request) {
	body, err := encode("Error", errorBody{
		RequestId: q.id, HostId: q.host, Code: f.code, Message: f.message,
		Recommend: "https://api.aliyun.com/troubleshoot?q=" + url.QueryEscape(f.code) + "&product=OutboundBot&requestId=" + q.id,
	}, q.xml)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if f.retryAfter > 0 {
		// Rounded up, so that a client that waits this long is admitted.
		wait := (f.retryAfter + time.Millisecond - 1) / time.Millisecond
		w.Header().Set("x-acs-retry-after", strconv.FormatInt(int64(wait), 10))
	}
	writeHeader(w, q, f.status, len(body))
	w.Write(body)
}
