package store

import (
	"cmp"
	"slices"

	"sitrep/bot"
	"sitrep/summarize"
)

// scopeFeeds are the feeds that an answer may draw on.
func (t *tx) scopeFeeds(sc bot.Scope) ([]int64, error) {
	guilds := []string{sc.GuildID}
	if sc.GuildID == bot.DirectGuild {
		guilds = sc.Guilds
	}
	if len(guilds) == 0 {
		return nil, nil
	}
	return list(t, scanID, `SELECT DISTINCT w.feed_id FROM follows w LEFT JOIN guilds g ON g.id = w.guild_id
		WHERE `+t.s.in("w.guild_id")+` AND coalesce(g.left_at, 0) = 0`, t.s.texts(guilds))
}

// Support counts the independent publishers among articles: one family counts
// once, and so do all copies of one text, whoever runs them.
func Support(articles []summarize.StoryArticle) int {
	copyOf := make(map[int64]int64, len(articles))
	for _, a := range articles {
		copyOf[a.ArticleID] = a.CopyOf
	}
	original := func(id int64) int64 {
		for range articles { // a circle of copies ends too
			of := copyOf[id]
			if of == 0 {
				break
			}
			id = of
		}
		return id
	}
	// Families and texts that share an article are one group.
	type node struct {
		family string
		text   int64
	}
	parent := map[node]node{}
	var find func(node) node
	find = func(n node) node {
		p, ok := parent[n]
		if !ok || p == n {
			parent[n] = n
			return n
		}
		root := find(p)
		parent[n] = root
		return root
	}
	for _, a := range articles {
		parent[find(node{family: cmp.Or(a.Family, a.Publisher)})] = find(node{text: original(a.ArticleID)})
	}
	groups := map[node]bool{}
	for n := range parent {
		groups[find(n)] = true
	}
	return len(groups)
}

// trim cuts a story to the articles that inScope lets through: other sources
// go, with the developments, disputes and roles that stood on them alone, and
// support is counted anew. It reports false when no article is left. statement
// gives the development as a source states it, for lines whose wording came
// from a source that went; "" takes the source's whole sentence.
func trim(st summarize.Story, inScope func(feedID int64) bool, inActors func(actorID int64) bool, statement func(summarize.Source) string) (summarize.Story, bool) {
	whole := true
	kept := map[int64]summarize.StoryArticle{}
	articles := make([]summarize.StoryArticle, 0, len(st.Articles))
	for _, a := range st.Articles {
		ids := make([]int64, 0, len(a.FeedIDs))
		for _, id := range a.FeedIDs {
			if inScope(id) {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			whole = false
			continue
		}
		a.FeedIDs = ids
		articles = append(articles, a)
		kept[a.ArticleID] = a
	}
	if len(articles) == 0 {
		return summarize.Story{}, false
	}
	if whole {
		return st, true
	}
	out := st
	out.Articles = articles
	out.Publishers = Support(articles)
	headlineKept := false
	for _, a := range articles {
		headlineKept = headlineKept || a.Title == st.Headline
	}

	out.Developments = nil
	for _, d := range st.Developments {
		sources, overtaken := keepSources(d.Sources, kept), keepSources(d.Overtaken, kept)
		if len(sources) == 0 { // here it is what was told first
			sources, overtaken = overtaken, nil
		}
		if len(sources) == 0 {
			continue
		}
		if len(d.Sources) > 0 && sources[0].ArticleID != d.Sources[0].ArticleID {
			// The wording was that of a source out of sight; so may be what it
			// was before.
			if d.Text = statement(sources[0]); d.Text == "" {
				d.Text = sources[0].Evidence.Text
			}
			d.Lang = kept[sources[0].ArticleID].Lang
			d.Was = ""
		}
		if len(sources) != len(d.Sources) || sources[0].ArticleID != d.Sources[0].ArticleID {
			d.Publishers = supportOf(sources, kept)
			d.FirstSeenAt = kept[slices.MinFunc(sources, func(a, b summarize.Source) int {
				return kept[a.ArticleID].SeenAt.Compare(kept[b.ArticleID].SeenAt)
			}).ArticleID].SeenAt
		}
		d.Sources, d.Overtaken = sources, overtaken
		headlineKept = headlineKept || d.Text == st.Headline
		out.Developments = append(out.Developments, d)
	}

	out.Disputes = nil
	for _, d := range st.Disputes {
		var values []summarize.DisputeValue
		for _, v := range d.Values {
			if v.Sources = keepSources(v.Sources, kept); len(v.Sources) > 0 {
				values = append(values, v)
			}
		}
		if len(values) > 1 {
			d.Values = values
			out.Disputes = append(out.Disputes, d)
		}
	}

	out.Actors = nil
	for _, a := range st.Actors {
		if !inActors(a.ActorID) {
			continue
		}
		if _, ok := kept[a.RoleBy.ArticleID]; !ok {
			a.Role, a.RoleBy = "", summarize.Source{}
		}
		out.Actors = append(out.Actors, a)
	}

	if !headlineKept {
		out.Headline, out.Lang = articles[0].Title, articles[0].Lang
	}
	out.FirstSeenAt, out.UpdatedAt = articles[0].SeenAt, articles[0].SeenAt
	for _, a := range articles {
		if a.SeenAt.Before(out.FirstSeenAt) {
			out.FirstSeenAt = a.SeenAt
		}
		if a.SeenAt.After(out.UpdatedAt) {
			out.UpdatedAt = a.SeenAt
		}
	}
	for _, d := range out.Developments {
		if d.ChangedAt.After(out.UpdatedAt) {
			out.UpdatedAt = d.ChangedAt
		}
	}
	return out, true
}

func keepSources(sources []summarize.Source, kept map[int64]summarize.StoryArticle) []summarize.Source {
	var out []summarize.Source
	for _, s := range sources {
		if _, ok := kept[s.ArticleID]; ok {
			out = append(out, s)
		}
	}
	return out
}

func supportOf(sources []summarize.Source, kept map[int64]summarize.StoryArticle) int {
	articles := make([]summarize.StoryArticle, len(sources))
	for i, s := range sources {
		articles[i] = kept[s.ArticleID]
	}
	return Support(articles)
}
