// Package callapi fetches calls from the OutboundBot API (version 2019-12-26):
// it finds the jobs of some days, asks for them and hands the responses on as
// raw lines. It does not read what is in a job beyond its id, status and call
// times, it writes no file, and which days are due is not its business.
//
// # One request
//
// A [Client] sends requests: the vendor's generic client signs them, and what
// comes back is kept as received (transport.go). gate.go holds the rate: one
// for all requests of a client, lowered when the API throttles and raised
// again slowly; leave.go tells when a request counts for the API, pace.go how
// long the API takes. answer.go tells an answer from what can pass and from what
// cannot, codes.go which is which; retry.go tries again what can, with full
// jitter and a budget. What cannot is an [Error], with a hint for whoever has
// to deal with it.
//
// # One night
//
// A [Source] makes of a [Plan] for each instance what a run reads:
//
//  1. Jobs are found by their calls (search.go), in windows of time that are
//     split where they hold much, and by their campaigns (groups.go). Lists
//     move while they are read; list.go reads them until nothing is missing.
//  2. They are asked for, up to 99 at a time (jobs.go). A batch that fails while
//     the API answers others is halved until the ids are alone that it answers
//     with errors only; each becomes a reject.
//  3. Every response is handed to the [Journal], which keeps it, and then those
//     of ListJobs and ListJobGroups to the run. A request is under way until
//     its response is kept, so no more responses are lost than requests may be
//     under way. What the journal has from a run that was killed is taken from
//     there.
//
// Memory is needed for the ids and for what SearchTask said of their calls,
// some 200 bytes for each job, and for the responses on their way.
//
// # Goroutines
//
// [Source.Raws] starts as many as requests may be under way, in an errgroup,
// and returns when all have ended; they call the journal. yield is called by
// its caller's goroutine alone.
package callapi
