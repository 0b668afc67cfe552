package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const algorithm = "ACS3-HMAC-SHA256"

// maxSkew is how far a request's date may be from the clock, either way.
const maxSkew = 15 * time.Minute

// authorization is the header of that name, taken apart:
//
//	ACS3-HMAC-SHA256 Credential=<key id>,SignedHeaders=host;x-acs-action;…,Signature=<hex>
type authorization struct {
	keyID, signature string
	signed           []string // names of headers, small letters
}

// authenticate says why a request is not its sender's, nil if it is.
func (h *Handler) authenticate(r *http.Request, query url.Values, body []byte) *refusal {
	date, nonce := r.Header.Get("x-acs-date"), r.Header.Get("x-acs-signature-nonce")
	if r.Header.Get("Authorization") == "" {
		return missing("AccessKeyId")
	}
	for _, name := range []string{"x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"} {
		if r.Header.Get(name) == "" {
			return missingHeader(name)
		}
	}
	auth, refused := parseAuthorization(r.Header.Get("Authorization"))
	if refused != nil {
		return refused
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", date)
	now := h.options.Clock()
	switch {
	case err != nil:
		return &refusal{status: http.StatusBadRequest, code: "InvalidTimeStamp.Format", message: "Specified time stamp or date value is not well formatted."}
	case at.Before(now.Add(-maxSkew)) || at.After(now.Add(maxSkew)):
		return &refusal{status: http.StatusBadRequest, code: "InvalidTimeStamp.Expired", message: "Specified time stamp or date value is expired."}
	case auth.keyID != AccessKeyID:
		return &refusal{status: http.StatusNotFound, code: "InvalidAccessKeyId.NotFound", message: "Specified access key is not found."}
	}
	if refused := auth.verify(r, query, body); refused != nil {
		return refused
	}
	if refused := checkToken(r.Header, auth.keyID); refused != nil {
		return refused
	}
	// Only now: a nonce that came with a wrong signature is nobody's.
	if !h.nonces.use(nonce, now) {
		return &refusal{status: http.StatusBadRequest, code: "SignatureNonceUsed", message: "Specified signature nonce was used already."}
	}
	return nil
}

// checkToken: temporary credentials send their key's id along, signed.
func checkToken(header http.Header, keyID string) *refusal {
	token := header.Get("x-acs-security-token")
	switch {
	case len(header.Values("x-acs-security-token")) == 0:
		return nil
	case token == "":
		return &refusal{status: http.StatusBadRequest, code: "InvalidSecurityToken.Malformed", message: "Specified SecurityToken is malformed."}
	case token == ExpiredToken:
		return &refusal{status: http.StatusBadRequest, code: "InvalidSecurityToken.Expired", message: "Specified SecurityToken is expired."}
	case header.Get("x-acs-accesskey-id") != keyID:
		return &refusal{status: http.StatusBadRequest, code: "InvalidSecurityToken.MismatchWithAccessKey", message: "Specified SecurityToken mismatch with the AccessKey."}
	}
	return nil
}

func parseAuthorization(header string) (authorization, *refusal) {
	var auth authorization
	method, rest, _ := strings.Cut(header, " ")
	if method != algorithm {
		return auth, &refusal{status: http.StatusBadRequest, code: "InvalidSignatureMethod", message: "Specified signature method is not valid."}
	}
	for part := range strings.SplitSeq(rest, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "Credential":
			auth.keyID = value
		case "SignedHeaders":
			auth.signed = strings.Split(strings.ToLower(value), ";")
		case "Signature":
			auth.signature = value
		}
	}
	if auth.keyID == "" || len(auth.signed) == 0 || auth.signature == "" {
		return auth, &refusal{status: http.StatusBadRequest, code: "IncompleteSignature", message: "The request signature does not conform to Aliyun standards."}
	}
	return auth, nil
}

// verify signs the request as it arrived and compares.
func (auth *authorization) verify(r *http.Request, query url.Values, body []byte) *refusal {
	for _, name := range mustSign(r.Header) {
		if !slices.Contains(auth.signed, name) {
			return &refusal{status: http.StatusBadRequest, code: "IncompleteSignature", message: "The request signature does not conform to Aliyun standards: header " + name + " is not signed."}
		}
	}
	sum := sha256.Sum256(body)
	payload := hex.EncodeToString(sum[:])
	if r.Header.Get("x-acs-content-sha256") != payload {
		return signatureMismatch("server hashed request payload is:" + payload)
	}
	toSign, signature := sign(canonicalRequest(r, query, auth.signed, payload), AccessKeySecret)
	if !hmac.Equal([]byte(signature), []byte(auth.signature)) {
		return signatureMismatch("server string to sign is:" + toSign)
	}
	return nil
}

// sign gives what is signed of a canonical request, and its signature.
func sign(canonical, secret string) (toSign, signature string) {
	hashed := sha256.Sum256([]byte(canonical))
	toSign = algorithm + "\n" + hex.EncodeToString(hashed[:])
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(toSign))
	return toSign, hex.EncodeToString(mac.Sum(nil))
}

// mustSign are the headers no request may leave unsigned: all of the API's
// own, host, and content-type where there is one.
func mustSign(header http.Header) []string {
	names := []string{"host"}
	for name := range header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-acs-") || name == "content-type" {
			names = append(names, name)
		}
	}
	return names
}

// canonicalRequest spells the request in the one way both sides agree on.
func canonicalRequest(r *http.Request, query url.Values, signed []string, payload string) string {
	names := slices.Compact(slices.Sorted(slices.Values(signed)))
	var b strings.Builder
	b.WriteString(r.Method + "\n" + r.URL.EscapedPath() + "\n" + canonicalQuery(query) + "\n")
	for _, name := range names {
		values := slices.Clone(r.Header.Values(name))
		if name == "host" {
			values = []string{r.Host} // net/http takes it out of the headers
		}
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
		slices.Sort(values)
		b.WriteString(name + ":" + strings.Join(values, ",") + "\n")
	}
	b.WriteString("\n" + strings.Join(names, ";") + "\n" + payload)
	return b.String()
}

// canonicalQuery sorts by name, not by the joined text: "JobId.1" comes before
// "JobId.10" though "=" comes after "0".
func canonicalQuery(query url.Values) string {
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(query)) {
		for k, value := range slices.Sorted(slices.Values(query[name])) {
			if i+k > 0 {
				b.WriteByte('&')
			}
			b.WriteString(percentEncode(name) + "=" + percentEncode(value))
		}
	}
	return b.String()
}

// percentEncode is RFC 3986's: all but letters, digits and "-._~".
func percentEncode(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
