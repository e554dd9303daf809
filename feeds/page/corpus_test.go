package page

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"sitrep/feeds/feedstest/corpus"
)

func shingles(s string) map[string]int {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	m := map[string]int{}
	for i := 0; i+4 <= len(words); i++ {
		m[strings.Join(words[i:i+4], " ")]++
	}
	if len(words) > 0 && len(words) < 4 {
		m[strings.Join(words, " ")]++
	}
	return m
}

func f1(got, want string) (p, r, f float64) {
	g, w := shingles(got), shingles(want)
	tp, ng, nw := 0, 0, 0
	for k, n := range g {
		ng += n
		tp += min(n, w[k])
	}
	for _, n := range w {
		nw += n
	}
	if ng == 0 && nw == 0 {
		return 1, 1, 1
	}
	if tp == 0 {
		return 0, 0, 0
	}
	p, r = float64(tp)/float64(ng), float64(tp)/float64(nw)
	return p, r, 2 * p * r / (p + r)
}

// The article texts of 181 pages, against what people marked as the text.
func TestScrapinghubPages(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := corpus.Path(t, "data/pages/scrapinghub")
	data, err := os.ReadFile(filepath.Join(dir, "ground-truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var gold map[string]struct{ ArticleBody, URL string }
	if err := json.Unmarshal(data, &gold); err != nil {
		t.Fatal(err)
	}
	var sp, sr, sf float64
	for id, g := range gold {
		f, err := os.Open(filepath.Join(dir, "html", id+".html.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(z)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		pg, err := Extract(body, "text/html", g.URL)
		p, r, ff := f1(pg.Text, g.ArticleBody)
		if ff < 0.8 {
			t.Logf("%s f1 %.2f p %.2f r %.2f got %d want %d paywalled %v consent %v err %v", g.URL, ff, p, r, len(pg.Text), len(g.ArticleBody), pg.Paywalled, pg.Consent, err)
		}
		sp, sr, sf = sp+p, sr+r, sf+ff
	}
	n := float64(len(gold))
	t.Logf("pages: %d, precision %.3f, recall %.3f, F1 %.3f", len(gold), sp/n, sr/n, sf/n)
	if sf/n < 0.95 {
		t.Errorf("F1 %.3f, want at least 0.950", sf/n)
	}
}
