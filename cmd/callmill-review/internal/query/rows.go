//go:build cgo

package query

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"
)

// each asks an embedded question and calls row with the values of each row of the
// answer, which row must not keep. Values come as the driver has them, without
// database/sql between, which takes three times as long for millions of rows.
func (d *DB) each(ctx context.Context, name string, args []any, row func(v []driver.Value) error) error {
	text, err := source(name)
	if err != nil {
		return err
	}
	return d.ask(ctx, name, text, args, row)
}

// filled asks an embedded question whose templates are conditions.
func (d *DB) filled(ctx context.Context, name string, conditions any, args []any, row func(v []driver.Value) error) error {
	text, err := source(name)
	if err != nil {
		return err
	}
	t, err := template.New(name).Parse(text)
	if err != nil {
		return err
	}
	var sql strings.Builder
	if err := t.Execute(&sql, conditions); err != nil {
		return err
	}
	return d.ask(ctx, name, sql.String(), args, row)
}

// ask asks the question text, named in errors, as [DB.each] does.
func (d *DB) ask(ctx context.Context, name, text string, args []any, row func(v []driver.Value) error) (err error) {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return d.explain(ctx, name, err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return d.explain(ctx, name, conn.Raw(func(c any) error {
		asker, ok := c.(driver.QueryerContext)
		if !ok {
			return fmt.Errorf("the driver's connection is a %T", c)
		}
		rows, err := asker.QueryContext(ctx, text, named)
		if err != nil {
			return err
		}
		defer rows.Close()
		values := make([]driver.Value, len(rows.Columns()))
		for n := 0; ; n++ {
			if err := rows.Next(values); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			if n%4096 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := row(values); err != nil {
				return err
			}
		}
	}))
}
