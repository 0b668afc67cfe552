package segment

import (
	"fmt"
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
