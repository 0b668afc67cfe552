// Package optout finds that a contact asked not to be called: by rules for what was
// said, and for the business results that scripts note. The rules are lists of regular
// expressions in RE2's syntax, in the folder lists, one file for each purpose. The
// views for DuckDB are made of the same lists, so that what is found when a job goes is
// what a query finds while it is there.
//
// An opt-out outlives its job. What is kept of it is in Row: whom it is of, by digests,
// the day, and which rule found it or the words of the result; none of what was said.
package optout

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed lists/*.txt
var lists embed.FS

// Rule is a part of a list: one of its alternatives.
type Rule struct {
	Name    string
	Pattern string // in RE2's syntax
}

// List returns the rules of a file of the folder lists, by its name without extension.
// It panics where there is none, or where it is not in the form that wish.txt describes:
// the files are embedded, and a test reads all.
func List(name string) []Rule {
	text, err := lists.ReadFile(path.Join("lists", name+".txt"))
	if err != nil {
		panic(err)
	}
	rules, err := parse(string(text))
	if err != nil {
		panic(fmt.Errorf("lists/%s.txt: %w", name, err))
	}
	return rules
}

func parse(text string) ([]Rule, error) {
	var rules []Rule
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		name, isName := strings.CutPrefix(line, "[")
		name, isName = cutSuffix(name, "]", isName)
		last := len(rules) - 1
		switch {
		case line == "", strings.HasPrefix(line, "#"):
		case isName && !strings.ContainsAny(name, "[]()|"):
			rules = append(rules, Rule{Name: name})
		case last < 0:
			return nil, fmt.Errorf("%q comes before the name of a rule", line)
		case strings.Contains(line, "'"):
			return nil, fmt.Errorf("rule %s has a single quote", rules[last].Name)
		default:
			rules[last].Pattern += line
		}
	}
	for _, r := range rules {
		if _, err := regexp.Compile(r.Pattern); err != nil || r.Pattern == "" {
			return nil, fmt.Errorf("rule %s: %q: %w", r.Name, r.Pattern, err)
		}
	}
	return rules, nil
}

func cutSuffix(s, suffix string, ok bool) (string, bool) {
	if !ok {
		return s, false
	}
	return strings.CutSuffix(s, suffix)
}

// Pattern returns the regular expression of the rules of some lists together.
func Pattern(names ...string) string {
	var all []string
	for _, name := range names {
		for _, r := range List(name) {
			all = append(all, r.Pattern)
		}
	}
	return strings.Join(all, "|")
}

// compiled are the lists as they are used here.
type compiled struct {
	wishes                             []wish
	wish, unlike                       *regexp.Regexp // each rule of its list
	result, resultName, resultNot, not *regexp.Regexp
}

type wish struct {
	name string
	is   *regexp.Regexp
}

var rules = sync.OnceValue(func() *compiled {
	c := &compiled{
		wish: regexp.MustCompile(Pattern("wish")), unlike: regexp.MustCompile(Pattern("unlike")),
		result: regexp.MustCompile(Pattern("result")), resultName: regexp.MustCompile(Pattern("result", "result_name")),
		resultNot: regexp.MustCompile(Pattern("result_not")), not: regexp.MustCompile(Pattern("result_no")),
	}
	for _, r := range List("wish") {
		c.wishes = append(c.wishes, wish{r.Name, regexp.MustCompile(r.Pattern)})
	}
	return c
})
