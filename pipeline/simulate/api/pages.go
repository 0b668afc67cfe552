package api

// rows returns the indexes of the rows on a page: up to size of them, starting at
// first. With a fault the list has moved since the previous page: the page starts
// some rows earlier or later, up to a whole page, or has a row twice and lacks its
// last one. The total stays correct, so that a client that counts distinct rows
// notices and retries.
func (q *request) rows(total, first, size int) []int {
	if q.fault == faultMoved {
		by := 1 + q.dice.IntN(size)
		if q.dice.IntN(2) == 0 {
			by = -by
		}
		first = max(first+by, 0)
	}
	var indexes []int
	for i := first; i < min(first+size, total); i++ {
		indexes = append(indexes, i)
	}
	if q.fault == faultDoubled && len(indexes) > 1 {
		at := 1 + q.dice.IntN(len(indexes)-1)
		copy(indexes[at:], indexes[at-1:])
	}
	return indexes
}
