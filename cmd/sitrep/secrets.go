package main

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"sitrep/config"
	"sitrep/feeds"
)

// A discretion keeps secrets out of what the program says: those that it was
// set up with, and those that addresses carry. It is the last of several
// defences: config.Secret prints itself as "[secret]", and errors are worded
// without what they were about. But an endpoint may say a key back in its
// answer, and a library may put an address into its error.
type discretion struct {
	secrets []string // longest first
}

// learn takes over what the program was set up with.
func (d *discretion) learn(c *config.Config) {
	d.add(c.Discord.Token.Reveal(), c.Summarizer.LLM.Key.Reveal())
	if c.Database.Engine() == "postgres" {
		d.dsn(c.Database.URL.Reveal())
	}
	headers, _ := c.Tracing.HeaderMap() // the configuration has checked it
	for _, v := range headers {
		scheme, credentials, ok := strings.Cut(v, " ")
		if !ok {
			credentials = scheme
		}
		d.add(v, credentials)
	}
}

// dsn takes over the passwords of a database's address.
func (d *discretion) dsn(dsn string) {
	if u, err := url.Parse(dsn); err == nil {
		if password, ok := u.User.Password(); ok {
			d.add(password)
		}
		d.add(u.Query()["password"]...)
		d.add(u.Query()["sslpassword"]...)
	}
}

// add takes secrets over, as they are and as addresses have them. What is
// shorter than a secret can be is left alone: it would make holes in every word.
func (d *discretion) add(secrets ...string) {
	for _, s := range secrets {
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
			if len(form) >= 5 && !slices.Contains(d.secrets, form) {
				d.secrets = append(d.secrets, form)
			}
		}
	}
	slices.SortFunc(d.secrets, func(a, b string) int { return len(b) - len(a) })
}

// say is a text without secrets.
func (d *discretion) say(text string) string {
	for _, s := range d.secrets {
		text = strings.ReplaceAll(text, s, "[secret]")
	}
	return feeds.Shown(text)
}

// attr is slog.HandlerOptions.ReplaceAttr.
func (d *discretion) attr(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(d.say(a.Value.String()))
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case error:
			a.Value = slog.StringValue(d.say(v.Error()))
		case []string:
			said := make([]string, len(v))
			for i := range v {
				said[i] = d.say(v[i])
			}
			a.Value = slog.AnyValue(said)
		case *slog.Source:
		default: // what a handler panicked with, for one
			a.Value = slog.StringValue(d.say(fmt.Sprint(v)))
		}
	}
	return a
}
