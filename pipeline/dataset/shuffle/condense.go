package shuffle

import (
	"cmp"
	"crypto/sha256"

	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// A key may have any number of records: a job that is in every answer of a script that
// asks once a minute, a page of a proxy that was saved instead of thousands of answers.
// What most of them say again is large, and what is decided depends on it once.

// Condense returns records of a key, as many and in the same order, of which those are
// shorter that say what another one says as well. Reduced with any others, they give the
// same. It may be called again with what it returned, and aliases what it is given. Records
// that are damaged stay as they are.
func Condense(records [][]byte) [][]byte {
	c := condenser{jobs: map[contentID]bool{}, whole: map[int]bool{}}
	c.findWhole(records)
	condensed := make([][]byte, len(records))
	for i, record := range records {
		if condensed[i] = record; !c.whole[i] {
			condensed[i] = c.shorter(record)
		}
	}
	return condensed
}

// condenser knows what the records of a key say.
type condenser struct {
	decoder jobcode.Decoder
	jobs    map[contentID]bool // of versions that come before
	whole   map[int]bool       // places of rejects that stay as they are
}

// findWhole finds the first sighting of each reject: its input is the one that is kept.
func (c *condenser) findWhole(records [][]byte) {
	first, at := map[RejectID]*Reject{}, map[RejectID]int{}
	for i, record := range records {
		r := rejectOf(record)
		if r == nil {
			continue
		}
		id := RejectID{r.Row.InstanceID, r.Row.RejectID}
		if before := first[id]; before == nil || r.compare(before) < 0 {
			first[id], at[id] = r, i
		}
	}
	for _, i := range at {
		c.whole[i] = true
	}
}

func (c *condenser) shorter(record []byte) []byte {
	if r := rejectOf(record); r != nil {
		r.Row.Raw = nil
		return encoded(KindReject, r.code)
	}
	var of Records
	if len(record) == 0 || Kind(record[0]) != KindVersion || of.Add(record) != nil {
		return record
	}
	v := &of.Versions[0]
	job, err := v.Job(&c.decoder)
	if err != nil {
		return record
	}
	id := contentOf(job)
	if !c.jobs[id] {
		c.jobs[id] = true
		return record
	}
	v.again = &again{id, job.RequestID, job.Undated}
	return encoded(KindRepeated, v.codeRepeated)
}

func rejectOf(record []byte) *Reject {
	var of Records
	if len(record) == 0 || Kind(record[0]) != KindReject || of.Add(record) != nil {
		return nil
	}
	return &of.Rejects[0]
}

func encoded(kind Kind, code func(*spill.Codec)) []byte {
	c := spill.Encoder([]byte{byte(kind)})
	code(&c)
	return c.Bytes()
}

// contentID identifies all that is encoded of a version but what each sighting has of
// its own.
type contentID [sha256.Size]byte

func contentOf(job *schema.Job) contentID {
	content := *job
	content.ObservedAt, content.RequestID, content.Undated = 0, "", false
	return sha256.Sum256(new(jobcode.Encoder).Append(nil, &content))
}

// again is what a sighting of a version has of its own, where another record has the
// rest.
type again struct {
	content contentID
	request string
	undated bool
}

func (v *Version) codeRepeated(c *spill.Codec) {
	if v.again == nil {
		v.again = &again{}
	}
	v.code(c)
	c.Fixed(v.again.content[:])
	c.Text(&v.again.request)
	c.Bool(&v.again.undated)
}

// repeated decodes a version of which another record has the job.
func (k *change) repeated(v *Version) (*schema.Job, error) {
	if k.contents == nil {
		k.contents = map[contentID]*Version{}
		for i := range k.records.Versions {
			of := &k.records.Versions[i]
			if of.again != nil {
				continue
			}
			job, err := of.Job(&k.reducer.new)
			if err != nil {
				return nil, err
			}
			k.contents[contentOf(job)] = of
		}
	}
	of := k.contents[v.again.content]
	if of == nil {
		return nil, spill.ErrDamaged
	}
	job, err := of.Job(&k.reducer.new)
	if err != nil {
		return nil, err
	}
	job.ObservedAt, job.RequestID, job.Undated, job.Asked = v.ObservedAt, v.again.request, v.again.undated, v.Asked
	return job, nil
}

// compare is the order of the sightings of a reject. What is said of it is what the first
// one says: of two at one moment, one that has its input.
func (r *Reject) compare(b *Reject) int {
	return cmp.Or(r.moment().Compare(b.moment()), cmp.Compare(r.Row.Origin, b.Row.Origin), cmp.Compare(len(b.Row.Raw), len(r.Row.Raw)))
}
