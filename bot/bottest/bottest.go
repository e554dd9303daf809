// Package bottest is a bench for tests of the use cases: a real store in memory,
// a clock to be set, guilds that follow feeds, and stories told by those feeds
// through the real summarizer and composer. Rendering is JSON.
package bottest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/store"
	"sitrep/summarize"
	"sitrep/summarize/extractive"
	"sitrep/summarize/stories"
)

// Start is when every Bench begins: a Tuesday morning.
var Start = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

// A Bench is a store and what is needed to fill it.
type Bench struct {
	Store *store.Store

	t       testing.TB
	mu      sync.Mutex
	clock   time.Time
	stories map[string]int64 // by key
	docs    int
}

// New returns a bench with an empty store, closed when the test ends.
func New(t testing.TB) *Bench {
	t.Helper()
	b := &Bench{t: t, clock: Start, stories: map[string]int64{}}
	s, err := store.Open(context.Background(), ":memory:", store.Options{Now: b.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.Store = s
	return b
}

// Now is the bench's clock.
func (b *Bench) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

// Advance sets the clock forward, or back.
func (b *Bench) Advance(d time.Duration) {
	b.mu.Lock()
	b.clock = b.clock.Add(d)
	b.mu.Unlock()
}

// Set sets the clock.
func (b *Bench) Set(at time.Time) {
	b.mu.Lock()
	b.clock = at
	b.mu.Unlock()
}

// Guild saves a guild.
func (b *Bench) Guild(id string) bot.Guild {
	b.t.Helper()
	g := bot.Guild{ID: id, Name: "Guild " + id, Lang: "en", Zone: "UTC", OwnerID: "owner" + id, JoinedAt: b.Now()}
	if err := b.Store.SaveGuild(context.Background(), g); err != nil {
		b.t.Fatal(err)
	}
	return g
}

// Follow has a guild follow the feed of a publisher.
func (b *Bench) Follow(guildID, publisher string) bot.Follow {
	b.t.Helper()
	f, err := b.Store.AddFollow(context.Background(), bot.Follow{GuildID: guildID, AddedAt: b.Now(), Feed: feeds.Feed{
		URL: "https://" + strings.ToLower(strings.ReplaceAll(publisher, " ", "")) + ".example/rss", Title: publisher, Publisher: publisher, Family: publisher,
		State: feeds.StateActive, NextCheckAt: b.Now().Add(time.Hour)}})
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

// Tell has a feed tell of a story: an article is stored, read and joined to the
// story of that key. An article with the same title is edited.
func (b *Bench) Tell(f bot.Follow, key, title, text string) summarize.Story {
	b.t.Helper()
	ctx := context.Background()
	fail := func(err error) {
		b.t.Helper()
		if err != nil {
			b.t.Fatal(err)
		}
	}
	feed := f.Feed
	slug := strings.ToLower(strings.ReplaceAll(title, " ", "-"))
	_, err := b.Store.SaveChanged(ctx, feeds.Check{Feed: feed, At: b.Now(), Status: 200, Changed: true}, []feeds.Article{{
		FeedID: feed.ID, Identity: slug, GUID: slug, URL: strings.TrimSuffix(feed.URL, "rss") + slug, Title: title, Summary: text, Text: text, TextSource: feeds.TextFromFeed,
		Lang: "en", Publisher: feed.Publisher, Family: feed.Family, PublishedAt: b.Now(), SeenAt: b.Now(), ContentHash: fmt.Sprint(len(text), text), Stage: feeds.StageStored,
	}})
	fail(err)
	unread, err := b.Store.UnreadArticles(ctx, feed.ID, 10)
	fail(err)
	for _, a := range unread {
		brief, err := extractive.New(nil).Summarize(ctx, &a)
		fail(err)
		links := make([]bot.ActorLink, len(brief.Actors))
		for i := range links {
			links[i].Index = i
		}
		fail(b.Store.SaveReading(ctx, a, brief, links))
	}
	waiting, err := b.Store.BriefedArticles(ctx, 10)
	fail(err)
	var story summarize.Story
	for _, r := range waiting {
		id := b.stories[key]
		var before summarize.Story
		var members []bot.Reading
		if id != 0 {
			before, err = b.Store.Story(ctx, id)
			fail(err)
			members, err = b.Store.Members(ctx, before.ID)
			fail(err)
		}
		known := false
		for i := range members {
			if members[i].Article.ID == r.Article.ID {
				members[i], known = r, true
			}
		}
		if !known {
			members = append(members, r)
		}
		in := make([]stories.Member, len(members))
		for i := range members {
			in[i] = stories.Member{Article: &members[i].Article, Brief: &members[i].Brief, CopyOf: members[i].CopyOf}
		}
		composed := stories.Compose(before, in, b.Now())
		composed.ID = before.ID
		b.docs++
		story, err = b.Store.SaveStory(ctx, bot.Join{Story: composed, ArticleID: r.Article.ID, Doc: []byte{byte(b.docs)}, At: b.Now()})
		fail(err)
		b.stories[key] = story.ID
	}
	return story
}

// Outbox takes everything that is due out of the outbox, as if it were posted.
func (b *Bench) Outbox() (out []bot.Delivery) {
	b.t.Helper()
	ctx := context.Background()
	for {
		batch, err := b.Store.LeaseDeliveries(ctx, b.Now(), 100, time.Minute)
		if err != nil {
			b.t.Fatal(err)
		}
		if len(batch) == 0 {
			return out
		}
		for _, d := range batch {
			if err := b.Store.MarkSending(ctx, d.ID, b.Now()); err != nil {
				b.t.Fatal(err)
			}
			if err := b.Store.MarkPosted(ctx, d.ID, fmt.Sprint("message ", d.ID), d.ChannelID, b.Now()); err != nil {
				b.t.Fatal(err)
			}
			out = append(out, d)
		}
	}
}

// Renderer writes what it is given as one message of JSON.
type Renderer struct{}

func message(v any) ([]bot.Message, error) {
	payload, err := json.Marshal(v)
	return []bot.Message{{Payload: payload}}, err
}

// Digest implements bot.Renderer.
func (Renderer) Digest(d bot.Digest, _ bot.Schedule) ([]bot.Message, error) { return message(d) }

// Alert implements bot.Renderer.
func (Renderer) Alert(a bot.Alert) ([]bot.Message, error) { return message(a) }

// Notice implements bot.Renderer.
func (Renderer) Notice(n bot.Notice) ([]bot.Message, error) { return message(n) }

// Read reads a delivery's payload, as Renderer wrote it.
func Read[T any](t testing.TB, d bot.Delivery) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(d.Payload, &v); err != nil {
		t.Fatalf("%s: %v", d.Payload, err)
	}
	return v
}
