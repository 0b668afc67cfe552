package source

import (
	"slices"
	"sync"
)

// pool keeps the bodies that came back for the next files. They come back from
// any goroutine.
type pool struct {
	mu   sync.Mutex
	free [][]byte
	held int // bytes in free
}

// poolBytes is how much the pool holds: a few of the largest bodies, or many
// small ones.
const poolBytes = 48 << 20

// take gives a body of length 0 with room for size bytes.
func (p *pool) take(size int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.free) - 1; i >= 0; i-- {
		if b := p.free[i]; cap(b) >= size {
			p.drop(i)
			return b[:0]
		}
	}
	if len(p.free) > 0 {
		p.drop(0) // too small, and a larger one comes back in its place
	}
	return make([]byte, 0, size)
}

func (p *pool) drop(i int) {
	p.held -= cap(p.free[i])
	p.free = slices.Delete(p.free, i, i+1)
}

func (p *pool) give(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held+cap(b) <= poolBytes {
		p.free = append(p.free, b)
		p.held += cap(b)
	}
}
