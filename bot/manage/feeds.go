package manage

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/feeds/discover"
)

// A Found is a feed at an address, read once, before it is followed.
type Found struct {
	Feed     feeds.Feed      // URL, title, site, language, publisher
	Articles []feeds.Article // the newest first, for a preview
	Whole    bool            // its items carry whole articles
}

// A Finder looks what feeds an address leads to: the feed itself, or those that
// a site names, the best first; discover.ErrNone where there is none. It asks the
// web through the guarded client.
type Finder interface {
	Find(ctx context.Context, address string) ([]Found, error)
}

// Feeds keeps what guilds follow.
type Feeds struct {
	Store  bot.FollowStore
	Finder Finder
	// Owner names the outlet and the group behind a feed, where the operator or
	// the catalog knows them; may be nil.
	Owner  func(url string) (publisher, family string, ok bool)
	Limit  int              // feeds of a guild; 0 = none
	Added  func()           // called when there is something new to poll; may be nil
	Now    func() time.Time // default time.Now
	Detail func(err error)  // gets what an address answered, for the log; may be nil
}

// Find looks at an address that somebody typed. A site's name will do.
func (s *Feeds) Find(ctx context.Context, address string) ([]Found, error) {
	address = strings.TrimSpace(address)
	if !strings.HasPrefix(address, "@") { // a handle, as @user@server, is the finder's to read
		checked, err := CheckURL(address)
		if err != nil {
			return nil, err
		}
		address = checked
	}
	found, err := s.Finder.Find(ctx, address)
	if errors.Is(err, discover.ErrNone) {
		found, err = nil, nil
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if s.Detail != nil {
			s.Detail(err)
		}
		var user *bot.UserError
		if errors.As(err, &user) {
			return nil, user
		}
		e := bot.NewUserError("feed_unread", "{Url} could not be read. Check that it is a public http or https address, and try again later.", "Url", address)
		e.Err = err
		return nil, e
	}
	if len(found) == 0 {
		return nil, bot.NewUserError("feed_none", "No feed was found at {Url}. Many sites name theirs as RSS, at the foot of the page.", "Url", address)
	}
	for i := range found {
		s.name(&found[i].Feed)
	}
	return found, nil
}

// CheckURL reads an address that somebody typed: http(s), without user name and
// password; https:// where nothing stands before it.
func CheckURL(address string) (string, error) {
	bad := func(why string) error {
		shown := address
		if i := strings.LastIndexByte(shown, '@'); i >= 0 && strings.Contains(shown[:i], "//") {
			shown = shown[:strings.Index(shown, "//")+2] + "…" + shown[i:] // not a password
		}
		if len(shown) > 100 {
			shown = strings.ToValidUTF8(shown[:100], "") + "…"
		}
		return bot.NewUserError("url", "“{Url}” is no address of a feed or site: {Why}.", "Url", shown, "Why", why)
	}
	address = strings.Trim(strings.TrimSpace(address), "<>")
	if address == "" {
		return "", bad("nothing stands there")
	}
	if len(address) > 2000 || strings.ContainsAny(address, " \t\r\n\"<>") {
		return "", bad("it has characters that no address has, or is too long")
	}
	if rest, ok := strings.CutPrefix(address, "feed:"); ok {
		address = strings.TrimPrefix(rest, "//")
	}
	scheme, _, has := strings.Cut(address, "://")
	switch {
	case !has && strings.ContainsRune(address, '.') && !strings.Contains(strings.SplitN(address, "/", 2)[0], "@"):
		if i := strings.IndexByte(address, ':'); i >= 0 && strings.Trim(strings.SplitN(address[i+1:], "/", 2)[0], "0123456789") != "" {
			return "", bad("expected http:// or https://")
		}
		address = "https://" + address
	case !has:
		return "", bad("expected something like https://example.org/feed")
	case !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https"):
		return "", bad("expected http:// or https://")
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return "", bad("it names no host")
	}
	if u.User != nil {
		return "", bad("it has a user name in it, which everybody here would see")
	}
	u.Fragment = ""
	return u.String(), nil
}

func (s *Feeds) name(f *feeds.Feed) {
	if s.Owner != nil {
		if publisher, family, ok := s.Owner(f.URL); ok {
			f.Publisher, f.Family = publisher, family
		}
	}
	if f.Publisher == "" {
		f.Publisher = f.Title
	}
	if f.Family == "" {
		f.Family = f.Publisher
	}
}

// Add has a guild follow a feed. by is who asked for it; pack is the starter pack
// that it came with, "" for none. The feed belongs to the guild, not to them.
func (s *Feeds) Add(ctx context.Context, guildID, by, pack string, f feeds.Feed) (bot.Follow, error) {
	have, err := s.Store.Follows(ctx, guildID)
	if err != nil {
		return bot.Follow{}, fmt.Errorf("feeds of guild %s: %w", guildID, err)
	}
	if known, ok := find(have, func(h bot.Follow) bool { return h.Feed.URL == f.URL }); ok {
		return known, bot.NewUserError("feed_duplicate", "This server follows {Feed} already.", "Feed", FeedName(known.Feed))
	}
	if s.Limit > 0 && len(have) >= s.Limit {
		return bot.Follow{}, refused("feeds_full", "This server follows {Count} feeds, which is the most there can be. Remove one first.", "Count", strconv.Itoa(len(have)))
	}
	return s.follow(ctx, guildID, by, pack, f)
}

func (s *Feeds) follow(ctx context.Context, guildID, by, pack string, f feeds.Feed) (bot.Follow, error) {
	s.name(&f)
	if f.State == "" {
		f.State = feeds.StateActive
	}
	if f.NextCheckAt.IsZero() {
		f.NextCheckAt = now(s.Now)
	}
	follow, err := s.Store.AddFollow(ctx, bot.Follow{GuildID: guildID, Feed: f, AddedBy: by, AddedAt: now(s.Now), Pack: pack})
	if errors.Is(err, bot.ErrDuplicate) {
		e := bot.NewUserError("feed_duplicate", "This server follows {Feed} already.", "Feed", FeedName(f))
		e.Err = err
		return follow, e
	}
	if err != nil {
		return bot.Follow{}, fmt.Errorf("follow %s: %w", f.URL, err)
	}
	if s.Added != nil {
		s.Added()
	}
	return follow, nil
}

// An Imported tells what became of a list of feeds.
type Imported struct {
	Added  int
	Known  int
	Failed []string // addresses that are none
	Left   int      // not followed, because the guild has as many as there can be
}

// AddAll has a guild follow a list of feeds, from a file or a starter pack,
// without asking each before: what does not work shows itself in the feeds'
// health.
func (s *Feeds) AddAll(ctx context.Context, guildID, by, pack string, list []feeds.Feed) (Imported, error) {
	var out Imported
	have, err := s.Store.Follows(ctx, guildID)
	if err != nil {
		return out, fmt.Errorf("feeds of guild %s: %w", guildID, err)
	}
	known := map[string]bool{}
	for _, h := range have {
		known[h.Feed.URL] = true
	}
	for _, f := range list {
		address, err := CheckURL(f.URL)
		if err != nil {
			out.Failed = append(out.Failed, f.URL)
			continue
		}
		if known[address] {
			out.Known++
			continue
		}
		if s.Limit > 0 && len(known) >= s.Limit {
			out.Left++
			continue
		}
		f.URL = address
		_, err = s.follow(ctx, guildID, by, pack, f)
		switch {
		case errors.Is(err, bot.ErrDuplicate):
			out.Known++
		case err != nil:
			return out, err
		default:
			out.Added++
		}
		known[address] = true
	}
	return out, nil
}

// Remove ends a guild's follow of a feed.
func (s *Feeds) Remove(ctx context.Context, guildID string, feedID int64) (bot.Follow, error) {
	f, err := s.Get(ctx, guildID, feedID)
	if err != nil {
		return bot.Follow{}, err
	}
	if err := s.Store.RemoveFollow(ctx, guildID, feedID); err != nil && !errors.Is(err, bot.ErrNotFound) {
		return bot.Follow{}, fmt.Errorf("unfollow feed %d: %w", feedID, err)
	}
	return f, nil
}

// Get returns a feed that a guild follows.
func (s *Feeds) Get(ctx context.Context, guildID string, feedID int64) (bot.Follow, error) {
	have, err := s.Store.Follows(ctx, guildID)
	if err != nil {
		return bot.Follow{}, fmt.Errorf("feeds of guild %s: %w", guildID, err)
	}
	f, ok := find(have, func(h bot.Follow) bool { return h.Feed.ID == feedID })
	if !ok {
		e := bot.NewUserError("feed_unknown", "This server does not follow that feed.")
		e.Err = bot.ErrNotFound
		return bot.Follow{}, e
	}
	return f, nil
}

// Filter sets which of a feed's articles a guild takes: topic queries, "" for
// none.
func (s *Feeds) Filter(ctx context.Context, guildID string, feedID int64, include, exclude string) (bot.Follow, error) {
	f, err := s.Get(ctx, guildID, feedID)
	if err != nil {
		return bot.Follow{}, err
	}
	for _, q := range []string{include, exclude} {
		if strings.TrimSpace(q) == "" {
			continue
		}
		if _, err := ParseTopic(q); err != nil {
			return bot.Follow{}, err
		}
	}
	f.Include, f.Exclude = strings.TrimSpace(include), strings.TrimSpace(exclude)
	if err := s.Store.SaveFollow(ctx, f); err != nil {
		return bot.Follow{}, fmt.Errorf("save the filter of feed %d: %w", feedID, err)
	}
	return f, nil
}

// List returns what a guild follows, by name.
func (s *Feeds) List(ctx context.Context, guildID string) ([]bot.Follow, error) {
	have, err := s.Store.Follows(ctx, guildID)
	if err != nil {
		return nil, fmt.Errorf("feeds of guild %s: %w", guildID, err)
	}
	slices.SortStableFunc(have, func(a, b bot.Follow) int {
		return strings.Compare(strings.ToLower(FeedName(a.Feed)), strings.ToLower(FeedName(b.Feed)))
	})
	return have, nil
}

// Health returns the feeds of a guild that are in trouble, the longest first.
func (s *Feeds) Health(ctx context.Context, guildID string) (trouble []bot.Follow, healthy int, err error) {
	have, err := s.Store.Follows(ctx, guildID)
	if err != nil {
		return nil, 0, fmt.Errorf("feeds of guild %s: %w", guildID, err)
	}
	for _, f := range have {
		if f.Feed.State == feeds.StateActive && f.Feed.Moved == "" {
			healthy++
		} else {
			trouble = append(trouble, f)
		}
	}
	slices.SortStableFunc(trouble, func(a, b bot.Follow) int { return a.Feed.Since.Compare(b.Feed.Since) })
	return trouble, healthy, nil
}

// Suggest finds feeds that a guild follows, by a part of their name or address.
func (s *Feeds) Suggest(ctx context.Context, guildID, part string, limit int) ([]bot.Suggestion, error) {
	have, err := s.List(ctx, guildID)
	if err != nil {
		return nil, err
	}
	part = strings.ToLower(strings.TrimSpace(part))
	var out []bot.Suggestion
	for _, f := range have {
		name := FeedName(f.Feed)
		if len(out) < limit && (strings.Contains(strings.ToLower(name), part) || strings.Contains(strings.ToLower(f.Feed.URL), part)) {
			if r := []rune(name); len(r) > 100 {
				name = string(r[:99]) + "…"
			}
			out = append(out, bot.Suggestion{Label: name, Value: strconv.FormatInt(f.Feed.ID, 10)})
		}
	}
	return out, nil
}

// FeedName is what people call a feed: its title, its publisher, or its address.
func FeedName(f feeds.Feed) string {
	for _, s := range []string{f.Title, f.Publisher} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(feeds.Shown(f.URL), "https://"), "http://")
}
