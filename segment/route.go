package segment

import "callmill/segment/internal/trie"

// route sets l.next to the path of dictionary words through the script with the
// greatest total weight: gse's calc, from the end backwards; of paths of equal
// weight, the one with the longer word.
//
// A character that only begins words, as 1 begins 1号店, stands for itself if
// no word begins at it. gse gives it the weight of the frequency 0, minus
// infinity, and with it every path that leads there, so that before such a
// character the longest word always wins. Here it weighs as much as a
// character the dictionary does not have: s.prefix.
func (s *Segmenter) route(l *line) {
	if len(s.user.nodes) > 0 {
		s.routeWithUser(l)
		return
	}
	nodes, weight := s.builtin.nodes, s.builtin.weight
	codes, next := l.code, l.next[:len(l.code)]
	best := l.best[:len(codes)+1]
	best[len(codes)] = 0
	for k := len(codes) - 1; k >= 0; k-- {
		var most float64
		end := 0
		base := uint32(trie.Root)
		for i, c := range codes[k:] {
			at := int(base) + int(c)
			if at >= len(nodes) || nodes[at].Label != c {
				break
			}
			n := nodes[at]
			base = n.Base
			if n.Word != 0 {
				if w := weight[n.Word] + best[k+i+1]; end == 0 || w >= most {
					most, end = w, k+i+1
				}
			}
		}
		if end == 0 {
			most, end = s.lone(base != trie.Root)+best[k+1], k+1
		}
		best[k], next[k] = most, int32(end)
	}
}

// lone returns the weight of a character at which no word begins.
func (s *Segmenter) lone(begins bool) float64 {
	if begins {
		return s.prefix
	}
	return s.floor
}

// routeWithUser is route with two dictionaries side by side.
func (s *Segmenter) routeWithUser(l *line) {
	codes := l.code
	best := l.best[:len(codes)+1]
	best[len(codes)] = 0
	for k := len(codes) - 1; k >= 0; k-- {
		var most float64
		end := 0
		own, user := trie.Node{Base: trie.Root}, trie.Node{Base: trie.Root}
		inOwn, inUser := true, true
		begins := false
		for i := k; i < len(codes); i++ {
			if inOwn {
				own, inOwn = trie.Step(s.builtin.nodes, own.Base, codes[i])
			}
			if inUser {
				user, inUser = trie.Step(s.user.nodes, user.Base, codes[i])
			}
			if !inOwn && !inUser {
				break
			}
			begins = true
			var w float64
			switch {
			case user.Word != 0:
				w = s.user.weight[user.Word]
			case own.Word != 0:
				w = s.builtin.weight[own.Word]
			default:
				continue
			}
			if w += best[i+1]; end == 0 || w >= most {
				most, end = w, i+1
			}
		}
		if end == 0 {
			most, end = s.lone(begins)+best[k+1], k+1
		}
		best[k], l.next[k] = most, int32(end)
	}
}
