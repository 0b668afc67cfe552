package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// notRun are the commands in the documents that the test skips, each with the
// reason.
var notRun = []struct {
	pattern *regexp.Regexp
	reason  string
}{
	{regexp.MustCompile(`\bgo test\b`), "it is what runs this test"},
	{regexp.MustCompile(`^python3? -m venv `), "it installs Python packages, on the machine and from the network"},
	{regexp.MustCompile(`\bpip3? install `), "it installs Python packages, on the machine and from the network"},
	{regexp.MustCompile(`\bspark-submit `), "it needs Spark, where pipeline/spark runs what its own README has"},
	{regexp.MustCompile(`\bjupyter `), "it waits for a browser; the notebooks have tests of their own"},
	{regexp.MustCompile(`^CGO_ENABLED=0 go build `), "the test has built it"},
	{regexp.MustCompile(`^(go run \./cmd/)?callmill-review `), "a test of cmd/callmill-review runs it, where there is cgo"},
	{regexp.MustCompile(`\bgo run \./pipeline/bench\b`), "it measures for minutes, and with libraries of its own"},
	{regexp.MustCompile(`^export ALIBABA_CLOUD_ACCESS_KEY_ID=`), "the commands have the keys of the simulated API in their environment"},
	{regexp.MustCompile(`\bcrontab\b|^CRON_TZ=`), "it changes the machine's cron"},
	{regexp.MustCompile(`\b(systemctl|systemd-run|journalctl)\b`), "it changes the machine's systemd"},
	{regexp.MustCompile(`^kubectl `), "it needs a cluster"},
}

// TestReadmeCommands runs the commands and the Python scripts of the READMEs and of
// the manual in order, in one folder per document, with what a newcomer has: the
// binary, the repository's test data, and an API.
func TestReadmeCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds the binary")
	}
	binary := build(t)
	for _, name := range []string{"README.md", "README.zh.md", manual} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newReadmeShell(t, binary)
			text := readme(t, name)
			if !slices.ContainsFunc(shellCommands(text), isCallmill) {
				t.Fatal("no command of callmill")
			}
			for _, b := range blocks(text) {
				switch b.language {
				case "sh":
					for _, command := range b.commands() {
						s.follow(t, command)
					}
				case "python":
					s.script(t, b.text)
				case "sql", "": // TestReadmeQuery; output, or what the manual puts in a file of the system
				case "json", "ini", "yaml": // files of the system
				default:
					t.Errorf("blocks of %s are not run:\n%s", b.language, b.text)
				}
			}
		})
	}
	t.Run("commands that do not work", func(t *testing.T) {
		t.Parallel()
		commandsThatFail(t, newReadmeShell(t, binary))
	})
}

// commandsThatFail checks the test itself: a command that fails is an error, also
// as a part of a line, and an unknown command is not skipped.
func commandsThatFail(t *testing.T, s *readmeShell) {
	t.Helper()
	for _, command := range []string{
		"callmill convert nowhere --out data",
		"go run ./cmd/callmill demo --no-such-flag",
		"callmill no-such-command",
		"cd nowhere && callmill version",
		"callmill pull --out data",
	} {
		if err := s.run(t.Context(), command); err == nil {
			t.Errorf("no error: %s", command)
		}
	}
	if s.duckdb {
		if err := s.runScript(t.Context(), "import pandas\npandas.read_parquet('nowhere')"); err == nil {
			t.Error("no error of a script")
		}
	}
	for _, command := range []string{"curl https://example.com", "echo callmill", "rm -rf callmill"} {
		if isCallmill(command) || isDuckDB(command) || whyNot(command) != "" {
			t.Errorf("taken for a known command: %s", command)
		}
	}
}

func TestReadmeShellCommands(t *testing.T) {
	const text = "```sh\na --b\n\n# a comment\nc \\\n  --d\n```\n```\nnot this\n```\n```python\nnor this\n```\n```sh\ne\n```\n"
	if got, want := shellCommands(text), []string{"a --b", "c   --d", "e"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// block is a fenced block of a document.
type block struct{ language, text string }

func blocks(text string) (list []block) {
	for _, b := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		list = append(list, block{b[1], b[2]})
	}
	return list
}

// commands returns the lines of shell, joined where they go on.
func (b block) commands() (commands []string) {
	joined := strings.ReplaceAll(b.text, "\\\n", "")
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			commands = append(commands, line)
		}
	}
	return commands
}

// shellCommands returns the lines of the blocks marked as sh.
func shellCommands(text string) (commands []string) {
	for _, b := range blocks(text) {
		if b.language == "sh" {
			commands = append(commands, b.commands()...)
		}
	}
	return commands
}

var (
	callmillCommand = regexp.MustCompile(`^(cd \S+ && )?(go run \./cmd/callmill|callmill) `)
	madeUp          = regexp.MustCompile(`\bcallmill (demo|simulate)\b`)
	duckDBCommand   = regexp.MustCompile(`^(cd \S+ && )?duckdb `)
)

func isCallmill(command string) bool { return callmillCommand.MatchString(command) }
func isDuckDB(command string) bool   { return duckDBCommand.MatchString(command) }

func whyNot(command string) (reason string) {
	for _, n := range notRun {
		if n.pattern.MatchString(command) {
			return n.reason
		}
	}
	return ""
}

// documentedAddress is the address of the simulated API in the documents.
const documentedAddress = "127.0.0.1:8099"

// readmeShell runs commands in a folder of their own.
type readmeShell struct {
	dir    string
	env    []string
	duckdb bool
	served string // address of the simulated API that a command started, "" before
}

func newReadmeShell(t *testing.T, binary string) *readmeShell {
	t.Helper()
	real := simulatedAPI(t, simulate.Options{People: 40}, api.Options{})
	programs := filepath.Dir(binary)
	s := &readmeShell{dir: t.TempDir()}
	input, err := filepath.Abs(filepath.Join("..", "..", "pipeline"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(input, filepath.Join(s.dir, "pipeline")); err != nil {
		t.Fatal(err)
	}
	if os.Getenv("CALLMILL_PYTHON") != "" {
		s.duckdb = true
		programs = duckDBByPython(t) + string(os.PathListSeparator) + programs
	}
	s.env = append(os.Environ(),
		"PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"),
		"HOME="+t.TempDir(),
		"PYTHONUTF8=1",
		"ALIBABA_CLOUD_ACCESS_KEY_ID="+api.AccessKeyID,
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET="+api.AccessKeySecret,
		"CALLMILL_ENDPOINT="+real.url, // a flag in the command goes before it
		"CALLMILL_QPS=400",
		"CALLMILL_PROGRESS=none",
	)
	return s
}

// duckDBByPython returns a folder with a duckdb command.
func duckDBByPython(t *testing.T) (dir string) {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("testdata", "duckdb_command.py"))
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	text := fmt.Sprintf("#!/bin/sh\nexec \"$CALLMILL_PYTHON\" '%s' \"$@\"\n", script)
	if err := os.WriteFile(filepath.Join(dir, "duckdb"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// follow runs a command of a document, or logs why it does not.
func (s *readmeShell) follow(t *testing.T, command string) {
	t.Helper()
	switch {
	case whyNot(command) != "":
		t.Logf("not run: %s: %s", command, whyNot(command))
	case isDuckDB(command) && !s.duckdb:
		t.Logf("not run: %s: needs CALLMILL_PYTHON, a Python with duckdb", command)
	case isCallmill(command) && strings.Contains(command, "simulate --listen"):
		s.serve(t, command)
	case isCallmill(command), isDuckDB(command):
		if err := s.run(t.Context(), command); err != nil {
			t.Errorf("%s: %v", command, err)
		}
	default:
		t.Errorf("neither a command that can be run nor one in notRun: %s", command)
	}
}

// script runs a Python script of a document, or logs why it does not.
func (s *readmeShell) script(t *testing.T, text string) {
	t.Helper()
	if !s.duckdb {
		t.Logf("not run: needs CALLMILL_PYTHON, a Python with duckdb, pandas and polars:\n%s", text)
	} else if err := s.runScript(t.Context(), text); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func (s *readmeShell) runScript(ctx context.Context, text string) error {
	c := exec.CommandContext(ctx, os.Getenv("CALLMILL_PYTHON"), "-c", text)
	c.Dir, c.Env = s.dir, s.env
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// run runs a line of shell to its end. The error includes its output.
func (s *readmeShell) run(ctx context.Context, line string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	out, err := s.command(ctx, line).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

func (s *readmeShell) command(ctx context.Context, line string) *exec.Cmd {
	line = strings.ReplaceAll(line, "go run ./cmd/callmill", "callmill")
	if s.served != "" {
		line = strings.ReplaceAll(line, documentedAddress, s.served)
	}
	c := exec.CommandContext(ctx, "sh", "-c", line)
	c.Dir, c.Env = s.dir, s.env
	if madeUp.MatchString(line) {
		c.Env = append(slices.Clip(c.Env), "CALLMILL_PEOPLE=40") // fewer than by default, to save time
	}
	return c
}

// serve starts the simulated API on a free port until the test ends; then it
// must exit with 0. Later commands reach it there.
func (s *readmeShell) serve(t *testing.T, line string) {
	t.Helper()
	c := s.command(context.Background(), "exec "+strings.ReplaceAll(line, documentedAddress, "127.0.0.1:0"))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	printed := bufio.NewReader(out)
	address, err := printed.ReadString('\n')
	t.Cleanup(func() {
		if err := c.Process.Signal(syscall.SIGINT); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	})
	if err != nil {
		t.Fatalf("%s: it printed no address: %v", line, err)
	}
	s.served = strings.TrimPrefix(strings.TrimSpace(address), "http://")
}
