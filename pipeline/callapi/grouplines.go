package callapi

import (
	"encoding/json"
	"time"

	"callmill/schema"
)

// Groups reads the campaigns of a raw line of ListJobGroups, as a pull does;
// none of a line that is no such answer.
func Groups(line *schema.RawLine) []schema.JobGroupRow {
	at, err := time.Parse(time.RFC3339, line.ObservedAt)
	if err != nil || line.Status >= 400 {
		return nil
	}
	spelled, err := asJSON(line.Response())
	if err != nil {
		return nil
	}
	var page groupsPage
	_ = json.Unmarshal(spelled, &page) // a field of another shape is not given
	var rows []schema.JobGroupRow
	for i := range page.JobGroups.List {
		if row := page.JobGroups.List[i].row(line.InstanceID, at.UnixMilli()); row.JobGroupID != "" {
			rows = append(rows, row)
		}
	}
	return rows
}
