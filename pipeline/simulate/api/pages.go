package api

// rows gives the places of the rows a page shows: size of them from first on,
// as far as there are. The list may have moved since the page before: then it
// begins some rows earlier or later, up to a whole page, or shows a row twice
// and not its last one. The total is told as it is, so whoever counts the
// different rows knows that some are missing, and asks again.
func (q *request) rows(total, first, size int) []int {
	if q.fault == faultMoved {
		by := 1 + q.dice.IntN(size)
		if q.dice.IntN(2) == 0 {
			by = -by
		}
		first = max(first+by, 0)
	}
	var places []int
	for i := first; i < min(first+size, total); i++ {
		places = append(places, i)
	}
	if q.fault == faultDoubled && len(places) > 1 {
		at := 1 + q.dice.IntN(len(places)-1)
		copy(places[at:], places[at-1:])
	}
	return places
}
