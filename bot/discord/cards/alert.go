package cards

import (
	"strconv"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Alert draws what is new for a subscriber: one story, or with a.Summary a list.
func Alert(p *locale.Printer, a bot.Alert) []Message {
	title := p.T("card.alert.title", "Topic", alertTopic(p, a))
	if a.Summary {
		title = p.T("card.alert.summary", "Topic", alertTopic(p, a))
	}
	why := "card.alert.why"
	if a.Subscription.ChannelID != "" {
		why = "card.alert.why_channel"
	}
	head := markdown.Join("\n", small(title), "")
	colour := Colour(a.Subscription.Query)
	if a.Item.Severity >= 0.8 && !a.Summary {
		colour = colourAlert
	}
	items := append([]bot.Item{a.Item}, a.More...)
	if a.Summary && a.Item.StoryID == 0 && a.Item.Headline == "" {
		items = a.More
	}
	l := layout{
		header: []Component{text(head)},
		colour: colour,
		cont:   func(part int) Component { return text(small(p.T("card.continued", "Title", title, "Part", part+1))) },
		footer: []Component{text(small(p.T(why)))},
		actions: func(part, from, to int) []Component {
			if !a.Summary && len(items) == 1 {
				tools := Tools(0)
				if a.Subscription.ChannelID != "" {
					tools = Report | Lean
				}
				return storyActions(p, items[0].StoryID, true, tools)
			}
			var options []SelectOption
			for _, it := range items[from:min(to, from+maxOptions)] {
				if it.StoryID != 0 {
					options = append(options, storyOption(p, it.StoryID, it.Headline, p.PlainN("card.publishers", max(1, it.Publishers))))
				}
			}
			if len(options) == 0 {
				return nil
			}
			return []Component{row(selectMenu(ID(ActPickStory, part), p.Plain("card.pick_story"), options))}
		},
	}
	for i, it := range items {
		l.blocks = append(l.blocks, block{colour: colour, item: i, components: []Component{textWithImage(it.ImageURL, it.Headline, item(p, it)...)}})
	}
	if len(l.blocks) == 0 {
		l.header = append(l.header, text(p.T("card.digest.quiet")))
	}
	return l.pack()
}

func alertTopic(p *locale.Printer, a bot.Alert) markdown.Text {
	switch {
	case a.Subscription.Query != "":
		return markdown.EscapeCut(a.Subscription.Query, 100)
	case a.Subscription.StoryID != 0:
		return p.T("card.alert.story")
	case len(a.Item.Who) > 0 && a.Subscription.ActorID != 0:
		for _, w := range a.Item.Who {
			if w.ActorID == a.Subscription.ActorID {
				return markdown.EscapeCut(w.Name, 100)
			}
		}
	}
	return p.T("card.alert.actor")
}

// Tools are what can be done about a story beyond reading it, where it is shown.
type Tools int

// Report tells a server's admins of an error; Lean has the channel see more or
// fewer stories of its kind. Direct messages have neither.
const (
	Report Tools = 1 << iota
	Lean
)

// storyActions are what can be done with one story. With more, the story's own
// card can be opened too.
func storyActions(p *locale.Printer, storyID int64, more bool, tools Tools) []Component {
	if storyID == 0 {
		return nil
	}
	first := []Component{primary(ID(ActReceipts, storyID), p.Plain("btn.receipts"))}
	if more {
		first = append(first, button(ID(ActStory, storyID), p.Plain("btn.more")))
	}
	first = append(first, button(ID(ActFollowStory, storyID), p.Plain("btn.follow")))
	var second []Component
	if tools&Lean != 0 {
		second = append(second, button(ID(ActMoreLike, storyID), p.Plain("btn.more_like")), button(ID(ActFewerLike, storyID), p.Plain("btn.fewer_like")))
	}
	if tools&Report != 0 {
		second = append(second, button(ID(ActReport, storyID), p.Plain("btn.report")))
	}
	if len(second) == 0 {
		return []Component{row(first...)}
	}
	return []Component{row(first...), row(second...)}
}
