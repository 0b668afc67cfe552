package optout

import (
	"cmp"
	"slices"
)

// Row is an opt-out whose job is gone, as it is in the file opt_outs of a snapshot. It
// has a digest or a contact key, or both.
type Row struct {
	// NumberDigest is the digest of the number with the dataset's secret of erasures; ""
	// where the number was masked.
	NumberDigest string `parquet:"number_digest,optional"`
	// ContactKey joins the calls of the number; "" once the dataset's key is destroyed,
	// and where there never was one.
	ContactKey string `parquet:"contact_key,optional"`
	CallDate   *int32 `parquet:"call_date,optional,date"` // of the call; nil: it has no time
	Source     string `parquet:"source,dict"`
	Value      string `parquet:"value,dict"`
}

// day returns the day for comparisons, where none comes last.
func (r *Row) day() int64 {
	if r.CallDate == nil {
		return 1 << 32
	}
	return int64(*r.CallDate)
}

func compare(a, b Row) int {
	return cmp.Or(
		cmp.Compare(a.NumberDigest, b.NumberDigest), cmp.Compare(a.ContactKey, b.ContactKey), cmp.Compare(a.day(), b.day()),
		cmp.Compare(a.Source, b.Source), cmp.Compare(a.Value, b.Value))
}

// Merge returns rows in the order of the file, each once: what a file has depends on
// what was kept, not on when.
func Merge(rows []Row) []Row {
	slices.SortFunc(rows, compare)
	return slices.CompactFunc(rows, func(a, b Row) bool { return compare(a, b) == 0 })
}
