package commit

import (
	"cmp"
	"reflect"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// groupSighting is one sighting of a campaign.
type groupSighting struct {
	sequence int64
	row      schema.JobGroupRow
}

// mergeGroups returns the campaigns to publish, in the order of the table.
func (tx *Tx) mergeGroups() ([]schema.JobGroupRow, error) {
	var seen []groupSighting
	for row, err := range dataset.Rows[schema.JobGroupRow](tx.dataset, schema.TableJobGroups) {
		if err != nil {
			return nil, err
		}
		seen = append(seen, groupSighting{-1, *row})
	}
	for _, a := range tx.appenders {
		seen = append(seen, a.groups...)
	}
	slices.SortStableFunc(seen, func(a, b groupSighting) int {
		return cmp.Or(cmp.Compare(a.row.InstanceID, b.row.InstanceID), cmp.Compare(a.row.JobGroupID, b.row.JobGroupID),
			cmp.Compare(a.row.ObservedAt, b.row.ObservedAt), cmp.Compare(a.sequence, b.sequence))
	})
	var merged []schema.JobGroupRow
	for _, s := range seen {
		last := len(merged) - 1
		switch {
		case last < 0 || merged[last].InstanceID != s.row.InstanceID || merged[last].JobGroupID != s.row.JobGroupID:
			merged = append(merged, s.row)
		case !sameGroup(merged[last], s.row):
			merged[last] = s.row
		}
	}
	return merged, nil
}

// sameGroup reports whether two sightings of a campaign say the same.
func sameGroup(a, b schema.JobGroupRow) bool {
	a.ObservedAt = b.ObservedAt
	return reflect.DeepEqual(a, b)
}
