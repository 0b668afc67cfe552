package night

import (
	"bytes"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"callmill/cmd/callmill/internal/exit"
)

// mostIDBytes is more than any id of the API has.
const mostIDBytes = 256

// isID reports whether text can be an id of the API. Ids of jobs need not be
// UUIDs, but what a spreadsheet puts around and between them is in none.
func isID(text string) bool {
	strange := func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(`,;"`, r)
	}
	return text != "" && len(text) <= mostIDBytes && utf8.ValidString(text) && !strings.ContainsFunc(text, strange)
}

// readIDs reads the file of --jobs: an id a line, each once. Empty lines and
// those that begin with # say nothing. There are none for "".
func readIDs(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, exit.Usagef("--jobs: %w", err)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var ids []string
	known := map[string]bool{}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		id := strings.TrimSpace(line)
		if id == "" || strings.HasPrefix(id, "#") || known[id] {
			continue
		}
		if !isID(id) {
			return nil, exit.WithHint(exit.Usagef("--jobs: %s:%d: invalid id %.40q", path, number, id), "write one id per line, as UTF-8, and nothing else")
		}
		known[id] = true
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, exit.Usagef("--jobs: %s holds no ids", path)
	}
	return ids, nil
}
