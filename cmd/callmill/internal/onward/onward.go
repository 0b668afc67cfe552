// Package onward says how to go on with callmill-review after the demo, which is a program
// of its own because it needs cgo.
package onward

import (
	"fmt"
	"os"
	"os/exec"

	"callmill/cmd/internal/quote"
	"callmill/schema"
)

// Machine is what decides how callmill-review can be run.
type Machine struct {
	Find    func(program string) (path string, err error) // as exec.LookPath does
	Getenv  func(name string) string
	Sources bool // of callmill-review are in the working directory
}

// Here returns this machine.
func Here() Machine {
	_, err := os.Stat("cmd/callmill-review/main.go")
	return Machine{Find: exec.LookPath, Getenv: os.Getenv, Sources: err == nil}
}

// Next returns the line that says how to read a report of the dataset in dir, or what is
// missing for it.
func (m Machine) Next(dir string, lang schema.Language) string {
	report := "report " + quote.Shell(dir)
	switch {
	case m.has("callmill-review"):
		return line(lang, "callmill-review "+report)
	case !m.Sources:
		return missing(lang, "the program callmill-review of a release", "发布包中的 callmill-review")
	case !m.has("go"):
		return missing(lang, "Go, to build callmill-review", "Go，以便编译 callmill-review")
	case m.Getenv("CGO_ENABLED") == "0":
		return missing(lang, "cgo: CGO_ENABLED is 0", "cgo：CGO_ENABLED 现为 0")
	case !m.has(m.compiler()...):
		return missing(lang, "a C++ compiler, e.g. apt-get install g++", "C++ 编译器，例如 apt-get install g++")
	}
	return line(lang, "go run ./cmd/callmill-review "+report)
}

// has reports whether one of the programs is there.
func (m Machine) has(programs ...string) bool {
	for _, p := range programs {
		if _, err := m.Find(p); err == nil {
			return true
		}
	}
	return false
}

// compiler returns what C++ compilers are called.
func (m Machine) compiler() []string {
	if cxx := m.Getenv("CXX"); cxx != "" {
		return []string{cxx}
	}
	return []string{"g++", "clang++"}
}

func line(lang schema.Language, command string) string {
	if lang == schema.Chinese {
		return "哪些通话失败、为什么：" + command
	}
	return "which calls fail, and why: " + command
}

func missing(lang schema.Language, en, zh string) string {
	if lang == schema.Chinese {
		return fmt.Sprintf("哪些通话失败、为什么，由 callmill-review report 回答，还缺%s", zh)
	}
	return fmt.Sprintf("which calls fail, and why: callmill-review report, which needs\n  %s", en)
}
