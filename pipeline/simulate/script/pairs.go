package script

import (
	"fmt"
	"io/fs"
	"slices"
)

// ReadPairs reads a file of words, each with the one said or heard instead.
func ReadPairs(files fs.FS, name string) ([][2]string, error) {
	directives, err := readDirectives(files, name)
	if err != nil {
		return nil, err
	}
	var pairs [][2]string
	for _, d := range directives {
		if d.rest == "" || d.key == "-" {
			return nil, d.errorf("invalid pair: want WORD OTHER-WORD")
		}
		if slices.ContainsFunc(pairs, func(p [2]string) bool { return p[0] == d.key && p[1] == d.rest }) {
			return nil, d.errorf("duplicate pair %s %s", d.key, d.rest)
		}
		pairs = append(pairs, [2]string{d.key, d.rest})
	}
	if len(pairs) == 0 {
		return nil, fmt.Errorf("%s: no pairs", name)
	}
	return pairs, nil
}
