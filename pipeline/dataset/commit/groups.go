package commit

import (
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// mergeGroups returns the campaigns to publish, in the order of the table.
func (tx *Tx) mergeGroups() ([]schema.JobGroupRow, error) {
	var seen []verdict.Campaign
	for row, err := range tables.Rows[schema.JobGroupRow](tx.dataset, schema.TableJobGroups) {
		if err != nil {
			return nil, err
		}
		seen = append(seen, verdict.Campaign{Sequence: -1, Row: *row})
	}
	for _, a := range tx.appenders {
		seen = append(seen, a.groups...)
	}
	return verdict.Campaigns(seen), nil
}
