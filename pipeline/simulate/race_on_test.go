//go:build race

package simulate_test

// The race detector makes everything several times slower.
const slowdown = 15
