package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// ParseManifest parses the manifest of a snapshot: the text must be the one that
// the snapshot is named for, of a format that this program knows. What it says is
// not checked. The error of a newer format is [ErrNewerFormat]; any other means
// that the text is damaged.
func ParseManifest(snapshot string, text []byte) (*Manifest, error) {
	// First the hash: what a damaged manifest says of its version is worthless.
	sum := sha256.Sum256(text)
	if digits := hex.EncodeToString(sum[:])[:6]; !IsSnapshot(snapshot) || snapshot[len(snapshot)-6:] != digits {
		return nil, fmt.Errorf("damaged: its hash begins with %s, but its folder is named %s", digits, snapshot)
	}
	var version struct{ Format int }
	if json.Unmarshal(text, &version) == nil && version.Format > FormatVersion {
		return nil, fmt.Errorf("%w: format %d, this one knows %d", ErrNewerFormat, version.Format, FormatVersion)
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("damaged: %w", err)
	}
	return m, nil
}
