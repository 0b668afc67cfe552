package decode

// utf8 is body in UTF-8 without a byte-order mark.
func (d *Decoder) utf8(body []byte) ([]byte, error) { return body, nil }
