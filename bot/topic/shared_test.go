package topic

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/feedstest/corpus"
	"sitrep/summarize"
)

// TestGoldenAlerts measures alerts against the labels of the golden briefings.
func TestGoldenAlerts(t *testing.T) {
	t.Parallel()
	dir := corpus.Path(t, "golden")
	type line struct {
		ID, URL, Title, Lang, Publisher, Family, Text string
		Published                                     *time.Time `json:"published_at"`
		Summary                                       string     `json:"feed_summary"`
	}
	f, err := os.Open(filepath.Join(dir, "articles.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var articles []feeds.Article
	number := map[string]int64{}
	for in := bufio.NewScanner(f); in.Scan(); {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		id, _ := strconv.ParseInt(l.ID[1:], 10, 64)
		number[l.ID] = id
		articles = append(articles, feeds.Article{ID: id, Title: l.Title, Lang: l.Lang, Text: l.Text, Summary: l.Summary, Publisher: l.Publisher})
	}
	var gold struct {
		Events []struct {
			ID       string
			Articles []string
		}
		Subscriptions []struct {
			ID, Query  string
			Match, Not []string
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "gold.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &gold); err != nil {
		t.Fatal(err)
	}
	var stories []summarize.Story
	for _, e := range gold.Events {
		var s summarize.Story
		for _, a := range e.Articles {
			s.Articles = append(s.Articles, summarize.StoryArticle{ArticleID: number[a]})
		}
		stories = append(stories, s)
	}
	var watches []Watch
	for _, s := range gold.Subscriptions {
		q, err := Parse(s.Query)
		if err != nil {
			t.Fatalf("%s: %v", s.Query, err)
		}
		watches = append(watches, Watch{s.ID, q})
	}
	for name, with := range map[string][]summarize.Story{"articles alone": nil, "with stories": stories} {
		fired := map[Hit]bool{}
		for _, h := range Alerts(articles, nil, with, watches) {
			fired[h] = true
		}
		right, wrong, wanted := 0, 0, 0
		for i, s := range gold.Subscriptions {
			score := func(id string) float64 {
				return watches[i].Query.Score(ArticleDocument(&articles[number[id]-1], nil))
			}
			wanted += len(s.Match)
			for _, id := range s.Match {
				if fired[Hit{s.ID, number[id]}] {
					right++
				} else {
					t.Logf("%s: missed %s by %q (%.2f)", name, id, s.Query, score(id))
				}
			}
			for _, id := range s.Not {
				if fired[Hit{s.ID, number[id]}] {
					wrong++
					t.Logf("%s: false %s by %q (%.2f)", name, id, s.Query, score(id))
				}
			}
		}
		precision, recall := float64(right)/float64(max(1, right+wrong)), float64(right)/float64(wanted)
		t.Logf("%s: alert_precision %.3f, alert_recall %.3f", name, precision, recall)
		if precision < 0.95 || recall < 0.9 {
			t.Errorf("%s: precision %.3f, want 0.95; recall %.3f, want 0.9", name, precision, recall)
		}
	}
}
