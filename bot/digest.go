package bot

import (
	"time"

	"sitrep/summarize"
)

// A Digest is one composed edition for one schedule slot.
type Digest struct {
	ID         int64
	ScheduleID int64 // 0 = on demand
	GuildID    string
	ChannelID  string
	Slot       time.Time // when it was due
	Since      time.Time // window
	Until      time.Time
	Title      string
	Lang       string // of the frame
	Zone       string
	Size       Size
	BottomLine []Line // one to three
	Items      []Item
	Quiet      bool // nothing new: one line, no items
	Late       bool // posted after its slot because of downtime
	Feeds      FeedStats
	Shown      int // stories
	LeftOut    []LeftOut
	// Engine tells who wrote its lines: "embedded", "llm:" and the model, or
	// "mixed:" and the model where some are the articles' own.
	Engine string
}

// An Item is one story in a digest or alert.
type Item struct {
	StoryID  int64
	Headline string
	Lang     string
	// TranslatedFrom is the language that the outlets wrote in, where a model translated it; "" otherwise.
	TranslatedFrom string
	Topic          string // the part of the schedule's topics it belongs to, "" = none
	State          ItemState
	Lines          []Line // at most three
	Background     *Line  // for a story that ran before
	Who            []summarize.StoryActor
	Publishers     int
	FirstSeenAt    time.Time
	Disputes       []summarize.Dispute
	Severity       float64
	ImageURL       string // https, checked
	LeadOnly       bool   // nothing passed grounding: headline and lead, to be labelled so
	Weight         float64
	Why            []string // what ranked it here
}

// ItemState tells a new story from one that goes on.
type ItemState string

const (
	ItemNew     ItemState = "new"
	ItemUpdated ItemState = "updated"
)

// A Line is one statement with its sources.
type Line struct {
	DevelopmentID int64
	Version       int
	Text          string
	Sources       []summarize.Source
	Changed       bool   // shown before with another figure
	Was           string // the text before
}

// LeftOut is a story that was not shown, and why.
type LeftOut struct {
	StoryID int64
	Reason  string // "topic", "floor", "shown", "size", "diversity"
}

// An Alert tells a subscriber what is new on a topic.
type Alert struct {
	Subscription Subscription
	Item         Item
	More         []Item // the daily summary, or the overflow over a cap
	Summary      bool
	Lang         string
	At           time.Time
}

// A Notice tells people of a guild something about the bot itself: a feed in
// trouble, a channel that can't be posted in, a correction.
type Notice struct {
	Kind string // the message catalog's key
	Args map[string]string
	Lang string
	At   time.Time
}

// A Renderer turns what the use cases say into messages of the platform. A
// message never breaks a limit: long ones come as parts.
type Renderer interface {
	Digest(d Digest, s Schedule) ([]Message, error)
	Alert(a Alert) ([]Message, error)
	Notice(n Notice) ([]Message, error)
}

// A Message is one rendered message: the body as it will be sent, byte for
// byte, at every try.
type Message struct {
	Payload []byte // the platform adapter's own JSON
}
