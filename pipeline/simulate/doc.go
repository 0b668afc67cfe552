// Package simulate generates worlds of outbound calls in realistic Chinese:
// campaigns with their scripts, people with phone numbers, moods and ways of
// speaking, attempts over several days, and transcripts.
//
// A [World] holds no calls. Every job is a function of the seed and its index and
// is generated on demand, so worlds of any size fit in memory, and the same
// [Options] produce the same bytes on every machine. [World.At] is the same world
// at another instant. [World.WriteFiles] writes the world as ListJobs responses,
// [World.WriteTruth] what no API shows: the script's node behind every line,
// planted causes of failure, personal data.
//
// The model, from the outside in:
//
//	campaigns/*.txt   the scripts: nodes, branches, versions, planted causes
//	words/*.txt       what contacts say: word lists by intent, places, goods
//	slips/*.txt       mistakes of speech recognition, words of dialects
//	script/           reads these files
//	dice/, streams.go the only source of randomness
//	identity/         made-up personal data that is nobody's
//	spoken/           numbers as they are said
//	groups.go         distributes jobs over groups and days
//	people/           the contacts; the same people in several campaigns
//	plan.go           attempts: when, from which number, the network's answer
//	dialogue/         the walk through a script, the contact's part in it
//	speech/           the lines they say, what is recognised of them, and which
//	                  bytes of them are personal data
//	job.go            all of it as a schema.Job
//	visible.go        what of it is visible at an instant
//
// People, numbers, companies and addresses are made up; package identity explains
// why no number is assigned. What contacts tell of themselves and others beyond
// what the script asks takes no part in the course of a call. The package starts no goroutine and makes no faulty
// responses: they have the documented shape.
package simulate
