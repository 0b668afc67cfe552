package schema

import "maps"

// Findings are what was met in an input besides jobs and rejects: what was read
// in another way than documented, and what was not read.
//
// The name of a field is its place with its name: Jobs[].Tasks[].Contact.Role.
type Findings struct {
	Coercions  Counts // values not spelled as documented, and what stood around the jobs, by kind
	Impossible Counts // values that cannot be what they should, and are NULL, by field
	Seconds    Counts // timestamps in seconds instead of milliseconds, by field
	Damaged    Counts // texts in which what is no character became U+FFFD, by field

	Unknown Counts // fields that are not documented, the first MaxUnknown that were met
}

// MaxUnknown bounds the names of fields that are not documented, which an input
// can make up.
const MaxUnknown = 1000

// Add adds more to f.
func (f *Findings) Add(more *Findings) {
	addTo(&f.Coercions, more.Coercions)
	addTo(&f.Impossible, more.Impossible)
	addTo(&f.Seconds, more.Seconds)
	addTo(&f.Damaged, more.Damaged)
	for name, n := range more.Unknown {
		f.AddUnknown(name, n)
	}
}

// AddUnknown counts a field that is not documented, unless there are too many.
func (f *Findings) AddUnknown(name string, n int64) {
	if _, met := f.Unknown[name]; !met && len(f.Unknown) >= MaxUnknown {
		return
	}
	if f.Unknown == nil {
		f.Unknown = Counts{}
	}
	f.Unknown[name] += n
}

func addTo(to *Counts, more Counts) {
	if len(more) == 0 {
		return
	}
	if *to == nil {
		*to = Counts{}
	}
	to.Add(more)
}

// Clone returns a copy of f.
func (f *Findings) Clone() Findings {
	c := *f
	c.Coercions, c.Impossible, c.Seconds = maps.Clone(f.Coercions), maps.Clone(f.Impossible), maps.Clone(f.Seconds)
	c.Damaged, c.Unknown = maps.Clone(f.Damaged), maps.Clone(f.Unknown)
	return c
}

// Clear makes f empty, and keeps its memory.
func (f *Findings) Clear() {
	for _, c := range [...]Counts{f.Coercions, f.Impossible, f.Seconds, f.Damaged, f.Unknown} {
		clear(c)
	}
}
