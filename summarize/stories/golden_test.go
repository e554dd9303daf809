package stories_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"sitrep/feeds"
	"sitrep/feeds/feedstest/corpus"
	"sitrep/summarize"
	"sitrep/summarize/extractive"
	"sitrep/summarize/ner"
	"sitrep/summarize/stories"
)

// TestGoldenStories briefs the golden set, makes stories of it and scores
// both. ERRORS=n prints errors.
func TestGoldenStories(t *testing.T) {
	dir := corpus.Path(t, "golden")
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("the scorer needs python3")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "articles.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var records []extractive.Record
	sc := bufio.NewScanner(bytes.NewReader(raw))
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var r extractive.Record
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	tagger, err := ner.Load()
	if err != nil {
		t.Fatal(err)
	}
	analysis, briefs, err := extractive.Analyse(context.Background(), extractive.New(tagger), records)
	if err != nil {
		t.Fatal(err)
	}
	articles := make([]feeds.Article, len(records))
	names := map[int64]string{}
	for i, r := range records {
		articles[i] = *r.Article(int64(i + 1))
		names[int64(i+1)] = r.ID
	}
	var made []summarize.Story
	if os.Getenv("NOBRIEF") == "" {
		made = stories.Analyse(articles, briefs)
	} else {
		made = stories.Analyse(articles, nil)
	}
	out := struct {
		extractive.Analysis
		Stories []stories.StoryReport `json:"stories"`
	}{analysis, stories.Report(made, func(id int64) string { return names[id] })}
	path := filepath.Join(t.TempDir(), "analysis.json")
	if keep := os.Getenv("ANALYSIS"); keep != "" {
		path = keep
	}
	data, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(os.Getenv("ERRORS"))
	said, err := exec.Command(python, filepath.Join(dir, "score.py"), "--gold", dir, "--out", path, "--errors", strconv.Itoa(n),
		"--min", "story_b3_f1=0.95", "dispute_recall=0.8", "dispute_precision=0.9", "--max", "false_merges=0", "independence_error=0.2").CombinedOutput()
	t.Logf("\n%s", said)
	if err != nil {
		t.Error(err)
	}
}
