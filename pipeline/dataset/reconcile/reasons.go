package reconcile

import (
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
	return reason == schema.PendingNotFinal || reason == schema.PendingSettling || Trouble(reason)
}

// Trouble reports whether an entry with the reason says that something is missing
// that should be there.
func Trouble(reason string) bool {
	return slices.Contains([]string{
		schema.PendingMissing, schema.PendingRejected, schema.PendingUnfetched, schema.PendingIncomplete, schema.PendingShrunk,
	}, reason)
}
