// Package serve is the command that serves the desk in the browser: its flags.
//
// Without cgo the package is empty, since that of the pages is.
package serve
