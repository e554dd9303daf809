package feeds_test

import (
	"runtime"
	"testing"
	"time"
	"unicode/utf8"

	"sitrep/feeds"
	"sitrep/feeds/feedstest"
)

// maxGrowth is what reading any one document may allocate in all, which is more
// than it can ever hold at once.
const maxGrowth = 64 << 20

// Not parallel: it counts what is allocated.
func TestHostileDocuments(t *testing.T) {
	now := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for _, c := range feedstest.Hostile() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		doc, err := feeds.Parse(c.Body, c.ContentType, "https://example.org/feed", now)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		grown := after.TotalAlloc - before.TotalAlloc
		t.Logf("%-34s %6d KB in, %6d KB allocated, %4d ms, %3d items, %v", c.Name, len(c.Body)>>10, grown>>10, took.Milliseconds(), len(doc.Items), err)
		if grown > maxGrowth {
			t.Errorf("%s: allocates %d MB", c.Name, grown>>20)
		}
		if c.Fails {
			if err == nil {
				t.Errorf("%s: read as a feed of %d items", c.Name, len(doc.Items))
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if len(doc.Items) != c.Items {
			t.Errorf("%s: %d items, want %d", c.Name, len(doc.Items), c.Items)
			continue
		}
		if c.Title != "" && doc.Items[0].Title != c.Title {
			t.Errorf("%s: title %q, want %q", c.Name, doc.Items[0].Title, c.Title)
		}
		for _, it := range doc.Items {
			for _, s := range []string{it.Title, it.Summary, it.Content, it.GUID, it.URL, it.Author} {
				if !utf8.ValidString(s) {
					t.Errorf("%s: invalid UTF-8 in %q", c.Name, s)
				}
			}
			if it.URL != "" && it.URL[:4] != "http" {
				t.Errorf("%s: link %q", c.Name, it.URL)
			}
		}
	}
}
