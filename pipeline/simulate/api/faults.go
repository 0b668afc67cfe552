package api

import (
	"hash/fnv"
	"io"
	"math/rand/v2"
	"sync"
)

// fault is how a request goes wrong.
type fault uint8

const (
	noFault         fault = iota
	faultReset            // the connection is reset without a byte
	faultStall            // nothing comes for a while, then the connection is reset
	faultSlow             // the right answer, a few bytes at a time
	faultError            // 500 InternalError
	faultBusy             // 503 ServiceUnavailable
	faultProxy            // a proxy's 502 in HTML
	faultCutBody          // 200 with a part of the body, as if that were all
	faultCutStream        // 200 with a part of the body, then the connection ends
	faultNotSuccess       // 200 with Success:false
	faultMoved            // a page of a list that moved; lists only
	faultDoubled          // a page with a row twice, and one left out; lists only
	faultKinds
)

// shyShare is how many of all ids are shy, for Options.Faults of 1: they fail
// in a batch of more than one and pass alone.
const shyShare = 0.01

// attempts counts how often each request was asked. It holds some 30 bytes for
// each different one.
type attempts struct {
	mu      sync.Mutex
	history map[uint64]history
}

type history struct {
	asked uint32
	inRow uint8 // faults since it last passed
}

// drawFault decides what becomes of a request: by the seed, by what is asked
// and how often it was asked before.
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
	q.dice = rand.New(rand.NewPCG(h.options.Seed^key, uint64(was.asked)))
	if q.dice.Float64() < h.options.Faults && was.inRow < MaxFaultsInRow {
		q.fault = 1 + fault(q.dice.IntN(kindsOf(q.action)))
		was.inRow++
	} else {
		was.inRow = 0
	}
	was.asked++
	h.asked.history[key] = was
}

// kindsOf: only lists have pages that move.
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

// notSuccess says after the rows, or instead of them, that it did not work.
func notSuccess(a answer, q *request) answer {
	if q.dice.IntN(2) == 0 {
		a = &nothing{}
	}
	a.begin("The request processing has failed due to some unknown error.", q.id)
	a.end(500, "InternalError", false)
	return a
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
