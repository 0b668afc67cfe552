// Package discover fetches calls from the OutboundBot API: it finds the jobs of
// some days, asks for them and hands the responses on as raw lines. It reads
// lists and envelopes only; what a ListJobs response holds is read by the
// [Reader] it is given. It writes no file, and which days are due is not its
// business.
//
// # One night
//
// A [Source] makes of a [Plan] for each instance the input of a run:
//
//  1. Jobs are found by their calls (calls.go), in windows of time that are
//     split where they hold many, and by their campaigns (campaigns.go). Of
//     campaigns and jobs that are named, what SearchTask says is fetched as well
//     (named.go). Lists move while they are read; package lists reads them until
//     nothing is missing.
//  2. They are asked for, up to 99 at a time (jobs.go). A batch that fails while
//     the API answers others is halved until the ids are alone that it answers
//     with errors only; each becomes a reject.
//  3. Every response is kept by the [Log], and then handed to the run: for the
//     tables, and for what lists name, which is expected. A request is in flight
//     until its response is handed on, so a run that is killed loses no more
//     responses than may be in flight.
//
// A night after one that was killed takes from the log what is still good
// (resume.go). The pages of lists in it are all handed on, so that converting
// raw/ produces the same tables as the pull.
//
// Memory is needed for the ids, some 100 bytes for each job, and for the
// responses in flight.
//
// # What came
//
// A job came when the reader finds it in a response, and the reader tells why
// another did not: the API does not know it, or answered with something that it
// rejects. The run reads the same items of the same response: what is counted here
// is what is pending in the end.
//
// # What is left out
//
// What fails while the API answers something else is left out after its attempts
// (leave.go): a page and with it the window or the campaign it is of, the list of
// campaigns, an instance. A window of several days is then tried day by day. The
// [Outcome] has what was seen whole and each [Failure]. A list is not whole where
// entries were counted and never shown; an answer without its list, or without the
// number of its entries, is a failure that can pass.
//
// An outage is waited for and then ends the night with an error: no request is
// answered, of no instance. So does a night of which nothing was seen.
//
// # Goroutines
//
// [Source.Raws] starts as many as requests may be in flight, in an errgroup, and
// returns when all have ended; they call the log and the readers. yield and
// Options.Saw are called by the caller's goroutine alone.
package discover
