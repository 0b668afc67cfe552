package segment

// The states a character is in, in the order of zh.Data.Emit.
const (
	stateB = iota // the first of a word
	stateM        // in the middle of one
	stateE        // the last of one
	stateS        // a word of its own
)

// Logarithms of the probabilities of starting in a state and of going from one
// to the next, from gse v0.80.3 (hmm/viterbi.go, hmm/prob_trans.go), which has
// them from jieba.
const (
	startB = -0.26268660809250016
	startS = -1.4652633398537678
	never  = -3.14e100

	goBM = -0.916290731874155
	goBE = -0.510825623765990
	goMM = -1.2603623820268226
	goME = -0.33344856811948514
	goEB = -0.5897149736854513
	goES = -0.8085250474669937
	goSB = -0.7211965654669841
	goSS = -0.6658631448798212
)

var emitNothing = [4]float64{never, never, never, never}

// findWords joins Chinese characters that stand alone into words the model
// takes them for.
func (s *Segmenter) findWords(l *line) {
	for x := 0; x < len(l.kind); {
		if l.kind[x] != han || !l.alone(x) {
			x = int(l.next[x])
			continue
		}
		y := l.endOf(han, x)
		if y-x > 1 {
			s.viterbi(l, x, y)
		}
		x = y
	}
}

// viterbi finds the most probable states of the characters from x to y and
// sets l.next to the words they make. Sums and ties are gse's; but where gse
// copies the whole path for every character, here a bit for each state tells
// from which of two states the path comes.
func (s *Segmenter) viterbi(l *line, x, y int) {
	from := l.from[:len(l.code)]
	e := s.emission(l.code[x])
	b, m, end, one := e[stateB]+startB, e[stateM]+never, e[stateE]+never, e[stateS]+startS
	for t := x + 1; t < y; t++ {
		e := s.emission(l.code[t])
		var bits uint8
		nb := end + goEB + e[stateB]
		if p := one + goSB + e[stateB]; p >= nb {
			nb, bits = p, bits|1<<stateB
		}
		nm := b + goBM + e[stateM]
		if p := m + goMM + e[stateM]; p >= nm {
			nm, bits = p, bits|1<<stateM
		}
		ne := b + goBE + e[stateE]
		if p := m + goME + e[stateE]; p >= ne {
			ne, bits = p, bits|1<<stateE
		}
		no := end + goES + e[stateS]
		if p := one + goSS + e[stateS]; p >= no {
			no, bits = p, bits|1<<stateS
		}
		b, m, end, one = nb, nm, ne, no
		from[t] = bits
	}
	state := stateE
	if one >= end {
		state = stateS
	}
	l.backtrack(x, y, state)
}

// backtrack walks from the last character's state to the first's.
func (l *line) backtrack(x, y, state int) {
	last := y // the end of the word being walked through
	for t := y - 1; ; t-- {
		if state == stateE || state == stateS {
			last = t + 1
		}
		if state == stateB || state == stateS {
			l.next[t] = int32(last)
		}
		if t == x {
			// A path begins inside a word only if none begins elsewhere.
			l.next[t] = int32(last)
			return
		}
		state = previous[state][l.from[t]>>state&1]
	}
}

// previous are the two states that may precede a state; of equally probable
// ones the second is taken.
var previous = [4][2]int{
	stateB: {stateE, stateS},
	stateM: {stateB, stateM},
	stateE: {stateB, stateM},
	stateS: {stateE, stateS},
}

func (s *Segmenter) emission(code uint16) *[4]float64 {
	if int(code) < len(s.emit) {
		return &s.emit[code]
	}
	return &emitNothing
}
