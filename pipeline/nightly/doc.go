// Package nightly computes what a night has to do: which days to fetch, which are
// covered afterwards, and which jobs are pending, to be asked for again. It is
// pure: it reads no clock, no file and no API. The command fills its values from
// the manifest and from what a run saw.
//
// # The rules
//
// A day is fetched when it is over and not covered, as far back as the run
// catches up; of what was covered once, older holes are reported as gaps. It is
// covered when it was over at the beginning of the run that fetched it and
// published.
//
// A job is pending after a run that asked for it, when
//
//	not_final   its status says that more calls may follow
//	settling    it is final, but was observed too soon after its last call
//	missing     it did not come back in a readable form
//	unfetched   the API answers its id with errors only
//
// It is asked for every night until none of these holds, or until its last known
// call, or its first sighting without one, is longer ago than Rules.Refetch.
//
// Days are those of the dataset's time zone; what is covered is kept as
// intervals of UTC, so that a dataset may change its time zone.
package nightly
