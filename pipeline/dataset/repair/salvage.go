package repair

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// Appender takes what a snapshot is published of, as a run's does.
type Appender interface {
	Job(*schema.Raw, int64, *schema.Job) error
	Facts(*schema.Raw, *schema.TaskFacts) error
	Group(*schema.Raw, *schema.JobGroupRow) error
	Reject(*schema.Raw, *schema.Reject) error
	Expected(*schema.Raw, *schema.Expected) error
}

// Job names a job that was in a damaged file.
type Job struct{ InstanceID, JobID string }

func compareJobs(a, b Job) int {
	return cmp.Or(strings.Compare(a.InstanceID, b.InstanceID), strings.Compare(a.JobID, b.JobID))
}

// Salvage is the snapshot that takes the place of one with files that could not be
// made again.
type Salvage struct {
	Snapshot string
	Jobs     int64 // in the day tables' files that were given up
	Kept     int64 // of them, with the content they had
	Others   int64 // of them, with that of another version
	Lost     []Job // of them, that are known by id; in order
	// WithoutFacts of those that are there have a call without SearchTask's columns,
	// and the file that may have had them is damaged.
	WithoutFacts int64
	// Rejects and Groups are how many rejects and campaigns were lost.
	Rejects, Groups int64
	Pending         bool // what was pending was lost
}

// salvage publishes a snapshot without the files that are missing, of whose shards
// the jobs that can be had are written again.
func (r *repairer) salvage(ctx context.Context) (*Salvage, error) {
	s := &salvager{repairer: r, result: &Salvage{}, wanted: map[schema.Key]Job{}, known: map[string]bool{}, days: map[shard.Shard]bool{}}
	gone := map[string]bool{}
	for _, f := range r.missing() {
		gone[f.Path] = true
	}
	s.shards = r.damagedShards()
	for _, p := range s.shards {
		for _, path := range p.Paths {
			gone[r.inside(path)] = path != ""
		}
	}
	count := func(table string) (rows int64) {
		for _, f := range r.m.Table(table).Files {
			if gone[f.Path] {
				rows += f.Rows
			}
		}
		return rows
	}
	s.result.Rejects, s.result.Groups = count(schema.TableRejects), count(schema.TableJobGroups)
	s.result.Pending = gone[r.m.Pending.Path]
	s.result.Jobs = r.d.GiveUp(func(_ string, f dataset.File) bool { return gone[f.Path] })
	var err error
	s.result.Snapshot, err = r.o.Publish(ctx, s.result.Jobs, func(a Appender) error { return s.add(ctx, a) })
	return s.result, err
}

// inside returns the path of a file in the latest snapshot as the manifest has it; ""
// for none.
func (r *repairer) inside(path string) string {
	if path == "" {
		return ""
	}
	inside, err := filepath.Rel(r.d.Path(dataset.SnapshotsDir, r.name), path)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(inside)
}

// salvager adds to a new snapshot what can be had of files that were given up.
type salvager struct {
	*repairer
	result *Salvage
	shards []*shard.Published

	appender Appender
	wanted   map[schema.Key]Job   // jobs of which another version is looked for
	known    map[string]bool      // tasks of them of which SearchTask's columns are known
	days     map[shard.Shard]bool // of which all jobs are
	number   int64                // of the last job
}

func (s *salvager) add(ctx context.Context, a Appender) error {
	s.appender = a
	for _, p := range s.shards {
		whole := s.readable(p)
		s.days[p.Shard] = whole.Paths[shard.Jobs] == ""
		err := s.sift(ctx, p, func(job *schema.Job) error {
			s.result.Kept++
			if whole.Paths[shard.Tasks] == "" && s.lacksFacts(job) {
				s.result.WithoutFacts++
			}
			return s.addJob(job)
		}, func(key schema.Key, j Job) { s.wanted[key] = j })
		if err == nil {
			err = s.addFacts(whole.Paths[shard.Tasks])
		}
		if err != nil {
			return err
		}
	}
	if err := s.addOthers(ctx); err != nil {
		return err
	}
	for _, j := range s.wanted {
		s.result.Lost = append(s.result.Lost, j)
		e := schema.Expected{InstanceID: j.InstanceID, JobID: j.JobID, ObservedAt: s.d.Now().UnixMilli(), Trouble: schema.PendingMissing}
		if err := a.Expected(s.raw(), &e); err != nil {
			return err
		}
	}
	slices.SortFunc(s.result.Lost, compareJobs)
	if err := s.addOpen(); err != nil {
		return err
	}
	return s.addSmall()
}

// openColumns are the columns of jobs that tell whether one is asked for again.
type openColumns struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
	IsFinal    bool   `parquet:"is_final"`
	LastCall   int64  `parquet:"last_call_time,optional,timestamp(millisecond)"`
}

// addOpen adds that jobs are asked for again which are not final, or were called in the
// days before: what was pending of them is lost, where its file is.
func (s *salvager) addOpen() error {
	if !s.result.Pending {
		return nil
	}
	recent := s.d.Now().Add(-recently).UnixMilli()
	for row, err := range tables.Rows[openColumns](s.d, schema.TableJobs) {
		if err != nil {
			return err
		}
		e := schema.Expected{InstanceID: row.InstanceID, JobID: row.JobID, ObservedAt: s.d.Now().UnixMilli(), Trouble: schema.PendingNotFinal}
		if row.IsFinal {
			if row.LastCall < recent {
				continue
			}
			e.Trouble = schema.PendingSettling
		}
		if err := s.appender.Expected(s.raw(), &e); err != nil {
			return err
		}
	}
	return nil
}

// recently is how long after its last call a job is asked for again where what was
// pending is lost.
const recently = 3 * 24 * time.Hour

// lacksFacts reports whether a call of a job has no columns of SearchTask.
func (s *salvager) lacksFacts(job *schema.Job) bool { return lacksFacts(job, s.known) }

func lacksFacts(job *schema.Job, known map[string]bool) bool {
	return slices.ContainsFunc(job.Tasks, func(t schema.Task) bool { return t.Facts.IsZero() && t.ActualTime != 0 && !known[t.TaskID] })
}

// raw is where a job or another item is from.
func (s *salvager) raw() *schema.Raw {
	s.number++
	return &schema.Raw{Origin: "repair", Sequence: s.number}
}

func (s *salvager) addJob(job *schema.Job) error {
	job.Undated = s.d.Undated(job.ObservedAt)
	return s.appender.Job(s.raw(), 0, job)
}

// addFacts adds what SearchTask said of the calls of jobs that are wanted, as a whole
// file of tasks has it.
func (s *salvager) addFacts(path string) error {
	if path == "" || len(s.wanted) == 0 {
		return nil
	}
	for row, err := range parquetio.All[schema.TaskRow](path) {
		if err != nil {
			return err
		}
		if _, ok := s.wanted[schema.JobKey(nil, row.InstanceID, row.JobID)]; !ok {
			continue
		}
		one := schema.Rows{Job: schema.JobRow{InstanceID: row.InstanceID, JobID: row.JobID}, Tasks: []schema.TaskRow{*row}}
		facts := s.o.Job(&one).Tasks[0].Facts
		if facts.IsZero() {
			continue
		}
		s.known[row.TaskID] = true
		said := schema.TaskFacts{InstanceID: row.InstanceID, JobID: row.JobID, TaskID: row.TaskID, Facts: facts}
		if err := s.appender.Facts(s.raw(), &said); err != nil {
			return err
		}
	}
	return nil
}

// damagedShards lists the shards of which files are missing.
func (r *repairer) damagedShards() []*shard.Published {
	missing := map[string]bool{}
	for _, f := range r.missing() {
		missing[f.Path] = true
	}
	return slices.DeleteFunc(shard.List(r.d), func(p *shard.Published) bool {
		return !slices.ContainsFunc(p.Paths, func(path string) bool { return missing[r.inside(path)] })
	})
}

// incomplete returns the jobs of damaged shards that cannot be had with the content
// they had, or with what SearchTask said of their calls.
func (r *repairer) incomplete(ctx context.Context) ([]Job, error) {
	jobs := map[schema.Key]Job{}
	for _, p := range r.damagedShards() {
		tasks := r.readable(p).Paths[shard.Tasks]
		err := r.sift(ctx, p, func(job *schema.Job) error {
			if tasks == "" && lacksFacts(job, nil) {
				jobs[schema.JobKey(nil, job.InstanceID, job.JobID)] = Job{job.InstanceID, job.JobID}
			}
			return nil
		}, func(key schema.Key, j Job) { jobs[key] = j })
		if err != nil {
			return nil, err
		}
	}
	return slices.SortedFunc(maps.Values(jobs), compareJobs), nil
}

// sift yields the jobs of a shard: those that can be had with the content they had,
// and what is known of the others. Where the table jobs is damaged these are the ones
// that the other tables name, several times.
func (r *repairer) sift(ctx context.Context, p *shard.Published, had func(*schema.Job) error, lacks func(schema.Key, Job)) error {
	whole := r.readable(p)
	if whole.Paths[shard.Jobs] == "" {
		return named(whole, lacks)
	}
	again, err := r.openAgain(whole.Shard)
	if err != nil {
		return err
	}
	defer again.Close()
	old, err := shard.Open([]*shard.Published{whole}, whole.Shard)
	if err != nil {
		return err
	}
	defer old.Close()
	for {
		rows, key, err := old.Next()
		if err != nil || rows == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		job := r.o.Job(rows)
		if hash, _ := job.ContentHash(nil); hash.String() != rows.Job.ContentHash {
			job, err = r.lookUp(again, rows, key, job, whole.Paths[shard.Tasks] != "")
		}
		switch {
		case errors.Is(err, errIncomplete):
			lacks(key, Job{rows.Job.InstanceID, rows.Job.JobID})
		case err != nil:
			return err
		default:
			if err := had(job); err != nil {
				return err
			}
		}
	}
}

// readable returns a shard with the files that can be read, or can be read in part:
// the content hash of a job covers all that is read of those.
func (r *repairer) readable(p *shard.Published) *shard.Published {
	whole := *p
	whole.Paths = slices.Clone(p.Paths)
	for table, path := range p.Paths {
		file := r.inside(path)
		found, isDamaged := r.found[file], slices.ContainsFunc(r.damaged, func(f dataset.File) bool { return f.Path == file })
		switch {
		case path == "" || !isDamaged:
		case found.from != "":
			whole.Paths[table] = found.path
		case table == shard.Jobs || table == shard.Tasks:
			whole.Paths[table] = "" // instants and SearchTask's columns are not covered
		default:
			whole.Torn[table] = true
			whole.Said = whole.Said || table == shard.Turns
		}
	}
	return &whole
}

// idColumns are the columns of every day table that name the job.
type idColumns struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
}

// named yields the jobs of a shard that its whole tables name.
func named(whole *shard.Published, yield func(schema.Key, Job)) error {
	for table, path := range whole.Paths {
		if path == "" || whole.Torn[table] {
			continue
		}
		for row, err := range parquetio.All[idColumns](path) {
			if err != nil {
				return err
			}
			yield(schema.JobKey(nil, row.InstanceID, row.JobID), Job{row.InstanceID, row.JobID})
		}
	}
	return nil
}

// addOthers adds the versions that raw/ and the API have of jobs that are wanted.
func (s *salvager) addOthers(ctx context.Context) error {
	if s.again == nil || s.again.Manifest() == nil || len(s.wanted)+len(s.days) == 0 {
		return nil
	}
	for _, p := range shard.List(s.again) {
		reader, err := shard.Open([]*shard.Published{p}, p.Shard)
		if err != nil {
			return err
		}
		err = s.addFrom(ctx, p, reader)
		if err = errors.Join(err, reader.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (s *salvager) addFrom(ctx context.Context, p *shard.Published, reader *shard.Reader) error {
	for {
		rows, key, err := reader.Next()
		if err != nil || rows == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if _, ok := s.wanted[key]; !ok && !s.isOf(p.Day, key) {
			continue
		}
		delete(s.wanted, key)
		s.result.Others++
		job := s.o.Job(rows)
		if s.lacksFacts(job) {
			s.result.WithoutFacts++
		}
		if err := s.addJob(job); err != nil {
			return err
		}
	}
}

// isOf reports whether a job of a day is in a shard of which all jobs are wanted.
func (s *salvager) isOf(day int32, key schema.Key) bool {
	for of, all := range s.days {
		if all && of.Day == day && of.Holds(key) {
			return true
		}
	}
	return false
}

// addSmall adds campaigns and rejects that raw/ has, where those of the snapshot are
// given up.
func (s *salvager) addSmall() error {
	if s.again == nil || s.again.Manifest() == nil {
		return nil
	}
	if s.result.Groups > 0 {
		for row, err := range tables.Rows[schema.JobGroupRow](s.again, schema.TableJobGroups) {
			if err == nil {
				err = s.appender.Group(s.raw(), row)
			}
			if err != nil {
				return err
			}
			s.result.Groups--
		}
	}
	if s.result.Rejects == 0 {
		return nil
	}
	for row, err := range tables.Rejects(s.again) {
		if err != nil {
			return err
		}
		reject := schema.Reject{
			InstanceID: row.InstanceID, JobID: row.JobID, Origin: row.Origin, Position: row.Position,
			Code: row.Code, Reason: row.Reason, Raw: row.Raw, ObservedAt: row.FirstSeen, Undated: s.again.Undated(row.FirstSeen),
		}
		if row.RawBytes > int64(len(row.Raw)) {
			reject.RawBytes, reject.RawSHA256 = row.RawBytes, row.RawSHA256
		}
		if err := s.appender.Reject(s.raw(), &reject); err != nil {
			return err
		}
		s.result.Rejects--
	}
	return nil
}
