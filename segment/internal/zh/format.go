package zh

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/zstd"

	"callmill/segment/internal/trie"
)

// The format of zh.dat: a line "callmill zh 1 <hash>", then zstd over
//
//	5 × uint32   numbers of runes, frequencies, nodes; total frequency (low, high half)
//	uint32 …     runes, then frequencies
//	uint32 …     base of each node, then as uint16 their labels, then their words
//	float64 …    emissions: state B for every code from 1, then M, E, S
//
// all little-endian. Values of one kind lie together, so that they compress.
// The hash is over the uncompressed rest.
const magic = "callmill zh 1 "

const hashLen = 16 // hexadecimal digits

// Encode is the inverse of Decode; it sets d.Hash.
func Encode(d *Data) ([]byte, error) {
	le := binary.LittleEndian
	var b []byte
	for _, n := range []uint32{
		uint32(len(d.Runes)), uint32(len(d.Freqs)), uint32(len(d.Nodes)),
		uint32(d.Total), uint32(d.Total >> 32),
	} {
		b = le.AppendUint32(b, n)
	}
	for _, r := range d.Runes {
		b = le.AppendUint32(b, uint32(r))
	}
	for _, f := range d.Freqs {
		b = le.AppendUint32(b, f)
	}
	for _, n := range d.Nodes {
		b = le.AppendUint32(b, n.Base)
	}
	for _, n := range d.Nodes {
		b = le.AppendUint16(b, n.Label)
	}
	for _, n := range d.Nodes {
		b = le.AppendUint16(b, n.Word)
	}
	for state := range 4 {
		for _, e := range d.Emit[1:] {
			b = le.AppendUint64(b, math.Float64bits(e[state]))
		}
	}
	sum := sha256.Sum256(b)
	d.Hash = hex.EncodeToString(sum[:])[:hashLen]
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return nil, fmt.Errorf("encode dictionary: %w", err)
	}
	return enc.EncodeAll(b, []byte(magic+d.Hash+"\n")), nil
}

// errShort says that a dictionary file ends early or goes on.
var errShort = errors.New("length does not match the counts")

// Decode reads what Encode wrote.
func Decode(file []byte) (*Data, error) {
	head, packed, _ := bytes.Cut(file, []byte("\n"))
	hash, ok := bytes.CutPrefix(head, []byte(magic))
	if !ok || len(hash) != hashLen {
		return nil, fmt.Errorf("decode dictionary: begins with %q", head[:min(len(head), 40)])
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("decode dictionary: %w", err)
	}
	defer dec.Close()
	raw, err := dec.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("decode dictionary: %w", err)
	}
	d, err := unpack(raw)
	if err != nil {
		return nil, fmt.Errorf("decode dictionary: %w", err)
	}
	d.Hash = string(hash)
	return d, nil
}

func unpack(raw []byte) (*Data, error) {
	le := binary.LittleEndian
	const header = 5 * 4
	if len(raw) < header {
		return nil, errShort
	}
	runes, freqs, nodes := int(le.Uint32(raw)), int(le.Uint32(raw[4:])), int(le.Uint32(raw[8:]))
	if len(raw) != header+4*runes+4*freqs+8*nodes+4*8*runes {
		return nil, errShort
	}
	d := &Data{
		Runes: make([]rune, runes),
		Freqs: make([]uint32, freqs),
		Nodes: make([]trie.Node, nodes),
		Emit:  make([][4]float64, runes+1),
		Total: uint64(le.Uint32(raw[12:])) | uint64(le.Uint32(raw[16:]))<<32,
	}
	raw = raw[header:]
	for i := range d.Runes {
		d.Runes[i] = rune(le.Uint32(raw[4*i:]))
	}
	raw = raw[4*runes:]
	for i := range d.Freqs {
		d.Freqs[i] = le.Uint32(raw[4*i:])
	}
	raw = raw[4*freqs:]
	labels, words := raw[4*nodes:], raw[6*nodes:]
	for i := range d.Nodes {
		d.Nodes[i] = trie.Node{Base: le.Uint32(raw[4*i:]), Label: le.Uint16(labels[2*i:]), Word: le.Uint16(words[2*i:])}
	}
	raw = raw[8*nodes:]
	for c := range runes {
		for state := range 4 {
			d.Emit[c+1][state] = math.Float64frombits(le.Uint64(raw[8*(state*runes+c):]))
		}
	}
	return d, nil
}
