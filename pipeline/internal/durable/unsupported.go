//go:build !unix

package durable

// The commit of a dataset relies on what a Unix system promises: renames that
// replace, flock, syncing a folder. On another system the build stops here, with
// this line as the error.
const _ int = "callmill runs on Linux and macOS; Windows is not supported: use WSL or a container"
