// Command compile turns gse's dictionary and model into zh.dat. Run it by
// "go generate ./segment" after another version of gse is required.
package main

import (
	"flag"
	"fmt"
	"os"

	"callmill/segment/internal/zh"
)

func main() {
	out := flag.String("o", "internal/zh/zh.dat", "`file` to write")
	flag.Parse()
	if err := compile(*out); err != nil {
		fmt.Fprintln(os.Stderr, "compile:", err)
		os.Exit(1)
	}
}

func compile(path string) error {
	d, err := fromGSE()
	if err != nil {
		return err
	}
	file, err := zh.Encode(d)
	if err != nil {
		return err
	}
	return os.WriteFile(path, file, 0o644)
}
