package api

import (
	"hash/fnv"
	"io"
	"math/rand/v2"
	"sync"
)

// fault is a way in which a request fails.
type fault uint8

const (
	noFault         fault = iota
	faultReset            // the connection is reset before the first byte
	faultStall            // nothing is sent for a while, then the connection is reset
	faultSlow             // the correct answer, a few bytes at a time
	faultError            // 500 InternalError
	faultBusy             // 503 ServiceUnavailable
	faultProxy            // 502 of a proxy, in HTML
	faultCutBody          // 200 with a part of the body as its whole length
	faultCutStream        // 200 with a part of the body, then the connection closes
	faultNotSuccess       // 200 with Success:false
	faultMoved            // a page of a list whose rows have moved; lists only
	faultDoubled          // a page with a row twice and another missing; lists only
	faultKinds
)

// shyShare is the share of shy ids, for Options.Faults of 1: they fail in a batch
// of more than one and succeed alone.
const shyShare = 0.01

// attempts counts how often each request was made, in some 30 bytes per distinct
// request.
type attempts struct {
	mu      sync.Mutex
	history map[uint64]history
}

type history struct {
	made  uint32
	inRow uint8 // faults since it last succeeded
}

// drawFault draws the fault of a request from the seed, the request and how often
// it was made before.
func (h *Handler) drawFault(q *request) {
	if h.options.Faults == 0 {
		return
	}
	key := hashOf(q.action, q.values.Encode())
	h.asked.mu.Lock()
	defer h.asked.mu.Unlock()
	if h.asked.history == nil {
		h.asked.history = map[uint64]history{}
	}
	was := h.asked.history[key]
	q.dice = rand.New(rand.NewPCG(h.options.Seed^key, uint64(was.made)))
	if q.dice.Float64() < h.options.Faults && was.inRow < MaxFaultsInRow {
		q.fault = 1 + fault(q.dice.IntN(kindsOf(q.action)))
		was.inRow++
	} else {
		was.inRow = 0
	}
	was.made++
	h.asked.history[key] = was
}

// kindsOf returns how many faults an action can have: only lists have pages.
func kindsOf(action string) int {
	if action == "ListJobs" {
		return int(faultMoved) - 1
	}
	return int(faultKinds) - 1
}

// isShy reports whether an id fails in a batch of more than one.
func (h *Handler) isShy(id string) bool {
	if h.options.Faults == 0 {
		return false
	}
	d := rand.New(rand.NewPCG(h.options.Seed^hashOf("shy"), hashOf(id)))
	return d.Float64() < h.options.Faults*shyShare
}

// notSuccess turns an answer into a failure, with its rows or without them.
func notSuccess(a answer, q *request) answer {
	if q.dice.IntN(2) == 0 {
		a = &nothing{}
	}
	a.begin("The request processing has failed due to some unknown error.", q.id)
	a.end(500, "InternalError", false)
	return a
}

// hashOf returns a hash that is the same in every run.
func hashOf(text ...string) uint64 {
	sum := fnv.New64a()
	for _, s := range text {
		io.WriteString(sum, s)
		sum.Write([]byte{0})
	}
	return sum.Sum64()
}
