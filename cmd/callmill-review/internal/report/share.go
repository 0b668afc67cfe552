package report

import "strconv"

// few is the smallest count that is shown in a report that is passed on.
const few = 5

// tooFew and notShown stand for counts that are not shown: those below few, and those
// from which they could be computed.
const (
	tooFew   = "<5"
	notShown = "–"
)

func isFew(n int) bool { return n > 0 && n < few }

// LeastShared is how many calls a report that is passed on must be of: one of a few calls
// is about the people who were called.
const LeastShared = 20

// withhold takes the examples from findings whose counts are hidden: they can be counted.
func withhold(sections []Section) {
	for _, s := range sections {
		for i := range s.Findings {
			if s.Findings[i].Hidden {
				s.Findings[i].Examples = nil
			}
		}
	}
}

// count returns a number as it may be shown.
func (m *maker) count(n int) string {
	if m.Share && isFew(n) {
		return tooFew
	}
	return strconv.Itoa(n)
}

// hides reports whether k of n may not be shown: it is few, or the rest is.
func (m *maker) hides(k, n int) bool {
	return m.Share && (isFew(k) || isFew(n) || isFew(n-k))
}

// hidden returns k of n as it may be shown.
func (m *maker) hidden(k, n int) string {
	if m.hides(k, n) && !isFew(k) {
		return notShown
	}
	return m.count(k)
}

// suppress returns which of some counts may be shown, and whether their sum may. must are
// those that may not. If the sum is shown, others that are not shown have to cover them:
// with a counts below few and b others not shown, each of which is known to be few or
// more, the sum of all leaves each of the a any value if it is at least 4a+5b. Where no
// such others are found the sum is not shown either.
func suppress(counts []int, must []bool) (shown []bool, sum bool) {
	shown = make([]bool, len(counts))
	least, total, hidden := 0, 0, 0
	for i, n := range counts {
		if shown[i] = !must[i]; shown[i] {
			continue
		}
		hidden, total = hidden+1, total+n
		if isFew(n) {
			least += few - 1
		} else {
			least += few
		}
	}
	if hidden == 0 {
		return shown, true
	}
	for covered := false; !covered || total < least; covered = true {
		next := -1
		for i, n := range counts {
			if shown[i] && n >= few && (next < 0 || n < counts[next]) {
				next = i
			}
		}
		if next < 0 {
			return shown, false
		}
		shown[next] = false
		total, least = total+counts[next], least+few
	}
	return shown, true
}

// short returns the beginning of an id: enough for those who have the dataset.
func short(id string) string {
	if len(id) > 8 {
		return id[:8] + "…"
	}
	return id
}

// shortNumber returns a telephone number without its middle.
func shortNumber(number string) string {
	if len(number) < 6 {
		return "…"
	}
	return number[:3] + "…" + number[len(number)-2:]
}

// masked returns a text as it may be shown.
func (m *maker) masked(text string) string {
	if m.mask == nil {
		return text
	}
	return m.mask.Text(text)
}
