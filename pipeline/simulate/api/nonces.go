package api

import (
	"sync"
	"time"
)

// nonces keeps the nonces of requests while their dates are valid: a request
// dated maxSkew ahead can be replayed until twice that later. Two generations
// make expiry cheap. It is safe for concurrent use.
type nonces struct {
	mu            sync.Mutex
	recent, older map[string]struct{}
	since         time.Time // when recent was started
}

// use records a nonce and reports whether it is new.
func (n *nonces) use(nonce string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.recent == nil || now.Sub(n.since) > 2*maxSkew {
		n.recent, n.older, n.since = map[string]struct{}{}, n.recent, now
	}
	if _, used := n.recent[nonce]; used {
		return false
	}
	if _, used := n.older[nonce]; used {
		return false
	}
	n.recent[nonce] = struct{}{}
	return true
}
