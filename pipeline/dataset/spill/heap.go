package spill

import "bytes"

// heap holds cursors; the one at the least record is the first.
type heap []*cursor

func (h heap) init() {
	for i := len(h)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}

// fix restores the order after the first cursor moved on.
func (h *heap) fix() {
	if c := *h; c[0].record == nil {
		last := len(c) - 1
		c[0], c[last] = c[last], nil
		*h = c[:last]
	}
	h.down(0)
}

func (h heap) down(i int) {
	for {
		least := 2*i + 1
		if least >= len(h) {
			return
		}
		if right := least + 1; right < len(h) && bytes.Compare(h[right].record, h[least].record) < 0 {
			least = right
		}
		if bytes.Compare(h[i].record, h[least].record) <= 0 {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
