package verify_test

import (
	"path"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// Jobs in the wrong file behind right hashes.
func TestWrongShards(t *testing.T) {
	// file returns an entry of the manifest after the forgery.
	type file func(*dataset.Manifest) dataset.File
	first := func(table string) file {
		return func(m *dataset.Manifest) dataset.File { return m.Table(table).Files[0] }
	}
	last := func(table string) file {
		return func(m *dataset.Manifest) dataset.File {
			files := m.Table(table).Files
			return files[len(files)-1]
		}
	}
	tests := []struct {
		name   string
		forge  func(*forgery)
		blamed file // nil: the manifest
		check  string
		detail string
	}{
		{"a day lies under another", func(f *forgery) {
			for _, table := range []string{"jobs", "tasks", "turns", "contacts", "extras", "summaries"} {
				f.moveDay(table, "job_date=2026-01-20", "job_date=2026-01-19")
			}
		}, first("jobs"), finding.Shards, "belongs under job_date=2026-01-20, not 2026-01-19"},
		{"jobs without a call under a day", func(f *forgery) {
			for _, table := range []string{"jobs", "extras"} {
				f.moveDay(table, "job_date=2100-01-01", "job_date=2026-01-27")
			}
		}, last("jobs"), finding.Shards, "belongs under job_date=2100-01-01, not 2026-01-27"},
		{"one table under another day", func(f *forgery) {
			f.moveDay("turns", "job_date=2026-01-22", "job_date=2026-01-23")
		}, last("turns"), finding.References, "of which jobs has no file"},
		{"more buckets than rows need", func(f *forgery) {
			f.eachOf("job_date=2026-01-22", func(e *dataset.File) { e.Buckets, e.Bucket = 2, keyOf("d").Bucket(2) })
		}, second("jobs"), finding.Shards, "is divided into 2 buckets, but 4 rows need 1"},
		{"the wrong bucket", func(f *forgery) {
			f.eachOf("job_date=2026-01-22", func(e *dataset.File) { e.Buckets, e.Bucket = 2, 1-keyOf("d").Bucket(2) })
		}, second("jobs"), finding.Shards, "belongs in bucket"},
		{"a bucket that is none", func(f *forgery) {
			f.eachOf("job_date=2026-01-22", func(e *dataset.File) { e.Bucket = 1 })
		}, second("jobs"), finding.Shards, "want one of a power of two"},
		{"no buckets", func(f *forgery) {
			f.eachOf("job_date=2026-01-22", func(e *dataset.File) { e.Buckets = 0 })
		}, second("jobs"), finding.Shards, "want one of a power of two"},
		{"tables cut differently", func(f *forgery) {
			f.manifest.Table("turns").Files[1].Buckets = 2
		}, second("turns"), finding.Shards, "into 2 buckets here and into 1"},
		{"two files of a shard", func(f *forgery) {
			// The same rows under the same day, in a file of their own.
			edit(f, "turns", 1, func(r []schema.TurnRow) []schema.TurnRow { r[0].Chars++; return r })
			f.moveDay("turns", "job_date=2026-01-22", "job_date=2026-01-20")
		}, second("turns"), finding.Shards, "holds the same shard as"},
		{"a job under two days", func(f *forgery) {
			edit(f, "jobs", 1, func([]schema.JobRow) []schema.JobRow {
				return []schema.JobRow{{InstanceID: instance, JobID: "a"}}
			})
		}, second("jobs"), finding.Keys, "job a of sales is also in jobs/job_date=2026-01-20/"},
		{"a file without rows beside others", func(f *forgery) {
			jobs := f.manifest.Table("jobs")
			jobs.Files = append(jobs.Files, jobs.Files[0])
			edit(f, "jobs", len(jobs.Files)-1, func([]schema.JobRow) []schema.JobRow { return nil })
		}, nil, finding.Manifest, "without rows"},
		{"a table without rows under a day", func(f *forgery) {
			edit(f, "contacts", 0, func([]schema.ContactRow) []schema.ContactRow { return nil })
		}, nil, finding.Manifest, "without rows it must be in job_date=2100-01-01"},
		{"two files of a small table", func(f *forgery) {
			rejects := f.manifest.Table("rejects")
			rejects.Files = append(rejects.Files, rejects.Files[0])
			edit(f, "rejects", 1, func(r []schema.RejectRow) []schema.RejectRow { return r[:1] })
		}, nil, finding.Manifest, "rejects has 2 files, not one"},
	}
	original := newDataset(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := copyOf(t, original)
			forge(t, dir, tt.forge)
			blamed := "manifest.json"
			if tt.blamed != nil {
				blamed = tt.blamed(readManifest(t, dir)).Path
			}
			want(t, inspect(t, dir, options(dir)), blamed, tt.check, tt.detail)
		})
	}
}

func second(table string) func(*dataset.Manifest) dataset.File {
	return func(m *dataset.Manifest) dataset.File { return m.Table(table).Files[1] }
}

func keyOf(job string) schema.Key { return schema.JobKey(nil, instance, job) }

// moveDay moves a table's files from one day to another.
func (f *forgery) moveDay(table, from, to string) {
	f.t.Helper()
	files := f.manifest.Table(table).Files
	moved := 0
	for i := range files {
		if path.Dir(files[i].Path) == path.Join(table, from) {
			f.relocate(&files[i], path.Join(table, to))
			moved++
		}
	}
	if moved == 0 {
		f.t.Fatalf("%s has nothing in %s", table, from)
	}
}

// eachOf changes the entries of all files of a day.
func (f *forgery) eachOf(day string, change func(*dataset.File)) {
	for _, t := range f.manifest.Tables {
		for i := range t.Files {
			if path.Base(path.Dir(t.Files[i].Path)) == day {
				change(&t.Files[i])
			}
		}
	}
}
