package store

import (
	"context"

	"sitrep/feeds"
)

// Enqueued reports whether a delivery whose key begins so was ever enqueued.
func (s *Store) Enqueued(ctx context.Context, keyPrefix string) (found bool, err error) {
	defer s.wrap(&err, "look for deliveries %s…", keyPrefix)
	err = s.read(ctx, func(t *tx) error {
		// The keys that begin so are those from the prefix on to its last possible successor: an index serves that.
		return t.row(`SELECT EXISTS (SELECT 1 FROM deliveries WHERE dedup_key >= ? AND dedup_key < ?)`, keyPrefix, keyPrefix+"\U0010FFFF").Scan(&found)
	})
	return found, err
}

// Feed returns a feed that somebody follows; bot.ErrNotFound.
func (s *Store) Feed(ctx context.Context, id int64) (f feeds.Feed, err error) {
	defer s.wrap(&err, "feed %d", id)
	err = s.read(ctx, func(t *tx) (err error) {
		f, err = scanFeed(t.row(`SELECT `+feedColumns+` FROM feeds WHERE id = ? AND followed`, id))
		return err
	})
	return f, err
}
