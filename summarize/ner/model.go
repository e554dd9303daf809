package ner

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// model is a trained CRF: a row of 8-bit weights a feature, in units of scale,
// and the transitions.
type model struct {
	scale float32
	trans [numTags + 1][numTags]float32 // in units of scale
	keys  []uint64
	rows  []uint64 // rowWords a feature: a byte a tag, 128 standing for none
	table table
}

const (
	rowWords = (numTags + 7) / 8
	noWeight = 0x8080808080808080
)

func (m *model) weight(row int, t int) int8 {
	return int8(byte(m.rows[row*rowWords+t/8]>>(t%8*8)) - 128)
}

// put sets a weight that is still none.
func (m *model) put(row int, t int, w int8) {
	m.rows[row*rowWords+t/8] ^= uint64(byte(w)) << (t % 8 * 8)
}

// empty makes room for n rows without weights.
func (m *model) empty(n int) {
	m.rows = make([]uint64, n*rowWords)
	for i := range m.rows {
		m.rows[i] = noWeight
	}
}

const modelMagic = "sitrep-ner-3\n"

// quantise keeps the features whose weights don't round to nothing.
func quantise(hashes []uint64, w []float32, trans *[numTags + 1][numTags]float32) *model {
	top := float32(0)
	for _, x := range w {
		top = max(top, x, -x)
	}
	m := &model{scale: max(top/127, 1e-6)}
	for a := range numTags + 1 {
		for t := range numTags {
			m.trans[a][t] = trans[a][t] / m.scale
		}
	}
	type row = [numTags]int8
	rows := map[uint64]row{}
	for id, h := range hashes {
		var r row
		any := false
		for t, x := range w[id*numTags : (id+1)*numTags] {
			r[t] = int8(math.Round(float64(x / m.scale)))
			any = any || r[t] != 0
		}
		if any {
			rows[h&keyMask] = r
			m.keys = append(m.keys, h)
		}
	}
	m.keys = sortedKeys(m.keys)
	m.empty(len(m.keys))
	for i, k := range m.keys {
		for t, w := range rows[k] {
			m.put(i, t, w)
		}
	}
	m.table = newTable(m.keys)
	return m
}

// encode writes the model, compressed.
func (m *model) encode() []byte { return compress(m.append([]byte(modelMagic))) }

// append writes a model. Rows are a mask of their weights that aren't zero; the
// weights of all rows follow.
func (m *model) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.scale))
	for a := range numTags + 1 {
		for t := range numTags {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.trans[a][t]))
		}
	}
	b = binary.AppendUvarint(b, uint64(len(m.keys)))
	b = appendKeys(b, m.keys)
	var weights []byte
	for i := range m.keys {
		mask := uint64(0)
		for t := range numTags {
			if x := m.weight(i, t); x != 0 {
				mask |= 1 << t
				weights = append(weights, byte(x))
			}
		}
		b = binary.AppendUvarint(b, mask)
	}
	b = binary.AppendUvarint(b, uint64(len(weights)))
	return append(b, weights...)
}

func decodeModel(data []byte) (*model, error) {
	b, err := decompress(data)
	if err != nil {
		return nil, fmt.Errorf("tagger model: %w", err)
	}
	return parseModel(b)
}

func parseModel(b []byte) (*model, error) {
	r := reader{b: b}
	if string(r.bytes(len(modelMagic))) != modelMagic {
		return nil, fmt.Errorf("tagger model: unknown format")
	}
	m := readModel(&r)
	if r.err != nil {
		return nil, fmt.Errorf("tagger model: %w", r.err)
	}
	return m, nil
}

func readModel(r *reader) *model {
	m := &model{}
	float := func() float32 {
		if x := r.bytes(4); x != nil {
			return math.Float32frombits(binary.LittleEndian.Uint32(x))
		}
		return 0
	}
	m.scale = float()
	for a := range numTags + 1 {
		for t := range numTags {
			m.trans[a][t] = float()
		}
	}
	n := r.count()
	m.keys = r.keys(n)
	masks := reader{b: r.b}
	r.skip(n)
	weights := r.bytes(r.count())
	m.rows = roomy[uint64](n * rowWords)
	for i := range n {
		mask := masks.uvarint()
		if mask >= 1<<numTags || bits.OnesCount64(mask) > len(weights) {
			r.fail()
			return m
		}
		var row [rowWords]uint64
		k := 0
		for ; mask != 0; k++ {
			t := bits.TrailingZeros64(mask)
			row[t/8] |= uint64(weights[k]) << (t % 8 * 8)
			mask &= mask - 1
		}
		weights = weights[k:]
		for w, r := range row {
			m.rows[i*rowWords+w] = r ^ noWeight
		}
	}
	m.table = newTable(m.keys)
	return m
}

// maxFeatures is how many features of a token are scored: their biased bytes
// add up in lanes of 16 bits. A token has about 50, and never as many.
const maxFeatures = 256

// score adds up the weights of the features, in units of scale.
func (m *model) score(features []uint64, out *[numTags]float32) {
	// First all look-ups, then all rows: both wait for memory, and waits that
	// don't depend on each other overlap.
	var found [maxFeatures]int32
	n := 0
	for _, h := range features[:min(len(features), maxFeatures)] {
		if k := m.table.find(h); k >= 0 {
			found[n] = int32(k)
			n++
		}
	}
	const lanes = 0x00ff00ff00ff00ff
	var even, odd [rowWords]uint64
	for _, k := range found[:n] {
		row := m.rows[int(k)*rowWords : int(k)*rowWords+rowWords]
		for w := range rowWords {
			even[w] += row[w] & lanes
			odd[w] += row[w] >> 8 & lanes
		}
	}
	for t := range numTags {
		lane := even[t/8]
		if t%2 == 1 {
			lane = odd[t/8]
		}
		out[t] = float32(int(uint16(lane>>(t%8/2*16))) - 128*n)
	}
}
