package api

import (
	"net/http"
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

// The worked example of Alibaba Cloud's "Request syntax and signature method V3",
// with fixed values.
func TestDocumentedSignature(t *testing.T) {
	r, err := http.NewRequest(http.MethodPost, "https://ecs.cn-shanghai.aliyuncs.com/?RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", nil)
	if err != nil {
		t.Fatal(err)
	}
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for name, value := range map[string]string{
		"x-acs-action": "RunInstances", "x-acs-content-sha256": empty, "x-acs-date": "2023-10-26T10:22:32Z",
		"x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d", "x-acs-version": "2014-05-26",
	} {
		r.Header.Set(name, value)
	}
	toSign, signature := sign(canonicalRequest(r, r.URL.Query(), mustSign(r.Header), empty), "YourAccessKeySecret")
	if want := "ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259"; toSign != want {
		t.Errorf("signs %q, want %q", toSign, want)
	}
	if want := "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"; signature != want {
		t.Errorf("signature %s, want %s", signature, want)
	}
}

// The canonical query can be parsed, so different queries have different signatures.
func TestCanonicalQuery(t *testing.T) {
	queries := rapid.MapOfN(rapid.String(), rapid.SliceOfN(rapid.String(), 1, 3), 0, 5)
	rapid.Check(t, func(t *rapid.T) {
		query := url.Values(queries.Draw(t, "query"))
		canonical := canonicalQuery(query)
		again, err := url.ParseQuery(canonical)
		if err != nil || sorted(again).Encode() != sorted(query).Encode() {
			t.Fatalf("%v signs as %q, which reads as %v, %v", query, canonical, again, err)
		}
	})
	if got, want := canonicalQuery(url.Values{"JobId.10": {"~*"}, "JobId.1": {"a b+"}, "B": {""}}), "B=&JobId.1=a%20b%2B&JobId.10=~%2A"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A repeated header is signed with its values in order.
func TestCanonicalHeaders(t *testing.T) {
	r, err := http.NewRequest(http.MethodPost, "http://here:1/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header["X-Acs-More"] = []string{" b ", "a"}
	if got, want := canonicalRequest(r, nil, []string{"x-acs-more", "host"}, "hash"), "POST\n/\n\nhost:here:1\nx-acs-more:a,b\n\nhost;x-acs-more\nhash"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
