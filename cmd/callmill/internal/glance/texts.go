package glance

import "callmill/schema"

// texts are the words of the screen in a language. Those with verbs are for
// Printf; %[1]s is a share, as in 44 %, and %[2]d of how many it is.
type texts struct {
	counts   string // of jobs, tasks and turns
	rates    [4]string
	answered string // what the second rate counts

	outcomes string
	words    []string // lines
	nodes    []string // lines, the last with the calls that hung up early
	columns  [4]string

	duckDB, python string // what comes before the queries
	again          string
}

func textsIn(lang schema.Language) *texts {
	if lang == schema.Chinese {
		return &chinese
	}
	return &english
}

var english = texts{
	counts: "%d jobs, %d call attempts, %d lines spoken",
	rates: [...]string{
		"connected          %[1]s of %[2]d calls dialled",
		"a person answered  %[1]s of %[2]d calls dialled",
		"  and spoke        %[1]s of %[2]d calls answered",
		"dialogue failed    %[1]s of %[2]d calls connected",
	},
	answered: "(a person: connected, and no machine noticed; a mailbox may be among them)",
	outcomes: "how dialled calls ended",
	words: []string{
		"words contacts say when dialogues fail (z of weighted log-odds; times in",
		"failed and in other answered dialogues)",
	},
	nodes: []string{
		"robot lines at which more contacts hang up than at the same point of other",
		"calls of the script (of %d who hung up before the flow had ended)",
	},
	columns: [...]string{"excess", "hung up", "expected", "reached"},
	duckDB:  "try in DuckDB: cd %s && duckdb -init views.sql",
	python:  "or in Python, from the same folder:",
	again:   "all tables and columns: callmill schema · this report again: callmill demo %s",
}

var chinese = texts{
	counts: "%d 个作业，%d 个任务（呼叫尝试），%d 句对话",
	rates: [...]string{
		"接通        %[1]s（拨出 %[2]d 次）",
		"由人接听    %[1]s（拨出 %[2]d 次）",
		"  客户开口  %[1]s（由人接听 %[2]d 次）",
		"对话失败    %[1]s（接通 %[2]d 次）",
	},
	answered: "（由人接听：已接通，而且没有发现对方是机器；其中可能有语音信箱）",
	outcomes: "拨出的呼叫如何结束",
	words: []string{
		"对话失败时客户说得更多的词（加权对数优势比的 z 值；在失败的和其他由人接听的",
		"对话中各说了多少次）",
	},
	nodes: []string{
		"机器人说到哪些话时，挂断的客户比同一话术的其他通话在同一位置时多（流程结束之前",
		"共挂断 %d 次）",
	},
	columns: [...]string{"多出", "挂断", "预期", "说到"},
	duckDB:  "在 DuckDB 中试试：cd %s && duckdb -init views.sql",
	python:  "或者在 Python 中，仍在这个文件夹里：",
	again:   "全部的表和列：callmill schema --lang zh · 再看一次：callmill demo %s --lang zh",
}
