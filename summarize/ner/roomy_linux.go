package ner

import (
	"syscall"
	"unsafe"
)

const largePage = 2 << 20

// large asks for large pages behind the part of memory that they fit in.
func large(b []byte) {
	start := uintptr(unsafe.Pointer(&b[0]))
	from := (start+largePage-1)&^(largePage-1) - start
	to := (start+uintptr(len(b)))&^(largePage-1) - start
	if from < to && to <= uintptr(len(b)) {
		_ = syscall.Madvise(b[from:to], syscall.MADV_HUGEPAGE) // without them it is only slower
	}
}
