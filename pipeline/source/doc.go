// Package source finds saved responses on disk and yields their bytes as
// [schema.Raw], in order and in bounded memory. It does not look at their
// content: splitting an input that is too large for memory is left to a
// function it is given.
//
// Arguments are files, folders and - for standard input. A folder stands for
// the files below it named *.json, *.jsonl or *.xml, optionally followed by .gz
// or .zst, in the order of their paths; symbolic links to files are followed,
// links to folders are not, and names beginning with a dot are skipped. A file
// given by name may have any name. Compression is detected from the first
// bytes, never from the name.
//
// An input that is in memory already, as stored, is read by [Held] exactly as a file
// is.
//
// The pieces of input that a run kept (schema.InputLine) are yielded as they were
// when that run read them.
//
// A damaged archive is read as far as possible. The last Raw of its content
// carries the reason and the archive itself, as a reject keeps it. In a zstd archive
// of several frames, as a pull keeps, damage costs the frames it is in: what follows is
// read, and a Raw with a reject says which bytes of the archive are lost.
//
// Files are read one after the other by the goroutine that calls
// [Files.Raws]. Reading costs a copy out of the page cache, into which the
// system fetches the next files meanwhile; gzip costs about 3 ns per byte of
// content on that goroutine, zstd about 1 ns.
package source
