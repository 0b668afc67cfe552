package lists

import (
	"bytes"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/internal/lenient"
	"callmill/schema"
)

// The pages of lists, as far as they are read; field by field in the vendor's
// own client, alibabacloud-outboundbot20191226 2.2.1, models/. Entries without
// an id are included.

// UnusedID is the id of no job and no campaign.
const UnusedID = "00000000-0000-0000-0000-000000000000"

// Lacks names what an answer to an action must have and does not: its list, or how
// many entries there are. A list of none may be left out, and in XML it always is.
func Lacks(action string) func(*client.Answer) string {
	return func(a *client.Answer) string {
		list, total := a.Members.Get("SearchTaskInfoList"), a.Members.Get("Total")
		switch action {
		case schema.ActionListJobs:
			if a.Members.Get("Jobs").Holds() || bytes.HasPrefix(bytes.TrimSpace(a.Body), []byte("<")) {
				return ""
			}
			return "a list of jobs"
		case schema.ActionListJobsByGroup:
			page := a.Members.Get("Jobs").Object()
			list, total = page.Get("List"), page.Get("TotalCount")
		case schema.ActionListJobGroups:
			page := a.Members.Get("JobGroups").Object()
			list, total = page.Get("List"), page.Get("TotalCount")
		}
		n, counted := total.Int()
		switch {
		case !counted:
			return "the number of entries"
		case n != 0 && !list.Holds():
			return "a list"
		}
		return ""
	}
}

// Call is a call as SearchTask lists it. What it says of a call besides is read
// by the run's decoder.
type Call struct {
	JobID, TaskID, GroupID string
	ActualTime             int64 // ms; 0: none
}

// Calls reads a page of SearchTask, and how many calls there are in all.
func Calls(a *client.Answer) (calls []Call, total int64) {
	for _, row := range a.Members.Get("SearchTaskInfoList").List("JobId") {
		at, _ := row.Get("ActualTime").Int()
		calls = append(calls, Call{row.Get("JobId").Text(), row.Get("TaskId").Text(), row.Get("JobGroupId").Text(), at})
	}
	total, _ = a.Members.Get("Total").Int()
	return calls, total
}

// JobIDs reads a page of ListJobsByGroup, and how many jobs there are in all.
func JobIDs(a *client.Answer) (ids []string, total int64) {
	rows, total := a.Members.Get("Jobs").Page("JobId")
	for _, row := range rows {
		ids = append(ids, row.Get("JobId").Text())
	}
	return ids, total
}

// Groups reads a page of ListJobGroups, and how many campaigns there are in
// all.
func Groups(page lenient.Object, instanceID string, observedAt int64) (groups []schema.JobGroupRow, total int64) {
	rows, total := page.Get("JobGroups").Page("JobGroupId")
	for _, row := range rows {
		progress := row.Get("Progress").Object()
		created, _ := row.Get("CreationTime").Int()
		modified, _ := row.Get("ModifyTime").Int() // documented as a string
		groups = append(groups, schema.JobGroupRow{
			InstanceID: instanceID, JobGroupID: row.Get("JobGroupId").Text(),
			JobGroupName: row.Get("JobGroupName").Text(), Description: row.Get("JobGroupDescription").Text(),
			ScriptID: row.Get("ScriptId").Text(), ScriptName: row.Get("ScriptName").Text(), ScriptVersion: row.Get("ScriptVersion").Text(),
			JobGroupStatus: row.Get("Status").Text(), CreationTime: created, ModifyTime: modified,
			TotalJobs: numberOf(progress, "TotalJobs"), TotalCompleted: numberOf(progress, "TotalCompleted"),
			TotalNotAnswered: numberOf(progress, "TotalNotAnswered"), ObservedAt: observedAt,
		})
	}
	return groups, total
}

// numberOf returns a member of an object, nil where it is no whole number.
func numberOf(o lenient.Object, name string) *int64 {
	n, ok := o.Get(name).Int()
	if !ok {
		return nil
	}
	return &n
}
