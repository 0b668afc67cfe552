package client

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/aliyun/credentials-go/credentials"
)

// chain provides the credentials that requests are signed with: the vendor's
// default chain, which is the environment, OIDC, the CLI's profile, the profile
// file, the machine's RAM role and a URI, in this order. It renews temporary
// ones by itself.
//
// Safe for concurrent use, which the vendor's chain is not: it remembers
// without a lock which of its links answered last. After a failure it remembers
// the link that failed, so a new one is made then.
type chain struct {
	credentials.Credential // for methods that are not called
	keys                   *Keys

	mu      sync.Mutex
	current credentials.Credential // nil: none yet
	secrets []string               // all that were returned
}

// GetCredential implements [credentials.Credential].
func (c *chain) GetCredential() (*credentials.CredentialModel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == nil {
		made, err := credentials.NewCredential(c.config())
		if err != nil {
			return nil, err
		}
		c.current = made
	}
	model, err := c.current.GetCredential()
	if err != nil {
		c.current = nil
		return nil, err
	}
	for _, secret := range []*string{model.AccessKeySecret, model.SecurityToken, model.AccessKeyId, model.BearerToken} {
		if secret == nil {
			continue
		}
		// Messages may show it without the white space around it.
		if text := strings.TrimSpace(*secret); text != "" && !slices.Contains(c.secrets, text) {
			c.secrets = append(c.secrets, text)
		}
	}
	return model, nil
}

// config returns nil for the default chain.
func (c *chain) config() *credentials.Config {
	if c.keys == nil {
		return nil
	}
	config := new(credentials.Config).SetType("access_key").SetAccessKeyId(c.keys.ID).SetAccessKeySecret(c.keys.Secret)
	if c.keys.Token != "" {
		config.SetType("sts").SetSecurityToken(c.keys.Token)
	}
	return config
}

// provider names the link of the chain that has credentials. An error is of type
// *Error.
func (c *chain) provider() (string, error) {
	model, err := c.GetCredential()
	if err != nil {
		return "", &Error{
			Kind: Credentials, Reason: "no credentials: " + c.scrub(err.Error()),
			Advice: "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or use the profile file or a RAM role of the machine",
		}
	}
	name := "given"
	if model.ProviderName != nil && *model.ProviderName != "" {
		name = *model.ProviderName
	}
	if err := checkKeys(model, name); err != nil {
		return "", err
	}
	return name, nil
}

// maxMessage is how many characters of a message from elsewhere are passed on.
const maxMessage = 300

// scrub makes a message from elsewhere fit for errors: on one line, not too
// long, and without credentials or the passwords of URLs. The API's own messages need it: it answers a
// wrong signature with the headers it signed, the token among them.
func (c *chain) scrub(message string) string {
	if i := strings.Index(strings.ToLower(message), "server string to sign"); i >= 0 {
		message = strings.TrimRight(message[:i], " ,;:.")
	}
	message = Mask(string(c.scrubBytes([]byte(message))))
	message = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(message, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if runes := []rune(message); len(runes) > maxMessage {
		message = string(runes[:maxMessage]) + " …"
	}
	return message
}

// scrubBytes replaces credentials in a body that is kept.
func (c *chain) scrubBytes(b []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := string(b)
	for _, secret := range c.secrets {
		s = strings.ReplaceAll(s, secret, "***")
	}
	return []byte(s)
}

// refuseTracing refuses the switches that make the vendor's libraries print
// requests with all their headers, the security token among them.
func refuseTracing() error {
	for name := range strings.SplitSeq(os.Getenv("DEBUG"), ",") {
		switch name {
		case "dara", "tea", "credential":
			return &Error{
				Kind: Usage, Reason: fmt.Sprintf("DEBUG=%s makes the vendor's client print credentials", name),
				Advice: "unset DEBUG",
			}
		}
	}
	return nil
}
