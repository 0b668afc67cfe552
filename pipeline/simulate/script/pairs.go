package script

import (
	"fmt"
	"io/fs"
	"slices"
)

// ReadPairs reads a file of words, each with the one said or heard instead: that of
// the last of the layers that has it.
func ReadPairs(name string, layers ...fs.FS) ([][2]string, error) {
	files := layers[0]
	for _, over := range layers[1:] {
		if _, err := fs.Stat(over, name); err == nil {
			files = over
		}
	}
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
