//go:build !cgo

// Command callmill-review is the desk of quality teams over a dataset of callmill. This
// build of it only says what it needs.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, `callmill-review: built without cgo: DuckDB, which reads the dataset, is C++
hint: install a C++ compiler (e.g. apt-get install g++) and build with CGO_ENABLED=1`)
	os.Exit(1)
}
