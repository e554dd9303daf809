package cards

import (
	"time"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/summarize"
)

// A StoryList is one page of /latest, /search or /catchup.
type StoryList struct {
	Title  markdown.Text
	About  markdown.Text // what it was narrowed to, "" = nothing
	Topic  string        // colours it
	Page   bot.StoryPage
	Offset int
	Size   int    // stories a page
	Since  int64  // Unix seconds, 0 = no bound: carried by the buttons
	Query  string // topic or search text: carried by the buttons
	Source string // publisher: carried by the buttons
	Act    string // ActLatest or ActSearch; "" draws no pages
}

// Stories draws one page of stories. It is one message: where the page is more
// than a message holds, stories lose their pictures, then lines.
func Stories(p *locale.Printer, l StoryList) Message {
	if m := storiesWith(p, l, 2, true); measure(m.Components...).fits() {
		return m
	}
	for lines := 2; ; lines-- {
		m := storiesWith(p, l, lines, false)
		if measure(m.Components...).fits() || lines < 0 {
			return m
		}
	}
}

func storiesWith(p *locale.Printer, l StoryList, lines int, pictures bool) Message {
	colour := Colour(l.Topic)
	body := []Component{text("## "+l.Title, small(l.About))}
	if len(l.Page.Stories) == 0 {
		return Message{Components: []Component{container(colour, append(body, text(p.T("card.list.empty")))...)}}
	}
	var options []SelectOption
	for _, s := range l.Page.Stories {
		image := ""
		if pictures {
			image = s.ImageURL
		}
		body = append(body, separator(), textWithImage(image, s.Headline, storyBrief(p, s, lines)...))
		if s.ID != 0 && len(options) < maxOptions {
			options = append(options, storyOption(p, s.ID, s.Headline, p.PlainN("card.publishers", max(1, s.Publishers))))
		}
	}
	body = append(body, separator(), text(small(p.N("card.list.range", l.Page.Total,
		"From", l.Offset+1, "To", l.Offset+len(l.Page.Stories)))))
	if len(options) > 0 {
		body = append(body, row(selectMenu(ID(ActPickStory, 0), p.Plain("card.pick_story"), options)))
	}
	if pages := pager(p, l); len(pages.Components) > 0 {
		body = append(body, pages)
	}
	return Message{Components: []Component{container(colour, body...)}}
}

// pager are the buttons to the pages before and after. The query and the source
// travel in the ids of the two buttons in the middle, which can't be pressed.
func pager(p *locale.Printer, l StoryList) Component {
	if l.Act == "" || l.Size <= 0 || l.Page.Total <= l.Size && l.Offset == 0 {
		return Component{}
	}
	prev := button(ID(l.Act, "p", max(0, l.Offset-l.Size), l.Since), p.Plain("btn.newer"))
	prev.Disabled = l.Offset == 0
	next := button(ID(l.Act, "n", l.Offset+l.Size, l.Since), p.Plain("btn.older"))
	next.Disabled = l.Offset+l.Size >= l.Page.Total
	page := button(ID(ActState, "q", l.Query), p.Plain("card.page", "Page", l.Offset/l.Size+1, "Pages", (l.Page.Total+l.Size-1)/l.Size))
	page.Disabled = true
	out := row(prev, page, next)
	if l.Source != "" {
		source := button(ID(ActState, "s", l.Source), l.Source)
		source.Disabled = true
		out.Components = append(out.Components, source)
	}
	return out
}

// State limits: what the pager's buttons can carry.
const (
	MaxQuery  = maxCustomID - len(IDVersion+":"+ActState+":q:")
	MaxSource = maxCustomID - len(IDVersion+":"+ActState+":s:")
)

// StateOf reads what a message's state buttons carry, by kind.
func StateOf(customIDs []string) map[string]string {
	out := map[string]string{}
	for _, id := range customIDs {
		if action, args, ok := ParseID(id); ok && action == ActState && len(args) > 2 && args[1] == ':' {
			out[args[:1]] = args[2:]
		}
	}
	return out
}

// storyBrief draws one story of a list: headline, standing, and its heaviest
// lines. With fewer than one line, the sources stand under the headline.
func storyBrief(p *locale.Printer, s summarize.Story, lines int) []markdown.Text {
	out := []markdown.Text{"### " + headline(p, s.Headline)}
	out = append(out, small(markdown.Join(" · ", support(p, s.Publishers), updated(p, s.UpdatedAt, s.FirstSeenAt))))
	b := &budget{left: 420}
	if lines >= 1 {
		for i, d := range s.Lines() {
			if i == lines {
				break
			}
			t := markdown.EscapeCut(d.Text, 240)
			if src := sources(p, d.Sources[:min(2, len(d.Sources))], b); src != "" {
				t += " (" + src + ")"
			}
			out = append(out, bullet(t))
		}
	}
	if len(out) == 2 && lines >= 0 {
		if src := sources(p, articleSources(s), b); src != "" {
			out = append(out, small(src))
		}
	}
	for _, d := range s.Disputes {
		if d.Open && len(d.Values) > 1 && lines > 1 {
			out = append(out, small(dispute(p, d, b)))
			break
		}
	}
	return out
}

func updated(p *locale.Printer, at, first time.Time) markdown.Text {
	if at.IsZero() {
		at = first
	}
	if at.IsZero() {
		return ""
	}
	return p.T("card.updated_at", "At", at)
}

func articleSources(s summarize.Story) []summarize.Source {
	var out []summarize.Source
	for _, a := range s.Articles {
		out = append(out, summarize.Source{ArticleID: a.ArticleID, URL: a.URL, Publisher: a.Publisher, Family: a.Family, At: a.PublishedAt})
	}
	return out
}
