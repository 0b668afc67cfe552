package api

import (
	"fmt"
	"slices"
	"strings"

	"callmill/pipeline/simulate"
	"callmill/schema"
)

type searchTaskResponse struct {
	head
	Labels             []struct{}
	VariableNames      []string
	PageIndex          int
	PageSize           int
	SearchTaskInfoList []searchTaskRow
	Total              int
	tail
}

// searchTaskRow is a dialled call. Unknown values are omitted.
type searchTaskRow struct {
	ActualTime                           int64  // ms
	CallDuration                         *int64 `json:",omitempty"` // ms
	CallDurationDisplay                  string `json:",omitempty" xml:",omitempty"`
	CalledNumber, CallingNumber          string
	DialExceptionCodes                   []string
	HasAnswered                          bool
	HasHangUpByRejection                 *bool `json:",omitempty"`
	HasLastPlaybackCompleted             *bool `json:",omitempty"`
	HasReachedEndOfFlow                  *bool `json:",omitempty"`
	InstanceId, JobGroupId, JobGroupName string
	JobId                                string
	JobStatus                            int
	JobStatusName, JobStatusString       string
	Labels                               []struct{}
	RecordingDuration                    *int32 `json:",omitempty"` // the ringing, s
	ScriptName                           string
	TaskCreateTime                       int64  // s
	TaskEndReason                        *int32 `json:",omitempty"`
	TaskId                               string
	TaskStatus                           int32
	TaskStatusName, TaskStatusString     string
	UserId, UserName                     string
}

// jobStatuses are indexed by the vendor's numbers.
var jobStatuses = [...]struct{ status, name string }{
	{schema.JobScheduling, "调度中"}, {schema.JobExecuting, "执行中"}, {schema.JobSucceeded, "已达成"},
	{schema.JobPaused, "已暂停"}, {schema.JobFailed, "未达成"}, {schema.JobCancelled, "已取消"},
	{schema.JobDrafted, "草稿"},
}

const defaultPageSize = 10

// searchTask lists dialled calls by time, latest first by default; ties are in
// the order of the jobs. Pages are counted from 0.
func (h *Handler) searchTask(q *request) (answer, *refusal) {
	index, refused := q.number("PageIndex")
	if refused != nil {
		return nil, refused
	}
	if index == nil {
		index = new(int64(0))
	}
	if *index < 0 || *index > maxPage {
		return nil, invalid("PageIndex", "pages are counted from 0")
	}
	size, refused := q.pageSize(defaultPageSize)
	if refused != nil {
		return nil, refused
	}
	ascending, refused := q.ascending()
	if refused != nil {
		return nil, refused
	}
	filter, refused := readTaskFilter(q)
	if refused != nil {
		return nil, refused
	}
	calls := h.findCalls(q.world, filter)
	a := &searchTaskResponse{
		Labels: []struct{}{}, VariableNames: []string{}, SearchTaskInfoList: []searchTaskRow{},
		PageIndex: int(*index), PageSize: size, Total: len(calls),
	}
	filled := h.behind(h.present(), Columns)
	for _, n := range q.rows(len(calls), int(*index)*size, size) {
		if !ascending {
			n = len(calls) - 1 - n
		}
		job, _ := q.world.Job(int(calls[n].Job))
		row := rowOf(job, int(calls[n].Task))
		if filled.Now().Before(q.world.Now()) {
			row.fillFrom(filled, calls[n])
		}
		row.InstanceId = q.text("InstanceId")
		a.SearchTaskInfoList = append(a.SearchTaskInfoList, row)
	}
	return a, nil
}

// fillFrom replaces what the row says of how the call went by what an earlier world
// knew of it.
func (r *searchTaskRow) fillFrom(world *simulate.World, call simulate.Call) {
	var then searchTaskRow
	if int(call.Job) < world.Len() {
		if job, _ := world.Job(int(call.Job)); int(call.Task) < len(job.Tasks) {
			then = rowOf(job, int(call.Task))
		}
	}
	r.CallDuration, r.CallDurationDisplay, r.RecordingDuration = then.CallDuration, then.CallDurationDisplay, then.RecordingDuration
	r.DialExceptionCodes, r.TaskEndReason = append([]string{}, then.DialExceptionCodes...), then.TaskEndReason
	r.HasHangUpByRejection, r.HasLastPlaybackCompleted, r.HasReachedEndOfFlow = then.HasHangUpByRejection, then.HasLastPlaybackCompleted, then.HasReachedEndOfFlow
}

func (q *request) ascending() (bool, *refusal) {
	if by := q.text("SortBy"); by != "" && by != "actualTime" {
		return false, invalid("SortBy", "the simulated API sorts by actualTime only")
	}
	switch q.text("SortOrder") {
	case "asc":
		return true, nil
	case "", "desc":
		return false, nil
	}
	return false, invalid("SortOrder", "it is neither asc nor desc")
}

func rowOf(j *schema.Job, task int) searchTaskRow {
	t := &j.Tasks[task]
	f := &t.Facts
	outcome := schema.OutcomeOf(t.Status)
	number := slices.IndexFunc(jobStatuses[:], func(s struct{ status, name string }) bool { return s.status == j.Status })
	row := searchTaskRow{
		ActualTime: t.ActualTime, CallDuration: f.CallMS, CalledNumber: t.CalledNumber, CallingNumber: t.CallingNumber,
		DialExceptionCodes: append([]string{}, f.DialExceptions...), HasAnswered: strings.HasPrefix(t.Status, "Succeeded"),
		HasHangUpByRejection: f.HungUpByRejection, HasLastPlaybackCompleted: f.LastPlaybackCompleted, HasReachedEndOfFlow: f.ReachedEnd,
		JobGroupId: j.JobGroupID, JobGroupName: f.JobGroupName, JobId: j.JobID,
		JobStatus: number, JobStatusName: jobStatuses[number].name, JobStatusString: j.Status,
		Labels: []struct{}{}, RecordingDuration: f.RingingS, ScriptName: f.ScriptName, TaskCreateTime: t.PlannedTime / 1000,
		TaskEndReason: f.EndReason, TaskId: t.TaskID,
		TaskStatus: outcome.Code, TaskStatusName: outcome.LabelZH, TaskStatusString: t.Status,
		UserId: j.ReferenceID, UserName: t.Contact.Name,
	}
	if f.CallMS != nil {
		s := *f.CallMS / 1000
		row.CallDurationDisplay = fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return row
}
