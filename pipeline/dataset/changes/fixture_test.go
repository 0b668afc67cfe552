package changes_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/changes"
	"callmill/pipeline/dataset/jobsort"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

// jobKey names a job.
type jobKey struct{ instance, job string }

// world is what a snapshot holds: the rows of its jobs.
type world map[jobKey]*schema.Rows

// folder is a dataset whose snapshots are written by the test, which chooses what
// callmill derives: the days of jobs, and the number of a day's buckets.
type folder struct {
	t       testing.TB
	dir     string
	clock   time.Time
	writers []shard.TableWriter // one for each table: to make one takes longer than to write with it
}

func newFolder(t testing.TB) *folder {
	f := &folder{t: t, dir: filepath.Join(t.TempDir(), "data"), clock: time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)}
	for _, table := range shard.Tables() {
		w, err := table.Writer(&parquetio.Compressor{})
		f.check(err)
		f.writers = append(f.writers, w)
	}
	return f
}

// publish writes a snapshot. edit may change its manifest before it is named.
func (f *folder) publish(w world, buckets func(day int32) int, edit func(*dataset.Manifest)) (name string) {
	f.t.Helper()
	build := filepath.Join(f.dir, "build")
	m := &dataset.Manifest{Format: dataset.FormatVersion}
	days := map[int32][]*schema.Rows{}
	for _, rows := range w {
		days[rows.JobDate] = append(days[rows.JobDate], rows)
	}
	for table, name := range schema.TableNames() {
		m.Tables = append(m.Tables, dataset.Table{Name: name})
		if table >= len(f.writers) {
			continue
		}
		for day, all := range days {
			for bucket := range buckets(day) {
				if file, ok := f.write(build, table, name, shard.Shard{Day: day, Bucket: bucket, Buckets: buckets(day)}, all); ok {
					m.Tables[table].Files = append(m.Tables[table].Files, file)
				}
			}
		}
	}
	m.Seal()
	f.clock = f.clock.Add(time.Second)
	m.Published = f.clock
	if edit != nil {
		edit(m)
	}
	text, hash, err := m.Encode()
	f.check(err)
	f.check(os.MkdirAll(build, 0o700))
	f.check(os.WriteFile(filepath.Join(build, dataset.ManifestFile), text, 0o600))
	name = dataset.NameSnapshot(f.clock, hash)
	f.check(os.MkdirAll(filepath.Join(f.dir, dataset.SnapshotsDir), 0o700))
	f.check(os.Rename(build, filepath.Join(f.dir, dataset.SnapshotsDir, name)))
	return name
}

// write writes a file of a table; ok is false where the shard has no row of it.
func (f *folder) write(build string, table int, name string, s shard.Shard, all []*schema.Rows) (file dataset.File, ok bool) {
	f.t.Helper()
	all = slices.DeleteFunc(slices.Clone(all), func(r *schema.Rows) bool {
		return !s.Holds(schema.JobKey(nil, r.Job.InstanceID, r.Job.JobID))
	})
	slices.SortFunc(all, func(a, b *schema.Rows) int {
		return jobsort.CompareJobs(a.Job.FirstCallTime, a.Job.JobID, a.Job.InstanceID, b.Job.FirstCallTime, b.Job.JobID, b.Job.InstanceID)
	})
	w := f.writers[table]
	var out bytes.Buffer
	w.Reset(&out)
	var batch shard.Batch
	for _, rows := range all {
		batch.Add(rows)
	}
	f.check(w.Write(&batch))
	f.check(w.Close())
	if w.Rows() == 0 {
		return file, false
	}
	sum := sha256.Sum256(out.Bytes())
	hash := hex.EncodeToString(sum[:])
	file = dataset.File{
		Path: dataset.FilePath(path.Join(name, dataset.DateDir(s.Day)), hash), Rows: w.Rows(), Bytes: int64(out.Len()),
		SHA256: hash, Bucket: s.Bucket, Buckets: s.Buckets,
	}
	to := filepath.Join(build, filepath.FromSlash(file.Path))
	f.check(os.MkdirAll(filepath.Dir(to), 0o700))
	f.check(os.WriteFile(to, out.Bytes(), 0o600))
	return file, true
}

func (f *folder) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// at opens a snapshot.
func (f *folder) at(name string) *dataset.Dataset {
	f.t.Helper()
	d, err := dataset.Nothing(f.dir).At(name)
	f.check(err)
	return d
}

// between lists what changed between two snapshots, in the order it came.
func (f *folder) between(since, to string, o changes.Options) []changes.Change {
	f.t.Helper()
	list, err := f.tryBetween(f.at(since), f.at(to), o)
	f.check(err)
	return list
}

func (f *folder) tryBetween(since, to *dataset.Dataset, o changes.Options) (list []changes.Change, err error) {
	found, err := changes.Between(f.t.Context(), since, to, o)
	if err != nil {
		return nil, err
	}
	for change, err := range found.All() {
		if err != nil {
			return nil, err
		}
		list = append(list, change)
	}
	return list, found.Close()
}

func oneBucket(int32) int { return 1 }

// sample is a job with a row in every table.
func sample(instance, id string, day int32, text string) *schema.Rows {
	at := int64(day)*86_400_000 + 1
	return &schema.Rows{
		JobDate:   day,
		Job:       schema.JobRow{InstanceID: instance, JobID: id, FirstCallTime: at, JobStatus: text},
		Tasks:     []schema.TaskRow{{InstanceID: instance, JobID: id, TaskID: id + "-t", Brief: text}},
		Turns:     []schema.TurnRow{{InstanceID: instance, JobID: id, TaskID: id + "-t", Script: text, Tokens: []string{text}}},
		Contacts:  []schema.ContactRow{{InstanceID: instance, JobID: id, ContactName: text}},
		Extras:    []schema.ExtraRow{{InstanceID: instance, JobID: id, Value: text}},
		Summaries: []schema.SummaryRow{{InstanceID: instance, JobID: id, Content: text}},
	}
}

// worldOf is a world of jobs.
func worldOf(jobs ...*schema.Rows) world {
	w := world{}
	for _, r := range jobs {
		w[jobKey{r.Job.InstanceID, r.Job.JobID}] = r
	}
	return w
}
