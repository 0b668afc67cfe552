// Package particulars holds what is known of call attempts beside what was said: whom they
// called, how long it rang, why they ended, and those that were not dialled, which a
// corpus does not have. It holds the attempts of many jobs in little memory, some hundred
// bytes each, so that a page about a call need not ask the database.
//
// Package query fills it with the jobs of one day.
package particulars

import (
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"
	"slices"
	"strings"
)

// Attempt is what is known of an attempt.
type Attempt struct {
	Task     string
	Attempt  int32  // from 1; 0: not dialled
	Outcome  string // as in the table statuses
	Status   string // as the API has it
	Start    int64  // ms since 1970; 0 without a time
	Said     int64  // when its first line was stored, likewise
	Last     bool   // of its job
	Lines    int32  // that were said
	Campaign string
	Script   string // of the robot
	Version  string // of the script
	Calling  string // number
	CallID   string

	Name  string // of who was called
	Phone string // that was called, else that of the contact
	Key   string // contact key

	CallMS, RingingS, EndReason int64 // Unknown where nobody said
	ReachedEnd, PlayedOut       Truth
	RejectionHungUp             Truth
	DialExceptions, EndedBy     string
}

// Unknown is a number that nobody said.
const Unknown = -1

// Truth is whether something is so.
type Truth uint8

// What is known of it.
const (
	Untold Truth = iota
	No
	Yes
)

// Table is the attempts of jobs. It is not changed once it was built; safe for concurrent
// use.
type Table struct {
	seed    maphash.Seed
	index   []entry // by hash
	records []byte
	names   []string // that repeat
}

// entry is where the attempts of a job begin.
type entry struct {
	hash   uint64
	offset uint32
	count  uint32
}

// Builder makes a table. The attempts of a job come one after another.
type Builder struct {
	table         Table
	codes         map[string]uint64
	instance, job string
	begun         bool
	person        [3]string // of the attempt before: name, number, key
}

// NewBuilder returns a builder of an empty table.
func NewBuilder() *Builder {
	return &Builder{table: Table{seed: maphash.MakeSeed()}, codes: map[string]uint64{}}
}

// Add adds an attempt of a job.
func (b *Builder) Add(instance, job string, a *Attempt) {
	t := &b.table
	if !b.begun || instance != b.instance || job != b.job {
		b.begun, b.instance, b.job = true, strings.Clone(instance), strings.Clone(job)
		t.index = append(t.index, entry{hash: t.hash(instance, job), offset: uint32(len(t.records))})
		b.person = [3]string{}
	}
	t.index[len(t.index)-1].count++
	b.id(a.Task)
	b.number(int64(a.Attempt), a.Start, a.Said-a.Start, int64(a.Lines), a.CallMS, a.RingingS, a.EndReason)
	bits := uint8(a.ReachedEnd)<<shiftEnd | uint8(a.PlayedOut)<<shiftPlayed | uint8(a.RejectionHungUp)<<shiftRejection
	if a.Last {
		bits |= isLast
	}
	person := [3]string{a.Name, a.Phone, a.Key}
	if person == b.person {
		bits |= samePerson
	}
	t.records = append(t.records, bits)
	for _, name := range []string{a.Outcome, a.Status, a.Campaign, a.Script, a.Version, a.Calling, a.DialExceptions, a.EndedBy} {
		b.name(name)
	}
	b.id(a.CallID)
	if person != b.person {
		for i, s := range person {
			person[i] = strings.Clone(s)
		}
		b.person = person
		b.name(a.Name)
		b.text(a.Phone)
		b.id(a.Key)
	}
}

// The bits of an attempt: truths take two each.
const (
	isLast         = 1
	samePerson     = 1 << 7 // as the attempt before; of the first of a job, nobody
	shiftEnd       = 1
	shiftPlayed    = 3
	shiftRejection = 5
)

// Table returns the table. The builder is not used afterwards.
func (b *Builder) Table() *Table {
	t := b.table
	slices.SortStableFunc(t.index, func(x, y entry) int {
		switch {
		case x.hash < y.hash:
			return -1
		case x.hash > y.hash:
			return 1
		}
		return 0
	})
	t.index, t.records, t.names = slices.Clip(t.index), slices.Clip(t.records), slices.Clip(t.names)
	return &t
}

// hash returns what a job is known by. That two of a day have the same happens once in
// 10⁹ datasets, and the seed is another one each time.
func (t *Table) hash(instance, job string) uint64 {
	return maphash.Comparable(t.seed, [2]string{instance, job})
}

func (b *Builder) number(numbers ...int64) {
	for _, n := range numbers {
		b.table.records = binary.AppendVarint(b.table.records, n)
	}
}

func (b *Builder) text(s string) {
	b.table.records = append(binary.AppendUvarint(b.table.records, uint64(len(s))), s...)
}

// name adds a string that many attempts have, as a number.
func (b *Builder) name(s string) {
	code, known := b.codes[s]
	if !known {
		s = strings.Clone(s)
		code = uint64(len(b.table.names))
		b.codes[s] = code
		b.table.names = append(b.table.names, s)
	}
	b.table.records = binary.AppendUvarint(b.table.records, code)
}

// Ids are mostly hexadecimal digits, with or without the hyphens of a UUID: two of them
// take a byte.
const (
	asText = iota
	asUUID
	asHex
)

func (b *Builder) id(s string) {
	digits, kind := s, byte(asHex)
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		digits, kind = s[:8]+s[9:13]+s[14:18]+s[19:23]+s[24:], asUUID
	}
	raw, err := hex.DecodeString(digits)
	if err != nil || hex.EncodeToString(raw) != digits || s == "" || len(raw) > 64 {
		b.table.records = append(b.table.records, asText)
		b.text(s)
		return
	}
	b.table.records = append(b.table.records, kind)
	if kind == asHex {
		b.table.records = append(b.table.records, byte(len(raw)))
	}
	b.table.records = append(b.table.records, raw...)
}

// Jobs returns how many jobs there are.
func (t *Table) Jobs() int { return len(t.index) }

// Of returns the attempts of a job, in the order in which they were added; none where
// there is no such job.
func (t *Table) Of(instance, job string) []Attempt {
	hash := t.hash(instance, job)
	at, found := slices.BinarySearchFunc(t.index, hash, func(e entry, hash uint64) int {
		switch {
		case e.hash < hash:
			return -1
		case e.hash > hash:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	var all []Attempt
	r := reader{t: t, rest: t.records[t.index[at].offset:]}
	for range t.index[at].count {
		all = append(all, r.attempt())
	}
	return all
}

// reader reads what a builder has written.
type reader struct {
	t      *Table
	rest   []byte
	person [3]string // of the attempt before
}

func (r *reader) attempt() Attempt {
	a := Attempt{Task: r.id()}
	a.Attempt, a.Start = int32(r.number()), r.number()
	a.Said, a.Lines = a.Start+r.number(), int32(r.number())
	a.CallMS, a.RingingS, a.EndReason = r.number(), r.number(), r.number()
	bits := r.take(1)[0]
	a.Last = bits&isLast != 0
	a.ReachedEnd, a.PlayedOut, a.RejectionHungUp = Truth(bits>>shiftEnd&3), Truth(bits>>shiftPlayed&3), Truth(bits>>shiftRejection&3)
	for _, to := range []*string{&a.Outcome, &a.Status, &a.Campaign, &a.Script, &a.Version, &a.Calling, &a.DialExceptions, &a.EndedBy} {
		*to = r.name()
	}
	a.CallID = r.id()
	if bits&samePerson == 0 {
		r.person = [3]string{r.name(), string(r.bytes()), r.id()}
	}
	a.Name, a.Phone, a.Key = r.person[0], r.person[1], r.person[2]
	return a
}

func (r *reader) name() string { return r.t.names[r.unsigned()] }

func (r *reader) take(n int) []byte {
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) number() int64 {
	v, n := binary.Varint(r.rest)
	r.rest = r.rest[n:]
	return v
}

func (r *reader) unsigned() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.rest = r.rest[n:]
	return v
}

func (r *reader) bytes() []byte { return r.take(int(r.unsigned())) }

func (r *reader) id() string {
	switch kind := r.take(1)[0]; kind {
	case asHex:
		return hex.EncodeToString(r.take(int(r.take(1)[0])))
	case asUUID:
		d := hex.EncodeToString(r.take(16))
		return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:]
	}
	return string(r.bytes())
}
