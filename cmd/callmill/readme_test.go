package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestReadme: the README names every command, and every flag of convert; the
// Chinese one names every command too.
func TestReadme(t *testing.T) {
	english, chinese := readme(t, "README.md"), readme(t, "README.zh.md")
	root := newRoot(&environment{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: os.LookupEnv})
	for _, c := range root.Commands() {
		if c.Hidden || c.Name() == "help" {
			continue
		}
		if !strings.Contains(english, "| `callmill "+c.Name()) {
			t.Errorf("no row for callmill %s", c.Name())
		}
		if !strings.Contains(chinese, "| `callmill "+c.Name()) {
			t.Errorf("no row for callmill %s in Chinese", c.Name())
		}
	}
	convert, _, err := root.Find([]string{"convert"})
	if err != nil {
		t.Fatal(err)
	}
	convert.Flags().VisitAll(func(f *pflag.Flag) {
		if !strings.Contains(english, "`--"+f.Name) {
			t.Errorf("no word of --%s", f.Name)
		}
	})
}

// TestReadmeLinks: the READMEs lead to each other, and to sections there are.
func TestReadmeLinks(t *testing.T) {
	for name, other := range map[string]string{"README.md": "README.zh.md", "README.zh.md": "README.md"} {
		text := readme(t, name)
		if !strings.Contains(text, "]("+other+")") {
			t.Errorf("%s does not lead to %s", name, other)
		}
		for _, link := range regexp.MustCompile(`\]\((README[a-z.]*\.md)?#([^)]+)\)`).FindAllStringSubmatch(text, -1) {
			file, section := link[1], link[2]
			if file == "" {
				file = name
			}
			if !hasSection(readme(t, file), section) {
				t.Errorf("%s leads to %s#%s, which is not there", name, file, section)
			}
		}
	}
}

// hasSection says whether a heading has the anchor, where it has no
// punctuation.
func hasSection(text, anchor string) bool {
	heading := strings.ReplaceAll(regexp.QuoteMeta(anchor), "-", "[ -]")
	return regexp.MustCompile(`(?mi)^#+ ` + heading + `$`).MatchString(text)
}

func readme(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
