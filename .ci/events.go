//go:build ignore

// Events reads what go test -json writes and prints what go test would: a line
// for each package, and of tests that fail what they said. It exits 1 if a
// test failed or was skipped, and names those.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action, Package, Test, Output string
}

func main() {
	bad, err := run(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintf(os.Stderr, "read go test -json: %v\n", err)
	}
	if bad || err != nil {
		os.Exit(1)
	}
}

// run copies what is worth reading; bad says that not every test passed.
func run(r io.Reader, w io.Writer) (bad bool, err error) {
	said := map[string]string{} // by package and test, while it runs
	var skipped []string
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			return true, err
		}
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			fmt.Fprint(w, line) // the go command itself
			continue
		}
		test := e.Package + "." + e.Test
		switch {
		case e.Action == "build-output", e.Action == "output" && e.Test == "" && e.Output != "PASS\n":
			fmt.Fprint(w, e.Output)
		case e.Action == "output":
			said[test] += e.Output
		case e.Action == "fail":
			bad = true
			fmt.Fprint(w, said[test])
		case e.Action == "skip" && e.Test != "":
			skipped = append(skipped, test+"\n"+said[test])
		}
		if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
			delete(said, test)
		}
	}
	if len(skipped) > 0 {
		fmt.Fprintf(w, "skipped, which nothing may be here:\n%s", strings.Join(skipped, ""))
	}
	return bad || len(skipped) > 0, nil
}
