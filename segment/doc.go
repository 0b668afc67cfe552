// Package segment cuts Chinese text into words. It does not judge, normalise
// or drop anything: the words joined are the text, byte for byte.
//
// The words are those of the gse library with its dictionary of simplified
// Chinese: of its Cut(text, false), or with Options.HMM of Cut(text, true).
// GSE runs the library itself.
//
// # The layer over both
//
// What the dictionary (with HMM also the model) takes for a word stays one.
// Of the characters left over
//
//   - letters and digits, half-width or full-width, of any script but Chinese,
//     share a word with those beside them: ABC123, ＡＢＣ１２３, café;
//   - white space shares a word with the white space beside it;
//   - what belongs to the character before it, such as a combining accent, a
//     variation selector or a skin tone, goes into that one's word; two
//     regional indicators are one word, and so are emoji tied by a joiner;
//   - everything else stands alone, a word for each: Chinese characters,
//     punctuation marks, symbols, damaged bytes. So 010-58109988 is three
//     words, …… two and 4.5 three;
//   - but with HMM, as in gse, a decimal number is one word: 4.5, ４．５.
//
// Case and width play no part in what is a word but that the dictionary is
// looked up in lower case; words keep the case they have in the text.
package segment
