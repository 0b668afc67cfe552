package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill/internal/glance"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset/views"
	"callmill/schema"
)

// TestReadmeInBothLanguages: README.zh.md has the sections, commands, scripts,
// tables and names of README.md; it may have more.
func TestReadmeInBothLanguages(t *testing.T) {
	english, chinese := readme(t, "README.md"), readme(t, "README.zh.md")
	later := codeOf(chinese)
	for _, want := range codeOf(english) {
		i := slices.Index(later, want)
		if i < 0 {
			t.Errorf("README.zh.md lacks, or has it in another place:\n%s", want)
			continue
		}
		later = later[i+1:]
	}
	for _, pattern := range []string{"(?m)^## ", `(?m)^\|---`} {
		if e, c := len(regexp.MustCompile(pattern).FindAllString(english, -1)), len(regexp.MustCompile(pattern).FindAllString(chinese, -1)); e != c {
			t.Errorf("%s: %d in README.md, %d in README.zh.md", pattern, e, c)
		}
	}
	have := spans(chinese)
	for _, span := range spans(english) {
		if !slices.Contains(have, span) {
			t.Errorf("README.zh.md does not name `%s`", span)
		}
	}
}

// codeOf returns what a document asks to run, without comments and languages.
func codeOf(text string) (code []string) {
	comment, language := regexp.MustCompile(`(?m) *#.*$`), regexp.MustCompile(` --lang (zh|en)`)
	for _, b := range blocks(text) {
		if b.language != "" {
			code = append(code, b.language+": "+language.ReplaceAllString(comment.ReplaceAllString(b.text, ""), ""))
		}
	}
	return code
}

// spans returns the code within the text of a document.
func spans(text string) (list []string) {
	text = regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(text, "")
	for _, span := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
		list = append(list, span[1])
	}
	return list
}

// TestReadmeNamesFlags: every command that a README names in its text is one, and
// has the flags it is named with.
func TestReadmeNamesFlags(t *testing.T) {
	all := map[string]bool{"--help": true}
	for _, flag := range []string{"--rounds", "--peers", "--responses", "--json", "--compare", "--baseline", "--print"} {
		all[flag] = true // of pipeline/bench
	}
	for _, name := range []string{"README.md", "README.zh.md"} {
		var alone []string
		for _, span := range spans(withoutDesk(readme(t, name))) {
			words := strings.Fields(strings.ReplaceAll(span, `\|`, " "))
			flags := regexp.MustCompile(`--[a-z-]+`).FindAllString(span, -1)
			if words[0] != "callmill" || len(words) == 1 || words[1] == "COMMAND" {
				if strings.HasPrefix(span, "--") {
					alone = append(alone, flags...)
				}
				continue
			}
			c, _, err := newRoot(&environment{}).Find(words[1:2])
			if err != nil || c.Name() != words[1] {
				t.Errorf("%s: no command %s in `%s`", name, words[1], span)
				continue
			}
			for _, flag := range flags {
				if c.Flags().Lookup(strings.TrimPrefix(flag, "--")) == nil {
					t.Errorf("%s: callmill %s has no %s", name, words[1], flag)
				}
			}
		}
		for _, c := range commands() {
			for _, flag := range alone {
				all[flag] = all[flag] || c.Flags().Lookup(strings.TrimPrefix(flag, "--")) != nil
			}
		}
		for _, flag := range alone {
			if !all[flag] {
				t.Errorf("%s: no command has %s", name, flag)
			}
		}
	}
}

// withoutDesk returns a README without the section on callmill-review, which a test of
// that command reads.
func withoutDesk(text string) string {
	return regexp.MustCompile(`(?ms)^## (Quality desk|质检台)$.*?^## `).ReplaceAllString(text, "## ")
}

// TestReadmeQuery: the query that the READMEs show prints the table that they show
// below it, of the dialogues that it is from.
func TestReadmeQuery(t *testing.T) {
	python := pythonWithReaders(t)
	data := convert(t, exit.Done, crosswoz(t))
	published := filepath.Join(snapshotOf(t, data), "views.sql")
	for _, name := range []string{"README.md", "README.zh.md"} {
		list, shown := blocks(readme(t, name)), 0
		for i, b := range list {
			if b.language != "sql" {
				continue
			}
			shown++
			query := filepath.Join(write(t, map[string]string{"query.sql": b.text}), "query.sql")
			got := runPython(t, python, "show.py", published, query, snapshotOf(t, data))
			if diff := cmp.Diff(list[i+1].text, strings.TrimRight(got, "\n")+"\n"); diff != "" {
				t.Errorf("%s, -shown +printed:\n%s", name, diff)
			}
		}
		if shown != 1 {
			t.Errorf("%s has %d queries, want 1", name, shown)
		}
	}
}

// TestReadmeRecipes runs the SQL within the text of the READMEs: queries, conditions
// on calls, and calls of macros.
func TestReadmeRecipes(t *testing.T) {
	python := pythonWithReaders(t)
	data := convert(t, exit.Done, write(t, map[string]string{"resp.json": viewsResponse}))
	kinds := map[string]string{}
	for _, v := range views.All() {
		kinds[v.Name] = v.Kind
	}
	for _, name := range []string{"README.md", "README.zh.md"} {
		var queries []string
		for _, span := range spans(readme(t, name)) {
			macro, _, isCall := strings.Cut(span, "(")
			switch {
			case strings.HasPrefix(span, "SELECT "), strings.HasPrefix(span, "FROM "):
				queries = append(queries, span)
			case strings.HasPrefix(span, "WHERE "):
				queries = append(queries, "SELECT count(*) FROM tasks "+span)
			case isCall && kinds[macro] == views.KindTableMacro:
				queries = append(queries, "FROM "+span)
			case isCall && kinds[macro] == views.KindMacro:
				queries = append(queries, fmt.Sprintf("SELECT %s FROM (SELECT 1 AS k, 2 AS n)", span))
			}
		}
		if len(queries) < 4 {
			t.Errorf("%s has the queries %q, want the macros and the sample", name, queries)
		}
		var file strings.Builder
		for _, q := range queries {
			fmt.Fprintf(&file, "-- %s\n%s\n\n", q, q)
		}
		path := filepath.Join(write(t, map[string]string{"queries.sql": strings.TrimSpace(file.String())}), "queries.sql")
		if got := queryViews(t, python, snapshotOf(t, data), path); strings.Count(got, "\n\n") != len(queries) {
			t.Errorf("%s: of %d queries:\n%s", name, len(queries), got)
		}
	}
}

// TestReadmeShowsTheDemo: the numbers in the READMEs are those that demo prints.
func TestReadmeShowsTheDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: pulls and converts 4000 jobs")
	}
	data := filepath.Join(t.TempDir(), "callmill-demo")
	printed := runMain(t, exit.Done, "demo", data, "--progress", "none")
	published, _, _ := strings.Cut(printed, "\n")
	for name, lang := range map[string]schema.Language{"README.md": schema.English, "README.zh.md": schema.Chinese} {
		i := slices.IndexFunc(blocks(readme(t, name)), func(b block) bool { return strings.HasPrefix(b.text, "published ") })
		if i < 0 {
			t.Fatalf("%s does not show what demo prints", name)
		}
		first, report, _ := strings.Cut(blocks(readme(t, name))[i].text, "\n")
		if got, want := timeless(published), timeless(first); got != want {
			t.Errorf("%s: it prints\n%s\nshown is\n%s", name, got, want)
		}
		var out bytes.Buffer
		if err := glance.Show(&out, data, lang); err != nil {
			t.Fatal(err)
		}
		if lang == schema.English && !strings.Contains(printed, out.String()) {
			t.Errorf("demo prints\n%s\nthe report is\n%s", printed, &out)
		}
		if !strings.HasPrefix(out.String(), report) {
			t.Errorf("%s: it prints\n%.600s\nshown is\n%s", name, &out, report)
		}
	}
}

// timeless returns the last line of a run without its name and duration.
func timeless(line string) string {
	line = regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{6}`).ReplaceAllString(line, "RUN")
	return regexp.MustCompile(` in [0-9.]+m?s;`).ReplaceAllString(line, " in TIME;")
}
