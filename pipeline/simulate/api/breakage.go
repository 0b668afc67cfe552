package api

import (
	"net"
	"net/http"
	"strconv"
	"time"
)

// fail answers a request with its fault. body is the correct answer.
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
		// net/http closes the connection of a handler that writes less than its
		// Content-Length.
		writeHeader(w, q, http.StatusOK, len(body))
		w.Write(body[:q.dice.IntN(len(body))])
	default: // the fault is in the body
		writeHeader(w, q, http.StatusOK, len(body))
		w.Write(body)
	}
}

// reset closes the connection abruptly: with a TCP reset if possible.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // aborts a stream of HTTP/2
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// wait waits for d. It returns false, early, when the client disconnects.
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

// dribble sends the body in pieces, with pauses of Stall in all.
func (h *Handler) dribble(w http.ResponseWriter, r *http.Request, q *request, body []byte) {
	const pieces = 16
	out := http.NewResponseController(w)
	writeHeader(w, q, http.StatusOK, len(body))
	for i := range pieces {
		from, to := i*len(body)/pieces, (i+1)*len(body)/pieces
		if _, err := w.Write(body[from:to]); err != nil {
			return
		}
		out.Flush() // a writer that cannot flush sends everything at the end
		if !wait(r, h.options.Stall/pieces) {
			return
		}
	}
}
