package verify

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/parquet/file"
)

// fillLists decodes the lists of n rows. Where a list ends only the next one's
// beginning tells, so that levels are decoded ahead.
func (c *column) fillLists(n int, chunk *file.ByteArrayColumnChunkReader, at place) (strange string, err error) {
	all := make([]string, 0, 8*n) // where it must grow, earlier lists keep the old array
	row, start := -1, 0
	give := func() {
		if row >= 0 {
			*at(row).(*[]string) = all[start:len(all):len(all)]
		}
		start = len(all)
	}
	for {
		if c.used == c.have {
			wrong, err := c.decodeLists(chunk)
			if wrong != "" {
				strange = wrong
			}
			if errors.Is(err, errEnds) && row == n-1 {
				break
			}
			if err != nil {
				return strange, err
			}
		}
		if c.repeats[c.used] == 0 {
			if row == n-1 {
				break
			}
			give()
			row++
		} else if row < 0 {
			return strange, errors.New("its first list has no beginning")
		}
		if c.levels[c.used] > 0 {
			all = append(all, c.texts[0])
			c.texts = c.texts[1:]
		}
		c.used++
	}
	give()
	return strange, nil
}

// decodeLists decodes levels and texts of lists ahead.
func (c *column) decodeLists(chunk *file.ByteArrayColumnChunkReader) (strange string, err error) {
	values := room(c, &c.bytes)
	levels, read, err := chunk.ReadBatchInPage(int64(c.size), values, room(c, &c.levels), room(c, &c.repeats))
	if err = errors.Join(err, chunk.Err()); err != nil {
		return "", err
	}
	if levels == 0 {
		return "", errEnds
	}
	c.have, c.used, c.texts = int(levels), 0, make([]string, 0, read)
	defined := 0
	for _, level := range c.levels[:levels] {
		defined += int(min(level, 1))
	}
	if defined != read {
		return "", fmt.Errorf("%d texts, %d are defined", read, defined)
	}
	for _, v := range values[:read] {
		if !utf8.Valid(v) {
			strange = fmt.Sprintf("%q is not UTF-8", v)
		}
		c.texts = append(c.texts, c.keep(v))
	}
	return strange, nil
}

// keep gives the text as a string, the same one for the same text.
func (c *column) keep(v []byte) string {
	if text, ok := c.known[string(v)]; ok {
		return text
	}
	if c.known == nil || len(c.known) >= maxKnown {
		c.known = map[string]string{}
	}
	text := string(v)
	c.known[text] = text
	return text
}
