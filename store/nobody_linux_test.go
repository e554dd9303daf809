package store

import (
	"os"
	"runtime"
	"syscall"
	"testing"
	"unsafe"
)

// asNobody has the test go on, where it runs as root, without root's right to
// pass over what files permit: its thread does, until the test is over.
func asNobody(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const override, readSearch = 1 << 1, 1 << 2 // CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
	head := struct {
		version uint32
		pid     int32
	}{version: 0x20080522}
	var data [2]struct{ effective, permitted, inheritable uint32 }
	call := func(trap uintptr) {
		t.Helper()
		if _, _, errno := syscall.RawSyscall(trap, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&data)), 0); errno != 0 {
			t.Fatal(errno)
		}
	}
	runtime.LockOSThread()
	call(syscall.SYS_CAPGET)
	had := data[0].effective
	data[0].effective &^= override | readSearch
	call(syscall.SYS_CAPSET)
	t.Cleanup(func() {
		data[0].effective = had
		call(syscall.SYS_CAPSET)
	})
}
