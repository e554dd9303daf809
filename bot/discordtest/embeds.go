package discordtest

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Embed is a rich embed of a message.
type Embed struct {
	Title, Description, URL string
	Color                   int
	Timestamp               time.Time
	Author                  EmbedAuthor
	Footer                  EmbedFooter
	Image, Thumbnail        string
	Fields                  []EmbedField
}

// EmbedAuthor is the line above an embed's title.
type EmbedAuthor struct{ Name, URL, IconURL string }

// EmbedFooter is the line below an embed.
type EmbedFooter struct{ Text, IconURL string }

// EmbedField is a named part of an embed.
type EmbedField struct {
	Name, Value string
	Inline      bool
}

// maxEmbedText is the most text that all embeds of a message may have together.
const maxEmbedText = 6000

// readEmbeds reads and checks the embeds of a request.
func readEmbeds(f form, files fileNames) []Embed {
	var out []Embed
	total := 0
	count := func(s string) string {
		total += utf8.RuneCountInString(strings.TrimSpace(s))
		return strings.TrimSpace(s)
	}
	for _, e := range f.objects("embeds", 0, 10) {
		var em Embed
		em.Title = count(e.str("title", 0, 256))
		em.Description = count(e.str("description", 0, 4096))
		if e.has("url") {
			em.URL = e.web("url", 2048)
		}
		if n, ok := e.integer("color", 0, 0xFFFFFF); ok {
			em.Color = int(n)
		}
		em.Timestamp, _ = e.timestamp("timestamp")
		if a, ok := e.object("author"); ok {
			em.Author.Name = count(a.reqStr("name", 1, 256))
			if a.has("url") {
				em.Author.URL = a.web("url", 2048)
			}
			em.Author.IconURL = readMediaURL(a, "icon_url", files)
		}
		if a, ok := e.object("footer"); ok {
			em.Footer.Text = count(a.reqStr("text", 1, 2048))
			em.Footer.IconURL = readMediaURL(a, "icon_url", files)
		}
		if a, ok := e.object("image"); ok {
			em.Image = readMediaURL(a, "url", files)
		}
		if a, ok := e.object("thumbnail"); ok {
			em.Thumbnail = readMediaURL(a, "url", files)
		}
		for _, fl := range e.objects("fields", 0, 25) {
			inline, _ := fl.boolean("inline")
			em.Fields = append(em.Fields, EmbedField{count(fl.reqStr("name", 1, 256)), count(fl.reqStr("value", 1, 1024)), inline})
		}
		if em.Title == "" && em.Description == "" && len(em.Fields) == 0 && em.Author.Name == "" && em.Footer.Text == "" && em.Image == "" && em.Thumbnail == "" {
			e.fail("description", "BASE_TYPE_REQUIRED", "This field is required")
		}
		out = append(out, em)
	}
	if total > maxEmbedText {
		f.fail("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d", maxEmbedText)
	}
	return out
}

// readMediaURL reads a URL that may point into the message's own attachments.
func readMediaURL(f form, name string, files fileNames) string {
	if !f.has(name) {
		return ""
	}
	s := f.web(name, 2048, "http", "https", "attachment")
	if n, ok := strings.CutPrefix(s, "attachment://"); ok {
		if _, known := files[n]; !known {
			f.fail(name, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "Referenced attachment was not found in the request")
		}
	}
	return s
}

func (e Embed) json() map[string]any {
	j := map[string]any{"type": "rich"}
	set := func(k, v string) {
		if v != "" {
			j[k] = v
		}
	}
	set("title", e.Title)
	set("description", e.Description)
	set("url", e.URL)
	if e.Color != 0 {
		j["color"] = e.Color
	}
	if !e.Timestamp.IsZero() {
		j["timestamp"] = timestamp(e.Timestamp)
	}
	if e.Author.Name != "" {
		a := map[string]any{"name": e.Author.Name}
		if e.Author.URL != "" {
			a["url"] = e.Author.URL
		}
		if e.Author.IconURL != "" {
			a["icon_url"] = e.Author.IconURL
		}
		j["author"] = a
	}
	if e.Footer.Text != "" {
		a := map[string]any{"text": e.Footer.Text}
		if e.Footer.IconURL != "" {
			a["icon_url"] = e.Footer.IconURL
		}
		j["footer"] = a
	}
	if e.Image != "" {
		j["image"] = map[string]any{"url": e.Image}
	}
	if e.Thumbnail != "" {
		j["thumbnail"] = map[string]any{"url": e.Thumbnail}
	}
	if len(e.Fields) > 0 {
		fields := []any{}
		for _, f := range e.Fields {
			fields = append(fields, map[string]any{"name": f.Name, "value": f.Value, "inline": f.Inline})
		}
		j["fields"] = fields
	}
	return j
}
