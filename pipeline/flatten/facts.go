package flatten

import "callmill/schema"

// setFacts fills in the columns of SearchTask; factsOf reads them.
func (f *Flattener) setFacts(row *schema.TaskRow, facts *schema.Facts) {
	if row.FactsObservedAt = facts.ObservedAt; facts.IsZero() {
		row.FactsObservedAt = 0
	}
	row.JobGroupName = facts.JobGroupName
	row.ScriptName = facts.ScriptName
	row.CallMS = copyOf(facts.CallMS)
	row.RingingS = copyOf(facts.RingingS)
	row.EndReason = copyOf(facts.EndReason)
	row.ReachedEnd = copyOf(facts.ReachedEnd)
	row.LastPlaybackCompleted = copyOf(facts.LastPlaybackCompleted)
	row.HungUpByRejection = copyOf(facts.HungUpByRejection)
	row.DialExceptions = f.list(facts.DialExceptions)
}

// factsOf returns what SearchTask said of the task of a row.
func factsOf(row *schema.TaskRow) schema.Facts {
	return schema.Facts{
		ObservedAt:            row.FactsObservedAt,
		JobGroupName:          row.JobGroupName,
		ScriptName:            row.ScriptName,
		CallMS:                copyOf(row.CallMS),
		RingingS:              copyOf(row.RingingS),
		EndReason:             copyOf(row.EndReason),
		ReachedEnd:            copyOf(row.ReachedEnd),
		LastPlaybackCompleted: copyOf(row.LastPlaybackCompleted),
		HungUpByRejection:     copyOf(row.HungUpByRejection),
		DialExceptions:        copyOfList(row.DialExceptions),
	}
}
