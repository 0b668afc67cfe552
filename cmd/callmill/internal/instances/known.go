package instances

import (
	"fmt"
	"slices"
	"strings"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// CheckKnown returns a usage error, with the instances that d has, where it has not
// that one: it was never asked for, and has no jobs.
func CheckKnown(d *dataset.Dataset, id string) error {
	m := d.Manifest()
	if m == nil {
		return exit.Usagef("nothing is published")
	}
	known := map[string]bool{}
	for instance := range m.Covered {
		known[instance] = true
	}
	type column struct {
		InstanceID string `parquet:"instance_id"`
	}
	for row, err := range tables.Rows[column](d, schema.TableJobs) {
		if err != nil {
			return fmt.Errorf("look for instance %s: %w", id, err)
		}
		known[row.InstanceID] = true
	}
	if known[id] {
		return nil
	}
	var names []string
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	return exit.WithHint(exit.Usagef("unknown instance %q", id), "the dataset has "+strings.Join(names, ", "))
}

// With returns a list in order with an instance in it. It does not modify the list.
func With(list []string, id string) []string {
	return slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(list), id))))
}
