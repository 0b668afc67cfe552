package settings

import (
	"time"

	"github.com/spf13/pflag"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/pipeline/dataset"
)

// Folder are the flags of the commands that change a dataset's folder.
type Folder struct{ Options dataset.Options }

// Add adds the flags to flags.
func (f *Folder) Add(flags *pflag.FlagSet) {
	o := &f.Options
	flags.IntVar(&o.Keep, "keep", 7, "number of recent snapshots to keep")
	o.KeepFor = 24 * time.Hour
	flags.Var((*quantity.Duration)(&o.KeepFor), "keep-for", "keep snapshots younger than this regardless of --keep")
	flags.Var((*quantity.Duration)(&o.LockWait), "lock-wait", "how long to wait for another run that holds the dataset")
}

// Check validates the flags, and makes options of them: there, 0 is a default.
func (f *Folder) Check() error {
	if f.Options.Keep < 1 {
		return exit.Usagef("--keep must be at least 1, got %d", f.Options.Keep)
	}
	if f.Options.KeepFor == 0 {
		f.Options.KeepFor = -1
	}
	return nil
}
