package stories

import "math"

// termTable gives each term a small number, and knows how many articles of the
// window have it. Open addressing keeps a term at some thirty bytes: most
// terms of a window stand in one article.
type termTable struct {
	stats []termStat
	slots []uint32 // number of a term + 1, 0 = empty; a power of two
}

type termStat struct {
	hash  uint32
	count uint32 // articles of the window that have it
	last  int32  // newest posting, -1 = none
	idf   float32
	at    int32 // size of the window for which idf was computed, -1 = never
}

// number returns a term's number, a new one if need be.
func (t *termTable) number(hash uint32) uint32 {
	if 4*len(t.stats) >= 3*len(t.slots) {
		t.grow(max(64, 2*len(t.slots)))
	}
	slot := t.slot(hash)
	if t.slots[slot] == 0 {
		t.stats = append(t.stats, termStat{hash: hash, last: -1, at: -1})
		t.slots[slot] = uint32(len(t.stats))
	}
	return t.slots[slot] - 1
}

// slot is where a term is, or would go.
func (t *termTable) slot(hash uint32) uint32 {
	mask := uint32(len(t.slots) - 1)
	at := hash * 0x9e3779b1
	for at = (at ^ at>>15) & mask; t.slots[at] != 0 && t.stats[t.slots[at]-1].hash != hash; at = (at + 1) & mask {
	}
	return at
}

func (t *termTable) grow(size int) {
	t.slots = make([]uint32, size)
	for i, s := range t.stats {
		t.slots[t.slot(s.hash)] = uint32(i + 1)
	}
}

// pseudoDocs is how many articles' worth of trust the background frequencies
// get beside those of the window.
const pseudoDocs = 2000

// rarity is a term's inverse document frequency in a window of live articles,
// smoothed by the background.
func (t *termTable) rarity(term uint32, live int) float64 {
	s := &t.stats[term]
	// In a large window one article more changes nothing worth a logarithm.
	if d := live - int(s.at); s.at < 0 || d < 0 || d > live/256 {
		s.at = int32(live)
		p := background.count(s.hash) / backgroundDocs
		s.idf = float32(math.Log((float64(live) + pseudoDocs) / (float64(s.count) + pseudoDocs*p)))
	}
	return float64(s.idf)
}

// drop forgets the terms that no article has any more and returns the new
// number of each that stays. The order of numbers is kept.
func (t *termTable) drop() []uint32 {
	moved := make([]uint32, len(t.stats))
	var kept []termStat
	for i, s := range t.stats {
		if s.count > 0 {
			moved[i] = uint32(len(kept))
			kept = append(kept, s)
		}
	}
	t.stats = kept
	size := 64
	for 4*len(kept) >= 3*size {
		size *= 2
	}
	t.grow(size)
	return moved
}
