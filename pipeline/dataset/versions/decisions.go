package versions

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sort"

	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// decisions are what the shards have to do with jobs. They are sorted so that
// those about the jobs of a shard are a range, for any number of buckets: the
// writer of the shard loads them.
type decisions struct {
	*spill.Sorter
	out    *spill.Writer
	record []byte
}

// Kinds of decisions.
const (
	kindLost      = iota // an entry is not published: its id
	kindFirstSeen        // of the entry that is published
	kindReplaced         // published rows go: replacement
	kindTouched          // a published row changes: touch
	kindFacts            // see facts.go
)

// replacement is the size of the version that replaces a published one.
type replacement struct {
	tasks uint16
	turns uint32
}

// touch changes the row of a published job. Zero fields stay as they are.
type touch struct {
	firstSeen  int64
	observedAt int64
	request    int64 // where observedAt is set: the spill.Ref of the request's id
}

func newDecisions(dir string, memory int64) *decisions {
	d := &decisions{Sorter: spill.NewSorter(spill.Options{Dir: dir, Memory: memory})}
	d.out = d.Writer()
	return d
}

// appendPlace appends what the decisions about a job begin with. The bits of
// the bucket are reversed, so that any bucket of a day is a range.
func appendPlace(b []byte, day int32, key schema.Key) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(day)^1<<31)
	b = binary.BigEndian.AppendUint16(b, bits.Reverse16(binary.BigEndian.Uint16(key[:])))
	return append(b, key[:]...)
}

const placeBytes = 4 + 2 + len(schema.Key{})

// rangeOf returns the range of the decisions of a shard.
func rangeOf(s shard.Shard) spill.Range {
	day := uint64(uint32(s.Day)^1<<31) << 16
	first := day | uint64(bits.Reverse16(uint16(s.Bucket)))
	next := first + 1<<16/uint64(s.Buckets)
	bound := func(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v)[2:] }
	return spill.Range{From: bound(first), To: bound(next)}
}

// begin begins a decision; add ends it.
func (d *decisions) begin(day int32, key schema.Key, kind byte) []byte {
	return append(appendPlace(d.record[:0], day, key), kind)
}

func (d *decisions) add(record []byte) error {
	d.record = record
	return d.out.Add(record)
}

func (d *decisions) lose(day int32, key schema.Key, entry uint64) error {
	return d.add(binary.BigEndian.AppendUint64(d.begin(day, key, kindLost), entry))
}

func (d *decisions) setFirstSeen(day int32, key schema.Key, at int64) error {
	return d.add(binary.BigEndian.AppendUint64(d.begin(day, key, kindFirstSeen), uint64(at)))
}

func (d *decisions) replace(day int32, key schema.Key, by replacement) error {
	b := binary.BigEndian.AppendUint16(d.begin(day, key, kindReplaced), by.tasks)
	return d.add(binary.BigEndian.AppendUint32(b, by.turns))
}

func (d *decisions) touch(day int32, key schema.Key, t touch) error {
	b := d.begin(day, key, kindTouched)
	for _, v := range [...]int64{t.firstSeen, t.observedAt, t.request} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	return d.add(b)
}

// finish is called when all is decided; then shards may be loaded.
func (d *decisions) finish() error {
	if err := d.out.Close(); err != nil {
		return err
	}
	return d.Merge()
}

// of loads the decisions about the jobs of a shard. It is safe for concurrent
// use.
func (d *decisions) of(s shard.Shard) (*shardDecisions, error) {
	loaded := &shardDecisions{day: s.Day}
	for record, err := range d.In(rangeOf(s)) {
		if err != nil {
			return nil, err
		}
		loaded.starts = append(loaded.starts, uint32(len(loaded.records)))
		loaded.records = append(loaded.records, record...)
	}
	return loaded, nil
}

// shardDecisions are the decisions about the jobs of a shard, in memory.
type shardDecisions struct {
	day     int32
	records []byte // end to end
	starts  []uint32
}

func (d *shardDecisions) record(i int) []byte {
	end := len(d.records)
	if i+1 < len(d.starts) {
		end = int(d.starts[i+1])
	}
	return d.records[d.starts[i]:end]
}

// find returns the index of the first decision of a kind about a job, and
// whether there is one.
func (d *shardDecisions) find(key schema.Key, kind byte) (int, bool) {
	if len(d.starts) == 0 {
		return 0, false
	}
	var buffer [placeBytes + 1]byte
	prefix := append(appendPlace(buffer[:0], d.day, key), kind)
	i := sort.Search(len(d.starts), func(i int) bool { return bytes.Compare(d.record(i), prefix) >= 0 })
	return i, i < len(d.starts) && bytes.HasPrefix(d.record(i), prefix)
}

// payload returns what the only decision of a kind about a job says.
func (d *shardDecisions) payload(key schema.Key, kind byte) ([]byte, bool) {
	i, ok := d.find(key, kind)
	if !ok {
		return nil, false
	}
	return d.record(i)[placeBytes+1:], true
}

// isPublished reports whether an entry is published.
func (d *shardDecisions) isPublished(key schema.Key, entry uint64) bool {
	i, ok := d.find(key, kindLost)
	for ; ok && i < len(d.starts); i++ {
		record := d.record(i)
		if schema.Key(record[6:placeBytes]) != key || record[placeBytes] != kindLost {
			break
		}
		if binary.BigEndian.Uint64(record[placeBytes+1:]) == entry {
			return false
		}
	}
	return true
}

func (d *shardDecisions) firstSeen(key schema.Key) (at int64, ok bool) {
	b, ok := d.payload(key, kindFirstSeen)
	if !ok {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(b)), true
}

func (d *shardDecisions) replacement(key schema.Key) (by replacement, ok bool) {
	b, ok := d.payload(key, kindReplaced)
	if !ok {
		return replacement{}, false
	}
	return replacement{binary.BigEndian.Uint16(b), binary.BigEndian.Uint32(b[2:])}, true
}

func (d *shardDecisions) touched(key schema.Key) (t touch, ok bool) {
	b, ok := d.payload(key, kindTouched)
	if !ok {
		return touch{}, false
	}
	v := func(i int) int64 { return int64(binary.BigEndian.Uint64(b[8*i:])) }
	return touch{v(0), v(1), v(2)}, true
}

// facts returns the facts of the tasks of a job.
func (d *shardDecisions) facts(key schema.Key) ([]byte, bool) { return d.payload(key, kindFacts) }
