package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callmill/cmd/callmill/internal/world"
)

// manual is the operator's manual, as the README names it.
const manual = "cmd/callmill/OPERATE.md"

// TestReadme: both READMEs name every command, and the English one stays short.
func TestReadme(t *testing.T) {
	english, chinese := readme(t, "README.md"), readme(t, "README.zh.md")
	for _, c := range commands() {
		if !strings.Contains(english, "| `callmill "+c.Name()) {
			t.Errorf("no row for callmill %s", c.Name())
		}
		if !strings.Contains(chinese, "| `callmill "+c.Name()) {
			t.Errorf("no row for callmill %s in Chinese", c.Name())
		}
	}
	if n := strings.Count(english, "\n"); n >= 300 {
		t.Errorf("README.md has %d lines, want fewer than 300", n)
	}
}

// TestManualNamesFlags: the manual has every flag of the commands that publish,
// apart from those that describe simulated calls.
func TestManualNamesFlags(t *testing.T) {
	text := readme(t, manual)
	var made pflag.FlagSet
	new(world.Flags).Add(&made)
	for _, c := range commands() {
		if !slices.Contains([]string{"convert", "pull", "replay", "rewrite", "demo"}, c.Name()) {
			continue
		}
		check := func(f *pflag.Flag) {
			if made.Lookup(f.Name) == nil && !strings.Contains(text, "`--"+f.Name) {
				t.Errorf("no word of --%s of callmill %s", f.Name, c.Name())
			}
		}
		c.Flags().VisitAll(check)
		c.InheritedFlags().VisitAll(check)
	}
}

// commands are those that the help lists, apart from help itself.
func commands() (list []*cobra.Command) {
	root := newRoot(&environment{})
	for _, c := range root.Commands() {
		if !c.Hidden && c.Name() != "help" {
			list = append(list, c)
		}
	}
	return list
}

// TestReadmeLinks: the READMEs lead to each other, and every link from a
// document to another or to a section leads somewhere.
func TestReadmeLinks(t *testing.T) {
	for name, other := range map[string]string{"README.md": "README.zh.md", "README.zh.md": "README.md"} {
		if !strings.Contains(readme(t, name), "]("+other+")") {
			t.Errorf("%s does not lead to %s", name, other)
		}
	}
	for _, name := range []string{"README.md", "README.zh.md", manual, "CONTRIBUTING.md", "CHANGELOG.md"} {
		for _, link := range regexp.MustCompile(`\]\(([A-Za-z./]+)?(?:#([^)]+))?\)`).FindAllStringSubmatch(readme(t, name), -1) {
			file, section := name, link[2]
			if link[1] != "" {
				file = path.Join(path.Dir(name), link[1])
			}
			if _, err := os.Stat(filepath.Join("..", "..", file)); err != nil {
				t.Errorf("%s leads to %s, which is not there", name, file)
			} else if section != "" && !hasSection(readme(t, file), section) {
				t.Errorf("%s leads to %s#%s, which is not there", name, file, section)
			}
		}
	}
}

// hasSection reports whether a heading without punctuation has the anchor.
func hasSection(text, anchor string) bool {
	heading := strings.ReplaceAll(regexp.QuoteMeta(anchor), "-", "[ -]")
	return regexp.MustCompile(`(?mi)^#+ ` + heading + `$`).MatchString(text)
}

// readme returns a document, named by its path in the repository.
func readme(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
