package discordtest

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// The kinds of component, with Discord's numbers.
const (
	ComponentActionRow         = 1
	ComponentButton            = 2
	ComponentStringSelect      = 3
	ComponentTextInput         = 4
	ComponentUserSelect        = 5
	ComponentRoleSelect        = 6
	ComponentMentionableSelect = 7
	ComponentChannelSelect     = 8
	ComponentSection           = 9
	ComponentTextDisplay       = 10
	ComponentThumbnail         = 11
	ComponentMediaGallery      = 12
	ComponentFile              = 13
	ComponentSeparator         = 14
	ComponentContainer         = 17
	ComponentLabel             = 18
	ComponentFileUpload        = 19
	ComponentRadioGroup        = 21
	ComponentCheckboxGroup     = 22
	ComponentCheckbox          = 23
)

// The styles of a button.
const (
	ButtonPrimary   = 1
	ButtonSecondary = 2
	ButtonSuccess   = 3
	ButtonDanger    = 4
	ButtonLink      = 5
	ButtonPremium   = 6
)

// Limits of components over a whole message.
const (
	maxComponents    = 40
	maxComponentText = 4000
	// maxComponentBytes is where the real API breaks down instead of refusing: the bytes of all text
	// displays, and componentTextOverhead for each, may not be more.
	maxComponentBytes     = 10170
	componentTextOverhead = 12
	maxLegacyRows         = 5
	maxModalComponents    = 5
)

// Component is any component of a message or a modal; which fields count depends on Type.
type Component struct {
	Type     int
	ID       int
	CustomID string

	// Buttons, selects, inputs and labels.
	Style          int
	Label          string
	Description    string
	Placeholder    string
	URL            string
	Disabled       bool
	Emoji          string
	Options        []SelectOption
	ChannelTypes   []int
	DefaultValues  []DefaultValue
	MinValues      int
	MaxValues      int
	MinLength      int
	MaxLength      int
	Value          string
	Required       bool
	DefaultChecked bool

	// Text, media and layout.
	Content     string
	Name        string
	Size        int
	Media       Media
	Items       []MediaItem
	AccentColor *int
	Spoiler     bool
	Divider     bool
	Spacing     int

	Components []Component
	Accessory  *Component
	Component  *Component // of a label
}

// SelectOption is one option of a string select, a radio group or a checkbox group.
type SelectOption struct {
	Label, Value, Description, Emoji string
	Default                          bool
}

// DefaultValue is something selected beforehand in a user, role, mentionable or channel select.
type DefaultValue struct{ ID, Type string }

// Media is a picture or a file by address.
type Media struct {
	ID, URL, ContentType, AttachmentID string
}

// MediaItem is one item of a gallery.
type MediaItem struct {
	Media       Media
	Description string
	Spoiler     bool
}

// IsSelect says whether the component is one of the five selects.
func (c *Component) IsSelect() bool {
	return c.Type == ComponentStringSelect || c.Type >= ComponentUserSelect && c.Type <= ComponentChannelSelect
}

// Walk yields every component of the tree, parents first, in the order a person sees them.
func Walk(cs []Component) iter.Seq[*Component] {
	return func(yield func(*Component) bool) {
		walk(cs, yield)
	}
}

func walk(cs []Component, yield func(*Component) bool) bool {
	for i := range cs {
		c := &cs[i]
		if !yield(c) || !walk(c.Components, yield) {
			return false
		}
		for _, one := range []*Component{c.Accessory, c.Component} {
			if one != nil && (!yield(one) || !walk(one.Components, yield)) {
				return false
			}
		}
	}
	return true
}

// CountComponents is the number of components of the tree, nested ones included.
func CountComponents(cs []Component) int {
	n := 0
	for range Walk(cs) {
		n++
	}
	return n
}

// fileNames maps the names of a message's files to their attachment ids.
type fileNames map[string]string

// componentReader reads a tree of components and checks what concerns all of them together.
type componentReader struct {
	files     fileNames
	modal     bool
	customIDs map[string]bool
	ids       map[int]bool
	count     int
	text      int
	bytes     int
}

// readComponents reads a message's components. It reports whether the text is of a size at which the
// real API answers with a 500.
func readComponents(f form, v2 bool, files fileNames) (cs []Component, breaks bool) {
	r := &componentReader{files: files, customIDs: map[string]bool{}, ids: map[int]bool{}}
	limit := maxComponents
	allowed := []int64{ComponentActionRow}
	if v2 {
		allowed = []int64{ComponentActionRow, ComponentSection, ComponentTextDisplay, ComponentMediaGallery, ComponentFile, ComponentSeparator, ComponentContainer}
	} else {
		limit = maxLegacyRows
	}
	for _, c := range f.objects("components", 0, limit) {
		cs = append(cs, r.read(c, allowed...))
	}
	if r.count > maxComponents {
		f.fail("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components exceeds the maximum of %d.", maxComponents)
	}
	if r.text > maxComponentText {
		f.fail("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The total displayable text size exceeds the maximum of %d characters.", maxComponentText)
	}
	assignIDs(cs, r.ids)
	return cs, r.bytes > maxComponentBytes
}

// readModalComponents reads the components of a modal.
func readModalComponents(f form) []Component {
	r := &componentReader{modal: true, customIDs: map[string]bool{}, ids: map[int]bool{}}
	var cs []Component
	for _, c := range f.objects("components", 1, maxModalComponents) {
		cs = append(cs, r.read(c, ComponentActionRow, ComponentTextDisplay, ComponentLabel))
	}
	if !f.has("components") {
		f.fail("components", "BASE_TYPE_REQUIRED", "This field is required")
	}
	assignIDs(cs, r.ids)
	return cs
}

// assignIDs numbers the components that came without an id, in order, from 1.
func assignIDs(cs []Component, taken map[int]bool) {
	next := 1
	for c := range Walk(cs) {
		if c.ID != 0 {
			continue
		}
		for taken[next] {
			next++
		}
		c.ID = next
		taken[next] = true
	}
}

func (r *componentReader) read(f form, allowed ...int64) Component {
	r.count++
	var c Component
	if !f.require("type") {
		return c
	}
	n, ok := f.integer("type", math.MinInt32, math.MaxInt32)
	if !ok {
		return c
	}
	if !slices.Contains(allowed, n) {
		f.fail("", "UNION_TYPE_CHOICES", `Value of field "type" must be one of (%s).`, strings.Trim(strings.ReplaceAll(fmt.Sprint(allowed), " ", ", "), "[]"))
		return c
	}
	kind := int(n)
	c.Type = kind
	if id, ok := f.integer("id", 0, 1<<31-1); ok && id != 0 {
		c.ID = int(id)
		if r.ids[c.ID] {
			f.fail("id", "COMPONENT_DUPLICATE_ID", "Component ids must be unique within a message.")
		}
		r.ids[c.ID] = true
	}
	switch kind {
	case ComponentActionRow:
		r.actionRow(f, &c)
	case ComponentButton:
		r.button(f, &c)
	case ComponentStringSelect, ComponentUserSelect, ComponentRoleSelect, ComponentMentionableSelect, ComponentChannelSelect:
		r.selectMenu(f, &c)
	case ComponentTextInput:
		r.textInput(f, &c)
	case ComponentSection:
		if f.require("components") {
			for _, sub := range f.objects("components", 1, 3) {
				c.Components = append(c.Components, r.read(sub, ComponentTextDisplay))
			}
		}
		if f.require("accessory") {
			if sub, ok := f.object("accessory"); ok {
				a := r.read(sub, ComponentButton, ComponentThumbnail)
				c.Accessory = &a
			}
		}
	case ComponentTextDisplay:
		c.Content = f.reqStr("content", 1, maxComponentText)
		r.text += utf8.RuneCountInString(c.Content)
		r.bytes += len(c.Content) + componentTextOverhead
	case ComponentThumbnail:
		c.Media = r.media(f, "media", false)
		c.Description = f.str("description", minIf(f.has("description")), 1024)
		c.Spoiler, _ = f.boolean("spoiler")
	case ComponentMediaGallery:
		if f.require("items") {
			for _, item := range f.objects("items", 1, 10) {
				it := MediaItem{Media: r.media(item, "media", false), Description: item.str("description", minIf(item.has("description")), 1024)}
				it.Spoiler, _ = item.boolean("spoiler")
				c.Items = append(c.Items, it)
			}
		}
	case ComponentFile:
		c.Media = r.media(f, "file", true)
		c.Name = strings.TrimPrefix(c.Media.URL, "attachment://")
		c.Spoiler, _ = f.boolean("spoiler")
	case ComponentSeparator:
		c.Divider = true
		if b, ok := f.boolean("divider"); ok {
			c.Divider = b
		}
		c.Spacing = 1
		if f.has("spacing") {
			c.Spacing, _ = f.choice("spacing", 1, 2)
		}
	case ComponentContainer:
		if n, ok := f.integer("accent_color", 0, 0xFFFFFF); ok {
			color := int(n)
			c.AccentColor = &color
		}
		c.Spoiler, _ = f.boolean("spoiler")
		if f.require("components") {
			for _, sub := range f.objects("components", 1, maxComponents) {
				c.Components = append(c.Components, r.read(sub, ComponentActionRow, ComponentSection, ComponentTextDisplay, ComponentMediaGallery, ComponentFile, ComponentSeparator))
			}
		}
	case ComponentLabel:
		c.Label = f.reqStr("label", 1, 45)
		c.Description = f.str("description", minIf(f.has("description")), 100)
		if f.require("component") {
			if sub, ok := f.object("component"); ok {
				one := r.read(sub, ComponentStringSelect, ComponentTextInput, ComponentUserSelect, ComponentRoleSelect, ComponentMentionableSelect,
					ComponentChannelSelect, ComponentFileUpload, ComponentRadioGroup, ComponentCheckboxGroup, ComponentCheckbox)
				if sub.has("label") && one.Type == ComponentTextInput {
					sub.fail("label", "COMPONENT_LABEL_EXCLUSIVE", "A text input inside a label can't have a label of its own.")
				}
				c.Component = &one
			}
		}
	case ComponentFileUpload:
		r.customID(f, &c)
		c.MinValues, c.MaxValues = valueBounds(f, 1, 1, 10)
		c.Required = requiredByDefault(f)
	case ComponentRadioGroup:
		r.customID(f, &c)
		c.Required = requiredByDefault(f)
		c.Options = readOptions(f, 2, 10)
		c.MaxValues = 1
	case ComponentCheckboxGroup:
		r.customID(f, &c)
		c.Required = requiredByDefault(f)
		c.Options = readOptions(f, 1, 10)
		c.MinValues, c.MaxValues = valueBounds(f, 1, len(c.Options), 10)
	case ComponentCheckbox:
		r.customID(f, &c)
		c.DefaultChecked, _ = f.boolean("default")
	}
	return c
}

func minIf(present bool) int {
	if present {
		return 1
	}
	return 0
}

func requiredByDefault(f form) bool {
	b, ok := f.boolean("required")
	return b || !ok
}

func (r *componentReader) customID(f form, c *Component) {
	c.CustomID = f.reqStr("custom_id", 1, 100)
	if c.CustomID == "" {
		return
	}
	if r.customIDs[c.CustomID] {
		f.fail("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	r.customIDs[c.CustomID] = true
}

func (r *componentReader) actionRow(f form, c *Component) {
	if !f.require("components") {
		return
	}
	allowed := []int64{ComponentButton, ComponentStringSelect, ComponentUserSelect, ComponentRoleSelect, ComponentMentionableSelect, ComponentChannelSelect}
	if r.modal {
		allowed = []int64{ComponentTextInput}
	}
	buttons, wide := 0, 0
	for _, sub := range f.objects("components", 1, 5) {
		x := r.read(sub, allowed...)
		switch {
		case x.Type == ComponentButton:
			buttons++
		case x.Type != 0:
			wide++
		}
		if r.modal && x.Label == "" {
			sub.fail("label", "BASE_TYPE_REQUIRED", "This field is required")
		}
		c.Components = append(c.Components, x)
	}
	// A select or an input takes a whole row.
	if wide > 1 || wide == 1 && buttons > 0 {
		f.fail("", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
	}
}

func (r *componentReader) button(f form, c *Component) {
	if !f.require("style") {
		return
	}
	style, ok := f.choice("style", 1, 2, 3, 4, 5, 6)
	if !ok {
		return
	}
	c.Style = style
	c.Label = f.str("label", 0, 80)
	c.Emoji = readEmoji(f)
	c.Disabled, _ = f.boolean("disabled")
	switch style {
	case ButtonLink:
		if f.require("url") {
			c.URL = f.web("url", 512, "http", "https", "discord")
		}
		if f.has("custom_id") {
			f.fail("", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
		}
	case ButtonPremium:
		if f.require("sku_id") {
			f.snowflake("sku_id")
		}
		if f.has("custom_id") || f.has("url") || f.has("label") || f.has("emoji") {
			f.fail("", "BUTTON_COMPONENT_INVALID_FIELDS", "A premium button takes a sku id only")
		}
		return
	default:
		if f.has("url") {
			f.fail("", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
		}
		r.customID(f, c)
	}
	if c.Label == "" && c.Emoji == "" {
		f.fail("", "BUTTON_COMPONENT_REQUIRED_FIELDS", "A button must have a label or emoji")
	}
}

func readEmoji(f form) string {
	e, ok := f.object("emoji")
	if !ok {
		return ""
	}
	id := e.snowflake("id")
	name := e.str("name", 0, 32)
	switch {
	case id != "" && name == "":
		return ":emoji:"
	case id != "":
		return ":" + name + ":"
	case name == "":
		e.fail("name", "BASE_TYPE_REQUIRED", "This field is required")
	case !strings.ContainsFunc(name, func(r rune) bool { return r > 127 }) && !strings.ContainsAny(name, "©®") && !keycap(name):
		e.fail("name", "COMPONENT_INVALID_EMOJI", "Invalid emoji")
	}
	return name
}

// keycap says whether a name of ASCII characters is the first half of a keycap emoji.
func keycap(s string) bool { return len(s) == 1 && strings.Contains("0123456789#*", s) }

func readOptions(f form, lo, hi int) []SelectOption {
	if !f.require("options") {
		return nil
	}
	var out []SelectOption
	seen := map[string]bool{}
	for _, o := range f.objects("options", lo, hi) {
		so := SelectOption{Label: o.reqStr("label", 1, 100), Value: o.reqStr("value", 1, 100), Description: o.str("description", 0, 100), Emoji: readEmoji(o)}
		so.Default, _ = o.boolean("default")
		if seen[so.Value] {
			o.fail("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		seen[so.Value] = true
		out = append(out, so)
	}
	return out
}

// valueBounds reads min_values and max_values.
func valueBounds(f form, lo, hi, limit int) (int, int) {
	if n, ok := f.integer("min_values", 0, int64(limit)); ok {
		lo = int(n)
		hi = max(hi, lo)
	}
	if n, ok := f.integer("max_values", 1, int64(limit)); ok {
		hi = int(n)
	}
	if lo > hi {
		f.fail("min_values", "SELECT_COMPONENT_MIN_VALUES_INVALID", "min_values can't be greater than max_values")
	}
	return lo, hi
}

func (r *componentReader) selectMenu(f form, c *Component) {
	r.customID(f, c)
	c.Placeholder = f.str("placeholder", 0, 150)
	c.MinValues, c.MaxValues = valueBounds(f, 1, 1, 25)
	c.Disabled, _ = f.boolean("disabled")
	c.Required = requiredByDefault(f)
	if r.modal && c.Disabled {
		f.fail("disabled", "COMPONENT_DISABLED_IN_MODAL", "A select in a modal can't be disabled")
	}
	if !r.modal && f.has("required") {
		c.Required = false
	}
	if c.Type == ComponentStringSelect {
		c.Options = readOptions(f, 1, 25)
		defaults := 0
		for _, o := range c.Options {
			if o.Default {
				defaults++
			}
		}
		if defaults > c.MaxValues {
			f.fail("options", "SELECT_COMPONENT_DEFAULT_VALUES_EXCEEDED", "More options are selected by default than max_values allows")
		}
		if n := len(c.Options); f.has("max_values") && c.MaxValues > n {
			f.fail("max_values", "SELECT_COMPONENT_MAX_VALUES_INVALID", "max_values can't be greater than the number of options")
		}
		if n := len(c.Options); n > 0 && c.MinValues > n {
			f.fail("min_values", "SELECT_COMPONENT_MIN_VALUES_INVALID", "min_values can't be greater than the number of options")
		}
		return
	}
	if f.has("options") {
		f.fail("options", "SELECT_COMPONENT_OPTIONS_NOT_ALLOWED", "Only a string select has options")
	}
	for _, d := range f.objects("default_values", 0, 25) {
		dv := DefaultValue{ID: d.snowflake("id"), Type: d.reqStr("type", 1, 10)}
		want := map[int]string{ComponentUserSelect: "user", ComponentRoleSelect: "role", ComponentChannelSelect: "channel"}[c.Type]
		if c.Type == ComponentMentionableSelect {
			if dv.Type != "user" && dv.Type != "role" {
				d.fail("type", "BASE_TYPE_CHOICES", "Value must be one of ('user', 'role').")
			}
		} else if dv.Type != want {
			d.fail("type", "BASE_TYPE_CHOICES", "Value must be one of ('%s',).", want)
		}
		c.DefaultValues = append(c.DefaultValues, dv)
	}
	if n := len(c.DefaultValues); n > 0 && (n < c.MinValues || n > c.MaxValues) {
		f.fail("default_values", "SELECT_COMPONENT_DEFAULT_VALUES_EXCEEDED", "The number of default values must be in the bounds of min_values and max_values")
	}
	if c.Type == ComponentChannelSelect {
		c.ChannelTypes = readChannelTypes(f)
	}
}

func readChannelTypes(f form) []int {
	var out []int
	for i := range f.list("channel_types", 0, 25) {
		sub := form{v: map[string]any{index(i): f.v["channel_types"].([]any)[i]}, path: f.at("channel_types"), errs: f.errs}
		if n, ok := sub.choice(index(i), 0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16); ok {
			out = append(out, n)
		}
	}
	return out
}

func (r *componentReader) textInput(f form, c *Component) {
	r.customID(f, c)
	if f.require("style") {
		c.Style, _ = f.choice("style", 1, 2)
	}
	c.Label = f.str("label", minIf(f.has("label")), 45)
	c.Placeholder = f.str("placeholder", 0, 100)
	c.Value = f.str("value", 0, 4000)
	c.Required = requiredByDefault(f)
	c.MaxLength = 4000
	if n, ok := f.integer("min_length", 0, 4000); ok {
		c.MinLength = int(n)
	}
	if n, ok := f.integer("max_length", 1, 4000); ok {
		c.MaxLength = int(n)
	}
	if c.MinLength > c.MaxLength {
		f.fail("min_length", "TEXT_INPUT_MIN_LENGTH_INVALID", "min_length can't be greater than max_length")
	}
	if n := utf8.RuneCountInString(c.Value); n > 0 && (n < c.MinLength || n > c.MaxLength) {
		f.fail("value", "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", c.MinLength, c.MaxLength)
	}
}

func (r *componentReader) media(f form, name string, attachmentOnly bool) Media {
	if !f.require(name) {
		return Media{}
	}
	sub, ok := f.object(name)
	if !ok || !sub.require("url") {
		return Media{}
	}
	if attachmentOnly && !strings.HasPrefix(sub.str("url", 0, 2048), "attachment://") {
		sub.fail("url", "UNFURLED_MEDIA_ITEM_ATTACHMENT_REQUIRED", "Only attachment:// references are supported")
		return Media{}
	}
	u := readMediaURL(sub, "url", r.files)
	m := Media{URL: u}
	if n, isFile := strings.CutPrefix(u, "attachment://"); isFile {
		m.AttachmentID = r.files[n]
	}
	return m
}

// json is the component as the API gives it.
func (c *Component) json() map[string]any {
	j := map[string]any{"type": c.Type, "id": c.ID}
	set := func(k, v string) {
		if v != "" {
			j[k] = v
		}
	}
	set("custom_id", c.CustomID)
	children := func() {
		list := []any{}
		for i := range c.Components {
			list = append(list, c.Components[i].json())
		}
		j["components"] = list
	}
	nullable := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	switch c.Type {
	case ComponentActionRow:
		children()
	case ComponentButton:
		j["style"] = c.Style
		set("label", c.Label)
		set("url", c.URL)
		if c.Emoji != "" {
			j["emoji"] = map[string]any{"name": c.Emoji}
		}
		if c.Disabled {
			j["disabled"] = true
		}
	case ComponentStringSelect, ComponentUserSelect, ComponentRoleSelect, ComponentMentionableSelect, ComponentChannelSelect:
		set("placeholder", c.Placeholder)
		j["min_values"], j["max_values"] = c.MinValues, c.MaxValues
		if c.Disabled {
			j["disabled"] = true
		}
		if c.Type == ComponentStringSelect {
			opts := []any{}
			for _, o := range c.Options {
				x := map[string]any{"label": o.Label, "value": o.Value}
				if o.Description != "" {
					x["description"] = o.Description
				}
				if o.Emoji != "" {
					x["emoji"] = map[string]any{"name": o.Emoji}
				}
				if o.Default {
					x["default"] = true
				}
				opts = append(opts, x)
			}
			j["options"] = opts
		}
		if len(c.ChannelTypes) > 0 {
			j["channel_types"] = c.ChannelTypes
		}
		if len(c.DefaultValues) > 0 {
			dv := []any{}
			for _, d := range c.DefaultValues {
				dv = append(dv, map[string]any{"id": d.ID, "type": d.Type})
			}
			j["default_values"] = dv
		}
	case ComponentSection:
		children()
		if c.Accessory != nil {
			j["accessory"] = c.Accessory.json()
		}
	case ComponentTextDisplay:
		j["content"] = c.Content
	case ComponentThumbnail:
		j["media"], j["description"], j["spoiler"] = c.Media.json(), nullable(c.Description), c.Spoiler
	case ComponentMediaGallery:
		items := []any{}
		for _, it := range c.Items {
			items = append(items, map[string]any{"media": it.Media.json(), "description": nullable(it.Description), "spoiler": it.Spoiler})
		}
		j["items"] = items
	case ComponentFile:
		j["file"], j["name"], j["size"], j["spoiler"] = c.Media.json(), nullable(c.Name), c.Size, c.Spoiler
	case ComponentSeparator:
		j["spacing"], j["divider"] = c.Spacing, c.Divider
	case ComponentContainer:
		children()
		j["accent_color"] = nil
		if c.AccentColor != nil {
			j["accent_color"] = *c.AccentColor
		}
		j["spoiler"] = c.Spoiler
	}
	return j
}

func (m Media) json() map[string]any {
	j := map[string]any{"id": m.ID, "url": m.URL, "proxy_url": m.URL, "width": nil, "height": nil, "content_type": nil}
	if m.ContentType != "" {
		j["content_type"] = m.ContentType
	}
	if m.AttachmentID != "" {
		j["attachment_id"] = m.AttachmentID
	}
	return j
}
