package api

import (
	"sync"
	"time"
)

// nonces remembers the nonces of requests for as long as their dates are good:
// a request dated maxSkew ahead can come again until twice that later. They
// are kept in two generations, so that forgetting costs nothing.
type nonces struct {
	mu            sync.Mutex
	recent, older map[string]struct{}
	since         time.Time // when recent was begun
}

// use reports whether the nonce is new, and remembers it.
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
