-- What people said of calls, and who looked at what: the desk's files, which are appended
-- to while this is read. A line that a crash tore is passed over.
CREATE OR REPLACE VIEW reviews AS
WITH
lines AS (
    SELECT *, row_number() OVER () AS review_index
    FROM {{reviews}}
),
read AS (
    SELECT
        review_index, try_cast("at" AS TIMESTAMPTZ) AS reviewed_at, "by" AS reviewer, about,
        nullif("call".instance_id, '') AS instance_id, "call".job_id AS job_id, nullif("call".task_id, '') AS task_id, "call".turn_index AS turn_index,
        nullif(split_part("rule", '@', 1), '') AS rule_name, nullif(split_part("rule", '@', 2), '') AS rule_version,
        "filter" AS filter_text, "snapshot" AS snapshot_name, finding, state, "to" AS handed_to, verdict, score, note
    FROM lines
    WHERE "at" IS NOT NULL AND "by" IS NOT NULL AND about IS NOT NULL
)
SELECT
    *,
    -- The same thing: of a hit whichever of its lines; of a filter that of a snapshot.
    row_number() OVER (
        PARTITION BY reviewer, about, instance_id, job_id, task_id, rule_name, rule_version, finding,
            CASE WHEN about = 'hit' AND rule_name IS NULL THEN turn_index END,
            CASE WHEN about = 'filter' THEN filter_text END, CASE WHEN about = 'filter' THEN snapshot_name END
        ORDER BY review_index DESC
    ) = 1 AS counts
FROM read
ORDER BY review_index;

{{view "reviews" "What one person said of one thing: a verdict, a score, a note on a hit of a rule, a call or all calls of a filter; what became of a finding. All are kept, counts says which are the last of their person and thing." "一个人对一样东西的一次评审：对规则命中、通话或整个筛选的结论、分数、备注，或发现的处理。全部保留，counts 说明哪些是同一人对同一样东西的最后一次。"}}
{{column "reviews.review_index" "Order in which the reviews were written, from 1. It is the order that counts: clocks jump." "写入的顺序，从 1 起。以此为准，时钟可能跳动。"}}
{{column "reviews.reviewed_at" "When it was written, by the clock of the desk." "写入的时刻，按质检台的时钟。"}}
{{column "reviews.reviewer" "Who wrote it." "由谁写下。"}}
{{column "reviews.about" "What it is about: hit, call, filter or finding." "关于什么：hit 命中、call 通话、filter 整个筛选、finding 发现。"}}
{{comments "reviews" "turns" "instance_id" "job_id" "task_id" "turn_index"}}
{{column "reviews.rule_name" "The rule whose hit it is." "是哪条规则的命中。"}}
{{column "reviews.rule_version" "Version of the rule: a hash of its text." "规则的版本，是其文本的哈希。"}}
{{column "reviews.filter_text" "What was selected, as the desk writes it; about filter, what it is about." "当时的筛选，按质检台的写法；about 为 filter 时，评审的就是它。"}}
{{column "reviews.snapshot_name" "The snapshot that was looked at." "当时看的快照。"}}
{{column "reviews.finding" "The finding, by its id." "发现的编号。"}}
{{column "reviews.state" "What became of the finding: open, handed_over or dismissed." "发现的处理：open 未处理、handed_over 已移交、dismissed 已搁置。"}}
{{column "reviews.handed_to" "To whom it was handed over." "移交给谁。"}}
{{column "reviews.verdict" "right, wrong, or transcription_wrong: what was heard is wrong, so nothing else can be told; NULL of none, or where it was withdrawn." "right 对、wrong 错、transcription_wrong 录音转写有误，无从判断；没有结论或已撤回的为 NULL。"}}
{{column "reviews.score" "Score, from 0 to 100." "分数，0 至 100。"}}
{{column "reviews.note" "A person's own words." "评审人自己的话。"}}
{{column "reviews.counts" "Whether it is the last of this person on this thing, the one that counts." "是否同一人对同一样东西的最后一次，即算数的那次。"}}

CREATE OR REPLACE VIEW accesses AS
SELECT
    try_cast("at" AS TIMESTAMPTZ) AS accessed_at, "by" AS accessed_by, did, what,
    nullif("call".instance_id, '') AS instance_id, "call".job_id AS job_id, nullif("call".task_id, '') AS task_id,
    "filter" AS filter_text, contact_key, "snapshot" AS snapshot_name, "rows" AS exported_rows
FROM {{accesses}}
WHERE "at" IS NOT NULL AND "by" IS NOT NULL AND did IS NOT NULL;

{{view "accesses" "Who opened, searched or exported what at the desk, and when." "谁在什么时候在质检台上打开、搜索、导出了什么。"}}
{{column "accesses.accessed_at" "When, by the clock of the desk." "什么时候，按质检台的时钟。"}}
{{column "accesses.accessed_by" "Who it was." "是谁。"}}
{{column "accesses.did" "opened, searched or exported." "opened 打开、searched 搜索、exported 导出。"}}
{{column "accesses.what" "The page, or the kind of list." "哪个页面或哪种列表。"}}
{{comments "accesses" "tasks" "instance_id" "job_id" "task_id"}}
{{column "accesses.filter_text" "What was selected; search words are redacted." "当时的筛选；搜索词已遮去。"}}
{{column "accesses.contact_key" "The contact key of a number that was searched for." "所搜号码的客户键。"}}
{{column "accesses.snapshot_name" "The snapshot that was looked at." "当时看的快照。"}}
{{column "accesses.exported_rows" "Rows that were exported." "导出的行数。"}}
