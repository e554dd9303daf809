package ner

import "unsafe"

// roomy makes a slice on large pages of memory, where the system has them. A
// model is tens of megabytes: the first touch of each small page costs as much
// as reading it, and random look-ups wait for the translation of addresses.
func roomy[T any](n int) []T {
	s := make([]T, n)
	if n > 0 {
		large(unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), uintptr(n)*unsafe.Sizeof(s[0])))
	}
	return s
}
