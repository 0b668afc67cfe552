package segment

// Options say how to cut. The zero value cuts with the built-in dictionary.
type Options struct {
	// Dicts are user words. They win over the built-in dictionary, an earlier
	// dictionary wins over a later one, an earlier line over a later one.
	Dicts []UserDict

	// HMM finds words that no dictionary has, names above all, with gse's
	// hidden Markov model, among characters that would stand alone.
	HMM bool
}
