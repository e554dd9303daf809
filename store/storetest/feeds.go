package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/feeds"
)

func leaseFeeds(t *testing.T, b *bench) {
	for i := range 5 {
		b.follow("g1", fmt.Sprintf("tide%d", i), tide)
		b.pass(time.Minute)
	}
	now := b.clock()
	lease := func(limit int) []string {
		t.Helper()
		var urls []string
		for _, f := range must[[]feeds.Feed](t)(b.s.LeaseFeeds(b.ctx(), now, limit, time.Minute)) {
			urls = append(urls, strings.TrimSuffix(strings.TrimPrefix(f.URL, "https://"), ".example/feed.xml"))
		}
		return urls
	}
	if got, want := lease(3), []string{"tide0", "tide1", "tide2"}; !cmp.Equal(got, want) {
		t.Errorf("leased %v, want the longest due, %v", got, want)
	}
	if got, want := lease(9), []string{"tide3", "tide4"}; !cmp.Equal(got, want) {
		t.Errorf("leased %v, want those that nobody holds, %v", got, want)
	}
	if got := lease(9); len(got) != 0 {
		t.Errorf("leased %v twice", got)
	}
	now = now.Add(time.Minute)
	if got := lease(9); len(got) != 5 {
		t.Errorf("leased %v after the leases ran out, want all five", got)
	}
	// Nobody asks for a feed that is gone, or that nobody follows.
	fs := must[[]bot.Follow](t)(b.s.Follows(b.ctx(), "g1"))
	gone := fs[0].Feed
	gone.State = feeds.StateGone
	b.must(b.s.SaveChecks(b.ctx(), []feeds.Check{{Feed: gone, At: now}}))
	b.must(b.s.RemoveFollow(b.ctx(), "g1", fs[1].Feed.ID))
	now = now.Add(time.Hour)
	if got, want := lease(9), []string{"tide2", "tide3", "tide4"}; !cmp.Equal(got, want) {
		t.Errorf("leased %v, want %v", got, want)
	}
	b.follow("g2", "tide1", tide)
	if got, want := lease(9), []string{"tide1"}; !cmp.Equal(got, want) {
		t.Errorf("leased %v, want the feed that is followed again, %v", got, want)
	}
}

func leaseFeedsTogether(t *testing.T, b *bench) {
	for i := range 40 {
		b.follow("g1", fmt.Sprintf("f%d", i), tide)
	}
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		seen = map[int64]int{}
	)
	for range 4 {
		wg.Go(func() {
			for {
				fs, err := b.s.LeaseFeeds(b.ctx(), b.clock(), 3, time.Minute)
				if err != nil {
					t.Error(err)
					return
				}
				if len(fs) == 0 {
					return
				}
				mu.Lock()
				for _, f := range fs {
					seen[f.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id, n := range seen {
		if n != 1 {
			t.Errorf("feed %d was leased %d times", id, n)
		}
	}
	if len(seen) != 40 {
		t.Errorf("%d feeds were leased, want 40", len(seen))
	}
}

func saveChecks(t *testing.T, b *bench) {
	b.follow("g1", "a", tide)
	f := must[[]feeds.Feed](t)(b.s.LeaseFeeds(b.ctx(), b.clock(), 9, time.Minute))[0]
	now := b.pass(time.Minute)
	f.Title, f.Lang, f.SiteURL = "Tide and time", "en", "https://a.example/"
	f.State, f.Since, f.Kind, f.Reason, f.Fails = feeds.StateFailing, now, feeds.FailServer, "it answers with an error", 3
	f.NextCheckAt, f.LastCheckedAt, f.Interval = now.Add(time.Hour), now, 90*time.Minute
	f.Validators = feeds.Validators{ETag: "W/\"caf\xe9\"", LastModified: "Mon, 09 Mar 2026 07:00:00 GMT", At: now}
	f.BodyHash = []byte{0, 1, 0xff}
	f.Memory = feeds.Memory{ChurnGUID: true, MinInterval: 900, SkipHours: []int{1, 2}, RedirectSince: now}
	b.must(b.s.SaveChecks(b.ctx(), []feeds.Check{{Feed: f, At: now}}))
	stored := func() feeds.Feed { return must[[]bot.Follow](t)(b.s.Follows(b.ctx(), "g1"))[0].Feed }
	if diff := cmp.Diff(f, stored()); diff != "" {
		t.Errorf("the feed came back otherwise (-saved +stored):\n%s", diff)
	}

	// A process that was asleep while its lease ran out brings an older check.
	late := f
	late.Title, late.Validators.ETag = "Older", `"old"`
	b.must(b.s.SaveChecks(b.ctx(), []feeds.Check{{Feed: late, At: now.Add(-time.Second)}}))
	if _, err := b.s.SaveChanged(b.ctx(), feeds.Check{Feed: late, At: now.Add(-time.Second)}, []feeds.Article{item("late", now)}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(f, stored()); diff != "" {
		t.Errorf("an older check overwrote a later one:\n%s", diff)
	}
	if known := must[[]feeds.Known](t)(b.s.KnownArticles(b.ctx(), f.ID, 9)); len(known) != 0 {
		t.Errorf("an older check brought articles: %v", known)
	}

	// Retry-After holds every feed of the host.
	other := b.follow("g1", "b", tide)
	same := must[bot.Follow](t)(b.s.AddFollow(b.ctx(), bot.Follow{GuildID: "g1", Feed: feeds.Feed{URL: "https://A.example:443/other.xml"}})).Feed
	hold := now.Add(6 * time.Hour)
	b.must(b.s.SaveChecks(b.ctx(), []feeds.Check{{Feed: f, At: now, HoldHost: hold}}))
	for _, w := range must[[]bot.Follow](t)(b.s.Follows(b.ctx(), "g1")) {
		held := w.Feed.NextCheckAt.Equal(hold)
		if want := w.Feed.ID != other.ID; held != want {
			t.Errorf("%s: held %v, want %v (next check %v)", w.Feed.URL, held, want, w.Feed.NextCheckAt)
		}
	}

	// A feed moves, but not to where another one is.
	f.URL = other.URL
	b.must(b.s.SaveChecks(b.ctx(), []feeds.Check{{Feed: f, At: now}}))
	if got := stored().URL; got == other.URL {
		t.Error("two feeds have one address")
	}
	f.URL = "https://moved.example/feed.xml"
	b.must(b.s.SaveChecks(b.ctx(), []feeds.Check{{Feed: f, At: now}}))
	if got := stored().URL; got != f.URL {
		t.Errorf("address %s, want %s", got, f.URL)
	}
	_ = same
}

func saveChanged(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	save := func(items ...feeds.Article) feeds.Saved {
		t.Helper()
		now := b.pass(time.Minute)
		f.LastCheckedAt, f.Validators.ETag = now, now.String()
		return must[feeds.Saved](t)(b.s.SaveChanged(b.ctx(), feeds.Check{Feed: f, At: now, Changed: true}, items))
	}
	one, two := item("one", start), item("two", start.Add(time.Second))
	two.Text, two.TextSource = "The whole of two.", feeds.TextFromFeed
	if got, want := save(one, two, one), (feeds.Saved{Added: 2}); got != want {
		t.Errorf("saved %+v, want %+v", got, want)
	}
	if got, want := save(one, two), (feeds.Saved{}); got != want {
		t.Errorf("a repeat saved %+v, want %+v", got, want)
	}
	unread := must[[]feeds.Article](t)(b.s.UnreadArticles(b.ctx(), f.ID, 9))
	if len(unread) != 2 || unread[0].Title != "On one" || unread[1].Text != "The whole of two." || unread[0].Publisher != tide.name || unread[0].Family != tide.family {
		t.Fatalf("unread: %+v", unread)
	}
	// An edit of the words is to be read again, a new link is not.
	b.read(unread[0], 0, person("Ada Brun", "mayor of Lysvik"), "opened the bridge", "")
	b.read(unread[1], 0, person("Odd Brun", "mayor of Lysvik"), "closed the bridge", "")
	one.Title, one.ContentHash = "On one, corrected", "v2:one"
	two.URL, two.Text, two.ContentHash = "https://news.example/two-moved", "", "v2:two"
	if got, want := save(one, two), (feeds.Saved{Edited: 2}); got != want {
		t.Errorf("saved %+v, want %+v", got, want)
	}
	unread = must[[]feeds.Article](t)(b.s.UnreadArticles(b.ctx(), f.ID, 9))
	if len(unread) != 1 || unread[0].Title != one.Title || !unread[0].EditedAt.Equal(b.clock()) || !unread[0].SeenAt.Equal(start) {
		t.Errorf("unread after the edits: %+v", unread)
	}
	known := must[[]feeds.Known](t)(b.s.KnownArticles(b.ctx(), f.ID, 9))
	if len(known) != 2 || known[0].Identity != two.Identity || known[0].URL != two.URL || known[1].ContentHash != "v2:one" {
		t.Errorf("known: %+v", known)
	}
	if known := must[[]feeds.Known](t)(b.s.KnownArticles(b.ctx(), f.ID, 1)); len(known) != 1 {
		t.Errorf("known beyond the limit: %+v", known)
	}
	// One identity in two feeds is two articles.
	g := b.follow("g1", "b", alpine)
	if got := must[feeds.Saved](t)(b.s.SaveChanged(b.ctx(), feeds.Check{Feed: g, At: b.clock()}, []feeds.Article{item("one", start)})); got.Added != 1 {
		t.Errorf("another feed's item of the same identity: %+v", got)
	}
	if _, err := b.s.SaveChanged(b.ctx(), feeds.Check{Feed: feeds.Feed{ID: 99}, At: b.clock()}, nil); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a feed that is not there: %v", err)
	}
}

// saveChangedWhole: a failure in the middle leaves nothing, no validators
// above all.
func saveChangedWhole(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	ctx, cancel := context.WithCancel(b.ctx())
	cancel()
	f.Validators.ETag = `"x"`
	if _, err := b.s.SaveChanged(ctx, feeds.Check{Feed: f, At: b.clock()}, []feeds.Article{item("one", start)}); err == nil {
		t.Fatal("saved with a context that had ended")
	}
	if got := must[[]bot.Follow](t)(b.s.Follows(b.ctx(), "g1"))[0].Feed.Validators.ETag; got != "" {
		t.Errorf("validators %q without their articles", got)
	}
	// The next try finds everything as it was.
	if got := must[feeds.Saved](t)(b.s.SaveChanged(b.ctx(), feeds.Check{Feed: f, At: b.clock()}, []feeds.Article{item("one", start)})); got.Added != 1 {
		t.Errorf("the second try saved %+v", got)
	}
	if ids := must[[]int64](t)(b.s.FeedsUnread(b.ctx(), start.Add(time.Hour), 9)); !cmp.Equal(ids, []int64{f.ID}) {
		t.Errorf("feeds with unread articles: %v", ids)
	}
}

// saveChangedTogether: what many save at once is stored for each as if it were
// alone, and one that fails takes nobody along.
func saveChangedTogether(t *testing.T, b *bench) {
	const n = 60
	fs := make([]feeds.Feed, n)
	for i := range fs {
		if fs[i] = (feeds.Feed{ID: 1e6}); i%10 != 9 {
			fs[i] = b.follow("g1", fmt.Sprintf("f%d", i), tide)
		}
	}
	fs[1] = fs[0] // two processes, one feed
	errs, saved := make([]error, n), make([]feeds.Saved, n)
	items := make([][]feeds.Article, n)
	var wg sync.WaitGroup
	for i := range fs {
		items[i] = []feeds.Article{item("one", start), item("two", start)}
		items[i][0].Text = strings.Repeat("The ferry is late. ", i)
		wg.Go(func() {
			saved[i], errs[i] = b.s.SaveChanged(b.ctx(), feeds.Check{Feed: fs[i], At: b.clock()}, items[i])
		})
	}
	wg.Wait()
	for i, f := range fs {
		switch {
		case f.ID == 1e6:
			if !errors.Is(errs[i], bot.ErrNotFound) || saved[i] != (feeds.Saved{}) {
				t.Errorf("a feed that is not there: %+v, %v", saved[i], errs[i])
			}
			continue
		case errs[i] != nil:
			t.Errorf("feed %d: %v", i, errs[i])
		case i > 1 && saved[i].Added != 2, i == 1 && saved[0].Added+saved[1].Added != 2:
			t.Errorf("feed %d: saved %+v", i, saved[i])
		}
		unread := must[[]feeds.Article](t)(b.s.UnreadArticles(b.ctx(), f.ID, 9))
		if len(unread) != 2 || i > 1 && (unread[0].ID != items[i][0].ID || unread[0].Text != items[i][0].Text) {
			t.Errorf("feed %d: unread %+v", i, unread)
		}
	}
}

func hostileText(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	a := item("one", start)
	a.Identity = strings.Repeat("long ", 4000)
	a.Title = "nul \x00 and half \xe2\x82 a character '); DROP TABLE articles; -- $1 ?"
	a.Summary = strings.Repeat("𝕫", 100_000)
	a.GUID = "\xff\xfe"
	b.publish(f, a)
	got := must[[]feeds.Article](t)(b.s.UnreadArticles(b.ctx(), f.ID, 9))[0]
	if want := "nul ? and half ?? a character '); DROP TABLE articles; -- $1 ?"; got.Title != want {
		t.Errorf("title %q, want %q", got.Title, want)
	}
	if got.Identity != a.Identity || got.Summary != a.Summary {
		t.Error("identity or summary came back otherwise")
	}
	body, br := brief(person("Ada Brun", "mayor"), "opened the bridge", "")
	got.Text = "\x00" + body[1:]
	b.must(b.s.SaveReading(b.ctx(), got, br, []bot.ActorLink{{}}))
	read := must[[]bot.Reading](t)(b.s.BriefedArticles(b.ctx(), 9))[0]
	if len(read.Article.Text) != len(body) {
		t.Errorf("text of %d bytes came back as %d: offsets don't hold", len(body), len(read.Article.Text))
	}
}
