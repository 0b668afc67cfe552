// Package api is Alibaba Cloud's OutboundBot API (version 2019-12-26) over a
// simulated world of calls, as an [http.Handler]: the four actions callmill uses,
// with the fields, limits and errors of the real ones. It does not listen, starts
// no goroutine and generates no calls: package simulate does that.
//
// # Strictness
//
// A client that works here should work with the vendor, so invalid requests are
// refused as the vendor's gateway refuses them:
//
//   - the signature ACS3-HMAC-SHA256 over the request as received, with every
//     x-acs- header, host and content-type signed (signature.go), a date within
//     15 minutes, each nonce once (nonces.go), security tokens (STS)
//   - parameters that are missing, malformed or out of bounds: 99 job ids,
//     pages of 100 rows (parameters.go)
//   - a quota of requests per second (quota.go)
//
// The access key is [AccessKeyID] with the secret [AccessKeySecret], alone or
// with any security token but [ExpiredToken]. Every instance id shows the same
// world, unless [Options] name the known ones.
//
// # Actions
//
//   - ListJobs (listjobs.go): up to 99 jobs by id, complete; unknown ids are
//     omitted, duplicates returned once
//   - SearchTask (searchtask.go): the dialled calls, by time; pages from 0
//   - ListJobGroups, ListJobsByGroup (groups.go): campaigns, newest first, and
//     their jobs without tasks; pages from 1
//
// Parameters are in the query or a form. Answers are JSON, or XML with
// Format=XML or Accept: application/xml.
//
// The world stands still at its own instant, or follows Options.Now: then jobs
// are called, lists grow and results arrive between one request and the next
// (clock.go), as [simulate.World.At] describes. With Options.Lag an action shows an
// earlier instant than the others.
//
// # Faults
//
// With Options.Faults requests fail in the ways of networks and services
// (faults.go), pages move while they are read (pages.go), and answers have other
// shapes without losing anything (package shapes). Faults are drawn from the
// seed, the request and how often it was made, never from a clock: the same
// client meets the same faults. After [MaxFaultsInRow] faults in a row a request
// succeeds.
//
// Sources: fields are those of the models of alibabacloud-outboundbot20191226
// 2.2.1, codes those of the gateway's public list of common errors, the signature
// that of Alibaba Cloud's "Request syntax and signature method V3".
package api
