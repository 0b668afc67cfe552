//go:build cgo

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/rules"
)

// desks are the sections on callmill-review, by document.
var desks = map[string]string{"README.md": "## Quality desk", "README.zh.md": "## 质检台", "cmd/callmill/OPERATE.md": "## The quality desk"}

// TestDocuments: the documents name every command but version, and no command, flag, filter,
// measure or key of a rule that does not exist.
func TestDocuments(t *testing.T) {
	for name := range desks {
		t.Run(name, func(t *testing.T) {
			text := desk(t, name)
			if strings.HasPrefix(name, "README") {
				for _, c := range commandsOf(newRoot(&environment{})) {
					if c.Name() != "version" && !strings.Contains(text, "| `callmill-review "+c.Name()) {
						t.Errorf("no row for callmill-review %s", c.Name())
					}
				}
			}
			for _, span := range spansOf(text) {
				if err := checkSpan(span); err != "" {
					t.Errorf("`%s`: %s", span, err)
				}
			}
			for _, b := range blocksOf(text, "yaml") {
				if _, err := rules.Parse("rules.yaml", []byte(b)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestDocumentsAreChecked: what does not exist is an error, so that TestDocuments can fail.
func TestDocumentsAreChecked(t *testing.T) {
	for _, span := range []string{
		"callmill-review reprot DIR", "callmill-review nodes DIR --share", "--no-such-flag", "--filter 'scrip=a'",
		"result:联系结果", "rul:complaint", "rules", "callmill-review rules tset",
	} {
		err := checkSpan(span)
		if wrong := span != "rules"; wrong != (err != "") {
			t.Errorf("`%s`: %q", span, err)
		}
	}
}

// TestTour: the package comment of the command names every package below internal.
func TestTour(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	tour, _, _ := strings.Cut(string(text), "\npackage main")
	err = filepath.WalkDir("internal", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		name, _ := filepath.Rel("internal", filepath.Dir(path))
		if !regexp.MustCompile(`\b` + filepath.ToSlash(name) + `\b`).MatchString(tour) {
			t.Errorf("no word of %s", name)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestReadmeReport: the commands that the READMEs show can be run after the demo, and
// print the lines that are shown below them.
func TestReadmeReport(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: pulls and reads 4000 jobs")
	}
	data := filepath.Join(t.TempDir(), "callmill-demo")
	demo := exec.Command("go", "run", "./cmd/callmill", "demo", data, "--progress", "none")
	demo.Dir = filepath.Join("..", "..")
	if out, err := demo.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"README.md", "README.zh.md"} {
		text := desk(t, name)
		var printed strings.Builder
		for _, block := range blocksOf(text, "sh") {
			for line := range strings.Lines(block) {
				printed.WriteString(runLine(t, line, data))
			}
		}
		shown := blocksOf(text, "")
		if len(shown) == 0 {
			t.Errorf("%s shows nothing that is printed", name)
		}
		for line := range strings.Lines(strings.Join(shown, "")) {
			if !strings.Contains(printed.String(), line) {
				t.Errorf("%s shows a line that is not printed: %s", name, line)
			}
		}
	}
}

// runLine runs a line of a document over the dataset data and returns what it prints.
func runLine(t *testing.T, line, data string) string {
	t.Helper()
	args, isOurs := strings.CutPrefix(strings.TrimSpace(line), "go run ./cmd/callmill-review ")
	if !isOurs {
		t.Fatalf("not a command of callmill-review: %s", line)
	}
	if strings.HasPrefix(args, "serve ") { // it does not end; TestPages of internal/browser looks at what it shows
		if wrong := checkCommand("callmill-review " + args); wrong != "" {
			t.Errorf("%s: %s", line, wrong)
		}
		return ""
	}
	var out, complaints bytes.Buffer
	if code := Main(strings.Fields(strings.ReplaceAll(args, "callmill-demo", data)), &out, &complaints); code != 0 {
		t.Fatalf("%s: exit code %d\n%s", line, code, &complaints)
	}
	return out.String()
}

// ofOthers are flags of callmill, and of the load program, which these sections name too.
var ofOthers = []string{"--pii", "--group-read", "--keep-for", "--publish", "--publishes", "--every"}

// checkSpan says what is wrong with code within a text, "" for nothing.
func checkSpan(span string) (wrong string) {
	switch {
	case strings.HasPrefix(span, "callmill-review "):
		return checkCommand(span)
	case strings.HasPrefix(span, "--filter '"):
		if _, err := filter.Parse(strings.Trim(strings.TrimPrefix(span, "--filter "), "'")); err != nil {
			return err.Error()
		}
	case strings.HasPrefix(span, "--"):
		for _, flag := range flagsOf(span) {
			has := func(c *cobra.Command) bool { return hasFlag(c, flag) }
			if !slices.Contains(ofOthers, flag) && !slices.ContainsFunc(commandsOf(newRoot(&environment{})), has) {
				return "no command has " + flag
			}
		}
	case regexp.MustCompile(`^[a-z]+:`).MatchString(span):
		if _, err := measure.Parse(span); err != nil {
			return err.Error()
		}
	}
	return ""
}

// checkCommand says what is wrong with a command, whose arguments are in capitals.
func checkCommand(span string) (wrong string) {
	root := newRoot(&environment{})
	c, rest, err := root.Find(strings.Fields(span)[1:])
	if err != nil {
		return err.Error()
	}
	if c == root {
		return "no such command"
	}
	if len(rest) > 0 && c.HasSubCommands() && regexp.MustCompile(`^[a-z]`).MatchString(rest[0]) {
		return c.Name() + " has no subcommand " + rest[0]
	}
	for _, flag := range flagsOf(span) {
		if !hasFlag(c, flag) {
			return c.Name() + " has no " + flag
		}
	}
	return ""
}

func flagsOf(span string) []string {
	return regexp.MustCompile(`--[a-z][a-z-]*`).FindAllString(span, -1)
}

func hasFlag(c *cobra.Command, flag string) bool {
	name := strings.TrimPrefix(flag, "--")
	return c.Flags().Lookup(name) != nil || c.InheritedFlags().Lookup(name) != nil
}

// commandsOf are the commands that the help lists, apart from help itself.
func commandsOf(root *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(root.Commands(), func(c *cobra.Command) bool { return c.Hidden || c.Name() == "help" })
}

// desk returns the section on callmill-review of a document.
func desk(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), desks[name]+"\n")
	if !found {
		t.Fatalf("%s has no section %s", name, desks[name])
	}
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}

// fenced matches a block of code in a document.
var fenced = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// blocksOf returns the blocks of a language.
func blocksOf(text, language string) (blocks []string) {
	for _, b := range fenced.FindAllStringSubmatch(text, -1) {
		if b[1] == language {
			blocks = append(blocks, b[2])
		}
	}
	return blocks
}

// spansOf returns the code within the text.
func spansOf(text string) (spans []string) {
	for _, s := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		spans = append(spans, s[1])
	}
	return spans
}
