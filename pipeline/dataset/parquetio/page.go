package parquetio

import (
	"bytes"
	"encoding/binary"
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
	section    []byte // of levels
	encoded    []byte // values
	body       []byte // levels and values
	compressed []byte
}

// endPage makes a page of what was added since the last one.
//
// It is a page of the first version, in which levels are compressed with the
// values, and its values are plain or dictionary indexes: the one layout that
// every reader has read from its beginning. Of the others, each is refused, or
// read wrongly, by some version of a reader that is in use: lengths apart from
// texts by Spark (SPARK-52240), differences by Polars, pages of the second
// version by readers of warehouses.
func (c *column) endPage(m *pageMaker) error {
	if c.rows == 0 {
		return nil
	}
	least, greatest, bounded := c.values.bounds()
	values, encoding, err := c.values.encode(&m.encoded)
	if err != nil {
		return err
	}
	// Numbers without dictionary are mostly instants: see newEncoder.
	codes := encoding == format.Plain && (c.numbers != nil || c.texts != nil && isCodes(values))
	m.body = emptied(m.body)
	for _, levels := range [][]uint8{c.repetitions, c.definitions} {
		if len(levels) == 0 {
			continue
		}
		if m.section, err = (&rle.Encoding{BitWidth: 1}).EncodeLevels(emptied(m.section), levels); err != nil {
			return err
		}
		m.body = append(binary.LittleEndian.AppendUint32(m.body, uint32(len(m.section))), m.section...)
	}
	if len(m.body) > 0 {
		m.body = append(m.body, values...)
		values = m.body
	}
	if m.compressed, err = m.compressor.encode(m.compressed, values, codes); err != nil {
		return err
	}
	page, err := c.chunk.page(m, &format.PageHeader{
		Type: format.DataPage, UncompressedPageSize: int32(len(values)), CompressedPageSize: int32(len(m.compressed)),
		CRC: int32(crc32.ChecksumIEEE(m.compressed)),
		DataPageHeader: thrift.New(format.DataPageHeader{
			NumValues: int32(c.valueCount()), Encoding: encoding,
			DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
			Statistics: format.Statistics{NullCount: int64(c.nulls)}, // left out, it would be written as 0
		}),
	}, m.compressed)
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
func (k *chunk) page(m *pageMaker, header *format.PageHeader, compressed []byte) ([]byte, error) {
	m.header.Reset()
	if err := thrift.NewEncoder((&thrift.CompactProtocol{}).NewWriter(&m.header)).Encode(header); err != nil {
		return nil, err
	}
	k.uncompressed += int64(m.header.Len()) + int64(header.UncompressedPageSize)
	return slices.Concat(m.header.Bytes(), compressed), nil
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
