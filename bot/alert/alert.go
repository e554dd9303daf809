package alert

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"sitrep/bot"
	"sitrep/bot/topic"
	"sitrep/summarize"
)

// Subscriptions is what alerting needs of a store of subscriptions.
type Subscriptions interface {
	Subscription(ctx context.Context, id int64) (bot.Subscription, error)
	ActiveSubscriptions(ctx context.Context) ([]bot.Subscription, error)
	DueSummaries(ctx context.Context, now time.Time, limit int) ([]bot.Subscription, error)
}

// Stories gives a story as somebody may see it.
type Stories interface {
	StoryOf(ctx context.Context, s bot.Scope, storyID int64) (summarize.Story, error)
}

// Follows gives the per-feed filters of a guild.
type Follows interface {
	Follows(ctx context.Context, guildID string) ([]bot.Follow, error)
}

// Renderer draws an alert as messages.
type Renderer interface {
	Alert(a bot.Alert) ([]bot.Message, error)
}

// An Alerter tells subscribers of stories.
type Alerter struct {
	Subscriptions Subscriptions
	Alerts        bot.AlertStore
	Stories       Stories
	Follows       Follows
	// SharedGuilds are the guilds that a user shares with the bot: what their
	// subscriptions in direct messages may draw on. Nil: none.
	SharedGuilds func(ctx context.Context, userID string) ([]string, error)
	Renderer     Renderer

	Sent func()           // called when something was put into the outbox; may be nil
	Now  func() time.Time // default time.Now
	Log  *slog.Logger

	mu     sync.Mutex
	cached *book
}

// Numbers that keep alerts worth having.
const (
	fresh     = 24 * time.Hour // older news is no alert
	stale     = 15 * time.Second
	maxLines  = 3
	maxItems  = 10  // of a summary
	minWeight = 0.5 // of a line that is told at once of a story told before
	// DefaultSummary is the minute of the day of the summary of what exceeded
	// the cap of an instant subscription.
	DefaultSummary = 18 * 60
	defaultCap     = 20
)

// book is the active subscriptions, ready to be matched.
type book struct {
	at     time.Time
	byID   map[int64]bot.Subscription
	topics *topic.Set
	query  map[int64]topic.Query
	actors map[int64][]int64 // actor -> subscriptions
	story  []int64           // subscriptions that follow a story
}

// Forget has the next story see subscriptions that were changed just now. Other
// processes see them within seconds.
func (a *Alerter) Forget() {
	a.mu.Lock()
	a.cached = nil
	a.mu.Unlock()
}

func (a *Alerter) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

func (a *Alerter) log() *slog.Logger {
	if a.Log == nil {
		return slog.Default()
	}
	return a.Log
}

func (a *Alerter) book(ctx context.Context) (*book, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if b := a.cached; b != nil && now.Sub(b.at) < stale && !now.Before(b.at) {
		return b, nil
	}
	active, err := a.Subscriptions.ActiveSubscriptions(ctx)
	if err != nil {
		return nil, fmt.Errorf("active subscriptions: %w", err)
	}
	b := &book{at: now, byID: make(map[int64]bot.Subscription, len(active)), topics: topic.NewSet(), query: map[int64]topic.Query{}, actors: map[int64][]int64{}}
	for _, s := range active {
		b.byID[s.ID] = s
		switch {
		case s.StoryID != 0:
			b.story = append(b.story, s.ID)
		case s.ActorID != 0:
			b.actors[s.ActorID] = append(b.actors[s.ActorID], s.ID)
		default:
			q, err := topic.Parse(s.Query)
			if err != nil {
				a.log().WarnContext(ctx, "subscription with a query that can't be read", "subscription", s.ID, "err", err)
				continue
			}
			b.topics.Add(s.ID, q)
			b.query[s.ID] = q
		}
	}
	a.cached = b
	return b, nil
}

// Story tells everybody whom a story concerns what is new in it. It may be called
// again for the same story. The errors of single subscriptions are joined, and
// keep nobody else from being told. absorbed are stories that were merged into it
// just now: the store has their followers follow this one.
func (a *Alerter) Story(ctx context.Context, s *summarize.Story, absorbed ...int64) error {
	if len(absorbed) > 0 {
		a.Forget()
	}
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	concerned := b.concerned(s)
	if len(concerned) == 0 {
		return nil
	}
	guilds, err := a.Alerts.GuildsOfStory(ctx, s.ID)
	if err != nil {
		return fmt.Errorf("who may see story %d: %w", s.ID, err)
	}
	seen := &views{a: a, story: s.ID, byScope: map[string]*view{}}
	var problems []error
	for _, id := range concerned {
		sub := b.byID[id]
		if sub.GuildID != bot.DirectGuild && !slices.Contains(guilds, sub.GuildID) {
			continue
		}
		if err := a.tell(ctx, sub, b.query[id], seen); err != nil {
			problems = append(problems, fmt.Errorf("subscription %d: %w", id, err))
		}
	}
	return errors.Join(problems...)
}

func (b *book) concerned(s *summarize.Story) []int64 {
	ids := b.topics.Match(topic.StoryDocument(s))
	for _, actor := range s.Actors {
		if actor.ActorID != 0 {
			ids = append(ids, b.actors[actor.ActorID]...)
		}
	}
	for _, id := range b.story {
		if b.byID[id].StoryID == s.ID {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (a *Alerter) scope(ctx context.Context, sub bot.Subscription) (bot.Scope, error) {
	scope := bot.Scope{GuildID: sub.GuildID, UserID: sub.UserID}
	if sub.GuildID != bot.DirectGuild || a.SharedGuilds == nil {
		return scope, nil
	}
	var err error
	if scope.Guilds, err = a.SharedGuilds(ctx, sub.UserID); err != nil {
		return scope, fmt.Errorf("guilds shared with user %s: %w", sub.UserID, err)
	}
	return scope, nil
}

// A view is a story as one guild or user sees it.
type view struct {
	story summarize.Story
	ok    bool
	doc   *topic.Document
}

type views struct {
	a       *Alerter
	story   int64
	byScope map[string]*view
}

func (v *views) of(ctx context.Context, sub bot.Subscription) (*view, error) {
	key := sub.GuildID
	if key == bot.DirectGuild {
		key = "user:" + sub.UserID
	}
	if seen, ok := v.byScope[key]; ok {
		return seen, nil
	}
	seen, err := v.a.view(ctx, sub, v.story)
	if err != nil {
		return nil, err
	}
	v.byScope[key] = seen
	return seen, nil
}

func (a *Alerter) view(ctx context.Context, sub bot.Subscription, storyID int64) (*view, error) {
	scope, err := a.scope(ctx, sub)
	if err != nil {
		return nil, err
	}
	s, err := a.Stories.StoryOf(ctx, scope, storyID)
	if errors.Is(err, bot.ErrNotFound) {
		return &view{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("story %d: %w", storyID, err)
	}
	ok := true
	if sub.GuildID != bot.DirectGuild && a.Follows != nil {
		follows, err := a.Follows.Follows(ctx, sub.GuildID)
		if err != nil {
			return nil, fmt.Errorf("feeds of guild %s: %w", sub.GuildID, err)
		}
		s, ok = bot.NewFollowFilter(follows).Story(s)
	}
	v := &view{story: s, ok: ok}
	if ok {
		v.doc = topic.StoryDocument(&s)
	}
	return v, nil
}

func (a *Alerter) tell(ctx context.Context, sub bot.Subscription, query topic.Query, seen *views) error {
	v, err := seen.of(ctx, sub)
	if err != nil {
		return err
	}
	if !v.ok || v.story.Publishers < sub.MinPublishers || !query.IsZero() && !query.Match(v.doc) {
		return nil
	}
	told, err := a.Alerts.Told(ctx, sub.ID, v.story.ID)
	if err != nil {
		return err
	}
	now := a.now()
	lines := news(v.story, told, sub.CreatedAt, now.Add(-fresh))
	if len(lines) == 0 {
		return nil
	}
	// As it is now: it may have been paused, changed or removed, and its next
	// summary must not be put back.
	sub, err = a.Subscriptions.Subscription(ctx, sub.ID)
	if errors.Is(err, bot.ErrNotFound) || err == nil && sub.Paused {
		return nil
	}
	if err != nil {
		return err
	}
	zone := zoneOf(sub)
	hold, err := a.holdUntil(ctx, sub, zone, now, lines, len(told) > 0)
	if err != nil {
		return err
	}
	record := bot.AlertRecord{SubscriptionID: sub.ID, StoryIDs: []int64{v.story.ID}, At: now, Next: sub.NextRunAt}
	if !hold.IsZero() {
		record.HoldBack = true
		if record.Next.IsZero() || hold.Before(record.Next) {
			record.Next = hold
		}
		return a.Alerts.SaveAlert(ctx, record)
	}
	record.Lines = versions(lines)
	alert := bot.Alert{Subscription: sub, Item: itemOf(v.story, lines, told), Lang: sub.Lang, At: now}
	key := fmt.Sprintf("alert:%d:%d:%s", sub.ID, v.story.ID, digestOf(record.Lines))
	if record.Deliveries, err = a.deliveries(alert, key, now); err != nil {
		return err
	}
	if err := a.Alerts.SaveAlert(ctx, record); err != nil {
		if errors.Is(err, bot.ErrNotFound) {
			return nil
		}
		return err
	}
	if a.Sent != nil {
		a.Sent()
	}
	return nil
}

// holdUntil tells when a summary may carry what must not be told now; zero when
// it may be told now.
func (a *Alerter) holdUntil(ctx context.Context, sub bot.Subscription, zone *time.Location, now time.Time, lines []summarize.StoryDevelopment, toldBefore bool) (time.Time, error) {
	if sub.When == bot.Daily {
		return bot.ClockTime(sub.DailyAt, zone, now), nil
	}
	if until := sub.QuietUntil(zone, now); !until.IsZero() {
		return until, nil
	}
	summary := bot.ClockTime(cmp.Or(sub.DailyAt, DefaultSummary), zone, now)
	if until := sub.QuietUntil(zone, summary); !until.IsZero() {
		summary = until
	}
	if toldBefore && !slices.ContainsFunc(lines, weighty) {
		return summary, nil
	}
	n, err := a.Alerts.AlertsSince(ctx, sub.ID, bot.DayStart(zone, now))
	if err != nil {
		return time.Time{}, err
	}
	if n >= cmp.Or(sub.DailyCap, defaultCap) {
		return summary, nil
	}
	return time.Time{}, nil
}

func weighty(d summarize.StoryDevelopment) bool {
	return d.Weight >= minWeight || d.Publishers > 1 || d.Version > 1
}

// RunSummaries sends the summaries that are due, and returns how many
// subscriptions it served. The errors of single ones are joined.
func (a *Alerter) RunSummaries(ctx context.Context) (int, error) {
	due, err := a.Subscriptions.DueSummaries(ctx, a.now(), 500)
	if err != nil {
		return 0, fmt.Errorf("due summaries: %w", err)
	}
	var problems []error
	for _, sub := range due {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := a.summary(ctx, sub); err != nil {
			problems = append(problems, fmt.Errorf("summary of subscription %d: %w", sub.ID, err))
		}
	}
	return len(due) - len(problems), errors.Join(problems...)
}

func (a *Alerter) summary(ctx context.Context, sub bot.Subscription) error {
	now := a.now()
	held, err := a.Alerts.HeldBack(ctx, sub.ID)
	if err != nil {
		return err
	}
	var items []bot.Item
	record := bot.AlertRecord{SubscriptionID: sub.ID, StoryIDs: held, Lines: map[int64]int{}, At: now}
	for _, id := range held {
		v, err := a.view(ctx, sub, id)
		if err != nil {
			return err
		}
		if !v.ok || v.story.Publishers < sub.MinPublishers {
			continue
		}
		told, err := a.Alerts.Told(ctx, sub.ID, v.story.ID)
		if err != nil {
			return err
		}
		lines := news(v.story, told, sub.CreatedAt, now.Add(-3*fresh))
		if len(lines) == 0 {
			continue
		}
		maps.Copy(record.Lines, versions(lines))
		if !slices.ContainsFunc(items, func(it bot.Item) bool { return it.StoryID == v.story.ID }) { // two that were merged meanwhile
			items = append(items, itemOf(v.story, lines, told))
		}
	}
	slices.SortStableFunc(items, func(x, y bot.Item) int {
		return cmp.Or(cmp.Compare(y.Publishers, x.Publishers), cmp.Compare(y.Severity, x.Severity), cmp.Compare(x.StoryID, y.StoryID))
	})
	if len(items) > maxItems {
		items = items[:maxItems]
	}
	if len(items) > 0 {
		alert := bot.Alert{Subscription: sub, More: items, Summary: true, Lang: sub.Lang, At: now}
		if len(items) == 1 && sub.When == bot.Instantly {
			alert = bot.Alert{Subscription: sub, Item: items[0], Lang: sub.Lang, At: now}
		}
		key := fmt.Sprintf("summary:%d:%d", sub.ID, sub.NextRunAt.Unix())
		if record.Deliveries, err = a.deliveries(alert, key, now); err != nil {
			return err
		}
	}
	if err := a.Alerts.SaveAlert(ctx, record); err != nil {
		if errors.Is(err, bot.ErrNotFound) {
			return nil
		}
		return err
	}
	if len(items) > 0 && a.Sent != nil {
		a.Sent()
	}
	return nil
}

func (a *Alerter) deliveries(alert bot.Alert, key string, now time.Time) ([]bot.Delivery, error) {
	messages, err := a.Renderer.Alert(alert)
	if err != nil {
		return nil, fmt.Errorf("render an alert: %w", err)
	}
	out := make([]bot.Delivery, len(messages))
	for i, m := range messages {
		out[i] = bot.Delivery{
			Key: fmt.Sprintf("%s:%d", key, i), GuildID: alert.Subscription.GuildID, ChannelID: alert.Subscription.ChannelID,
			Part: i, Payload: m.Payload, State: bot.Pending, CreatedAt: now,
		}
		if alert.Subscription.ChannelID == "" {
			out[i].UserID = alert.Subscription.UserID
		}
	}
	return out, nil
}

// news are the lines of a story that a subscriber has not been told, or with
// another figure, in their order: from when they subscribed, and not of old.
func news(s summarize.Story, told map[int64]int, since, notBefore time.Time) []summarize.StoryDevelopment {
	var out []summarize.StoryDevelopment
	for _, d := range s.Lines() {
		if d.Version <= told[d.ID] && told[d.ID] > 0 {
			continue
		}
		changed := d.ChangedAt
		if changed.IsZero() {
			changed = d.FirstSeenAt
		}
		if changed.Before(since) {
			continue
		}
		newest := time.Time{}
		for _, src := range d.Sources {
			if src.At.After(newest) {
				newest = src.At
			}
		}
		if !newest.IsZero() && newest.Before(notBefore) {
			continue
		}
		out = append(out, d)
	}
	return out
}

func versions(lines []summarize.StoryDevelopment) map[int64]int {
	out := make(map[int64]int, len(lines))
	for _, d := range lines {
		out[d.ID] = d.Version
	}
	return out
}

// digestOf names a set of lines, so that the same alert has the same key at
// every try.
func digestOf(lines map[int64]int) string {
	h := fnv.New64a()
	for _, id := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(h, "%d:%d ", id, lines[id])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func itemOf(s summarize.Story, lines []summarize.StoryDevelopment, told map[int64]int) bot.Item {
	item := bot.Item{
		StoryID: s.ID, Headline: s.Headline, Lang: s.Lang, State: bot.ItemNew, Publishers: s.Publishers, FirstSeenAt: s.FirstSeenAt,
		Disputes: s.Disputes, Severity: s.Severity, ImageURL: s.ImageURL, Weight: 1,
	}
	if len(told) > 0 {
		item.State = bot.ItemUpdated
	}
	for _, a := range s.Actors {
		if a.Type != summarize.Place && a.Introduced() && len(item.Who) < 3 {
			item.Who = append(item.Who, a)
		}
	}
	var first int
	item.Headline, first = s.HeadlineOf(lines)
	lines = slices.Concat(lines[first:first+1], lines[:first], lines[first+1:])
	for _, d := range lines[:min(len(lines), maxLines)] {
		line := bot.Line{DevelopmentID: d.ID, Version: d.Version, Text: d.Text, Sources: d.Sources}
		if told[d.ID] > 0 {
			line.Changed, line.Was = true, d.Was
		}
		item.Lines = append(item.Lines, line)
	}
	return item
}

func zoneOf(sub bot.Subscription) *time.Location {
	if loc, err := time.LoadLocation(sub.Zone); err == nil {
		return loc
	}
	return time.UTC
}
