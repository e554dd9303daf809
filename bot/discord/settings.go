package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/markdown"
	"sitrep/bot/manage"
)

// settings shows the server's settings, and changes those that are given.
func (d *desk) settings(ctx context.Context, a *Ask) (Reply, error) {
	var change manage.Settings
	for name, to := range map[string]**string{"language": &change.Lang, "zone": &change.Zone} {
		if v := a.Text(name); v != "" {
			*to = &v
		}
	}
	if id := a.Snowflake("admin_channel"); id != "" {
		if err := d.checkChannel(ctx, a, bot.Schedule{ChannelID: id}); err != nil {
			return Reply{}, err
		}
		change.AdminChannel = &id
	}
	if a.Given("models") {
		out := !a.Bool("models", true)
		change.LLMOptOut = &out
	}
	title := a.P.T("card.settings.title")
	var g bot.Guild
	var err error
	if change == (manage.Settings{}) {
		g, err = d.Guilds.Get(ctx, a.GuildID)
	} else {
		title = a.P.T("card.settings.saved")
		g, err = d.Guilds.Change(ctx, a.GuildID, change)
	}
	if err != nil {
		return Reply{}, err
	}
	admin := markdown.Channel(g.AdminChannel)
	if admin == "" {
		admin = a.P.T("card.settings.no_admin")
	}
	models := a.P.T("card.settings.models_on")
	if g.LLMOptOut {
		models = a.P.T("card.settings.models_off")
	}
	return say(cards.Say(cards.Good, title,
		a.P.T("card.settings.language", "Language", a.P.T("choice.language."+g.Lang)),
		a.P.T("card.settings.zone", "Zone", g.Zone),
		a.P.T("card.settings.admin", "Channel", admin),
		models)), nil
}

// useQuota counts one use and refuses what is over the limit.
func (d *desk) useQuota(ctx context.Context, a *Ask, key string, limit int, window time.Duration) error {
	ok, err := d.Persons.UseQuota(ctx, key, limit, window, a.Now)
	if err != nil {
		return fmt.Errorf("count the quota %s: %w", key, err)
	}
	if !ok {
		return bot.ErrQuota
	}
	return nil
}

// lacking refuses a channel, naming the permissions that the bot lacks there.
func lacking(channelID string, names []string) error {
	return bot.NewUserError("channel_permissions", "I can't post in that channel. There I lack: {Permissions}",
		"Channel", channelID, "Permissions", strings.Join(names, ", "))
}

func nonEmpty(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func sorted(list []markdown.Text) []markdown.Text {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
