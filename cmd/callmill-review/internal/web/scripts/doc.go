// Package scripts are the pages about what the robot says: /scripts has the scripts, and
// the flow of one as a picture with a table beside it; /node the wordings of a node, what
// became of calls at each and what was said next; /unclear what was not understood.
//
// Without cgo the package is empty, since that of snapshots is.
package scripts
