// Package keeping keeps what a run reads in raw/.
package keeping

import (
	"context"

	"callmill/pipeline"
	"callmill/pipeline/rawlog"
	"callmill/schema"
)

// Source is a source that keeps what it yields in Log.
type Source struct {
	pipeline.Source
	Log *rawlog.Log
}

// Raws implements [pipeline.Source].
func (k *Source) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	var line []byte
	return k.Source.Raws(ctx, func(raw *schema.Raw) (err error) {
		if line, err = schema.AppendInputLine(line[:0], raw); err != nil {
			return err
		}
		if err = k.Log.Append(line); err != nil {
			return err
		}
		return yield(raw)
	})
}
