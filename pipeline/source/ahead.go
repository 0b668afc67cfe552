package source

const (
	// filesAhead is how many files are fetched before it is their turn: as many
	// requests as a disk takes at a time.
	filesAhead = 8
	// fetchBytes is how much of each; the system reads the rest of a large one
	// ahead by itself.
	fetchBytes = 1 << 20
)

// fetchAhead fetches what comes soon after file i of list. Called for each file
// in order, it fetches each once.
func fetchAhead(list []file, i int) {
	next := i + filesAhead
	if i == 0 {
		next = 0
	}
	for ; next <= i+filesAhead && next < len(list); next++ {
		fetch(list[next])
	}
}
