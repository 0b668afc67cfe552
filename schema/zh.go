package schema

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// MarkdownZH writes the documentation of the tables in Chinese.
func MarkdownZH(w io.Writer) error {
	b := bufio.NewWriter(w)
	docs := docsZH()
	fmt.Fprint(b, "# 数据字典\n\n时刻是精确到毫秒的 UTC 时间戳；日期和钟点按数据集的时区。同名的列在各表中含义相同。\n")
	for _, t := range Tables() {
		fmt.Fprintf(b, "\n## %s\n\n%s主键：%s。\n", t.Name, docs[t.Name], strings.Join(t.Key, "、"))
		if t.Day {
			fmt.Fprintf(b, "按 %s（%s）分区：%s\n", PartitionColumn, TypeDate, docs["."+PartitionColumn])
		}
		fmt.Fprint(b, "\n| 列 | 类型 | 可空 | 含义 |\n|---|---|---|---|\n")
		for _, c := range t.Columns {
			nullable := ""
			if c.Nullable {
				nullable = "是"
			}
			doc, ok := docs[t.Name+"."+c.Name]
			if !ok {
				doc = docs["."+c.Name]
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.Name, markdownText(c.Type), nullable, markdownText(doc))
		}
	}
	return b.Flush()
}

// docsZH gives what tables are under "tasks", what a column means in all of
// them under ".outcome", and where one table says it closer under "jobs.job_id".
func docsZH() map[string]string {
	docs := map[string]string{}
	for line := range strings.Lines(zh) {
		if name, doc, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			docs[name] = doc
		}
	}
	return docs
}

const zh = `
jobs 作业：一个要联系的人。
tasks 任务：一次呼叫尝试。
turns 对话中的一句话。
contacts 作业所列的联系人。
extras 作业的业务参数。
summaries 作业或某句话的业务结果（对话摘要）。
job_groups 作业组（活动）。
statuses 任务状态的含义；遇到未列出的状态时，也各占一行。
rejects 无法变成数据行的输入及其原因。

.job_date 作业最早一次呼叫的日期，尚未呼叫为 9999-12-31；只出现在路径中，用于裁剪；呼叫本身的日期是 call_date。
.instance_id 机器人实例。
.job_id 所属作业。
jobs.job_id 作业 id，按接口原样，不一定是 UUID。
rejects.job_id 输入所涉及的作业（能读出时）。
.job_group_id 所属作业组（活动）。
job_groups.job_group_id 作业组 id。
.job_reference_id 业务方自己的作业 id。
.scenario_id 作业的场景（业务 id）。
.strategy_id 作业的外呼策略。
.job_status 作业状态：Scheduling、Executing、Succeeded、Paused、Failed、Cancelled、Drafted。
.failure_reason 作业失败原因，如 NoAnswer。
.priority 优先级。
.system_priority 系统优先级。
.calling_numbers 作业可用的主叫号码。
.job_outcome 作业的结果：最后一次有人接听的呼叫的结果；没有则取最后一次拨出的；再没有则取最后一个任务的。
.is_final 作业是否已经结束（Succeeded、Failed、Cancelled）。
.task_count 任务数。
.dialed_count 其中实际拨出的次数。
.first_call_time 最早的呼叫时间（实际时间，否则计划时间）；其日期即 job_date。
.last_call_time 最晚的呼叫时间。
.request_id 带来此版本的请求 id。
.content_hash 作业内容的哈希，与写法无关。
.first_seen 首次收到的时刻。
.observed_at 收到此版本的时刻。
.task_id 所属任务。
tasks.task_id 任务 id；接口未给出时为 <job_id>#<返回时的位置>。
summaries.task_id 所属任务；作业的结果为 NULL。
.job_group_name 作业组（活动）名称；在 tasks 中来自 SearchTask。
.script_name 话术名称；在 tasks 中来自 SearchTask。
.call_id 呼叫 id。
.chatbot_id 对话机器人。
.task_scenario_id Tasks[].ScenarioId（厂商已弃用）。
.task_job_id 与 job_id 不同时的 Tasks[].JobId。
.task_index 在作业的任务中的位置，从 0 起：按呼叫时间，无时间的在后，再按 task_id。
.attempt 第几次拨出，从 1 起；未拨出为 NULL。
.is_last_task 是否作业的最后一个任务。
.task_status 任务状态，按接口原样；含义见 statuses。
.stage connected（已接通）、not_connected（未接通）、not_dialed（未呼出）、in_progress（呼叫中）；状态说明不了时为 NULL。
.outcome 呼叫的结果，见 statuses。
.connected 是否接通；呼叫中或未知为 NULL。
.answered 是否由人接听：接通且未被机器拦截。
.not_understood 是否拒识：机器人答不上来。
.failed_dialogue 对话是否失败：已接通，而拒识、静默、无交互、异常中断，或流程结束前用户挂断。
.ended_by 谁结束了通话：robot（机器人）、contact（客户）、transfer（转人工）、system（系统）。
.planned_time 计划呼叫时间。
.actual_time 实际呼叫时间。
.call_date 呼叫日期（实际时间，否则计划时间），数据集的时区。
.call_hour 呼叫的钟点（0–23），数据集的时区。
.duration 接口返回的 Tasks[].Duration；接口文档没有写单位。
.brief Tasks[].Brief，业务结果（厂商已弃用）。
.calling_number 主叫号码。
.called_number 被叫号码。
.contact_key 被叫号码（否则联系人号码）的带密钥哈希：不暴露号码而能跨活动关联同一个人。
contacts.contact_key 联系人号码的带密钥哈希：不暴露号码而能跨活动关联同一个人。
.contact_index 在作业的联系人中的位置，从 0 起。
.contact_id 联系人 id。
.contact_name 联系人名字。
.contact_honorific 联系人尊称。
.contact_phone_number 联系人电话号码。
.contact_reference_id 联系人在业务方系统中的 id。
.contact_role 联系人角色。
.contact_state 联系人状态：Available、WrongNumber、DoesNotExist、Suspended。
.contact_job_id 联系人所带的作业 id，可能与 job_id 不同。
.call_ms 通话时长（毫秒），来自 SearchTask。
.ringing_s 振铃时长（秒），来自 SearchTask。
.end_reason TaskEndReason 1–11，来自 SearchTask。
.reached_end 流程是否走到终点，来自 SearchTask。
.last_playback_completed 机器人最后一句是否播完，来自 SearchTask。
.hung_up_by_rejection 客户是否拒接挂断，来自 SearchTask。
.dial_exceptions DialExceptionCodes，来自 SearchTask。
.turn_count 对话句数。
.robot_turns 机器人的句数。
.contact_turns 客户的句数。
.robot_chars 机器人说的字数（码点）。
.contact_chars 客户说的字数（码点）。
.first_turn_time 最早一句的入库时间。
.last_turn_time 最晚一句的入库时间。
.turn_index 在对话中的位置，按返回的顺序从 0 起。
summaries.turn_index 所属的句；作业的结果为 NULL。
.turns_left 其后还有几句。
.speaker 说话人：Robot（机器人）、Contact（客户）；接口没有说是谁时为 Unknown。
.script 所说的话，逐字节原样；可以为空。
.tokens 分词；不加分隔符连起来就是 script。
.pattern 机器人的话，其中本次呼叫的姓名、尊称、数字、日期、时间、金额换成槽位；其他说话人为 NULL。
.chars script 的字数（码点）。
.stored_time 这句话入库的时间，不是说出的时间。
.gap_ms 距上一个有入库时间的句子的毫秒数；是否可信见 timing。
.timing first（第一句）、ok（晚于上一句）、tie（与上一句同时）、backwards（早于上一句）、missing（无时间）。
.extra_index 在作业的参数中的位置，从 0 起。
.key 参数名。
.value 参数值。
.summary_index 在所属结果列表中的位置，从 0 起。
.category 结果的类别。
.summary_name 结果的名字。
.content 结果：标签或变量的值。
.description 作业组的说明。
.script_id 话术 id。
.script_version 话术版本。
.job_group_status 作业组状态。
.creation_time 创建时间。
.modify_time 修改时间。
.total_jobs 接口所说的作业数。
.total_completed 接口所说的完成数。
.total_not_answered 接口所说的无人接听数。
statuses.code 厂商给状态的编号；未列出的状态为 NULL。
.label_zh 中文说明。
.label_en 英文说明。
.reject_id 拒收记录 id：code、job_id、raw_sha256 的哈希。
.origin 输入的来源：相对于参数的路径，或请求。
.position 作业在来源中的位置。
rejects.code 问题的种类。
.reason 问题的说明。
.raw 输入本身，至多 1 MiB。
.raw_bytes 输入的字节数。
.raw_sha256 输入的 SHA-256。
.first_run 首次遇到它的运行。
`
