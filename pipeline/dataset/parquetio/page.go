package parquetio

import (
	"bytes"
	"hash/crc32"
	"slices"
	"unsafe"

	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// pageMaker makes pages; its memory is shared by the columns of a writer.
type pageMaker struct {
	compressor *Compressor
	header     bytes.Buffer
	levels     []byte
	section    []byte // of levels
	encoded    []byte
	compressed []byte
}

// endPage makes a page of what was added since the last one.
func (c *column) endPage(m *pageMaker) error {
	if c.rows == 0 {
		return nil
	}
	header := format.DataPageHeaderV2{
		NumValues: int32(c.valueCount()), NumNulls: int32(c.nulls), NumRows: int32(c.rows),
		Statistics: format.Statistics{NullCount: int64(c.nulls)}, // left out, it would be written as 0
	}
	m.levels = emptied(m.levels)
	for _, section := range []struct {
		levels []uint8
		length *int32
	}{{c.repetitions, &header.RepetitionLevelsByteLength}, {c.definitions, &header.DefinitionLevelsByteLength}} {
		if len(section.levels) == 0 {
			continue
		}
		var err error
		if m.section, err = (&rle.Encoding{BitWidth: 1}).EncodeLevels(emptied(m.section), section.levels); err != nil {
			return err
		}
		*section.length = int32(len(m.section))
		m.levels = append(m.levels, m.section...)
	}
	least, greatest, bounded := c.values.bounds()
	plain, encoding, err := c.values.encode(&m.encoded)
	if err != nil {
		return err
	}
	header.Encoding = encoding
	if m.compressed, err = m.compressor.encode(m.compressed, plain, encoding == format.DeltaLengthByteArray); err != nil {
		return err
	}
	sum := crc32.Update(crc32.ChecksumIEEE(m.levels), crc32.IEEETable, m.compressed)
	page, err := c.chunk.page(m, &format.PageHeader{
		Type:                 format.DataPageV2,
		UncompressedPageSize: int32(len(m.levels) + len(plain)),
		CompressedPageSize:   int32(len(m.levels) + len(m.compressed)),
		CRC:                  int32(sum),
		DataPageHeaderV2:     thrift.New(header),
	}, m.levels, m.compressed)
	if err != nil {
		return err
	}
	c.chunk.add(c, page, least, greatest, bounded, encoding)
	m.encoded, m.compressed = emptied(m.encoded), emptied(m.compressed)
	c.values.clear()
	c.definitions, c.repetitions, c.nulls, c.rows = emptied(c.definitions), emptied(c.repetitions), 0, 0
	return nil
}

// emptied returns a list without elements, in the same memory unless that was of
// a huge page.
func emptied[V any](list []V) []V {
	if uintptr(cap(list))*unsafe.Sizeof(*new(V)) > 4*pageBytes {
		return nil
	}
	return list[:0]
}

// page assembles a page, in memory of just its size since it is held until the
// row group ends, and counts its bytes before compression.
func (k *chunk) page(m *pageMaker, header *format.PageHeader, sections ...[]byte) ([]byte, error) {
	m.header.Reset()
	if err := thrift.NewEncoder((&thrift.CompactProtocol{}).NewWriter(&m.header)).Encode(header); err != nil {
		return nil, err
	}
	k.uncompressed += int64(m.header.Len()) + int64(header.UncompressedPageSize)
	return slices.Concat(append([][]byte{m.header.Bytes()}, sections...)...), nil
}

// dictionaryPage is the page of the dictionary's entries.
func (c *column) dictionaryPage(m *pageMaker) ([]byte, error) {
	plain, n := c.values.dictionary()
	compressed, err := m.compressor.encode(m.compressed, plain, c.texts == nil || isCodes(plain))
	if err != nil {
		return nil, err
	}
	m.compressed = compressed
	return c.chunk.page(m, &format.PageHeader{
		Type: format.DictionaryPage, UncompressedPageSize: int32(len(plain)), CompressedPageSize: int32(len(compressed)),
		CRC:                  int32(crc32.ChecksumIEEE(compressed)),
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(n), Encoding: format.Plain}),
	}, compressed)
}
