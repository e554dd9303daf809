package pipeline

import (
	"cmp"
	"slices"
	"time"

	"sitrep/feeds"
)

// Backlog says how much of a feed's past is read: a feed that is newly followed
// brings up to 300 items at once, and nobody wants to be told last month's.
type Backlog struct {
	Fresh time.Duration // younger than this when first seen: always read. Default: 24 h
	Age   time.Duration // older than this when first seen: passed over. Default: 48 h
	Items int           // of those between, the newest that are read. Default: 30
	Least int           // read of a batch in any case, if not older than a fortnight: a quiet feed is not empty. Default: 5
}

const fortnight = 14 * 24 * time.Hour

func (b Backlog) withDefaults() Backlog {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&b.Fresh, 24*time.Hour)
	def(&b.Age, 48*time.Hour)
	if b.Items <= 0 {
		b.Items = 30
	}
	if b.Least <= 0 {
		b.Least = 5
	}
	b.Least = min(b.Least, b.Items)
	return b
}

// Divide parts a feed's unread articles into those to read, oldest first, and
// those to pass over.
func (b Backlog) Divide(articles []feeds.Article) (read, over []feeds.Article) {
	b = b.withDefaults()
	sorted := slices.Clone(articles)
	slices.SortStableFunc(sorted, func(x, y feeds.Article) int {
		return cmp.Or(y.PublishedAt.Compare(x.PublishedAt), cmp.Compare(y.ID, x.ID))
	})
	for i, a := range sorted {
		age := a.SeenAt.Sub(a.PublishedAt)
		switch {
		case age <= b.Fresh, // also what claims to be from the future
			age <= b.Age && i < b.Items,
			age <= fortnight && i < b.Least:
			read = append(read, a)
		default:
			over = append(over, a)
		}
	}
	slices.Reverse(read)
	return read, over
}
