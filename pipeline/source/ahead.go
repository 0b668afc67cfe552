package source

const (
	// filesAhead is how many files are prefetched: as many requests as a disk
	// takes at a time.
	filesAhead = 8
	// fetchBytes is how much of each is prefetched; the kernel reads the rest of
	// a large file ahead by itself.
	fetchBytes = 1 << 20
)

// fetchAhead prefetches the files that follow file i of list. Called for each
// file in order, it fetches each once.
func fetchAhead(list []file, i int) {
	next := i + filesAhead
	if i == 0 {
		next = 0
	}
	for ; next <= i+filesAhead && next < len(list); next++ {
		fetch(list[next])
	}
}
