package fields

import (
	"strconv"

	"callmill/schema"
)

// place is where the value being read is: by kind of list, the number of the
// element, counted from 1.
type place struct {
	top     ListKind // Jobs in a job, Rows in a row; else outside
	element [kinds]int
	person  bool // in the Contact of a task
}

// outside is the place of what stands around jobs and rows.
const outside = kinds

// path is the place in a job up to the name of the value.
func (at *place) path() string {
	return string(at.append(nil, func(dst []byte, i int) []byte { return strconv.AppendInt(dst, int64(i-1), 10) }))
}

// appendName appends the field of this name at the place, whichever elements it
// is in.
func (at *place) appendName(dst []byte, field string) []byte {
	if at.top != outside {
		dst = append(append(dst, at.top.field()...), "[]."...)
	}
	dst = at.append(dst, func(dst []byte, _ int) []byte { return dst })
	return append(dst, field...)
}

func (at *place) append(dst []byte, index func(dst []byte, i int) []byte) []byte {
	for _, k := range [...]ListKind{contacts, extras, tasks, conversation, summaries} {
		if k == conversation && at.person {
			dst = append(dst, "Contact."...)
		}
		if i := at.element[k]; i > 0 {
			dst = append(append(dst, k.field()...), '[')
			dst = append(index(dst, i), "]."...)
		}
	}
	return dst
}

// mostNames bounds the names that are remembered: an input can make them up.
const mostNames = 2 * schema.MaxUnknown

// nameOf is the field of this name at the place of the value being read. It
// allocates nothing for one that was met before.
func (r *Reader) nameOf(field string) string {
	r.scratch = r.at.appendName(r.scratch[:0], field)
	name, known := r.names[string(r.scratch)]
	if !known {
		if len(r.names) >= mostNames {
			clear(r.names)
		}
		name = string(r.scratch)
		r.names[name] = name
	}
	return name
}
