package schema

import "crypto/sha256"

// Key identifies a job over all instances: the first half of the SHA-256 of
// its instance id and job id.
type Key [16]byte

// JobKey returns the key of a job. buf is scratch space and may be nil.
func JobKey(buf []byte, instanceID, jobID string) Key {
	sum := sha256.Sum256(appendText(buf[:0], instanceID, jobID))
	return Key(sum[:16])
}

// Bucket returns the bucket of the key, below buckets, which is a power of two
// up to 1<<16. A key's bucket among n is its bucket among any larger number,
// modulo n.
func (k Key) Bucket(buckets int) int {
	return (int(k[0])<<8 | int(k[1])) & (buckets - 1)
}
