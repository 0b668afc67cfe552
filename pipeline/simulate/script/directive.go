package script

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// directive is a line of a data file that is neither empty nor a comment (#).
type directive struct {
	file   string
	number int    // of the line, from 1
	key    string // first word
	rest   string // what follows it
}

// errorf returns an error that names file and line.
func (d directive) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", d.file, d.number, fmt.Errorf(format, args...))
}

// maxFile is how large a file may be, in bytes, and maxNames how many lists a scope
// may have, and how many nodes a campaign. Checking takes the square of these.
const (
	maxFile  = 1 << 20
	maxNames = 2000
)

// readDirectives reads a file. An entry of a list, "-text" or "-30 text", has
// the key "-".
func readDirectives(files fs.FS, name string) ([]directive, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: %d bytes, want at most %d", name, len(data), maxFile)
	}
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s: invalid UTF-8", name)
	}
	var list []directive
	for i, text := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		text = strings.TrimSpace(text)
		if text == "" || text[0] == '#' {
			continue
		}
		d := directive{file: name, number: i + 1}
		if text[0] == '-' {
			d.key, d.rest = "-", strings.TrimSpace(text[1:])
		} else {
			d.key, d.rest, _ = strings.Cut(text, " ")
			d.rest = strings.TrimSpace(d.rest)
		}
		list = append(list, d)
	}
	return list, nil
}

// settings splits text into "key=value" words and the others, in order.
func settings(text string) (plain []string, set []Setting) {
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

// Setting is a key with a value, such as a result of a call.
type Setting struct{ Key, Value string }
