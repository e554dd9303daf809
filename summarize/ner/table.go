package ner

import (
	"encoding/binary"
	"errors"
	"slices"
)

// keyBits of a hash are what models and lexicons are keyed by: with a million
// entries an unknown feature is taken for a known one once in a million times.
const keyBits = 40

const keyMask = 1<<keyBits - 1

// table finds the number of a key.
type table struct {
	slots []slot
	shift uint // of a key, to its place
	mask  uint64
}

type slot struct {
	low uint32 // the key's lower bits; its upper ones are the slot's place
	id  uint32 // number + 1; 0 is an empty slot
}

// newTable numbers keys in their order. Ascending ones fill the table from its
// start to its end, which is quick.
func newTable(keys []uint64) table {
	log := uint(10)
	for 1<<log < len(keys)*8/5 {
		log++
	}
	t := table{slots: roomy[slot](1 << log), shift: keyBits - log, mask: 1<<log - 1}
	for i, k := range keys {
		at := k >> t.shift
		for t.slots[at].id != 0 {
			at = (at + 1) & t.mask
		}
		t.slots[at] = slot{uint32(k), uint32(i + 1)}
	}
	return t
}

// find returns the number of the hash's key, or -1.
func (t *table) find(h uint64) int {
	h &= keyMask
	low := uint32(h)
	for at := h >> t.shift; ; at = (at + 1) & t.mask {
		s := t.slots[at]
		if s.low == low && s.id != 0 {
			return int(s.id - 1)
		}
		if s.id == 0 {
			return -1
		}
	}
}

// appendKeys writes ascending keys as differences.
func appendKeys(b []byte, keys []uint64) []byte {
	last := uint64(0)
	for _, k := range keys {
		b = binary.AppendUvarint(b, k-last)
		last = k
	}
	return b
}

var errShort = errors.New("model data is cut short")

// reader takes a model's parts off its bytes; the first fault sticks.
type reader struct {
	b   []byte
	err error
}

func (r *reader) uvarint() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 { // most are one byte long
		v := r.b[0]
		r.b = r.b[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

// skip passes over n numbers.
func (r *reader) skip(n int) {
	for i, b := range r.b {
		if n == 0 {
			r.b = r.b[i:]
			return
		}
		if b < 0x80 {
			n--
		}
	}
	if r.b = nil; n > 0 {
		r.fail()
	}
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail()
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) fail() {
	r.b = nil
	if r.err == nil {
		r.err = errShort
	}
}

// count reads a length and checks it against what is left.
func (r *reader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) keys(n int) []uint64 {
	keys := roomy[uint64](n)
	last := uint64(0)
	for i := range keys {
		last += r.uvarint()
		keys[i] = last
	}
	return keys
}

// sortedKeys returns the distinct keys of hashes in ascending order.
func sortedKeys(hashes []uint64) []uint64 {
	keys := make([]uint64, len(hashes))
	for i, h := range hashes {
		keys[i] = h & keyMask
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
