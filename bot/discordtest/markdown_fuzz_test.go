package discordtest_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sitrep/bot/discordtest"
)

// FuzzRender shows any text: without a panic, without a control character, and in lines that aren't wider than the terminal.
func FuzzRender(f *testing.F) {
	srv := discordtest.Start(discordtest.Config{Clock: discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))})
	defer srv.Close()
	g := srv.AddGuild(discordtest.GuildConfig{Name: "g"})
	news := g.AddChannel(discordtest.ChannelConfig{Name: "news"})
	ada := g.AddMember("Ada", discordtest.MemberConfig{})
	for _, s := range []string{
		"**a** __b__ [c](https://example.org) <t:1772434800:R>", "```go\nx\n```", ">>> # a\n- b\n  - c", "***a** b*", "\\*\\", "``a`", "||**||**",
		strings.Repeat("*a_", 600), strings.Repeat("[", 500), strings.Repeat("> ", 500), strings.Repeat("`", 501), "\x1b[2J\u202e", "港口", "é\u0301\u200d",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 4000 {
			t.Skip()
		}
		m := ada.Say(news, text)
		var b bytes.Buffer
		if err := discordtest.Render(&b, m, 40, false); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x1b\x07\r\u009b\u202e") {
			t.Errorf("%q is shown as %q", text, b.String())
		}
		if page := discordtest.RenderHTML(m); strings.Count(page, "<script") > 0 || strings.Contains(page, `href="javascript`) {
			t.Errorf("%q as a page: %s", text, page)
		}
		srv.DeleteMessage(m)
	})
}

// BenchmarkRender shows the worst that fits into a message.
func BenchmarkRender(b *testing.B) {
	srv := discordtest.Start(discordtest.Config{})
	defer srv.Close()
	g := srv.AddGuild(discordtest.GuildConfig{Name: "g"})
	news := g.AddChannel(discordtest.ChannelConfig{Name: "news"})
	ada := g.AddMember("Ada", discordtest.MemberConfig{})
	for name, text := range map[string]string{
		"prose": strings.Repeat("**Ines Vogel**, harbour master: [the crane](https://example.org/a) fell at noon. ", 48),
		"marks": strings.Repeat("*a_", 1333),
		"stars": strings.Repeat("*", 4000),
		"links": strings.Repeat("[", 4000),
		"mixed": strings.Repeat("_*~~||a ", 500),
	} {
		m := ada.Say(news, text)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := discordtest.Render(&bytes.Buffer{}, m, 80, true); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
