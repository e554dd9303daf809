package manage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/bottest"
	"sitrep/config"
	"sitrep/feeds"
	"sitrep/feeds/fetch"
)

func code(err error) string {
	var u *bot.UserError
	if errors.As(err, &u) {
		return u.Code
	}
	if err != nil {
		return "not a UserError: " + err.Error()
	}
	return ""
}

func schedules(b *bottest.Bench) *Schedules {
	return &Schedules{Store: b.Store, Guilds: b.Store, Limit: 5, Now: b.Now}
}

func TestGuilds(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	s := &Guilds{Store: b.Store, Now: b.Now}
	ctx := t.Context()
	g, err := s.Joined(ctx, "1", "Harbour", "ada", "pt-PT")
	if err != nil || g.Lang != "pt-BR" || g.Zone != "UTC" || g.OwnerID != "ada" {
		t.Fatalf("joined: %+v, %v", g, err)
	}
	zone, lang, channel := "europe/lisbon", "DE", "77"
	if g, err = s.Change(ctx, "1", Settings{Zone: &zone, Lang: &lang, AdminChannel: &channel}); err != nil || g.Zone != "Europe/Lisbon" || g.Lang != "de" || g.AdminChannel != "77" {
		t.Errorf("changed: %+v, %v", g, err)
	}
	for want, c := range map[string]Settings{"zone_near": {Zone: ptr("Berlin")}, "zone_unknown": {Zone: ptr("Nowhere/Land")}, "lang": {Lang: ptr("tlh")}} {
		if _, err := s.Change(ctx, "1", c); code(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	// Away and back within 30 days: everything is as it was.
	if err := s.Left(ctx, "1"); err != nil {
		t.Fatal(err)
	}
	b.Advance(29 * 24 * time.Hour)
	if n, err := s.Purge(ctx); n != 0 || err != nil {
		t.Errorf("purged %d, %v", n, err)
	}
	if g, err = s.Joined(ctx, "1", "Harbour & Docks", "ada", "en-US"); err != nil || g.Lang != "de" || !g.LeftAt.IsZero() || g.Name != "Harbour & Docks" {
		t.Errorf("back: %+v, %v", g, err)
	}
	// Away for longer: it is gone, and Left may come twice.
	for range 2 {
		if err := s.Left(ctx, "1"); err != nil {
			t.Fatal(err)
		}
	}
	b.Advance(31 * 24 * time.Hour)
	if n, err := s.Purge(ctx); n != 1 || err != nil {
		t.Errorf("purged %d, %v", n, err)
	}
	if err := s.Left(ctx, "never seen"); err != nil {
		t.Error(err)
	}
	for locale, want := range map[string]string{"en-GB": "en", "de": "de", "es-419": "es", "pt-BR": "pt-BR", "ja": "en", "": "en"} {
		if got := NearestLang(locale); got != want {
			t.Errorf("%s: %s", locale, got)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestSchedules(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	b.Guild("1")
	s := schedules(b)
	ctx := t.Context()
	base := bot.Schedule{GuildID: "1", ChannelID: "11", Words: "every weekday at 8", Zone: "Europe/Berlin"}
	saved, err := s.Save(ctx, base)
	if err != nil || saved.ID == 0 || saved.Cron != "0 8 * * 1-5" || saved.Words != "every weekday at 8" || saved.Size != bot.SizeStandard {
		t.Fatalf("got %+v, %v", saved, err)
	}
	if want := time.Date(2026, 3, 11, 7, 0, 0, 0, time.UTC); !saved.NextRunAt.Equal(want) {
		t.Errorf("next at %s", saved.NextRunAt)
	}
	for want, change := range map[string]func(*bot.Schedule){
		"channel_missing":  func(c *bot.Schedule) { c.ChannelID = "" },
		"cron_empty":       func(c *bot.Schedule) { c.Words = "" },
		"cron_never":       func(c *bot.Schedule) { c.Words = "0 8 31 2 *" },
		"cron_descriptor":  func(c *bot.Schedule) { c.Words = "@daily" },
		"when_word":        func(c *bot.Schedule) { c.Words = "now and then" },
		"zone_unknown":     func(c *bot.Schedule) { c.Zone = "Moon/Base" },
		"zone_near":        func(c *bot.Schedule) { c.Zone = "Lisboa" },
		"topic":            func(c *bot.Schedule) { c.Topics = "oil AND (gas" },
		"size":             func(c *bot.Schedule) { c.Size = "endless" },
		"lang":             func(c *bot.Schedule) { c.Lang = "tlh" },
		"publishers":       func(c *bot.Schedule) { c.MinPublishers = -1 },
		"too_long":         func(c *bot.Schedule) { c.Name = strings.Repeat("ab ", 60) },
		"schedule_unknown": func(c *bot.Schedule) { c.ID, c.GuildID = saved.ID, "2" },
	} {
		c := base
		change(&c)
		if got, err := s.Save(ctx, c); code(err) != want {
			t.Errorf("want %s, got %+v, %v", want, got, err)
		}
	}
	// What does not touch its times leaves it due; a new time does not.
	b.Set(time.Date(2026, 3, 11, 7, 0, 30, 0, time.UTC)) // due, and not posted yet
	c := saved
	c.Name, c.NextRunAt = "Morning", time.Time{}
	if c, err = s.Save(ctx, c); err != nil || !c.NextRunAt.Equal(saved.NextRunAt) {
		t.Errorf("renamed: due at %s, %v", c.NextRunAt, err)
	}
	c.Words, c.Cron = "daily at 18", ""
	if c, err = s.Save(ctx, c); err != nil || !c.NextRunAt.Equal(time.Date(2026, 3, 11, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("at another time: due at %s, %v", c.NextRunAt, err)
	}
	// A pause is not made up for.
	c.Paused = true
	if c, err = s.Save(ctx, c); err != nil {
		t.Fatal(err)
	}
	b.Advance(10 * 24 * time.Hour)
	c.Paused = false
	if c, err = s.Save(ctx, c); err != nil || !c.NextRunAt.After(b.Now()) {
		t.Errorf("after a pause: due at %s, %v", c.NextRunAt, err)
	}
	for range 4 {
		if _, err := s.Save(ctx, base); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Save(ctx, base); code(err) != "schedules_full" || !errors.Is(err, bot.ErrQuota) {
		t.Errorf("one too many: %v", err)
	}
	if err := s.Remove(ctx, "2", c.ID); code(err) != "schedule_unknown" || !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("another guild's: %v", err)
	}
	if err := s.Remove(ctx, "1", c.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.Get(ctx, "1", c.ID); code(err) != "schedule_unknown" {
		t.Errorf("removed: %v", err)
	}
}

func TestHeal(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	b.Guild("1")
	s := schedules(b)
	save := func(c bot.Schedule) bot.Schedule {
		t.Helper()
		c.GuildID, c.ChannelID, c.Cron, c.Zone = "1", "11", "0 8 * * *", "UTC"
		c, err := b.Store.SaveSchedule(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	far := save(bot.Schedule{NextRunAt: b.Now().AddDate(1, 0, 0)})
	ahead := save(bot.Schedule{NextRunAt: time.Date(2026, 3, 12, 8, 0, 0, 0, time.UTC)}) // the day after tomorrow: tomorrow's was posted early
	late := save(bot.Schedule{NextRunAt: b.Now().Add(-time.Hour)})
	if n, err := s.Heal(t.Context()); n != 1 || err != nil {
		t.Fatalf("mended %d, %v", n, err)
	}
	for _, want := range []struct {
		c  bot.Schedule
		at time.Time
	}{{far, time.Date(2026, 3, 11, 8, 0, 0, 0, time.UTC)}, {ahead, ahead.NextRunAt}, {late, late.NextRunAt}} {
		if c, err := b.Store.Schedule(t.Context(), want.c.ID); err != nil || !c.NextRunAt.Equal(want.at) {
			t.Errorf("schedule %d is due at %s, want %s", c.ID, c.NextRunAt, want.at)
		}
	}
}

const ferry = "The ferry Saint Orla ran aground off Port Ellery on Tuesday and 40 passengers were taken to safety, the coast guard said."

func subscriptions(b *bottest.Bench) *Subscriptions {
	return &Subscriptions{Store: b.Store, Stories: b.Store, Guilds: b.Store, PerUser: 3, PerGuild: 4, DailyCap: 20, Now: b.Now,
		SharedGuilds: func(context.Context, string) ([]string, error) { return []string{"1"}, nil }}
}

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	b.Guild("1")
	s := subscriptions(b)
	changes := 0
	s.Changed = func() { changes++ }
	ctx := t.Context()
	base := bot.Subscription{GuildID: "1", UserID: "ada", Query: "ferry"}
	saved, err := s.Save(ctx, base)
	if err != nil || saved.When != bot.Instantly || saved.Zone != "UTC" || saved.DailyCap != 20 || saved.Lang != "en" || saved.DailyAt != DefaultDailyAt || changes != 1 {
		t.Fatalf("got %+v, %v", saved, err)
	}
	if _, err := s.Save(ctx, base); code(err) != "subscription_duplicate" || !errors.Is(err, bot.ErrDuplicate) {
		t.Errorf("twice: %v", err)
	}
	for want, change := range map[string]func(*bot.Subscription){
		"topic":            func(c *bot.Subscription) { c.Query = "oil OR" },
		"topic_empty":      func(c *bot.Subscription) { c.Query = "  " },
		"topic_everything": func(c *bot.Subscription) { c.Query = "-sport" },
		"channel_direct":   func(c *bot.Subscription) { c.GuildID, c.ChannelID = bot.DirectGuild, "11" },
		"when_kind":        func(c *bot.Subscription) { c.When = "hourly" },
		"zone_unknown":     func(c *bot.Subscription) { c.Zone = "Local" },
		"publishers":       func(c *bot.Subscription) { c.MinPublishers = 51 },
		"cap":              func(c *bot.Subscription) { c.DailyCap = 500 },
		"clock":            func(c *bot.Subscription) { c.QuietFrom = 1440 },
		"lang":             func(c *bot.Subscription) { c.Lang = "tlh" },
	} {
		c := base
		change(&c)
		if got, err := s.Save(ctx, c); code(err) != want {
			t.Errorf("want %s, got %+v, %v", want, got, err)
		}
	}
	// What is held back is told at the new time.
	if err := b.Store.SaveAlert(ctx, bot.AlertRecord{SubscriptionID: saved.ID, HoldBack: true, Next: b.Now().Add(time.Hour), At: b.Now()}); err != nil {
		t.Fatal(err)
	}
	c := saved
	c.When, c.DailyAt = bot.Daily, 7*60
	if c, err = s.Save(ctx, c); err != nil || !c.NextRunAt.Equal(time.Date(2026, 3, 11, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("daily from now on: %+v, %v", c, err)
	}
	for _, q := range []string{"library", "bridge"} {
		if _, err := s.Save(ctx, bot.Subscription{GuildID: "1", UserID: "ada", Query: q}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Save(ctx, bot.Subscription{GuildID: "1", UserID: "ada", Query: "tunnel"}); code(err) != "subscriptions_full" || !errors.Is(err, bot.ErrQuota) {
		t.Errorf("one too many of a user: %v", err)
	}
	if _, err := s.Save(ctx, bot.Subscription{GuildID: "1", UserID: "bo", Query: "tunnel"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, bot.Subscription{GuildID: "1", UserID: "cy", Query: "tunnel"}); code(err) != "subscriptions_guild_full" {
		t.Errorf("one too many of a guild: %v", err)
	}
	if err := s.Remove(ctx, saved.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, saved.ID); code(err) != "subscription_unknown" {
		t.Errorf("removed twice: %v", err)
	}
	c.ID = saved.ID
	if _, err := s.Save(ctx, c); code(err) != "subscription_unknown" {
		t.Errorf("changed after it was removed: %v", err)
	}
}

func TestTry(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	b.Guild("1")
	f := b.Follow("1", "Gazette")
	s := subscriptions(b)
	b.Advance(-10 * 24 * time.Hour)
	b.Tell(f, "old", "Ferry line to Tarn opens", "A new ferry line to Tarn opened on Saturday with its mayor aboard, the company Orla Lines said.")
	b.Advance(10 * 24 * time.Hour)
	b.Tell(f, "ferry", "Ferry runs aground off Port Ellery", ferry)
	b.Tell(f, "library", "Lindenau keeps library open", "The council of Lindenau voted on Tuesday to keep the central library open on Sundays, its mayor Ines Haller said.")
	b.Advance(time.Hour)
	for _, tt := range []struct {
		c       bot.Subscription
		matched int
	}{
		{bot.Subscription{GuildID: "1", Query: "ferry"}, 1},
		{bot.Subscription{GuildID: bot.DirectGuild, UserID: "ada", Query: "ferry OR library"}, 2},
		{bot.Subscription{GuildID: "1", Query: "ferry", MinPublishers: 2}, 0},
		{bot.Subscription{GuildID: "1", Query: "zeppelin"}, 0},
	} {
		got, err := s.Try(t.Context(), tt.c)
		if err != nil || got.Matched != tt.matched || got.Carried != 2 || len(got.Stories) != tt.matched || got.Days != 7 {
			t.Errorf("%q: %d of %d, %v", tt.c.Query, got.Matched, got.Carried, err)
		}
	}
	if _, err := s.Try(t.Context(), bot.Subscription{GuildID: "1", Query: "(("}); code(err) != "topic" {
		t.Errorf("got %v", err)
	}
	if got, err := b.Store.Subscriptions(t.Context(), "1", ""); err != nil || len(got) != 0 {
		t.Errorf("trying saved %v, %v", got, err)
	}
}

func TestParseTopicShowsThePlace(t *testing.T) {
	t.Parallel()
	_, err := ParseTopic("  oil AND OR gas ")
	if want := "The topic can't be understood at character 9: expected a word, a “phrase”, a name or (, found “OR”.\noil AND  ▸OR gas"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	var u *bot.UserError
	if !errors.As(err, &u) || u.Args["At"] != "9" || u.Args["Query"] != "oil AND OR gas" {
		t.Errorf("got %+v", u)
	}
	long := strings.Repeat("ölpreis ", 20) + ") " + strings.Repeat("gas ", 20)
	if _, err := ParseTopic(long); err == nil || !strings.Contains(err.Error(), "▸) gas") || !strings.Contains(err.Error(), "…") {
		t.Errorf("got %v", err)
	}
}

func TestParseQuiet(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]int{"22:00-07:00": {1320, 420}, "10pm to 7am": {1320, 420}, "22 – 7": {1320, 420}, "": {}, "off": {}, "22 Uhr bis 7 Uhr": {1320, 420}} {
		if from, to, err := ParseQuiet(in); err != nil || from != want[0] || to != want[1] {
			t.Errorf("%q: %d, %d, %v", in, from, to, err)
		}
	}
	for in, want := range map[string]string{"night": "quiet", "22-22": "quiet", "25-7": "clock", "22:00-": "clock"} {
		if _, _, err := ParseQuiet(in); code(err) != want {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"courier.example":                  "https://courier.example",
		" <https://courier.example/rss> ":  "https://courier.example/rss",
		"HTTP://courier.example/rss#top":   "http://courier.example/rss",
		"feed:https://courier.example/rss": "https://courier.example/rss",
		"feed://courier.example/rss":       "https://courier.example/rss",
		"courier.example:8080/rss":         "https://courier.example:8080/rss",
		"https://courier.example/?q=a@b.c": "https://courier.example/?q=a@b.c",
		"http://127.0.0.1/":                "http://127.0.0.1/", // whether it may be asked is the client's to say
	} {
		if got, err := CheckURL(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "hello", "hello world", "javascript:alert(1)", "ftp://courier.example", "file:///etc/passwd", "https://", "https://u:p@courier.example/",
		"mailto:ada@courier.example", "https://courier.example/\r\nHost: x", strings.Repeat("https://courier.example/", 100), "data:text/html,x.y"} {
		if got, err := CheckURL(in); code(err) != "url" {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	if _, err := CheckURL("https://ada:hunter2@courier.example"); err == nil || !strings.Contains(err.Error(), "user name") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

// finder is a Finder made of a function.
type finder func(address string) ([]Found, error)

func (f finder) Find(_ context.Context, address string) ([]Found, error) { return f(address) }

func TestFeeds(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	b.Guild("1")
	b.Guild("2")
	added := 0
	s := &Feeds{Store: b.Store, Limit: 3, Now: b.Now, Added: func() { added++ },
		Owner: func(url string) (string, string, bool) {
			return "The Courier", "Courier Group", strings.Contains(url, "courier")
		},
		Finder: finder(func(address string) ([]Found, error) {
			switch {
			case strings.Contains(address, "none"):
				return nil, nil
			case strings.Contains(address, "private"):
				return nil, fmt.Errorf("dial 10.0.0.1: %w", &fetch.Error{Kind: fetch.KindRefused})
			}
			return []Found{{Feed: feeds.Feed{URL: address + "/rss", Title: "Courier: all news"}}}, nil
		})}
	ctx := t.Context()
	found, err := s.Find(ctx, "courier.example")
	if err != nil || len(found) != 1 || found[0].Feed.Publisher != "The Courier" || found[0].Feed.Family != "Courier Group" {
		t.Fatalf("found %+v, %v", found, err)
	}
	if _, err := s.Find(ctx, "@ada@social.example"); err != nil {
		t.Errorf("a handle: %v", err)
	}
	for address, want := range map[string]string{"none.example": "feed_none", "private.example": "feed_unread", "nonsense": "url"} {
		if _, err := s.Find(ctx, address); code(err) != want || strings.Contains(err.Error(), "10.0.0.1") {
			t.Errorf("%s: %v", address, err)
		}
	}
	f, err := s.Add(ctx, "1", "ada", "", found[0].Feed)
	if err != nil || f.Feed.ID == 0 || f.Feed.Publisher != "The Courier" || added != 1 {
		t.Fatalf("added %+v, %v", f, err)
	}
	if _, err := s.Add(ctx, "1", "bo", "", found[0].Feed); code(err) != "feed_duplicate" {
		t.Errorf("twice: %v", err)
	}
	// The same feed in another guild is the same row; what one does there does
	// not concern the other.
	other, err := s.Add(ctx, "2", "cy", "", found[0].Feed)
	if err != nil || other.Feed.ID != f.Feed.ID {
		t.Errorf("in another guild: %+v, %v", other, err)
	}
	if _, err := s.Remove(ctx, "2", f.Feed.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.Get(ctx, "1", f.Feed.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.Remove(ctx, "2", f.Feed.ID); code(err) != "feed_unknown" || !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if f, err = s.Filter(ctx, "1", f.Feed.ID, "ferry OR port", " horoscope "); err != nil || f.Exclude != "horoscope" {
		t.Errorf("filtered: %+v, %v", f, err)
	}
	if _, err := s.Filter(ctx, "1", f.Feed.ID, "(", ""); code(err) != "topic" {
		t.Errorf("a filter that can't be read: %v", err)
	}
	// A list: known ones, bad ones, and more than there may be.
	in, err := s.AddAll(ctx, "1", "ada", "Seaside", []feeds.Feed{{URL: "https://courier.example/rss"}, {URL: "javascript:x"}, {URL: "a.example/rss", Title: "A"}, {URL: "b.example/rss"}, {URL: "b.example/rss"}, {URL: "c.example/rss"}})
	if err != nil || in.Added != 2 || in.Known != 2 || in.Left != 1 || !slices.Equal(in.Failed, []string{"javascript:x"}) {
		t.Errorf("imported %+v, %v", in, err)
	}
	if _, err := s.Add(ctx, "1", "ada", "", feeds.Feed{URL: "https://d.example/rss"}); code(err) != "feeds_full" {
		t.Errorf("one too many: %v", err)
	}
	out, err := s.Export(ctx, "1")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`xmlUrl="https://courier.example/rss"`, `text="Seaside"`, `title="Courier: all news"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the export lacks %s:\n%s", want, out)
		}
	}
	if in, err := s.Import(ctx, "2", "cy", strings.NewReader(string(out))); err != nil || in.Added != 3 {
		t.Errorf("imported again: %+v, %v", in, err)
	}
	if _, err := s.Import(ctx, "2", "cy", strings.NewReader("<html>no</html>")); code(err) != "opml" {
		t.Errorf("no OPML: %v", err)
	}
	list, err := s.Suggest(ctx, "1", "couri", 25)
	if err != nil || len(list) != 1 || list[0].Value != fmt.Sprint(f.Feed.ID) {
		t.Errorf("suggested %+v, %v", list, err)
	}
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	const rss = `<rss version="2.0"><channel><title>The Quill</title><link>https://quill.example/</link>
		<item><title>Old</title><link>https://quill.example/1</link><pubDate>Mon, 09 Mar 2026 08:00:00 GMT</pubDate></item>
		<item><title>New</title><link>https://quill.example/2</link><pubDate>Tue, 10 Mar 2026 08:00:00 GMT</pubDate></item></channel></rss>`
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed.xml":
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprint(w, rss)
		case "/":
			fmt.Fprint(w, `<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>Hello</body></html>`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer site.Close()
	client := fetch.New(fetch.Config{UserAgent: "Sitrep/test", AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Spacing: -1})
	s := &Feeds{Finder: &Discovery{Client: client, Now: func() time.Time { return bottest.Start }}}
	found, err := s.Find(t.Context(), site.URL)
	if err != nil || len(found) == 0 || found[0].Feed.Title != "The Quill" || len(found[0].Articles) != 2 || found[0].Articles[0].Title != "New" {
		t.Fatalf("found %+v, %v", found, err)
	}
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html><body>Nothing here</body></html>") }))
	defer bare.Close()
	if _, err := s.Find(t.Context(), bare.URL); code(err) != "feed_none" {
		t.Errorf("a site without feeds: %v", err)
	}
	// Without leave to ask private addresses, and for a dead host: one text for both.
	guarded := &Feeds{Finder: &Discovery{Client: fetch.New(fetch.Config{UserAgent: "Sitrep/test", Spacing: -1})}}
	for _, address := range []string{site.URL, "http://[::1]/", "http://169.254.169.254/latest", "http://localhost/"} {
		_, err := guarded.Find(t.Context(), address)
		if code(err) != "feed_unread" || !strings.HasSuffix(err.Error(), "could not be read. Check that it is a public http or https address, and try again later.") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	b.Guild("1")
	f := b.Follow("1", "Gazette")
	tr := &Trouble{Store: b.Store, Renderer: bottest.Renderer{}, Now: b.Now}
	check := func(state feeds.State, since time.Time, reason, moved string) {
		t.Helper()
		feed := f.Feed
		feed.State, feed.Since, feed.Reason, feed.Moved, feed.LastCheckedAt = state, since, reason, moved, b.Now()
		feed.NextCheckAt = b.Now().Add(time.Hour)
		if err := b.Store.SaveChecks(t.Context(), []feeds.Check{{Feed: feed, At: b.Now()}}); err != nil {
			t.Fatal(err)
		}
	}
	look := func(want ...string) {
		t.Helper()
		var kinds []string
		for range 3 { // it looks often
			b.Advance(11 * time.Minute)
			if err := tr.Feeds(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range b.Outbox() {
			n := bottest.Read[bot.Notice](t, d)
			kinds = append(kinds, n.Kind)
			if n.Args["Feed"] != "Gazette" || n.Args["text"] == "" && n.Kind != "feed_recovered" {
				t.Errorf("%s: %v", n.Kind, n.Args)
			}
			if d.UserID != "owner1" || d.ChannelID != "" {
				t.Errorf("told at %s/%s", d.ChannelID, d.UserID)
			}
		}
		if !slices.Equal(kinds, want) {
			t.Errorf("at %s: told %v, want %v", b.Now(), kinds, want)
		}
	}
	look()
	failing := b.Now()
	check(feeds.StateFailing, failing, "the server answers 500", "")
	look() // for a day it may mend itself
	b.Advance(22 * time.Hour)
	look()
	b.Advance(2 * time.Hour)
	look("feed_failing")
	b.Advance(24 * time.Hour)
	look()
	check(feeds.StateActive, b.Now(), "", "")
	look("feed_recovered")
	b.Advance(time.Hour)
	look()
	// A short trouble is never told, nor its end.
	check(feeds.StateFailing, b.Now(), "timeout", "")
	b.Advance(time.Hour)
	look()
	check(feeds.StateActive, b.Now(), "", "https://gazette.example/new")
	look("feed_moved")
	check(feeds.StateGone, b.Now(), "410", "")
	look("feed_gone")
}

func TestParkedRoutes(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	g := b.Guild("1")
	tr := &Trouble{Store: b.Store, Renderer: bottest.Renderer{}, Now: b.Now}
	ctx := t.Context()
	told := func(d bot.Delivery, where string) {
		t.Helper()
		for range 2 {
			if err := tr.RouteParked(ctx, d, "Missing Permissions"); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, d := range b.Outbox() {
			got = append(got, d.ChannelID+"/"+d.UserID)
		}
		if strings.Join(got, " ") != where {
			t.Errorf("told at %v, want %s", got, where)
		}
	}
	told(bot.Delivery{GuildID: "1", ChannelID: "11"}, "/owner1")
	g.AdminChannel = "99"
	if err := b.Store.SaveGuild(ctx, g); err != nil {
		t.Fatal(err)
	}
	told(bot.Delivery{GuildID: "1", ChannelID: "12"}, "99/")
	told(bot.Delivery{GuildID: "1", ChannelID: "99"}, "/owner1") // not by the way that fails
	told(bot.Delivery{GuildID: "1", UserID: "ada"}, "")          // a closed direct message
	told(bot.Delivery{GuildID: bot.DirectGuild, UserID: "ada"}, "")
	told(bot.Delivery{GuildID: "unknown", ChannelID: "11"}, "")
	if err := tr.TellAdmins(ctx, "1", bot.Notice{Kind: "report", Args: map[string]string{"Text": "wrong"}}, "report:1"); err != nil || len(b.Outbox()) != 1 {
		t.Errorf("told the admins: %v", err)
	}
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	q := &Quotas{Store: b.Store, BriefsPerUserDay: 2, BriefsPerGuildDay: 3, Now: b.Now}
	ctx := t.Context()
	for i, want := range []string{"", "", "quota_briefs"} {
		if err := q.Brief(ctx, "ada", "1"); code(err) != want || want != "" && !errors.Is(err, bot.ErrQuota) {
			t.Errorf("brief %d: %v", i, err)
		}
	}
	if err := q.Brief(ctx, "bo", "1"); err != nil {
		t.Error(err)
	}
	if err := q.Brief(ctx, "cy", "1"); code(err) != "quota_briefs_guild" {
		t.Errorf("the guild's: %v", err)
	}
	if err := q.Brief(ctx, "cy", bot.DirectGuild); err != nil {
		t.Error(err)
	}
}

const declaredFile = `
guilds:
- id: 100000000000000001
  lang: de
  zone: Europe/Berlin
  feeds:
  - {url: https://courier.example/rss, exclude: horoscope}
  - {url: https://quill.example/rss}
  digests:
  - {key: morning, channel: 100000000000000003, when: werktags um 8, topics: ferry OR port}
  - {key: evening, channel: 100000000000000003, when: "0 18 * * *", zone: UTC, size: short}
`

func TestDeclared(t *testing.T) {
	t.Parallel()
	b := bottest.New(t)
	d := &Declared{Guilds: &Guilds{Store: b.Store, Now: b.Now}, Feeds: &Feeds{Store: b.Store, Now: b.Now}, Schedules: schedules(b)}
	ctx := t.Context()
	apply := func(file string) {
		t.Helper()
		c, err := config.Parse("sitrep.yaml", []byte(file), func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Apply(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	const guild = "100000000000000001"
	byCommand, err := d.Schedules.Save(ctx, bot.Schedule{GuildID: guild, ChannelID: "11", Words: "daily at 9", Zone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]bot.Schedule{}
	for i := range 3 { // starts
		apply(declaredFile)
		list, err := b.Store.Schedules(ctx, guild)
		if err != nil || len(list) != 3 {
			t.Fatalf("%d schedules, %v", len(list), err)
		}
		for _, s := range list {
			if i == 0 {
				first[s.Declared] = s
			} else if s.ID != first[s.Declared].ID || !s.NextRunAt.Equal(first[s.Declared].NextRunAt) {
				t.Errorf("start %d: %+v, was %+v", i, s, first[s.Declared])
			}
		}
	}
	morning := first["morning"]
	if morning.Zone != "Europe/Berlin" || morning.Cron != "0 8 * * 1-5" || morning.Topics != "ferry OR port" {
		t.Errorf("morning: %+v", morning)
	}
	follows, err := b.Store.Follows(ctx, guild)
	if err != nil || len(follows) != 2 {
		t.Fatalf("%d feeds, %v", len(follows), err)
	}
	for _, f := range follows {
		if (f.Exclude == "horoscope") != strings.Contains(f.Feed.URL, "courier") {
			t.Errorf("filter of %s: %q", f.Feed.URL, f.Exclude)
		}
	}
	// One is changed, the other taken out; what was made by command stays.
	apply(strings.ReplaceAll(declaredFile[:strings.Index(declaredFile, "  - {key: evening")], "werktags um 8", "täglich um 7"))
	list, err := b.Store.Schedules(ctx, guild)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d schedules, %v", len(list), err)
	}
	for _, s := range list {
		switch {
		case s.ID == byCommand.ID:
		case s.ID != morning.ID || s.Cron != "0 7 * * *":
			t.Errorf("got %+v", s)
		}
	}
}

func TestDeclaredProblemsNameTheirLines(t *testing.T) {
	t.Parallel()
	file := strings.NewReplacer("werktags um 8", "irgendwann", "horoscope", "((", "0 18 * * *", "0 8 31 2 *").Replace(declaredFile)
	c, err := config.Parse("sitrep.yaml", []byte(file), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	err = (&Declared{}).Check(c)
	var ps config.Problems
	if !errors.As(err, &ps) || len(ps) != 3 {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"sitrep.yaml:7:", "sitrep.yaml:10:", "sitrep.yaml:11:", "guilds[0].digests[1].when", "never comes"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is missing in\n%v", want, err)
		}
	}
}
