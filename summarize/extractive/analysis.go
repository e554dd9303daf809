package extractive

import (
	"context"
	"slices"
	"time"

	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/actors"
)

// A Record is one article as a set of articles for scoring has it: a line of
// JSON.
type Record struct {
	ID          string  `json:"id"`
	Publisher   string  `json:"publisher"`
	Family      string  `json:"family"`
	URL         string  `json:"url"`
	Title       string  `json:"title"`
	Lang        string  `json:"lang"`
	PublishedAt *string `json:"published_at"`
	FeedSummary string  `json:"feed_summary"`
	Text        string  `json:"text"`
}

// Article returns the record as an article under the given number.
func (r Record) Article(id int64) *feeds.Article {
	a := &feeds.Article{ID: id, URL: r.URL, Title: r.Title, Lang: r.Lang, Publisher: r.Publisher, Family: r.Family, Summary: r.FeedSummary,
		Text: r.Text, TextSource: feeds.TextFromPage}
	if r.PublishedAt != nil {
		if at, err := time.Parse(time.RFC3339, *r.PublishedAt); err == nil {
			a.PublishedAt = at
		}
	}
	return a
}

// The analysis that scoring reads: what was found in each article, and who is
// who across them.
type (
	Analysis struct {
		Articles []ArticleAnalysis `json:"articles"`
		Actors   []ActorAnalysis   `json:"actors"`
	}
	ArticleAnalysis struct {
		ID           string          `json:"id"`
		Actors       []ArticleActor  `json:"actors"`
		Developments []DevelopmentOf `json:"developments"`
		Quotes       []QuoteOf       `json:"quotes"`
	}
	ArticleActor struct {
		Name     string              `json:"name"`
		Type     summarize.ActorType `json:"type"`
		Mentions []string            `json:"mentions"`
		Key      bool                `json:"key"`
		Roles    []RoleOf            `json:"roles"`
	}
	RoleOf struct {
		Role     string `json:"role"`
		Evidence string `json:"evidence"`
	}
	DevelopmentOf struct {
		Text     string `json:"text"`
		Evidence string `json:"evidence"`
	}
	QuoteOf struct {
		Text    string  `json:"text"`
		Speaker *string `json:"speaker"`
	}
	ActorAnalysis struct {
		Name     string              `json:"name"`
		Type     summarize.ActorType `json:"type"`
		Aliases  []string            `json:"aliases"`
		Articles []string            `json:"articles"`
	}
)

// Analyse briefs the records one by one and resolves their actors across them,
// in the order of publication. It returns the briefs beside the analysis, in
// the order of the records, for whoever makes stories of them.
func Analyse(ctx context.Context, s summarize.Summarizer, records []Record) (Analysis, []summarize.Brief, error) {
	out := Analysis{Articles: []ArticleAnalysis{}, Actors: []ActorAnalysis{}}
	briefs := make([]summarize.Brief, len(records))
	for i, r := range records {
		b, err := s.Summarize(ctx, r.Article(int64(i+1)))
		if err != nil {
			return out, nil, err
		}
		briefs[i] = b
		out.Articles = append(out.Articles, articleAnalysis(r.ID, b))
	}
	out.Actors = across(records, briefs)
	return out, briefs, nil
}

func articleAnalysis(id string, b summarize.Brief) ArticleAnalysis {
	a := ArticleAnalysis{ID: id, Actors: []ArticleActor{}, Developments: []DevelopmentOf{}, Quotes: []QuoteOf{}}
	for _, act := range b.Actors {
		out := ArticleActor{Name: act.Name, Type: act.Type, Mentions: act.Forms(), Key: act.Key, Roles: []RoleOf{}}
		for _, r := range act.Roles {
			if r.Evidence.Part != summarize.PartText { // evidence is scored against the text alone
				continue
			}
			out.Roles = append(out.Roles, RoleOf{Role: r.Text, Evidence: r.Evidence.Text})
		}
		a.Actors = append(a.Actors, out)
	}
	for _, d := range b.Developments {
		a.Developments = append(a.Developments, DevelopmentOf{Text: d.Text, Evidence: d.Evidence.Text})
	}
	for _, q := range b.Quotes {
		out := QuoteOf{Text: q.Text}
		if q.Speaker >= 0 && q.Speaker < len(b.Actors) {
			name := b.Actors[q.Speaker].Name
			out.Speaker = &name
		}
		a.Quotes = append(a.Quotes, out)
	}
	return a
}

// across resolves the actors of the briefs in the order of publication, and
// returns every known actor with its aliases and articles.
func across(records []Record, briefs []summarize.Brief) []ActorAnalysis {
	order := make([]int, len(records))
	when := make([]time.Time, len(records))
	for i, r := range records {
		order[i], when[i] = i, r.Article(0).PublishedAt
	}
	slices.SortStableFunc(order, func(x, y int) int { return when[x].Compare(when[y]) })
	d := actors.NewDirectory()
	at := map[int64]int{}
	out := []ActorAnalysis{}
	for _, i := range order {
		for n, local := range briefs[i].Actors {
			k, _ := d.Observe(local, actors.Context(briefs[i], n), when[i])
			place, ok := at[k.ID]
			if !ok {
				place = len(out)
				at[k.ID] = place
				out = append(out, ActorAnalysis{Type: k.Type})
			}
			o := &out[place]
			o.Name = k.Name
			if !slices.Contains(o.Articles, records[i].ID) {
				o.Articles = append(o.Articles, records[i].ID)
			}
			for _, f := range local.Forms() {
				if !slices.Contains(o.Aliases, f) {
					o.Aliases = append(o.Aliases, f)
				}
			}
		}
	}
	return out
}
