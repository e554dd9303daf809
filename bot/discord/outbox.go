package discord

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
)

const (
	// nonceWindow is how long Discord surely recognises a nonce ("the past few minutes").
	nonceWindow  = 2 * time.Minute
	sendTimeout  = 20 * time.Second
	sendLease    = 90 * time.Second // longer than all requests of one delivery
	stopGrace    = 5 * time.Second  // for what has left when the sender is stopped
	maxAttempts  = 200              // of a delivery that Discord neither takes nor refuses: about two days
	discordEpoch = 1420070400000    // milliseconds, for snowflakes
)

// ErrToken means that Discord doesn't accept the token any more. Nothing can be
// sent until the operator mends it.
var ErrToken = errors.New("discord: the token is not accepted")

// SenderConfig configures a Sender.
type SenderConfig struct {
	REST    *REST
	Outbox  bot.Outbox
	Log     *slog.Logger
	Now     func() time.Time
	Workers int // routes sent to at once; 0 = 8
	// Parked is called once when a route turns out to be closed, to tell the right people by another way.
	Parked func(ctx context.Context, d bot.Delivery, reason string)
	// Posted is called after a delivery was recorded as posted; may be nil.
	Posted func(d bot.Delivery, at time.Time)
	Step   func(step string, d bot.Delivery) // called at each step of the way, for tests that stop there; may be nil
}

// A Sender empties the outbox: each delivery once, in order for each route.
//
// A request whose answer was lost is sent again with the same nonce while
// Discord remembers it. After that the channel's history is looked at first.
type Sender struct {
	cfg   SenderConfig
	wake  chan struct{}
	mu    sync.Mutex
	dms   map[string]string            // user -> DM channel
	kinds map[string]discordgo.Channel // channel -> what is known of it
	self  string                       // the bot's user id
}

// NewSender returns a Sender; Run starts it.
func NewSender(cfg SenderConfig) *Sender {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Workers == 0 {
		cfg.Workers = 8
	}
	return &Sender{cfg: cfg, wake: make(chan struct{}, 1), dms: map[string]string{}, kinds: map[string]discordgo.Channel{}}
}

// Wake makes the sender look at the outbox now.
func (s *Sender) Wake() { signal(s.wake) }

// Forget drops what is remembered of a channel, after it has changed or gone.
func (s *Sender) Forget(channelID string) {
	s.mu.Lock()
	delete(s.kinds, channelID)
	s.mu.Unlock()
}

// Run sends until the context ends, or the token is refused (ErrToken). At the
// context's end it begins nothing new, gives what has left a few seconds to be
// answered, records it, and returns nil.
func (s *Sender) Run(ctx context.Context) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		n, err := s.Once(ctx)
		if errors.Is(err, ErrToken) {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			s.cfg.Log.Error("outbox", "err", err)
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// Once sends the head of every route that is due, and returns how many
// deliveries it got done with.
func (s *Sender) Once(ctx context.Context) (int, error) {
	batch, err := s.cfg.Outbox.LeaseDeliveries(ctx, s.cfg.Now(), s.cfg.Workers, sendLease)
	if err != nil {
		return 0, fmt.Errorf("lease deliveries: %w", err)
	}
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		done int
		errs []error
	)
	for _, d := range batch {
		wg.Go(func() {
			ok, err := s.deliver(ctx, d)
			mu.Lock()
			defer mu.Unlock()
			if ok {
				done++
			}
			if err != nil {
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	return done, errors.Join(errs...)
}

// deliver sends one delivery and records what came of it. ok tells that the
// route can go on.
func (s *Sender) deliver(ctx context.Context, d bot.Delivery) (ok bool, err error) {
	// What has left must be recorded, even when the process is being stopped.
	record, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout+10*time.Second)
	defer cancel()
	log := s.cfg.Log.With("delivery", d.ID, "route", d.Route(), "part", d.Part)

	env, err := ParseEnvelope(d.Payload)
	if err != nil {
		log.Error("delivery can't be read", "err", err)
		return true, s.cfg.Outbox.MarkFailed(record, d.ID, "the stored message can't be read")
	}
	s.step("before send", d)
	send, stop := withGrace(ctx, sendTimeout, stopGrace)
	defer stop()
	posted, err := s.post(send, record, d, env)
	if err == nil {
		s.step("sent", d)
		now := s.cfg.Now()
		if err := s.cfg.Outbox.MarkPosted(record, d.ID, posted.ID, posted.ChannelID, now); err != nil {
			return false, fmt.Errorf("record delivery %d as posted: %w", d.ID, err)
		}
		s.step("recorded", d)
		d.MessageID, d.PostedIn = posted.ID, posted.ChannelID
		log.Info("posted", "message", posted.ID, "attempts", d.Attempts+1, "late", now.Sub(d.CreatedAt).Round(time.Second))
		if s.cfg.Posted != nil {
			s.cfg.Posted(d, now)
		}
		if env.Crosspost {
			s.crosspost(record, posted, log)
		}
		return true, nil
	}

	f := judge(err)
	switch {
	case f.token:
		if err := s.cfg.Outbox.MarkRetry(record, d.ID, s.cfg.Now().Add(time.Minute), "the token is not accepted"); err != nil {
			log.Error("record retry", "err", err)
		}
		return false, ErrToken
	case f.park:
		s.Forget(d.ChannelID)
		first, err := s.cfg.Outbox.ParkRoute(record, d.Route(), f.reason, s.cfg.Now())
		if err != nil {
			return false, fmt.Errorf("park route: %w", err)
		}
		log.Warn("route parked", "reason", f.reason, "code", f.code)
		if first && s.cfg.Parked != nil {
			s.cfg.Parked(record, d, f.reason)
		}
		return false, nil
	case f.refused || d.Attempts >= maxAttempts:
		log.Error("delivery given up", "reason", f.reason, "code", f.code, "err", err)
		return true, s.cfg.Outbox.MarkFailed(record, d.ID, f.reason)
	default:
		wait := max(f.wait, retryIn(d.Attempts))
		log.Warn("delivery will be tried again", "reason", f.reason, "in", wait.Round(time.Millisecond), "attempts", d.Attempts+1, "err", err)
		return false, s.cfg.Outbox.MarkRetry(record, d.ID, s.cfg.Now().Add(wait), f.reason)
	}
}

func (s *Sender) step(name string, d bot.Delivery) {
	if s.cfg.Step != nil {
		s.cfg.Step(name, d)
	}
}

// post makes sure that the delivery stands in its channel, once.
func (s *Sender) post(ctx, record context.Context, d bot.Delivery, env Envelope) (*discordgo.Message, error) {
	target, err := s.target(ctx, d, env)
	if err != nil {
		return nil, err
	}
	if target.newPost {
		return s.forumPost(ctx, record, d, env, target.channel)
	}
	inThread := func(err error) error {
		if env.Thread != nil && target.channel != d.ChannelID {
			err = fmt.Errorf("%w: %w", errInThread, err)
		}
		return err
	}
	if !d.FirstSent.IsZero() && s.cfg.Now().Sub(d.FirstSent) > nonceWindow {
		found, err := s.find(ctx, target.channel, d, env)
		if err != nil {
			return nil, inThread(err)
		}
		if found != nil {
			return found, s.openThread(ctx, env, found)
		}
	}
	if err := s.markSending(record, d); err != nil {
		return nil, err
	}
	body, err := withNonce(env.Message, Nonce(d.Key))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	route := discordgo.EndpointChannelMessages(target.channel)
	answer, err := s.request(ctx, route, body, env.Files)
	if err != nil {
		return nil, inThread(err)
	}
	m, err := asMessage(answer, target.channel)
	if err != nil {
		return nil, err
	}
	return m, s.openThread(ctx, env, m)
}

func (s *Sender) markSending(ctx context.Context, d bot.Delivery) error {
	if err := s.cfg.Outbox.MarkSending(ctx, d.ID, s.cfg.Now()); err != nil {
		return fmt.Errorf("%w: %w", errStore, err)
	}
	return nil
}

// errStore marks faults of the store: nothing has left.
var errStore = errors.New("the store can't record the attempt")

// errUnreadable marks payloads that no try can send.
var errUnreadable = errors.New("the stored message can't be read")

// errInThread marks what concerns a digest's own thread, and not the channel.
var errInThread = errors.New("in the digest's thread")

type target struct {
	channel string
	newPost bool // the channel is a forum: a new post, not a message
}

// target finds the channel to post in: a DM channel, the thread that the
// digest's first part opened, or the channel itself.
func (s *Sender) target(ctx context.Context, d bot.Delivery, env Envelope) (target, error) {
	if d.ChannelID == "" {
		s.mu.Lock()
		channel := s.dms[d.UserID]
		s.mu.Unlock()
		if channel == "" {
			c, err := s.cfg.REST.Session().UserChannelCreate(d.UserID, discordgo.WithContext(ctx))
			if err != nil {
				return target{}, err
			}
			channel = c.ID
			s.mu.Lock()
			if len(s.dms) > 10_000 {
				clear(s.dms)
			}
			s.dms[d.UserID] = channel
			s.mu.Unlock()
		}
		return target{channel: channel}, nil
	}
	if env.Thread == nil {
		return target{channel: d.ChannelID}, nil
	}
	forum, err := s.isForum(ctx, d.ChannelID)
	if err != nil {
		return target{}, err
	}
	if !env.Thread.Join {
		return target{channel: d.ChannelID, newPost: forum}, nil
	}
	parts, err := s.cfg.Outbox.DigestDeliveries(ctx, d.DigestID)
	if err != nil {
		return target{}, fmt.Errorf("%w: %w", errStore, err)
	}
	for _, first := range parts {
		if first.Part != 0 || first.MessageID == "" {
			continue
		}
		if forum {
			return target{channel: first.PostedIn}, nil
		}
		return target{channel: first.MessageID}, nil // a thread has the id of the message it was started from
	}
	return target{channel: d.ChannelID}, nil // the first part was given up: better in the channel than nowhere
}

func (s *Sender) isForum(ctx context.Context, channelID string) (bool, error) {
	s.mu.Lock()
	c, ok := s.kinds[channelID]
	s.mu.Unlock()
	if !ok {
		got, err := s.cfg.REST.Session().Channel(channelID, discordgo.WithContext(ctx))
		if err != nil {
			return false, err
		}
		c = discordgo.Channel{ID: got.ID, Type: got.Type, GuildID: got.GuildID}
		s.mu.Lock()
		if len(s.kinds) > 10_000 {
			clear(s.kinds)
		}
		s.kinds[channelID] = c
		s.mu.Unlock()
	}
	return c.Type == discordgo.ChannelTypeGuildForum || c.Type == discordgo.ChannelTypeGuildMedia, nil
}

// openThread starts the digest's thread from its first message. A thread that
// is there already is what was wanted.
func (s *Sender) openThread(ctx context.Context, env Envelope, m *discordgo.Message) error {
	if env.Thread == nil || env.Thread.Join {
		return nil
	}
	_, err := s.cfg.REST.Session().MessageThreadStartComplex(m.ChannelID, m.ID,
		&discordgo.ThreadStart{Name: env.Thread.Name, AutoArchiveDuration: env.Thread.AutoArchiveMinutes}, discordgo.WithContext(finishing(ctx)))
	if f := judge(err); err != nil && f.code == 160004 {
		return nil
	} else if err != nil && (f.park || f.refused) {
		// The digest stands in the channel: a thread that can't be started doesn't undo that.
		s.cfg.Log.Warn("no thread for the digest", "channel", m.ChannelID, "err", err)
		return nil
	}
	return err
}

// forumPost opens a forum post. Discord knows no nonce for these, so every
// attempt after the first one looks for the post before.
func (s *Sender) forumPost(ctx, record context.Context, d bot.Delivery, env Envelope, forum string) (*discordgo.Message, error) {
	if !d.FirstSent.IsZero() {
		found, err := s.findPost(ctx, forum, d, env)
		if err != nil || found != nil {
			return found, err
		}
	}
	if err := s.markSending(record, d); err != nil {
		return nil, err
	}
	body, err := json.Marshal(struct {
		Name    string          `json:"name"`
		Archive int             `json:"auto_archive_duration,omitempty"`
		Tags    []string        `json:"applied_tags,omitempty"`
		Message json.RawMessage `json:"message"`
	}{env.Thread.Name, env.Thread.AutoArchiveMinutes, env.Thread.Tags, env.Message})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	answer, err := s.request(ctx, discordgo.EndpointChannelThreads(forum), body, env.Files)
	if err != nil {
		return nil, err
	}
	var thread struct {
		ID      string `json:"id"`
		Message struct {
			ID string `json:"id"`
		} `json:"message"`
	}
	if err := json.Unmarshal(answer, &thread); err != nil || thread.ID == "" {
		return nil, fmt.Errorf("read the answer to a forum post: %w", errors.Join(err, errNoID))
	}
	id := thread.Message.ID
	if id == "" {
		id = thread.ID // a post's first message has the post's id
	}
	return &discordgo.Message{ID: id, ChannelID: thread.ID}, nil
}

var errNoID = errors.New("no id in the answer")

// find looks in the channel's history for a message of ours, sent since the
// first attempt, that says the same.
func (s *Sender) find(ctx context.Context, channel string, d bot.Delivery, env Envelope) (*discordgo.Message, error) {
	self, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	want := fingerprint(env.Message)
	after := snowflakeAt(d.FirstSent.Add(-30 * time.Second)) // clocks differ
	for range 5 {
		query := url.Values{"limit": {"100"}, "after": {after}}
		raw, err := s.cfg.REST.Session().RequestWithBucketID(http.MethodGet,
			discordgo.EndpointChannelMessages(channel)+"?"+query.Encode(), nil, discordgo.EndpointChannelMessages(channel), discordgo.WithContext(ctx))
		if err != nil {
			return nil, err
		}
		var page []json.RawMessage
		if err := json.Unmarshal(raw, &page); err != nil {
			return nil, fmt.Errorf("read the channel's history: %w", err)
		}
		newest := ""
		for _, raw := range page {
			var m struct {
				ID     string `json:"id"`
				Author struct {
					ID string `json:"id"`
				} `json:"author"`
				Nonce any `json:"nonce"`
			}
			if json.Unmarshal(raw, &m) != nil {
				continue
			}
			if snowflakeLess(newest, m.ID) {
				newest = m.ID
			}
			if m.Author.ID == self && (m.Nonce == Nonce(d.Key) || fingerprint(raw) == want) {
				return &discordgo.Message{ID: m.ID, ChannelID: channel}, nil
			}
		}
		if len(page) < 100 {
			return nil, nil
		}
		after = newest
	}
	return nil, nil
}

// findPost looks for a forum post of ours by name, opened since the first attempt.
func (s *Sender) findPost(ctx context.Context, forum string, d bot.Delivery, env Envelope) (*discordgo.Message, error) {
	self, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	guild := s.kinds[forum].GuildID
	s.mu.Unlock()
	active, err := s.cfg.REST.Session().GuildThreadsActive(guild, discordgo.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	after := snowflakeAt(d.FirstSent.Add(-30 * time.Second))
	for _, t := range active.Threads {
		if t.ParentID == forum && t.OwnerID == self && t.Name == env.Thread.Name && snowflakeLess(after, t.ID) {
			return &discordgo.Message{ID: t.ID, ChannelID: t.ID}, nil
		}
	}
	return nil, nil
}

func (s *Sender) me(ctx context.Context) (string, error) {
	s.mu.Lock()
	id := s.self
	s.mu.Unlock()
	if id != "" {
		return id, nil
	}
	u, err := s.cfg.REST.Session().User("@me", discordgo.WithContext(ctx))
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	s.self = u.ID
	s.mu.Unlock()
	return u.ID, nil
}

// crosspost publishes a message of an announcement channel, as far as the
// platform lets us (about ten an hour). The message stands either way.
func (s *Sender) crosspost(ctx context.Context, m *discordgo.Message, log *slog.Logger) {
	if _, err := s.cfg.REST.Session().ChannelMessageCrosspost(m.ChannelID, m.ID, discordgo.WithContext(ctx)); err != nil {
		log.Warn("not published to following channels", "message", m.ID, "err", err)
	}
}

// request posts JSON, with files as multipart where there are any.
func (s *Sender) request(ctx context.Context, route string, body []byte, files []File) ([]byte, error) {
	if len(files) == 0 {
		return s.cfg.REST.Session().RequestRaw(http.MethodPost, route, "application/json", body, route, 0, discordgo.WithContext(ctx))
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="payload_json"`}, "Content-Type": {"application/json"}})
	if err == nil {
		_, err = part.Write(body)
	}
	for i, f := range files {
		if err != nil {
			break
		}
		var p interface{ Write([]byte) (int, error) }
		p, err = w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, i, f.Name)},
			"Content-Type":        {f.ContentType}})
		if err == nil {
			_, err = p.Write(f.Data)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return s.cfg.REST.Session().RequestRaw(http.MethodPost, route, w.FormDataContentType(), buf.Bytes(), route, 0, discordgo.WithContext(ctx))
}

// Nonce is what a delivery is recognised by: 24 characters derived from its key.
func Nonce(key string) string {
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

func withNonce(message json.RawMessage, nonce string) ([]byte, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(message, &m); err != nil {
		return nil, err
	}
	quoted, err := json.Marshal(nonce)
	if err != nil {
		return nil, err
	}
	m["nonce"], m["enforce_nonce"] = quoted, json.RawMessage("true")
	return json.Marshal(m)
}

func asMessage(answer []byte, channel string) (*discordgo.Message, error) {
	var m struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(answer, &m); err != nil || m.ID == "" {
		return nil, fmt.Errorf("read the answer to a message: %w", errors.Join(err, errNoID))
	}
	return &discordgo.Message{ID: m.ID, ChannelID: channel}, nil
}

// fingerprint is what a message says: its texts and custom ids in order,
// whatever else Discord adds to it.
func fingerprint(message json.RawMessage) string {
	var m map[string]any
	if json.Unmarshal(message, &m) != nil {
		return ""
	}
	var b strings.Builder
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, key := range []string{"content", "custom_id", "title", "description"} {
				if text, ok := v[key].(string); ok && text != "" {
					b.WriteString(strings.TrimSpace(text))
					b.WriteByte(0)
				}
			}
			walk(v["components"])
			walk(v["accessory"])
		}
	}
	if text, _ := m["content"].(string); text != "" {
		b.WriteString(strings.TrimSpace(text))
	}
	walk(m["components"])
	walk(m["embeds"])
	if b.Len() == 0 {
		return "empty" + strconv.Itoa(len(message))
	}
	return b.String()
}

func snowflakeAt(t time.Time) string {
	ms := max(t.UnixMilli()-discordEpoch, 0)
	return strconv.FormatInt(ms<<22, 10)
}

func snowflakeLess(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// A failure is what an error means for a delivery. None of the flags set means:
// try again, it may or may not have arrived.
type failure struct {
	code    int
	token   bool
	park    bool // the route is closed until somebody mends it
	refused bool // no try will ever succeed
	wait    time.Duration
	reason  string // in plain words, kept with the delivery
}

// judge reads Discord's answer (developer documentation, "JSON Error Codes").
func judge(err error) failure {
	if err == nil {
		return failure{}
	}
	var limited *discordgo.RateLimitError
	if errors.As(err, &limited) {
		return failure{wait: limited.RetryAfter, reason: "Discord limits the rate"}
	}
	var held heldError
	if errors.As(err, &held) {
		return failure{wait: held.wait, reason: "Discord limits the rate"}
	}
	if errors.Is(err, ErrBreaker) {
		return failure{wait: time.Minute, reason: "held back: Discord refused too many requests"}
	}
	if errors.Is(err, errUnreadable) {
		return failure{refused: true, reason: errUnreadable.Error()}
	}
	var rest *discordgo.RESTError
	if !errors.As(err, &rest) {
		return failure{reason: "no answer from Discord"}
	}
	f := failure{}
	if rest.Message != nil {
		f.code = rest.Message.Code
	}
	status := rest.Response.StatusCode
	switch {
	case status == http.StatusUnauthorized:
		f.token, f.reason = true, "the token is not accepted"
	case f.code == 10003 || f.code == 10008 && status == http.StatusNotFound:
		f.park, f.reason = true, "the channel is gone"
	case f.code == 50007:
		f.park, f.reason = true, "direct messages are closed"
	case f.code == 10013 || f.code == 50033:
		f.park, f.reason = true, "the user can't be written to"
	case f.code == 50001:
		f.park, f.reason = true, "the bot can't see the channel"
	case f.code == 50013:
		f.park, f.reason = true, "the bot may not post in the channel"
	case f.code == 50024 || f.code == 50008:
		f.park, f.reason = true, "the channel takes no messages"
	case f.code == 50083 || f.code == 160005:
		f.park, f.reason = true, "the thread is archived or locked"
	case status == http.StatusForbidden:
		f.park, f.reason = true, "Discord forbids posting there"
	case status == http.StatusNotFound:
		f.park, f.reason = true, "the channel is gone"
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests:
		f.refused, f.reason = true, fmt.Sprintf("Discord refuses the message (%d)", f.code)
	default:
		f.reason = fmt.Sprintf("Discord answered %d", status)
	}
	if errors.Is(err, errInThread) && f.park && (f.code == 50083 || f.code == 160005 || status == http.StatusNotFound) {
		// Somebody deleted or locked this digest's thread. The next one opens another.
		f.park, f.refused, f.reason = false, true, "the digest's thread is gone or locked"
	}
	return f
}

// retryIn grows from 1 s to 15 min, with jitter.
func retryIn(attempts int) time.Duration {
	d := min(time.Second<<min(attempts, 10), 15*time.Minute)
	return d/2 + rand.N(d/2+1)
}
