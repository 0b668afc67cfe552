package parquetio

import (
	"cmp"

	"github.com/parquet-go/parquet-go/format"
)

// truths are the values of a column of BOOLEAN.
type truths struct {
	page   []byte // bits, the first the lowest
	n      int
	either [2]bool // which values occurred since bounds was called
}

func (t *truths) add(v bool) {
	if t.n%8 == 0 {
		t.page = append(t.page, 0)
	}
	if v {
		t.page[t.n/8] |= 1 << (t.n % 8)
		t.either[1] = true
	} else {
		t.either[0] = true
	}
	t.n++
}

func (t *truths) bounds() (least, greatest []byte, ok bool) {
	if t.either == [2]bool{} {
		return nil, nil, false
	}
	least, greatest = []byte{0}, []byte{0}
	if !t.either[0] {
		least[0] = 1
	}
	if t.either[1] {
		greatest[0] = 1
	}
	t.either = [2]bool{}
	return least, greatest, true
}

func (t *truths) compare(a, b []byte) int { return cmp.Compare(a[0], b[0]) }
func (t *truths) size() int               { return len(t.page) }
func (t *truths) reset()                  {}

func (t *truths) clear() { t.page, t.n = t.page[:0], 0 }

func (t *truths) encode(*[]byte) ([]byte, format.Encoding, error) { return t.page, format.Plain, nil }

func (t *truths) dictionary() (plain []byte, n int) { return nil, 0 }
