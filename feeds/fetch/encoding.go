package fetch

import (
	"bufio"
	"compress/flate"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// acceptEncoding is what the client asks for; decode understands all of it.
const acceptEncoding = "gzip, br, zstd"

// decoders keeps decoders for use again: each has tables of tens of KB.
type decoders struct{ gzip, brotli, zstd sync.Pool }

// zstdWindow bounds what a zstd frame may make us allocate; RFC 9659 allows web
// content no more than 8 MB.
const zstdWindow = 8 << 20

// decode undoes the content encodings of an answer. done gives the decoder back.
func (p *decoders) decode(contentEncoding string, body io.Reader) (r io.Reader, done func(), err error) {
	r, done = body, func() {}
	names := strings.Split(contentEncoding, ",")
	if len(names) > 2 {
		return nil, done, failure(KindEncoding, fmt.Errorf("%d encodings", len(names)))
	}
	for i := len(names) - 1; i >= 0; i-- { // the last one named was applied last
		var d func()
		switch strings.ToLower(strings.TrimSpace(names[i])) {
		case "", "identity", "none", "utf-8":
			continue
		case "gzip", "x-gzip":
			br := bufio.NewReaderSize(r, 4096)
			if head, _ := br.Peek(2); len(head) == 0 || len(head) == 2 && (head[0] != 0x1f || head[1] != 0x8b) {
				r = br // said to be gzip, but is not: a server that labels everything
				continue
			}
			z, _ := p.gzip.Get().(*gzip.Reader)
			if z == nil {
				z = new(gzip.Reader)
			}
			if err := z.Reset(br); err != nil {
				done()
				return nil, func() {}, failure(KindEncoding, err)
			}
			r, d = z, func() { p.gzip.Put(z) }
		case "deflate":
			br := bufio.NewReaderSize(r, 4096)
			if head, _ := br.Peek(2); len(head) == 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
				z, err := zlib.NewReader(br)
				if err != nil {
					done()
					return nil, func() {}, failure(KindEncoding, err)
				}
				r, d = z, func() {}
			} else { // many servers send it without the zlib frame
				r, d = flate.NewReader(br), func() {}
			}
		case "br":
			z, _ := p.brotli.Get().(*brotli.Reader)
			if z == nil {
				z = brotli.NewReader(nil)
			}
			if err := z.Reset(r); err != nil {
				done()
				return nil, func() {}, failure(KindEncoding, err)
			}
			r, d = z, func() { p.brotli.Put(z) }
		case "zstd":
			z, _ := p.zstd.Get().(*zstd.Decoder)
			if z == nil {
				z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
				if err != nil {
					done()
					return nil, func() {}, failure(KindEncoding, err)
				}
			}
			if err := z.Reset(r); err != nil {
				done()
				return nil, func() {}, failure(KindEncoding, err)
			}
			r, d = z, func() { _ = z.Reset(nil); p.zstd.Put(z) }
		default:
			done()
			return nil, func() {}, failure(KindEncoding, fmt.Errorf("content encoding %.40q", names[i]))
		}
		if d != nil {
			prev := done
			done = func() { d(); prev() }
		}
	}
	return r, done, nil
}
