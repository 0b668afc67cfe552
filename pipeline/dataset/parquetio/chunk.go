package parquetio

import (
	"io"
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// chunk is a column of the current row group: its pages as they will be in the
// file, where the dictionary comes before them.
type chunk struct {
	pages     [][]byte
	bytes     int                   // of pages
	locations []format.PageLocation // offsets from the first page
	index     format.ColumnIndex
	unbounded bool // a page with values has no bounds

	values, nulls, rows int64
	uncompressed        int64 // bytes, headers included
	encodings           map[format.Encoding]int32
}

// add adds a page of the column, with its entries in the footer and the indexes.
func (k *chunk) add(c *column, page, least, greatest []byte, bounded bool, encoding format.Encoding) {
	k.locations = append(k.locations, format.PageLocation{
		Offset: int64(k.bytes), CompressedPageSize: int32(len(page)), FirstRowIndex: k.rows,
	})
	k.pages, k.bytes = append(k.pages, page), k.bytes+len(page)
	empty := c.valueCount() == c.nulls
	k.unbounded = k.unbounded || !empty && !bounded
	k.index.NullPages = append(k.index.NullPages, empty)
	k.index.MinValues = append(k.index.MinValues, least)
	k.index.MaxValues = append(k.index.MaxValues, greatest)
	k.index.NullCounts = append(k.index.NullCounts, int64(c.nulls))
	if k.encodings == nil {
		k.encodings = map[format.Encoding]int32{}
	}
	k.encodings[encoding]++
	k.values += int64(c.valueCount())
	k.nulls += int64(c.nulls)
	k.rows += int64(c.rows)
}

// finishedChunk is a chunk in the file, with the indexes that follow the last
// row group.
type finishedChunk struct {
	meta    format.ColumnChunk
	columns *format.ColumnIndex // nil: not all bounds are known
	offsets format.OffsetIndex
}

// endChunk writes the column's part of a row group at an offset of the file,
// and begins the next.
func (c *column) endChunk(out io.Writer, m *pageMaker, offset int64) (*finishedChunk, error) {
	k := &c.chunk
	before := 0 // bytes of the dictionary
	if k.encodings[format.RLEDictionary] > 0 {
		dictionary, err := c.dictionaryPage(m)
		if err != nil {
			return nil, err
		}
		if _, err := out.Write(dictionary); err != nil {
			return nil, err
		}
		before = len(dictionary)
	}
	for _, page := range k.pages {
		if _, err := out.Write(page); err != nil {
			return nil, err
		}
	}
	f := &finishedChunk{offsets: format.OffsetIndex{PageLocations: k.locations}}
	for i := range k.locations {
		k.locations[i].Offset += offset + int64(before)
	}
	statistics := format.Statistics{NullCount: k.nulls}
	if !k.unbounded {
		k.index.BoundaryOrder = c.order(&k.index)
		f.columns = new(k.index)
		statistics.MinValue, statistics.MaxValue = c.extremes(&k.index)
	}
	f.meta = format.ColumnChunk{MetaData: format.ColumnMetaData{
		Type: c.physical, Encoding: k.allEncodings(c), PathInSchema: c.path, Codec: format.Zstd,
		NumValues: k.values, TotalUncompressedSize: k.uncompressed, TotalCompressedSize: int64(before + k.bytes),
		DataPageOffset: offset + int64(before), Statistics: statistics, EncodingStats: k.encodingStats(),
	}}
	if before > 0 {
		f.meta.MetaData.DictionaryPageOffset = offset
	}
	c.values.reset()
	c.chunk = chunk{}
	return f, nil
}

// order returns whether the bounds of the pages are in order.
func (c *column) order(index *format.ColumnIndex) format.BoundaryOrder {
	rises, falls, last := true, true, -1
	for i, empty := range index.NullPages {
		if empty {
			continue
		}
		if last >= 0 {
			least, greatest := c.values.compare(index.MinValues[last], index.MinValues[i]), c.values.compare(index.MaxValues[last], index.MaxValues[i])
			rises = rises && least <= 0 && greatest <= 0
			falls = falls && least >= 0 && greatest >= 0
		}
		last = i
	}
	switch {
	case rises:
		return format.Ascending
	case falls:
		return format.Descending
	}
	return format.Unordered
}

// extremes returns the bounds of the chunk, nil if all values are NULL.
func (c *column) extremes(index *format.ColumnIndex) (least, greatest []byte) {
	for i, empty := range index.NullPages {
		if empty {
			continue
		}
		if least == nil || c.values.compare(index.MinValues[i], least) < 0 {
			least = index.MinValues[i]
		}
		if greatest == nil || c.values.compare(index.MaxValues[i], greatest) > 0 {
			greatest = index.MaxValues[i]
		}
	}
	return least, greatest
}

// allEncodings lists the encodings of pages, dictionary and levels.
func (k *chunk) allEncodings(c *column) []format.Encoding {
	var list []format.Encoding
	for encoding := range k.encodings {
		list = append(list, encoding)
	}
	if k.encodings[format.RLEDictionary] > 0 && k.encodings[format.Plain] == 0 {
		list = append(list, format.Plain) // the dictionary
	}
	if c.optional || c.shape == shapeTexts {
		list = append(list, format.RLE) // the levels
	}
	slices.Sort(list)
	return list
}

func (k *chunk) encodingStats() []format.PageEncodingStats {
	var list []format.PageEncodingStats
	if k.encodings[format.RLEDictionary] > 0 {
		list = append(list, format.PageEncodingStats{PageType: format.DictionaryPage, Encoding: format.Plain, Count: 1})
	}
	for _, encoding := range []format.Encoding{format.Plain, format.RLEDictionary} {
		if n := k.encodings[encoding]; n > 0 {
			list = append(list, format.PageEncodingStats{PageType: format.DataPage, Encoding: encoding, Count: n})
		}
	}
	return list
}
