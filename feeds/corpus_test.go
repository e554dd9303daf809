package feeds

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"sitrep/feeds/feedstest/corpus"
)

var corpusNow = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

var itemTag = regexp.MustCompile(`(?i)<(?:[a-z0-9]+:)?(?:item|entry)[\s>]`)

// Every real feed yields at least the items that its markup opens.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(corpus.Path(t, "data/feeds/snapshots"), "*"))
	if err != nil {
		t.Fatal(err)
	}
	items, short := 0, 0
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := toUTF8(body, "")
		want := len(itemTag.FindAll(text, -1))
		if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
			want = 0
		}
		doc, err := Parse(body, "", "https://feeds.example/feed", corpusNow)
		items += len(doc.Items)
		if len(doc.Items) < min(want, MaxItems) || err != nil {
			short++
			t.Errorf("%s: %d items, its markup opens %d (%v)", filepath.Base(path), len(doc.Items), want, err)
		}
	}
	t.Logf("snapshots: %d feeds, %d items, %d short", len(files), items, short)
}
