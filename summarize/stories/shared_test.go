package stories

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sitrep/feeds"
)

type goldEvent struct {
	ID       string   `json:"id"`
	Articles []string `json:"articles"`
}

type goldSet struct {
	ids      []string
	articles []feeds.Article
	event    []string // gold event of each article
}

// readGold reads a set in the golden format; articles without a time are seen
// a minute apart in the order of the file.
func readGold(t testing.TB, dir string) goldSet {
	t.Helper()
	var set goldSet
	f, err := os.Open(filepath.Join(dir, "articles.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 16<<20)
	place := map[string]int{}
	for sc.Scan() {
		var rec struct {
			ID, Publisher, Family, URL, Title, Lang, Text string
			PublishedAt                                   *time.Time `json:"published_at"`
			Summary                                       string     `json:"feed_summary"`
		}
		if err := json.Unmarshal(sc.Bytes(), &rec); err != nil {
			t.Fatal(err)
		}
		a := feeds.Article{
			ID: int64(len(set.ids) + 1), Title: rec.Title, Summary: rec.Summary, Text: rec.Text, Lang: rec.Lang,
			Publisher: rec.Publisher, Family: rec.Family, URL: rec.URL,
		}
		if rec.PublishedAt != nil {
			a.PublishedAt = *rec.PublishedAt
		}
		place[rec.ID] = len(set.ids)
		set.ids = append(set.ids, rec.ID)
		set.articles = append(set.articles, a)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "gold.json"))
	if err != nil {
		t.Fatal(err)
	}
	var gold struct{ Events []goldEvent }
	if err := json.Unmarshal(raw, &gold); err != nil {
		t.Fatal(err)
	}
	set.event = make([]string, len(set.ids))
	for _, e := range gold.Events {
		for _, id := range e.Articles {
			set.event[place[id]] = e.ID
		}
	}
	return set
}
