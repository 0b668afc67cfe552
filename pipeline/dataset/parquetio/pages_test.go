package parquetio

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
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
			k := walkChunk(t, content, at, meta)
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

// walked is what was found in a chunk.
type walked struct {
	pages        []format.DataPageHeaderV2
	locations    []format.PageLocation
	dictionaries int32
	encodings    map[format.Encoding]int32 // of data pages
	rows         int64
	uncompressed int64
}

func walkChunk(t rapid.TB, content []byte, at int64, meta *format.ColumnMetaData) *walked {
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
		levels := 0
		if header.Type == format.DictionaryPage {
			k.dictionaries++
			if at != meta.DictionaryPageOffset {
				t.Fatalf("%v: dictionary at %d, says the footer; it is at %d", meta.PathInSchema, meta.DictionaryPageOffset, at)
			}
		} else {
			v2 := header.DataPageHeaderV2.V
			levels = int(v2.RepetitionLevelsByteLength + v2.DefinitionLevelsByteLength)
			if len(k.pages) == 0 && at != meta.DataPageOffset {
				t.Fatalf("%v: pages from %d on, says the footer; they are at %d", meta.PathInSchema, meta.DataPageOffset, at)
			}
			k.pages, k.encodings[v2.Encoding] = append(k.pages, v2), k.encodings[v2.Encoding]+1
			k.locations = append(k.locations, format.PageLocation{
				Offset: at, CompressedPageSize: int32(start-at) + header.CompressedPageSize, FirstRowIndex: k.rows,
			})
			k.rows += int64(v2.NumRows)
		}
		plain, err := decoder.DecodeAll(page[levels:], nil)
		if err != nil || len(plain)+levels != int(header.UncompressedPageSize) {
			t.Fatalf("%v: page at %d has %d bytes, says its header; it has %d: %v", meta.PathInSchema, at, header.UncompressedPageSize, len(plain)+levels, err)
		}
		k.uncompressed += start - at + int64(header.UncompressedPageSize)
		at = start + int64(header.CompressedPageSize)
	}
	return k
}

// check compares a chunk with the footer.
func (k *walked) check(t rapid.TB, meta *format.ColumnMetaData, rows int64) {
	t.Helper()
	var values, nulls int64
	for _, page := range k.pages {
		values, nulls = values+int64(page.NumValues), nulls+int64(page.NumNulls)
		if page.Statistics.NullCount != int64(page.NumNulls) {
			t.Fatalf("%v: a page of %d NULLs has statistics of %d", meta.PathInSchema, page.NumNulls, page.Statistics.NullCount)
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
		if null := page.NumNulls == page.NumValues; index.NullPages[i] != null || index.NullCounts[i] != int64(page.NumNulls) {
			t.Fatalf("%v: page %d has %d NULLs among %d values, the index says %d, all %v", meta.PathInSchema, i, page.NumNulls, page.NumValues, index.NullCounts[i], index.NullPages[i])
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
