package store

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxBody bounds what a stored frame may unpack to: far above any article,
// brief or story, and far below what hurts.
const maxBody = 64 << 20

var encoder = sync.OnceValue(func() *zstd.Encoder {
	// One at a time, and a small window: the values are kilobytes.
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
		zstd.WithWindowSize(128<<10), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(true))
	if err != nil {
		panic(err) // the options above are constants
	}
	return e
})

var decoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBody), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err)
	}
	return d
})

// smallText is the length below which compression costs a text more time than
// it saves room: 20 µs for less than a KB. Most texts that feeds bring are such,
// and are replaced by their pages' when those are read.
const smallText = 2 << 10

// packText is pack for texts. A small one is a frame with one raw block
// (RFC 8878, 3.1.1), of whose size the head takes two bytes.
func packText(text string) []byte {
	if len(text) < 256 || len(text) >= smallText {
		return pack([]byte(text))
	}
	n := len(text)
	b := make([]byte, 0, n+10)
	b = append(b, 0x28, 0xb5, 0x2f, 0xfd, 0x60, byte(n-256), byte((n-256)>>8), byte(n<<3|1), byte(n>>5), byte(n>>13))
	return append(b, text...)
}

func pack(b []byte) []byte { return encoder().EncodeAll(b, make([]byte, 0, len(b)/2+64)) }

func unpack(b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, nil
	}
	out, err := decoder().DecodeAll(b, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack a stored value: %w", err)
	}
	return out, nil
}

func packJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return pack(b), nil
}

func unpackJSON(b []byte, v any) error {
	raw, err := unpack(b)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}
