// Package jsonscan steps over JSON text in memory, strictly: it accepts what
// encoding/json calls valid and names the first byte that is not. It builds no
// values, allocates nothing and knows no field names.
//
//	s := jsonscan.Scanner{Text: text, MaxDepth: 256}
//	if s.Next() == '{' && s.Enter() {
//		for name, more := s.Member(true); more; name, more = s.Member(false) {
//			s.Skip() // or read the value at s.Pos
//		}
//	}
//	if s.Bad.Code != "" {
//		// s.Bad says what is wrong, and where
//	}
package jsonscan
