package discover

import (
	"callmill/pipeline/outboundbot/internal/lenient"
	"callmill/schema"
)

// The pages of lists, as far as they are read; field by field in the vendor's
// own client, alibabacloud-outboundbot20191226 2.2.1, models/.

const (
	listJobs        = schema.ActionListJobs
	listJobsByGroup = schema.ActionListJobsByGroup
	listJobGroups   = schema.ActionListJobGroups
	searchTask      = schema.ActionSearchTask
)

// callsPage is a page of SearchTask. What it says of a call besides is read by
// the run's decoder.
type callsPage struct {
	Total              lenient.Int
	SearchTaskInfoList lenient.List[callRow]
}

// callRow is a call as SearchTask lists it.
type callRow struct {
	JobID      lenient.Text `json:"JobId"`
	TaskID     lenient.Text `json:"TaskId"`
	JobGroupID lenient.Text `json:"JobGroupId"`
	ActualTime lenient.Int  // ms
}

// jobsPage is a page of ListJobsByGroup.
type jobsPage struct{ Jobs lenient.Paged[jobRow] }

// jobRow is a job as ListJobsByGroup lists it.
type jobRow struct {
	JobID lenient.Text `json:"JobId"`
}

// groupsPage is a page of ListJobGroups.
type groupsPage struct{ JobGroups lenient.Paged[groupRow] }

// groupRow is a campaign as ListJobGroups lists it.
type groupRow struct {
	JobGroupID          lenient.Text `json:"JobGroupId"`
	JobGroupName        lenient.Text
	JobGroupDescription lenient.Text
	ScriptID            lenient.Text `json:"ScriptId"`
	ScriptName          lenient.Text
	ScriptVersion       lenient.Text
	Status              lenient.Text
	CreationTime        lenient.Int // ms
	ModifyTime          lenient.Int // ms, documented as a string
	Progress            lenient.Object[progress]
}

type progress struct{ TotalJobs, TotalCompleted, TotalNotAnswered lenient.Int }

func (g *groupRow) row(instanceID string, observedAt int64) schema.JobGroupRow {
	p := &g.Progress.Fields
	return schema.JobGroupRow{
		InstanceID: instanceID, JobGroupID: string(g.JobGroupID),
		JobGroupName: string(g.JobGroupName), Description: string(g.JobGroupDescription),
		ScriptID: string(g.ScriptID), ScriptName: string(g.ScriptName), ScriptVersion: string(g.ScriptVersion),
		JobGroupStatus: string(g.Status), CreationTime: g.CreationTime.Value, ModifyTime: g.ModifyTime.Value,
		TotalJobs: p.TotalJobs.Pointer(), TotalCompleted: p.TotalCompleted.Pointer(),
		TotalNotAnswered: p.TotalNotAnswered.Pointer(), ObservedAt: observedAt,
	}
}

// readGroups reads a page of campaigns, and how many there are in all. Rows
// without an id are included: the list counts them.
func readGroups(text []byte, instanceID string, observedAt int64) (rows []schema.JobGroupRow, total int64) {
	var page groupsPage
	lenient.Read(text, &page)
	for i := range page.JobGroups.List {
		rows = append(rows, page.JobGroups.List[i].row(instanceID, observedAt))
	}
	return rows, page.JobGroups.TotalCount.Value
}

// groupFinished reports whether a campaign with this status makes no more
// calls.
func groupFinished(status string) bool {
	return status == "Completed" || status == "Cancelled" || status == "Failed"
}
