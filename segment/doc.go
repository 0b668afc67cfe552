// Package segment cuts Chinese text into words. It does not judge, normalise
// or drop anything: the words joined are the text, byte for byte.
//
// The words are those of the gse library with its dictionary of simplified
// Chinese: of its Cut(text, false), or with Options.HMM of Cut(text, true),
// which also finds words no dictionary has. Segmenter is the engine to use,
// compiled from gse's dictionary and model; GSE runs the library itself on the
// same dictionary, as the reference. Both take user words.
//
// # The layer over both
//
// What the dictionary (with HMM also the model) takes for a word stays one, but
// for the first rule. Of the characters left over
//
//   - letters and digits, half-width or full-width, of any script but Chinese,
//     share a word with all those beside them: ABC123, ＡＢＣ１２３, café. Not
//     even a word of the dictionary parts them: VIP卡 is VIP and 卡, though
//     IP卡 is a word, and a user's word ABC is not found in ABC123;
//   - white space shares a word with the white space beside it;
//   - what belongs to the character before it, such as a combining accent, a
//     variation selector or a skin tone, goes into that one's word; two
//     regional indicators are one word, and so are emoji tied by a joiner;
//   - everything else stands alone, a word for each: Chinese characters,
//     punctuation marks, symbols, invalid bytes. So 010-58109988 is three
//     words, …… two and 4.5 three;
//   - but with HMM, as in gse, a decimal number is one word: 4.5, ４．５; what
//     follows it, as in 1.5kg, is another.
//
// Words keep case and width; only to look them up is the text in lower case.
//
// # Differences from gse
//
// Segmenter differs from gse only in the following. GSE has the same differences
// but for those marked with a star.
//
//   - The layer above. gse joins only half-width letters and digits; with HMM
//     it also makes one word of all marks and full-width characters in a row.
//   - gse returns words in lower case and invalid bytes as U+FFFD, and does
//     not find user words with capitals beyond ASCII, such as Ｔ恤.
//   - To gse 好\x00 is a word, since a NUL ends words in its trie.
//   - * A character that begins words of the dictionary without being one, as
//     1 begins 1号店, has no weight at all in gse, and no path to it is better
//     than another: everything before it is cut by the longest word. So
//     研究生命起源1 begins with 研究生; here it is 研究, 生命, 起源, 1.
//   - * gse with HMM takes time quadratic in the length of a run of characters,
//     and memory for each step. Segmenter takes linear time and 20 bytes for each
//     code point.
//
// # Numbers
//
// On the test sets of the second SIGHAN bakeoff (PKU, MSR, AS, CityU) the F1 of
// both engines, with and without HMM, is that of gse or better.
//
// # No dictionary of calls
//
// gse cuts some words of calls wrongly: 微|信, 听不清|楚, 不免|费 (for 不|免费), 人|均.
// A dictionary of them common to both engines was tried and left out. Any word
// more changes the weight of all others, so lines without it are cut differently,
// too (看下|有 becomes 看|下有), and the words are no longer those of gse, which
// anyone can recount. Measured with eight words (听不清 听不清楚 免费 微信 美团
// 花呗 拼多多 人均) at frequency 3000; at 500 不免|费 stays and 家|人均 becomes 家人|均:
//
//	                               lines changed         F1 of the words
//	simulated calls                175 of 73,372
//	sample (CrossWOZ)               22 of  8,458
//	UD Chinese-GSDSimp, test                             0.7876 → 0.7872 (HMM 0.7901 → 0.7899)
//	UD Chinese-GSDSimp, dev                              0.7862 → 0.7861 (HMM 0.7882 → 0.7881)
//
// With 35 words it is 4,447 simulated lines and 0.7871 on the test part. One word
// for decimals would change 804 lines of the sample. Those who want such words
// give them as user words.
//
// The dictionary is in internal/zh, made by "go generate" from the version of
// gse that go.mod requires; internal/compile has the test that holds it to gse,
// compat_test.go the one that holds the words to gse's. "go test -bench ." here
// compares the speed of the two.
package segment
