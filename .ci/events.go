//go:build ignore

// Events reads the output of go test -json and prints what go test would: a
// line for each package, and the output of tests that failed; then the slowest
// tests. It exits with 1 if a test failed, or was skipped and -short is not
// given, and names those. If nothing else failed, it writes to the file -killed the
// packages whose process was killed from outside, before any of its tests failed.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // seconds
}

// name returns the package and the test, for messages.
func (e event) name() string { return strings.TrimPrefix(e.Package, "callmill/") + "." + e.Test }

func main() {
	short := flag.Bool("short", false, "tests may be skipped, as with go test -short")
	killed := flag.String("killed", "", "a file for the packages whose process was killed")
	slowest := flag.Int("slowest", 10, "how many of the slowest tests to print")
	flag.Parse()
	s, err := summarize(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintf(os.Stderr, "read go test -json: %v\n", err)
		os.Exit(1)
	}
	s.printSlowest(os.Stdout, *slowest)
	if len(s.skipped) > 0 && !*short {
		fmt.Printf("skipped, but nothing may be skipped here:\n%s", strings.Join(s.skipped, ""))
		s.failed = true
	}
	if len(s.killed) > 0 && !s.failed && *killed != "" {
		if err := os.WriteFile(*killed, []byte(strings.Join(s.killed, "\n")+"\n"), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	if s.failed || len(s.killed) > 0 {
		os.Exit(1)
	}
}

// summary is what a run of go test came to.
type summary struct {
	failed  bool
	killed  []string // packages
	skipped []string // names and output
	passed  []event  // of tests, without subtests
}

// summarize copies to w what is worth reading.
func summarize(r io.Reader, w io.Writer) (*summary, error) {
	s := &summary{}
	output := map[string]string{}                          // by name, while the test runs
	failed, killed := map[string]bool{}, map[string]bool{} // packages
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			fmt.Fprint(w, line) // of the go command itself
			continue
		}
		switch { // what go test itself says
		case e.Action == "output" && e.Output == "signal: killed\n":
			killed[e.Package] = true
		case e.Action == "output" && strings.HasPrefix(e.Output, "*** Test killed"): // it ran too long
			failed[e.Package] = true
		}
		switch {
		case e.Action == "fail" && e.Test == "":
			if killed[e.Package] && !failed[e.Package] {
				s.killed = append(s.killed, e.Package)
			} else {
				s.failed = true
			}
			printUnfinished(w, e.Package, output)
		case e.Action == "build-output", e.Action == "output" && e.Test == "" && e.Output != "PASS\n":
			fmt.Fprint(w, e.Output)
		case e.Action == "output":
			output[e.name()] += e.Output
		case e.Action == "fail":
			failed[e.Package] = true
			fmt.Fprint(w, output[e.name()])
		case e.Action == "skip" && e.Test != "":
			s.skipped = append(s.skipped, e.name()+"\n"+output[e.name()])
		case e.Action == "pass" && e.Test != "" && !strings.Contains(e.Test, "/"):
			s.passed = append(s.passed, e)
		}
		if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
			delete(output, e.name())
		}
	}
}

// printUnfinished prints the output of the tests of a package that neither passed nor
// failed, and forgets it: their process died, by a signal or in another goroutine,
// and what it said last counts as theirs.
func printUnfinished(w io.Writer, pkg string, output map[string]string) {
	prefix := event{Package: pkg}.name()
	for _, name := range slices.Sorted(maps.Keys(output)) {
		if strings.HasPrefix(name, prefix) {
			fmt.Fprintf(w, "unfinished: %s\n%s", name, output[name])
			delete(output, name)
		}
	}
}

func (s *summary) printSlowest(w io.Writer, n int) {
	slices.SortFunc(s.passed, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
	fmt.Fprintln(w, "slowest tests:")
	for _, e := range s.passed[:min(n, len(s.passed))] {
		fmt.Fprintf(w, "%7.1f s  %s\n", e.Elapsed, e.name())
	}
}
