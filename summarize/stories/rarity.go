package stories

import (
	_ "embed"
	"encoding/binary"
	"math"
)

// backgroundTable says in how many of 10,000 news articles a common term
// occurs: pairs of hash (uint32) and count (uint16), little-endian, by hash.
// Counted over the news articles of the Groningen Meaning Bank (public-domain
// texts) by TestBackground -background.
//
//go:embed background.bin
var backgroundTable []byte

var background = readBackground(backgroundTable)

// A frequencies table is what is known of terms before any article has come.
type frequencies map[uint32]uint16

const (
	backgroundDocs = 10_000
	unknownCount   = 1.5 // occurrences credited to a term that the table doesn't hold
)

func readBackground(b []byte) frequencies {
	f := make(frequencies, len(b)/6)
	for ; len(b) >= 6; b = b[6:] {
		f[binary.LittleEndian.Uint32(b)] = binary.LittleEndian.Uint16(b[4:])
	}
	return f
}

// count is how many of backgroundDocs articles hold the term.
func (f frequencies) count(id uint32) float64 {
	if n, ok := f[id]; ok {
		return float64(n)
	}
	return unknownCount
}

// rarity is the term's inverse document frequency in the background.
func (f frequencies) rarity(id uint32) float64 {
	return math.Log(backgroundDocs / f.count(id))
}
