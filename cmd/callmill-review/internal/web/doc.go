// Package web is the desk in the browser as a server: the pages of all packages below it
// behind the guard, on loopback or a Unix socket, from the first request, which sees the
// night being loaded, to the end of the last one.
//
// Without cgo the package is empty, since that of snapshots is.
package web
