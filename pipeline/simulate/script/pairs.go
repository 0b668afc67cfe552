package script

import (
	"fmt"
	"io/fs"
	"slices"
)

// readPairs reads lines of a word and what is said, or heard, instead.
func ReadPairs(files fs.FS, name string) ([][2]string, error) {
	lines, err := readDirectives(files, name)
	if err != nil {
		return nil, err
	}
	var pairs [][2]string
	for _, l := range lines {
		if l.rest == "" || l.key == "-" {
			return nil, l.errorf("a pair reads: word other-word")
		}
		if slices.ContainsFunc(pairs, func(p [2]string) bool { return p[0] == l.key && p[1] == l.rest }) {
			return nil, l.errorf("pair %s %s is there twice", l.key, l.rest)
		}
		pairs = append(pairs, [2]string{l.key, l.rest})
	}
	if len(pairs) == 0 {
		return nil, fmt.Errorf("%s: no pairs", name)
	}
	return pairs, nil
}
