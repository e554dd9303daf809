// Package storetest is the conformance suite of package store: what a Store
// must do on every engine. In comes a way to open an empty, migrated Store;
// out go failed tests.
package storetest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/store"
	"sitrep/summarize"
)

// Open opens an empty Store, migrated, closed when the test ends.
type Open func(t *testing.T, o store.Options) *store.Store

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *bench){
		"LeaseFeeds":          leaseFeeds,
		"LeaseFeedsTogether":  leaseFeedsTogether,
		"SaveChecks":          saveChecks,
		"SaveChanged":         saveChanged,
		"SaveChangedWhole":    saveChangedWhole,
		"SaveChangedTogether": saveChangedTogether,
		"HostileText":         hostileText,
		"Guilds":              guilds,
		"Follows":             follows,
		"Reading":             reading,
		"ReadingAgain":        readingAgain,
		"ReadingsTogether":    readingsTogether,
		"Actors":              actors,
		"NewActorsTogether":   newActorsTogether,
		"Leases":              leases,
		"Stories":             stories,
		"MergeStories":        mergeStories,
		"StoriesInScope":      storiesInScope,
		"Schedules":           schedules,
		"Editions":            editions,
		"EditionsTogether":    editionsTogether,
		"Outbox":              outbox,
		"OutboxOrder":         outboxOrder,
		"OutboxTogether":      outboxTogether,
		"ParkedRoutes":        parkedRoutes,
		"Subscriptions":       subscriptions,
		"Alerts":              alerts,
		"Latest":              latest,
		"StoryOf":             storyOf,
		"Search":              searching,
		"Suggest":             suggesting,
		"Dossiers":            dossiers,
		"Company":             company,
		"SplitActors":         splitActors,
		"Persons":             persons,
		"Quotas":              quotas,
		"Weights":             weights,
		"Status":              status,
		"Trace":               tracing,
		"Retention":           retention,
		"Models":              models,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &bench{t: t, now: start}
			b.s = open(t, store.Options{Now: b.clock})
			test(t, b)
		})
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// start is when every test begins.
var start = time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)

// A bench is a store with a clock, and short ways to fill it. Its helpers fail
// the test.
type bench struct {
	t *testing.T
	s *store.Store

	mu  sync.Mutex
	now time.Time
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) pass(d time.Duration) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
	return b.now
}

func (b *bench) ctx() context.Context { return b.t.Context() }

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// outlet is an invented publisher.
type outlet struct{ name, family string }

var (
	tide    = outlet{"The Tidewater Ledger", "Ledger Group"}
	harbour = outlet{"Harbour Evening Post", "Ledger Group"} // of the same family
	alpine  = outlet{"Alpine Courier", "Alpine Courier"}
	delta   = outlet{"Delta Wire", "Delta Wire"}
)

// follow has a guild follow a feed of an outlet, named by a word.
func (b *bench) follow(guild, word string, o outlet) feeds.Feed {
	b.t.Helper()
	f, err := b.s.AddFollow(b.ctx(), bot.Follow{
		GuildID: guild, AddedBy: "u1", AddedAt: b.clock(),
		Feed: feeds.Feed{URL: "https://" + word + ".example/feed.xml", Title: o.name, Publisher: o.name, Family: o.family},
	})
	b.must(err)
	return f.Feed
}

// item is an article as a feed gives it.
func item(word string, at time.Time) feeds.Article {
	return feeds.Article{
		Identity: "id:" + word, GUID: "guid:" + word, Fingerprint: "fp:" + word, ContentHash: "v1:" + word,
		URL: "https://news.example/" + word, Title: "On " + word, Summary: "What is known of " + word + ".",
		PublishedAt: at, SeenAt: at,
	}
}

// publish stores items of a feed as one changed check, and returns them with
// their ids.
func (b *bench) publish(f feeds.Feed, items ...feeds.Article) []feeds.Article {
	b.t.Helper()
	now := b.clock()
	f.LastCheckedAt, f.LastChangedAt, f.NextCheckAt = now, now, now.Add(time.Hour)
	_, err := b.s.SaveChanged(b.ctx(), feeds.Check{Feed: f, At: now, Status: 200, Changed: true}, items)
	b.must(err)
	return items
}

// person is an actor that stands at the head of a text "NAME, ROLE, …".
func person(name, role string) summarize.Actor {
	return summarize.Actor{
		Name: name, Type: summarize.Person, Key: true, Salience: 0.9,
		Mentions: []summarize.Mention{{Text: name, Part: summarize.PartText, Start: 0, End: len(name)}},
		Roles:    []summarize.Role{{Text: role, Evidence: summarize.Evidence{Part: summarize.PartText, Start: 0, End: len(name) + len(role) + 2, Text: name + ", " + role}}},
	}
}

// brief is a reading of "NAME, ROLE, DID." with one development and, when
// quote is not empty, a quotation.
func brief(a summarize.Actor, did, quote string) (string, summarize.Brief) {
	sentence := fmt.Sprintf("%s, %s, %s.", a.Name, a.Roles[0].Text, did)
	body := sentence
	br := summarize.Brief{
		Engine: "embedded", Lang: "en", Headline: did, Actors: []summarize.Actor{a},
		Developments: []summarize.Development{{
			Text: a.Name + " " + did, Weight: 1, Actors: []int{0},
			Evidence: summarize.Evidence{Part: summarize.PartText, Start: 0, End: len(sentence), Text: sentence},
		}},
	}
	if quote != "" {
		said := `"` + quote + `," said ` + a.Name + "."
		at := len(body) + 2
		body += "\n\n" + said
		br.Quotes = []summarize.Quote{{Text: quote, Speaker: 0, Evidence: summarize.Evidence{Part: summarize.PartText, Start: at, End: at + len(said), Text: said}}}
	}
	return body, br
}

// read saves a reading of an article by one actor, known or (0) new, and
// returns the brief as it was saved.
func (b *bench) read(article feeds.Article, actorID int64, a summarize.Actor, did, quote string) summarize.Brief {
	b.t.Helper()
	body, br := brief(a, did, quote)
	article.Text, article.TextSource, article.Lang = body, feeds.TextFromPage, "en"
	b.must(b.s.SaveReading(b.ctx(), article, br, []bot.ActorLink{{Index: 0, ActorID: actorID}}))
	return br
}

// actorNamed finds the one actor of a name.
func (b *bench) actorNamed(name string) summarize.KnownActor {
	b.t.Helper()
	found, err := b.s.ActorCandidates(b.ctx(), []string{strings.ToLower(name)})
	b.must(err)
	if len(found) != 1 {
		b.t.Fatalf("%d actors are called %s, want 1", len(found), name)
	}
	return found[0]
}

// source is an article's statement of a brief's first development.
func source(a feeds.Article, br summarize.Brief) summarize.Source {
	e := br.Developments[0].Evidence
	e.ArticleID = a.ID
	return summarize.Source{ArticleID: a.ID, URL: a.URL, Publisher: a.Publisher, Family: a.Family, At: a.PublishedAt, Evidence: e}
}

// join puts an article into a story (ID 0 = new).
func (b *bench) join(st summarize.Story, article feeds.Article, copyOf int64) summarize.Story {
	b.t.Helper()
	st, err := b.s.SaveStory(b.ctx(), bot.Join{Story: st, ArticleID: article.ID, CopyOf: copyOf, Doc: []byte(article.Title), At: b.clock(), Why: []string{"alike"}})
	b.must(err)
	return st
}

// told is a story of one development with its sources.
func told(headline, text string, sources ...summarize.Source) summarize.Story {
	return summarize.Story{
		Headline: headline, Lang: "en", Severity: 0.5, Publishers: len(sources),
		Developments: []summarize.StoryDevelopment{{Text: text, Lang: "en", Version: 1, Weight: 1, Sources: sources, Publishers: len(sources)}},
	}
}
