// Package outboundbot is the way to Alibaba Cloud's OutboundBot API. It has no
// code of its own; its folders are
//
//	client    one request: signed, paced, tried again, and what went wrong
//	lists     what a page of a list holds, and lists that move while they are read
//	discover  which jobs there are to fetch, and their responses as schema.Raw,
//	          batch by batch
//	check     whether a pull would be answered, tried before it is needed
//
// discover imports lists and client, lists imports client, client neither of them
// nor anything that knows
// which actions there are beyond their names. What a job says is read by decode
// alone: discover is given a reader, and looks with it which jobs came.
package outboundbot
