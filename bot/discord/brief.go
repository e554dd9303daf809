package discord

import (
	"context"
	"regexp"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
)

// brief reads the article at an address.
func (d *desk) brief(ctx context.Context, a *Ask) (Reply, error) {
	return d.briefURL(ctx, a, a.Text("url"))
}

var linkInText = regexp.MustCompile(`https?://[^\s<>|\])"']+`)

// briefThis reads the article that a message links to.
func (d *desk) briefThis(ctx context.Context, a *Ask) (Reply, error) {
	link := ""
	if m := a.Target; m != nil {
		link = linkInText.FindString(m.Content)
		for _, e := range m.Embeds {
			if link == "" && e != nil {
				link = e.URL
			}
		}
	}
	if link == "" {
		return Reply{}, bot.NewUserError("no_link", "That message has no link to an article.")
	}
	return d.briefURL(ctx, a, link)
}

func (d *desk) briefURL(ctx context.Context, a *Ask, address string) (Reply, error) {
	if d.Briefer == nil {
		return explain("error.switched_off")(ctx, a)
	}
	if err := d.Quotas.Brief(ctx, a.UserID, a.GuildID); err != nil {
		return Reply{}, err
	}
	article, brief, err := d.Briefer.Brief(ctx, a.GuildID, address)
	if err != nil {
		return Reply{}, err
	}
	return say(cards.Brief(a.P, article, brief)...), nil
}
