package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sitrep/bot"
	"sitrep/bot/manage"
	"sitrep/feeds"
	"sitrep/summarize"
)

// cabinet is what servers and people set up, in memory.
type cabinet struct {
	mu        sync.Mutex
	next      int64
	guilds    map[string]bot.Guild
	follows   []bot.Follow
	schedules map[int64]bot.Schedule
	subs      map[int64]bot.Subscription
	weights   []bot.Weight
	posted    []bot.Schedule // digests asked for
	told      []bot.Notice
	opened    []string // routes
	parked    []bot.ParkedRoute
	messages  map[string]bot.Delivery
	digests   map[int64]bot.Digest
	ops       []string
	traces    []bot.Trace
	stories   []summarize.Story
	web       map[string][]manage.Found
	lookups   int
	stuck     atomic.Bool // a subscription is waited for in vain
}

func newCabinet() *cabinet {
	return &cabinet{guilds: map[string]bot.Guild{}, schedules: map[int64]bot.Schedule{}, subs: map[int64]bot.Subscription{},
		messages: map[string]bot.Delivery{}, digests: map[int64]bot.Digest{}, web: map[string][]manage.Found{}}
}

func (c *cabinet) id() int64 { c.next++; return c.next }

func (c *cabinet) Guild(_ context.Context, id string) (bot.Guild, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, ok := c.guilds[id]
	if !ok {
		return g, bot.ErrNotFound
	}
	return g, nil
}

func (c *cabinet) SaveGuild(_ context.Context, g bot.Guild) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.guilds[g.ID] = g
	return nil
}

func (c *cabinet) Guilds(context.Context) ([]bot.Guild, error)         { return nil, nil }
func (c *cabinet) PurgeGuilds(context.Context, time.Time) (int, error) { return 0, nil }
func (c *cabinet) DueSchedules(context.Context, time.Time, int) ([]bot.Schedule, error) {
	return nil, nil
}

func (c *cabinet) AddFollow(_ context.Context, f bot.Follow) (bot.Follow, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, have := range c.follows {
		if have.GuildID == f.GuildID && have.Feed.URL == f.Feed.URL {
			return have, bot.ErrDuplicate
		}
	}
	f.Feed.ID, f.Feed.State = c.id(), feeds.StateActive
	c.follows = append(c.follows, f)
	return f, nil
}

func (c *cabinet) RemoveFollow(_ context.Context, guild string, feed int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.follows)
	c.follows = slices.DeleteFunc(c.follows, func(f bot.Follow) bool { return f.GuildID == guild && f.Feed.ID == feed })
	if len(c.follows) == n {
		return bot.ErrNotFound
	}
	return nil
}

func (c *cabinet) SaveFollow(_ context.Context, f bot.Follow) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, have := range c.follows {
		if have.GuildID == f.GuildID && have.Feed.ID == f.Feed.ID {
			c.follows[i] = f
			return nil
		}
	}
	return bot.ErrNotFound
}

func (c *cabinet) Follows(_ context.Context, guild string) ([]bot.Follow, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []bot.Follow
	for _, f := range c.follows {
		if f.GuildID == guild {
			out = append(out, f)
		}
	}
	return out, nil
}

func (c *cabinet) SaveSchedule(_ context.Context, s bot.Schedule) (bot.Schedule, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.ID == 0 {
		s.ID = c.id()
	}
	c.schedules[s.ID] = s
	return s, nil
}

func (c *cabinet) Schedule(_ context.Context, id int64) (bot.Schedule, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.schedules[id]
	if !ok {
		return s, bot.ErrNotFound
	}
	return s, nil
}

func (c *cabinet) Schedules(_ context.Context, guild string) ([]bot.Schedule, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []bot.Schedule
	for _, s := range c.schedules {
		if s.GuildID == guild {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b bot.Schedule) int { return int(a.ID - b.ID) })
	return out, nil
}

func (c *cabinet) RemoveSchedule(_ context.Context, id int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.schedules, id)
	return nil
}

func (c *cabinet) SaveSubscription(_ context.Context, s bot.Subscription) (bot.Subscription, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, have := range c.subs {
		if have.ID != s.ID && have.UserID == s.UserID && have.GuildID == s.GuildID && have.ChannelID == s.ChannelID && have.Query == s.Query && have.StoryID == s.StoryID && have.ActorID == s.ActorID {
			return s, bot.ErrDuplicate
		}
	}
	if s.ID == 0 {
		s.ID = c.id()
	}
	c.subs[s.ID] = s
	return s, nil
}

func (c *cabinet) Subscription(ctx context.Context, id int64) (bot.Subscription, error) {
	if c.stuck.Load() {
		<-ctx.Done()
		return bot.Subscription{}, ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.subs[id]
	if !ok {
		return s, bot.ErrNotFound
	}
	return s, nil
}

func (c *cabinet) Subscriptions(_ context.Context, guild, user string) ([]bot.Subscription, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []bot.Subscription
	for _, s := range c.subs {
		if (guild == "*" || s.GuildID == guild) && (user == "" || s.UserID == user) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b bot.Subscription) int { return int(a.ID - b.ID) })
	return out, nil
}

func (c *cabinet) RemoveSubscription(_ context.Context, id int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.subs, id)
	return nil
}

func (c *cabinet) ActiveSubscriptions(context.Context) ([]bot.Subscription, error) { return nil, nil }
func (c *cabinet) DueSummaries(context.Context, time.Time, int) ([]bot.Subscription, error) {
	return nil, nil
}

func (c *cabinet) GuildStories(_ context.Context, _ string, _, _ time.Time, _ int) ([]summarize.Story, error) {
	return c.stories, nil
}

func (c *cabinet) Weights(_ context.Context, channel string) ([]bot.Weight, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []bot.Weight
	for _, w := range c.weights {
		if w.ChannelID == channel {
			out = append(out, w)
		}
	}
	return out, nil
}

func (c *cabinet) AddWeight(_ context.Context, w bot.Weight) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.ID = c.id()
	c.weights = append(c.weights, w)
	return nil
}

func (c *cabinet) RemoveWeight(_ context.Context, id int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.weights = slices.DeleteFunc(c.weights, func(w bot.Weight) bool { return w.ID == id })
	return nil
}

func (c *cabinet) ModelStanding(_ context.Context, guildID string) (bot.ModelStanding, error) {
	return bot.ModelStanding{Model: "small-writer-3", Tokens: 1000, GuildTokens: 100, Installation: bot.ModelSpend{Tokens: 500, Calls: 7}, Guild: bot.ModelSpend{Tokens: int64(len(guildID)), Calls: 1}}, nil
}

func (c *cabinet) Status(context.Context, string) (bot.Status, error) {
	return bot.Status{Articles: 1234, Stories: 56, Waiting: 7, Outbox: 2, Oldest: muxNoon.Add(-time.Minute), CheckedAt: muxNoon}, nil
}

func (c *cabinet) Ping(context.Context) error { return nil }

func (c *cabinet) Trace(_ context.Context, _ bot.Scope, query string) ([]bot.Trace, error) {
	if strings.Contains(query, "nothing") {
		return nil, bot.ErrNotFound
	}
	return c.traces, nil
}

func (c *cabinet) MergeActors(_ context.Context, into, from int64, by string, _ time.Time) (int64, error) {
	c.ops = append(c.ops, fmt.Sprintf("merge %d into %d by %s", from, into, by))
	return 41, nil
}

func (c *cabinet) SplitActor(_ context.Context, id int64, aliases []string, by string, _ time.Time) (int64, int64, error) {
	c.ops = append(c.ops, fmt.Sprintf("split %q from %d by %s", aliases, id, by))
	return 42, 9, nil
}

func (c *cabinet) UndoActorOp(_ context.Context, op int64) error {
	if op != 41 {
		return bot.ErrNotFound
	}
	c.ops = append(c.ops, "undo 41")
	return nil
}

func (c *cabinet) DeliveryByMessage(_ context.Context, id string) (bot.Delivery, error) {
	d, ok := c.messages[id]
	if !ok {
		return d, bot.ErrNotFound
	}
	return d, nil
}

func (c *cabinet) Digest(_ context.Context, id int64) (bot.Digest, error) {
	d, ok := c.digests[id]
	if !ok {
		return d, bot.ErrNotFound
	}
	return d, nil
}

func (c *cabinet) ParkedRoutes(context.Context, string) ([]bot.ParkedRoute, error) {
	return c.parked, nil
}

func (c *cabinet) UnparkRoute(_ context.Context, route string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened = append(c.opened, route)
	return nil
}

func (c *cabinet) TellAdmins(_ context.Context, _ string, n bot.Notice, _ string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, n)
	return nil
}

func (c *cabinet) Post(_ context.Context, s bot.Schedule, _ string) (bot.Digest, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.posted = append(c.posted, s)
	return bot.Digest{Items: []bot.Item{{StoryID: 1, Headline: "Harbour board adopts motion 1"}}}, nil
}

func (c *cabinet) Preview(_ context.Context, s bot.Schedule) (bot.Digest, []bot.Message, error) {
	return bot.Digest{Title: s.Name, Lang: "en", Items: []bot.Item{{StoryID: 1, Headline: "Harbour board adopts motion 1", Publishers: 1}}}, nil, nil
}

func (c *cabinet) Find(_ context.Context, address string) ([]manage.Found, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lookups++
	found, ok := c.web[address]
	if !ok {
		return nil, fmt.Errorf("dial tcp 192.0.2.7: refused")
	}
	return found, nil
}

// packs is a shelf of two starter packs.
type packs struct{}

var harbourPack = Pack{ID: "harbour-en", Name: "Harbour news (English)", Feeds: []feeds.Feed{
	{URL: "https://courier.example/feed", Title: "Kestrel Bay Courier"}, {URL: "https://ossa.example/rss", Title: "Radio Ossa"}}}

func (packs) SuggestPacks(prefix, _ string, _ int) []bot.Suggestion {
	if !strings.Contains(strings.ToLower(harbourPack.Name), strings.ToLower(prefix)) {
		return nil
	}
	return []bot.Suggestion{{Label: harbourPack.Name, Value: harbourPack.ID}}
}

func (packs) Pack(id, _ string) (Pack, bool) { return harbourPack, id == harbourPack.ID }

// files gives what was uploaded.
type files struct{ data string }

func (f files) Download(context.Context, string) ([]byte, error) { return []byte(f.data), nil }

// reader briefs every article the same.
type reader struct{ err error }

func (r reader) Brief(_ context.Context, _, address string) (feeds.Article, summarize.Brief, error) {
	sentence := "The harbour board, chaired by Ilse Varnholt, adopted the motion on Tuesday."
	return feeds.Article{URL: address, Title: "Motion adopted", Publisher: "Kestrel Bay Courier", PublishedAt: muxNoon},
		summarize.Brief{Headline: "Motion adopted", Engine: "embedded",
			Actors:       []summarize.Actor{{Name: "Ilse Varnholt", Type: summarize.Person, Key: true, Roles: []summarize.Role{{Text: "chair of the harbour board"}}}},
			Developments: []summarize.Development{{Text: "The harbour board adopted the motion.", Evidence: summarize.Evidence{Text: sentence}}},
			Quotes:       []summarize.Quote{{Text: "We count every boat.", Speaker: 0}}}, r.err
}
