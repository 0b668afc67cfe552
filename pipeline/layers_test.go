package pipeline_test

// The layers of the program, as tests. The map in words is in doc.go.
//
// Each package is a unit of its own, also those inside another one's folder:
// the arrows between the parts of decode or dataset are listed like any others,
// and an import that is not listed is refused. layers_check_test.go holds the
// checker and its own test.

import "testing"

// arrows are the imports between packages that are allowed besides
//
//	cmd/X, cmd/X/internal/…  →  cmd/internal/…, and everything but another command
//	pipeline, pipeline/…     →  schema
//
// The reason says what is imported. An arrow back is one that is not listed. Packages of
// cmd/callmill-review import each other by arrows too, and none but those for tests what
// makes simulated calls: their truth is for tests alone.
var arrows = []arrow{
	{"segment", "segment/internal/trie", "the double array it walks"},
	{"segment", "segment/internal/zh", "the dictionary it loads"},
	{"segment/internal/zh", "segment/internal/trie", "the nodes it stores"},
	{"segment/internal/compile", "segment/internal/trie", "the array it builds"},
	{"segment/internal/compile", "segment/internal/zh", "the file format it writes"},

	{"pipeline/outboundbot/discover", "pipeline/outboundbot/client", "the requests it makes"},
	{"pipeline/outboundbot/discover", "pipeline/outboundbot/lists", "the lists it reads"},
	{"pipeline/outboundbot/check", "pipeline/outboundbot/client", "the requests it tries"},
	{"pipeline/outboundbot/check", "pipeline/outboundbot/lists", "a campaign to ask for"},
	{"pipeline/outboundbot/lists", "pipeline/outboundbot/client", "the answers it reads"},
	{"pipeline/outboundbot/lists", "pipeline/outboundbot/internal/lenient", "values of the API in any spelling"},
	{"pipeline/outboundbot/discover", "pipeline/calendar", "the days it asks for"},
	{"pipeline/outboundbot/discover", "pipeline/internal/campaign", "which campaigns make no more calls"},
	{"pipeline/outboundbot/client", "pipeline/outboundbot/internal/lenient", "values of the API in any spelling"},
	{"pipeline/outboundbot/discover", "pipeline/outboundbot/internal/lenient", "values of the API in any spelling"},
	{"pipeline/nightly", "pipeline/calendar", "days and intervals"},
	{"pipeline/nightly", "pipeline/internal/campaign", "the stamps of campaigns"},
	{"pipeline/dataset", "pipeline/internal/campaign", "the stamps of campaigns"},
	{"pipeline/internal/campaign", "schema", "the row of a campaign"},
	{"pipeline/rawlog", "pipeline/internal/durable", "responses are kept as safely as tables"},

	{"pipeline/decode", "pipeline/decode/charset", "inputs that are not UTF-8"},
	{"pipeline/decode", "pipeline/decode/fields", "jobs, and the values around them"},
	{"pipeline/decode", "pipeline/decode/jsonscan", "the scanner under its fields"},
	{"pipeline/decode", "pipeline/decode/split", "pieces of large inputs"},
	{"pipeline/decode", "pipeline/decode/markup", "XML, rewritten as JSON"},
	{"pipeline/decode/fields", "pipeline/decode/jsonscan", "the scanner under its values"},
	{"pipeline/decode/fields", "pipeline/decode/markup", "the name of text between elements"},
	{"pipeline/decode/split", "pipeline/decode/jsonscan", "the offsets of documents and elements"},
	{"pipeline/decode/markup", "pipeline/decode/jsonscan", "the spelling of JSON strings"},

	{"pipeline/redact/own", "pipeline/redact/char", "the characters it reads"},
	{"pipeline/redact/own", "pipeline/redact/span", "what it finds"},
	{"pipeline/redact/own", "pipeline/redact/people", "surnames, titles, words"},
	{"pipeline/redact/own", "pipeline/redact/sound", "names that only sound alike"},
	{"pipeline/redact/own", "pipeline/redact/own/glance", "which lines it need not search"},
	{"pipeline/redact/own/glance", "pipeline/redact/char", "the characters it looks at"},
	{"pipeline/redact/own/glance", "pipeline/redact/people", "what begins a title"},
	{"pipeline/redact/own/glance", "pipeline/redact/sound", "what they sound like"},
	{"pipeline/redact/others", "pipeline/redact/char", "the characters it reads"},
	{"pipeline/redact/others", "pipeline/redact/span", "what it finds"},
	{"pipeline/redact/others", "pipeline/redact/people", "surnames, titles, words"},

	{"pipeline/flatten", "pipeline/flatten/pattern", "the pattern column"},
	{"pipeline/flatten", "pipeline/calendar", "the day and hour of a call"},

	{"pipeline/redact/texts", "pipeline/redact/span", "the labels it puts in"},
	{"pipeline/redact/texts", "pipeline/redact/own", "what the job says of its person"},
	{"pipeline/redact/texts", "pipeline/redact/numbers", "numbers and accounts"},
	{"pipeline/redact/texts", "pipeline/redact/others", "addresses and other people"},
	{"pipeline/redact/numbers", "pipeline/redact/span", "the spans it finds"},
	{"pipeline/redact/numbers", "pipeline/redact/numbers/words", "the tokens of a line, and what words say of a number"},
	{"pipeline/redact/numbers", "pipeline/redact/numbers/birth", "finds dates of birth"},
	{"pipeline/redact/numbers/birth", "pipeline/redact/numbers/words", "digits, and words for a birth"},
	{"pipeline/redact/numbers/birth", "pipeline/redact/span", "what is found, labels"},
	{"pipeline/redact/numbers", "pipeline/redact/numbers/form", "what digits are by their form"},
	{"pipeline/redact/numbers/words", "pipeline/redact/span", "kinds that words name, labels"},
	{"pipeline/redact/numbers/words", "pipeline/redact/sound", "which characters sound like a digit"},
	{"pipeline/redact/numbers/form", "pipeline/redact/span", "the kinds of numbers"},
	{"pipeline/redact", "pipeline/internal/digit", "digits of any script in numbers"},
	{"pipeline/trace", "pipeline/internal/digit", "digits of any script in numbers"},
	{"pipeline/redact", "pipeline/redact/span", "the kinds of what is personal, and their labels"},
	{"pipeline/dataset", "pipeline/dataset/access", "the modes of folders and files"},
	{"pipeline/dataset/access", "pipeline/internal/durable", "the file operations"},
	{"pipeline/dataset", "pipeline/dataset/erased", "which snapshot stands for which"},
	{"pipeline/dataset/persons", "pipeline/dataset", "the snapshots it looks through"},
	{"pipeline/dataset/persons", "pipeline/dataset/erased", "the names of jobs"},
	{"pipeline/dataset/persons", "pipeline/dataset/parquetio", "the columns that identify somebody"},
	{"pipeline/dataset/persons", "pipeline/dataset/shard", "the shards it looks through"},
	{"pipeline/desk", "pipeline/internal/durable", "its files are replaced as safely as tables"},
	{"pipeline/dataset/replace", "pipeline/dataset", "the snapshots it replaces"},
	{"pipeline/dataset/replace", "pipeline/dataset/erased", "the map of what was replaced"},
	{"pipeline/dataset/replace", "pipeline/dataset/shard", "the shards it writes again"},
	{"pipeline/dataset/replace", "pipeline/dataset/parquetio", "the files it writes"},
	{"pipeline/dataset/replace", "pipeline/dataset/pending", "the file of what is pending"},
	{"pipeline/dataset/replace", "pipeline/dataset/reject", "how many make a row group"},
	{"pipeline/dataset/replace", "pipeline/internal/durable", "it is as safe as a commit"},
	{"pipeline/dataset/erased", "pipeline/internal/durable", "its files are written as safely as tables"},
	{"pipeline/dataset", "pipeline/dataset/balance", "the counts of a manifest"},
	{"pipeline/dataset", "pipeline/dataset/parquetio", "reading the published tables"},
	{"pipeline/dataset", "pipeline/dataset/spill", "the names of spill files that a crash leaves"},
	{"pipeline/dataset", "pipeline/dataset/pending", "the file of what is pending"},
	{"pipeline/dataset", "pipeline/calendar", "days and intervals"},
	{"pipeline/dataset", "pipeline/internal/durable", "every change of the folder goes through it"},
	{"pipeline/dataset/tighten", "pipeline/dataset", "the snapshots that go"},
	{"pipeline/dataset/tighten", "pipeline/dataset/erased", "the intent, and the policy"},
	{"pipeline/dataset/tighten", "pipeline/internal/durable", "what goes is gone on disk"},
	{"pipeline/dataset/revoke", "pipeline/dataset", "the dataset whose key goes"},
	{"pipeline/dataset/revoke", "pipeline/dataset/erased", "the intent, the policy, the opt-outs"},
	{"pipeline/dataset/revoke", "pipeline/dataset/replace", "the snapshots without contact keys"},
	{"pipeline/dataset/revoke", "pipeline/dataset/secret", "where the key lies"},
	{"pipeline/dataset/revoke", "pipeline/internal/durable", "the key file is gone on disk"},
	{"pipeline/dataset/secret", "pipeline/dataset", "the folder that a key is of"},
	{"pipeline/dataset/secret", "pipeline/dataset/erased", "whether the key was destroyed"},
	{"pipeline/dataset/secret", "pipeline/internal/durable", "the key file is written as safely as tables"},
	{"pipeline/dataset/commit", "pipeline/dataset", "the folder it commits to"},
	{"pipeline/dataset/commit", "pipeline/dataset/views", "views.sql of the snapshot"},
	{"pipeline/dataset/commit", "pipeline/dataset/versions", "which versions are published"},
	{"pipeline/dataset/commit", "pipeline/dataset/shard", "the shards it reads and writes"},
	{"pipeline/dataset/commit", "pipeline/dataset/reject", "the rows of rejects"},
	{"pipeline/dataset/commit", "pipeline/dataset/jobsort", "jobs, sorted beyond memory"},
	{"pipeline/dataset/commit", "pipeline/dataset/capacity", "whether all can be written again"},
	{"pipeline/dataset/capacity", "pipeline/dataset", "what is published"},
	{"pipeline/dataset/commit", "pipeline/dataset/spill", "rejects, sorted beyond memory"},
	{"pipeline/dataset/commit", "pipeline/dataset/parquetio", "the files it writes"},
	{"pipeline/dataset/commit", "pipeline/internal/durable", "every commit goes through it"},
	{"pipeline/dataset/versions", "pipeline/dataset", "what is published"},
	{"pipeline/dataset/versions", "pipeline/dataset/shard", "the shards it decides for"},
	{"pipeline/dataset/versions", "pipeline/dataset/parquetio", "the published columns it needs"},
	{"pipeline/dataset/versions", "pipeline/dataset/spill", "records, sorted beyond memory"},
	{"pipeline/dataset/commit", "pipeline/dataset/verdict", "when a reject leaves, and which campaigns are published"},
	{"pipeline/dataset/versions", "pipeline/dataset/verdict", "what becomes of a job"},
	{"pipeline/dataset/verdict", "pipeline/dataset", "the counts of a run"},
	{"pipeline/dataset/verdict", "pipeline/dataset/reconcile", "the rules of what is pending"},
	{"pipeline/dataset/commit", "pipeline/dataset/optout", "the rows of opt-outs whose jobs go"},
	{"pipeline/dataset/revoke", "pipeline/dataset/optout", "the contact keys of opt-outs"},
	{"pipeline/dataset/replace", "pipeline/dataset/optout", "the file of opt-outs"},
	{"pipeline/dataset/replace", "pipeline/dataset/views", "the views of a snapshot without that file"},
	{"pipeline/dataset/retain", "pipeline/dataset", "the snapshots it looks through"},
	{"pipeline/dataset/retain", "pipeline/dataset/replace", "snapshots without what is overdue"},
	{"pipeline/dataset/retain", "pipeline/dataset/shard", "the shards it looks through"},
	{"pipeline/dataset/retain", "pipeline/dataset/parquetio", "the keys of jobs"},
	{"pipeline/dataset/retain", "pipeline/dataset/erased", "holds, and the opt-outs that are kept"},
	{"pipeline/dataset/retain", "pipeline/dataset/optout", "what is an opt-out"},
	{"pipeline/dataset/retain", "pipeline/calendar", "the first day that is kept"},
	{"pipeline/dataset/views", "pipeline/dataset/optout", "the rules of the view opt_outs"},
	{"pipeline/dataset/commit", "pipeline/dataset/reconcile", "the rules of what is pending"},
	{"pipeline/dataset/commit", "pipeline/dataset/pending", "the file of what is pending"},
	{"pipeline/dataset/versions", "pipeline/dataset/reconcile", "the rules of what is pending"},
	{"pipeline/dataset/pending", "pipeline/dataset/parquetio", "its file"},
	{"pipeline/dataset/shard", "pipeline/dataset", "the files of a snapshot"},
	{"pipeline/dataset/shard", "pipeline/dataset/jobsort", "the order of jobs"},
	{"pipeline/dataset/shard", "pipeline/dataset/parquetio", "the files it reads"},
	{"pipeline/dataset/jobsort", "pipeline/dataset/spill", "the sorter beneath it"},
	{"pipeline/dataset/jobsort", "pipeline/dataset/jobcode", "the jobs it sorts"},
	{"pipeline/dataset/handover", "pipeline/dataset", "the snapshots it reads"},
	{"pipeline/dataset/handover", "pipeline/dataset/jobcode", "whether a job is as it was"},
	{"pipeline/dataset/handover", "pipeline/dataset/reconcile", "whether what is pending is as it was"},
	{"pipeline/dataset/handover", "pipeline/dataset/shard", "the shards it reads"},
	{"pipeline/dataset/handover", "pipeline/dataset/shuffle", "the records it makes"},
	{"pipeline/dataset/shuffle", "pipeline/dataset/jobcode", "the jobs in its records"},
	{"pipeline/dataset/shuffle", "pipeline/dataset/reject", "the rows of rejects"},
	{"pipeline/dataset/shuffle", "pipeline/dataset", "the counts of a run"},
	{"pipeline/dataset/shuffle", "pipeline/dataset/reconcile", "the rules of what is pending"},
	{"pipeline/dataset/shuffle", "pipeline/dataset/verdict", "what becomes of a job, a reject, a campaign"},
	{"pipeline/dataset/shuffle", "pipeline/dataset/spill", "how values are encoded"},
	{"pipeline/dataset/shuffle/tombstones", "pipeline/calendar", "the days that tombstones cover"},
	{"pipeline/dataset/jobcode", "pipeline/dataset/spill", "how values are encoded"},
	{"pipeline/dataset/changes", "pipeline/dataset", "the snapshots it compares"},
	{"pipeline/dataset/changes", "pipeline/dataset/erased", "the jobs that went from both"},
	{"pipeline/dataset/changes", "pipeline/dataset/shard", "the shards it reads"},
	{"pipeline/dataset/changes", "pipeline/dataset/parquetio", "the keys of jobs"},
	{"pipeline/dataset/changes", "pipeline/dataset/spill", "what it found, sorted beyond memory"},
	{"pipeline/dataset/repair", "pipeline/dataset", "the snapshot it repairs"},
	{"pipeline/dataset/repair", "pipeline/dataset/shard", "the shards it makes files of"},
	{"pipeline/dataset/repair", "pipeline/dataset/jobsort", "the order of jobs"},
	{"pipeline/dataset/repair", "pipeline/dataset/parquetio", "the files it makes"},
	{"pipeline/dataset/repair", "pipeline/dataset/views", "what views.sql must be"},
	{"pipeline/dataset/repair", "pipeline/internal/durable", "it changes snapshots only by whole files"},
	{"pipeline/dataset/status", "pipeline/dataset", "the snapshot it sums up"},
	{"pipeline/dataset/status", "pipeline/dataset/reconcile", "which jobs are asked for again"},
	{"pipeline/dataset/status", "pipeline/calendar", "days and intervals"},
	{"pipeline/dataset/verify", "pipeline/dataset", "the folder it checks"},
	{"pipeline/dataset/verify", "pipeline/dataset/optout", "the columns of opt-outs"},
	{"pipeline/dataset/verify", "pipeline/dataset/pending", "the columns of what is pending"},
	{"pipeline/dataset/verify", "pipeline/dataset/reconcile", "the reasons there are"},
	{"pipeline/dataset/verify", "pipeline/dataset/verify/arrowio", "the second reader"},
	{"pipeline/dataset/verify", "pipeline/dataset/parquetio", "the keys in a file's footer"},
	{"pipeline/dataset/verify", "pipeline/dataset/views", "what views.sql must be"},
	{"pipeline/dataset/verify", "pipeline/calendar", "days and intervals"},
	{"pipeline/dataset/fault", "pipeline/internal/durable", "the disk that works"},
	{"pipeline/dataset/fault", "pipeline/internal/durable/faulty", "the disk that dies"},
	{"pipeline/dataset/verify", "pipeline/dataset/verify/finding", "what is wrong, as a report"},
	{"pipeline/dataset/verify", "pipeline/dataset/erased", "which jobs are on hold"},
	{"pipeline/dataset/verify", "pipeline/internal/durable", "the files of holds"},
	{"pipeline/dataset/verify", "pipeline/dataset/verify/outside", "what is in the folder besides the snapshot"},
	{"pipeline/dataset/verify/outside", "pipeline/dataset", "the names of what is callmill's"},
	{"pipeline/dataset/verify/outside", "pipeline/internal/durable", "the names of files that a crash leaves"},

	{"pipeline/simulate", "pipeline/simulate/script", "the scripts that its calls follow"},
	{"pipeline/simulate", "pipeline/simulate/dice", "the only source of randomness"},
	{"pipeline/simulate", "pipeline/simulate/speech", "the lines that are said"},
	{"pipeline/simulate", "pipeline/simulate/people", "whom it calls"},
	{"pipeline/simulate", "pipeline/simulate/dialogue", "what is said in a call"},
	{"pipeline/simulate/people", "pipeline/simulate/dice", "what draws them"},
	{"pipeline/simulate/people", "pipeline/simulate/speech", "names, and how they speak"},
	{"pipeline/simulate/people", "pipeline/simulate/script", "the moods of lines"},
	{"pipeline/simulate/dialogue", "pipeline/simulate/dice", "what draws its course"},
	{"pipeline/simulate/dialogue", "pipeline/simulate/people", "who speaks"},
	{"pipeline/simulate/dialogue", "pipeline/simulate/script", "the script it follows"},
	{"pipeline/simulate/dialogue", "pipeline/simulate/speech", "the lines that are said"},
	{"pipeline/simulate/speech", "pipeline/simulate/script", "the templates it fills"},
	{"pipeline/simulate/speech", "pipeline/simulate/dice", "what draws what is said"},
	{"pipeline/simulate/speech", "pipeline/simulate/identity", "made-up personal data"},
	{"pipeline/simulate/speech", "pipeline/simulate/spoken", "numbers as they are said"},
	{"pipeline/simulate", "pipeline/simulate/response", "the files it writes"},
	{"pipeline/simulate", "pipeline/simulate/identity", "the numbers of its people"},
	{"pipeline/simulate/identity", "pipeline/simulate/dice", "what draws them"},
	{"pipeline/simulate/spoken", "pipeline/simulate/dice", "what draws how they are said"},
	{"pipeline/simulate/script", "pipeline/simulate/identity", "the kinds that scripts may name"},
	{"pipeline/simulate/script", "pipeline/simulate/spoken", "the manners that scripts may name"},
	{"pipeline/simulate/api", "pipeline/simulate", "the world it answers for"},
	{"pipeline/simulate/api", "pipeline/simulate/api/shapes", "the shapes of its responses"},
	{"pipeline/bench", "pipeline/simulate", "the calls it measures with"},
	{"pipeline/internal/durable/faulty", "pipeline/internal/durable", "the interface it implements, with faults"},
	{"pipeline/redact/internal/hard", "pipeline/redact/span", "the spans it judges"},
	{"pipeline/redact/internal/settle", "pipeline/redact/span", "the spans it checks"},
	{"pipeline/redact/internal/measure", "pipeline/redact/span", "what finders find"},
	{"pipeline/redact/internal/measure", "pipeline/simulate", "calls whose truth is known"},

	{"cmd/callmill-review/internal/contrast", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/contrast", "cmd/callmill-review/internal/measure", "what is counted of a call"},
	{"cmd/callmill-review/internal/contrast", "cmd/callmill-review/internal/ngram", "words and phrases, without maps"},
	{"cmd/callmill-review/internal/contrast", "cmd/callmill-review/internal/nodes", "wordings and nodes"},
	{"cmd/callmill-review/internal/contrast", "cmd/callmill-review/internal/stratified", "the comparison of calls like each other"},
	{"cmd/callmill-review/internal/stratified", "cmd/callmill-review/internal/interval", "the quantile of a 95 % interval"},
	{"cmd/callmill-review/internal/corpus/handmade", "cmd/callmill-review/internal/corpus", "what it makes"},
	{"cmd/callmill-review/internal/corpus/simulated", "cmd/callmill-review/internal/corpus", "what it makes"},
	{"cmd/callmill-review/internal/filter", "cmd/callmill-review/internal/corpus", "the calls it chooses from"},
	{"cmd/callmill-review/internal/funnel", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/funnel", "cmd/callmill-review/internal/interval", "intervals of shares"},
	{"cmd/callmill-review/internal/funnel", "cmd/callmill-review/internal/nodes", "wordings and nodes"},
	{"cmd/callmill-review/internal/funnel", "cmd/callmill-review/internal/nodes/effect", "the counts it lays out"},
	{"cmd/callmill-review/internal/funnel", "cmd/callmill-review/internal/table", "lists as text, JSON and CSV"},
	{"cmd/callmill-review/internal/measure", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/ngram", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/nodes", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/nodes", "cmd/callmill-review/internal/nodes/tally", "pairs, counted by sorting"},
	{"cmd/callmill-review/internal/nodes/effect", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/nodes/effect", "cmd/callmill-review/internal/interval", "intervals of shares"},
	{"cmd/callmill-review/internal/nodes/effect", "cmd/callmill-review/internal/nodes", "the graph whose lines it counts"},
	{"cmd/callmill-review/internal/nodes/effect", "cmd/callmill-review/internal/nodes/tally", "pairs, counted by sorting"},
	{"cmd/callmill-review/internal/query", "cmd/callmill-review/internal/corpus", "what it fills"},
	{"cmd/callmill-review/internal/query", "cmd/callmill-review/internal/filter", "which calls are asked for"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/chart", "its pictures"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/contrast", "what goes with failed calls, stands out, changed"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/filter", "which calls are asked for"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/interval", "intervals of shares"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/measure", "what is counted of a call"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/nodes", "wordings and nodes"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/nodes/effect", "what lines do to calls"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/rules", "the rules of a book"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/rules/match", "where rules hit"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/table", "lists as text, JSON and CSV"},
	{"cmd/callmill-review/internal/report", "cmd/callmill-review/internal/unclear", "what was not understood"},
	{"cmd/callmill-review/internal/rules", "cmd/callmill-review/internal/corpus", "speakers and facts that rules name"},
	{"cmd/callmill-review/internal/rules", "cmd/callmill-review/internal/rules/outline", "errors with the line of a file"},
	{"cmd/callmill-review/internal/rules", "cmd/callmill-review/internal/rules/scan", "the expressions of texts"},
	{"cmd/callmill-review/internal/rules/dialogue", "cmd/callmill-review/internal/corpus", "the call that it reads a text as"},
	{"cmd/callmill-review/internal/rules/dialogue", "cmd/callmill-review/internal/rules/outline", "errors with the line of a file"},
	{"cmd/callmill-review/internal/rules/match", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/rules/match", "cmd/callmill-review/internal/rules", "the rules of a book"},
	{"cmd/callmill-review/internal/rules/match", "cmd/callmill-review/internal/rules/scan", "the expressions of texts"},
	{"cmd/callmill-review/internal/rules/show", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/rules/show", "cmd/callmill-review/internal/interval", "intervals of shares"},
	{"cmd/callmill-review/internal/rules/show", "cmd/callmill-review/internal/rules", "the rules of a book"},
	{"cmd/callmill-review/internal/rules/show", "cmd/callmill-review/internal/rules/match", "where rules hit"},
	{"cmd/callmill-review/internal/rules/show", "cmd/callmill-review/internal/table", "lists as text, JSON and CSV"},
	{"cmd/callmill-review/internal/transcript", "cmd/callmill-review/internal/filter", "what outcomes are called"},
	{"cmd/callmill-review/internal/transcript", "cmd/callmill-review/internal/query", "what it prints"},
	{"cmd/callmill-review/internal/transcript", "cmd/callmill-review/internal/table", "lists as text, JSON and CSV"},
	{"cmd/callmill-review/internal/unclear", "cmd/callmill-review/internal/corpus", "the calls and lines it reads"},
	{"cmd/callmill-review/internal/unclear", "cmd/callmill-review/internal/nodes", "wordings and nodes"},
	{"cmd/callmill-review/internal/unclear", "cmd/callmill-review/internal/table", "lists as text, JSON and CSV"},
}

// alone are the packages that import no other, not even schema, but by an
// arrow, and their tests neither: each can be understood and reused by itself.
// The tests of all other packages may import anything but commands.
var alone = []string{"schema", "segment/...", "pipeline/calendar", "pipeline/decode/jsonscan", "pipeline/internal/..."}

// forTests are packages that only tests import.
var forTests = []string{"cmd/callmill-review/internal/corpus/handmade", "cmd/callmill-review/internal/corpus/simulated", "cmd/callmill-review/internal/published", "pipeline/dataset/fault", "pipeline/internal/durable/faulty", "pipeline/internal/growth", "pipeline/redact/internal/hard", "pipeline/redact/internal/measure", "pipeline/redact/internal/settle"}

// libraries are the third-party modules with the packages that may import them,
// and what for. A module that is not here may not be imported. Tests of the
// whole program, in pipeline and cmd, may import all of them.
var libraries = []library{
	{"github.com/parquet-go/parquet-go", "the Parquet format", units("pipeline/dataset/parquetio", "pipeline/dataset/verify/arrowio")},
	{"github.com/apache/arrow-go/v18", "the second reader of Parquet; the streams of a worker", units("pipeline/dataset/verify/arrowio", "pipeline/worker")},
	{"github.com/go-ego/gse", "dictionary and model of the words; in people for a test, which selects words from it", units("segment", "segment/internal/compile", "pipeline/redact/people")},
	{"github.com/alibabacloud-go", "the vendor's client: signing, endpoints, errors; the simulated API is tested with it", units("pipeline/outboundbot/client", "pipeline/simulate/api")},
	{"github.com/aliyun/credentials-go", "the vendor's chain of credentials", units("pipeline/outboundbot/client")},
	{"github.com/spf13/cobra", "commands and flags", units("cmd/callmill", "cmd/callmill-review", "cmd/internal/commandline", "cmd/callmill/internal/snapshots", "cmd/callmill/internal/keys", "cmd/callmill/internal/forget", "cmd/callmill/internal/person", "cmd/callmill/internal/worker")},
	{"github.com/spf13/pflag", "the flags of cobra", units("cmd/callmill", "cmd/callmill-review", "cmd/internal/commandline", "cmd/internal/language", "cmd/callmill/internal/pull", "cmd/callmill/internal/settings", "cmd/callmill/internal/forget", "cmd/callmill/internal/worker", "cmd/callmill/internal/world")},
	{"github.com/prometheus/client_golang", "the metrics file", units("cmd/callmill/internal/report")},
	{"github.com/vbauerster/mpb/v8", "the progress bar", units("pipeline/progress")},
	{"github.com/mattn/go-runewidth", "columns of Chinese text on a terminal", units("cmd/callmill/internal/glance", "cmd/callmill-review/internal/table")},
	{"github.com/goccy/go-yaml", "YAML with the lines of values: files of rules", units("cmd/callmill-review/internal/rules/outline")},
	{"github.com/sergi/go-diff", "what differs between two wordings, as phrases", units("cmd/callmill-review/internal/nodes/effect")},
	{"github.com/goccy/go-json", "JSON, five times as fast as encoding/json", units("pipeline/simulate", "pipeline/simulate/api")},
	{"github.com/klauspost/compress", "zstd, gzip and s2", units("pipeline/source", "pipeline/rawlog", "pipeline/dataset/spill", "pipeline/dataset/parquetio", "segment/internal/zh")},
	{"github.com/cespare/xxhash/v2", "task ids in eight bytes: there is one for each call that a run meets", units("pipeline/dataset/verdict")},
	{"golang.org/x/sync", "errgroup", units("pipeline", "pipeline/outboundbot/discover", "pipeline/outboundbot/lists", "pipeline/dataset/commit", "pipeline/dataset/verify")},
	{"golang.org/x/time", "the rate of requests", units("pipeline/outboundbot/client")},
	{"golang.org/x/text", "NFKC of phone numbers; encodings, in decode those of its tests", units("pipeline/redact", "pipeline/decode/charset", "pipeline/decode")},
	{"golang.org/x/crypto/x509roots", "root certificates for images that have none", units("cmd/callmill")},
	{"golang.org/x/term", "whether stdout or stderr is a terminal", units("cmd/callmill")},
	{"github.com/duckdb/duckdb-go/v2", "DuckDB, which the desk asks", units("cmd/callmill-review/internal/query")},
	{"golang.org/x/sys", "fadvise: files are fetched before they are read", units("pipeline/source")},
}

// testLibraries are for the tests of every package, and for nothing else.
var testLibraries = []string{
	"pgregory.net/rapid",
	"go.uber.org/goleak",
	"github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal",
	"go.yaml.in/yaml/v3",
	"github.com/mozillazg/go-pinyin",
}

// starters are the packages that start goroutines: Run, what has several
// requests or shards under way, and commands. All others are called by one of these and
// return. The client has a timer for each request.
var starters = units("pipeline", "pipeline/outboundbot/client", "pipeline/outboundbot/discover", "pipeline/outboundbot/lists", "pipeline/dataset/commit", "pipeline/dataset/verify", "cmd/callmill", "cmd/callmill-review", "cmd/callmill-review/internal/contrast", "cmd/callmill/internal/stdin", "cmd/callmill/internal/watch")

func TestLayers(t *testing.T) {
	packages := modulePackages(t)
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages", len(packages))
	}
	for _, p := range packages {
		for _, wrong := range check(p) {
			t.Error(wrong)
		}
	}
}

// TestLayersAreUsed keeps the lists above short: each entry stands for an
// import that exists.
func TestLayersAreUsed(t *testing.T) {
	for _, wrong := range unused(modulePackages(t)) {
		t.Error(wrong)
	}
}

// maxLines is how long a package may become, without tests and generated files.
const maxLines = 2000

func TestPackagesAreSmall(t *testing.T) {
	for _, p := range modulePackages(t) {
		if n := p.lines(); n > maxLines {
			t.Errorf("%s has %d lines, want at most %d: a part of it is a package of its own", p.path, n, maxLines)
		}
	}
}
