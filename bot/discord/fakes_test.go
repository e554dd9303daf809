package discord

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"sitrep/bot"
	"sitrep/summarize"
)

// shelf is the read side in memory: stories and actors of one server's feeds.
type shelf struct {
	mu       sync.Mutex
	guild    string // whose feeds carry them
	stories  []summarize.Story
	actors   []bot.Dossier
	quotes   map[int64][]bot.QuoteBy
	caughtUp map[string]time.Time
	used     map[string]int
	hold     chan struct{} // when set, LatestStories waits for it
	fail     error         // when set, LatestStories fails with it
	panics   bool
}

func (s *shelf) sees(sc bot.Scope) bool {
	return sc.GuildID == s.guild || sc.GuildID == bot.DirectGuild && slices.Contains(sc.Guilds, s.guild)
}

func (s *shelf) LatestStories(ctx context.Context, sc bot.Scope, f bot.StoryFilter) (bot.StoryPage, error) {
	if s.panics {
		panic("the shelf fell down")
	}
	if s.hold != nil {
		select {
		case <-s.hold:
		case <-ctx.Done():
			return bot.StoryPage{}, ctx.Err()
		}
	}
	if s.fail != nil {
		return bot.StoryPage{}, s.fail
	}
	return s.find(sc, f.Topic, f)
}

func (s *shelf) SearchStories(_ context.Context, sc bot.Scope, query string, f bot.StoryFilter) (bot.StoryPage, error) {
	return s.find(sc, query, f)
}

func (s *shelf) find(sc bot.Scope, words string, f bot.StoryFilter) (bot.StoryPage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []summarize.Story
	for _, st := range s.stories {
		if s.sees(sc) && strings.Contains(strings.ToLower(st.Headline), strings.ToLower(words)) && !newest(st).Before(f.Since) &&
			(f.Publisher == "" || slices.ContainsFunc(st.Articles, func(a summarize.StoryArticle) bool { return a.Publisher == f.Publisher })) {
			found = append(found, st)
		}
	}
	slices.SortStableFunc(found, func(a, b summarize.Story) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	page := bot.StoryPage{Total: len(found)}
	from := min(f.Offset, len(found))
	page.Stories = found[from:min(from+f.Limit, len(found))]
	return page, nil
}

// newest is when a story's newest article was published.
func newest(st summarize.Story) time.Time {
	at := time.Time{}
	for _, a := range st.Articles {
		if a.PublishedAt.After(at) {
			at = a.PublishedAt
		}
	}
	if at.IsZero() {
		return st.UpdatedAt
	}
	return at
}

func (s *shelf) StoryOf(_ context.Context, sc bot.Scope, id int64) (summarize.Story, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.stories {
		if st.ID == id && s.sees(sc) {
			return st, nil
		}
	}
	return summarize.Story{}, fmt.Errorf("story %d: %w", id, bot.ErrNotFound)
}

func (s *shelf) SuggestStories(_ context.Context, sc bot.Scope, prefix string, limit int) ([]bot.Suggestion, error) {
	page, err := s.find(sc, prefix, bot.StoryFilter{Limit: limit})
	var out []bot.Suggestion
	for _, st := range page.Stories {
		out = append(out, bot.Suggestion{Label: st.Headline, Value: fmt.Sprint(st.ID)})
	}
	return out, err
}

func (s *shelf) SuggestSources(_ context.Context, sc bot.Scope, prefix string, limit int) ([]bot.Suggestion, error) {
	seen := map[string]bool{}
	var out []bot.Suggestion
	for _, st := range s.stories {
		for _, a := range st.Articles {
			if s.sees(sc) && !seen[a.Publisher] && strings.HasPrefix(strings.ToLower(a.Publisher), strings.ToLower(prefix)) && len(out) < limit {
				seen[a.Publisher] = true
				out = append(out, bot.Suggestion{Label: a.Publisher, Value: a.Publisher})
			}
		}
	}
	return out, nil
}

func (s *shelf) SuggestActors(_ context.Context, sc bot.Scope, prefix string, limit int) ([]bot.Suggestion, error) {
	var out []bot.Suggestion
	for _, d := range s.actors {
		if s.sees(sc) && strings.Contains(strings.ToLower(d.Actor.Name), strings.ToLower(prefix)) && len(out) < limit {
			out = append(out, bot.Suggestion{Label: d.Actor.Name, Value: fmt.Sprint(d.Actor.ID)})
		}
	}
	return out, nil
}

func (s *shelf) FindActors(_ context.Context, sc bot.Scope, name string, limit int) ([]summarize.KnownActor, error) {
	var out []summarize.KnownActor
	for _, d := range s.actors {
		if s.sees(sc) && len(out) < limit && slices.ContainsFunc(append(d.Actor.Aliases, d.Actor.Name), func(n string) bool { return strings.EqualFold(n, name) }) {
			out = append(out, d.Actor)
		}
	}
	return out, nil
}

func (s *shelf) Dossier(_ context.Context, sc bot.Scope, id int64, _ time.Time) (bot.Dossier, error) {
	for _, d := range s.actors {
		if d.Actor.ID == id && s.sees(sc) {
			return d, nil
		}
	}
	return bot.Dossier{}, bot.ErrNotFound
}

func (s *shelf) QuotesBy(_ context.Context, _ bot.Scope, id int64, query string, limit int) ([]bot.QuoteBy, error) {
	var out []bot.QuoteBy
	for _, q := range s.quotes[id] {
		if strings.Contains(q.Text, query) && len(out) < limit {
			out = append(out, q)
		}
	}
	return out, nil
}

func (s *shelf) Between(_ context.Context, _ bot.Scope, a, b int64, limit int) ([]bot.Line, error) {
	var out []bot.Line
	for _, st := range s.stories {
		names := func(id int64) bool {
			return slices.ContainsFunc(st.Actors, func(x summarize.StoryActor) bool { return x.ActorID == id })
		}
		if names(a) && names(b) {
			for _, d := range st.Developments {
				out = append(out, bot.Line{Text: d.Text, Sources: d.Sources})
			}
		}
	}
	slices.SortFunc(out, func(x, y bot.Line) int { return cmp.Compare(x.Text, y.Text) })
	return out[:min(limit, len(out))], nil
}

func (s *shelf) CaughtUp(_ context.Context, user, guild string) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.caughtUp[user+"/"+guild], nil
}

func (s *shelf) SetCaughtUp(_ context.Context, user, guild string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caughtUp[user+"/"+guild] = at
	return nil
}

func (s *shelf) ExportPerson(_ context.Context, user string) ([]byte, error) {
	return []byte(`{"user":"` + user + `"}`), nil
}

func (s *shelf) DeletePerson(_ context.Context, user string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.caughtUp {
		if strings.HasPrefix(k, user+"/") {
			delete(s.caughtUp, k)
		}
	}
	return nil
}

func (s *shelf) UseQuota(_ context.Context, key string, limit int, _ time.Duration, _ time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used[key]++
	return s.used[key] <= limit, nil
}
