package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"sitrep/bot/topic"
	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/extractive"
	"sitrep/summarize/llm"
	"sitrep/summarize/stories"
)

type analyseCmd struct {
	Articles      string `arg:"" help:"Articles, one JSON object a line." type:"existingfile"`
	JSON          bool   `help:"Print JSON (the only form there is)." name:"json"`
	Subscriptions string `help:"Topic queries, as [{\"id\", \"query\"}]." type:"existingfile" placeholder:"FILE"`
	Engine        string `help:"embedded, or llm as configured." enum:"embedded,llm" default:"embedded"`
}

// An analysis is what the golden set's scorer reads.
type analysis struct {
	extractive.Analysis
	Stories []stories.StoryReport `json:"stories"`
	Alerts  []alertAnalysis       `json:"alerts"`
}

type alertAnalysis struct {
	Subscription string `json:"subscription"`
	Article      string `json:"article"`
}

func (a *analyseCmd) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	engine, err := p.summarizer(c, a.Engine)
	if err != nil {
		return err
	}
	records, err := readRecords(a.Articles)
	if err != nil {
		return err
	}
	out := analysis{Alerts: []alertAnalysis{}}
	var briefs []summarize.Brief
	if out.Analysis, briefs, err = extractive.Analyse(p.ctx, engine, records); err != nil {
		return err
	}
	if err := p.readBy(engine, briefs); err != nil {
		return err
	}
	articles := make([]feeds.Article, len(records))
	ids := make(map[int64]string, len(records))
	for i, r := range records {
		articles[i] = *r.Article(int64(i + 1))
		ids[int64(i+1)] = r.ID
	}
	found := stories.Analyse(articles, briefs)
	out.Stories = stories.Report(found, func(id int64) string { return ids[id] })
	if a.Subscriptions != "" {
		watches, err := readWatches(a.Subscriptions)
		if err != nil {
			return err
		}
		for _, hit := range topic.Alerts(articles, briefs, found, watches) {
			out.Alerts = append(out.Alerts, alertAnalysis{hit.ID, ids[hit.ArticleID]})
		}
	}
	enc := json.NewEncoder(p.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
}

// readBy tells how many articles a language model has read: where it failed, the
// embedded engine did. None at all is an error: there is nothing to measure.
func (p *program) readBy(engine summarize.Summarizer, briefs []summarize.Brief) error {
	model, ok := engine.(*llm.Engine)
	if !ok {
		return nil
	}
	read := 0
	for _, b := range briefs {
		if b.Engine != "embedded" {
			read++
		}
	}
	if read == 0 && len(briefs) > 0 {
		return fmt.Errorf("%s read none of the %d articles: the log above says why", model.Model(), len(briefs))
	}
	note := ""
	if read < len(briefs) {
		note = "; the embedded engine read the others, and the figures are a mixture"
	}
	fmt.Fprintf(p.stderr, "sitrep: %s read %d of %d articles%s\n", model.Model(), read, len(briefs), note)
	return nil
}

func readRecords(name string) ([]extractive.Record, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var records []extractive.Record
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, maxFile)
	for line := 1; scan.Scan(); line++ {
		if strings.TrimSpace(scan.Text()) == "" {
			continue
		}
		var r extractive.Record
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			return nil, usage("%s, line %d: not an article: %v", name, line, err)
		}
		records = append(records, r)
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return records, nil
}

func readWatches(name string) ([]topic.Watch, error) {
	data, err := readFile(name, maxFile)
	if err != nil {
		return nil, err
	}
	var entries []struct {
		ID    string `json:"id"`
		Query string `json:"query"`
	}
	if err := json.Unmarshal(data, &entries); err != nil {
		return nil, usage("%s: not a list of {\"id\", \"query\"}: %v", name, err)
	}
	watches := make([]topic.Watch, 0, len(entries))
	for _, e := range entries {
		q, err := topic.Parse(e.Query)
		if err != nil {
			return nil, usage("%s: %s: %v", name, e.ID, err)
		}
		watches = append(watches, topic.Watch{ID: e.ID, Query: q})
	}
	return watches, nil
}
