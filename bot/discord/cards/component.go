package cards

import (
	"encoding/json"
	"fmt"

	"sitrep/bot/discord/markdown"
)

// Component types and styles of Discord's Components V2.
const (
	typeRow       = 1
	typeButton    = 2
	typeSelect    = 3
	typeInput     = 4
	typeSection   = 9
	typeText      = 10
	typeThumbnail = 11
	typeGallery   = 12
	typeFile      = 13
	typeSeparator = 14
	typeContainer = 17

	stylePrimary   = 1
	styleSecondary = 2
	styleSuccess   = 3
	styleDanger    = 4
	styleLink      = 5
)

// A Component is one node of a message or form, as Discord reads it.
type Component struct {
	Type        int            `json:"type"`
	Content     markdown.Text  `json:"content,omitempty"`
	Components  []Component    `json:"components,omitempty"`
	Accessory   *Component     `json:"accessory,omitempty"`
	AccentColor *int           `json:"accent_color,omitempty"`
	Style       int            `json:"style,omitempty"`
	Label       string         `json:"label,omitempty"`
	CustomID    string         `json:"custom_id,omitempty"`
	URL         string         `json:"url,omitempty"`
	Disabled    bool           `json:"disabled,omitempty"`
	Media       *Media         `json:"media,omitempty"`
	File        *Media         `json:"file,omitempty"`
	Description string         `json:"description,omitempty"`
	Items       []GalleryItem  `json:"items,omitempty"`
	Divider     *bool          `json:"divider,omitempty"`
	Spacing     int            `json:"spacing,omitempty"`
	Placeholder string         `json:"placeholder,omitempty"`
	Options     []SelectOption `json:"options,omitempty"`
	MinValues   *int           `json:"min_values,omitempty"`
	MaxValues   int            `json:"max_values,omitempty"`
	Value       string         `json:"value,omitempty"`      // of an input
	Required    *bool          `json:"required,omitempty"`   // of an input
	MinLength   int            `json:"min_length,omitempty"` // of an input
	MaxLength   int            `json:"max_length,omitempty"` // of an input
}

// Media is a picture or file by address: https://… or attachment://NAME.
type Media struct {
	URL string `json:"url"`
}

// GalleryItem is one picture of a gallery.
type GalleryItem struct {
	Media       Media  `json:"media"`
	Description string `json:"description,omitempty"`
}

// SelectOption is one choice of a select menu.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// A File is an attachment that the message's components refer to.
type File struct {
	Name        string
	ContentType string
	Data        []byte
	Alt         string // what a screen reader says
}

// A Message is a card ready to be sent.
type Message struct {
	Components []Component
	Files      []File
	Ephemeral  bool
	Silent     bool     // posted without a push notification
	PingRoles  []string // the only roles that the message may ping
}

// Message flags.
const (
	flagEphemeral    = 1 << 6
	flagSilent       = 1 << 12
	flagComponentsV2 = 1 << 15
)

type body struct {
	Flags           int             `json:"flags"`
	Components      []Component     `json:"components"`
	AllowedMentions allowedMentions `json:"allowed_mentions"`
	Attachments     []attachment    `json:"attachments,omitempty"`
}

type allowedMentions struct {
	Parse []string `json:"parse"`
	Roles []string `json:"roles,omitempty"`
}

type attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
}

// Body is the message as the body of "create message", of an interaction's
// answer, or of an edit. Nobody is pinged but m.PingRoles.
func (m Message) Body() (json.RawMessage, error) {
	b := body{Flags: flagComponentsV2, Components: m.Components, AllowedMentions: allowedMentions{Parse: []string{}, Roles: m.PingRoles}}
	if m.Ephemeral {
		b.Flags |= flagEphemeral
	}
	if m.Silent {
		b.Flags |= flagSilent
	}
	for i, f := range m.Files {
		b.Attachments = append(b.Attachments, attachment{ID: fmt.Sprint(i), Filename: f.Name, Description: f.Alt})
	}
	out, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return out, nil
}

// text is a TextDisplay of lines; empty lines are left out.
func text(lines ...markdown.Text) Component {
	return Component{Type: typeText, Content: markdown.Join("\n", lines...)}
}

// textWithImage is a text with a thumbnail beside it, where there is a usable picture.
func textWithImage(image, alt string, lines ...markdown.Text) Component {
	url, ok := markdown.ImageURL(image)
	if !ok {
		return text(lines...)
	}
	return Component{Type: typeSection, Components: []Component{text(lines...)},
		Accessory: &Component{Type: typeThumbnail, Media: &Media{URL: url}, Description: markdown.Cut(alt, 200)}}
}

func separator() Component { return Component{Type: typeSeparator, Spacing: 1} }

func row(components ...Component) Component { return Component{Type: typeRow, Components: components} }

func button(id, label string) Component {
	return Component{Type: typeButton, Style: styleSecondary, CustomID: id, Label: markdown.Cut(label, maxButtonLabel)}
}

// Button is a button that acts on one thing.
func Button(action string, id int64, label string) Component { return button(ID(action, id), label) }

// Buttons is a row of buttons.
func Buttons(buttons ...Component) Component { return row(buttons...) }

func primary(id, label string) Component {
	b := button(id, label)
	b.Style = stylePrimary
	return b
}

func danger(id, label string) Component {
	b := button(id, label)
	b.Style = styleDanger
	return b
}

// linkButton is a button that opens an address; ok is false where it can't be one.
func linkButton(rawURL, label string) (Component, bool) {
	u, ok := markdown.URL(rawURL)
	return Component{Type: typeButton, Style: styleLink, URL: u, Label: markdown.Cut(label, maxButtonLabel)}, ok
}

func selectMenu(id, placeholder string, options []SelectOption) Component {
	return Component{Type: typeSelect, CustomID: id, Placeholder: markdown.Cut(placeholder, 150), Options: options}
}

func container(colour int, components ...Component) Component {
	return Component{Type: typeContainer, AccentColor: &colour, Components: components}
}

// bold shows a text in bold; the text may hold markup of its own.
func bold(t markdown.Text) markdown.Text {
	if t == "" {
		return ""
	}
	return "**" + t + "**"
}

// small shows a text as small print; it must be a line of its own.
func small(t markdown.Text) markdown.Text {
	if t == "" {
		return ""
	}
	return "-# " + t
}
