package dataset

import (
	"cmp"
	"reflect"
	"slices"

	"callmill/schema"
)

// groupSeen is one sighting of a campaign.
type groupSeen struct {
	sequence int64
	row      schema.JobGroupRow
}

// Group takes a campaign. Of several versions the one received last is
// published; one that says the same keeps its sighting.
func (a *Appender) Group(raw *schema.Raw, group *schema.JobGroupRow) error {
	a.groups = append(a.groups, groupSeen{raw.Sequence, *group})
	return nil
}

// mergeGroups gives the campaigns to publish, in the order of the table.
func (tx *Tx) mergeGroups() ([]schema.JobGroupRow, error) {
	rows, err := readSmall[schema.JobGroupRow](tx.dataset, schema.TableJobGroups)
	if err != nil {
		return nil, err
	}
	seen := make([]groupSeen, 0, len(rows))
	for _, row := range rows {
		seen = append(seen, groupSeen{-1, row})
	}
	for _, a := range tx.appenders {
		seen = append(seen, a.groups...)
	}
	slices.SortStableFunc(seen, func(a, b groupSeen) int {
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

func sameGroup(a, b schema.JobGroupRow) bool {
	a.ObservedAt = b.ObservedAt
	return reflect.DeepEqual(a, b)
}

// JobGroups reads the published campaigns, by instance and id.
func (d *Dataset) JobGroups() (map[string]map[string]schema.JobGroupRow, error) {
	rows, err := readSmall[schema.JobGroupRow](d, schema.TableJobGroups)
	groups := map[string]map[string]schema.JobGroupRow{}
	for _, row := range rows {
		if groups[row.InstanceID] == nil {
			groups[row.InstanceID] = map[string]schema.JobGroupRow{}
		}
		groups[row.InstanceID][row.JobGroupID] = row
	}
	return groups, err
}
