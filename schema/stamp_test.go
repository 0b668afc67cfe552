package schema_test

import (
	"testing"

	"callmill/schema"
)

func TestStampUnchanged(t *testing.T) {
	total, more, calls := int64(4), int64(5), int64(2)
	group := schema.JobGroupRow{JobGroupStatus: "Completed", ModifyTime: 7, TotalJobs: &total, TotalCompleted: &calls}
	stamp := schema.StampOf(&group, 4, 9)
	tests := []struct {
		what   string
		change func(*schema.JobGroupRow)
		want   bool
	}{
		{"the same", func(*schema.JobGroupRow) {}, true},
		{"equal totals", func(g *schema.JobGroupRow) { n := total; g.TotalJobs = &n }, true},
		{"more jobs", func(g *schema.JobGroupRow) { g.TotalJobs = &more }, false},
		{"no total", func(g *schema.JobGroupRow) { g.TotalJobs = nil }, false},
		{"a call", func(g *schema.JobGroupRow) { g.TotalCompleted = &more }, true},
		{"another status", func(g *schema.JobGroupRow) { g.JobGroupStatus = "Executing" }, false},
		{"an edit", func(g *schema.JobGroupRow) { g.ModifyTime++ }, false},
	}
	for _, tt := range tests {
		g := group
		tt.change(&g)
		if got := stamp.Unchanged(&g); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.what, got, tt.want)
		}
	}
}
