package pattern

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxValue is the longest value that is looked for, in bytes: some 340 Chinese
	// characters, more than a line of a script. It bounds the work at each character.
	maxValue = 1 << 10

	// maxKept bounds the memory that is kept from line to line.
	maxKept = 1 << 16
)

// common are values that scripts also say of their own accord, so that they do
// not tell one call from another. English ones are in lower case.
var common = func() map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(`
		今天 今日 明天 明日 后天 昨天 昨日 前天 当天 当日 本月 上月 下月 今年 去年 明年 本周 上周 下周 周末 现在 目前 最近 近期
		上午 中午 下午 早上 晚上 今晚 明早 先生 女士 小姐 您好 你好 请问 谢谢 再见 本人 客户 用户 我们 你们 您的
		是的 不是 好的 不好 可以 不行 需要 没有 有的 已经 确认 取消 成功 失败 正常 其他 其它 未知 默认 男性 女性
		电话 手机 短信 微信 号码 客服 人工 公司 中国 true false null none yes no ok n/a`) {
		set[word] = true
	}
	return set
}()

const longestCommon = len("今天")

// values are the values of a job's parameters, in a form in which those that a
// line has at some place are found by one binary search.
type values struct {
	list   []value
	first  runeSet // what values begin with
	sorted bool

	found  matches // in the present line, then those that are replaced
	taken  []match
	inside []uint64 // a bit for each byte of the line that is in taken
}

// value is a value of a parameter and its slot.
type value struct {
	text, key string
	prefix    int32 // index of the longest other value that it begins with; -1 if none
}

// match is a place in a line where a value is.
type match struct{ start, end, value int32 }

// ResetValues forgets the values of the last job.
func (r *Replacer) ResetValues() {
	v := &r.values
	if cap(v.list) > maxKept {
		v.list = nil
	}
	clear(v.list) // they hold the job's memory
	v.list, v.sorted = v.list[:0], false
}

// AddValue adds a parameter of the job, whose value lines of all its calls may
// have.
func (r *Replacer) AddValue(key, text string) {
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	if unicode.IsSpace(first) || unicode.IsSpace(last) {
		text = strings.TrimSpace(text)
	}
	if len(text) <= maxValue && tells(text) {
		r.values.list = append(r.values.list, value{text: text, key: key})
		r.values.sorted = false
	}
}

// tells reports whether a value is long and rare enough to be told from other
// text: two characters, among them a letter or a digit, and not a common word.
func tells(text string) bool {
	first, size := utf8.DecodeRuneInString(text)
	last, lastSize := utf8.DecodeLastRuneInString(text)
	switch {
	case size == len(text):
		return false
	case first == utf8.RuneError && size == 1, last == utf8.RuneError && lastSize == 1:
		return false // may be half of a character
	case len(text) <= longestCommon && (common[text] || first < utf8.RuneSelf && common[strings.ToLower(text)]):
		return false
	}
	return strings.ContainsFunc(text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) })
}

// few is how many values are sorted by insertion: most jobs have so few, and each
// job's are sorted.
const few = 12

// sort prepares the values for search. Of equal values the key that is first in
// the order of bytes stays: the order of a job's parameters may be any.
func (v *values) sort() {
	if len(v.list) > few {
		slices.SortFunc(v.list, func(a, b value) int { return compare(&a, &b) })
	} else {
		for i := 1; i < len(v.list); i++ {
			for j := i; j > 0 && compare(&v.list[j], &v.list[j-1]) < 0; j-- {
				v.list[j], v.list[j-1] = v.list[j-1], v.list[j]
			}
		}
	}
	v.list = slices.CompactFunc(v.list, func(a, b value) bool { return a.text == b.text })
	v.first = runeSet{}
	for i := range v.list {
		// What begins with a value follows it, so the values that this one begins with
		// are the last one and those that the last one begins with.
		at := int32(i) - 1
		for at >= 0 && !strings.HasPrefix(v.list[i].text, v.list[at].text) {
			at = v.list[at].prefix
		}
		v.list[i].prefix = at
		c, _ := utf8.DecodeRuneInString(v.list[i].text)
		v.first.add(c)
	}
	v.sorted = true
}

func compare(a, b *value) int {
	if c := strings.Compare(a.text, b.text); c != 0 {
		return c
	}
	return strings.Compare(a.key, b.key)
}

// find collects in v.taken, by place, the values that are replaced in a line: the
// longest first, of equally long ones the one on the left, as far as they do not
// overlap.
func (v *values) find(line string) {
	if cap(v.found) > maxKept {
		v.found, v.taken, v.inside = nil, nil, nil
	}
	v.found, v.taken = v.found[:0], v.taken[:0]
	if len(v.list) == 0 {
		return
	}
	if !v.sorted {
		v.sort()
	}
	overlap := false
	for i := v.first.next(line, 0); i < len(line); {
		if m, ok := v.at(line, i); ok {
			if n := len(v.found); n > 0 && v.found[n-1].end > m.start {
				overlap = true
			}
			v.found = append(v.found, m)
		}
		_, size := utf8.DecodeRuneInString(line[i:])
		i = v.first.next(line, i+size)
	}
	switch {
	case overlap:
		v.choose(line)
	case len(v.found) > 0:
		v.takeAll(line)
	}
}

// at returns the longest value that the line has at i.
func (v *values) at(line string, i int) (match, bool) {
	rest := line[i:]
	// The last value that is not after the rest of the line: values that the rest
	// begins with are it or among those that it begins with.
	n, _ := slices.BinarySearchFunc(v.list, rest, func(e value, rest string) int {
		if e.text <= rest {
			return -1
		}
		return 1
	})
	if n == 0 {
		return match{}, false
	}
	last := int32(n - 1)
	same := commonPrefix(v.list[last].text, rest)
	for last >= 0 && len(v.list[last].text) > same {
		last = v.list[last].prefix
	}
	if last < 0 || !breaks(line, i) {
		return match{}, false
	}
	return v.ending(line, i, last)
}

// ending returns the match of the longest value that ends where a value may end:
// the given one, or one that it begins with.
func (v *values) ending(line string, i int, at int32) (match, bool) {
	for ; at >= 0; at = v.list[at].prefix {
		if end := i + len(v.list[at].text); breaks(line, end) {
			return match{int32(i), int32(end), at}, true
		}
	}
	return match{}, false
}

// room is how many bytes the keys in the pattern of a line may have: keys may be
// much longer than their values, and patterns not any number of times as long as
// lines.
func room(line string) int { return 4*len(line) + maxValue }

// takeAll moves all that is found, which does not overlap, to taken.
func (v *values) takeAll(line string) {
	keys := 0
	for _, m := range v.found {
		keys += len(v.list[m.value].key)
	}
	if keys > room(line) {
		v.choose(line)
		return
	}
	v.found, v.taken = matches(v.taken), v.found
}

// choose moves what is replaced from found to taken.
func (v *values) choose(line string) {
	v.inside = slices.Grow(v.inside[:0], len(line)/64+1)[:len(line)/64+1]
	clear(v.inside)
	room := room(line)
	heap.Init(&v.found)
	for len(v.found) > 0 {
		m := v.found[0]
		if !v.has(m.start) {
			// All that is taken is at least as long: if it overlaps m, it has its begin or
			// its end.
			if v.has(m.end - 1) {
				if shorter, ok := v.ending(line, int(m.start), v.list[m.value].prefix); ok {
					v.found[0] = shorter
					heap.Fix(&v.found, 0)
					continue
				}
			} else if more := len(v.list[m.value].key); more <= room {
				room -= more
				v.taken = append(v.taken, m)
				for i := m.start; i < m.end; i++ {
					v.inside[i>>6] |= 1 << (i & 63)
				}
			}
		}
		v.found.removeFirst()
	}
	slices.SortFunc(v.taken, func(a, b match) int { return cmp.Compare(a.start, b.start) })
}

func (v *values) has(i int32) bool { return v.inside[i>>6]&(1<<(i&63)) != 0 }

// matches is a heap: longer ones first, then those further left.
type matches []match

func (h matches) Len() int      { return len(h) }
func (h matches) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h matches) Less(i, j int) bool {
	if a, b := h[i].end-h[i].start, h[j].end-h[j].start; a != b {
		return a > b
	}
	return h[i].start < h[j].start
}

// Push and Pop are not used: matches are only replaced and removed, which needs
// no allocation.
func (h *matches) Push(any) { panic("not used") }
func (h *matches) Pop() any { panic("not used") }

func (h *matches) removeFirst() {
	last := len(*h) - 1
	(*h)[0] = (*h)[last]
	if *h = (*h)[:last]; last > 0 {
		heap.Fix(h, 0)
	}
}

// appendValues appends a line with the slots of values, in which other braces are
// written in full width.
func (r *Replacer) appendValues(dst []byte, line string) []byte {
	done := 0
	for i, m := range r.values.taken {
		v := &r.values.list[m.value]
		dst = appendPlain(dst, line[done:m.start])
		dst = append(dst, "{="...)
		dst = appendPlain(dst, v.key)
		dst = append(dst, '}')
		done = int(m.end)
		if v.text == r.names[0] || v.text == r.names[1] {
			// As after {name}: 张三先生 and 李四女士 are said by one node.
			if end := title(line, done); i+1 == len(r.values.taken) || end <= int(r.values.taken[i+1].start) {
				done = end
			}
		}
	}
	return appendPlain(dst, line[done:])
}

// appendPlain appends text without a brace that could be one of a slot.
func appendPlain(dst []byte, text string) []byte {
	opens, closes := index(text, '{', 0), index(text, '}', 0)
	done := 0
	for at := min(opens, closes); at < len(text); at = min(opens, closes) {
		dst = append(dst, text[done:at]...)
		done = at + 1
		if at == opens {
			dst, opens = append(dst, "｛"...), index(text, '{', done)
		} else {
			dst, closes = append(dst, "｝"...), index(text, '}', done)
		}
	}
	return append(dst, text[done:]...)
}

// index returns the position of a byte at or after i, len(text) if there is none.
func index(text string, c byte, i int) int {
	if at := strings.IndexByte(text[i:], c); at >= 0 {
		return i + at
	}
	return len(text)
}

// commonPrefix returns the length of what two texts begin with.
func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
