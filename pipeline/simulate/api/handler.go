package api

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"callmill/pipeline/simulate"
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
	"ListJobs":                   (*Handler).listJobs,
	"SearchTask":                 (*Handler).searchTask,
	"ListJobGroups":              (*Handler).listJobGroups,
	"ListJobsByGroup":            (*Handler).listJobsByGroup,
	"ListScriptPublishHistories": (*Handler).listScriptPublishHistories,
}

// maxBody is far above what 99 ids need.
const maxBody = 1 << 20

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

// PoisonIDs are the jobs that are never returned, sorted.
func (h *Handler) PoisonIDs() []string {
	ids := make([]string, 0, len(h.poison))
	for id := range h.poison {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

// ServeHTTP answers a request, or meets it with a fault: then it may also
// break the connection.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &request{host: r.Host, id: h.requestID(), action: parameterOf(r, "x-acs-action", "Action")}
	h.tally.arrive(h.options.Clock, q.action)
	body, refusal := h.answer(w, r, q)
	switch {
	case refusal == nil && q.fault == noFault:
		h.tally.add(served)
		writeHeader(w, q, http.StatusOK, len(body))
		w.Write(body)
	case refusal == nil:
		h.tally.add(faulted)
		h.fail(w, r, q, body)
	case refusal.retryAfter > 0:
		h.tally.add(delayed)
		refusal.send(w, q)
	case refusal.status >= http.StatusInternalServerError:
		h.tally.add(faulted)
		refusal.send(w, q)
	default:
		h.tally.add(refused)
		refusal.send(w, q)
	}
}

// answer takes a request through the gateway to its action, and gives the body
// of the answer.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, q *request) ([]byte, *refusal) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, invalid("body", fmt.Sprintf("it has more than %d bytes or was cut", maxBody))
	}
	p, query, refused := readParameters(r.URL.RawQuery, r.Header.Get("Content-Type"), body)
	if refused != nil {
		return nil, refused
	}
	q.parameters = p
	if q.xml, refused = wantsXML(p, r.Header); refused != nil {
		return nil, refused
	}
	if refused := h.checkAction(r, q); refused != nil {
		return nil, refused
	}
	if refused := h.authenticate(r, query, body); refused != nil {
		return nil, refused
	}
	if slices.Contains(h.options.Deny, q.action) {
		return nil, &refusal{status: http.StatusForbidden, code: "Forbidden.RAM", message: "User not authorized to operate on the specified resource, or this API doesn't support RAM."}
	}
	if h.quota != nil {
		if wait := h.quota.admit(h.options.Clock); wait > 0 {
			return nil, throttled(wait)
		}
	}
	if refused := h.checkInstance(q); refused != nil {
		return nil, refused
	}
	q.world = h.world
	if h.options.Now != nil {
		q.world = h.world.At(h.options.Now())
	}
	h.drawFault(q)
	return h.body(q)
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
	if out, err = reshape(out, q.action, q.dice); err != nil {
		return nil, internalError()
	}
	return out, nil
}

// checkAction: what is asked for, and how.
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

// parameterOf reads what a client says in a header or, in the older style, in
// the query.
func parameterOf(r *http.Request, header, name string) string {
	if v := r.Header.Get(header); v != "" {
		return v
	}
	return r.URL.Query().Get(name)
}

// requestID gives each request another id that looks like the vendor's.
func (h *Handler) requestID() string {
	d := rand.New(rand.NewPCG(h.options.Seed, h.serial.Add(1)))
	a, b := d.Uint64(), d.Uint64()
	return strings.ToUpper(fmt.Sprintf("%08x-%04x-5%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff))
}

// hashOf is the same for the same text in every run.
func hashOf(text ...string) uint64 {
	sum := fnv.New64a()
	for _, s := range text {
		io.WriteString(sum, s)
		sum.Write([]byte{0})
	}
	return sum.Sum64()
}

// choosePoison draws the jobs that are never returned from those there are.
func choosePoison(world *simulate.World, o Options) map[string]bool {
	poison := map[string]bool{}
	d := rand.New(rand.NewPCG(o.Seed, hashOf("poison")))
	for want := min(o.Poison, world.Len()); len(poison) < want; {
		poison[world.JobID(d.IntN(world.Len()))] = true
	}
	return poison
}

// lists keeps what takes long to find out and is asked for page by page.
type lists struct {
	mu     sync.Mutex
	at     int64 // the instant of groups, ms
	groups []groupRow
	found  map[string][]simulate.Call
}
