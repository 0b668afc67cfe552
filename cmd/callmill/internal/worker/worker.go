// Package worker is the command with which a distributed engine calls callmill.
package worker

import (
	"context"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/pipeline"
	"callmill/pipeline/dataset/secret"
)

// Program is what the command has of the program that it is a part of.
type Program struct {
	Stdin    io.Reader
	Stdout   io.Writer // nothing else may write to it
	Version  func() string
	Decoder  func() pipeline.Decoder
	Terminal bool // Stdout is one
	Limited  bool // the process is all the program's, and its memory may be limited
}

// Command returns the command.
func Command(p Program) *cobra.Command {
	o := &options{Program: p}
	c := &cobra.Command{
		Use:   "worker decode|flatten|import|match|search|settings|tombstones",
		Short: "Decode and flatten for a distributed engine",
		Long: `Worker is called by a distributed engine, such as Spark, on each of its machines.
It reads an Arrow IPC stream from standard input and writes another one to standard
output, batch by batch. Columns are found by their names.

Decode makes records of inputs: of saved responses as they are stored, or of raw
lines. The engine brings all records of a key together, sorted by key, with what it
keeps as the state of the key. Flatten decides about each key as convert would, and
gives the rows that change and the new state. The last row of each stream is a report.

Import makes records of what a dataset publishes, in parts, which import --list lists
as a JSON object: all of a snapshot, or with --since what is not as it was in an earlier
one, both named by themselves or by bookmarks. No key is needed.

Settings prints, as a JSON object, the settings under which rows are made and the rows
of the table statuses; the engine keeps them and compares.

Tombstones makes, of a JSON object on standard input with the numbers, references and
jobs of whom to erase, the digests that a lake keeps of them. Decode and flatten leave
out who is in the file of --erased; match and search make records of the states and of
the rejects in their input that name one of them.

The key is read from a file, which has to be on each machine. Besides it and what an
import reads, nothing is read or written on disk.`,
		Example: `  callmill worker decode --instance collections --key key < inputs.arrow > records.arrow
  callmill worker flatten --run R --started 2026-01-22T01:30:00Z < sorted.arrow > rows.arrow
  callmill worker import --list data --since lake
  callmill worker settings --key key`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return o.start(c.Context(), c.Flags(), args[0]) },
	}
	o.add(c.Flags())
	return c
}

// options are what the command is called with.
type options struct {
	Program
	settings settings.Flags
	instance string
	key      string
	statuses bool
	run      run
	from     from
	erased   string
}

func (o *options) add(flags *pflag.FlagSet) {
	o.settings.Add(flags)
	flags.StringVar(&o.instance, "instance", "", "robot deployment of inputs that name none; without it, one that names none is an error")
	flags.StringVar(&o.key, "key", "", "`FILE` with the secret behind contact_key")
	flags.StringVar(&o.erased, "erased", "", "decode, flatten, match, search: `FILE` with the tombstones of the lake, a JSON object in each line")
	flags.BoolVar(&o.statuses, "statuses", false, "settings: read from standard input, as a JSON array, the names of statuses that are not documented, for rows of the table statuses")
	flags.StringVar(&o.run.id, "run", "", "flatten: `ID` of the run, for first_run of rejects")
	flags.StringVar(&o.run.started, "started", "", "flatten: `TIME` when the run began, such as 2026-01-22T01:30:00Z")
	flags.StringVar(&o.from.list, "list", "", "import: list the parts of the dataset in `DIR`, instead of reading some")
	flags.StringVar(&o.from.snapshot, "snapshot", "", "import --list: `SNAPSHOT` or bookmark to read (default: the published one)")
	flags.StringVar(&o.from.since, "since", "", "import --list: `SNAPSHOT` or bookmark that was read before")
	flags.StringVar(&o.run.edge, "edge", "", "flatten: `DAY` before which nothing is kept, such as 2026-01-31")
	flags.StringVar(&o.run.holds, "held", "", "flatten: `FILE` with the jobs that are kept however old they are, a JSON object in each line")
	flags.StringVar(&o.run.imported, "import", "", "flatten: \"full\" where the records are all that a dataset has and all states: what an import brought before and the dataset has no more goes")
}

// mode is what the command is called for.
type mode struct {
	run   func(*options, context.Context) error
	flags []string // that are for this mode, not for all
}

// ofMany are flags for more modes than one.
var ofMany = map[string][]string{"erased": {"decode", "flatten", "match", "search"}}

var modes = map[string]mode{
	"decode":     {(*options).decode, nil},
	"flatten":    {(*options).flatten, []string{"run", "started", "import", "edge", "held"}},
	"import":     {(*options).imports, []string{"list", "snapshot", "since"}},
	"match":      {(*options).match, nil},
	"search":     {(*options).search, nil},
	"settings":   {(*options).print, []string{"statuses"}},
	"tombstones": {(*options).tombstones, nil},
}

func (o *options) start(ctx context.Context, flags *pflag.FlagSet, name string) error {
	m, ok := modes[name]
	if !ok {
		return exit.Usagef("invalid mode %q: want decode, flatten, import, match, search, settings or tombstones", name)
	}
	for flag, modes := range ofMany {
		if flags.Changed(flag) && !slices.Contains(modes, name) {
			return exit.Usagef("--%s is for %s, not for %s", flag, strings.Join(modes, ", "), name)
		}
	}
	for other, of := range modes {
		for _, flag := range of.flags {
			if flags.Changed(flag) && !slices.Contains(m.flags, flag) {
				return exit.Usagef("--%s is for %s, not for %s", flag, other, name)
			}
		}
	}
	if !utf8.ValidString(o.instance) {
		return exit.Usagef("--instance: invalid name %q: want UTF-8", o.instance)
	}
	if err := o.settings.Check(); err != nil {
		return err
	}
	return m.run(o, ctx)
}

// secret reads the key.
func (o *options) secret() ([]byte, error) {
	if o.key == "" {
		return nil, exit.WithHint(exit.Usagef("--key is missing"), "name the file with the key of the lake; where it has none yet, `openssl rand -hex 32` makes one")
	}
	return secret.Read(o.key)
}

// checkStreams refuses a terminal, where an engine should be.
func (o *options) checkStreams() error {
	if o.Terminal {
		return exit.WithHint(exit.Usagef("standard output is a terminal, and what is written is an Arrow stream"), "redirect it, e.g. > records.arrow")
	}
	return nil
}

// ceiling keeps the process of a worker small: an engine runs one for each of its
// processors. What is live is about the batch that is read; the rest is garbage, which
// may gather, by Go's own hundred percent, up to a limit that grows with the largest
// piece of input. The zero value limits nothing.
type ceiling struct {
	limited  bool
	ordinary int64 // a piece of up to this size needs no more room
	times    int64 // how many times a larger one may be in memory besides
	largest  int64 // piece that was met
}

// baseMemory is the limit as long as all pieces are ordinary.
const baseMemory = 200 << 20

// limitMemory begins to limit the memory of the process.
func (o *options) limitMemory(ordinary, times int64) ceiling {
	_, given := os.LookupEnv("GOMEMLIMIT")
	m := ceiling{limited: o.Limited && !given, ordinary: ordinary, times: times}
	m.limit(0)
	return m
}

// meet makes room for a piece that is larger than all before it.
func (m *ceiling) meet(size int64) {
	if size > max(m.largest, m.ordinary) {
		m.largest = size
		m.limit(m.times * size)
	}
}

func (m *ceiling) limit(more int64) {
	if m.limited {
		debug.SetMemoryLimit(baseMemory + more)
	}
}
