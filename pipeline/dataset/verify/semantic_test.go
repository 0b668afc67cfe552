package verify_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// Wrong rows behind right hashes. Each is made in the first file of a table, and
// must be found there unless another table is named.
func TestWrongRows(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: verifies a damaged dataset many times")
	}
	tests := []struct {
		name   string
		forge  func(*forgery)
		table  string // that is blamed
		check  string
		detail string
	}{
		{"two jobs change places", jobs(func(r []schema.JobRow) []schema.JobRow { return []schema.JobRow{r[1], r[0]} }), "jobs", finding.Order, "not in the order"},
		{"a job is there twice", jobs(func(r []schema.JobRow) []schema.JobRow { return append(r, r[1]) }), "jobs", finding.Keys, "is also in"},
		{"a job has no id", jobs(func(r []schema.JobRow) []schema.JobRow { r[0].JobID = ""; return r }), "jobs", finding.Keys, "job_id is empty"},
		{"a job is gone", jobs(func(r []schema.JobRow) []schema.JobRow { return r[:1] }), "tasks", finding.References, "of job b, which jobs does not have"},
		{"a job's day is another", jobs(func(r []schema.JobRow) []schema.JobRow { r[1].FirstCallTime = noon(25); return r }), "jobs", finding.Shards, "belongs under job_date=2026-01-25"},
		{"a job called later than its tasks", jobs(func(r []schema.JobRow) []schema.JobRow { r[1].LastCallTime = noon(28); return r }), "jobs", finding.Derived, "last call time"},
		{"task_count", jobs(func(r []schema.JobRow) []schema.JobRow { r[0].TaskCount++; return r }), "jobs", finding.Counts, "task_count is 4, there are 3"},
		{"dialed_count", jobs(func(r []schema.JobRow) []schema.JobRow { r[0].DialedCount++; return r }), "jobs", finding.Counts, "dialed_count"},
		{"content_hash", jobs(func(r []schema.JobRow) []schema.JobRow { r[0].ContentHash = strings.Repeat("0", 32); return r }), "jobs", finding.ContentHash, "content_hash is 0000"},
		{"something ListJobs said", jobs(func(r []schema.JobRow) []schema.JobRow { r[0].StrategyID = "s"; return r }), "jobs", finding.ContentHash, "that of its rows is"},
		{"is_final", jobs(func(r []schema.JobRow) []schema.JobRow { r[0].IsFinal = false; return r }), "jobs", finding.Derived, "is_final is false, true"},
		{"first_seen", jobs(func(r []schema.JobRow) []schema.JobRow { r[0].FirstSeen = r[0].ObservedAt + 1; return r }), "jobs", finding.Values, "first_seen"},
		{"text that is not UTF-8", jobs(func(r []schema.JobRow) []schema.JobRow { r[0].RequestID = "\xff"; return r }), "jobs", finding.Values, "not UTF-8"},

		{"a task is gone", tasks(func(r []schema.TaskRow) []schema.TaskRow { return r[:len(r)-1] }), "turns", finding.References, "task b2, which the job does not have"},
		{"a task is there twice", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[1].TaskID = r[0].TaskID; return r }), "tasks", finding.Keys, "task a1 is there twice"},
		{"a task has no id", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[0].TaskID = ""; return r }), "tasks", finding.Keys, "task_id is empty"},
		{"task_index", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[0].TaskIndex = 7; return r }), "tasks", finding.Indexes, "task_index 7, not 0"},
		{"tasks out of order", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[1].ActualTime = noon(19); return r }), "tasks", finding.Order, "not in the order of call time"},
		{"jobs out of order in tasks", tasks(func(r []schema.TaskRow) []schema.TaskRow { return append(r[3:], r[:3]...) }), "tasks", finding.Order, "of job a, whose rows are further up"},
		{"turn_count", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[1].TurnCount++; return r }), "tasks", finding.Counts, "says 5 turns"},
		{"contact_chars", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[1].ContactChars--; return r }), "tasks", finding.Counts, "there are 4"},
		{"outcome", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[0].Outcome = schema.Busy; return r }), "tasks", finding.Derived, `outcome is "busy", "no_answer"`},
		{"attempt", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[0].Attempt = nil; return r }), "tasks", finding.Derived, "attempt is NULL, 1"},
		{"contact_key", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[0].ContactKey = "0"; return r }), "tasks", finding.ContactKeys, "that of its number is"},
		{"contact_key of a contact's number", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[1].ContactKey = ""; return r }), "tasks", finding.ContactKeys, "that of its number is"},
		{"a status of which the manifest says nothing", tasks(func(r []schema.TaskRow) []schema.TaskRow { r[0].TaskStatus = "Odd"; return r }), "tasks", finding.Statuses, `"Odd"`},

		{"a turn is gone", turns(func(r []schema.TurnRow) []schema.TurnRow { return r[:len(r)-1] }), "tasks", finding.Counts, "says 2 turns"},
		{"turn_index", turns(func(r []schema.TurnRow) []schema.TurnRow { r[1].TurnIndex = 2; return r }), "turns", finding.Indexes, "turn_index 2"},
		{"turns_left", turns(func(r []schema.TurnRow) []schema.TurnRow { r[1].TurnsLeft = 0; return r }), "turns", finding.Indexes, "turns_left 0"},
		{"a turn of no task", turns(func(r []schema.TurnRow) []schema.TurnRow { r[3].TaskID = "zz"; return r }), "turns", finding.References, "task zz"},
		{"a turn of no job", turns(func(r []schema.TurnRow) []schema.TurnRow { r[0].JobID = "zz"; return r }), "turns", finding.References, "job zz"},
		{"a turn of another instance", turns(func(r []schema.TurnRow) []schema.TurnRow { r[0].InstanceID = "zz"; return r }), "turns", finding.References, "job a"},
		{"turns out of order of tasks", turns(func(r []schema.TurnRow) []schema.TurnRow { return append(r[:4:4], append(r[8:], r[4:8]...)...) }), "turns", finding.Order, "not in the order of tasks"},
		{"turns after all jobs", turns(func(r []schema.TurnRow) []schema.TurnRow { return append(r[4:len(r):len(r)], r[:4]...) }), "turns", finding.Order, "of job a, whose rows"},
		{"tokens", turns(func(r []schema.TurnRow) []schema.TurnRow { r[0].Tokens = r[0].Tokens[1:]; return r }), "turns", finding.Tokens, "are not the script"},
		{"an empty token", turns(func(r []schema.TurnRow) []schema.TurnRow { r[0].Tokens = append(r[0].Tokens, ""); return r }), "turns", finding.Tokens, "are not the script"},
		{"tokens cut otherwise", turns(func(r []schema.TurnRow) []schema.TurnRow { r[0].Tokens = []string{r[0].Script}; return r }), "turns", finding.Derived, "tokens is"},
		{"script", turns(func(r []schema.TurnRow) []schema.TurnRow {
			r[1].Script, r[1].Tokens = "不是", []string{"不", "是"}
			return r
		}), "jobs", finding.ContentHash, "that of its rows is"},
		{"chars", turns(func(r []schema.TurnRow) []schema.TurnRow { r[0].Chars++; return r }), "turns", finding.Counts, "chars is 13"},
		{"speaker", turns(func(r []schema.TurnRow) []schema.TurnRow { r[3].Speaker = ""; return r }), "turns", finding.Values, "speaker is empty"},
		{"pattern", turns(func(r []schema.TurnRow) []schema.TurnRow { r[0].Pattern = r[0].Script; return r }), "turns", finding.Derived, "pattern is"},
		{"gap_ms", turns(func(r []schema.TurnRow) []schema.TurnRow { *r[1].GapMS++; return r }), "turns", finding.Derived, "gap_ms is 2001, 2000"},
		{"call_date", turns(func(r []schema.TurnRow) []schema.TurnRow { *r[1].CallDate++; return r }), "turns", finding.Derived, "call_date"},

		{"contact_index", contacts(func(r []schema.ContactRow) []schema.ContactRow { r[1].ContactIndex = 0; return r }), "contacts", finding.Indexes, "contact_index 0, not 1"},
		{"contact_key of a contact", contacts(func(r []schema.ContactRow) []schema.ContactRow { r[0].ContactKey = "0"; return r }), "contacts", finding.ContactKeys, "that of its number is"},
		{"a contact is gone", contacts(func(r []schema.ContactRow) []schema.ContactRow { return r[:1] }), "jobs", finding.ContentHash, "that of its rows is"},
		{"extra_index", extras(func(r []schema.ExtraRow) []schema.ExtraRow { r[1].ExtraIndex = 5; return r }), "extras", finding.Indexes, "extra_index 5, not 1"},
		{"an extra changes", extras(func(r []schema.ExtraRow) []schema.ExtraRow { r[0].Value = "never"; return r }), "jobs", finding.ContentHash, "that of its rows is"},
		{"summary_index", summaries(func(r []schema.SummaryRow) []schema.SummaryRow { r[0].SummaryIndex = 1; return r }), "summaries", finding.Indexes, "summary_index 1, not 0"},
		{"a summary of no turn", summaries(func(r []schema.SummaryRow) []schema.SummaryRow { r[1].TurnIndex = new(int32(77)); return r }), "summaries", finding.References, "turn 77"},
		{"a summary of a negative turn", summaries(func(r []schema.SummaryRow) []schema.SummaryRow { r[1].TurnIndex = new(int32(-1)); return r }), "summaries", finding.References, "turn -1"},
		{"a summary of a task without turn", summaries(func(r []schema.SummaryRow) []schema.SummaryRow { r[1].TurnIndex = nil; return r }), "summaries", finding.References, "turn NULL"},
		{"summaries out of order", summaries(func(r []schema.SummaryRow) []schema.SummaryRow { return append(append(r[1:3:3], r[0]), r[3:]...) }), "summaries", finding.Order, "not in the order of turns"},

		{"a status is gone", statuses(func(r []schema.StatusRow) []schema.StatusRow { return r[1:] }), "statuses", finding.Statuses, "has 33 rows"},
		{"a status means something else", statuses(func(r []schema.StatusRow) []schema.StatusRow { r[3].Outcome = schema.Busy; return r }), "statuses", finding.Statuses, `row 3 is {"TaskStatus":"NotExist"`},
		{"an unlisted status is not there", statuses(func(r []schema.StatusRow) []schema.StatusRow { return r[:len(r)-1] }), "statuses", finding.Statuses, "1 others met"},

		{"reject_id", rejects(func(r []schema.RejectRow) []schema.RejectRow { r[0].Code = schema.RejectTime; return r }), "rejects", finding.Rejects, "that of its code, job_id and raw_sha256 is"},
		{"raw", rejects(func(r []schema.RejectRow) []schema.RejectRow {
			for i := range r {
				if r[i].RawBytes == 11 {
					r[i].Raw = []byte(`{"Tasks":8}`)
				}
			}
			return r
		}), "rejects", finding.Rejects, "that of raw is"},
		{"raw_bytes", rejects(func(r []schema.RejectRow) []schema.RejectRow { r[0].RawBytes += 5; return r }), "rejects", finding.Rejects, "bytes are kept"},
		{"rejects out of order", rejects(func(r []schema.RejectRow) []schema.RejectRow { r[0], r[1] = r[1], r[0]; return r }), "rejects", finding.Order, "comes after"},
		{"a reject is there twice", rejects(func(r []schema.RejectRow) []schema.RejectRow { return append(r, r[2]) }), "rejects", finding.Keys, "is there twice"},
		{"position", rejects(func(r []schema.RejectRow) []schema.RejectRow { r[0].Position = -1; return r }), "rejects", finding.Rejects, "position -1"},
		{"a campaign is there twice", groups("g", "g"), "job_groups", finding.Keys, "is there twice"},
		{"campaigns out of order", groups("h", "g"), "job_groups", finding.Order, "comes after"},
		{"a campaign has no id", groups(""), "job_groups", finding.Keys, "is empty"},
	}
	original := newDataset(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := copyOf(t, original)
			forge(t, dir, tt.forge)
			file := readManifest(t, dir).Table(tt.table).Files[0].Path
			want(t, inspect(t, dir, options(dir)), file, tt.check, tt.detail)
		})
	}
}

func editor[T any](name string) func(func([]T) []T) func(*forgery) {
	return func(change func([]T) []T) func(*forgery) {
		return func(f *forgery) { edit(f, name, 0, change) }
	}
}

var (
	jobs      = editor[schema.JobRow]("jobs")
	tasks     = editor[schema.TaskRow]("tasks")
	turns     = editor[schema.TurnRow]("turns")
	contacts  = editor[schema.ContactRow]("contacts")
	extras    = editor[schema.ExtraRow]("extras")
	summaries = editor[schema.SummaryRow]("summaries")
	statuses  = editor[schema.StatusRow]("statuses")
	rejects   = editor[schema.RejectRow]("rejects")
)

// groups puts campaigns of these ids into the table.
func groups(ids ...string) func(*forgery) {
	return editor[schema.JobGroupRow]("job_groups")(func([]schema.JobGroupRow) []schema.JobGroupRow {
		var rows []schema.JobGroupRow
		for _, id := range ids {
			rows = append(rows, schema.JobGroupRow{InstanceID: instance, JobGroupID: id, ObservedAt: 1})
		}
		return rows
	})
}

// A change of any column of any table is found.
func TestEveryColumnIsChecked(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: verifies a damaged dataset many times")
	}
	original := newDataset(t)
	for _, table := range readManifest(t, original).Tables {
		if table.Name == schema.TableJobGroups {
			continue // only what the API said: nothing to compare with
		}
		for _, column := range columnsOf(table.Name) {
			if free[table.Name+"."+column] {
				continue
			}
			t.Run(table.Name+"."+column, func(t *testing.T) {
				t.Parallel()
				dir := copyOf(t, original)
				forge(t, dir, func(f *forgery) { changeColumn(f, table.Name, column) })
				if !inspect(t, dir, options(dir)).Damaged() {
					t.Error("nothing was found")
				}
			})
		}
	}
}

// free are the columns nothing else in a snapshot tells of.
var free = map[string]bool{
	"jobs.request_id": true, "jobs.first_seen": true, "jobs.observed_at": true,
	// What only SearchTask said.
	"tasks.job_group_name": true, "tasks.script_name": true, "tasks.call_ms": true, "tasks.ringing_s": true,
	"tasks.end_reason": true, "tasks.reached_end": true, "tasks.last_playback_completed": true,
	"tasks.hung_up_by_rejection": true, "tasks.dial_exceptions": true, "tasks.facts_observed_at": true,
	"rejects.instance_id": true, "rejects.origin": true, "rejects.position": true, "rejects.reason": true,
	"rejects.first_run": true, "rejects.first_seen": true,
	// The second reject is not kept whole.
	"rejects.raw_bytes": true,
}

func TestWrongManifest(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: verifies a damaged dataset many times")
	}
	tests := []struct {
		name   string
		forge  func(*forgery)
		file   string // "" is manifest.json
		check  string
		detail string
	}{
		{"counts", func(f *forgery) { f.manifest.Counts.Seen++ }, "", finding.Counts, "8 seen, but 4 new"},
		{"a negative count", func(f *forgery) { f.manifest.Counts.Erased = -1 }, "", finding.Counts, "a count is -1"},
		{"a part above its whole", func(f *forgery) { f.manifest.Counts.Shrunk = 1 }, "", finding.Counts, "1 shrunk of 0 changed"},
		{"more new jobs than there are", func(f *forgery) { f.manifest.Counts.New++; f.manifest.Counts.Seen++ }, "", finding.Counts, "4 jobs, but 0 of the parent + 5 new"},
		{"format", func(f *forgery) { f.manifest.Format = 0 }, "", finding.Manifest, "invalid format 0"},
		{"a table is gone", func(f *forgery) { f.manifest.Tables = f.manifest.Tables[:8] }, "", finding.Manifest, "has the tables"},
		{"a table of another name", func(f *forgery) { f.manifest.Tables[0].Name = "work" }, "", finding.Manifest, "has the tables work"},
		{"rows of a table", func(f *forgery) { f.unsealed = true; f.manifest.Table("jobs").Rows++ }, "", finding.Counts, "jobs has 5 rows, its files have 4"},
		{"content hash of a table", func(f *forgery) { f.unsealed = true; f.manifest.Table("jobs").ContentHash = "0" }, "", finding.Manifest, "the content hash of jobs"},
		{"files out of order", func(f *forgery) {
			f.unsealed = true
			files := f.manifest.Table("jobs").Files
			files[0], files[1] = files[1], files[0]
		}, "", finding.Manifest, "not in the order of their paths"},
		{"a file twice", func(f *forgery) {
			jobs := f.manifest.Table("jobs")
			jobs.Files = append(jobs.Files, jobs.Files[0])
		}, "", finding.Manifest, "is there twice"},
		{"no file", func(f *forgery) { f.manifest.Table("rejects").Files = nil }, "", finding.Manifest, "rejects has no file"},
		{"a path outside", func(f *forgery) { f.manifest.Table("jobs").Files[0].Path = "../../key" }, "", finding.Manifest, `file "../../key" of jobs`},
		{"a path of no day", func(f *forgery) { f.manifest.Table("jobs").Files[0].Path = "jobs/x.parquet" }, "", finding.Manifest, "the folder of no day"},
		{"a hash that is none", func(f *forgery) { f.manifest.Table("jobs").Files[0].SHA256 = "x" }, "", finding.Manifest, "invalid SHA-256"},
		{"negative rows", func(f *forgery) { f.manifest.Table("jobs").Files[0].Rows = -1 }, "", finding.Manifest, "it has -1 rows"},
		{"statuses of other files", func(f *forgery) { f.manifest.Table("jobs").Files[0].Statuses = []string{"x"} }, "", finding.Manifest, "which only tasks have"},
		{"a small table in buckets", func(f *forgery) { f.manifest.Table("statuses").Files[0].Buckets = 1 }, "", finding.Manifest, "not divided into buckets"},
		{"settled time zone", func(f *forgery) { f.manifest.Settings.TimeZone = "Mars/Olympus" }, "", finding.Settings, "Mars"},
		{"no time zone", func(f *forgery) { f.manifest.Settings.TimeZone = "" }, "", finding.Settings, "invalid time zone"},
		{"another time zone", func(f *forgery) { f.manifest.Settings.TimeZone = "Pacific/Auckland" }, "tasks", finding.Derived, ""},
		{"segmenter", func(f *forgery) { f.manifest.Settings.Segmenter = "slow" }, "", finding.Settings, `invalid segmenter "slow"`},
		{"pii", func(f *forgery) { f.manifest.Settings.PII = "sell" }, "", finding.Settings, `"sell"`},
		{"input of rejects that is to be gone", func(f *forgery) { f.manifest.Settings.PII = "mask" }, "rejects", finding.Rejects, "of 11 bytes are kept, not 0"},
		{"contact keys without a key", func(f *forgery) { f.manifest.Settings.KeyID = "" }, "tasks", finding.ContactKeys, `that of its number is ""`},
		{"derivation", func(f *forgery) { f.manifest.Settings.Derivation = 0 }, "", finding.Settings, "derivation version 0"},
		{"a dictionary that is not there", func(f *forgery) { f.manifest.Settings.Dictionaries = []string{"0.txt"} }, "dict/0.txt", finding.Settings, "is missing"},
		{"a dictionary outside", func(f *forgery) { f.manifest.Settings.Dictionaries = []string{"../key"} }, "", finding.Settings, "invalid dictionary"},
		{"another key", func(f *forgery) { f.manifest.Settings.KeyID = "0" }, "key", finding.Settings, "is not the key"},
		{"a parent that is none", func(f *forgery) { f.manifest.Parent = "../.." }, "", finding.Manifest, "invalid parent"},
		{"a covered interval", func(f *forgery) {
			f.manifest.Covered = map[string]calendar.Coverage{instance: {Calls: []calendar.Interval{{From: time.Unix(9, 0), To: time.Unix(3, 0)}}}}
		}, "", finding.Manifest, "empty interval 1970-01-01 00:00:09"},
		{"covered intervals that touch", func(f *forgery) {
			f.manifest.Covered = map[string]calendar.Coverage{instance: {Groups: []calendar.Interval{{From: time.Unix(1, 0), To: time.Unix(3, 0)}, {From: time.Unix(3, 0), To: time.Unix(4, 0)}}}}
		}, "", finding.Manifest, "is not after"},
		{"doubted days", func(f *forgery) {
			f.manifest.Doubted = map[string][]calendar.Doubt{instance: {{Day: 2}, {Day: 1}}}
		}, "", finding.Manifest, "doubted days are not in order"},
		{"retired instances", func(f *forgery) { f.manifest.Retired = []string{"b", "a"} }, "", finding.Manifest, "not in order"},
		{"pending twice", func(f *forgery) {
			f.manifest.Listed = []schema.Pending{{InstanceID: instance, JobID: "a"}, {InstanceID: instance, JobID: "a"}}
		}, "", finding.Manifest, "pending twice"},
		{"starts of runs", func(f *forgery) { f.manifest.Undated = []int64{2, 1} }, "", finding.Manifest, "not in order"},
		{"published at another time", func(f *forgery) { f.manifest.Published = f.manifest.Published.Add(time.Hour); f.keepTime = true }, "", finding.Manifest, "named for another time"},
		{"hash of the views", func(f *forgery) { f.manifest.ViewsSHA256 = "0" }, "views.sql", finding.Bytes, "the manifest says 0"},
		{"a view is gone", changeViews(func(sql string) string {
			return sql[:strings.LastIndex(sql, "CREATE OR REPLACE VIEW rejects")]
		}), "views.sql", finding.Views, "has the views"},
		{"a view reads other files", changeViews(func(sql string) string {
			return strings.Replace(sql, "turns/*/*.parquet", "tasks/*/*.parquet", 1)
		}), "views.sql", finding.Views, "wrong for"},
	}
	original := newDataset(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := copyOf(t, original)
			forge(t, dir, tt.forge)
			file := tt.file
			if table := readManifest(t, dir).Table(file); table != nil {
				file = table.Files[0].Path
			} else if file == "" {
				file = "manifest.json"
			}
			want(t, inspect(t, dir, options(dir)), file, tt.check, tt.detail)
		})
	}
}

func changeViews(change func(string) string) func(*forgery) {
	return func(f *forgery) {
		path := filepath.Join(f.snapshot, "views.sql")
		text, err := os.ReadFile(path)
		check(f.t, err)
		changed := change(string(text))
		check(f.t, os.WriteFile(path, []byte(changed), 0o600))
		f.manifest.ViewsSHA256 = hashOf([]byte(changed))
	}
}
