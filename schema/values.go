package schema

import "strings"

// Value is a value of a column and what it means.
type Value struct {
	Value string
	Doc   Text
}

// Values are the values of a column with their meanings. A list need not be
// complete: what the API returns beyond it is data, and is published as it is.
type Values []Value

// columnValues are the values of columns, by name: a name means the same in every
// table.
//
// Sources: alibabacloud-outboundbot20191226 2.2.1, models/_search_task_response_body.py,
// _list_jobs_by_group_response_body.py, _query_jobs_response_body.py and
// _list_job_groups_response_body.py; the Chinese texts are those of
// QueryJobsWithResult in github.com/alibabacloud-go/outboundbot-20191226. There is no
// list of dial exceptions: those given are the examples there, and SIP codes.
var columnValues = map[string]Values{
	"job_status": {
		{JobScheduling, Text{"to be called", "调度中"}},
		{JobExecuting, Text{"being called", "执行中"}},
		{JobSucceeded, Text{"over, reached", "结束-已触达"}},
		{JobPaused, Text{"paused", "已暂停"}},
		{JobFailed, Text{"over, not reached", "结束-未触达"}},
		{JobCancelled, Text{"cancelled by hand", "已取消-人工干预"}},
		{JobDrafted, Text{"draft", "草稿"}},
	},
	"failure_reason": {
		{"Unknown", Text{"unknown error", "未知错误"}},
		{"NoAnswer", Text{"no answer", "无人接听"}},
		{"InvalidStrategy", Text{"the strategy is configured wrongly", "无效的策略，策略配置不正确"}},
		{"TimeUp", Text{"the time for calls was over", "调度时发现超时"}},
		{"NoStrategy", Text{"no strategy, or not found", "策略为空或没有找到"}},
		{"CallFailed", Text{"the call failed", "呼叫失败"}},
		{"PerDayCallCountLimit", Text{"the number's limit of calls a day", "号码每日呼叫次数限制"}},
		{"ContactBlockList", Text{"on the block list", "禁止外呼名单"}},
		{"EmptyNumber", Text{"the number does not exist and is not called again", "空号不再外呼"}},
		{"JobPerDayCallCountLimit", Text{"the number's limit of calls a day within the job", "作业内号码每日呼叫次数限制"}},
		{"VerificationCancelled", Text{"cancelled by the check before the call", "呼叫前验证不通过取消"}},
		{"ContactSuspended", Text{"calls to the contact are stopped", "止呼"}},
		{"InArrears", Text{"in arrears", "欠费"}},
		{"OutOfService", Text{"out of service", "停机"}},
		{"NoneRepeatableJobMaxAttemptCountLimit", Text{"all attempts of a job that is not repeated are made", "不重复的作业达到最大尝试次数"}},
	},
	"stage": {
		{StageConnected, Text{"connected, to a person or a machine", "已接通"}},
		{StageNotConnected, Text{"dialled, not connected", "未接通"}},
		{StageNotDialed, Text{"not dialled", "未呼出"}},
		{StageInProgress, Text{"being called", "呼叫中"}},
	},
	"outcome": taskOutcomes,
	"job_outcome": append(append(Values(nil), taskOutcomes...),
		Value{NotCalled, Text{"no task yet", "尚未呼叫"}}),
	"ended_by": {
		{"robot", Text{"the robot", "机器人"}},
		{"contact", Text{"the contact", "客户"}},
		{"transfer", Text{"the transfer to an agent", "转人工"}},
		{"system", Text{"an error", "系统"}},
	},
	"contact_state": {
		{"Available", Text{"can be called", "可用"}},
		{"WrongNumber", Text{"the number is another person's", "号码错误"}},
		{"DoesNotExist", Text{"the number does not exist", "空号"}},
		{"Suspended", Text{"calls to the contact are stopped", "止呼"}},
	},
	"job_group_status": {
		{"Draft", Text{"draft", "草稿"}},
		{"Initializing", Text{"being prepared", "初始化中"}},
		{"Scheduling", Text{"to be called", "调度中"}},
		{"Executing", Text{"being called", "执行中"}},
		{"Paused", Text{"paused", "已暂停"}},
		{"Completed", Text{"over", "已完成"}},
		{"Failed", Text{"failed", "失败"}},
		{"Cancelled", Text{"cancelled", "已取消"}},
	},
	"end_reason": {
		{"1", Text{"finished", "正常完结"}},
		{"2", Text{"the robot hung up, not having understood", "拒识后机器人挂断"}},
		{"3", Text{"the robot hung up after silence", "静默超时挂断"}},
		{"4", Text{"the contact hung up, not understood", "拒识后用户挂断"}},
		{"5", Text{"the contact hung up without reason", "用户无理由挂断"}},
		{"6", Text{"transferred by intent", "命中意图转人工"}},
		{"7", Text{"transferred, not understood", "拒识后转人工"}},
		{"8", Text{"the contact did not interact", "用户无交互"}},
		{"9", Text{"broken off by an error", "系统异常中断"}},
		{"10", Text{"a voice assistant answered", "特殊拦截-语音助手"}},
		{"11", Text{"an extension menu answered", "特殊拦截-分机号转接"}},
	},
	"dial_exceptions": {
		{"OutboundCallError.SipCodeError", Text{"the network refused the call with a SIP code", "呼叫被网络以 SIP 错误码拒绝"}},
		{"OutboundCallError.SipTrunkError", Text{"the trunk failed", "SIP 中继异常"}},
		{"403", Text{"SIP code (RFC 3261): forbidden, such as out of service or in arrears", "SIP 错误码（RFC 3261）：被拒绝，如停机、欠费"}},
		{"404", Text{"SIP code: the number does not exist", "SIP 错误码：空号"}},
		{"408", Text{"SIP code: no answer in time", "SIP 错误码：超时无人接听"}},
		{"480", Text{"SIP code: unreachable for now, such as powered off", "SIP 错误码：暂时无法接通，如关机"}},
		{"486", Text{"SIP code: busy", "SIP 错误码：占线"}},
		{"487", Text{"SIP code: the call was given up before an answer", "SIP 错误码：接听前已取消"}},
		{"500", Text{"SIP code: error of a server", "SIP 错误码：服务器错误"}},
		{"503", Text{"SIP code: the service is unavailable", "SIP 错误码：服务不可用"}},
		{"600", Text{"SIP code: busy everywhere", "SIP 错误码：全忙"}},
		{"603", Text{"SIP code: declined", "SIP 错误码：拒接"}},
	},
	"flow_ended_source": {
		{FlowEndedAPI, Text{"SearchTask", "由 SearchTask 给出"}},
		{FlowEndedInferred, Text{"the robot's last two lines", "由机器人最后两句推断"}},
	},
	"speaker": {
		{SpeakerRobot, Text{"the robot", "机器人"}},
		{SpeakerContact, Text{"the contact, or the machine that picked up", "客户，或接听的机器"}},
		{SpeakerUnknown, Text{"the API named none", "接口未给出说话人"}},
	},
	"timing": {
		{TimingFirst, Text{"the first line with a stored time: no gap", "第一个有入库时间的句子，没有间隔"}},
		{TimingOK, Text{"stored after the line before: the gap is reliable", "晚于上一句，间隔可信"}},
		{TimingTie, Text{"stored in the same instant as the line before: the gap is 0 and says nothing", "与上一句同时，间隔为 0，无意义"}},
		{TimingBackwards, Text{"stored before the line before: the gap is negative and says nothing", "早于上一句，间隔为负，无意义"}},
		{TimingMissing, Text{"no stored time: no gap", "无入库时间，没有间隔"}},
	},
}

// taskOutcomes are in the order of the vendor's stages.
var taskOutcomes = Values{
	{Completed, Text{"connected, the flow finished", "已接通，正常完结"}},
	{HungUp, Text{"connected, the contact hung up", "已接通，用户挂断"}},
	{NotUnderstood, Text{"connected, the robot hung up, not having understood", "已接通，拒识后机器人挂断"}},
	{Silent, Text{"connected, the robot hung up after silence", "已接通，静默超时挂断"}},
	{NoInteraction, Text{"connected, the contact did not interact", "已接通，用户无交互"}},
	{Transferred, Text{"connected, transferred to an agent", "已接通，转人工"}},
	{Broken, Text{"connected, broken off by an error", "已接通，系统异常中断"}},
	{Intercepted, Text{"connected, a machine answered", "已接通，被机器拦截"}},
	{EndedUnknown, Text{"connected, old data without the way it ended", "已接通，旧数据，不知如何结束"}},
	{NoAnswer, Text{"not connected, no answer", "未接通，无人接听"}},
	{Busy, Text{"not connected, busy", "未接通，占线"}},
	{Unreachable, Text{"not connected, unreachable or powered off", "未接通，无法接通或关机"}},
	{Suspended, Text{"out of service or in arrears", "停机或欠费"}},
	{InvalidNumber, Text{"the number does not exist", "空号"}},
	{Blocked, Text{"not dialled: daily limit, block list or high risk", "未呼出：每日上限、黑名单或高风险"}},
	{BadCallingNumber, Text{"not dialled: the calling number is not registered or does not exist", "未呼出：主叫未注册或不存在"}},
	{Cancelled, Text{"not dialled: stopped, or cancelled by verification", "未呼出：任务停止、被终止或校验不通过"}},
	{Failed, Text{"failed", "失败"}},
	{InProgress, Text{"being called", "呼叫中"}},
	{Unknown, Text{"the status is on no list", "状态不在文档中"}},
}

// Meaning returns what a value of a column means, such as 5 of end_reason, or false for one
// on no list.
func Meaning(column, value string) (Text, bool) {
	for _, v := range columnValues[column] {
		if v.Value == value {
			return v.Doc, true
		}
	}
	return Text{}, false
}

// OutcomeMeaning returns what an outcome of a task means, or false for one on no list.
func OutcomeMeaning(outcome string) (Text, bool) {
	return Meaning("outcome", outcome)
}

// In returns the values with their meanings as one text: "ok stored after …; tie …".
func (v Values) In(l Language) string {
	separator := "; "
	if l == Chinese {
		separator = "；"
	}
	texts := make([]string, len(v))
	for i := range v {
		texts[i] = v[i].Value + " " + v[i].Doc.In(l)
	}
	return strings.Join(texts, separator)
}
