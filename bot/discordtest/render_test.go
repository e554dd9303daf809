package discordtest_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sitrep/bot/discordtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and look at the difference.\n%s", path, got)
	}
}

// showcase posts one message of each look.
func showcase(t *testing.T) (*discordtest.Server, *discordtest.Channel) {
	t.Helper()
	now := time.Date(2026, 3, 2, 8, 0, 30, 0, time.UTC)
	srv := start(t, discordtest.Config{Clock: discordtest.NewClock(now), NoRateLimits: true})
	guild := srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	news := guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
	ada := guild.AddMember("Ada", discordtest.MemberConfig{})
	mods := guild.AddRole("moderators", 0)
	ada.Say(news, "Is it **true** what they say about the *crane*? See https://example.org/crane and `go.mod`")
	post := func(body map[string]any) {
		t.Helper()
		if r := call(t, srv, "POST", "/channels/"+news.ID+"/messages", body); r.status != 200 {
			t.Fatalf("%d %v", r.status, r.body)
		}
	}
	post(map[string]any{
		"flags": discordtest.FlagComponentsV2,
		"components": list(
			map[string]any{"type": 17, "accent_color": 0xE67E22, "components": list(
				map[string]any{"type": 9, "components": list(text("## Crane falls into the basin\n-# 4 publishers · <t:1772438400:R>")),
					"accessory": map[string]any{"type": 11, "media": map[string]any{"url": "https://example.org/crane.jpg"}, "description": "the crane in the water"}},
				text("**Ines Vogel**, harbour master: the crane [fell at noon](https://example.org/a) while a ship was being unloaded, and nobody was hurt; traffic is held up until the evening tide.\n- 12 ships wait\n  - 3 of them with fruit\n- the basin is closed"),
				map[string]any{"type": 14},
				text("> \"We heard it before we saw it\"\n\n起重机倒塌在港口的水池里没有人受伤交通将持续到晚上的潮汐时分"),
				row(button(1, "Receipts", "r"), button(2, "More", "m"), map[string]any{"type": 2, "style": 5, "label": "Read", "url": "https://example.org/a"},
					map[string]any{"type": 2, "style": 4, "label": "Report", "custom_id": "x", "disabled": true}),
			)},
			row(map[string]any{"type": 3, "custom_id": "s", "placeholder": "Choose a topic", "options": list(map[string]any{"label": "Ports", "value": "p"})}),
		),
	})
	post(map[string]any{
		"content": ada.Mention() + " " + mods.Mention() + " in " + news.Mention() + ": ~~no~~ __yes__ ||maybe||\n```go\nfunc main() {}\n```",
		"embeds":  list(map[string]any{"title": "An embed", "url": "https://example.org/e", "description": "with *marks*", "color": 0x2ECC71, "fields": list(map[string]any{"name": "Field", "value": "Value"}), "footer": map[string]any{"text": "Foot"}}),
	})
	return srv, news
}

// TestRenderChannel shows a channel as one member sees it: commands used, answers on their way and for the member alone,
// threads, files, menus.
func TestRenderChannel(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	answer := func(kind int, data any) *discordtest.Interaction {
		t.Helper()
		in := s.invoke(t)
		s.answer(t, in, kind, data).ok(t)
		return in
	}
	edited := answer(4, map[string]any{"content": "First **stories**"})
	s.hook(t, edited, "PATCH", "/messages/@original", map[string]any{"content": "Second thoughts"}).ok(t)
	answer(4, map[string]any{"content": "Just for you", "flags": discordtest.FlagEphemeral})
	answer(5, nil)
	article := s.ada.Say(s.news, "https://example.org/a")
	in, err := s.ada.MessageCommand(t.Context(), article, "Brief this")
	if err != nil {
		t.Fatal(err)
	}
	s.answer(t, in, 4, map[string]any{"content": "A brief"}).ok(t)
	bob := s.guild.AddMember("Bob", discordtest.MemberConfig{Nick: "Bobby"})
	bob.Say(s.news, "Morning")
	post := callWithFiles(t, s.srv, "POST", s.messages(), map[string]any{"content": "The files", "components": list(
		row(with(selectMenu("s", 2), "options", list(map[string]any{"label": "All", "value": "a", "default": true}))),
		row(map[string]any{"type": 6, "custom_id": "roles"}),
		row(button(3, "Yes", "y"), button(4, "No", "n"), map[string]any{"type": 2, "style": 2, "custom_id": "e", "emoji": map[string]any{"name": "📰"}}),
	), "attachments": list(map[string]any{"id": "0", "description": "a chart"})}, "chart.png", "feeds.opml").ok(t)
	call(t, s.srv, "POST", s.messages()+"/"+post.id()+"/threads", map[string]any{"name": "About the files"}).ok(t)
	callWithFiles(t, s.srv, "POST", s.messages(), v2(
		map[string]any{"type": 12, "items": list(map[string]any{"media": media("attachment://chart.png"), "description": "mentions by day"}, map[string]any{"media": media("https://example.org/b.png")})},
		map[string]any{"type": 14, "divider": false, "spacing": 2},
		map[string]any{"type": 13, "file": media("attachment://feeds.opml")},
		section(button(2, "Open", "o"), text("With a button")),
		map[string]any{"type": 14, "spacing": 2},
	), "chart.png", "feeds.opml").ok(t)
	for who, u := range map[string]*discordtest.User{"ada": s.ada, "bob": bob} {
		var b bytes.Buffer
		if err := discordtest.RenderChannel(&b, u, s.news, 60, false); err != nil {
			t.Fatal(err)
		}
		golden(t, "channel_"+who+".txt", b.String())
	}
	page := discordtest.RenderHTML(s.ada.Sees(s.news)...)
	base := strings.TrimSuffix(s.srv.URL(), "/api/v10")
	golden(t, "channel.html", strings.ReplaceAll(page, base, "http://discord"))
	if name := s.news.Threads()[0].Name(); name != "About the files" || s.guild.Name() != "Harbour Watch" || s.ada.DM().Name() != "Ada" {
		t.Errorf("names: %q %q %q", name, s.guild.Name(), s.ada.DM().Name())
	}
}

// TestRenderHostile shows text that would like to be a command to the terminal, or markup.
func TestRenderHostile(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	evil := "a\x1b[2J\x1b]0;x\x07\u009b31m\u202eb <script>alert(1)</script>"
	bob := r.guild.AddMember("Bob\x1b[2J", discordtest.MemberConfig{})
	bob.Say(r.news, evil)
	callWithFiles(t, r.srv, "POST", r.messages(), v2(
		section(with(thumb("https://example.org/a.png"), "description", evil), text(evil)),
		row(button(1, "b\x1b[2J\nc", "b"), map[string]any{"type": 2, "style": 5, "label": "l", "url": "https://example.org/\"><i>"}),
		row(with(selectMenu("s", 1), "placeholder", evil))), "a.txt").ok(t)
	call(t, r.srv, "POST", r.messages(), map[string]any{"embeds": list(map[string]any{"title": evil, "image": map[string]any{"url": "https://example.org/\x1b[2J"}})})
	for _, m := range r.news.Messages() {
		for _, colour := range []bool{false, true} {
			var b bytes.Buffer
			if err := discordtest.Render(&b, m, 60, colour); err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"\x1b[2J", "\x1b]0", "\x07", "\u009b", "\u202e"} {
				if strings.Contains(b.String(), bad) {
					t.Errorf("colour %v: %q in %q", colour, bad, b.String())
				}
			}
		}
		if page := discordtest.RenderHTML(m); strings.Contains(page, "<script>") || strings.Contains(page, "<i>\"") {
			t.Errorf("markup got through: %s", page)
		}
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	r := newRoom(t, discordtest.Config{Clock: discordtest.NewClock(now)})
	for in, want := range map[string]string{
		"**a** __b__ ~~c~~ *d* _e_ `f`":          "a b c d e f",
		"***both***":                             "both",
		"snake_case_name 2*3*4":                  "snake_case_name 234",
		`\*\*not bold\*\*`:                       "**not bold**",
		"`**not bold**`":                         "**not bold**",
		"[a **b**](https://example.org/x_(y)) c": "a b c",
		"[a](javascript:x)":                      "[a](javascript:x)",
		"<https://example.org>":                  "https://example.org",
		"<t:1772438400:R> <t:1772438400:t>":      "in 0 seconds 08:00",
		"<t:1772434800:R>":                       "an hour ago",
		"<t:1772611200:R>":                       "in 2 days",
		"<t:1772438400:D> <t:1772438400:F>":      "2 March 2026 Monday, 2 March 2026 08:00",
		"<@" + r.ada.ID + "> <@1> <#1> <@&1>":    "@Ada @unknown-user #unknown @unknown-role",
		"</latest:123> <:crane:123>":             "/latest :crane:",
		"1 < 2 and ** alone":                     "1 < 2 and ** alone",
		"# One\n## Two\n### Three\n#### no":      "One\nTwo\nThree\n#### no",
		"1. one\n2. two":                         "1. one\n2. two",
		"```\nno *marks*\n```":                   "  no *marks*",
		">>> all\nof it":                         "▏ all\n▏ of it",
	} {
		var b bytes.Buffer
		if err := discordtest.Render(&b, r.ada.Say(r.news, in), 78, false); err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(strings.TrimSuffix(b.String(), "\n"), "\n")
		if got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestRenderGolden(t *testing.T) {
	t.Parallel()
	srv, news := showcase(t)
	for _, c := range []struct {
		name   string
		width  int
		colour bool
	}{{"plain.txt", 72, false}, {"narrow.txt", 36, false}, {"colour.txt", 72, true}} {
		var b bytes.Buffer
		for _, m := range news.Messages() {
			if err := discordtest.Render(&b, m, c.width, c.colour); err != nil {
				t.Fatal(err)
			}
		}
		golden(t, c.name, b.String())
	}
	page := discordtest.RenderHTML(news.Messages()...)
	golden(t, "page.html", strings.ReplaceAll(page, srv.URL(), "http://discord"))
}
