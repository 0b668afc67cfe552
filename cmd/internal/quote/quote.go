// Package quote quotes text for a shell or for a line of separated fields, but
// only where it must be quoted.
package quote

import (
	"strconv"
	"strings"
)

// Shell returns s as one word of a shell's command line.
func Shell(s string) string {
	special := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:=@%+,", r))
	}
	if s != "" && !strings.ContainsFunc(s, special) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Field returns s, quoted if it has control characters, such as the tabs and
// line breaks that separate fields.
func Field(s string) string {
	quoted := strconv.Quote(s)
	if quoted == `"`+s+`"` {
		return s
	}
	return quoted
}
