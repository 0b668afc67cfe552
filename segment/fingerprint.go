package segment

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// fingerprint spells out everything a cut depends on. The Unicode version is
// part of it, since which characters are Chinese changes with it.
func fingerprint(engine, words string, user []userWord, hmm bool) string {
	id := fmt.Sprintf("%s words/%s marks/%d unicode/%s", engine, words, layerVersion, unicode.Version)
	if len(user) > 0 {
		id += " user/" + hashUserWords(user)
	}
	if hmm {
		id += " hmm"
	}
	return id
}

// Newer reports whether fingerprint a is of a later version of this package than
// b: of one that has a higher number for anything both name.
func Newer(a, b string) bool {
	numbers := map[string]int{}
	for part := range strings.SplitSeq(b, " ") {
		if name, number, ok := versionOf(part); ok {
			numbers[name] = number
		}
	}
	for part := range strings.SplitSeq(a, " ") {
		if name, number, ok := versionOf(part); ok {
			if than, known := numbers[name]; known && number > than {
				return true
			}
		}
	}
	return false
}

// versionOf returns what has a version in a part of a fingerprint, and the version.
// Hashes have no order, and the version of Unicode is that of the compiler.
func versionOf(part string) (name string, number int, ok bool) {
	name, text, _ := strings.Cut(part, "/")
	if name != "fast" && name != "marks" {
		return "", 0, false
	}
	number, err := strconv.Atoi(text)
	return name, number, err == nil
}
