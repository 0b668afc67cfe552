package script

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// line is a line of a data file that says something: empty ones and comments
// (# at its beginning) are left out.
type directive struct {
	file   string
	number int
	key    string // first word
	rest   string // what follows it
}

// errorf says what is wrong with the line, and where it is.
func (l directive) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", l.file, l.number, fmt.Errorf(format, args...))
}

// readLines gives the lines of a file. An entry of a list, "-text" or
// "-30 text", has the key "-".
func readDirectives(files fs.FS, name string) ([]directive, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s: is not UTF-8", name)
	}
	var lines []directive
	for i, text := range strings.Split(string(data), "\n") {
		text = strings.TrimSpace(text)
		if text == "" || text[0] == '#' {
			continue
		}
		l := directive{file: name, number: i + 1}
		if text[0] == '-' {
			l.key, l.rest = "-", strings.TrimSpace(text[1:])
		} else {
			l.key, l.rest, _ = strings.Cut(text, " ")
			l.rest = strings.TrimSpace(l.rest)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// settings reads "key=value" words; a word without = is left in plain.
func (l directive) settings(text string) (plain []string, set []Setting) {
	for _, word := range strings.Fields(text) {
		key, value, found := strings.Cut(word, "=")
		if !found {
			plain = append(plain, word)
			continue
		}
		set = append(set, Setting{key, value})
	}
	return plain, set
}

type Setting struct{ Key, Value string }
