package bot

// ReadFeed is the arguments of a durable job: read the unread articles of a
// feed. The store inserts it in the transaction that stores a changed feed;
// bot/jobs works it. At most one a feed waits or runs.
type ReadFeed struct {
	FeedID int64 `json:"feed_id"`
}

// Kind names the job in the database.
func (ReadFeed) Kind() string { return "read" }
