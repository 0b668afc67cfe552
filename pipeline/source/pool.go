package source

import (
	"slices"
	"sync"
)

// pool keeps released bodies for the next files. It is safe for concurrent use.
type pool struct {
	mu   sync.Mutex
	free [][]byte
	size int // capacity of all of free, in bytes
}

// poolBytes limits what the pool keeps: a few of the largest bodies, or many
// small ones.
const poolBytes = 48 << 20

// get returns a body of length 0 with a capacity of at least size bytes.
func (p *pool) get(size int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.free) - 1; i >= 0; i-- {
		if b := p.free[i]; cap(b) >= size {
			p.drop(i)
			return b[:0]
		}
	}
	if len(p.free) > 0 {
		p.drop(0) // too small; the larger one will be released in its place
	}
	return make([]byte, 0, size)
}

func (p *pool) drop(i int) {
	p.size -= cap(p.free[i])
	p.free = slices.Delete(p.free, i, i+1)
}

// put keeps a body for get, unless the pool is full.
func (p *pool) put(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.size+cap(b) <= poolBytes {
		p.free = append(p.free, b)
		p.size += cap(b)
	}
}
