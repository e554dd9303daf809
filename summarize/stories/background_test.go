package stories

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sitrep/feeds"
	"sitrep/feeds/feedstest/corpus"
)

var countBackground = flag.Bool("background", false, "count background.bin anew from the training texts")

func TestBackground(t *testing.T) {
	if !*countBackground {
		if len(background) < 5000 {
			t.Fatalf("background.bin holds %d terms", len(background))
		}
		return
	}
	f, err := os.Open(filepath.Join(corpus.Path(t, "data/ner/train"), "gmb.s10.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	docs, counts := 0, map[uint32]int{}
	var b strings.Builder
	flush := func() {
		if b.Len() == 0 {
			return
		}
		docs++
		for _, term := range Features(&feeds.Article{Text: b.String(), Lang: "en"}, nil).Terms {
			counts[term.ID]++
		}
		b.Reset()
	}
	for sc := bufio.NewScanner(z); sc.Scan(); {
		token, _, _ := strings.Cut(sc.Text(), "\t")
		switch token {
		case "-DOCSTART-":
			flush()
		case "":
			b.WriteString("\n")
		default:
			b.WriteString(token + " ")
		}
	}
	flush()
	type pair struct {
		id uint32
		n  uint16
	}
	var table []pair
	for id, n := range counts {
		if n >= 4 {
			table = append(table, pair{id, uint16(min(65535, n*backgroundDocs/docs))})
		}
	}
	slices.SortFunc(table, func(a, b pair) int { return cmp.Compare(a.id, b.id) })
	var out []byte
	for _, p := range table {
		out = binary.LittleEndian.AppendUint32(out, p.id)
		out = binary.LittleEndian.AppendUint16(out, p.n)
	}
	if err := os.WriteFile("background.bin", out, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d documents, %d terms, %d bytes", docs, len(table), len(out))
}
