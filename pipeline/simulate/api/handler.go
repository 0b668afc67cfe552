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

// Handler is the API as an [http.Handler]. It is safe for concurrent use.
type Handler struct {
	options Options
	world   *simulate.World
	poison  map[string]bool // job ids
	quota   *quota          // nil: unlimited
	nonces  nonces
	asked   attempts
	lists   lists
	tally   tally
	serial  atomic.Uint64 // number of requests, for their ids
}

// request is a parsed request and the world it sees.
type request struct {
	parameters
	action string
	host   string
	id     string
	xml    bool
	world  *simulate.World
	fault  fault
	dice   *rand.Rand // details of the fault; nil if Options.Faults is 0
}

// actions are the supported actions by name.
var actions = map[string]func(*Handler, *request) (answer, *refusal){
	"ListJobs":        (*Handler).listJobs,
	"SearchTask":      (*Handler).searchTask,
	"ListJobGroups":   (*Handler).listJobGroups,
	"ListJobsByGroup": (*Handler).listJobsByGroup,
}

// New returns the API over a world. It returns an error for invalid options.
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

// ServeHTTP answers a request, or fails it: that may close the connection.
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

// body returns the encoded answer, now and then in another shape.
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

// requestID returns a new id that looks like the vendor's.
func (h *Handler) requestID() string {
	d := rand.New(rand.NewPCG(h.options.Seed, h.serial.Add(1)))
	a, b := d.Uint64(), d.Uint64()
	return strings.ToUpper(fmt.Sprintf("%08x-%04x-5%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff))
}

// lists caches what is expensive to compute and read page by page.
type lists struct {
	mu     sync.Mutex
	at     int64 // the instant of groups, ms
	groups []groupRow
	found  map[string][]simulate.Call // by filter
}
