package ner

import (
	"encoding/binary"
	"fmt"
	"math"
)

// model is a trained CRF: a row of 8-bit weights a feature, in units of scale,
// and the transitions.
type model struct {
	scale float32
	trans [numTags + 1][numTags]float32 // in units of scale
	keys  []uint64
	rows  []int8 // numTags a feature
	table table
}

const modelMagic = "sitrep-ner-1\n"

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
	for _, k := range m.keys {
		r := rows[k]
		m.rows = append(m.rows, r[:]...)
	}
	m.table = newTable(m.keys)
	return m
}

// encode writes the model, compressed. Rows are a mask of their weights that
// aren't zero, then those.
func (m *model) encode() []byte {
	b := []byte(modelMagic)
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
		for t, x := range m.rows[i*numTags : (i+1)*numTags] {
			if x != 0 {
				mask |= 1 << t
				weights = append(weights, byte(x))
			}
		}
		b = binary.AppendUvarint(b, mask)
	}
	b = binary.AppendUvarint(b, uint64(len(weights)))
	b = append(b, weights...)
	return compress(b)
}

func decodeModel(data []byte) (*model, error) {
	b, err := decompress(data)
	if err != nil {
		return nil, fmt.Errorf("tagger model: %w", err)
	}
	r := reader{b: b}
	if string(r.bytes(len(modelMagic))) != modelMagic {
		return nil, fmt.Errorf("tagger model: unknown format")
	}
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
	masks := make([]uint32, n)
	for i := range masks {
		masks[i] = uint32(r.uvarint())
	}
	weights := r.bytes(r.count())
	m.rows = make([]int8, n*numTags)
	for i, mask := range masks {
		for t := range numTags {
			if mask&(1<<t) == 0 {
				continue
			}
			if len(weights) == 0 {
				r.fail()
				break
			}
			m.rows[i*numTags+t] = int8(weights[0])
			weights = weights[1:]
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("tagger model: %w", r.err)
	}
	m.table = newTable(m.keys)
	return m, nil
}

// score adds the weights of the features into out, in units of scale.
func (m *model) score(features []uint64, out *[numTags]int32) {
	for _, h := range features {
		k := m.table.find(h)
		if k < 0 {
			continue
		}
		row := m.rows[k*numTags : k*numTags+numTags : k*numTags+numTags]
		for t := range numTags {
			out[t] += int32(row[t])
		}
	}
}
