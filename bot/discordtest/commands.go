package discordtest

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The kinds of command, with Discord's numbers.
const (
	CommandChat    = 1
	CommandUser    = 2
	CommandMessage = 3
)

// The kinds of option, with Discord's numbers.
const (
	OptionSubcommand      = 1
	OptionSubcommandGroup = 2
	OptionString          = 3
	OptionInteger         = 4
	OptionBoolean         = 5
	OptionUser            = 6
	OptionChannel         = 7
	OptionRole            = 8
	OptionMentionable     = 9
	OptionNumber          = 10
	OptionAttachment      = 11
)

// The contexts of an interaction.
const (
	ContextGuild          = 0
	ContextBotDM          = 1
	ContextPrivateChannel = 2
)

// The ways an application is installed.
const (
	installGuild = 0
	installUser  = 1
)

const (
	maxCommandSize  = 8000
	dailyCreates    = 200
	maxOptions      = 25
	maxChoices      = 25
	maxChatCommands = 100
	maxMenuCommands = 15
)

// CommandInfo is a registered application command.
type CommandInfo struct {
	ID, Version, GuildID     string
	Type                     int
	Name, Description        string
	NameLocalizations        map[string]string
	DescriptionLocalizations map[string]string
	Options                  []CommandOption
	// DefaultMemberPermissions is what a member needs; nil means nothing, zero means only administrators.
	DefaultMemberPermissions *Permissions
	Contexts                 []int
	IntegrationTypes         []int
	NSFW                     bool
}

// CommandOption is one option of a command.
type CommandOption struct {
	Type                     int
	Name, Description        string
	NameLocalizations        map[string]string
	DescriptionLocalizations map[string]string
	Required, Autocomplete   bool
	Choices                  []Choice
	Options                  []CommandOption
	ChannelTypes             []int
	MinValue, MaxValue       *float64
	MinLength, MaxLength     *int
}

// Choice is a choice of an option, or a suggestion of an autocomplete. Value is a string,
// or a float64 for numbers.
type Choice struct {
	Name              string
	NameLocalizations map[string]string
	Value             any
}

// commandStore holds the registered commands.
type commandStore struct {
	byID    map[string]*CommandInfo
	creates map[string][]time.Time // by guild, "" for global ones
}

func newCommandStore() commandStore {
	return commandStore{byID: map[string]*CommandInfo{}, creates: map[string][]time.Time{}}
}

func (st *commandStore) forgetGuild(id string) {
	for k, c := range st.byID {
		if c.GuildID == id {
			delete(st.byID, k)
		}
	}
}

// of are the commands of a guild, or the global ones.
func (st *commandStore) of(guildID string) []*CommandInfo {
	var out []*CommandInfo
	for _, c := range st.byID {
		if c.GuildID == guildID {
			out = append(out, c)
		}
	}
	sort.Slice(out, func(i, j int) bool { return idLess(out[i].ID, out[j].ID) })
	return out
}

func (st *commandStore) named(guildID string, kind int, name string) *CommandInfo {
	for _, c := range st.of(guildID) {
		if c.Type == kind && c.Name == name {
			return c
		}
	}
	return nil
}

// mayCreate counts a creation and says whether today's are used up.
func (st *commandStore) mayCreate(guildID string, now time.Time) bool {
	var recent []time.Time
	for _, t := range st.creates[guildID] {
		if now.Sub(t) < 24*time.Hour {
			recent = append(recent, t)
		}
	}
	if len(recent) >= dailyCreates {
		st.creates[guildID] = recent
		return false
	}
	st.creates[guildID] = append(recent, now)
	return true
}

// Commands are the registered commands: the global ones, or those of one guild.
func (s *Server) Commands(g *Guild) []CommandInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := ""
	if g != nil {
		id = g.ID
	}
	var out []CommandInfo
	for _, c := range s.commands.of(id) {
		out = append(out, *c)
	}
	return out
}

// WaitCommand waits until the bot has registered a chat command, globally.
func (s *Server) WaitCommand(ctx context.Context, name string) error {
	return s.wait(ctx, "the command /"+name, func() bool { return s.commands.named("", CommandChat, name) != nil })
}

// chatName says whether a name is one that a chat command or an option may have: letters, digits,
// "_", "-" and "'" of any script, and no upper case.
func chatName(name string) bool {
	n := utf8.RuneCountInString(name)
	if n < 1 || n > 32 {
		return false
	}
	for _, r := range name {
		ok := r == '-' || r == '_' || r == '\'' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Devanagari, r) || unicode.Is(unicode.Thai, r)
		if !ok || unicode.ToLower(r) != r {
			return false
		}
	}
	return true
}

// readCommand reads a command of a request and checks it by the rules of the platform.
func readCommand(f form) *CommandInfo {
	c := &CommandInfo{Type: CommandChat}
	if f.has("type") {
		c.Type, _ = f.choice("type", CommandChat, CommandUser, CommandMessage)
	}
	c.Name = f.reqStr("name", 1, 32)
	var nameOK func(string) bool
	if c.Type == CommandChat {
		nameOK = chatName
		if c.Name != "" && !chatName(c.Name) {
			f.fail("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
		}
		c.Description = f.reqStr("description", 1, 100)
		c.DescriptionLocalizations = f.localizations("description_localizations", 1, 100, nil)
		c.Options = readCommandOptions(f, 0)
	} else {
		if f.str("description", 0, 100) != "" {
			f.fail("description", "APPLICATION_COMMAND_DESCRIPTION_INVALID", "Context menu commands cannot have description")
		}
		if len(f.list("options", 0, maxOptions)) > 0 {
			f.fail("options", "APPLICATION_COMMAND_OPTIONS_INVALID", "Context menu commands cannot have options")
		}
	}
	c.NameLocalizations = f.localizations("name_localizations", 1, 32, nameOK)
	if n, ok := f.integer("default_member_permissions", 0, 1<<54-1); ok {
		p := Permissions(n)
		c.DefaultMemberPermissions = &p
	}
	c.NSFW, _ = f.boolean("nsfw")
	c.Contexts = readEnumSet(f, "contexts", ContextGuild, ContextBotDM, ContextPrivateChannel)
	c.IntegrationTypes = readEnumSet(f, "integration_types", installGuild, installUser)
	if c.IntegrationTypes == nil {
		c.IntegrationTypes = []int{installGuild}
	}
	if dm, ok := f.boolean("dm_permission"); ok && c.Contexts == nil {
		c.Contexts = []int{ContextGuild}
		if dm {
			c.Contexts = append(c.Contexts, ContextBotDM)
		}
	}
	if n := commandSize(c); n > maxCommandSize {
		f.fail("", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", maxCommandSize)
	}
	return c
}

func readEnumSet(f form, name string, among ...int64) []int {
	var out []int
	l := f.list(name, minIf(f.has(name)), len(among))
	for i, v := range l {
		sub := form{v: map[string]any{index(i): v}, path: f.at(name), errs: f.errs}
		n, ok := sub.choice(index(i), among...)
		if ok && slices.Contains(out, n) {
			f.fail(name, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
		}
		if ok {
			out = append(out, n)
		}
	}
	return out
}

// readCommandOptions reads options at a depth: 0 of the command, 1 of a group or a subcommand, 2 of a subcommand in a group.
func readCommandOptions(f form, depth int) []CommandOption {
	var out []CommandOption
	subs, plain, optionalSeen := 0, 0, false
	seen := map[string]bool{}
	for _, o := range f.objects("options", 0, maxOptions) {
		op := CommandOption{}
		if !o.require("type") {
			continue
		}
		kind, ok := o.choice("type", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
		if !ok {
			continue
		}
		op.Type = kind
		op.Name = o.reqStr("name", 1, 32)
		if op.Name != "" && !chatName(op.Name) {
			o.fail("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
		}
		if seen[op.Name] {
			o.fail("name", "APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME", "Option name already exists")
		}
		seen[op.Name] = true
		op.Description = o.reqStr("description", 1, 100)
		op.NameLocalizations = o.localizations("name_localizations", 1, 32, chatName)
		op.DescriptionLocalizations = o.localizations("description_localizations", 1, 100, nil)
		op.Required, _ = o.boolean("required")
		switch kind {
		case OptionSubcommand, OptionSubcommandGroup:
			subs++
			if kind == OptionSubcommandGroup && depth > 0 || depth > 1 {
				o.fail("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type invalid")
			}
			if op.Required {
				o.fail("required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "A subcommand can't be required")
			}
			op.Options = readCommandOptions(o, depth+1)
			if kind == OptionSubcommandGroup {
				for i, sub := range op.Options {
					if sub.Type != OptionSubcommand {
						o.errs.add(append(o.at("options"), index(i), "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type invalid")
					}
				}
			}
		default:
			plain++
			if op.Required && optionalSeen {
				o.fail("", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
			}
			optionalSeen = optionalSeen || !op.Required
			readOptionRules(o, &op)
		}
		out = append(out, op)
	}
	if subs > 0 && plain > 0 {
		f.fail("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
	return out
}

func readOptionRules(o form, op *CommandOption) {
	numeric := op.Type == OptionInteger || op.Type == OptionNumber
	if op.Type == OptionString || numeric {
		op.Autocomplete, _ = o.boolean("autocomplete")
		names := map[string]bool{}
		for _, c := range o.objects("choices", 0, maxChoices) {
			ch := Choice{Name: c.reqStr("name", 1, 100), NameLocalizations: c.localizations("name_localizations", 1, 100, nil)}
			if names[ch.Name] {
				c.fail("name", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Option choice name already exists")
			}
			names[ch.Name] = true
			ch.Value = readChoiceValue(c, op.Type)
			op.Choices = append(op.Choices, ch)
		}
		if op.Autocomplete && len(op.Choices) > 0 {
			o.fail("autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", "An option with choices can't have autocomplete")
		}
	} else if o.has("choices") && len(o.list("choices", 0, maxChoices)) > 0 {
		o.fail("choices", "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Only strings and numbers have choices")
	} else if b, _ := o.boolean("autocomplete"); b {
		o.fail("autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", "Only strings and numbers have autocomplete")
	}
	if op.Type == OptionString {
		if n, ok := o.integer("min_length", 0, 6000); ok {
			v := int(n)
			op.MinLength = &v
		}
		if n, ok := o.integer("max_length", 1, 6000); ok {
			v := int(n)
			op.MaxLength = &v
		}
		if op.MinLength != nil && op.MaxLength != nil && *op.MinLength > *op.MaxLength {
			o.fail("min_length", "APPLICATION_COMMAND_OPTION_MIN_LENGTH_INVALID", "min_length can't be greater than max_length")
		}
	}
	if numeric {
		read := func(name string) *float64 {
			v, ok := o.number(name)
			if !ok {
				return nil
			}
			if op.Type == OptionInteger && (v != math.Trunc(v) || math.Abs(v) > 1<<53) {
				o.fail(name, "NUMBER_TYPE_COERCE", "Value is not int.")
			}
			return &v
		}
		op.MinValue, op.MaxValue = read("min_value"), read("max_value")
		if op.MinValue != nil && op.MaxValue != nil && *op.MinValue > *op.MaxValue {
			o.fail("min_value", "APPLICATION_COMMAND_OPTION_MIN_VALUE_INVALID", "min_value can't be greater than max_value")
		}
	}
	if op.Type == OptionChannel {
		op.ChannelTypes = readChannelTypes(o)
	}
}

// readChoiceValue reads the value of a choice for an option of the type.
func readChoiceValue(c form, optionType int) any {
	if !c.present("value") || c.v["value"] == nil {
		c.fail("value", "BASE_TYPE_REQUIRED", "This field is required")
		return nil
	}
	if optionType == OptionString {
		s, ok := c.v["value"].(string)
		if !ok {
			c.fail("value", "STRING_TYPE_CONVERT", "Could not interpret %q as string.", jsonText(c.v["value"]))
			return ""
		}
		if n := utf8.RuneCountInString(s); n < 1 || n > 100 {
			c.fail("value", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
		}
		return s
	}
	v, ok := c.number("value")
	if ok && (optionType == OptionInteger && v != math.Trunc(v) || math.Abs(v) > 1<<53) {
		c.fail("value", "NUMBER_TYPE_COERCE", "Value is not int.")
	}
	return v
}

// commandSize is what a command counts against its 8,000 characters: name, description and choice
// values of everything in it, each with the longest of its localizations.
func commandSize(c *CommandInfo) int {
	return longest(c.Name, c.NameLocalizations) + longest(c.Description, c.DescriptionLocalizations) + optionsSize(c.Options)
}

func optionsSize(os []CommandOption) int {
	n := 0
	for _, o := range os {
		n += longest(o.Name, o.NameLocalizations) + longest(o.Description, o.DescriptionLocalizations) + optionsSize(o.Options)
		for _, ch := range o.Choices {
			n += longest(ch.Name, ch.NameLocalizations) + utf8.RuneCountInString(fmt.Sprint(ch.Value))
		}
	}
	return n
}

func longest(s string, loc map[string]string) int {
	n := utf8.RuneCountInString(s)
	for _, l := range loc {
		n = max(n, utf8.RuneCountInString(l))
	}
	return n
}

// commandScope is the guild of a command request, "" for global ones.
func (s *Server) commandScope(c *call) (string, *apiError) {
	if c.params["application_id"] != s.app.id {
		if s.users[c.params["application_id"]] == nil {
			return "", errUnknownApplication
		}
		return "", errMissingAccess
	}
	g := c.params["guild_id"]
	if g == "" {
		return "", nil
	}
	if s.guilds[g] == nil || s.guilds[g].members[s.botID] == nil {
		return "", errMissingAccess
	}
	return g, nil
}

func (s *Server) listCommands(c *call) (int, any, *apiError) {
	scope, refusal := s.commandScope(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	full := boolParam(c.query.Get("with_localizations"))
	out := []any{}
	for _, cmd := range s.commands.of(scope) {
		out = append(out, s.commandJSON(cmd, full))
	}
	return http.StatusOK, out, nil
}

func (s *Server) getCommand(c *call) (int, any, *apiError) {
	cmd, refusal := s.commandOf(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	return http.StatusOK, s.commandJSON(cmd, true), nil
}

func (s *Server) commandOf(c *call) (*CommandInfo, *apiError) {
	scope, refusal := s.commandScope(c)
	if refusal != nil {
		return nil, refusal
	}
	cmd := s.commands.byID[c.params["command_id"]]
	if cmd == nil || cmd.GuildID != scope {
		return nil, errUnknownCommand
	}
	return cmd, nil
}

func (s *Server) overwriteCommands(c *call) (int, any, *apiError) {
	scope, refusal := s.commandScope(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	v, refusal := decodeJSON(c.raw)
	if refusal != nil {
		return 0, nil, refusal
	}
	var errs formErrors
	list, ok := v.([]any)
	if !ok {
		errs.add(nil, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		return 0, nil, errs.err()
	}
	var next []*CommandInfo
	seen := map[string]bool{}
	counts := map[int]int{}
	for i, x := range list {
		f := form{path: []string{index(i)}, errs: &errs}
		if f.v, ok = x.(map[string]any); !ok {
			f.fail("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
			continue
		}
		cmd := readCommand(f)
		key := fmt.Sprint(cmd.Type, " ", cmd.Name)
		if seen[key] {
			f.fail("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[key] = true
		counts[cmd.Type]++
		next = append(next, cmd)
	}
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	if tooManyCommands(counts) {
		return 0, nil, errTooManyCommands
	}
	created := 0
	for _, cmd := range next {
		if old := s.commands.named(scope, cmd.Type, cmd.Name); old != nil {
			cmd.ID = old.ID
		} else {
			created++
		}
	}
	for range created {
		if !s.commands.mayCreate(scope, s.clock.Now()) {
			return 0, nil, errDailyCreates
		}
	}
	s.commands.forgetGuild(scope)
	out := []any{}
	for _, cmd := range next {
		s.storeCommand(cmd, scope)
		out = append(out, s.commandJSON(cmd, true))
	}
	s.notify()
	return http.StatusOK, out, nil
}

func tooManyCommands(counts map[int]int) bool {
	return counts[CommandChat] > maxChatCommands || counts[CommandUser] > maxMenuCommands || counts[CommandMessage] > maxMenuCommands
}

func (s *Server) storeCommand(cmd *CommandInfo, scope string) {
	if cmd.ID == "" {
		cmd.ID = s.newID()
	}
	cmd.Version = s.newID()
	cmd.GuildID = scope
	s.commands.byID[cmd.ID] = cmd
}

// createCommand makes a command; one of the same name and type is overwritten.
func (s *Server) createCommand(c *call) (int, any, *apiError) {
	scope, refusal := s.commandScope(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	cmd := readCommand(f)
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	status := http.StatusCreated
	if old := s.commands.named(scope, cmd.Type, cmd.Name); old != nil {
		cmd.ID = old.ID
		status = http.StatusOK
	} else {
		counts := map[int]int{cmd.Type: 1}
		for _, x := range s.commands.of(scope) {
			counts[x.Type]++
		}
		if tooManyCommands(counts) {
			return 0, nil, errTooManyCommands
		}
		if !s.commands.mayCreate(scope, s.clock.Now()) {
			return 0, nil, errDailyCreates
		}
	}
	s.storeCommand(cmd, scope)
	s.notify()
	return status, s.commandJSON(cmd, true), nil
}

func (s *Server) editCommand(c *call) (int, any, *apiError) {
	old, refusal := s.commandOf(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	var errs formErrors
	f, refusal := c.form(&errs)
	if refusal != nil {
		return 0, nil, refusal
	}
	merged := s.commandJSON(old, true)
	for k, v := range f.v {
		merged[k] = v
	}
	// Once through JSON, so that the stored command reads like one that was sent.
	m, refusal := decodeObject(encode(merged))
	if refusal != nil {
		return 0, nil, refusal
	}
	cmd := readCommand(form{v: m, errs: &errs})
	if twin := s.commands.named(old.GuildID, cmd.Type, cmd.Name); twin != nil && twin != old {
		f.fail("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
	}
	if err := errs.err(); err != nil {
		return 0, nil, err
	}
	cmd.ID = old.ID
	s.storeCommand(cmd, old.GuildID)
	s.notify()
	return http.StatusOK, s.commandJSON(cmd, true), nil
}

func (s *Server) deleteCommand(c *call) (int, any, *apiError) {
	cmd, refusal := s.commandOf(c)
	if refusal != nil {
		return 0, nil, refusal
	}
	delete(s.commands.byID, cmd.ID)
	s.notify()
	return http.StatusNoContent, nil, nil
}

func (s *Server) commandJSON(c *CommandInfo, localized bool) map[string]any {
	j := map[string]any{
		"id": c.ID, "application_id": s.app.id, "version": c.Version, "default_member_permissions": nil, "type": c.Type,
		"name": c.Name, "description": c.Description, "integration_types": c.IntegrationTypes, "nsfw": c.NSFW, "contexts": nil,
		"dm_permission": c.Contexts == nil || slices.Contains(c.Contexts, ContextBotDM),
	}
	if c.Contexts != nil {
		j["contexts"] = c.Contexts
	}
	if c.DefaultMemberPermissions != nil {
		j["default_member_permissions"] = c.DefaultMemberPermissions.wire()
	}
	if c.GuildID != "" {
		j["guild_id"] = c.GuildID
	}
	if len(c.Options) > 0 {
		j["options"] = optionsJSON(c.Options, localized)
	}
	if localized {
		addLocalizations(j, c.NameLocalizations, c.DescriptionLocalizations)
	}
	return j
}

func addLocalizations(j map[string]any, name, description map[string]string) {
	j["name_localizations"], j["description_localizations"] = nil, nil
	if name != nil {
		j["name_localizations"] = name
	}
	if description != nil {
		j["description_localizations"] = description
	}
}

func optionsJSON(os []CommandOption, localized bool) []any {
	out := []any{}
	for _, o := range os {
		j := map[string]any{"type": o.Type, "name": o.Name, "description": o.Description}
		if localized {
			addLocalizations(j, o.NameLocalizations, o.DescriptionLocalizations)
		}
		if o.Required {
			j["required"] = true
		}
		if o.Autocomplete {
			j["autocomplete"] = true
		}
		if len(o.Options) > 0 {
			j["options"] = optionsJSON(o.Options, localized)
		}
		if len(o.Choices) > 0 {
			list := []any{}
			for _, c := range o.Choices {
				x := map[string]any{"name": c.Name, "value": c.Value}
				if localized && c.NameLocalizations != nil {
					x["name_localizations"] = c.NameLocalizations
				}
				list = append(list, x)
			}
			j["choices"] = list
		}
		if len(o.ChannelTypes) > 0 {
			j["channel_types"] = o.ChannelTypes
		}
		if o.MinValue != nil {
			j["min_value"] = *o.MinValue
		}
		if o.MaxValue != nil {
			j["max_value"] = *o.MaxValue
		}
		if o.MinLength != nil {
			j["min_length"] = *o.MinLength
		}
		if o.MaxLength != nil {
			j["max_length"] = *o.MaxLength
		}
		out = append(out, j)
	}
	return out
}

// String is the command with the names of its options, for test messages.
func (c CommandInfo) String() string {
	var opts []string
	for _, o := range c.Options {
		opts = append(opts, o.Name)
	}
	return fmt.Sprintf("/%s(%s)", c.Name, strings.Join(opts, ", "))
}
