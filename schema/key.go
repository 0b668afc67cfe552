package schema

import "crypto/sha256"

// Key identifies a job over all instances: the first half of the SHA-256 of
// its instance id and job id.
type Key [16]byte

// JobKey is the key of a job. buf is scratch space that may be nil.
func JobKey(buf []byte, instanceID, jobID string) Key {
	sum := sha256.Sum256(appendText(buf[:0], instanceID, jobID))
	return Key(sum[:16])
}

// Bucket gives the bucket of the key among a power of two of them. That among n
// is that among any larger number, modulo n.
func (k Key) Bucket(buckets int) int {
	return (int(k[0])<<8 | int(k[1])) & (buckets - 1)
}
