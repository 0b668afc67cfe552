// Package client sends single requests to the OutboundBot API: it signs them,
// paces them, tries again what can pass, and says what went wrong. It does not
// know what a response holds beyond its envelope, and it writes no file.
//
// [Client.Do] is a request until it is answered. The vendor's generic client
// signs it, and the response is kept as received (transport.go). limiter.go
// holds the rate, one for all requests of a client: lowered when the API
// throttles, raised again slowly. answer.go tells an answer from a failure,
// errors.go what can pass from what cannot; retry.go tries again with full
// jitter and a budget.
//
// A request that fails while others may pass ends in a [*Failure], one that
// shows that none can pass in an [*Error], with a hint for the operator.
package client
