package segment

// layerVersion changes whenever join cuts any script in another way.
const layerVersion = 1

// join is the layer common to both engines. It appends to dst the byte length
// of each word of l, after joining characters that stand alone so far: see the
// package comment for the rules.
func (l *line) join(dst []int32, decimals bool) []int32 {
	first := len(dst)
	for x := 0; x < len(l.kind); {
		y := int(l.next[x])
		if l.kind[y-1].shares() {
			y = l.giveEnd(x, y)
		}
		if k := l.kind[x]; k.shares() && y == x+1 {
			y = l.end(x, decimals)
			if (k == extend || k == joiner) && len(dst) > first {
				dst[len(dst)-1] += l.off[y] - l.off[x]
				x = y
				continue
			}
		}
		dst = append(dst, l.off[y]-l.off[x])
		x = y
	}
	return dst
}

// end returns where the characters that share a word with the one at x end.
func (l *line) end(x int, decimals bool) int {
	switch l.kind[x] {
	case letter, digit:
		y := l.endOfLetters(x)
		if decimals {
			return l.endOfDecimal(x, y)
		}
		return y
	case space:
		return l.endOf(space, x)
	case flag:
		if l.alone(x+1) && l.kind[x+1] == flag {
			return x + 2
		}
	case joiner:
		if l.alone(x+1) && l.kind[x+1] == mark {
			return x + 2
		}
	}
	return x + 1
}

// endOf returns where the characters of kind k that begin at x end.
func (l *line) endOf(k kind, x int) int {
	for l.alone(x) && l.kind[x] == k {
		x++
	}
	return x
}

func (l *line) endOfLetters(x int) int {
	for ; x < len(l.kind); x++ {
		switch k := l.kind[x]; {
		case k.spells():
			l.giveBeginning(x)
		case (k == extend || k == joiner) && l.alone(x):
		default:
			return x
		}
	}
	return x
}

// giveBeginning gives up the letters and digits at which the word at x begins,
// where others come before them: VIP卡 holds the word IP卡, but is VIP and 卡.
func (l *line) giveBeginning(x int) {
	end := l.next[x]
	for ; x < int(end) && l.kind[x].spells(); x++ {
		l.next[x] = int32(x + 1)
	}
	if x < int(end) {
		l.next[x] = end
	}
}

// giveEnd gives up the letters and digits at which the word from x to y ends,
// where more of them follow, and returns where the word ends now.
func (l *line) giveEnd(x, y int) int {
	if y == x+1 || y == len(l.kind) || !l.kind[y-1].spells() || !l.kind[y].spells() {
		return y
	}
	for y > x && l.kind[y-1].spells() {
		y--
		l.next[y] = int32(y + 1)
	}
	if y == x {
		return x + 1
	}
	l.next[x] = int32(y)
	return y
}

// endOfDecimal returns where the decimal number ends whose whole part is
// [x, y), or y where there is none: 4.5, but not a4.5 nor 4.a.
func (l *line) endOfDecimal(x, y int) int {
	if l.endOf(digit, x) != y || !l.alone(y) || l.kind[y] != point {
		return y
	}
	if end := l.endOf(digit, y+1); end > y+1 {
		return end
	}
	return y
}
