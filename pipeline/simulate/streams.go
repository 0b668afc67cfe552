package simulate

import (
	"callmill/pipeline/simulate/dice"
)

// The streams of random numbers.
const (
	forLayout dice.Purpose = iota + 1
	forPerson
	forPlan
	forParameters
	forDialogue
	forIDs
	forTelling // what contacts tell of themselves and others, and how
	forShares  // how large campaigns are
)
