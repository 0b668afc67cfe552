package parquetio

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"pgregory.net/rapid"
)

// checkPages walks over the bytes of a file and compares each page with what
// its header, the indexes and the footer say.
func checkPages(t rapid.TB, file *parquet.File, content []byte) {
	t.Helper()
	at, chunk := int64(len(magic)), 0
	for _, group := range file.Metadata().RowGroups {
		if group.FileOffset != at {
			t.Fatalf("a row group begins at %d, says the footer; it is at %d", group.FileOffset, at)
		}
		var uncompressed, compressed int64
		for _, column := range group.Columns {
			meta := &column.MetaData
			k := walkChunk(t, content, at, meta, shapeOf(t, file, meta.PathInSchema))
			k.check(t, meta, group.NumRows)
			k.checkIndexes(t, file, chunk, column.ColumnIndexLength > 0, meta)
			at += meta.TotalCompressedSize
			uncompressed, compressed = uncompressed+meta.TotalUncompressedSize, compressed+meta.TotalCompressedSize
			chunk++
		}
		if uncompressed != group.TotalByteSize || compressed != group.TotalCompressedSize {
			t.Fatalf("a row group has %d bytes, compressed %d, says the footer; it has %d and %d", group.TotalByteSize, group.TotalCompressedSize, uncompressed, compressed)
		}
	}
}

// walkedPage is what the levels of a page say, and what its header does.
type walkedPage struct {
	format.DataPageHeader
	nulls, rows int64
}

// walked is what was found in a chunk.
type walked struct {
	pages        []walkedPage
	locations    []format.PageLocation
	dictionaries int32
	encodings    map[format.Encoding]int32 // of data pages
	rows         int64
	uncompressed int64
}

func walkChunk(t rapid.TB, content []byte, at int64, meta *format.ColumnMetaData, shape levelsOf) *walked {
	t.Helper()
	k := &walked{encodings: map[format.Encoding]int32{}}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	for end := at + meta.TotalCompressedSize; at < end; {
		var header format.PageHeader
		rest := bytes.NewReader(content[at:end])
		if err := thrift.NewDecoder((&thrift.CompactProtocol{}).NewReader(rest)).Decode(&header); err != nil {
			t.Fatalf("%v: header at %d: %v", meta.PathInSchema, at, err)
		}
		start := end - int64(rest.Len())
		page := content[start : start+int64(header.CompressedPageSize)]
		if sum := crc32.ChecksumIEEE(page); uint32(header.CRC) != sum {
			t.Fatalf("%v: page at %d has checksum %x, says its header; it is %x", meta.PathInSchema, at, uint32(header.CRC), sum)
		}
		body, err := decoder.DecodeAll(page, nil)
		if err != nil || len(body) != int(header.UncompressedPageSize) {
			t.Fatalf("%v: page at %d has %d bytes, says its header; it has %d: %v", meta.PathInSchema, at, header.UncompressedPageSize, len(body), err)
		}
		switch header.Type {
		case format.DictionaryPage:
			k.dictionaries++
			if at != meta.DictionaryPageOffset {
				t.Fatalf("%v: dictionary at %d, says the footer; it is at %d", meta.PathInSchema, meta.DictionaryPageOffset, at)
			}
		case format.DataPage:
			if len(k.pages) == 0 && at != meta.DataPageOffset {
				t.Fatalf("%v: pages from %d on, says the footer; they are at %d", meta.PathInSchema, meta.DataPageOffset, at)
			}
			p := walkedPage{DataPageHeader: header.DataPageHeader.V}
			if p.Encoding != format.Plain && p.Encoding != format.RLEDictionary {
				t.Fatalf("%v: page at %d is encoded as %v, which not every reader reads", meta.PathInSchema, at, p.Encoding)
			}
			p.nulls, p.rows = walkLevels(t, body, shape, int(p.NumValues))
			k.pages = append(k.pages, p)
			k.encodings[p.Encoding]++
			k.locations = append(k.locations, format.PageLocation{
				Offset: at, CompressedPageSize: int32(start-at) + header.CompressedPageSize, FirstRowIndex: k.rows,
			})
			k.rows += p.rows
		default:
			t.Fatalf("%v: page at %d is of type %v, which not every reader reads", meta.PathInSchema, at, header.Type)
		}
		k.uncompressed += start - at + int64(header.UncompressedPageSize)
		at = start + int64(header.CompressedPageSize)
	}
	return k
}

// walkLevels counts the NULLs and the rows of a page from its levels, which come
// before the values, each list with its length.
func walkLevels(t rapid.TB, body []byte, shape levelsOf, values int) (nulls, rows int64) {
	t.Helper()
	rows = int64(values)
	count := func(level uint8) (n int64) {
		length := 4 + binary.LittleEndian.Uint32(body)
		levels, err := (&rle.Encoding{BitWidth: 1}).DecodeLevels(nil, body[4:length])
		if err != nil || len(levels) < values {
			t.Fatalf("%d levels, want %d: %v", len(levels), values, err)
		}
		body = body[length:]
		for _, l := range levels[:values] {
			if l == level {
				n++
			}
		}
		return n
	}
	if shape.repeated {
		rows = count(0)
	}
	if shape.repeated || shape.optional {
		nulls = count(0)
	}
	return nulls, rows
}

// levelsOf says which levels the pages of a column have.
type levelsOf struct{ repeated, optional bool }

// shapeOf returns which levels a column has, according to the schema.
func shapeOf(t rapid.TB, file *parquet.File, path []string) (shape levelsOf) {
	t.Helper()
	leaf, ok := file.Schema().Lookup(path...)
	if !ok {
		t.Fatalf("no column %v", path)
	}
	return levelsOf{leaf.MaxRepetitionLevel > 0, leaf.MaxDefinitionLevel > 0}
}

// check compares a chunk with the footer.
func (k *walked) check(t rapid.TB, meta *format.ColumnMetaData, rows int64) {
	t.Helper()
	var values, nulls int64
	for _, page := range k.pages {
		values, nulls = values+int64(page.NumValues), nulls+page.nulls
		if page.Statistics.NullCount != page.nulls {
			t.Fatalf("%v: a page of %d NULLs has statistics of %d", meta.PathInSchema, page.nulls, page.Statistics.NullCount)
		}
	}
	if k.rows != rows || values != meta.NumValues || nulls != meta.Statistics.NullCount || k.uncompressed != meta.TotalUncompressedSize {
		t.Fatalf("%v has %d rows, %d values, %d NULLs, %d bytes; the footer says %d, %d, %d, %d", meta.PathInSchema,
			k.rows, values, nulls, k.uncompressed, rows, meta.NumValues, meta.Statistics.NullCount, meta.TotalUncompressedSize)
	}
	found, said := map[format.Encoding]int32{}, map[format.Encoding]int32{}
	for encoding, n := range k.encodings {
		found[encoding] = n
	}
	for _, s := range meta.EncodingStats {
		if s.PageType == format.DictionaryPage {
			k.dictionaries -= s.Count
			continue
		}
		said[s.Encoding] = s.Count
	}
	for encoding := range found {
		if found[encoding] != said[encoding] || !slices.Contains(meta.Encoding, encoding) {
			t.Fatalf("%v: %d pages of %v, says the footer, and encodings %v; there are %d", meta.PathInSchema, said[encoding], encoding, meta.Encoding, found[encoding])
		}
	}
	if k.dictionaries != 0 || len(said) != len(found) {
		t.Fatalf("%v: the footer counts pages %v, there are %v and %d more dictionaries", meta.PathInSchema, said, found, k.dictionaries)
	}
}

// checkIndexes compares a chunk with its indexes, the number of which is given.
func (k *walked) checkIndexes(t rapid.TB, file *parquet.File, number int, bounded bool, meta *format.ColumnMetaData) {
	t.Helper()
	if got := file.OffsetIndexes()[number].PageLocations; !slices.Equal(got, k.locations) {
		t.Fatalf("%v: pages are at %+v, says the index; they are at %+v", meta.PathInSchema, got, k.locations)
	}
	if !bounded {
		if meta.Statistics.MinValue != nil || meta.Statistics.MaxValue != nil {
			t.Fatalf("%v: bounds of the chunk without those of its pages", meta.PathInSchema)
		}
		return
	}
	index := file.ColumnIndexes()[number]
	compare := plainOrder(meta.Type)
	var least, greatest []byte
	last := -1
	for i, page := range k.pages {
		if null := page.nulls == int64(page.NumValues); index.NullPages[i] != null || index.NullCounts[i] != page.nulls {
			t.Fatalf("%v: page %d has %d NULLs among %d values, the index says %d, all %v", meta.PathInSchema, i, page.nulls, page.NumValues, index.NullCounts[i], index.NullPages[i])
		}
		if index.NullPages[i] {
			continue
		}
		if last < 0 || compare(index.MinValues[i], least) < 0 {
			least = index.MinValues[i]
		}
		if last < 0 || compare(index.MaxValues[i], greatest) > 0 {
			greatest = index.MaxValues[i]
		}
		if last >= 0 {
			a, b := compare(index.MinValues[last], index.MinValues[i]), compare(index.MaxValues[last], index.MaxValues[i])
			if index.BoundaryOrder == format.Ascending && max(a, b) > 0 || index.BoundaryOrder == format.Descending && min(a, b) < 0 {
				t.Fatalf("%v: bounds of page %d are not %v", meta.PathInSchema, i, index.BoundaryOrder)
			}
		}
		last = i
	}
	s := &meta.Statistics
	if (s.MinValue == nil) != (last < 0) || (s.MaxValue == nil) != (last < 0) || !bytes.Equal(s.MinValue, least) || !bytes.Equal(s.MaxValue, greatest) {
		t.Fatalf("%v: from %q to %q, says the footer; the pages are from %q to %q", meta.PathInSchema, s.MinValue, s.MaxValue, least, greatest)
	}
}

// plainOrder is how values of a type compare, plainly encoded.
func plainOrder(physical format.Type) func(a, b []byte) int {
	switch physical {
	case format.Int32:
		return func(a, b []byte) int {
			return parquet.Int32Type.Compare(parquet.ValueOf(int32(binary.LittleEndian.Uint32(a))), parquet.ValueOf(int32(binary.LittleEndian.Uint32(b))))
		}
	case format.Int64:
		return func(a, b []byte) int {
			return parquet.Int64Type.Compare(parquet.ValueOf(int64(binary.LittleEndian.Uint64(a))), parquet.ValueOf(int64(binary.LittleEndian.Uint64(b))))
		}
	}
	return bytes.Compare
}
