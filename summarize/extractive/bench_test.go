package extractive

import (
	"context"
	"strings"
	"testing"
	"time"

	"sitrep/feeds"
)

func BenchmarkBrief(b *testing.B) {
	e := engine(b)
	article := &feeds.Article{ID: 1, Title: harbourTitle, Text: harbourText, PublishedAt: time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)}
	b.SetBytes(int64(len(strings.Fields(harbourText))))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Summarize(context.Background(), article); err != nil {
			b.Fatal(err)
		}
	}
}
