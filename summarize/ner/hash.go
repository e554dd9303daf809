package ner

import "math/bits"

// hashString is a 64-bit hash of s (FNV-1a with a finishing mix), the same on
// every machine: models are keyed by it.
func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return finish(h)
}

func finish(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	return h
}

// join mixes a template's number and values into a feature's key.
func join(template, a, b uint64) uint64 {
	h := (template+1)*0x9e3779b97f4a7c15 ^ a
	hi, lo := bits.Mul64(h, 0xbf58476d1ce4e5b9)
	h = hi ^ lo ^ b*0x94d049bb133111eb
	hi, lo = bits.Mul64(h^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return hi ^ lo
}
