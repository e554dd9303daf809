package stories

import (
	"cmp"
	"slices"
	"time"

	"sitrep/feeds"
	"sitrep/summarize"
)

// Analyse joins a closed set of articles into stories, as if each had come in the order of
// its time: what "sitrep analyse" prints. briefs[i] belongs to articles[i]; both have distinct
// non-zero ids.
func Analyse(articles []feeds.Article, briefs []summarize.Brief) []summarize.Story {
	order := make([]int, len(articles))
	newest := time.Time{}
	for i := range order {
		order[i] = i
		if t := eventTime(&articles[i]); t.After(newest) {
			newest = t
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return eventTime(&articles[a]).Compare(eventTime(&articles[b])) })
	x := NewIndex(Options{})
	copies := map[int64]int64{}
	next := int64(0)
	for _, i := range order {
		var brief *summarize.Brief
		if i < len(briefs) {
			brief = &briefs[i]
		}
		_ = x.Join(Features(&articles[i], brief), func(p Placement) (int64, error) {
			if p.CopyOf != 0 {
				copies[articles[i].ID] = p.CopyOf
			}
			if p.StoryID != 0 {
				return p.StoryID, nil
			}
			next++
			return next, nil
		})
	}
	x.Settle(time.Time{}, func() int64 { next++; return next })
	members := map[int64][]Member{}
	for _, i := range order {
		id := x.StoryOf(articles[i].ID)
		m := Member{Article: &articles[i], CopyOf: copies[articles[i].ID]}
		if i < len(briefs) {
			m.Brief = &briefs[i]
		}
		members[id] = append(members[id], m)
	}
	out := make([]summarize.Story, 0, len(members))
	for id, ms := range members {
		s := Compose(summarize.Story{}, ms, newest)
		s.ID = id
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b summarize.Story) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Settle applies Recheck to the window until nothing moves, for callers that
// keep the stories nowhere else. newID gives the id of a new story.
func (x *Index) Settle(since time.Time, newID func() int64) {
	const rounds = 6
	for range rounds {
		moves := x.Recheck(since, 1000)
		for _, m := range moves {
			switch {
			case m.ArticleID == 0:
				x.Merge(m.From, m.To)
			case m.To == 0:
				x.Assign(m.ArticleID, newID())
			default:
				x.Assign(m.ArticleID, m.To)
			}
		}
		if len(moves) == 0 {
			return
		}
	}
}

// StoryOf returns the story of an article in the window, 0 when it isn't there.
func (x *Index) StoryOf(articleID int64) int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	at, ok := x.articles[articleID]
	if !ok {
		return 0
	}
	return x.entries[at].story.id
}
