package pipeline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/alert"
	"sitrep/bot/edition"
	"sitrep/bot/pipeline"
	"sitrep/feeds"
	"sitrep/feeds/fetch"
	"sitrep/feeds/newsroom"
	"sitrep/feeds/page"
	"sitrep/store"
	"sitrep/summarize"
	"sitrep/summarize/extractive"
	"sitrep/summarize/stories"
)

// index lends the story index to a Joiner, as the program does.
type index struct{ *stories.Index }

func newIndex() pipeline.Index { return index{stories.NewIndex(stories.Options{})} }

func (x index) Doc(r *bot.Reading) []byte {
	b, err := stories.Features(&r.Article, &r.Brief).MarshalBinary()
	if err != nil {
		panic(err)
	}
	return b
}

func (x index) Add(articleID, storyID int64, doc []byte) error {
	d := stories.Doc{ArticleID: articleID, StoryID: storyID}
	if err := d.UnmarshalBinary(doc); err != nil {
		return err
	}
	x.Remove(articleID)
	x.Index.Add(d)
	return nil
}

func (x index) Join(articleID int64, doc []byte, save func(pipeline.Placement) (int64, error)) error {
	d := stories.Doc{ArticleID: articleID}
	if err := d.UnmarshalBinary(doc); err != nil {
		return err
	}
	return x.Index.Join(d, func(p stories.Placement) (int64, error) {
		return save(pipeline.Placement{StoryID: p.StoryID, CopyOf: p.CopyOf, Absorb: p.Absorb, Why: p.Reasons})
	})
}

func (x index) Expire(before time.Time) { x.Index.Expire(before) }

func (x index) Compose(prev summarize.Story, members []bot.Reading, now time.Time) summarize.Story {
	in := make([]stories.Member, len(members))
	for i := range members {
		in[i] = stories.Member{Article: &members[i].Article, Brief: &members[i].Brief, CopyOf: members[i].CopyOf}
	}
	return stories.Compose(prev, in, now)
}

// plainRenderer writes digests and alerts as JSON.
type plainRenderer struct{}

func asJSON(v any) ([]bot.Message, error) {
	b, err := json.Marshal(v)
	return []bot.Message{{Payload: b}}, err
}

func (plainRenderer) Digest(d bot.Digest, _ bot.Schedule) ([]bot.Message, error) { return asJSON(d) }
func (plainRenderer) Alert(a bot.Alert) ([]bot.Message, error)                   { return asJSON(a) }
func (plainRenderer) Notice(n bot.Notice) ([]bot.Message, error)                 { return asJSON(n) }

// world is the newsroom on loopback, a store, and everything between.
type world struct {
	t       *testing.T
	ctx     context.Context
	mu      sync.Mutex
	clock   time.Time
	store   *store.Store
	news    *newsroom.Newsroom
	poller  *feeds.Poller
	reader  *pipeline.Reader
	joiner  *pipeline.Joiner
	editor  *edition.Editor
	alerter *alert.Alerter
	fixes   *alert.Corrections
	feedIDs []int64
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	w.clock = w.clock.Add(d)
	w.mu.Unlock()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), clock: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)}
	var err error
	if w.store, err = store.Open(w.ctx, ":memory:", store.Options{Now: w.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.Close() })
	if err := w.store.Migrate(w.ctx); err != nil {
		t.Fatal(err)
	}
	if w.news, err = newsroom.New(w.clock); err != nil {
		t.Fatal(err)
	}
	// Not the polite default: all sites are on one machine here.
	client := fetch.New(fetch.Config{UserAgent: "Sitrep/test", AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Spacing: -1})
	w.poller = feeds.NewPoller(feeds.PollerConfig{Store: w.store, Client: client, Now: w.now})
	w.reader = &pipeline.Reader{Store: w.store, Pages: page.NewReader(client), Summarizer: extractive.New(nil)}
	w.alerter = &alert.Alerter{Subscriptions: w.store, Alerts: w.store, Stories: w.store, Follows: w.store, Renderer: plainRenderer{}, Now: w.now,
		SharedGuilds: func(context.Context, string) ([]string, error) { return []string{"1"}, nil }}
	w.fixes = &alert.Corrections{Store: w.store, Renderer: plainRenderer{}, Now: w.now}
	w.editor = &edition.Editor{Store: w.store, Renderer: plainRenderer{}, Engine: "embedded", Now: w.now}
	w.joiner = w.newJoiner("a")
	for _, g := range []string{"1", "2"} {
		if err := w.store.SaveGuild(w.ctx, bot.Guild{ID: g, Name: "guild " + g, Lang: "en", Zone: "Europe/Berlin", JoinedAt: w.clock}); err != nil {
			t.Fatal(err)
		}
	}
	for _, o := range newsroom.Outlets() {
		server := httptest.NewServer(w.news.Handler(o.Key))
		t.Cleanup(server.Close)
		w.news.SetBase(o.Key, server.URL)
		f, err := w.store.AddFollow(w.ctx, bot.Follow{GuildID: "1", AddedAt: w.clock, Feed: feeds.Feed{
			URL: w.news.FeedURL(o.Key), Publisher: o.Name, Family: o.Family, State: feeds.StateActive, NextCheckAt: w.clock}})
		if err != nil {
			t.Fatal(err)
		}
		w.feedIDs = append(w.feedIDs, f.Feed.ID)
	}
	return w
}

func (w *world) newJoiner(holder string) *pipeline.Joiner {
	return pipeline.NewJoiner(pipeline.Joiner{Store: w.store, NewIndex: newIndex, Holder: holder, Now: w.now, Log: slog.New(slog.DiscardHandler),
		Changed: func(ctx context.Context, c pipeline.Change) error {
			if c.Corrected {
				if err := w.fixes.Story(ctx, &c.Before, &c.Story); err != nil {
					return err
				}
			}
			return w.alerter.Story(ctx, &c.Story, c.Absorbed...)
		}})
}

// round polls, reads and joins, and returns how many articles were joined.
func (w *world) round() int {
	w.t.Helper()
	if _, err := w.poller.Once(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	for _, id := range w.feedIDs {
		if err := w.reader.Read(w.ctx, id); err != nil {
			w.t.Fatal(err)
		}
	}
	n, err := w.joiner.Once(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// outbox takes everything out of the outbox, as if posted.
func (w *world) outbox() (out []bot.Delivery) {
	w.t.Helper()
	for {
		batch, err := w.store.LeaseDeliveries(w.ctx, w.now(), 100, time.Minute)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(batch) == 0 {
			return out
		}
		for _, d := range batch {
			if err := w.store.MarkSending(w.ctx, d.ID, w.now()); err != nil {
				w.t.Fatal(err)
			}
			if err := w.store.MarkPosted(w.ctx, d.ID, fmt.Sprint("m", d.ID), d.ChannelID, w.now()); err != nil {
				w.t.Fatal(err)
			}
			out = append(out, d)
		}
	}
}

func TestFromFeedToDigestAndAlert(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	published := len(w.news.Articles())
	joined := w.round()
	if joined < published*9/10 {
		t.Fatalf("%d of %d articles were joined", joined, published)
	}
	if n := w.round(); n != 0 {
		t.Errorf("a second round joined %d articles again", n)
	}
	page, err := w.store.LatestStories(w.ctx, bot.Scope{GuildID: "1"}, bot.StoryFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	shared := 0
	for _, s := range page.Stories {
		if s.Publishers > 1 {
			shared++
		}
	}
	t.Logf("%d articles, %d stories, %d with several publishers", joined, page.Total, shared)
	if page.Total >= joined || shared == 0 {
		t.Errorf("%d stories of %d articles, %d with several publishers", page.Total, joined, shared)
	}

	// A digest in guild 1, and one in guild 2, which follows nothing.
	for _, s := range []bot.Schedule{
		{GuildID: "1", ChannelID: "11", Cron: "0 12 * * *", Zone: "UTC", NextRunAt: w.clock.Add(3 * time.Hour)},
		{GuildID: "2", ChannelID: "21", Cron: "0 12 * * *", Zone: "UTC", NextRunAt: w.clock.Add(3 * time.Hour), QuietDay: true},
	} {
		if _, err := w.store.SaveSchedule(w.ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := w.editor.RunDue(w.ctx); n != 0 || err != nil {
		t.Errorf("before the slot: %d, %v", n, err)
	}
	w.advance(3 * time.Hour)
	if n, err := w.editor.RunDue(w.ctx); n != 2 || err != nil {
		t.Fatalf("at the slot: %d, %v", n, err)
	}
	if n, err := w.editor.RunDue(w.ctx); n != 0 || err != nil {
		t.Errorf("a minute later: %d, %v", n, err)
	}
	posted := w.outbox()
	if len(posted) != 2 {
		t.Fatalf("%d deliveries", len(posted))
	}
	shown := map[int64]bool{}
	for _, d := range posted {
		var digest bot.Digest
		if err := json.Unmarshal(d.Payload, &digest); err != nil {
			t.Fatal(err)
		}
		switch d.ChannelID {
		case "11":
			if len(digest.Items) < 3 || digest.Quiet || digest.Late {
				t.Errorf("guild 1: %d items, quiet %v, late %v", len(digest.Items), digest.Quiet, digest.Late)
			}
			for _, it := range digest.Items {
				for _, l := range it.Lines {
					shown[l.DevelopmentID] = true
					if len(l.Sources) == 0 || l.Sources[0].URL == "" || l.Sources[0].Evidence.Text == "" {
						t.Errorf("a line without its source: %+v", l)
					}
				}
			}
		case "21":
			if !digest.Quiet || len(digest.Items) != 0 {
				t.Errorf("guild 2 follows nothing, and is told %d items", len(digest.Items))
			}
		}
	}

	// Breaking news: one subscriber wants it, one has it in another guild, one
	// wants something else.
	subscribe := func(s bot.Subscription) bot.Subscription {
		t.Helper()
		s.When, s.Zone, s.DailyCap, s.CreatedAt = bot.Instantly, "UTC", 20, w.now()
		s, err := w.store.SaveSubscription(w.ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	w.advance(time.Hour)
	news := w.news.Break(w.now())
	word := longest(news[0].Title)
	wanted := subscribe(bot.Subscription{GuildID: "1", UserID: "u1", Query: word})
	direct := subscribe(bot.Subscription{GuildID: bot.DirectGuild, UserID: "u2", Query: word})
	subscribe(bot.Subscription{GuildID: "2", UserID: "u3", Query: word})
	subscribe(bot.Subscription{GuildID: "1", UserID: "u4", Query: "zeppelin"})
	w.alerter.Forget()
	w.advance(6 * time.Hour)
	if n := w.round(); n == 0 {
		t.Fatal("the breaking news were not joined")
	}
	alerts := w.outbox()
	told := map[string]int{}
	for _, d := range alerts {
		told[d.UserID]++
		var a bot.Alert
		if err := json.Unmarshal(d.Payload, &a); err != nil {
			t.Fatal(err)
		}
		if a.Item.StoryID == 0 || len(a.Item.Lines) == 0 {
			t.Errorf("an empty alert: %s", d.Payload)
		}
	}
	if told["u1"] == 0 || told["u2"] != told["u1"] || told["u3"] != 0 || told["u4"] != 0 {
		t.Errorf("by %q of %q: told %v (subscriptions %d, %d)", word, news[0].Title, told, wanted.ID, direct.ID)
	}

	// A new process takes the stories over and tells nobody anything again.
	w.advance(time.Hour)
	if n, err := w.newJoiner("b").Once(w.ctx); n != 0 || err != nil {
		t.Errorf("the new process joined %d, %v", n, err)
	}
	if again := w.outbox(); len(again) != 0 {
		t.Errorf("told again: %s", again[0].Payload)
	}

	// The next digest shows nothing twice.
	w.advance(16 * time.Hour)
	if n, err := w.editor.RunDue(w.ctx); n != 2 || err != nil {
		t.Fatalf("the next day: %d, %v", n, err)
	}
	for _, d := range w.outbox() {
		var digest bot.Digest
		if err := json.Unmarshal(d.Payload, &digest); err != nil {
			t.Fatal(err)
		}
		for _, it := range digest.Items {
			for _, l := range it.Lines {
				if shown[l.DevelopmentID] && !l.Changed {
					t.Errorf("shown twice: %q", l.Text)
				}
			}
		}
	}
}

func longest(title string) string {
	words := strings.FieldsFunc(title, func(r rune) bool { return r == ' ' || r == ',' || r == ':' || r == '’' || r == '\'' })
	return slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) })
}

func TestManyProcessesJoinEachArticleOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.poller.Once(w.ctx); err != nil {
		t.Fatal(err)
	}
	for _, id := range w.feedIDs {
		if err := w.reader.Read(w.ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	counts := make([]int, 4)
	for i := range counts {
		group.Go(func() {
			j := w.newJoiner(fmt.Sprint("process ", i))
			n, err := j.Once(w.ctx)
			if err != nil {
				t.Error(err)
			}
			counts[i] = n
		})
	}
	group.Wait()
	working := 0
	for _, n := range counts {
		if n > 0 {
			working++
		}
	}
	if working != 1 {
		t.Errorf("joined by %v: one process at a time is to join", counts)
	}
	left, err := w.store.BriefedArticles(w.ctx, 100)
	if err != nil || len(left) != 0 {
		t.Errorf("%d articles are left, %v", len(left), err)
	}
}
