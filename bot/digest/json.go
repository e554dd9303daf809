package digest

import (
	"encoding/json"
	"io"
	"time"

	"sitrep/bot"
	"sitrep/summarize"
)

type jsonDigest struct {
	Title      string        `json:"title"`
	Since      time.Time     `json:"since"`
	Until      time.Time     `json:"until"`
	Size       bot.Size      `json:"size"`
	Quiet      bool          `json:"quiet"`
	BottomLine []jsonLine    `json:"bottom_line"`
	Items      []jsonItem    `json:"items"`
	Feeds      jsonFeeds     `json:"feeds"`
	LeftOut    []jsonLeftOut `json:"left_out"`
	Engine     string        `json:"engine,omitempty"`
}

type jsonFeeds struct {
	Read     int `json:"read"`
	Failed   int `json:"failed"`
	Articles int `json:"articles"`
}

type jsonLeftOut struct {
	Story  int64  `json:"story"`
	Reason string `json:"reason"`
}

type jsonItem struct {
	Story      int64         `json:"story"`
	Headline   string        `json:"headline"`
	Lang       string        `json:"lang"`
	Topic      string        `json:"topic,omitempty"`
	State      bot.ItemState `json:"state"`
	LeadOnly   bool          `json:"lead_only,omitempty"`
	Lines      []jsonLine    `json:"lines"`
	Background *jsonLine     `json:"background,omitempty"`
	Who        []jsonActor   `json:"who"`
	Publishers int           `json:"publishers"`
	FirstSeen  time.Time     `json:"first_seen,omitzero"`
	Disputes   []jsonDispute `json:"disputes"`
	Weight     float64       `json:"weight"`
	Why        []string      `json:"why"`
}

type jsonLine struct {
	Development int64        `json:"development"`
	Version     int          `json:"version"`
	Text        string       `json:"text"`
	Was         string       `json:"was,omitempty"`
	Changed     bool         `json:"changed,omitempty"`
	Sources     []jsonSource `json:"sources"`
}

type jsonSource struct {
	Publisher string    `json:"publisher"`
	URL       string    `json:"url"`
	At        time.Time `json:"at,omitzero"`
	Evidence  string    `json:"evidence"`
}

type jsonActor struct {
	Name string              `json:"name"`
	Type summarize.ActorType `json:"type"`
	Role string              `json:"role,omitempty"`
}

type jsonDispute struct {
	Field  string      `json:"field"`
	Values []jsonValue `json:"values"`
}

type jsonValue struct {
	Value   string       `json:"value"`
	Sources []jsonSource `json:"sources"`
}

// WriteJSON writes a digest as one indented JSON object.
func WriteJSON(w io.Writer, d bot.Digest) error {
	out := jsonDigest{
		Title: d.Title, Since: d.Since, Until: d.Until, Size: d.Size, Quiet: d.Quiet, Engine: d.Engine, Feeds: jsonFeeds(d.Feeds),
		BottomLine: jsonLines(d.BottomLine), Items: []jsonItem{}, LeftOut: []jsonLeftOut{},
	}
	for _, i := range d.Items {
		item := jsonItem{
			Story: i.StoryID, Headline: i.Headline, Lang: i.Lang, Topic: i.Topic, State: i.State, LeadOnly: i.LeadOnly, Lines: jsonLines(i.Lines),
			Publishers: i.Publishers, FirstSeen: i.FirstSeenAt, Weight: i.Weight, Why: i.Why, Who: []jsonActor{}, Disputes: []jsonDispute{},
		}
		if i.Background != nil && i.Background.Text != "" {
			item.Background = &jsonLines([]bot.Line{*i.Background})[0]
		}
		for _, a := range i.Who {
			item.Who = append(item.Who, jsonActor{a.Name, a.Type, a.Role})
		}
		for _, dispute := range i.Disputes {
			j := jsonDispute{Field: dispute.Field}
			for _, v := range dispute.Values {
				j.Values = append(j.Values, jsonValue{v.Value, jsonSources(v.Sources)})
			}
			item.Disputes = append(item.Disputes, j)
		}
		out.Items = append(out.Items, item)
	}
	for _, l := range d.LeftOut {
		out.LeftOut = append(out.LeftOut, jsonLeftOut{l.StoryID, l.Reason})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func jsonLines(lines []bot.Line) []jsonLine {
	out := make([]jsonLine, 0, len(lines))
	for _, l := range lines {
		out = append(out, jsonLine{l.DevelopmentID, l.Version, l.Text, l.Was, l.Changed, jsonSources(l.Sources)})
	}
	return out
}

func jsonSources(sources []summarize.Source) []jsonSource {
	out := make([]jsonSource, 0, len(sources))
	for _, s := range sources {
		out = append(out, jsonSource{s.Publisher, s.URL, s.At, s.Evidence.Text})
	}
	return out
}
