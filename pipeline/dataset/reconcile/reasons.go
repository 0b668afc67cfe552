package reconcile

import (
	"cmp"
	"slices"

	"callmill/schema"
)

// Reasons lists the reasons that an entry may have.
func Reasons() []string {
	return []string{
		schema.PendingNotFinal, schema.PendingSettling, schema.PendingMissing, schema.PendingRejected, schema.PendingUnfetched,
		schema.PendingIncomplete, schema.PendingShrunk, schema.PendingConfirmed, schema.PendingWithoutFacts, schema.PendingGivenUp,
	}
}

// Asked reports whether the job of an entry with the reason is asked for again.
func Asked(reason string) bool {
	return inOrder(reason) || Trouble(reason)
}

// Trouble reports whether an entry with the reason says that something is missing
// that should be there.
func Trouble(reason string) bool {
	return absent(reason) || reason == schema.PendingIncomplete || reason == schema.PendingShrunk
}

// Missed reports whether an entry with the reason is about something that is not in
// the tables, whatever is published of its job.
func Missed(reason string) bool {
	return absent(reason) || reason == schema.PendingIncomplete || reason == schema.PendingGivenUp
}

// inOrder reports whether nothing is wrong where an entry has the reason: more may
// follow.
func inOrder(reason string) bool {
	return reason == schema.PendingNotFinal || reason == schema.PendingSettling
}

// absent reports whether an entry with the reason says that something did not come.
func absent(reason string) bool {
	return reason == schema.PendingMissing || reason == schema.PendingRejected || reason == schema.PendingUnfetched
}

// Compare is the order of entries.
func Compare(a, b *schema.PendingRow) int {
	return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.JobID, b.JobID), cmp.Compare(a.TaskID, b.TaskID),
		cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.ContentHash, b.ContentHash))
}

// Equal reports whether two lists of entries in order say the same.
func Equal(a, b []schema.PendingRow) bool {
	return slices.EqualFunc(a, b, func(a, b schema.PendingRow) bool {
		return Compare(&a, &b) == 0 && a.Since == b.Since && a.Facts.Equal(&b.Facts)
	})
}
