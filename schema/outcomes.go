package schema

import "strings"

// Outcome is what a task's status means: a row of the statuses table.
// The stages are the vendor's 未呼出 (not_dialed), 未接通 (not_connected)
// and 已接通 (connected).
type Outcome struct {
	Status        string // Task.Status, in the vendor's spelling
	Code          int32  // the vendor's number for it; -1 for an unlisted status
	Stage         string // one of Stage…; "" if the status does not imply one
	Outcome       string // such as Completed
	NotUnderstood bool   // the robot had no answer (拒识)
	EndedBy       string // robot, contact, transfer, system or ""
	LabelZH       string
	LabelEN       string
}

// OutcomesVersion is raised whenever the meaning of a status changes.
const OutcomesVersion = 1

// Stages of a call.
const (
	StageConnected    = "connected"
	StageNotConnected = "not_connected"
	StageNotDialed    = "not_dialed"
	StageInProgress   = "in_progress"
)

// Outcomes of tasks and jobs. A job has the outcome of one of its tasks.
// Without tasks it has Cancelled, Failed or NotCalled, which is never a task's.
const (
	Completed        = "completed"
	HungUp           = "hung_up"
	NotUnderstood    = "not_understood"
	Silent           = "silent"
	NoInteraction    = "no_interaction"
	Transferred      = "transferred"
	Broken           = "broken"
	Intercepted      = "intercepted"
	EndedUnknown     = "ended_unknown"
	NoAnswer         = "no_answer"
	Busy             = "busy"
	Unreachable      = "unreachable"
	Suspended        = "suspended"
	InvalidNumber    = "invalid_number"
	Blocked          = "blocked"
	BadCallingNumber = "bad_calling_number"
	InProgress       = "in_progress"
	Unknown          = "unknown"
	Cancelled        = "cancelled"
	Failed           = "failed"
	NotCalled        = "not_called"
)

const interceptPrefix = "SucceededSpecialIntercept"

// outcomes is in the order of the vendor's codes: outcomes[i].Code == i.
// Statuses and codes: alibabacloud-outboundbot20191226 2.2.1,
// models/_list_jobs_response_body.py.
var outcomes = [...]Outcome{
	{"Executing", 0, StageInProgress, InProgress, false, "", "呼叫中", "dialling"},
	{"Succeeded", 1, StageConnected, EndedUnknown, false, "", "已接通", "connected (old data)"},
	{"NoAnswer", 2, StageNotConnected, NoAnswer, false, "", "未接通：无人接听", "not connected: no answer"},
	{"NotExist", 3, StageNotConnected, InvalidNumber, false, "", "未接通：空号", "not connected: number does not exist"},
	{"Busy", 4, StageNotConnected, Busy, false, "", "未接通：占线", "not connected: busy"},
	{"Cancelled", 5, StageNotDialed, Cancelled, false, "", "未呼出：任务停止", "not dialled: task stopped"},
	{"Failed", 6, "", Failed, false, "", "失败", "failed"},
	{"NotConnected", 7, StageNotConnected, Unreachable, false, "", "未接通：无法接通", "not connected: unreachable"},
	{"PoweredOff", 8, StageNotConnected, Unreachable, false, "", "未接通：关机", "not connected: powered off"},
	{"OutOfService", 9, StageNotConnected, Suspended, false, "", "未接通：被叫停机", "not connected: out of service"},
	{"InArrears", 10, StageNotConnected, Suspended, false, "", "未接通：被叫欠费", "not connected: in arrears"},
	{"EmptyNumber", 11, StageNotDialed, InvalidNumber, false, "", "未呼出：空号不外呼", "not dialled: number does not exist"},
	{"PerDayCallCountLimit", 12, StageNotDialed, Blocked, false, "", "未呼出：超出每日上限", "not dialled: daily limit"},
	{"ContactBlockList", 13, StageNotDialed, Blocked, false, "", "未呼出：黑名单", "not dialled: block list"},
	{"CallerNotRegistered", 14, StageNotDialed, BadCallingNumber, false, "", "未呼出：主叫未注册", "not dialled: calling number not registered"},
	{"Terminated", 15, StageNotDialed, Cancelled, false, "", "未呼出：被终止", "not dialled: terminated"},
	{"VerificationCancelled", 16, StageNotDialed, Cancelled, false, "", "未呼出：呼叫前校验不通过", "not dialled: cancelled by verification"},
	{"OutOfServiceNoCall", 17, StageNotDialed, Suspended, false, "", "未呼出：被叫停机不外呼", "not dialled: out of service"},
	{"InArrearsNoCall", 18, StageNotDialed, Suspended, false, "", "未呼出：被叫欠费不外呼", "not dialled: in arrears"},
	{"CallingNumberNotExist", 19, StageNotDialed, BadCallingNumber, false, "", "未呼出：主叫号码不存在", "not dialled: calling number does not exist"},
	{"SucceededFinish", 20, StageConnected, Completed, false, "robot", "已接通：正常完结", "connected: finished"},
	{"SucceededChatbotHangUpAfterNoAnswer", 21, StageConnected, NotUnderstood, true, "robot", "已接通：拒识后机器人挂断", "connected: robot hung up, not understood"},
	{"SucceededChatbotHangUpAfterSilence", 22, StageConnected, Silent, false, "robot", "已接通：静默超时挂断", "connected: robot hung up after silence"},
	{"SucceededClientHangUpAfterNoAnswer", 23, StageConnected, HungUp, true, "contact", "已接通：拒识后用户挂断", "connected: contact hung up, not understood"},
	{"SucceededClientHangUp", 24, StageConnected, HungUp, false, "contact", "已接通：用户无理由挂断", "connected: contact hung up"},
	{"SucceededTransferByIntent", 25, StageConnected, Transferred, false, "transfer", "已接通：命中意图转人工", "connected: transferred by intent"},
	{"SucceededTransferAfterNoAnswer", 26, StageConnected, Transferred, true, "transfer", "已接通：拒识后转人工", "connected: transferred, not understood"},
	{"SucceededInoInterAction", 27, StageConnected, NoInteraction, false, "", "已接通：用户无交互", "connected: no interaction"},
	{"SucceededError", 28, StageConnected, Broken, false, "system", "已接通：系统异常中断", "connected: broken off by an error"},
	{"SucceededSpecialInterceptVoiceAssistant", 29, StageConnected, Intercepted, false, "", "已接通：特殊拦截-语音助手", "connected: a voice assistant answered"},
	{"SucceededSpecialInterceptExtensionNumberTransfer", 30, StageConnected, Intercepted, false, "", "已接通：特殊拦截-分机号转接", "connected: an extension menu answered"},
	{"SucceededSpecialInterceptCustomSpecialIntercept", 31, StageConnected, Intercepted, false, "", "已接通：特殊拦截-自定义拦截", "connected: a custom interception"},
	{"HighRiskSipCode", 32, StageNotDialed, Blocked, false, "", "未呼出：高风险不外呼", "not dialled: high risk"},
}

// Outcomes returns every status the vendor documents, in the order of the codes.
func Outcomes() []Outcome { return append([]Outcome(nil), outcomes[:]...) }

// StatusOfCode returns the task status with a vendor's number, "" for an
// undocumented number.
func StatusOfCode(code int64) string {
	if code < 0 || code >= int64(len(outcomes)) {
		return ""
	}
	return outcomes[code].Status
}

// OutcomeOf returns the meaning of a task status. The outcome of an unlisted or
// empty status is Unknown, or Intercepted if it begins like the listed
// interceptions.
func OutcomeOf(status string) Outcome {
	for i := range outcomes {
		if outcomes[i].Status == status {
			return outcomes[i]
		}
	}
	o := Outcome{Status: status, Code: -1, Outcome: Unknown}
	if strings.HasPrefix(status, "Succeeded") {
		o.Stage = StageConnected
	}
	if strings.HasPrefix(status, interceptPrefix) {
		o.Outcome = Intercepted
	}
	return o
}

// Listed reports whether the vendor documents the status.
func (o *Outcome) Listed() bool { return o.Code >= 0 }

// Dialed reports whether the attempt reached the telephone network.
func (o *Outcome) Dialed() bool {
	return o.Stage == StageConnected || o.Stage == StageNotConnected
}

// Connected reports whether the call was connected; nil while it is in progress
// or if the status does not imply a stage.
func (o *Outcome) Connected() *bool { return o.truth(true) }

// Answered reports whether a person answered: the call was connected and not
// intercepted by a machine. It is nil when Connected is.
func (o *Outcome) Answered() *bool { return o.truth(o.Outcome != Intercepted) }

// WasNotUnderstood reports whether the robot had no answer to what was said
// (拒识). It is nil when Connected is.
func (o *Outcome) WasNotUnderstood() *bool { return o.truth(o.NotUnderstood) }

// FailedDialogue reports whether the call was connected and not understood,
// silent, without interaction, broken, or hung up before the end of the flow.
// flowEnded says whether the flow came to its end, nil if nothing tells. The
// result is nil when Connected is, and if it depends on flowEnded and that is nil.
func (o *Outcome) FailedDialogue(flowEnded *bool) *bool {
	switch o.Outcome {
	case Silent, NoInteraction, Broken:
		return o.truth(true)
	case HungUp:
		if o.NotUnderstood {
			return o.truth(true)
		}
		if flowEnded == nil {
			return nil
		}
		return o.truth(!*flowEnded)
	}
	return o.truth(o.NotUnderstood)
}

// truth returns v if the call was connected, false if it was not, nil if that is
// unknown.
func (o *Outcome) truth(v bool) *bool {
	switch o.Stage {
	case StageConnected:
	case StageNotConnected, StageNotDialed:
		v = false
	default:
		return nil
	}
	return &v
}

// StatusRows returns the rows of the statuses table: the documented statuses in the
// order of their codes, then the others that were met, by name.
func StatusRows(unlisted []string) []StatusRow {
	var rows []StatusRow
	for _, o := range Outcomes() {
		rows = append(rows, o.Row())
	}
	for _, status := range unlisted {
		rows = append(rows, OutcomeOf(status).Row())
	}
	return rows
}
