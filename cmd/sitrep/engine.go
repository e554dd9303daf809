package main

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"sitrep/config"
	"sitrep/feeds/fetch"
	"sitrep/summarize/extractive"
	"sitrep/summarize/ner"
)

// embedded returns the summarizer inside the binary.
func embedded() (*extractive.Engine, error) {
	tagger, err := ner.Load()
	if err != nil {
		return nil, fmt.Errorf("load the embedded model: %w", err)
	}
	return extractive.New(tagger), nil
}

// userAgent names the bot, and where its operator can be reached.
func userAgent(c *config.Config) string {
	contact := c.HTTP.Contact
	switch {
	case contact == "":
		return "Sitrep/" + version
	case strings.HasPrefix(contact, "http"):
		return fmt.Sprintf("Sitrep/%s (+%s)", version, contact)
	}
	return fmt.Sprintf("Sitrep/%s (%s)", version, contact)
}

// prefixes are the private networks that the guard lets through. The
// configuration has checked them.
func prefixes(networks []string) []netip.Prefix {
	var out []netip.Prefix
	for _, n := range networks {
		if p, err := netip.ParsePrefix(n); err == nil {
			out = append(out, p)
		} else if a, err := netip.ParseAddr(n); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}

// client returns the one guarded HTTP client. spacing is the pause between two
// requests to a host, 0 = the client's default.
func client(c *config.Config, spacing time.Duration) *fetch.Client {
	return fetch.New(fetch.Config{UserAgent: userAgent(c), AllowPrivate: prefixes(c.HTTP.AllowPrivate), Spacing: spacing})
}
