package client

import "strconv"

// apiVersion is the version of the API.
const apiVersion = "2019-12-26"

// Request is one question to the API.
type Request struct {
	InstanceID string
	Action     string            // one of schema.Action…
	JobIDs     []string          // of ListJobs
	Query      map[string]string // of the other actions
	Effort     Effort
}

// Effort is how long [Client.Do] tries again what can pass.
type Effort int

const (
	// Steady is up to Options.Attempts failures.
	Steady Effort = iota
	// Insistent is several times as many: some minutes, for requests without
	// which nothing can go on.
	Insistent
	// Half is half of Options.Attempts with short waits: for a request that is
	// repeated once other requests have shown that the API answers.
	Half
	// Brief is a few failures with short waits: for a request whose caller has
	// other means to get the same.
	Brief
	// Once is a single attempt, which may be throttled.
	Once
)

// parameters are those of the query.
func (r *Request) parameters() map[string]*string {
	all := map[string]*string{"InstanceId": &r.InstanceID}
	for name, value := range r.Query {
		all[name] = &value
	}
	for i := range r.JobIDs {
		all["JobId."+strconv.Itoa(i+1)] = &r.JobIDs[i]
	}
	return all
}
