package client

import (
	"slices"
	"sync"

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
		if secret != nil && *secret != "" && !slices.Contains(c.secrets, *secret) {
			c.secrets = append(c.secrets, *secret)
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
	if model.ProviderName == nil || *model.ProviderName == "" {
		return "given", nil
	}
	return *model.ProviderName, nil
}
