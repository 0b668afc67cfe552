package commit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// TestGroups: of a campaign the latest version is published, and one that
// says the same keeps the sighting that brought it.
func TestGroups(t *testing.T) {
	group := func(id, name string, at int64) delivery {
		return delivery{group: &schema.JobGroupRow{InstanceID: "default", JobGroupID: id, JobGroupName: name, TotalJobs: new(int64(0)), ObservedAt: at}}
	}
	l := newLine(t)
	l.run(group("b", "续保", 100), group("a", "催收", 100))
	l.run(group("a", "催收", 200), group("b", "续保二", 200), group("b", "旧", 50))
	if p := l.run(group("b", "续保二", 300)); p.Changed {
		t.Error("a campaign that says the same is published again")
	}
	d, err := dataset.View(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []schema.JobGroupRow
	for row, err := range tables.Rows[schema.JobGroupRow](d, schema.TableJobGroups) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, *row)
	}
	want := []schema.JobGroupRow{*group("a", "催收", 100).group, *group("b", "续保二", 200).group}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("campaigns (-want +got):\n%s", diff)
	}
}
