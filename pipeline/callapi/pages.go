package callapi

import (
	"strings"

	"callmill/schema"
)

// What of the responses is read; field by field in the vendor's own client,
// alibabacloud-outboundbot20191226 2.2.1, models/.

// jobsResponse is a response of ListJobs, as far as it is read here: the rest
// is decode's.
type jobsResponse struct {
	Jobs list[jobBrief]
}

// jobBrief is what decides whether a job is asked for again.
type jobBrief struct {
	JobID  text `json:"JobId"`
	Status text
	Tasks  list[taskBrief]
}

type taskBrief struct {
	ActualTime integer
	PlanedTime integer
}

// lastCall is when the job was called last, in ms; 0: never.
func (j *jobBrief) lastCall() int64 {
	var last int64
	for _, t := range j.Tasks {
		at := t.ActualTime.value
		if at == 0 {
			at = t.PlanedTime.value
		}
		last = max(last, at)
	}
	return last
}

// searchPage is a page of SearchTask.
type searchPage struct {
	Total              integer
	SearchTaskInfoList list[searchRow]
}

// searchRow is a call as SearchTask lists it.
type searchRow struct {
	JobID      text `json:"JobId"`
	TaskID     text `json:"TaskId"`
	JobGroupID text `json:"JobGroupId"`
	ActualTime integer

	JobGroupName             text
	ScriptName               text
	CallDuration             integer // ms
	RecordingDuration        integer // the ringing, s
	TaskEndReason            integer
	HasReachedEndOfFlow      boolean
	HasLastPlaybackCompleted boolean
	HasHangUpByRejection     boolean
	DialExceptionCodes       list[text]
}

// facts are what the row says and ListJobs does not.
func (r *searchRow) facts() schema.Facts {
	f := schema.Facts{
		JobGroupName: string(r.JobGroupName), ScriptName: string(r.ScriptName),
		CallMS: r.CallDuration.pointer(), RingingS: r.RecordingDuration.pointer32(), EndReason: r.TaskEndReason.pointer32(),
		ReachedEnd: r.HasReachedEndOfFlow.pointer(), LastPlaybackCompleted: r.HasLastPlaybackCompleted.pointer(),
		HungUpByRejection: r.HasHangUpByRejection.pointer(),
	}
	for _, code := range r.DialExceptionCodes {
		if code != "" {
			f.DialExceptions = append(f.DialExceptions, string(code))
		}
	}
	return f
}

// groupsPage is a page of ListJobGroups.
type groupsPage struct{ JobGroups paged[groupRow] }

// groupRow is a campaign as ListJobGroups lists it.
type groupRow struct {
	JobGroupID          text `json:"JobGroupId"`
	JobGroupName        text
	JobGroupDescription text
	ScriptID            text `json:"ScriptId"`
	ScriptName          text
	ScriptVersion       text
	Status              text
	CreationTime        integer // ms
	ModifyTime          integer // ms, documented as a string
	Progress            object[progress]
}

type progress struct{ TotalJobs, TotalCompleted, TotalNotAnswered integer }

func (g *groupRow) row(instanceID string, observedAt int64) schema.JobGroupRow {
	return schema.JobGroupRow{
		InstanceID: instanceID, JobGroupID: string(g.JobGroupID),
		JobGroupName: string(g.JobGroupName), Description: string(g.JobGroupDescription),
		ScriptID: string(g.ScriptID), ScriptName: string(g.ScriptName), ScriptVersion: string(g.ScriptVersion),
		JobGroupStatus: string(g.Status), CreationTime: g.CreationTime.value, ModifyTime: g.ModifyTime.value,
		TotalJobs: g.Progress.fields.TotalJobs.pointer(), TotalCompleted: g.Progress.fields.TotalCompleted.pointer(),
		TotalNotAnswered: g.Progress.fields.TotalNotAnswered.pointer(), ObservedAt: observedAt,
	}
}

// groupFinished reports whether a campaign with this status makes no more
// calls.
func groupFinished(status string) bool {
	return status == "Completed" || status == "Cancelled" || status == "Failed"
}

// jobsPage is a page of ListJobsByGroup.
type jobsPage struct{ Jobs paged[groupJob] }

// groupJob is a job as ListJobsByGroup lists it.
type groupJob struct {
	JobID text `json:"JobId"`
}

// jobStatuses are the vendor's numbers for them.
var jobStatuses = [...]string{
	schema.JobScheduling, schema.JobExecuting, schema.JobSucceeded, schema.JobPaused,
	schema.JobFailed, schema.JobCancelled, schema.JobDrafted,
}

// jobStatus spells a status that may be the vendor's number for it.
func jobStatus(t text) string {
	if len(t) == 1 && t[0] >= '0' && int(t[0]-'0') < len(jobStatuses) {
		return jobStatuses[t[0]-'0']
	}
	return strings.TrimSpace(string(t))
}
