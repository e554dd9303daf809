package discord

import (
	"log/slog"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/locale"
)

// An Ask is one interaction, as a handler sees it: who asks what, where, in
// which language, and whose feeds the answer may draw on.
type Ask struct {
	ID        string
	P         *locale.Printer
	Scope     bot.Scope
	GuildID   string // the server that it is asked in and that the bot is a member of, "" otherwise
	ChannelID string
	UserID    string
	Manager   bool // may manage the server
	AppPerms  int64
	Now       time.Time
	Command   string            // "digest schedule"; of autocompletes too
	Focused   string            // the option being typed, in autocompletes
	Args      string            // of a component's or form's custom id
	Values    []string          // chosen in a menu
	Fields    map[string]string // of a form, by custom id
	IDs       []string          // of all buttons of the message that a component sits on
	State     map[string]string // carried by the message's buttons: see cards.StateOf
	MessageID string            // the message that a component sits on, or that a message command names
	Target    *discordgo.Message
	Files     map[string]*discordgo.MessageAttachment // of options, by attachment id
	Channels  map[string]*discordgo.Channel           // of options, by id, with the asker's permissions

	options map[string]*discordgo.ApplicationCommandInteractionDataOption
	log     *slog.Logger
}

// newAsk reads an interaction. It returns nil for one that is too incomplete to
// be answered: the library passes on what it could not decode.
func newAsk(i *discordgo.InteractionCreate, now time.Time) *Ask {
	if i == nil || i.Interaction == nil || i.ID == "" || i.Token == "" {
		return nil
	}
	a := &Ask{ID: i.ID, ChannelID: i.ChannelID, AppPerms: i.AppPermissions, Now: now, P: locale.For(string(i.Locale)),
		options: map[string]*discordgo.ApplicationCommandInteractionDataOption{}}
	switch {
	case i.Member != nil && i.Member.User != nil:
		a.UserID = i.Member.User.ID
	case i.User != nil:
		a.UserID = i.User.ID
	}
	if a.UserID == "" {
		return nil
	}
	if i.GuildID != "" && i.Member != nil && installedIn(i) {
		a.GuildID = i.GuildID
		a.Manager = i.Member.Permissions&(discordgo.PermissionManageGuild|discordgo.PermissionAdministrator) != 0
	}
	a.Scope = bot.Scope{GuildID: a.GuildID, UserID: a.UserID}
	switch d := i.Data.(type) {
	case discordgo.ApplicationCommandInteractionData:
		a.readCommand(d)
	case discordgo.MessageComponentInteractionData:
		a.Values = d.Values
		if i.Message != nil {
			a.MessageID = i.Message.ID
			a.IDs = customIDs(i.Message.Components)
			a.State = cards.StateOf(a.IDs)
			if u := linkOf(i.Message.Components); u != "" {
				a.State["u"] = u
			}
		}
	case discordgo.ModalSubmitInteractionData:
		a.Fields = map[string]string{}
		readFields(d.Components, a.Fields)
		if i.Message != nil {
			a.MessageID = i.Message.ID
		}
	default:
		return nil
	}
	return a
}

// installedIn reports whether the interaction comes by the server's own
// installation of the bot, not only by the user's.
func installedIn(i *discordgo.InteractionCreate) bool {
	if len(i.AuthorizingIntegrationOwners) == 0 {
		return true
	}
	_, ok := i.AuthorizingIntegrationOwners[discordgo.ApplicationIntegrationGuildInstall]
	return ok
}

func (a *Ask) readCommand(d discordgo.ApplicationCommandInteractionData) {
	a.Command = d.Name
	options := d.Options
	for len(options) == 1 && options[0] != nil && (options[0].Type == discordgo.ApplicationCommandOptionSubCommand ||
		options[0].Type == discordgo.ApplicationCommandOptionSubCommandGroup) {
		a.Command += " " + options[0].Name
		options = options[0].Options
	}
	for _, o := range options {
		if o == nil {
			continue
		}
		a.options[o.Name] = o
		if o.Focused {
			a.Focused = o.Name
		}
	}
	a.MessageID = d.TargetID
	if r := d.Resolved; r != nil {
		a.Files, a.Channels, a.Target = r.Attachments, r.Channels, r.Messages[d.TargetID]
	}
}

// Text is a text option, trimmed; "" where it was not given.
func (a *Ask) Text(name string) string {
	if o := a.options[name]; o != nil {
		s, _ := o.Value.(string)
		return strings.TrimSpace(s)
	}
	return ""
}

// Given reports whether an option was given.
func (a *Ask) Given(name string) bool { return a.options[name] != nil }

// Int is a whole-number option, or otherwise where it was not given.
func (a *Ask) Int(name string, otherwise int) int {
	if o := a.options[name]; o != nil {
		if f, ok := o.Value.(float64); ok {
			return int(f)
		}
	}
	return otherwise
}

// Bool is a yes-or-no option, or otherwise where it was not given.
func (a *Ask) Bool(name string, otherwise bool) bool {
	if o := a.options[name]; o != nil {
		if b, ok := o.Value.(bool); ok {
			return b
		}
	}
	return otherwise
}

// Snowflake is the id that a channel, role or attachment option holds.
func (a *Ask) Snowflake(name string) string {
	if o := a.options[name]; o != nil {
		s, _ := o.Value.(string)
		return s
	}
	return ""
}

func customIDs(components []discordgo.MessageComponent) []string {
	var out []string
	for _, c := range components {
		switch c := c.(type) {
		case *discordgo.Container:
			out = append(out, customIDs(c.Components)...)
		case *discordgo.ActionsRow:
			out = append(out, customIDs(c.Components)...)
		case *discordgo.Button:
			out = append(out, c.CustomID)
		}
	}
	return out
}

// linkOf is the address of the first link button.
func linkOf(components []discordgo.MessageComponent) string {
	for _, c := range components {
		var inside []discordgo.MessageComponent
		switch c := c.(type) {
		case *discordgo.Container:
			inside = c.Components
		case *discordgo.ActionsRow:
			inside = c.Components
		case *discordgo.Button:
			if c.URL != "" {
				return c.URL
			}
		}
		if u := linkOf(inside); u != "" {
			return u
		}
	}
	return ""
}

func readFields(components []discordgo.MessageComponent, out map[string]string) {
	for _, c := range components {
		switch c := c.(type) {
		case *discordgo.ActionsRow:
			readFields(c.Components, out)
		case *discordgo.TextInput:
			out[c.CustomID] = strings.TrimSpace(c.Value)
		}
	}
}
