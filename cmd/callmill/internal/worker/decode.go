package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"callmill/cmd/callmill/internal/instances"
	"callmill/cmd/callmill/internal/stdin"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/dataset/shuffle/tombstones"
	"callmill/pipeline/decode"
	"callmill/pipeline/redact"
	"callmill/pipeline/source"
	"callmill/pipeline/worker"
	"callmill/schema"
)

// decode makes records of inputs.
func (o *options) decode(ctx context.Context) error {
	d, err := o.decoding()
	if err != nil {
		return err
	}
	return worker.Decode(ctx, stdin.Until(ctx, o.Stdin), o.Stdout, func(in *worker.Input, emit worker.Emit) error {
		return d.input(ctx, in, emit)
	}, d.json)
}

// decoding makes what decodes, as the options say.
func (o *options) decoding() (*decoding, error) {
	if err := o.checkStreams(); err != nil {
		return nil, err
	}
	key, err := o.secret()
	if err != nil {
		return nil, err
	}
	d := newDecoding(o, key)
	if d.limits, err = o.limits(); err != nil {
		return nil, err
	}
	if d.limits != nil {
		d.worker.Redactor = erasing{d.worker.Redactor, d.limits}
	}
	d.memory = o.limitMemory(ordinaryBody, decodeBodies)
	return d, nil
}

// decoding is the decoding of a stream of inputs.
type decoding struct {
	source   *source.Held
	worker   pipeline.Worker
	instance string
	emit     worker.Emit // of the input under way
	report   decodeReport
	redacts  bool
	limits   *tombstones.Limits // nil: nobody was erased

	memory ceiling // by the largest body
}

// decodeReport is what was decoded.
type decodeReport struct {
	Stage   string `json:"stage"`
	Bodies  int64  `json:"bodies"`
	Bytes   int64  `json:"bytes"`   // of them, as stored
	Content int64  `json:"content"` // of them, decompressed
	Records int64  `json:"records"`
	Jobs    int64  `json:"jobs"`
	Turns   int64  `json:"turns"`
	Rejects int64  `json:"rejects"`
	// Counts are of what goes no further: who was erased.
	Counts dataset.Counts `json:"counts"`
	// Codes are the rejects by code; Torn the first origins that end in the middle,
	// and TornInputs how many do.
	Codes      map[string]int64 `json:"rejects_by_code"`
	Torn       []string         `json:"torn,omitempty"`
	TornInputs int64            `json:"torn_inputs"`
	Findings   findings         `json:"findings"`
}

// findings are a decoder's, as a run of convert reports them.
type findings struct {
	Coercions  schema.Counts `json:"coercions,omitempty"`
	Impossible schema.Counts `json:"impossible,omitempty"`
	Seconds    schema.Counts `json:"seconds,omitempty"`
	Damaged    schema.Counts `json:"damaged,omitempty"`
	Unknown    schema.Counts `json:"unknown,omitempty"`
}

func newDecoding(o *options, key []byte) *decoding {
	d := &decoding{
		instance: o.instance,
		redacts:  o.settings.Redacts(),
		source:   source.NewHeld(source.Options{Cut: cut}),

		report: decodeReport{Stage: "decode", Codes: map[string]int64{}},
	}
	records := shuffle.NewAppender(func(key schema.Key, record []byte) error {
		d.report.Records++
		return d.emit(key, record)
	})
	d.worker = pipeline.Worker{
		Decoder: o.Decoder(), Redactor: o.settings.Redactor(key),
		Appender: instances.Named(&counting{Appender: records, of: d}),
	}
	return d
}

// cut splits inputs that are too large to be held in memory once more.
func cut(base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error {
	return decode.Cut(decode.Options{}, base, open, yield)
}

// pieceBits is how many bits of a sequence count the pieces of an input: one of 2 GiB
// may be of more than a million jobs, each a piece.
const pieceBits = 32

// input decodes an input.
func (d *decoding) input(ctx context.Context, in *worker.Input, emit worker.Emit) error {
	if err := check(in); err != nil {
		return fmt.Errorf("%s: %w", in.Origin, err)
	}
	d.memory.meet(int64(len(in.Body)))
	d.emit = emit
	d.report.Bodies++
	d.report.Bytes += int64(len(in.Body))
	stored := source.Stored{
		Origin: in.Origin, Position: in.Position, InstanceID: in.InstanceID, ObservedAt: in.ObservedAt, Undated: in.Undated, Body: in.Body,
	}
	if stored.InstanceID == "" {
		stored.InstanceID = d.instance
	}
	return d.source.Raws(ctx, stored, func(raw *schema.Raw) error {
		if raw.Sequence >= 1<<pieceBits {
			return fmt.Errorf("%s has more than %d pieces", in.Origin, int64(1)<<pieceBits)
		}
		raw.Sequence |= in.Sequence << pieceBits
		found, err := d.worker.Transform(raw)
		d.report.Content += found.Bytes
		d.report.Jobs += found.Jobs
		d.report.Turns += found.Turns
		d.report.Rejects += found.Rejects
		return err
	})
}

// check refuses what an engine may say of an input by mistake, and rows could not hold.
func check(in *worker.Input) error {
	switch {
	case in.Sequence < 0 || in.Sequence > math.MaxInt64>>pieceBits:
		return fmt.Errorf("sequence %d is not from 0 to %d", in.Sequence, math.MaxInt64>>pieceBits)
	case in.Position < 0:
		return fmt.Errorf("position %d is negative", in.Position)
	case in.ObservedAt < 0 || in.ObservedAt > schema.MaxInstant:
		return fmt.Errorf("observed_at %d is not from 0 to %d: want milliseconds since 1970", in.ObservedAt, schema.MaxInstant)
	case !utf8.ValidString(in.InstanceID):
		return fmt.Errorf("instance_id %q is not UTF-8", in.InstanceID)
	}
	return nil
}

// json is the report as text.
func (d *decoding) json() ([]byte, error) {
	if err := d.worker.Appender.Flush(); err != nil {
		return nil, err
	}
	found := d.worker.Decoder.Findings()
	if d.redacts {
		redact.Findings(&found)
	}
	d.report.Findings = findings(found)
	return json.Marshal(&d.report)
}

// counting counts the rejects that pass, and what does not pass: who was erased.
type counting struct {
	pipeline.Appender
	of *decoding
}

// Job implements [pipeline.Appender].
func (c *counting) Job(raw *schema.Raw, position int64, job *schema.Job) error {
	if job.Erased {
		c.erased()
		return nil
	}
	return c.Appender.Job(raw, position, job)
}

func (c *counting) erased() {
	c.of.report.Counts.Seen++
	c.of.report.Counts.Erased++
}

// mostTorn is how many torn inputs a report names.
const mostTorn = 20

// Reject implements [pipeline.Appender].
func (c *counting) Reject(raw *schema.Raw, reject *schema.Reject) error {
	report := &c.of.report
	report.Codes[reject.Code]++
	if reject.Code == schema.RejectTruncated {
		if report.TornInputs++; len(report.Torn) < mostTorn {
			report.Torn = append(report.Torn, strings.Clone(reject.Origin))
		}
	}
	if l := c.of.limits; l != nil && (l.Mentions(reject.Raw, raw.ObservedAt) || l.Mentions([]byte(reject.Reason), raw.ObservedAt)) {
		c.erased()
		return nil
	}
	return c.Appender.Reject(raw, reject)
}

// What decoding takes was measured on responses of 60,000 simulated people, 177 MB, in
// batches of 10 MB: 155, 170 and 171 MB of memory with 50, 100 and 200 percent of
// garbage, and the same 0.8 s of processor time. A limit far from what is live makes no
// difference, one near to it costs dearly: three responses of 190 MB, one a batch, take
// 8.4 s within a limit of 160 MB, and 4.8 s with 448 MB of memory in all within one of
// 400 MB. So it grows with the largest body, of which two are held while the next one
// is read.
const (
	decodeBodies = 2 // how many of the largest body may be in memory besides
	ordinaryBody = 16 << 20
)
