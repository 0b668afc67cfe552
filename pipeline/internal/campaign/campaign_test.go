package campaign_test

import (
	"testing"

	"callmill/pipeline/internal/campaign"
	"callmill/schema"
)

func TestStampUnchanged(t *testing.T) {
	total, more, calls := int64(4), int64(5), int64(2)
	group := schema.JobGroupRow{JobGroupStatus: "Completed", ModifyTime: 7, TotalJobs: &total, TotalCompleted: &calls}
	stamp := campaign.StampOf(&group, 4, 9, nil)
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

// The last change of a campaign is that of its row, or of its totals between two
// readings.
func TestStampOf(t *testing.T) {
	calls, more := int64(2), int64(3)
	group := schema.JobGroupRow{CreationTime: 5, ModifyTime: 7, TotalCompleted: &calls}
	first := campaign.StampOf(&group, 4, 100, nil)
	if first.ChangedAt != 7 || first.ReadAt != 100 || first.Listed != 4 {
		t.Errorf("first %+v", first)
	}
	quiet := campaign.StampOf(&group, 4, 200, &first)
	if quiet.ChangedAt != 7 || quiet.ReadAt != 200 {
		t.Errorf("read again without a change: %+v", quiet)
	}
	group.TotalCompleted = &more
	called := campaign.StampOf(&group, 4, 300, &quiet)
	if called.ChangedAt != 300 {
		t.Errorf("with another call: %+v", called)
	}
	if grown := campaign.StampOf(&group, 5, 400, &called); grown.ChangedAt != 400 {
		t.Errorf("with another job: %+v", grown)
	}
}
