package api

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api/shapes"
)

// Handler is the API. It is safe for concurrent use.
type Handler struct {
	options Options
	world   *simulate.World
	poison  map[string]bool // job ids
	quota   *quota          // nil: none
	nonces  nonces
	asked   attempts
	lists   lists
	tally   tally
	serial  atomic.Uint64 // of requests, for their ids
}

// request is a request that was understood, and the world it finds.
type request struct {
	parameters
	action string
	host   string
	id     string
	xml    bool
	world  *simulate.World
	fault  fault
	dice   *rand.Rand // what the fault is like; nil without faults
}

// actions are those there are.
var actions = map[string]func(*Handler, *request) (answer, *refusal){
	"ListJobs":        (*Handler).listJobs,
	"SearchTask":      (*Handler).searchTask,
	"ListJobGroups":   (*Handler).listJobGroups,
	"ListJobsByGroup": (*Handler).listJobsByGroup,
}

// New makes the API over a world. It fails on options out of range.
func New(world *simulate.World, o Options) (*Handler, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	h := &Handler{options: o, world: world, poison: choosePoison(world, o)}
	if o.Quota > 0 {
		h.quota = newQuota(o.Quota)
	}
	return h, nil
}

// ServeHTTP answers a request, or meets it with a fault: then it may also
// break the connection.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &request{host: r.Host, id: h.requestID(), action: parameterOf(r, "x-acs-action", "Action")}
	h.tally.arrive(h.options.Clock, q.action)
	h.date(w.Header())
	refused := h.admit(w, r, q)
	var body []byte
	if refused == nil {
		h.drawFault(q)
		body, refused = h.body(q)
	}
	h.tally.outcome(q, refused)
	switch {
	case refused != nil:
		refused.send(w, q)
	case q.fault != noFault:
		h.fail(w, r, q, body)
	default:
		writeHeader(w, q, http.StatusOK, len(body))
		w.Write(body)
	}
}

// body is the answer as it goes out, in an odd shape perhaps.
func (h *Handler) body(q *request) ([]byte, *refusal) {
	a, refused := actions[q.action](h, q)
	if refused != nil {
		return nil, refused
	}
	a.begin("Success", q.id)
	a.end(http.StatusOK, "OK", true)
	if q.fault == faultNotSuccess {
		a = notSuccess(a, q)
	}
	out, err := encode(q.action+"Response", a, q.xml)
	if err != nil {
		return nil, internalError()
	}
	if q.fault != noFault || q.xml || q.dice == nil || q.dice.Float64() >= h.options.Faults {
		return out, nil
	}
	if out, err = shapes.Vary(out, q.action, q.dice); err != nil {
		return nil, internalError()
	}
	return out, nil
}

// requestID gives each request another id that looks like the vendor's.
func (h *Handler) requestID() string {
	d := rand.New(rand.NewPCG(h.options.Seed, h.serial.Add(1)))
	a, b := d.Uint64(), d.Uint64()
	return strings.ToUpper(fmt.Sprintf("%08x-%04x-5%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff))
}

// lists keeps what takes long to find out and is asked for page by page.
type lists struct {
	mu     sync.Mutex
	at     int64 // the instant of groups, ms
	groups []groupRow
	found  map[string][]simulate.Call
}
