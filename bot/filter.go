package bot

import (
	"sitrep/bot/topic"
	"sitrep/summarize"
)

// A FollowFilter keeps to what a guild's per-feed filters let through. The zero
// FollowFilter lets everything through.
type FollowFilter struct {
	byFeed map[int64]feedRule
}

type feedRule struct{ include, exclude topic.Query }

// NewFollowFilter reads the filters of a guild's follows. One that does not
// parse (written by an older version) lets everything through.
func NewFollowFilter(follows []Follow) FollowFilter {
	f := FollowFilter{}
	for _, follow := range follows {
		if follow.Include == "" && follow.Exclude == "" {
			continue
		}
		var rule feedRule
		if follow.Include != "" {
			rule.include, _ = topic.Parse(follow.Include)
		}
		if follow.Exclude != "" {
			rule.exclude, _ = topic.Parse(follow.Exclude)
		}
		if f.byFeed == nil {
			f.byFeed = map[int64]feedRule{}
		}
		f.byFeed[follow.Feed.ID] = rule
	}
	return f
}

// Story takes the articles out of a story that the filters keep back, with the
// lines that stand on them alone. It reports false when nothing is left. An
// article is judged by its headline and its lines.
func (f FollowFilter) Story(s summarize.Story) (summarize.Story, bool) {
	if len(f.byFeed) == 0 {
		return s, true
	}
	gone := map[int64]bool{}
	var kept []summarize.StoryArticle
	for _, a := range s.Articles {
		if f.passes(a, s.Developments) {
			kept = append(kept, a)
		} else {
			gone[a.ArticleID] = true
		}
	}
	if len(gone) == 0 {
		return s, true
	}
	if len(kept) == 0 {
		return summarize.Story{}, false
	}
	s.Articles = kept
	s.Publishers = min(s.Publishers, publishers(kept))
	developments := make([]summarize.StoryDevelopment, 0, len(s.Developments))
	for _, d := range s.Developments {
		all := len(d.Sources)
		d.Sources, d.Overtaken = without(d.Sources, gone), without(d.Overtaken, gone)
		if len(d.Sources) == 0 {
			continue
		}
		d.Publishers = min(d.Publishers, max(1, d.Publishers-(all-len(d.Sources))))
		developments = append(developments, d)
	}
	s.Developments = developments
	var disputes []summarize.Dispute
	for _, d := range s.Disputes {
		var values []summarize.DisputeValue
		for _, v := range d.Values {
			if v.Sources = without(v.Sources, gone); len(v.Sources) > 0 {
				values = append(values, v)
			}
		}
		if len(values) > 1 {
			d.Values = values
			disputes = append(disputes, d)
		}
	}
	s.Disputes = disputes
	return s, true
}

func (f FollowFilter) passes(a summarize.StoryArticle, developments []summarize.StoryDevelopment) bool {
	ids := a.FeedIDs
	if len(ids) == 0 {
		return true
	}
	var doc *topic.Document
	for _, id := range ids {
		rule, ok := f.byFeed[id]
		if !ok {
			return true // by a feed without filters
		}
		if doc == nil {
			parts := []topic.Part{{Text: a.Title, Lang: a.Lang, Zone: topic.Title}}
			for _, d := range developments {
				for _, s := range d.Sources {
					if s.ArticleID == a.ArticleID {
						parts = append(parts, topic.Part{Text: s.Evidence.Text, Lang: a.Lang, Zone: topic.Body})
						break
					}
				}
			}
			doc = topic.NewDocument(parts, nil)
		}
		if (rule.include.IsZero() || rule.include.Match(doc)) && (rule.exclude.IsZero() || !rule.exclude.Match(doc)) {
			return true
		}
	}
	return false
}

func without(sources []summarize.Source, gone map[int64]bool) []summarize.Source {
	var kept []summarize.Source
	for _, s := range sources {
		if !gone[s.ArticleID] {
			kept = append(kept, s)
		}
	}
	return kept
}

func publishers(articles []summarize.StoryArticle) int {
	families := map[string]bool{}
	here := map[int64]bool{}
	for _, a := range articles {
		here[a.ArticleID] = true
	}
	for _, a := range articles {
		if a.CopyOf != 0 && here[a.CopyOf] {
			continue
		}
		name := a.Family
		if name == "" {
			name = a.Publisher
		}
		families[name] = true
	}
	return len(families)
}
