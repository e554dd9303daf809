package discord

import (
	"encoding/json"
	"fmt"
)

// An Envelope is what bot.Message.Payload holds, as JSON: one message as it is
// to be posted, and what is to be done around it. It is written when the message
// is rendered and stays the same at every try.
type Envelope struct {
	// Message is the body of "create message" without its nonce, which the
	// sender adds. Its "attachments" name Files by index.
	Message json.RawMessage `json:"message"`
	// Thread asks for a thread: see ThreadSpec. Nil posts in the channel itself.
	Thread *ThreadSpec `json:"thread,omitempty"`
	// Crosspost publishes the message where the channel is an announcement
	// channel. Elsewhere it means nothing.
	Crosspost bool `json:"crosspost,omitempty"`
	// Files are uploaded with the message, in this order, as files[0], files[1], …
	Files []File `json:"files,omitempty"`
	// Articles are those whose statements the message carries, for whoever
	// follows them on their way. They are not part of what is sent.
	Articles []int64 `json:"articles,omitempty"`
}

// A ThreadSpec says in which thread a message of a digest goes.
//
// The first part of a digest (Delivery.Part 0) has Join unset. In a forum or
// media channel it becomes a new post under Name, with Tags. In any other
// channel it is posted there, and a thread called Name is started from it. The
// parts that follow have Join set: they go into the thread of the first one.
type ThreadSpec struct {
	Name               string   `json:"name"`                           // 1 to 100 characters, already escaped
	Tags               []string `json:"tags,omitempty"`                 // ids of forum tags, at most 5
	AutoArchiveMinutes int      `json:"auto_archive_minutes,omitempty"` // 60, 1440, 4320 or 10080; 0 = the channel's default
	Join               bool     `json:"join,omitempty"`                 // post into the thread that part 0 opened
}

// A File is an attachment of a message.
type File struct {
	Name        string `json:"name"` // as attachment://NAME in the message
	ContentType string `json:"content_type"`
	Data        []byte `json:"data"` // base64 in the JSON
}

// ParseEnvelope reads a bot.Message.Payload.
func ParseEnvelope(payload []byte) (Envelope, error) {
	var e Envelope
	if err := json.Unmarshal(payload, &e); err != nil {
		return Envelope{}, fmt.Errorf("parse message envelope: %w", err)
	}
	if len(e.Message) == 0 {
		return Envelope{}, fmt.Errorf("parse message envelope: it holds no message")
	}
	return e, nil
}
