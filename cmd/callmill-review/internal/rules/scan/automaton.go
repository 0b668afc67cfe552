package scan

// automaton finds all of a number of strings in one pass over a text (Aho and
// Corasick, Efficient string matching, CACM 18, 1975). ASCII letters of the text are
// read in lower case.
type automaton struct {
	class [256]uint8 // of bytes: 0 of those in no string
	width int32      // number of classes
	next  []int32    // by state × class
	ends  [][]int32  // by state: the strings that end there
}

func newAutomaton(strs []string) automaton {
	a := automaton{width: 1}
	for _, s := range strs {
		for i := range len(s) {
			if a.class[s[i]] == 0 {
				a.class[s[i]] = uint8(a.width)
				a.width++
			}
		}
	}
	for b := 'A'; b <= 'Z'; b++ {
		a.class[b] = a.class[b+'a'-'A']
	}
	a.add()
	for n, s := range strs {
		state := int32(0)
		for i := range len(s) {
			edge := state*a.width + int32(a.class[s[i]])
			if a.next[edge] == 0 {
				a.next[edge] = a.add()
			}
			state = a.next[edge]
		}
		a.ends[state] = append(a.ends[state], int32(n))
	}
	a.link()
	return a
}

func (a *automaton) add() int32 {
	a.next = append(a.next, make([]int32, a.width)...)
	a.ends = append(a.ends, nil)
	return int32(len(a.ends) - 1)
}

// link makes the edges of strings that end, or go wrong, lead to where the longest
// string goes on that may have begun meanwhile.
func (a *automaton) link() {
	fail := make([]int32, len(a.ends))
	queue := []int32{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for c := range a.width {
			edge := state*a.width + c
			back := a.next[fail[state]*a.width+c]
			child := a.next[edge]
			if child == 0 {
				a.next[edge] = back
				continue
			}
			if state != 0 {
				fail[child] = back
				a.ends[child] = append(a.ends[child], a.ends[back]...)
			}
			queue = append(queue, child)
		}
	}
}

// find calls found for each occurrence of a string.
func (a *automaton) find(text string, found func(n int32)) {
	if a.width == 1 {
		return
	}
	state := int32(0)
	for i := range len(text) {
		state = a.next[state*a.width+int32(a.class[text[i]])]
		for _, n := range a.ends[state] {
			found(n)
		}
	}
}
