package edition

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sitrep/bot"
	"sitrep/bot/digest"
	"sitrep/bot/topic"
	"sitrep/summarize"
)

// Store is what editions are made from and saved in.
type Store interface {
	bot.EditionStore
	DueSchedules(ctx context.Context, now time.Time, limit int) ([]bot.Schedule, error)
	Schedule(ctx context.Context, id int64) (bot.Schedule, error)
	Guild(ctx context.Context, id string) (bot.Guild, error)
	Follows(ctx context.Context, guildID string) ([]bot.Follow, error)
	Weights(ctx context.Context, channelID string) ([]bot.Weight, error)
}

// Renderer draws a digest as messages.
type Renderer interface {
	Digest(d bot.Digest, s bot.Schedule) ([]bot.Message, error)
}

// An Editor makes editions.
type Editor struct {
	Store    Store
	Renderer Renderer
	Engine   string // who writes the lines, for the footer
	// Compose makes a digest of what belongs in it. Nil: digest.Compose.
	Compose func(ctx context.Context, in digest.Input) bot.Digest

	Sent func()           // called when something was put into the outbox; may be nil
	Now  func() time.Time // default time.Now
	Log  *slog.Logger
}

const (
	lateAfter  = 15 * time.Minute
	maxWindow  = 7 * 24 * time.Hour // of an edition, after downtime too
	maxStories = 2000               // looked at for one edition
	together   = 4                  // editions made at once
)

func (e *Editor) now() time.Time {
	if e.Now == nil {
		return time.Now()
	}
	return e.Now()
}

func (e *Editor) log() *slog.Logger {
	if e.Log == nil {
		return slog.Default()
	}
	return e.Log
}

// RunDue makes an edition for each schedule that is due, and returns how many it
// made. The errors of single schedules are joined; those schedules stay due.
func (e *Editor) RunDue(ctx context.Context) (int, error) {
	due, err := e.Store.DueSchedules(ctx, e.now(), 1000)
	if err != nil {
		return 0, fmt.Errorf("due schedules: %w", err)
	}
	var (
		mu       sync.Mutex
		made     int
		problems []error
		group    errgroup.Group
	)
	group.SetLimit(together)
	for _, s := range due {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			err := e.run(ctx, s)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				problems = append(problems, fmt.Errorf("digest of schedule %d (guild %s): %w", s.ID, s.GuildID, err))
			} else {
				made++
			}
			return nil
		})
	}
	_ = group.Wait() // problems has what went wrong
	if made > 0 && e.Sent != nil {
		e.Sent()
	}
	return made, errors.Join(problems...)
}

func (e *Editor) run(ctx context.Context, s bot.Schedule) (err error) {
	defer guard(&err)
	now := e.now()
	cadence, err := bot.ParseCron(s.Cron)
	if err != nil {
		return err
	}
	zone, err := bot.LoadZone(s.Zone)
	if err != nil {
		return err
	}
	slot := s.NextRunAt
	if last := cadence.LastSlot(zone, s.NextRunAt, now); last.After(slot) {
		slot = last // several were missed: one edition, for the last
	}
	next := cadence.Next(zone, now)
	d, err := e.compose(ctx, s, slot, now)
	if err != nil {
		return err
	}
	d.Late = now.Sub(slot) > lateAfter || slot.After(s.NextRunAt)
	edition := bot.Edition{Digest: d, Due: s.NextRunAt, Next: next}
	if len(d.Items) > 0 || d.Quiet {
		if edition.Deliveries, err = e.deliveries(d, s, fmt.Sprintf("digest:%d:%d", s.ID, slot.Unix()), now); err != nil {
			return err
		}
	}
	if _, err := e.Store.SaveEdition(ctx, edition); err != nil {
		if errors.Is(err, bot.ErrConflict) || errors.Is(err, bot.ErrNotFound) {
			e.log().DebugContext(ctx, "edition made by somebody else, or schedule gone", "schedule", s.ID, "err", err)
			return nil
		}
		return fmt.Errorf("save the edition: %w", err)
	}
	return nil
}

// guard turns a panic into an error: one schedule must not keep the others from
// being made.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panicked: %v\n%s", p, debug.Stack())
	}
}

// compose makes the digest of a schedule for a slot. It saves nothing.
func (e *Editor) compose(ctx context.Context, s bot.Schedule, slot, now time.Time) (bot.Digest, error) {
	guild, err := e.Store.Guild(ctx, s.GuildID)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return bot.Digest{}, fmt.Errorf("guild: %w", err)
	}
	since := windowStart(s, slot, now)
	stories, err := e.Store.GuildStories(ctx, s.GuildID, since, now, maxStories)
	if err != nil {
		return bot.Digest{}, fmt.Errorf("stories of the window: %w", err)
	}
	follows, err := e.Store.Follows(ctx, s.GuildID)
	if err != nil {
		return bot.Digest{}, fmt.Errorf("feeds of the guild: %w", err)
	}
	filter := bot.NewFollowFilter(follows)
	kept := stories[:0]
	ids := make([]int64, 0, len(stories))
	for _, story := range stories {
		if story, ok := filter.Story(story); ok {
			kept = append(kept, story)
			ids = append(ids, story.ID)
		}
	}
	shown, err := e.Store.Shown(ctx, s.ChannelID, ids)
	if err != nil {
		return bot.Digest{}, fmt.Errorf("what the channel was shown: %w", err)
	}
	stats, err := e.Store.FeedStats(ctx, s.GuildID, since, now)
	if err != nil {
		return bot.Digest{}, fmt.Errorf("feed statistics: %w", err)
	}
	weights, err := e.Store.Weights(ctx, s.ChannelID)
	if err != nil {
		return bot.Digest{}, fmt.Errorf("leanings of the channel: %w", err)
	}
	belongs, err := topicOf(s.Topics, weights)
	if err != nil {
		return bot.Digest{}, err
	}
	s.Zone = cmp.Or(s.Zone, guild.Zone, "UTC")
	compose := e.Compose
	if compose == nil {
		compose = func(_ context.Context, in digest.Input) bot.Digest { return digest.Compose(in) }
	}
	return compose(ctx, digest.Input{
		Schedule: s, Title: s.Name, Lang: cmp.Or(s.Lang, guild.Lang, "en"), Slot: slot, Since: since, Until: now,
		Stories: kept, Shown: shown, Feeds: stats, Engine: e.Engine, Topic: belongs,
	}), nil
}

// windowStart is where an edition's window begins: at the last slot, or for the
// first edition where the slot before would have been, for a day at least.
func windowStart(s bot.Schedule, slot, now time.Time) time.Time {
	since := s.LastSlot
	if since.IsZero() || since.After(now) {
		since = slot.Add(-24 * time.Hour)
		if since.After(now.Add(-24 * time.Hour)) {
			since = now.Add(-24 * time.Hour)
		}
	}
	if floor := now.Add(-maxWindow); since.Before(floor) {
		since = floor
	}
	return since
}

// topicOf says what belongs to a schedule's topics, and how much the channel
// leans to it. Nil: everything, alike.
func topicOf(query string, weights []bot.Weight) (func(summarize.Story) (string, float64, bool), error) {
	var parts []topic.Branch
	if strings.TrimSpace(query) != "" {
		q, err := topic.Parse(query)
		if err != nil {
			return nil, fmt.Errorf("topics of the schedule: %w", err)
		}
		parts = q.Branches()
	}
	leanings := leaningsOf(weights)
	if parts == nil && leanings == nil {
		return nil, nil
	}
	return func(s summarize.Story) (string, float64, bool) {
		doc := topic.StoryDocument(&s)
		label, best := "", 0.0
		for _, p := range parts {
			if score := p.Query.Score(doc); score >= topic.Threshold && score > best {
				label, best = p.Label, score
			}
		}
		if parts != nil && best == 0 {
			return "", 0, false
		}
		weight := 1.0
		for _, l := range leanings {
			if l.touches(&s, doc) {
				weight *= l.factor
			}
		}
		return label, min(max(weight, 0.05), 20), true
	}, nil
}

// A leaning is one of a channel's weights, ready to be matched.
type leaning struct {
	kind   string
	term   string
	query  topic.Query
	factor float64
}

func leaningsOf(weights []bot.Weight) []leaning {
	var out []leaning
	for _, w := range weights {
		if w.Factor <= 0 || w.Factor == 1 {
			continue
		}
		l := leaning{kind: w.Kind, term: w.Term, factor: w.Factor}
		if w.Kind == "term" {
			var err error
			if l.query, err = topic.Parse(w.Term); err != nil {
				continue
			}
		}
		out = append(out, l)
	}
	return out
}

func (l leaning) touches(s *summarize.Story, doc *topic.Document) bool {
	switch l.kind {
	case "actor":
		for _, a := range s.Actors {
			if strings.EqualFold(a.Name, l.term) {
				return true
			}
		}
		return false
	case "publisher":
		for _, a := range s.Articles {
			if strings.EqualFold(a.Publisher, l.term) {
				return true
			}
		}
		return false
	}
	return l.query.Match(doc)
}

func (e *Editor) deliveries(d bot.Digest, s bot.Schedule, key string, now time.Time) ([]bot.Delivery, error) {
	messages, err := e.Renderer.Digest(d, s)
	if err != nil {
		return nil, fmt.Errorf("render the digest: %w", err)
	}
	out := make([]bot.Delivery, len(messages))
	for i, m := range messages {
		out[i] = bot.Delivery{
			Key: fmt.Sprintf("%s:%d", key, i), GuildID: s.GuildID, ChannelID: s.ChannelID, Part: i, Payload: m.Payload,
			State: bot.Pending, CreatedAt: now,
		}
	}
	return out, nil
}

// Post makes an edition of a schedule now, on demand, without touching when it
// is next due. key makes the request unique: the same one posts once. Where
// there is nothing new it is told so in the channel.
func (e *Editor) Post(ctx context.Context, s bot.Schedule, key string) (bot.Digest, error) {
	now := e.now()
	d, err := e.demand(ctx, s, now)
	if err != nil {
		return bot.Digest{}, err
	}
	deliveries, err := e.deliveries(d, s, "digest:now:"+key, now)
	if err != nil {
		return bot.Digest{}, err
	}
	saved, err := e.Store.SaveEdition(ctx, bot.Edition{Digest: d, Deliveries: deliveries})
	if err != nil {
		return bot.Digest{}, fmt.Errorf("save the edition: %w", err)
	}
	if e.Sent != nil {
		e.Sent()
	}
	return saved, nil
}

// Preview is what Post would post, without posting or recording it.
func (e *Editor) Preview(ctx context.Context, s bot.Schedule) (bot.Digest, []bot.Message, error) {
	d, err := e.demand(ctx, s, e.now())
	if err != nil {
		return bot.Digest{}, nil, err
	}
	messages, err := e.Renderer.Digest(d, s)
	if err != nil {
		return bot.Digest{}, nil, fmt.Errorf("render the digest: %w", err)
	}
	return d, messages, nil
}

func (e *Editor) demand(ctx context.Context, s bot.Schedule, now time.Time) (bot.Digest, error) {
	s.QuietDay = true
	d, err := e.compose(ctx, s, now, now)
	if err != nil {
		return bot.Digest{}, err
	}
	d.ScheduleID = 0
	return d, nil
}
