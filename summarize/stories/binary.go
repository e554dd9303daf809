package stories

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

// docFormat is the first byte of an encoded Doc.
const docFormat = 1

// AppendBinary appends a Doc without its ids, which the store keeps beside it:
// about half a kilobyte. Its error is always nil (encoding.BinaryAppender).
func (d Doc) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, docFormat)
	b = binary.AppendVarint(b, d.At.Unix())
	b = binary.AppendUvarint(b, uint64(len(d.Lang)))
	b = append(b, d.Lang...)
	b = binary.AppendUvarint(b, uint64(d.Shingles))
	b = binary.AppendUvarint(b, uint64(len(d.Terms)))
	for _, t := range d.Terms {
		b = binary.LittleEndian.AppendUint32(b, t.ID)
		b = append(b, t.Weight, byte(t.Kind))
	}
	b = binary.AppendUvarint(b, uint64(len(d.Sketch)))
	for _, s := range d.Sketch {
		b = binary.LittleEndian.AppendUint32(b, s)
	}
	return b, nil
}

// MarshalBinary encodes a Doc; see AppendBinary.
func (d Doc) MarshalBinary() ([]byte, error) { return d.AppendBinary(nil) }

var errDoc = errors.New("not an encoded article of the story index")

// UnmarshalBinary decodes what MarshalBinary wrote; the ids stay as they are.
func (d *Doc) UnmarshalBinary(b []byte) error {
	if len(b) == 0 || b[0] != docFormat {
		return errDoc
	}
	b = b[1:]
	at, n := binary.Varint(b)
	if n <= 0 {
		return errDoc
	}
	b = b[n:]
	length := func(size int) (int, bool) {
		v, n := binary.Uvarint(b)
		if n <= 0 || size > 0 && v > uint64(len(b)-n)/uint64(size) {
			return 0, false
		}
		b = b[n:]
		return int(v), true
	}
	langs, ok := length(1)
	if !ok {
		return errDoc
	}
	lang := string(b[:langs])
	b = b[langs:]
	shingles, ok := length(0)
	if !ok {
		return errDoc
	}
	count, ok := length(6)
	if !ok {
		return errDoc
	}
	terms := make([]Term, count)
	for i := range terms {
		terms[i] = Term{ID: binary.LittleEndian.Uint32(b), Weight: b[4], Kind: termKind(b[5])}
		b = b[6:]
	}
	count, ok = length(4)
	if !ok {
		return errDoc
	}
	sketch := make([]uint32, count)
	for i := range sketch {
		sketch[i] = binary.LittleEndian.Uint32(b)
		b = b[4:]
	}
	if len(b) != 0 || !slices.IsSortedFunc(terms, func(x, y Term) int { return int(int64(x.ID) - int64(y.ID)) }) {
		return errDoc
	}
	d.At, d.Lang, d.Shingles, d.Terms, d.Sketch = time.Unix(at, 0).UTC(), lang, shingles, terms, sketch
	return nil
}
