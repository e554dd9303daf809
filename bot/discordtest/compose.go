package discordtest

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxContent = 2000
	maxNonce   = 25
)

// errComponentBytes is how the real API breaks on a message with too many bytes of component text.
var errComponentBytes = statusError(http.StatusInternalServerError)

// composition is where a message is written: it decides what a request may say.
type composition struct {
	channel *channel
	// webhook: an answer to an interaction, which may be ephemeral and may not reply.
	webhook bool
	// deferred: the flags of an answer that comes later.
	deferred  bool
	ephemeral bool
	files     []upload
	author    string
}

// compose reads a new message out of a request. The message has no id yet.
func (s *Server) compose(f form, comp composition) (*Message, *apiError) {
	m := &Message{AuthorID: comp.author, srv: s}
	return m, s.write(f, comp, m, true)
}

// revise applies an edit to a copy of the message.
func (s *Server) revise(f form, comp composition, old *Message) (*Message, *apiError) {
	m := old.clone()
	return m, s.write(f, comp, m, false)
}

func (s *Server) write(f form, comp composition, m *Message, create bool) *apiError {
	for _, name := range []string{"poll", "sticker_ids", "shared_client_theme"} {
		if f.has(name) {
			return &apiError{status: http.StatusNotImplemented, message: "discordtest: the simulation has no " + name}
		}
	}
	s.readFlags(f, comp, m, create)
	v2 := m.V2()
	if f.present("content") {
		m.Content = strings.TrimSpace(f.str("content", 0, math.MaxInt))
		if utf8.RuneCountInString(m.Content) > maxContent {
			f.fail("content", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", maxContent)
		}
	}
	if create || f.present("attachments") || len(comp.files) > 0 {
		m.Attachments = s.readAttachments(f, comp.channel, comp.files, m.Attachments, m.Flags&FlagEphemeral != 0 || comp.ephemeral)
	}
	files := names(m.Attachments)
	if f.present("embeds") {
		m.Embeds = readEmbeds(f, files)
	}
	breaks := false
	if f.present("components") {
		m.Components, breaks = readComponents(f, v2, files)
	}
	allowed := readAllowedMentions(f)
	f.boolean("tts")
	if create {
		s.readCreateOnly(f, comp, m)
	}
	if v2 {
		code, text := "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The '%s' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
		if m.Content != "" {
			f.fail("content", code, text, "content")
		}
		if len(m.Embeds) > 0 {
			f.fail("embeds", code, text, "embeds")
		}
	}
	if err := f.errs.err(); err != nil {
		return err
	}
	if breaks {
		return errComponentBytes
	}
	if m.Content == "" && len(m.Embeds) == 0 && len(m.Attachments) == 0 && !(v2 && len(m.Components) > 0) && m.Flags&FlagLoading == 0 {
		return errEmptyMessage
	}
	s.resolveMedia(m, f.present("embeds"), f.present("components"))
	m.Pings = s.pings(comp.channel, m, allowed, comp.author)
	return nil
}

// readFlags reads the flags that a request may set, and keeps those it may not.
func (s *Server) readFlags(f form, comp composition, m *Message, create bool) {
	settable := FlagSuppressEmbeds | FlagComponentsV2
	if create {
		settable |= FlagSuppressNotifications
		if comp.webhook {
			settable |= FlagEphemeral
		}
	}
	n, ok := f.integer("flags", 0, math.MaxInt32)
	if !ok {
		return
	}
	flags := int(n)
	if comp.deferred { // anything else is ignored without a word
		m.Flags |= flags & FlagEphemeral
		return
	}
	tolerated := 0
	if !create {
		tolerated = m.Flags // sending back what is there changes nothing
	}
	if bad := flags &^ settable &^ tolerated; bad != 0 {
		f.fail("flags", "BITFIELD_INVALID_FLAGS", "Invalid bitfield flag or bit being set: %d", bad)
		return
	}
	if !create && m.V2() && flags&FlagComponentsV2 == 0 {
		f.fail("flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The IS_COMPONENTS_V2 flag cannot be removed")
		return
	}
	m.Flags = m.Flags&^settable | flags&settable
}

func (s *Server) readCreateOnly(f form, comp composition, m *Message) {
	if f.has("nonce") {
		switch n := f.v["nonce"].(type) {
		case string:
			m.Nonce = n
			if utf8.RuneCountInString(n) > maxNonce {
				f.fail("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be %d or fewer in length.", maxNonce)
			}
		case json.Number:
			m.Nonce = n
			if _, err := n.Int64(); err != nil {
				f.fail("nonce", "NUMBER_TYPE_COERCE", "Value %q is not int64.", n.String())
			}
		default:
			f.fail("nonce", "NONCE_TYPE_INVALID", "Nonce must be a string or an integer.")
		}
	}
	f.boolean("enforce_nonce")
	ref, ok := f.object("message_reference")
	if !ok {
		return
	}
	id := ref.reqMessageID()
	if strict, given := ref.boolean("fail_if_not_exists"); given && !strict {
		if target := comp.channel.message(id); target == nil || target.Deleted {
			return
		}
	}
	if kind, given := ref.integer("type", 0, 1); given && kind != 0 {
		ref.fail("type", "BASE_TYPE_CHOICES", "Only replies can be made in the simulation.")
		return
	}
	target := comp.channel.message(id)
	if target == nil || target.Deleted || target.EphemeralFor != "" {
		ref.fail("", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
		return
	}
	m.ReplyTo, m.Type = id, messageReply
}

func (f form) reqMessageID() string {
	f.require("message_id")
	return f.snowflake("message_id")
}

// nonceTwin is the message that the author created with the same nonce in the past few minutes.
func (s *Server) nonceTwin(author string, nonce any) *Message {
	if nonce == nil {
		return nil
	}
	oldest := s.clock.Now().Add(-s.cfg.NonceWindow)
	for _, c := range s.channels {
		for i := len(c.messages) - 1; i >= 0 && c.messages[i].Sent.After(oldest); i-- {
			m := c.messages[i]
			if m.AuthorID == author && m.Nonce == nonce && !m.Deleted && m.InteractionID == "" {
				return m
			}
		}
	}
	return nil
}

// oldEdit counts an edit of a message older than an hour, and says whether the channel may have one more.
func (s *Server) oldEdit(c *channel, m *Message) bool {
	now := s.clock.Now()
	if now.Sub(m.Sent) <= time.Hour {
		return true
	}
	var recent []time.Time
	for _, t := range c.oldEdits {
		if now.Sub(t) < time.Hour {
			recent = append(recent, t)
		}
	}
	if len(recent) >= s.cfg.OldEditLimit {
		c.oldEdits = recent
		return false
	}
	c.oldEdits = append(recent, now)
	return true
}
