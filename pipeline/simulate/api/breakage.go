package api

import (
	"net"
	"net/http"
	"strconv"
	"time"
)

// fail lets a request meet its fault. body is the right answer.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, q *request, body []byte) {
	switch q.fault {
	case faultReset:
		reset(w)
	case faultStall:
		wait(r, h.options.Stall)
		reset(w)
	case faultSlow:
		h.dribble(w, r, q, body)
	case faultError:
		internalError().send(w, q)
	case faultBusy:
		(&refusal{status: http.StatusServiceUnavailable, code: "ServiceUnavailable", message: "The request has failed due to a temporary failure of the server."}).send(w, q)
	case faultProxy:
		page := "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		w.WriteHeader(http.StatusBadGateway)
		w.Write([]byte(page))
	case faultCutBody:
		part := body[:1+q.dice.IntN(len(body)-1)]
		writeHeader(w, q, http.StatusOK, len(part))
		w.Write(part)
	case faultCutStream:
		// A handler that writes less than it promised has its connection closed.
		writeHeader(w, q, http.StatusOK, len(body))
		w.Write(body[:q.dice.IntN(len(body))])
	default: // what is wrong is in the body
		writeHeader(w, q, http.StatusOK, len(body))
		w.Write(body)
	}
}

// reset breaks the connection off, without the bytes that would end it in
// order where that can be done.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's way to break off a stream of HTTP/2
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// wait returns early, with false, when the client has gone.
func wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// dribble sends the body in pieces, with pauses that together last Stall.
func (h *Handler) dribble(w http.ResponseWriter, r *http.Request, q *request, body []byte) {
	const pieces = 16
	out := http.NewResponseController(w)
	writeHeader(w, q, http.StatusOK, len(body))
	for i := range pieces {
		from, to := i*len(body)/pieces, (i+1)*len(body)/pieces
		if _, err := w.Write(body[from:to]); err != nil {
			return
		}
		out.Flush() // where the writer cannot, the bytes come all at the end
		if !wait(r, h.options.Stall/pieces) {
			return
		}
	}
}
