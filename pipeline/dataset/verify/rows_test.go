package verify

import (
	"reflect"
	"slices"
	"testing"

	"callmill/schema"
)

// TestEveryDayTableIsFollowed: no day table is left out of the rows of a job.
func TestEveryDayTableIsFollowed(t *testing.T) {
	names := []string{schema.TableJobs}
	for _, table := range jobTables() {
		names = append(names, reflect.ValueOf(table).FieldByName("name").String())
	}
	if !slices.Equal(names, schema.DayTables()) {
		t.Errorf("verify follows %v, want %v", names, schema.DayTables())
	}
}
