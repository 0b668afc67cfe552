//go:build !race

package simulate_test

const slowdown = 1
