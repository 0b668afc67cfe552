package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"callmill/cmd/callmill/internal/stdin"
	"callmill/cmd/internal/exit"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/dataset/shuffle/tombstones"
	"callmill/pipeline/redact"
	"callmill/pipeline/trace"
	"callmill/pipeline/worker"
	"callmill/schema"
)

// limits are what the file of --erased says; nil without it.
func (o *options) limits() (*tombstones.Limits, error) {
	if o.erased == "" {
		return nil, nil
	}
	key, err := o.secret()
	if err != nil {
		return nil, err
	}
	file, err := os.Open(o.erased)
	if err != nil {
		return nil, exit.Usagef("--erased: %w", err)
	}
	defer file.Close()
	list, err := tombstones.Read(tombstones.NewDigests(key), file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", o.erased, err)
	}
	loaded, err := o.settings.Adopt(dataset.Nothing(""))
	if err != nil {
		return nil, err
	}
	return &tombstones.Limits{List: list, Key: redact.New(redact.Options{Key: key}).Key, Zone: loaded.Location}, nil
}

// erasing marks jobs that were erased while their numbers are readable.
type erasing struct {
	pipeline.Redactor
	limits *tombstones.Limits
}

// Job implements [pipeline.Redactor].
func (e erasing) Job(job *schema.Job) {
	if job.Erased, _ = e.limits.Erased(job); !job.Erased {
		e.Redactor.Job(job)
	}
}

// searching returns the limits of a search, and begins it.
func (o *options) searching() (*tombstones.Limits, error) {
	if err := o.checkStreams(); err != nil {
		return nil, err
	}
	limits, err := o.limits()
	if err == nil && limits == nil {
		err = exit.Usagef("--erased is missing")
	}
	if limits != nil {
		limits.Met = map[string]bool{}
	}
	o.limitMemory(0, 0)
	return limits, err
}

// match makes records of the keys whose states have somebody who was erased.
func (o *options) match(ctx context.Context) error {
	limits, err := o.searching()
	if err != nil {
		return err
	}
	report := struct {
		Stage   string `json:"stage"`
		Records int64  `json:"records"`
		Found   int64  `json:"found"`
		// Met are the digests of the tombstones that covered something.
		Met []string `json:"met"`
	}{Stage: "match"}
	var decoder jobcode.Decoder
	return worker.Match(ctx, stdin.Until(ctx, o.Stdin), o.Stdout, func(key, record []byte, emit worker.Emit) error {
		report.Records++
		found, err := shuffle.Search(record, limits, &decoder)
		if err != nil || !found {
			return err
		}
		if len(key) != len(schema.Key{}) {
			return fmt.Errorf("the key of a state has %d bytes, want %d", len(key), len(schema.Key{}))
		}
		report.Found++
		return shuffle.NewAppender(emit).Found(schema.Key(key))
	}, func() ([]byte, error) {
		report.Met = slices.Sorted(maps.Keys(limits.Met))
		return json.Marshal(&report)
	})
}

// search makes records of rejects that name somebody who was erased.
func (o *options) search(ctx context.Context) error {
	limits, err := o.searching()
	if err != nil {
		return err
	}
	report := struct {
		Stage    string `json:"stage"`
		Searched int64  `json:"searched"`
		Found    int64  `json:"found"`
		// Met are the digests of the tombstones that covered something.
		Met []string `json:"met"`
	}{Stage: "search"}
	return worker.Search(ctx, stdin.Until(ctx, o.Stdin), o.Stdout, func(r *worker.Rejected, emit worker.Emit) error {
		report.Searched++
		if !limits.ErasedID(r.InstanceID, r.JobID) && !limits.Mentions(r.Raw, r.FirstSeen) && !limits.Mentions([]byte(r.Reason), r.FirstSeen) {
			return nil
		}
		report.Found++
		row := schema.RejectRow{InstanceID: r.InstanceID, RejectID: r.RejectID, JobID: r.JobID}
		return shuffle.NewAppender(emit).FoundReject(&row)
	}, func() ([]byte, error) {
		report.Met = slices.Sorted(maps.Keys(limits.Met))
		return json.Marshal(&report)
	})
}

// whom is who is to be erased, as the engine asks.
type whom struct {
	Phones     []string `json:"phones"`
	References []string `json:"references"`
	Jobs       []struct {
		Instance string `json:"instance"` // "": of any instance
		Job      string `json:"job"`
	} `json:"jobs"`
	Before string `json:"before"` // a day; "": none
	Until  string `json:"until"`  // the day of the request
}

// kept is what a lake keeps of them.
type kept struct {
	Tombstones []tombstones.Tombstone `json:"tombstones"`
	// ContactKeys are those of the numbers, to find the rows of the tables.
	ContactKeys []string `json:"contact_keys"`
}

// tombstones prints the tombstones of those who are to be erased.
func (o *options) tombstones(ctx context.Context) error {
	key, err := o.secret()
	if err != nil {
		return err
	}
	var asked whom
	if err := json.NewDecoder(stdin.Until(ctx, o.Stdin)).Decode(&asked); err != nil {
		return exit.Usagef("read whom to erase from standard input: want a JSON object: %w", err)
	}
	for _, day := range []string{asked.Before, asked.Until} {
		if err := tombstones.CheckDay(day); day != "" && err != nil {
			return exit.AsUsage(err)
		}
	}
	if asked.Until == "" && len(asked.Phones)+len(asked.References) > 0 {
		return exit.Usagef("the day of the request is missing")
	}
	digests, redactor := tombstones.NewDigests(key), redact.New(redact.Options{Key: key})
	made := kept{Tombstones: []tombstones.Tombstone{}, ContactKeys: []string{}}
	add := func(kind, until string, values ...string) {
		made.Tombstones = append(made.Tombstones, tombstones.Tombstone{Kind: kind, Digest: digests.Digest(kind, values...), Until: until})
	}
	for _, number := range asked.Phones {
		contactKey := redactor.Key(trace.Plain(number))
		if contactKey == "" {
			return exit.Usagef("invalid phone number: it has no digit other than 0")
		}
		made.ContactKeys = append(made.ContactKeys, contactKey)
		add(tombstones.Number, asked.Until, contactKey)
	}
	loaded, err := o.settings.Adopt(dataset.Nothing(""))
	if err != nil {
		return err
	}
	hashed := redact.New(redact.Options{Key: key, Mode: redact.Hash})
	for _, id := range asked.References {
		add(tombstones.Reference, asked.Until, id)
		if loaded.Settings.PII == redact.Hash { // as rows have it
			job := schema.Job{ReferenceID: id}
			hashed.Job(&job)
			add(tombstones.Reference, asked.Until, job.ReferenceID)
		}
	}
	for _, j := range asked.Jobs {
		if j.Instance == "" {
			add(tombstones.AnyJob, "", j.Job)
		} else {
			add(tombstones.Job, "", j.Instance, j.Job)
		}
	}
	if asked.Before != "" {
		made.Tombstones = append(made.Tombstones, tombstones.Tombstone{Kind: tombstones.Before, Until: asked.Before})
	}
	encoder := json.NewEncoder(o.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(&made)
}
