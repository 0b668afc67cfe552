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

// maxSkew is the tolerated difference between a request's date and the clock.
const maxSkew = 15 * time.Minute

// authorization is the parsed header of that name:
//
//	ACS3-HMAC-SHA256 Credential=<key id>,SignedHeaders=host;x-acs-action;…,Signature=<hex>
type authorization struct {
	keyID, signature string
	signed           []string // names of headers, in lower case
}

// authenticate checks signature, date, nonce and security token.
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
	// Last: an unauthenticated request must not use up a nonce.
	if !h.nonces.use(nonce, now) {
		return &refusal{status: http.StatusBadRequest, code: "SignatureNonceUsed", message: "Specified signature nonce was used already."}
	}
	return nil
}

// checkToken checks the security token of temporary credentials, whose key id is
// a signed header.
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

// verify signs the request as received and compares the signatures.
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

// sign returns the string to sign for a canonical request, and its signature.
func sign(canonical, secret string) (toSign, signature string) {
	hashed := sha256.Sum256([]byte(canonical))
	toSign = algorithm + "\n" + hex.EncodeToString(hashed[:])
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(toSign))
	return toSign, hex.EncodeToString(mac.Sum(nil))
}

// mustSign returns the headers that must be signed: all of the API's own, host,
// and content-type if present.
func mustSign(header http.Header) []string {
	names := []string{"host"}
	for name := range header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-acs-") || name == "content-type" {
			names = append(names, name)
		}
	}
	return names
}

// canonicalRequest returns the canonical form of a request.
func canonicalRequest(r *http.Request, query url.Values, signed []string, payload string) string {
	names := slices.Compact(slices.Sorted(slices.Values(signed)))
	var b strings.Builder
	b.WriteString(r.Method + "\n" + r.URL.EscapedPath() + "\n" + canonicalQuery(query) + "\n")
	for _, name := range names {
		values := slices.Clone(r.Header.Values(name))
		if name == "host" {
			values = []string{r.Host} // net/http removes it from the headers
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

// canonicalQuery sorts by name, not by name=value: "JobId.1" precedes "JobId.10"
// although "=" follows "0".
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

// percentEncode encodes all but the unreserved characters of RFC 3986.
func percentEncode(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
