package stories

import (
	"strconv"

	"sitrep/summarize"
)

// The stories as "sitrep analyse --json" prints them.
type (
	StoryReport struct {
		ID           string              `json:"id"`
		Headline     string              `json:"headline"`
		Articles     []string            `json:"articles"`
		Publishers   int                 `json:"publishers"`
		Developments []DevelopmentReport `json:"developments"`
		Disputes     []DisputeReport     `json:"disputes"`
	}
	DevelopmentReport struct {
		Text      string         `json:"text"`
		Sources   []SourceReport `json:"sources"`
		Overtaken []SourceReport `json:"overtaken,omitempty"`
	}
	SourceReport struct {
		Article  string `json:"article"`
		Evidence string `json:"evidence"`
	}
	DisputeReport struct {
		Field  string        `json:"field"`
		Values []ValueReport `json:"values"`
		Open   bool          `json:"open"`
	}
	ValueReport struct {
		Value    string   `json:"value"`
		Articles []string `json:"articles"`
	}
)

// Report writes stories for reading by programs. name gives an article's id as
// its set has it. Lines that stand on a title alone are left out: evidence is
// sought in the text.
func Report(stories []summarize.Story, name func(articleID int64) string) []StoryReport {
	out := make([]StoryReport, 0, len(stories))
	for _, s := range stories {
		r := StoryReport{
			ID: "s" + strconv.FormatInt(s.ID, 10), Headline: s.Headline, Publishers: s.Publishers, Articles: []string{}, Developments: []DevelopmentReport{}, Disputes: []DisputeReport{},
		}
		for _, a := range s.Articles {
			r.Articles = append(r.Articles, name(a.ArticleID))
		}
		for _, d := range s.Developments {
			if d.Withdrawn {
				continue
			}
			line := DevelopmentReport{Text: d.Text, Sources: inText(d.Sources, name), Overtaken: inText(d.Overtaken, name)}
			if len(line.Sources) > 0 {
				r.Developments = append(r.Developments, line)
			}
		}
		for _, d := range s.Disputes {
			dispute := DisputeReport{Field: d.Field, Open: d.Open}
			for _, v := range d.Values {
				value := ValueReport{Value: v.Value}
				for _, src := range v.Sources {
					value.Articles = append(value.Articles, name(src.ArticleID))
				}
				dispute.Values = append(dispute.Values, value)
			}
			if len(dispute.Values) > 1 {
				r.Disputes = append(r.Disputes, dispute)
			}
		}
		out = append(out, r)
	}
	return out
}

func inText(sources []summarize.Source, name func(articleID int64) string) []SourceReport {
	var out []SourceReport
	for _, src := range sources {
		if src.Evidence.Part == summarize.PartText {
			out = append(out, SourceReport{name(src.ArticleID), src.Evidence.Text})
		}
	}
	return out
}
