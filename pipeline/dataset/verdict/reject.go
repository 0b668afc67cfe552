package verdict

// A reject stays in its table as it was first met, until a version of its job is
// accepted after it was last met: in the run that met it, or else before, see
// [MetBefore].

// MetBefore returns the moment at which a reject counts as met in a run that does not
// meet it: when an earlier run met it first, before all that the run has of that instant.
func MetBefore(firstSeen, position int64) Moment {
	return Moment{Observed: firstSeen, Sequence: -1, Position: position}
}

// Settles reports whether the acceptance of a version of its job at a moment has a
// reject leave the table that was last met at another.
func (accepted Moment) Settles(met Moment) bool { return accepted.Compare(met) > 0 }
