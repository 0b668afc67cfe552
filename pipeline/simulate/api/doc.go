// Package api is Alibaba Cloud's OutboundBot API (version 2019-12-26) over a
// simulated world of calls, as an [http.Handler]: the five actions callmill
// asks, answered with the fields, limits and errors of the real ones. It
// listens nowhere, starts no goroutine and makes up no call: package simulate
// does that.
//
// # What it is strict about
//
// A client that works here is to work for real, so everything a client can get
// wrong is refused as the vendor's gateway refuses it:
//
//   - the signature ACS3-HMAC-SHA256 over the request as it arrived, with every
//     x-acs- header, host and content-type signed (signature.go), a date within
//     15 minutes, each nonce once (nonces.go), security tokens (STS)
//   - parameters that are missing, malformed or out of bounds: 99 job ids,
//     pages of 100 rows (parameters.go)
//   - a quota of requests in any one second (quota.go)
//
// Access key [AccessKeyID], secret [AccessKeySecret], alone or with any
// security token but [ExpiredToken]. Every instance id shows the same world,
// unless [Options] name the instances there are.
//
// # What the actions show
//
//   - ListJobs (listjobs.go): up to 99 jobs by id, whole; unknown ids are
//     silently absent, an id given twice comes once
//   - SearchTask (searchtask.go): the dialled calls, by time; pages from 0
//   - ListJobGroups, ListJobsByGroup (groups.go): campaigns, the latest first,
//     and their jobs without tasks; pages from 1
//   - ListScriptPublishHistories (scripts.go)
//
// Parameters come in the query or a form. Answers are JSON, or XML with
// Format=XML or Accept: application/xml.
//
// The world stands still at its own instant, or follows Options.Now: then
// jobs are called, lists grow and results arrive between one request and the
// next, as [simulate.World.At] says.
//
// # Faults
//
// With Options.Faults requests fail in every way networks and services have
// (faults.go), pages move while they are read (pages.go), and answers come in
// other shapes that lose nothing (shapes.go). All of it is drawn from the
// seed, the request and how often it was asked, never from a clock: the same
// client meets the same faults. After [MaxFaultsInRow] faults in a row the
// same request is answered as it should be.
//
// Facts of the API: the models of alibabacloud-outboundbot20191226 2.2.1; its
// codes: the gateway's public list of common errors; the signature: Alibaba
// Cloud's "Request syntax and signature method V3".
package api
