package store

import (
	"strings"
	"testing"
)

func TestTextsComeBack(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 255, 256, 257, 511, 512, 1500, smallText - 1, smallText, smallText + 1, 70_000} {
		text := strings.Repeat("Der Kran im Südhafen hebt wieder. ", n/30+1)[:n]
		b := packText(text)
		got, err := unpack(b)
		if err != nil || string(got) != text {
			t.Errorf("%d bytes came back as %d: %v", n, len(got), err)
		}
		if len(b) > n+16 {
			t.Errorf("%d bytes take %d", n, len(b))
		}
	}
}
