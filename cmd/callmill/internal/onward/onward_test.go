package onward_test

import (
	"os/exec"
	"slices"
	"testing"

	"callmill/cmd/callmill/internal/onward"
	"callmill/schema"
)

func TestNext(t *testing.T) {
	const report = "which calls fail, and why: "
	const needs = report + "callmill-review report, which needs\n  "
	tests := map[string]struct {
		programs []string
		env      map[string]string
		sources  bool
		want     string
	}{
		"the program":         {[]string{"callmill-review"}, nil, false, report + "callmill-review report 'my demo'"},
		"sources, g++":        {[]string{"go", "g++"}, nil, true, report + "go run ./cmd/callmill-review report 'my demo'"},
		"sources, clang++":    {[]string{"go", "clang++"}, nil, true, report + "go run ./cmd/callmill-review report 'my demo'"},
		"a compiler by name":  {[]string{"go", "c++-9"}, map[string]string{"CXX": "c++-9"}, true, report + "go run ./cmd/callmill-review report 'my demo'"},
		"another one by name": {[]string{"go", "g++"}, map[string]string{"CXX": "c++-9"}, true, needs + "a C++ compiler, e.g. apt-get install g++"},
		"no compiler":         {[]string{"go"}, nil, true, needs + "a C++ compiler, e.g. apt-get install g++"},
		"cgo switched off":    {[]string{"go", "g++"}, map[string]string{"CGO_ENABLED": "0"}, true, needs + "cgo: CGO_ENABLED is 0"},
		"no Go":               {[]string{"g++"}, nil, true, needs + "Go, to build callmill-review"},
		"no sources":          {[]string{"go", "g++"}, nil, false, needs + "the program callmill-review of a release"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := onward.Machine{
				Find: func(program string) (string, error) {
					if slices.Contains(test.programs, program) {
						return "/bin/" + program, nil
					}
					return "", exec.ErrNotFound
				},
				Getenv:  func(name string) string { return test.env[name] },
				Sources: test.sources,
			}
			if got := m.Next("my demo", schema.English); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			if got := m.Next("my demo", schema.Chinese); got == test.want {
				t.Errorf("Chinese is English: %q", got)
			}
		})
	}
}
