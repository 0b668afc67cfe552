// Package built says what the program was built from, and the versions of everything.
package built

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"callmill/pipeline/dataset"
	"callmill/pipeline/flatten"
	"callmill/schema"
)

// Print prints the version of the program, the commit it was built from, and the
// versions of the format, the derivation, the outcomes and the libraries.
func Print(w io.Writer, info *debug.BuildInfo) error {
	commit, date := revision(info)
	_, err := fmt.Fprintf(w, "callmill %s\ncommit %s\ndate %s\nformat %d\nderivation %d\noutcomes %d\n%s %s/%s\n",
		moduleVersion(info), commit, date,
		dataset.FormatVersion, flatten.Version, schema.OutcomesVersion,
		runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		if err == nil {
			_, err = fmt.Fprintln(w, m.Path, m.Version)
		}
	}
	return err
}

// Info returns what the build recorded of itself.
func Info() *debug.BuildInfo {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info
	}
	return &debug.BuildInfo{}
}

// Version returns the version of this program.
func Version() string { return moduleVersion(Info()) }

// moduleVersion returns the version of the module, (devel) for a build from a
// work tree.
func moduleVersion(info *debug.BuildInfo) string { return cmp.Or(info.Main.Version, "(devel)") }

// revision returns the commit of a build, with "-dirty" if its work tree had
// changes, and the commit's date in RFC 3339; "unknown" for what the build did
// not record.
func revision(info *debug.BuildInfo) (commit, date string) {
	commit, date = "unknown", "unknown"
	dirty := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.time":
			date = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "-dirty"
		}
	}
	return commit + dirty, date
}
