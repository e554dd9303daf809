package bot

import (
	"testing"

	"sitrep/feeds"
	"sitrep/summarize"
)

func TestFollowFilter(t *testing.T) {
	t.Parallel()
	source := func(article int64, text string) summarize.Source {
		return summarize.Source{ArticleID: article, Evidence: summarize.Evidence{Text: text}}
	}
	story := summarize.Story{
		ID: 1, Publishers: 3,
		Articles: []summarize.StoryArticle{
			{ArticleID: 1, FeedIDs: []int64{1}, Title: "Ferry runs aground", Publisher: "Gazette", Lang: "en"},
			{ArticleID: 2, FeedIDs: []int64{2}, Title: "Horoscope for sailors", Publisher: "Courier", Lang: "en"},
			{ArticleID: 3, FeedIDs: []int64{2, 3}, Title: "Horoscope of the week", Publisher: "Quill", Lang: "en"},
		},
		Developments: []summarize.StoryDevelopment{
			{ID: 10, Publishers: 2, Sources: []summarize.Source{source(1, "The ferry ran aground."), source(2, "The ferry is stuck.")}},
			{ID: 11, Publishers: 1, Sources: []summarize.Source{source(2, "Pisces should stay at home.")}},
		},
		Disputes: []summarize.Dispute{{Field: "hurt", Values: []summarize.DisputeValue{
			{Value: "4", Sources: []summarize.Source{source(1, "")}}, {Value: "5", Sources: []summarize.Source{source(2, "")}}}}},
	}
	filter := func(include, exclude string) FollowFilter {
		return NewFollowFilter([]Follow{{Feed: feeds.Feed{ID: 1}}, {Feed: feeds.Feed{ID: 2}, Include: include, Exclude: exclude}, {Feed: feeds.Feed{ID: 3}}})
	}
	got, ok := filter("", "horoscope").Story(story)
	// Article 3 comes by feed 3 too, which has no filter.
	if !ok || len(got.Articles) != 2 || got.Publishers != 2 || len(got.Developments) != 1 || got.Developments[0].Publishers != 1 || len(got.Disputes) != 0 {
		t.Errorf("got %+v", got)
	}
	if len(story.Articles) != 3 || len(story.Developments[0].Sources) != 2 {
		t.Error("the story itself was changed")
	}
	if got, ok := filter("zeppelin", "").Story(story); !ok || len(got.Articles) != 2 {
		t.Errorf("by what must be there: %+v", got)
	}
	if got, ok := filter("", "").Story(story); !ok || len(got.Articles) != 3 {
		t.Errorf("without filters: %+v", got)
	}
	if got, ok := filter("((", "").Story(story); !ok || len(got.Articles) != 3 {
		t.Errorf("by a filter that can't be read: %+v", got)
	}
	story.Articles = story.Articles[1:2]
	if _, ok := filter("", "horoscope").Story(story); ok {
		t.Error("nothing should be left")
	}
}
