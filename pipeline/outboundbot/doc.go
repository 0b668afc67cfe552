// Package outboundbot is the way to Alibaba Cloud's OutboundBot API. It has no
// code of its own; its folders are
//
//	client    one request: signed, paced, tried again, and what went wrong
//	discover  which jobs there are to fetch, by lists that move while they are
//	          read, and their responses as schema.Raw, batch by batch
//
// discover imports client, client neither discover nor anything that knows
// which actions there are beyond their names. What a job says is read by decode
// alone: discover is given a reader, and looks with it which jobs came.
package outboundbot
