package ner

import "math/bits"

// Hashes are the same on every machine: models are keyed by them.

// finish mixes the bits of an FNV-1a hash, which are weak at the top.
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
