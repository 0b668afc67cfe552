// Package nightly is the arithmetic of nights: which days are to be fetched,
// which are covered once they were, and which jobs have more to say and are
// asked for again. It is pure: it reads no clock, no file and no API, and its
// types are plain, for the command to fill from the manifest and from what a
// run saw.
//
// A night goes
//
//	work, err := nightly.Nightly(zone, now, 7*24*time.Hour).Plan(instances, covered)
//	…                                    // fetch work[i].Windows, telling tracker.Saw what came
//	covered = nightly.Cover(covered, work, zone, now)
//	pending = tracker.Pending()
//
// Days are those of the dataset's time zone; what is covered is kept as
// intervals of UTC, so that a dataset may change its time zone.
package nightly
