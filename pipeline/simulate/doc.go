// Package simulate makes worlds of outbound calls in Chinese that read like
// the real thing: campaigns with their scripts, people with their numbers,
// moods and ways of speaking, attempts over days, and what was said.
//
// A [World] holds no calls. Every job is a function of the seed and its index
// and is made when it is asked for, so worlds of any size fit in memory, and
// the same [Options] give the same bytes on every machine. [World.WriteFiles]
// saves the world as ListJobs responses; [World.WriteTruth] tells what no API
// tells: the script's node behind every line, the causes of failure that were
// planted, the personal data.
//
// The model, from the outside in:
//
//	campaigns/*.txt   the scripts: nodes, branches, versions, planted causes
//	words/*.txt       what contacts say: word lists by intent, places, goods
//	slips/*.txt       what recognisers mishear, how regions speak
//	groups.go         jobs are dealt to groups over the days
//	people.go         who is called; the same people in several campaigns
//	plan.go           attempts: when, from where, what the network said
//	dialogue.go       the walk through the script; reaction.go the contact's part,
//	mishear.go        how it is spoken and misheard
//	job.go            all of it as a schema.Job, as it stood at an instant
//
// People, numbers, companies and addresses are made up; see numbers.go for why
// no number can be anybody's. The package starts no goroutine and makes no
// faulty responses: they are in the shape the API page documents.
package simulate
