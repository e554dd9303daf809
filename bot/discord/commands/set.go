package commands

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/locale"
)

// A Command is one application command as it is registered: see All.
type Command struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description,omitempty"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Options                  []Option          `json:"options,omitempty"`
	DefaultMemberPermissions *Permissions      `json:"default_member_permissions,omitempty"`
	Contexts                 []int             `json:"contexts,omitempty"`
	IntegrationTypes         []int             `json:"integration_types,omitempty"`
}

// An Option is an argument of a command, or a subcommand with its own.
type Option struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
	Choices                  []Choice          `json:"choices,omitempty"`
	Options                  []Option          `json:"options,omitempty"`
	ChannelTypes             []int             `json:"channel_types,omitempty"`
	MinValue                 *int              `json:"min_value,omitempty"`
	MaxValue                 *int              `json:"max_value,omitempty"`
	MinLength                *int              `json:"min_length,omitempty"`
	MaxLength                *int              `json:"max_length,omitempty"`
}

// Permissions is a set of Discord's permission bits. It is sent as a number, as
// Discord's description asks, and read as the text that Discord answers with.
type Permissions int64

// UnmarshalJSON reads the bits from a number or from text.
func (p *Permissions) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(strings.Trim(string(b), `"`), 10, 64)
	if err != nil {
		return fmt.Errorf("read permissions %s: %w", b, err)
	}
	*p = Permissions(n)
	return nil
}

// A Choice is one of an option's fixed values.
type Choice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             string            `json:"value"`
}

// Where commands can be used, and how the bot got there.
var (
	everywhere  = []int{0, 1, 2} // servers, direct messages with the bot, other private channels
	withBot     = []int{0, 1}
	serverOnly  = []int{0}
	byAnyone    = []int{0, 1} // installed in a server, or by a user
	byServer    = []int{0}
	postable    = []int{int(discordgo.ChannelTypeGuildText), int(discordgo.ChannelTypeGuildNews), int(discordgo.ChannelTypeGuildForum), int(discordgo.ChannelTypeGuildNewsThread), int(discordgo.ChannelTypeGuildPublicThread)}
	manageGuild = Permissions(discordgo.PermissionManageGuild)
)

// MaxTopic is the longest topic of a subscription made by command: its dry run
// carries it in the ids of two buttons.
const MaxTopic = 150

// BriefThis is the name of the message command.
const BriefThis = "Brief this"

// All is the whole set, with names and descriptions in every language of
// the catalog. The texts are keys "cmd.NAME.label" and "cmd.NAME.about", with
// the subcommand and option after a dot each.
func All() []Command {
	name := actorOption("name")
	reading := []spec{
		{name: "latest", contexts: everywhere, types: byAnyone, options: []opt{text("topic").most(cards.MaxQuery), sinceOption(), text("source").most(cards.MaxSource).auto()}},
		{name: "who", contexts: everywhere, types: byAnyone, options: []opt{name.must()}},
		{name: "catchup", contexts: everywhere, types: byAnyone},
		{name: "brief", contexts: everywhere, types: byAnyone, options: []opt{text("url").must().most(2000)}},
		{name: "story", contexts: withBot, types: byServer, options: []opt{text("story").must().auto().most(100)}},
		{name: "search", contexts: withBot, types: byServer, options: []opt{text("query").must().most(cards.MaxQuery), sinceOption(), text("source").most(cards.MaxSource).auto()}},
		{name: "quotes", contexts: withBot, types: byServer, options: []opt{name.must(), text("topic").most(100)}},
		{name: "between", contexts: withBot, types: byServer, options: []opt{actorOption("a").must(), actorOption("b").must()}},
		{name: "subscribe", contexts: withBot, types: byServer, options: []opt{text("topic").must().most(MaxTopic),
			choice("where", "dm", "channel"), choice("when", "instantly", "daily"), whole("publishers", 1, 20)}},
		{name: "unsubscribe", contexts: withBot, types: byServer, options: []opt{text("subscription").must().auto().most(100)}},
		{name: "subscriptions", contexts: withBot, types: byServer},
		{name: "why", contexts: withBot, types: byServer, options: []opt{text("item").must().most(500)}},
		{name: "privacy", contexts: withBot, types: byServer, subs: []spec{{name: "export"}, {name: "delete"}}},
		{name: "help", contexts: withBot, types: byServer},
	}
	when := text("when").most(90)
	digestOptions := []opt{text("topics").most(200), text("name").most(60), choice("size", string(bot.SizeShort), string(bot.SizeStandard), string(bot.SizeLong)),
		text("zone").auto().most(60), languageOption(), flag("thread"), flag("crosspost"), role("ping"), whole("publishers", 1, 20), flag("quiet")}
	digest := text("digest").must().auto().most(100)
	managing := []spec{
		{name: "digest", subs: []spec{
			{name: "schedule", options: append([]opt{channel("channel").must(), when.must()}, digestOptions...)},
			{name: "list"},
			{name: "edit", options: append([]opt{digest, channel("channel"), when}, append(digestOptions[:len(digestOptions):len(digestOptions)], flag("silent"))...)},
			{name: "pause", options: []opt{digest}},
			{name: "remove", options: []opt{digest}},
			{name: "now", options: []opt{text("digest").auto().most(100)}},
			{name: "preview", options: []opt{text("digest").auto().most(100), text("topics").most(200)}},
		}},
		{name: "feeds", subs: []spec{
			{name: "add", options: []opt{text("url").must().most(1000), text("include").most(90), text("exclude").most(90)}},
			{name: "remove", options: []opt{text("feed").must().auto().most(100)}},
			{name: "filter", options: []opt{text("feed").must().auto().most(100), text("include").most(200), text("exclude").most(200)}},
			{name: "list"},
			{name: "health"},
			{name: "import", options: []opt{file("file").must()}},
			{name: "export"},
			{name: "packs", options: []opt{text("pack").auto().most(100)}},
		}},
		{name: "setup", options: []opt{text("pack").auto().most(100), channel("channel"), when, text("zone").auto().most(60)}},
		{name: "settings", options: []opt{languageOption(), text("zone").auto().most(60), channel("admin_channel"), flag("models")}},
		{name: "status"},
		{name: "actors", subs: []spec{
			{name: "merge", options: []opt{actorOption("into").must(), actorOption("from").must()}},
			{name: "split", options: []opt{actorOption("actor").must(), text("aliases").must().most(400)}},
			{name: "undo", options: []opt{text("operation").must().most(20)}},
		}},
	}
	var out []Command
	for _, s := range reading {
		out = append(out, s.command())
	}
	for _, s := range managing {
		s.contexts, s.types = serverOnly, byServer
		c := s.command()
		c.DefaultMemberPermissions = &manageGuild
		out = append(out, c)
	}
	brief := Command{Type: int(discordgo.MessageApplicationCommand), Name: BriefThis, Contexts: everywhere, IntegrationTypes: byAnyone}
	_, brief.NameLocalizations = localized("cmd.brief_this.label")
	return append(out, brief)
}

// A spec is a command or subcommand before its texts are filled in.
type spec struct {
	name            string
	options         []opt
	subs            []spec
	contexts, types []int
}

type opt struct{ Option }

func (s spec) command() Command {
	c := Command{Type: int(discordgo.ChatApplicationCommand), Contexts: s.contexts, IntegrationTypes: s.types, Name: s.name}
	key := "cmd." + s.name
	_, c.NameLocalizations = localized(key + ".label")
	c.Description, c.DescriptionLocalizations = localized(key + ".about")
	for _, sub := range s.subs {
		o := Option{Type: int(discordgo.ApplicationCommandOptionSubCommand)}
		o.describe(sub.name, key+"."+sub.name)
		o.Options = filled(sub.options, key+"."+sub.name)
		c.Options = append(c.Options, o)
	}
	c.Options = append(c.Options, filled(s.options, key)...)
	return c
}

func filled(options []opt, key string) []Option {
	var out []Option
	for _, o := range options {
		o.describe(o.Name, key+"."+o.Name)
		for i, c := range o.Choices {
			o.Choices[i].Name, o.Choices[i].NameLocalizations = localized("choice." + o.Name + "." + c.Value)
		}
		out = append(out, o.Option)
	}
	return out
}

// describe gives an option its texts: its own where the catalog has them, those
// that options of this name share otherwise.
func (o *Option) describe(name, key string) {
	o.Name = name
	base := locale.For(locale.Default)
	label, about := "opt."+name, key+".about"
	if base.Has(key + ".label") {
		label = key + ".label"
	}
	if !base.Has(about) {
		about = "opt." + name + ".about"
	}
	_, o.NameLocalizations = localized(label)
	o.Description, o.DescriptionLocalizations = localized(about)
}

// localized is a catalog text in the default language, and in the others by
// Discord's locales. Those that equal the default are left out.
func localized(key string) (string, map[string]string) {
	base := locale.For(locale.Default).Plain(key)
	out := map[string]string{}
	for _, lang := range locale.Langs() {
		if text := locale.For(lang).Plain(key); text != base {
			for _, l := range locale.DiscordLocales(lang) {
				out[l] = text
			}
		}
	}
	if len(out) == 0 {
		return base, nil
	}
	return base, out
}

func option(kind discordgo.ApplicationCommandOptionType, name string) opt {
	return opt{Option{Type: int(kind), Name: name}}
}

func text(name string) opt { return option(discordgo.ApplicationCommandOptionString, name) }
func flag(name string) opt { return option(discordgo.ApplicationCommandOptionBoolean, name) }
func role(name string) opt { return option(discordgo.ApplicationCommandOptionRole, name) }
func file(name string) opt { return option(discordgo.ApplicationCommandOptionAttachment, name) }

func channel(name string) opt {
	o := option(discordgo.ApplicationCommandOptionChannel, name)
	o.ChannelTypes = postable
	return o
}

func whole(name string, lo, hi int) opt {
	o := option(discordgo.ApplicationCommandOptionInteger, name)
	o.MinValue, o.MaxValue = &lo, &hi
	return o
}

func choice(name string, values ...string) opt {
	o := text(name)
	for _, v := range values {
		o.Choices = append(o.Choices, Choice{Value: v})
	}
	return o
}

func sinceOption() opt            { return choice("since", "1h", "6h", "24h", "72h", "168h") }
func languageOption() opt         { return choice("language", locale.Langs()...) }
func actorOption(name string) opt { return text(name).auto().most(100) }
func (o opt) must() opt           { o.Required = true; return o }
func (o opt) auto() opt           { o.Autocomplete = true; return o }
func (o opt) most(n int) opt      { o.MaxLength = &n; return o }
