package source

const (
	// filesAhead is how many files are fetched before it is their turn: as many
	// requests as a disk takes at a time.
	filesAhead = 8
	// fetchBytes is how much of each; the system reads the rest of a large one
	// ahead by itself.
	fetchBytes = 1 << 20
)

// ahead fetches files in order, each once.
type ahead struct{ fetched int }

// next fetches what comes soon after file i of list, and the file itself.
func (a *ahead) next(list []file, i int) {
	for ; a.fetched < min(i+1+filesAhead, len(list)); a.fetched++ {
		fetch(list[a.fetched])
	}
}
