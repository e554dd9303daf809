package summarize

import (
	"testing"
	"time"
)

func TestTells(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]bool{
		"Ferry runs aground off Kestrel Point":       true,
		"Fähre läuft vor Kestrel auf Grund":          true,
		"渡轮搁浅":                                       false, // one word, as far as can be told
		"Ferry aground":                              false,
		"FERRY RUNS AGROUND OFF KESTREL":             false,
		"Why did the ferry run aground?":             false,
		"“We heard the reef before we saw it”: fog":  false,
		"Live: ferry runs aground off Kestrel Point": false,
		"In pictures: the ferry on the reef":         false,
		"":                                           false,
	} {
		if got := Tells(title); got != want {
			t.Errorf("%q: %v", title, got)
		}
	}
}

func TestHeadlineOf(t *testing.T) {
	t.Parallel()
	at := func(hours int) time.Time { return time.Date(2026, 3, 2, 8+hours, 0, 0, 0, time.UTC) }
	line := func(id, article int64, start int) StoryDevelopment {
		return StoryDevelopment{ID: id, Sources: []Source{{ArticleID: article, Evidence: Evidence{Part: PartText, Start: start}}}}
	}
	s := Story{
		Headline: "Ferry runs aground off Kestrel Point", Lang: "en",
		Articles: []StoryArticle{
			{ArticleID: 1, Title: "Fog blamed as ferry hits the rocks", Lang: "en-GB", PublishedAt: at(-1)},
			{ArticleID: 2, Title: "Ferry runs aground off Kestrel Point", Lang: "en-GB", PublishedAt: at(0)},
			{ArticleID: 3, Title: "What now for the island ferry?", Lang: "en-GB", PublishedAt: at(20)},
			{ArticleID: 4, Title: "Stranded ferry refloated at spring tide", Lang: "en-GB", PublishedAt: at(30)},
			{ArticleID: 5, Title: "Gestrandete Fähre ist wieder frei", Lang: "de", PublishedAt: at(31)},
			{ArticleID: 6, Title: "Stranded ferry is afloat, says coastguard", Lang: "en-GB", PublishedAt: at(32), CopyOf: 4},
		},
	}
	s.Developments = []StoryDevelopment{line(10, 2, 0), line(11, 2, 900), line(12, 1, 0), line(13, 3, 0), line(14, 4, 40), line(15, 4, 700), line(16, 5, 0), line(17, 6, 0)}
	of := func(ids ...int64) (lines []StoryDevelopment) {
		for _, id := range ids {
			lines = append(lines, s.Developments[id-10])
		}
		return lines
	}
	tests := map[string]struct {
		lines []StoryDevelopment
		want  string
		first int
	}{
		"what the story's headline promises is among them": {of(14, 10), s.Headline, 1},
		"news that opens a later article":                  {of(14, 15), "Stranded ferry refloated at spring tide", 0},
		"news further down":                                {of(15, 11, 14), "Stranded ferry refloated at spring tide", 2},
		"an earlier article":                               {of(12), s.Headline, 0},
		"a question, then an account":                      {of(13, 14), "Stranded ferry refloated at spring tide", 1},
		"another language, a copy":                         {of(16, 17), s.Headline, 0},
		"nothing that opens an article":                    {of(11, 15), s.Headline, 0},
		"nothing":                                          {nil, s.Headline, 0},
	}
	for name, tt := range tests {
		if headline, first := s.HeadlineOf(tt.lines); headline != tt.want || first != tt.first {
			t.Errorf("%s: %q, line %d", name, headline, first)
		}
	}
}
