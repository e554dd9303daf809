// Package store keeps everything that Sitrep knows, in SQLite or PostgreSQL,
// behind one type, Store. In come the values of packages feeds, summarize and
// bot; out go the same values: the store implements the small interfaces that
// those packages declare, and knows nothing of Discord or of HTTP.
//
// The SQL is written by hand and once: statements use ? and what both engines
// share. Where they differ (placeholders, lists, full-text search, locking of
// leased rows) engine.go has the two ways side by side.
//
// Three rules hold everywhere:
//
//   - What belongs together is in one transaction: a changed feed with its
//     articles, validators and job; a digest with its deliveries, what its
//     channel has now been shown, and the schedule's next slot.
//   - Every method may be repeated: after a crash the same call leaves the
//     same rows.
//   - What answers a guild is cut to the feeds that it follows (scope.go).
//
// Times are stored as microseconds since 1970; texts, briefs, stories and
// digests as zstd frames.
package store
