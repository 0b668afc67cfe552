-- The words of every line. Nothing is dropped: punctuation and stop words are
-- marked, for a short 嗯 or 喂 is an answer.
CREATE OR REPLACE MACRO is_stop_word(word) AS word IN (
    '的', '了', '是', '在', '我', '你', '您', '他', '她', '它', '我们', '你们', '他们', '咱们', '这', '那', '这个', '那个',
    '这些', '那些', '这边', '那边', '一', '一个', '一下', '个', '和', '与', '跟', '或', '或者', '及', '以及', '就', '就是',
    '都', '也', '还', '还是', '又', '再', '很', '太', '更', '最', '把', '被', '让', '给', '向', '从', '到', '对', '对于',
    '为', '为了', '以', '于', '之', '其', '而', '而且', '但', '但是', '不过', '如果', '因为', '所以', '然后', '那么',
    '着', '过', '地', '得', '吗', '呢', '吧', '啊', '呀', '哦', '嘛', '啦', '么', '会', '能', '可以', '要', '有', '去',
    '来', '说', '上', '下', '里', '中', '后', '前', '时', '时候', '什么', '怎么', '自己', '并', '等', '由', '至', '将', '请'
);
{{macro "is_stop_word" "Whether a word carries grammar rather than content; replace the macro to use a list of your own." "是否停用词，即只有语法作用、没有实际内容的词；可以重新定义这个宏，换成自己的词表。"}}

-- Han characters lie between 一 and the first beyond 鿿, so that for most words
-- a comparison settles it.
CREATE OR REPLACE MACRO is_punctuation(word) AS
    CASE WHEN word >= '一' AND word < 'ꀀ' THEN false ELSE regexp_full_match(word, '[\p{P}\p{S}\p{Z}\p{C}\s]*') END;
{{macro "is_punctuation" "Whether a word has neither letters nor digits." "是否既无文字也无数字。"}}

CREATE OR REPLACE VIEW words AS
SELECT
    * EXCLUDE (tokens),
    is_punctuation(word) AS punctuation,
    is_stop_word(word) AS stop_word
FROM (
    SELECT
        job_date, instance_id, job_id, task_id, turn_index, job_group_id, speaker, turns_left, outcome, answered,
        failed_dialogue, call_date, tokens,
        unnest(tokens) AS word,
        (generate_subscripts(tokens, 1) - 1)::INTEGER AS word_index
    FROM turns
);

{{view "words" "A word of a line that was spoken; together they are the line, byte for byte." "对话中的一个词；一句话的词拼接起来就是这句话，逐字节相同。"}}
{{comments "words" "turns" "job_date" "instance_id" "job_id" "task_id" "turn_index" "job_group_id" "speaker" "turns_left" "outcome" "answered" "failed_dialogue" "call_date"}}
{{column "words.word" "The word." "词。"}}
{{column "words.word_index" "Position in the line, from 0." "在句中的位置，从 0 起。"}}
{{column "words.punctuation" "Whether it has neither letters nor digits." "是否既无文字也无数字。"}}
{{column "words.stop_word" "Whether it carries grammar rather than content (macro is_stop_word). 嗯, 喂, 不 and 没 do not: they are answers." "是否停用词（宏 is_stop_word）。嗯、喂、不、没 不算：它们是回答。"}}
