package own

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"callmill/pipeline/redact/char"
	"callmill/pipeline/redact/people"
	"callmill/pipeline/redact/span"
)

//go:embed lists/keys.txt
var keyList string

// maxKeys is how many keys are remembered: jobs of an instance share their few.
const maxKeys = 4096

// Keys says which keys of extras name a kind of personal data. It remembers keys that
// it was asked for: it is not safe for concurrent use.
type Keys struct {
	words   map[string]span.Kind
	whole   map[string]span.Kind
	company map[string]span.Kind
	never   []string
	known   map[string]span.Kind
}

// ofCompany is what a key is of that names an id of a company.
const ofCompany span.Kind = "company"

// NewKeys reads the list.
func NewKeys() *Keys {
	k := &Keys{words: map[string]span.Kind{}, whole: map[string]span.Kind{}, company: map[string]span.Kind{}, known: map[string]span.Kind{}}
	for section, words := range people.Sections(keyList) {
		for _, w := range words {
			switch section {
			case "never":
				k.never = append(k.never, w)
			case "whole":
				word, kind, _ := strings.Cut(w, "=")
				k.whole[word] = span.Kind(kind)
			case "company":
				k.company[w] = ofCompany
			default:
				k.words[w] = span.Kind(section)
			}
		}
	}
	return k
}

// Kind returns the kind of personal data that the value of an extra is, going by its
// key, and whether it is any.
func (k *Keys) Kind(key string) (span.Kind, bool) {
	kind := k.of(key)
	if kind == ofCompany {
		kind = ""
	}
	return kind, kind != ""
}

// Company reports whether a key names an id of a company, such as that of a tenant, an
// app, a shop or a product: what looks like an id there is nobody's.
func (k *Keys) Company(key string) bool { return k.of(key) == ofCompany }

func (k *Keys) of(key string) span.Kind {
	kind, known := k.known[key]
	if !known {
		kind = k.find(key)
		if len(k.known) < maxKeys {
			k.known[strings.Clone(key)] = kind
		}
	}
	return kind
}

func (k *Keys) find(key string) span.Kind {
	flat, starts := flatten(key)
	if kind, ok := k.whole[flat]; ok {
		return kind
	}
	if kind := ending(k.company, flat, starts); kind != "" {
		return kind
	}
	if slices.ContainsFunc(k.never, func(w string) bool { return strings.Contains(flat, w) }) {
		return ""
	}
	return ending(k.words, flat, starts)
}

// ending returns the kind of the longest of some words that a key ends with, "" for none.
func ending(words map[string]span.Kind, flat string, starts []int) span.Kind {
	for i := range flat {
		word := flat[i:]
		kind, ok := words[word]
		if !ok {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(word); r >= utf8.RuneSelf || len(word) >= 5 && word != "plate" || slices.Contains(starts, i) {
			return kind
		}
	}
	return ""
}

// flatten returns a key in small letters without what parts its words, and where in
// it words begin.
func flatten(key string) (flat string, starts []int) {
	var b strings.Builder
	begins, small := true, false
	for _, r := range key {
		switch {
		case r == '_' || r == '-' || r == '.' || r == ' ' || r == ':' || r == '：' || r == '　':
			begins = true
			continue
		}
		r = char.Half(r)
		upper := unicode.IsUpper(r)
		if begins || upper && small || b.Len() > 0 && r < utf8.RuneSelf && !endsASCII(b.String()) {
			starts = append(starts, b.Len())
		}
		begins, small = false, !upper
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String(), starts
}

func endsASCII(s string) bool { return s[len(s)-1] < utf8.RuneSelf }
