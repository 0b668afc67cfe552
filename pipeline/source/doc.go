// Package source finds saved responses on disk and hands their bytes on as
// schema.Raw, in order and in bounded memory. It does not know what is in
// them: cutting an input too large to be held is a function it is given.
//
// Arguments are files, folders and - for the standard input. A folder stands
// for the files below it that are named *.json, *.jsonl or *.xml, or one of
// these with .gz or .zst behind it, in the order of their paths; links to
// files are followed, links to folders are not, and what begins with a dot is
// left out. A file given by name may have any name. Whether a file is
// compressed is seen from its first bytes, never from its name.
//
// Files are read one after the other by the goroutine that calls
// [Files.Raws]. Reading costs a copy out of the page cache, into which the
// system fetches the next files meanwhile; gzip costs about 3 ns per byte of
// content on that goroutine, zstd about 1 ns.
package source
