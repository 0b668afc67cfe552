// Package pipeline runs the line from call jobs to published tables; this
// comment is the map of the whole program.
//
// callmill takes what an outbound-call robot says of its call jobs (Alibaba
// Cloud OutboundBot, action ListJobs) and keeps a dataset of Parquet tables
// that people open in DuckDB or pandas: every job, every call attempt, every
// line that was spoken, cut into Chinese words. A run publishes all it brings
// in one step or nothing; the same input brought twice changes nothing.
//
// # One record
//
// What becomes of a response:
//
//  1. A [Source] delivers it as a schema.Raw: the bytes, where they are from,
//     when they were received.
//  2. The [Decoder] finds the jobs in it, whatever their spelling, each as a
//     schema.Job; what it cannot understand is a schema.Reject.
//  3. The [Redactor] computes the contact keys and lets pass what may pass: nothing of a
//     job whose person was erased.
//  4. The [Appender] computes the job's content hash. If the job is published
//     with this content, only the sighting is recorded; the expensive steps are
//     skipped. Else the job is encoded and sorted by the day it lives under,
//     beyond the memory budget in a file.
//  5. When the input has ended the [Dataset] decides for each job which of its
//     versions wins, and merges what SearchTask said of its tasks.
//  6. It writes the shards that change: the jobs are decoded, flatten makes their
//     rows in the six day tables, schema.Rows, and has the words cut. Files of
//     other shards are linked.
//  7. It publishes: one rename, the commit.
//
// # The packages
//
// From the command along the line to what all of them stand on:
//
//	cmd/callmill               the command: flags, wiring, what is said at the end
//	cmd/callmill-review        the quality desk: findings, wordings, rules, search, reports, over the same folder; its main.go lists its packages
//	cmd/internal               what commands have in common: exit codes, output, flags
//	pipeline                   Run, the interfaces between the steps
//	pipeline/outboundbot       the API
//	pipeline/outboundbot/client  requests: signed, paced, retried
//	pipeline/outboundbot/lists  what a page holds; lists that move while they are read
//	pipeline/outboundbot/discover  a plan → schema.Raw: finds the jobs that are due, fetches them
//	pipeline/outboundbot/check  tries what a pull needs of the API
//	pipeline/nightly           which days are to be searched, which campaigns read, what is covered then
//	pipeline/rawlog            the responses of a pull on disk, for a run that resumes it
//	pipeline/source            input files and folders → schema.Raw
//	pipeline/decode            bytes → schema.Job: responses, and what may stand around them
//	pipeline/decode/fields     jobs and their values, in every spelling a response may have
//	pipeline/decode/charset    text that is not UTF-8 → UTF-8
//	pipeline/decode/markup     an XML document → one JSON object
//	pipeline/decode/split      inputs beyond what can be held → pieces
//	pipeline/decode/jsonscan   the strict scanner under all of them
//	pipeline/redact            what personal data of a job may pass; contact keys
//	pipeline/redact/texts      masks conversations by all that finds personal data in them
//	pipeline/redact/numbers    numbers, accounts, plates, codes in what is said
//	pipeline/redact/numbers/birth  dates of birth
//	pipeline/redact/numbers/words  characters and words around them, tokens
//	pipeline/redact/numbers/form   what digits are by their form: phone, card, date, range
//	pipeline/redact/span       kinds of personal data, where it is in a conversation, the labels in its place
//	pipeline/redact/own        what a job says of its own person, in its conversations
//	pipeline/redact/own/glance  which lines need not be searched for it
//	pipeline/redact/others     addresses and other people in a conversation
//	pipeline/redact/char       what the characters of a text are
//	pipeline/redact/people     surnames, titles, characters of given names
//	pipeline/redact/sound      how a character is pronounced
//	pipeline/flatten           schema.Job → rows, with every derived column, and back
//	pipeline/flatten/pattern   slots for what differs from call to call in a robot's line
//	segment                    text → words
//	pipeline/worker            records and rows as Arrow streams, for a distributed engine
//	pipeline/dataset           the folder of snapshots: which is the latest, which may go
//	pipeline/dataset/tighten   what was published under a looser policy goes
//	pipeline/dataset/revoke    a dataset without contact keys, for good
//	pipeline/dataset/secret    the key of the contact keys: where it lies, whether it is the right one
//	pipeline/dataset/balance   what a run saw, and what became of it: the counts
//	pipeline/dataset/access    which of its files the group may read
//	pipeline/dataset/erased    what outlives a rollback: who was erased, the strictest policy, receipts
//	pipeline/dataset/persons   whose jobs are whose
//	pipeline/dataset/replace   snapshots of the same time without some of the rows
//	pipeline/dataset/commit    jobs → Parquet files, a snapshot: the transaction of a run
//	pipeline/dataset/versions  which version of every job is published, beyond memory
//	pipeline/dataset/verdict   the decision about one job: its versions, SearchTask's values, what is pending
//	pipeline/dataset/reconcile what lists named and what came → what is pending
//	pipeline/dataset/pending   the file of what is pending
//	pipeline/dataset/tables    the rows of a published snapshot
//	pipeline/dataset/retain    for how long a run keeps jobs, which are on hold, and what outlives them
//	pipeline/dataset/optout    that a contact asked not to be called: rules, and what outlives the job
//	pipeline/dataset/capacity  whether the disk has room for a copy of what is published
//	pipeline/dataset/views     the views for DuckDB, and what is said of them
//	pipeline/dataset/shard     the day tables; the jobs of a shard, read from its files
//	pipeline/dataset/jobsort   jobs sorted beyond memory
//	pipeline/dataset/jobcode   a job as bytes
//	pipeline/dataset/reject    a reject as a row
//	pipeline/dataset/reject/met  the rejects of a run, sorted beyond memory
//	pipeline/dataset/content   files that are named for their content
//	pipeline/dataset/shuffle   what a distributed engine moves about: records under the keys of jobs
//	pipeline/dataset/shuffle/tombstones  who was erased from a lake: tombstones, told by digests
//	pipeline/dataset/handover  what a snapshot has, as such records, for a lake that takes it over
//	pipeline/dataset/spill     records sorted beyond memory
//	pipeline/dataset/changes   which jobs differ between two snapshots
//	pipeline/dataset/parquetio the Parquet files of a table, written and read
//	pipeline/dataset/status    how much is published, covered, awaited
//	pipeline/dataset/repair    damaged files of a snapshot, made again
//	pipeline/dataset/verify    checks a snapshot with a reader of its own
//	pipeline/dataset/verify/consistency  checks the rows of jobs
//	pipeline/dataset/verify/finding  what it finds, and the report of it
//	pipeline/dataset/verify/outside  what is in the folder besides the snapshot
//	pipeline/dataset/verify/arrowio  that reader
//	pipeline/calendar          days, intervals of time, time zones
//	pipeline/internal/campaign the stamp of a campaign: what it was like when it was last read
//	pipeline/internal/digit    decimal digits of any script
//	pipeline/internal/durable  the file operations of a commit, and what a crash leaves of each
//	pipeline/trace             what is left of somebody in texts, and how it is cut out
//	pipeline/desk              reviews and the access log of a quality desk
//	pipeline/progress          how far a run is, on stderr
//	pipeline/simulate          made-up calls that read like real ones, as files
//	pipeline/simulate/script   the scripts they follow
//	pipeline/simulate/dice     their only source of randomness
//	pipeline/simulate/identity made-up personal data that is nobody's
//	pipeline/simulate/people   whom it calls, and how they answer
//	pipeline/simulate/dialogue what is said in a call, and how it ends
//	pipeline/simulate/speech   the lines they say, and the personal data in them
//	pipeline/simulate/spoken   numbers as they are said on the phone
//	pipeline/simulate/response jobs as the API answers them
//	pipeline/simulate/api      the same calls behind the API's own interface
//	pipeline/simulate/api/shapes  the shapes of its answers
//	pipeline/spark             the same line on Apache Spark, into Iceberg tables: tests of a Python script
//	pipeline/bench             callmill and other ways to Parquet, measured in one sitting
//	schema                     the nouns, the rows of each table, what a status means
//
// schema/doc.go is the next thing to read, then run.go here, which is the
// machine, and cmd/callmill, which puts it together.
//
// # Layers
//
// Imports point one way, also between packages in one folder:
//
//	cmd/callmill-review → dataset, calendar, redact, schema
//	cmd/callmill → pipeline, outboundbot, nightly, rawlog, source, decode, redact, flatten, segment, dataset, progress, simulate
//	pipeline     → schema
//	the leaves   → schema
//	dataset      → internal/durable, calendar, internal/campaign
//	nightly      → calendar, internal/campaign
//	flatten      → calendar
//	rawlog       → internal/durable
//	outboundbot  → calendar, internal/campaign
//
// schema imports the standard library alone, and so does durable; segment
// knows nothing of calls. Leaves, the folders below pipeline, never import each
// other nor pipeline: what one needs of another is an interface of its own or a
// value, and the command passes it in. So each can be read, tested and replaced
// by itself, and pipeline can be tested without a Parquet file. Tests may look
// further. layers_test.go lists every arrow between two packages with its reason,
// refuses all others, and bounds the size of a package.
//
// # Goroutines
//
// They start in six places, and in the library that draws the bar of progress:
//
//   - Here: [Run] is an errgroup; one goroutine reads, Workers of them decode.
//   - In dataset/commit, which implements [Dataset]: as many workers write shards; where
//     one has none left, the tables of a shard are written side by side.
//   - In dataset/verify: as many read shards and check their jobs, and one decodes
//     ahead for each file that is read.
//   - In outboundbot/discover and outboundbot/lists: errgroups inside Source.Raws
//     have several requests in flight. In outboundbot/client: the timer of a request,
//     which stands still while its response waits for room.
//   - In the command: signals, standard input, the progress of a pull, the
//     simulated API.
//   - In callmill-review/internal/contrast: a worker for each core counts phrases,
//     and returns before its function does.
//
// All other packages are called by one of these and return; layers_test.go holds
// this. Every send selects on ctx.Done(), a producer that is cancelled ends with
// ctx.Err(), the first error cancels the rest, and Run returns when all have
// ended. Types that a worker uses (Decoder, Redactor, Flattener, Appender) are not
// safe for concurrent use; each worker has its own. What they share is: the
// segmenter and the dataset.
//
// The bytes that are published do not depend on any of this: which worker
// took what, and when, is forgotten when the dataset puts versions and rows in
// their order.
//
// # Errors and rejects
//
// A bad record is data. It travels as a schema.Reject with its origin, its
// position, a code, a reason and the bytes, is published in the table rejects,
// and the run goes on; how many are too many is the command's to say. An error
// ends the run with nothing published. It names what was being done, to what,
// and why it failed: "decode resp-3.json: …". Packages return errors;
// only commands print them.
//
// # How to profile
//
// The benchmark of the whole line converts simulated responses, and the real
// dialogues of the sample where they are there, from files to a published
// dataset, in one process:
//
//	go test ./cmd/callmill -run '^$' -bench Convert -benchtime 10x -cpuprofile cpu.out -memprofile mem.out -o callmill.test
//	go tool pprof -top callmill.test cpu.out
//	go tool pprof -http :8080 callmill.test cpu.out
//	go tool pprof -sample_index alloc_space -top callmill.test mem.out
//
// What takes a share of it can then be looked at alone: Items in decode, Cut
// in segment, Rows in flatten, Pattern in flatten/pattern, Append and Sorted in
// dataset/jobsort, WriteTurns in dataset/parquetio, each as
//
//	go test ./pipeline/dataset/parquetio -run '^$' -bench WriteTurns -cpuprofile cpu.out
//
// A serial stage shows as a difference between workers=1 and workers=2 that is
// less than twice, and in a trace (-trace trace.out, go tool trace). How often
// memory is collected under --memory, and what is held, says
//
//	GODEBUG=gctrace=1 callmill convert responses --out data --progress none
//
// Starting, and a night that brings nothing new upon very many published jobs, are
// the benchmarks Start and IdleNight of cmd/callmill.
//
// Against others, with CPU, memory and bytes, measures the first of these, on
// several inputs; the second says whether a change pays: a build from before it
// and this one run in turn, so that other load on the machine is the same for both.
//
//	go run ./pipeline/bench
//	go run ./pipeline/bench --peers none --baseline BINARY
//
// # Dependencies
//
// Each is here because it is the best-kept one for something callmill does not
// exist for, and only the packages named know it:
//
//	github.com/parquet-go/parquet-go      dataset: the format, its levels and encodings, and reading. Pinned: v0.30 drops values.
//	github.com/apache/arrow-go/v18        dataset: the second reader, with which verify recounts what the first one wrote.
//	github.com/go-ego/gse                 segment: the dictionary and the model of the words. The dictionaries it embeds, 32 MB, are not linked. A test of redact/people selects words from it.
//	github.com/klauspost/compress         zstd of inputs and of the embedded dictionary, s2 of spilled jobs.
//	github.com/goccy/go-json              simulate: five times encoding/json. decode reads by itself: it goes on after damage.
//	github.com/cespare/xxhash/v2          dataset: a task id in eight bytes, for each call that a run meets.
//	golang.org/x/sync                     pipeline, outboundbot, dataset: errgroup.
//	golang.org/x/time                     outboundbot: the rate of requests.
//	github.com/alibabacloud-go            outboundbot: the vendor's generic client, for signing. darabonba-openapi v2.2.2 and tea v1.5.4 are pinned: @latest resolves lower.
//	github.com/aliyun/credentials-go      outboundbot: the vendor's own chain of credentials.
//	github.com/prometheus/client_golang   the command: --metrics-file, in the format its collector reads.
//	golang.org/x/text                     redact, decode: NFKC of phone numbers, encodings.
//	github.com/spf13/cobra                commands: subcommands and help.
//	github.com/spf13/pflag                commands: cobra's flags.
//	golang.org/x/sys                      source: fadvise, which fetches files before it is their turn. The standard library lacks it.
//	golang.org/x/crypto/x509roots         cmd/callmill: x509roots/fallback, Mozilla's root certificates for images that have none.
//	golang.org/x/crypto/argon2            callmill-review: hashes of the passwords of its users, argon2id.
//	golang.org/x/term                     cmd/callmill: whether stdout or stderr is a terminal. callmill-review: passwords without echo.
//	github.com/vbauerster/mpb/v8          progress: the bar on a terminal.
//	github.com/duckdb/duckdb-go/v2        cmd/callmill-review: DuckDB in the process. It needs cgo and a C++ compiler; no engine in pure Go reads Parquet as fast.
//	github.com/goccy/go-yaml              cmd/callmill-review: files of rules, and at which line they are wrong.
//	github.com/sergi/go-diff              callmill-review/internal/nodes/effect: where two wordings differ, as phrases.
//	github.com/xuri/excelize/v2           callmill-review/internal/handover: workbooks (.xlsx), written row by row.
//	github.com/mattn/go-runewidth         demo, tables of the desk: how many columns Chinese text takes; mpb uses it, too.
//
// and for tests github.com/google/go-cmp, go.uber.org/goleak,
// pgregory.net/rapid, github.com/rogpeppe/go-internal (testscript),
// go.yaml.in/yaml/v3 (the files of cmd/callmill/deploy) and
// github.com/mozillazg/go-pinyin (the readings that the table of redact/sound is
// held to), and github.com/chromedp (drives Chromium over the pages of
// callmill-review). CI fetches axe-core, a script that judges how accessible pages
// are, and checks its hash; it is no part of the program.
//
// arrow-go v18 is what was github.com/apache/arrow/go/v15: the project moved to
// a repository of its own. v15 has had no fix since March 2024, writes columns
// of lists, such as tokens, 40 to 60 times slower (apache/arrow issue 41541)
// and requires a version of a library with a known hole (GO-2024-2687).
package pipeline
