package store

import "context"

// Enqueued reports whether a delivery whose key begins so was ever enqueued.
func (s *Store) Enqueued(ctx context.Context, keyPrefix string) (found bool, err error) {
	defer s.wrap(&err, "look for deliveries %s…", keyPrefix)
	err = s.read(ctx, func(t *tx) error {
		// The keys that begin so are those from the prefix on to its last possible successor: an index serves that.
		return t.row(`SELECT EXISTS (SELECT 1 FROM deliveries WHERE dedup_key >= ? AND dedup_key < ?)`, keyPrefix, keyPrefix+"\U0010FFFF").Scan(&found)
	})
	return found, err
}
