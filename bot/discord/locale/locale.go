// Package locale holds the message catalog: every word that Sitrep says on
// Discord, in each of its languages, with their plural rules.
//
// A file a language; keys are grouped by what they are for: "cmd." names and
// descriptions of commands, "card." the frame of cards, "reply." answers,
// "error." what went wrong and how to mend it, "notice." what the bot tells on
// its own account. What is put into a message is escaped unless it is a
// markdown.Text.
package locale

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"sitrep/bot/discord/markdown"
)

//go:embed *.yaml
var files embed.FS

// Default is the language of whatever has no other.
const Default = "en"

var langs = []string{Default, "de", "es", "fr", "pt-BR"}

// Langs lists the languages of the catalog, the default first.
func Langs() []string { return slices.Clone(langs) }

// Known reports whether lang is one of Langs.
func Known(lang string) bool { return slices.Contains(langs, lang) }

// Match returns the catalog's language for a Discord locale or a BCP 47 tag.
func Match(locale string) string {
	if Known(locale) {
		return locale
	}
	base, _, _ := strings.Cut(locale, "-")
	switch {
	case base == "pt":
		return "pt-BR"
	case Known(base):
		return base
	}
	return Default
}

// DiscordLocales are the locales of Discord that a language of the catalog serves.
func DiscordLocales(lang string) []string {
	switch lang {
	case "en":
		return []string{"en-US", "en-GB"}
	case "es":
		return []string{"es-ES", "es-419"}
	}
	return []string{lang}
}

// A Printer says things in one language.
type Printer struct {
	lang    string
	loc     *i18n.Localizer
	numbers *message.Printer
}

// printers reads the catalog when it is first needed: other commands start
// without it.
var printers = sync.OnceValue(load)

func load() map[string]*Printer {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", func(b []byte, v any) error { return yaml.Unmarshal(b, v) })
	out := make(map[string]*Printer, len(langs))
	for _, lang := range langs {
		if _, err := bundle.LoadMessageFileFS(files, lang+".yaml"); err != nil {
			panic(fmt.Sprintf("locale: embedded catalog %s: %v", lang, err)) // a test reads each of them
		}
	}
	for _, lang := range langs {
		out[lang] = &Printer{lang: lang, loc: i18n.NewLocalizer(bundle, lang), numbers: message.NewPrinter(language.MustParse(lang))}
	}
	return out
}

// For returns the printer of a language, or of the one that is nearest.
func For(lang string) *Printer { return printers()[Match(lang)] }

// Lang is the catalog's language that p speaks.
func (p *Printer) Lang() string { return p.lang }

// T says the message of a key as markdown. Args are names and values in turn;
// strings are escaped, times become "<t:…:R>", numbers get their separators.
func (p *Printer) T(key string, args ...any) markdown.Text {
	return markdown.Text(p.say(key, nil, args, p.safe))
}

// N is T in the plural form that count asks for; the message may show it as {{.Count}}.
func (p *Printer) N(key string, count int, args ...any) markdown.Text {
	return markdown.Text(p.say(key, count, append(args, "Count", count), p.safe))
}

// Plain says the message of a key for a place without markdown: a button, an
// option, a form.
func (p *Printer) Plain(key string, args ...any) string { return p.say(key, nil, args, p.plain) }

// PlainN is N for a place without markdown.
func (p *Printer) PlainN(key string, count int, args ...any) string {
	return p.say(key, count, append(args, "Count", count), p.plain)
}

// Has reports whether the catalog has the key.
func (p *Printer) Has(key string) bool {
	_, err := p.loc.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: map[string]any{}})
	return err == nil
}

func (p *Printer) say(key string, count any, args []any, value func(any) string) string {
	data := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		name, _ := args[i].(string)
		data[name] = value(args[i+1])
	}
	text, err := p.loc.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: count})
	if text == "" && err != nil {
		return key
	}
	return text
}

func (p *Printer) safe(v any) string {
	switch v := v.(type) {
	case markdown.Text:
		return string(v)
	case string:
		return string(markdown.Escape(v))
	case int, int64, float64:
		return p.numbers.Sprint(v)
	case time.Time:
		return string(markdown.Time(v, "R"))
	case nil:
		return ""
	}
	return string(markdown.Escape(fmt.Sprint(v)))
}

func (p *Printer) plain(v any) string {
	switch v := v.(type) {
	case string:
		return markdown.Clean(v)
	case int, int64, float64:
		return p.numbers.Sprint(v)
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04 UTC")
	case nil:
		return ""
	}
	return markdown.Clean(fmt.Sprint(v))
}
