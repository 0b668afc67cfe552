package shard

import "callmill/schema"

// Batch holds the rows of several jobs, table by table: tables are written column by
// column, and the more rows at a time, the faster. The zero value is ready. Not safe
// for concurrent use; several goroutines may write different tables of one.
type Batch struct {
	jobs      []schema.JobRow
	tasks     []schema.TaskRow
	turns     []schema.TurnRow
	contacts  []schema.ContactRow
	extras    []schema.ExtraRow
	summaries []schema.SummaryRow
	texts     int
}

// Add adds copies of the rows of a job. What they point to must stay untouched until
// Reset.
func (b *Batch) Add(rows *schema.Rows) {
	b.jobs = append(b.jobs, rows.Job)
	b.tasks = append(b.tasks, rows.Tasks...)
	b.turns = append(b.turns, rows.Turns...)
	b.contacts = append(b.contacts, rows.Contacts...)
	b.extras = append(b.extras, rows.Extras...)
	b.summaries = append(b.summaries, rows.Summaries...)
	for i := range rows.Turns {
		b.texts += len(rows.Turns[i].Script)
	}
	for i := range rows.Extras {
		b.texts += len(rows.Extras[i].Value)
	}
	for i := range rows.Summaries {
		b.texts += len(rows.Summaries[i].Content)
	}
}

const (
	// fullRows is how many rows fill a batch: few enough to stay in the processor's
	// cache. fullTexts is the same for bytes of texts, of whatever length they are.
	fullRows  = 512
	fullTexts = 1 << 18
)

// Full reports whether the rows should be written before others are added.
func (b *Batch) Full() bool { return b.rows() >= fullRows || b.texts >= fullTexts }

// Huge reports whether there are many more rows than fill a batch, or much longer texts,
// as those of a huge job: then no more than a few batches should be in memory.
func (b *Batch) Huge() bool { return b.rows() >= 2*fullRows || b.texts >= 2*fullTexts }

func (b *Batch) rows() int {
	return len(b.jobs) + len(b.tasks) + len(b.turns) + len(b.contacts) + len(b.extras) + len(b.summaries)
}

// Reset takes out all rows; the memory of not too many is used again.
func (b *Batch) Reset() {
	*b = Batch{
		jobs: emptied(b.jobs), tasks: emptied(b.tasks), turns: emptied(b.turns),
		contacts: emptied(b.contacts), extras: emptied(b.extras), summaries: emptied(b.summaries),
	}
}

// emptied returns a list without elements, in the same memory unless it is of a huge job.
func emptied[T any](list []T) []T {
	if cap(list) > maxKeptRows {
		return nil
	}
	clear(list) // or the texts would stay
	return list[:0]
}
