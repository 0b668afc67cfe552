package speech

// Span is personal data in a script: the bytes [Start, End). What a contact tells
// over several lines has a span in each.
type Span struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Kind  string `json:"kind"` // one of identity.Kinds
	Text  string `json:"text"`
	// Of is "own" for what the job itself says of its person or case (contact,
	// extras), "titled" for another person's name with a title or 老, 小, "bare"
	// for one without, "surname" for anybody's surname alone, and else "".
	Of string `json:"of,omitempty"`
	// Manner is how a made-up value was told: written, spoken, mixed, fillers,
	// split (package spoken); "" for all else.
	Manner string `json:"manner,omitempty"`
	// Misheard is how many of its characters the recogniser wrote as others that
	// sound alike.
	Misheard int `json:"misheard,omitempty"`
}
