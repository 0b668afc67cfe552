// Package instances keeps input that names no instance out of a dataset that has the
// jobs of another one than the default.
package instances

import (
	"fmt"
	"slices"
	"strings"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline"
	"callmill/schema"
)

// Guard refuses input that names no instance, with a usage error: as the default
// instance's it would double the jobs of those that the dataset has. A nil Guard
// refuses nothing. It is safe for concurrent use.
type Guard struct {
	out  string
	have []string
}

// NewGuard returns the guard of the dataset in the folder out, which has the jobs of
// instances; nil where that is the default one alone, or none.
func NewGuard(out string, instances []string, byDefault string) *Guard {
	others := slices.DeleteFunc(slices.Clone(instances), func(i string) bool { return i == byDefault })
	if len(others) == 0 {
		return nil
	}
	return &Guard{out, others}
}

// Appender returns an appender that ends the run where a is given input that names no
// instance.
func (g *Guard) Appender(a pipeline.Appender) pipeline.Appender {
	if g == nil {
		return a
	}
	return &guarded{a, g.refuse}
}

func (g *Guard) refuse(origin string) error {
	some := g.have[:min(len(g.have), 3)]
	have := strings.Join(some, ", ")
	if more := len(g.have) - len(some); more > 0 {
		have += fmt.Sprintf(" and %d more", more)
	}
	return exit.WithHint(exit.Usagef("%s does not say which instance it is of, and %s has the jobs of %s", origin, g.out, have),
		fmt.Sprintf("repeat it with --instance %s, or with the name of another", quote.Shell(g.have[0])))
}

// Named returns an appender that ends the run, with a usage error, where a is given
// input that names no instance.
func Named(a pipeline.Appender) pipeline.Appender {
	return &guarded{a, func(origin string) error {
		return exit.WithHint(exit.Usagef("%s does not say which instance it is of", origin), "repeat it with --instance NAME")
	}}
}

// guarded is an appender that is given only input that names an instance.
type guarded struct {
	pipeline.Appender
	refuse func(origin string) error
}

func (g *guarded) check(raw *schema.Raw, instance string) error {
	if instance != "" {
		return nil
	}
	return g.refuse(raw.Origin)
}

func (g *guarded) Job(raw *schema.Raw, position int64, job *schema.Job) error {
	if err := g.check(raw, job.InstanceID); err != nil {
		return err
	}
	return g.Appender.Job(raw, position, job)
}

func (g *guarded) Facts(raw *schema.Raw, facts *schema.TaskFacts) error {
	if err := g.check(raw, facts.InstanceID); err != nil {
		return err
	}
	return g.Appender.Facts(raw, facts)
}

func (g *guarded) Expected(raw *schema.Raw, expected *schema.Expected) error {
	if err := g.check(raw, expected.InstanceID); err != nil {
		return err
	}
	return g.Appender.Expected(raw, expected)
}

func (g *guarded) Group(raw *schema.Raw, group *schema.JobGroupRow) error {
	if err := g.check(raw, group.InstanceID); err != nil {
		return err
	}
	return g.Appender.Group(raw, group)
}

func (g *guarded) Reject(raw *schema.Raw, reject *schema.Reject) error {
	if err := g.check(raw, reject.InstanceID); err != nil {
		return err
	}
	return g.Appender.Reject(raw, reject)
}
