// Package world makes the simulated worlds that flags describe.
package world

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/pflag"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
)

// Flags describe a simulated world. People is set before Add, as its default.
type Flags struct {
	People int
	Seed   uint64
	until  string
	days   int

	campaigns string
	misheard  int
}

// Add adds the flags.
func (f *Flags) Add(flags *pflag.FlagSet) {
	flags.IntVar(&f.People, "people", f.People, "number of people to call")
	flags.Uint64Var(&f.Seed, "seed", 1, "seed of the random choices: another one makes other people and calls")
	flags.StringVar(&f.until, "until", "2026-01-31", "last `DAY` of calls")
	flags.IntVar(&f.days, "days", 14, "number of days before --until on which campaigns start")
}

// AddCampaigns adds the flags that change what is said.
func (f *Flags) AddCampaigns(flags *pflag.FlagSet) {
	flags.StringVar(&f.campaigns, "campaigns", "", "`DIR` with campaigns (*.txt) and word lists (words/*.txt) to use instead of the built-in ones; pipeline/simulate/campaigns/README.md documents the format")
	flags.IntVar(&f.misheard, "misheard", 0, "`PERCENT` of the spoken digits of personal data that are recognised as others that sound alike (0: as the campaigns say)")
}

// Days is how many days there are on which campaigns start.
func (f *Flags) Days() int { return f.days }

// World returns the world. Its errors are usage errors.
func (f *Flags) World() (*simulate.World, error) {
	until, err := time.Parse(time.DateOnly, f.until)
	if err != nil {
		return nil, exit.Usagef("--until: invalid day %q: want YYYY-MM-DD", f.until)
	}
	if f.People < 1 {
		return nil, exit.Usagef("--people must be at least 1, got %d", f.People)
	}
	options := simulate.Options{
		People: f.People, Seed: f.Seed, Days: f.days, Misheard: f.misheard,
		Until: simulate.EndOfDay(until.Year(), until.Month(), until.Day()),
	}
	if f.campaigns != "" {
		if _, err := os.ReadDir(f.campaigns); err != nil {
			return nil, exit.Usagef("--campaigns: %w", err)
		}
		options.Campaigns = os.DirFS(f.campaigns)
	}
	world, err := simulate.New(options)
	return world, exit.AsUsage(err)
}

// WriteTruth creates or truncates the file at path, for what really happened in a
// world.
func WriteTruth(ctx context.Context, path string, world *simulate.World) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := errors.Join(world.WriteTruth(ctx, file), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
