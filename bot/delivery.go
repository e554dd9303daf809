package bot

import (
	"context"
	"time"
)

// DeliveryState is how far a delivery has come.
type DeliveryState string

const (
	Pending DeliveryState = "pending"
	Sending DeliveryState = "sending" // written before the request leaves
	Posted  DeliveryState = "posted"
	Failed  DeliveryState = "failed" // given up; Error tells why
	Parked  DeliveryState = "parked" // the route can't be posted in until somebody mends it
)

// A Delivery is one message of a digest, alert or notice to one channel or user.
type Delivery struct {
	ID        int64
	Key       string // unique: "digest:SCHEDULE:SLOT:PART", "alert:SUBSCRIPTION:STORY:…:PART"
	GuildID   string
	ChannelID string // "" for a direct message
	UserID    string // "" for a channel
	DigestID  int64  // 0 = none
	Part      int    // order within one digest or alert
	Payload   []byte // Message.Payload
	State     DeliveryState
	Attempts  int
	NotBefore time.Time // quiet hours, back-off
	FirstSent time.Time // when the first request left; zero = never
	MessageID string
	PostedIn  string // the channel it ended in: a thread, a DM channel
	Error     string
	CreatedAt time.Time
	PostedAt  time.Time
}

// Route is the queue that a delivery waits in: order is kept within it.
func (d Delivery) Route() string {
	if d.ChannelID != "" {
		return "channel:" + d.ChannelID
	}
	return "user:" + d.UserID
}

// Outbox is what the sender needs of a store.
type Outbox interface {
	// LeaseDeliveries marks as Sending, and returns, the head of each route that is due (at most limit, one a route):
	// pending ones, and those Sending whose lease ran out. FirstSent and Attempts are as before this attempt.
	LeaseDeliveries(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]Delivery, error)
	MarkSending(ctx context.Context, id int64, at time.Time) error // sets FirstSent if unset: call before the request leaves
	MarkPosted(ctx context.Context, id int64, messageID, postedIn string, at time.Time) error
	MarkRetry(ctx context.Context, id int64, notBefore time.Time, reason string) error
	MarkFailed(ctx context.Context, id int64, reason string) error
	// ParkRoute parks every unsent delivery of a route; it reports whether the route was open before, so that one
	// caller alone tells the admins.
	ParkRoute(ctx context.Context, route, reason string, at time.Time) (first bool, err error)
	UnparkRoute(ctx context.Context, route string) error
	ParkedRoutes(ctx context.Context, guildID string) ([]ParkedRoute, error)
	Enqueue(ctx context.Context, deliveries []Delivery) error // those whose Key exists are left alone
	DeliveryByMessage(ctx context.Context, messageID string) (Delivery, error)
	DigestDeliveries(ctx context.Context, digestID int64) ([]Delivery, error) // by part
}

// A ParkedRoute is a channel or user that can't be posted to.
type ParkedRoute struct {
	Route  string
	Reason string
	Since  time.Time
	Held   int // deliveries waiting
}
