package verdict

import (
	"cmp"
	"reflect"
	"slices"

	"callmill/schema"
)

// Campaign is a sighting of a campaign.
type Campaign struct {
	Sequence int64 // of the piece of input; -1: it is published
	Row      schema.JobGroupRow
}

// Campaigns returns the campaigns to publish, in the order of their table: of several
// sightings of one that received last; one that says the same as the one before does
// not move it. It sorts the sightings.
func Campaigns(seen []Campaign) []schema.JobGroupRow {
	slices.SortStableFunc(seen, func(a, b Campaign) int {
		return cmp.Or(cmp.Compare(a.Row.InstanceID, b.Row.InstanceID), cmp.Compare(a.Row.JobGroupID, b.Row.JobGroupID),
			cmp.Compare(a.Row.ObservedAt, b.Row.ObservedAt), cmp.Compare(a.Sequence, b.Sequence))
	})
	var merged []schema.JobGroupRow
	for _, s := range seen {
		last := len(merged) - 1
		switch {
		case last < 0 || merged[last].InstanceID != s.Row.InstanceID || merged[last].JobGroupID != s.Row.JobGroupID:
			merged = append(merged, s.Row)
		case !saysSame(merged[last], s.Row):
			merged[last] = s.Row
		}
	}
	return merged
}

// saysSame reports whether two sightings of a campaign say the same.
func saysSame(a, b schema.JobGroupRow) bool {
	a.ObservedAt = b.ObservedAt
	return reflect.DeepEqual(a, b)
}
