package ner

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// lexEntry is what the lexicon knows of a word.
type lexEntry struct {
	c      [3]uint16 // its clusters, coarse to fine; 0 for a word that it hasn't
	gaz    uint16    // gazetteers that list it, a bit each
	phrase uint8     // the longest listed phrase that begins with it, in words
}

// lexicon holds word clusters and gazetteers.
type lexicon struct {
	keys       []uint64
	entries    []lexEntry
	table      table
	phraseKeys []uint64
	phraseGaz  []uint16
	phrases    table
}

func (l *lexicon) word(h uint64) lexEntry {
	if k := l.table.find(h); k >= 0 {
		return l.entries[k]
	}
	return lexEntry{}
}

func (l *lexicon) phrase(h uint64) uint16 {
	if k := l.phrases.find(h); k >= 0 {
		return l.phraseGaz[k]
	}
	return 0
}

// gazetteers are the lists' names in lexicon sources; the place of each is its
// bit.
var gazetteers = []string{"CTRY", "REGION", "BIGCITY", "CITY", "DEM", "FIRST", "LAST", "NAME"}

// buildLexicon reads lines of word, three cluster numbers, and lines of list
// name, phrase.
func buildLexicon(clusters, gazetteer io.Reader) (*lexicon, error) {
	words := map[uint64]lexEntry{}
	phrases := map[uint64]uint16{}
	sc := bufio.NewScanner(clusters)
	for sc.Scan() {
		f := strings.Split(sc.Text(), "\t")
		if len(f) != 4 {
			return nil, fmt.Errorf("clusters: %q has not four columns", sc.Text())
		}
		h := lowerHash(f[0]) & keyMask
		e, ok := words[h]
		if ok {
			continue // the commonest spelling of several counts
		}
		for k := range 3 {
			n, err := strconv.Atoi(f[1+k])
			if err != nil {
				return nil, fmt.Errorf("clusters: %q: %w", sc.Text(), err)
			}
			e.c[k] = uint16(n + 1)
		}
		words[h] = e
	}
	if err := sc.Err(); err != nil {
		return nil, err
	}
	sc = bufio.NewScanner(gazetteer)
	for sc.Scan() {
		t, p, _ := strings.Cut(sc.Text(), "\t")
		bit := uint16(0)
		for k, g := range gazetteers {
			if g == t {
				bit = 1 << k
			}
		}
		list := strings.Fields(p)
		if bit == 0 || len(list) == 0 {
			return nil, fmt.Errorf("gazetteer: %q", sc.Text())
		}
		h := lowerHash(list[0]) & keyMask
		e := words[h]
		if len(list) == 1 {
			e.gaz |= bit
		} else {
			e.phrase = max(e.phrase, uint8(len(list)))
			ph := uint64(0)
			for _, w := range list {
				ph = join(phraseTemplate, ph, lowerHash(w))
			}
			phrases[ph&keyMask] |= bit
		}
		words[h] = e
	}
	if err := sc.Err(); err != nil {
		return nil, err
	}
	l := &lexicon{}
	for h := range words {
		l.keys = append(l.keys, h)
	}
	l.keys = sortedKeys(l.keys)
	for _, k := range l.keys {
		l.entries = append(l.entries, words[k])
	}
	for h := range phrases {
		l.phraseKeys = append(l.phraseKeys, h)
	}
	l.phraseKeys = sortedKeys(l.phraseKeys)
	for _, k := range l.phraseKeys {
		l.phraseGaz = append(l.phraseGaz, phrases[k])
	}
	l.index()
	return l, nil
}

const phraseTemplate = 900

func (l *lexicon) index() {
	l.table = newTable(l.keys)
	l.phrases = newTable(l.phraseKeys)
}

func lowerHash(w string) uint64 {
	var d docFeatures
	d.lex = emptyLexicon
	var a attr
	d.describe(&a, w)
	return a.lower
}

var emptyLexicon = func() *lexicon {
	l := &lexicon{}
	l.index()
	return l
}()

// encode writes the lexicon column by column, compressed.
func (l *lexicon) encode() []byte {
	var b []byte
	b = binary.AppendUvarint(b, uint64(len(l.keys)))
	b = appendKeys(b, l.keys)
	for k := range 3 {
		for _, e := range l.entries {
			b = binary.LittleEndian.AppendUint16(b, e.c[k])
		}
	}
	for _, e := range l.entries {
		b = binary.LittleEndian.AppendUint16(b, e.gaz)
	}
	for _, e := range l.entries {
		b = append(b, e.phrase)
	}
	b = binary.AppendUvarint(b, uint64(len(l.phraseKeys)))
	b = appendKeys(b, l.phraseKeys)
	for _, g := range l.phraseGaz {
		b = binary.LittleEndian.AppendUint16(b, g)
	}
	return compress(b)
}

func decodeLexicon(data []byte) (*lexicon, error) {
	b, err := decompress(data)
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	return parseLexicon(b)
}

func parseLexicon(b []byte) (*lexicon, error) {
	r := reader{b: b}
	n := r.count()
	l := &lexicon{keys: r.keys(n), entries: roomy[lexEntry](n)}
	for k := range 3 {
		col := r.bytes(2 * n)
		for i := range col {
			if i%2 == 0 {
				l.entries[i/2].c[k] = uint16(col[i]) | uint16(col[i+1])<<8
			}
		}
	}
	col := r.bytes(2 * n)
	for i := 0; i+1 < len(col); i += 2 {
		l.entries[i/2].gaz = uint16(col[i]) | uint16(col[i+1])<<8
	}
	for i, p := range r.bytes(n) {
		l.entries[i].phrase = p
	}
	m := r.count()
	l.phraseKeys = r.keys(m)
	l.phraseGaz = make([]uint16, 0, m)
	col = r.bytes(2 * m)
	for i := 0; i+1 < len(col); i += 2 {
		l.phraseGaz = append(l.phraseGaz, uint16(col[i])|uint16(col[i+1])<<8)
	}
	if r.err != nil {
		return nil, fmt.Errorf("lexicon: %w", r.err)
	}
	l.index()
	return l, nil
}

// compress is zstd on one goroutine: the same bytes on every machine.
func compress(b []byte) []byte {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		panic(err) // only unknown options fail
	}
	return enc.EncodeAll(b, nil)
}

func decompress(b []byte) ([]byte, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	var head zstd.Header
	var room []byte
	if err := head.Decode(b); err == nil && head.HasFCS && head.FrameContentSize <= 64<<20 {
		room = roomy[byte](int(head.FrameContentSize))[:0]
	}
	return dec.DecodeAll(b, room)
}
