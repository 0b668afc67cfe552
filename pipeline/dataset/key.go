package dataset

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// KeyID identifies a key without revealing it.
func KeyID(key []byte) string {
	return hex.EncodeToString(hmac.New(sha256.New, key).Sum(nil))[:16]
}

// SettingError means that a given setting is not the dataset's own.
type SettingError struct{ Setting, Own, Given string }

func (e *SettingError) Error() string {
	return fmt.Sprintf("--%s is %s, but the dataset's is %s", e.Setting, e.Given, e.Own)
}
