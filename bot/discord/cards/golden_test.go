package cards

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/feeds"
	"sitrep/summarize"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCards holds every card against its golden files: the JSON that is sent,
// and how it reads as text.
func TestCards(t *testing.T) {
	t.Parallel()
	for name, parts := range sampleCards() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wire, read bytes.Buffer
			for i, m := range parts {
				if err := m.Check(); err != nil {
					t.Fatalf("part %d: %v", i, err)
				}
				body, err := m.Body()
				if err != nil {
					t.Fatal(err)
				}
				if err := json.Indent(&wire, body, "", "  "); err != nil {
					t.Fatal(err)
				}
				wire.WriteByte('\n')
				if i > 0 {
					read.WriteString("\n──────── next message ────────\n")
				}
				textForm(&read, m.Components, "")
			}
			golden(t, name+".json", wire.Bytes())
			golden(t, name+".txt", read.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what is drawn now (run with -update to accept):\n%s", path, firstDifference(string(want), string(got)))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\nwant %s\n got %s", i+1, a, b)
		}
	}
	return ""
}

// textForm writes components as they read, one line a part.
func textForm(b *bytes.Buffer, components []Component, indent string) {
	for _, c := range components {
		switch c.Type {
		case typeText:
			for l := range strings.SplitSeq(string(c.Content), "\n") {
				fmt.Fprintf(b, "%s%s\n", indent, l)
			}
		case typeContainer:
			fmt.Fprintf(b, "%s┌ #%06X\n", indent, *c.AccentColor)
			textForm(b, c.Components, indent+"│ ")
			fmt.Fprintf(b, "%s└\n", indent)
		case typeSection:
			textForm(b, c.Components, indent)
			textForm(b, []Component{*c.Accessory}, indent)
		case typeThumbnail:
			fmt.Fprintf(b, "%s[picture %s]\n", indent, c.Media.URL)
		case typeGallery:
			for _, it := range c.Items {
				fmt.Fprintf(b, "%s[picture %s: %s]\n", indent, it.Media.URL, it.Description)
			}
		case typeSeparator:
			fmt.Fprintf(b, "%s─────\n", indent)
		case typeRow:
			var labels []string
			for _, c := range c.Components {
				switch {
				case c.Type == typeSelect:
					labels = append(labels, fmt.Sprintf("(%s ▾ %d)", c.Placeholder, len(c.Options)))
				case c.Disabled:
					labels = append(labels, "("+c.Label+")")
				default:
					labels = append(labels, "["+c.Label+"]")
				}
			}
			fmt.Fprintf(b, "%s%s\n", indent, strings.Join(labels, " "))
		}
	}
}

func sampleCards() map[string][]Message {
	en, de := locale.For("en"), locale.For("de")
	digest, schedule := morning()
	pinged := schedule
	pinged.PingRole = "4242"
	quiet := digest
	quiet.Items, quiet.BottomLine, quiet.Quiet = nil, nil, true
	late := digest
	late.Late, late.Items = true, digest.Items[1:2]
	german := digest
	german.Lang = "de"
	page := bot.StoryPage{Total: 12, Stories: []summarize.Story{ferryStory(), ferryStory()}}
	page.Stories[1].ID = 777
	long := digest
	long.Items = nil
	for i := range 12 {
		it := ferry()
		it.StoryID += int64(i * 10)
		long.Items = append(long.Items, it)
	}
	list := StoryList{Title: en.T("card.list.latest"), About: en.T("card.list.topic", "Topic", "ferry"), Topic: "ferry", Query: "ferry", Source: "Kestrel Bay Courier",
		Page: page, Offset: 5, Size: 5, Act: ActLatest, Since: noon.Unix()}
	empty := list
	empty.Page = bot.StoryPage{}
	empty.Offset = 0
	sub := bot.Subscription{ID: 5, Query: "ferry AND inquiry"}
	follows := sampleFollows()
	packs := []bot.Suggestion{{Label: "Harbour news (English)", Value: "harbour-en"}, {Label: "Ferries", Value: "ferries"}}
	article, brief := sampleBrief()
	model := StatusCard{Status: bot.Status{Articles: 12045, Stories: 310, CheckedAt: noon}, Healthy: 12, Now: noon,
		Model: bot.ModelStanding{Model: "small-writer-3", Tokens: 2_000_000, GuildTokens: 200_000, Money: 5, Priced: true,
			Installation: bot.ModelSpend{Tokens: 1_234_567, Money: 3.0864, Calls: 617}, Guild: bot.ModelSpend{Tokens: 98_765, Money: 0.2469, Calls: 49}}}
	usedUp, paused, off, unbounded := model, model, model, model
	usedUp.Model.UsedUp = true
	paused.Model.PausedUntil = noon.Add(2 * time.Minute)
	off.OptedOut = true
	unbounded.Model.Tokens, unbounded.Model.GuildTokens, unbounded.Model.Priced, unbounded.Model.Installation.Calls = 0, 0, false, 1
	translated := japanese()
	translated.TranslatedFrom, translated.Lang, translated.Headline = "ja", "en", "Harbour office puts off the ferry's return"
	translated.Lines[0].Text = "The harbour office will not reopen the route before all ships have been inspected."
	written, mixed := digest, digest
	written.Engine, written.Items = "llm:small-writer-3", digest.Items[1:2]
	mixed.Engine, mixed.Items = "mixed:small-writer-3", []bot.Item{translated}
	cards := map[string][]Message{
		"status_model_paused":    {Status(en, paused)},
		"status_model_off":       {Status(en, off)},
		"status_model_unbounded": {Status(en, unbounded)},
		"digest_model":           Digest(en, written, schedule),
		"digest_model_mixed":     Digest(en, mixed, schedule),
		"digest":                 Digest(en, digest, schedule),
		"digest_de":              Digest(de, german, schedule),
		"digest_ping":            Digest(en, late, pinged),
		"digest_quiet":           Digest(en, quiet, schedule),
		"digest_long":            Digest(en, long, schedule),
		"alert":                  Alert(en, bot.Alert{Subscription: sub, Item: ferry(), At: noon}),
		"alert_channel":          Alert(en, bot.Alert{Subscription: bot.Subscription{ID: 6, ChannelID: "42", Query: "ferry"}, Item: ferry(), At: noon}),
		"alert_summary":          Alert(en, bot.Alert{Subscription: sub, Item: ferry(), More: []bot.Item{budgetVote(), comet()}, Summary: true, At: noon}),
		"latest":                 {Stories(en, list)},
		"latest_empty":           {Stories(en, empty)},
		"story":                  Story(en, ferryStory(), varnholt().Quotes, "shipping", Report|Lean),
		"receipts":               Receipts(en, ferry().Headline, ItemReceipts(ferry()), 5),
		"receipts_story":         Receipts(en, ferry().Headline, StoryReceipts(ferryStory()), 5),
		"dossier":                {Dossier(en, varnholt())},
		"which_actor":            {WhichActor(en, "Varnholt", []summarize.KnownActor{varnholt().Actor, {ID: 70, Name: "Jost Varnholt", Type: summarize.Person, Context: []string{"chess"}, Mentions: 2}})},
		"quotes":                 Quotes(en, "Ilse Varnholt", "ferry", varnholt().Quotes),
		"between":                Between(en, "Ilse Varnholt", "Sund & Skerry Lines", ferry().Lines),
		"brief":                  Brief(en, article, brief),
		"feed_found":             {Found(en, FoundFeeds{Include: "ferry", Feeds: []FoundFeed{{Feed: follows[0].Feed, Articles: []feeds.Article{article}}}})},
		"feed_several":           {Found(en, FoundFeeds{Feeds: []FoundFeed{{Feed: follows[0].Feed}, {Feed: follows[1].Feed}}})},
		"feeds":                  Feeds(en, follows, 5),
		"feeds_none":             Feeds(en, nil, 5),
		"health":                 Health(en, follows[1:3], 1, 5),
		"health_de":              Health(de, follows[1:3], 1, 5),
		"notice_de":              Notice(de, bot.Notice{Kind: "route_parked", Args: map[string]string{"Channel": "43", "Reason": "the bot may not post in the channel"}}),
		"notice_moved":           Notice(en, bot.Notice{Kind: "feed_moved", Args: map[string]string{"Feed": "The Tallow Street Ledger", "URL": "https://ledger.example/old.xml", "Moved": "https://ledger.example/feed"}}),
		"health_fine":            Health(en, nil, 12, 5),
		"pack":                   {Pack(en, "harbour-en", "Harbour news (English)", []feeds.Feed{follows[0].Feed, follows[1].Feed})},
		"packs":                  {ChoosePack(en, ActPickPack, packs)},
		"setup":                  {Setup(en, packs, "", "every weekday at 8", "Europe/Copenhagen")},
		"status": {Status(en, StatusCard{Status: bot.Status{Articles: 12045, Stories: 310, Waiting: 3, Outbox: 2, Oldest: noon.Add(-time.Minute), CheckedAt: noon},
			Next: []markdown.Text{"**Harbour morning** in <#42> <t:1778659200:R>"}, Healthy: 11, Trouble: follows[1:3],
			Parked:  []bot.ParkedRoute{{Route: "channel:43", Reason: "the bot may not post in the channel", Held: 2}},
			Weights: []bot.Weight{{Term: "Sund & Skerry Lines", Factor: 0.5, By: "44"}}})},
		"status_new": {Status(en, StatusCard{Now: noon})},
		"why": Traces(en, []bot.Trace{{Title: ferry().Headline, URL: "https://courier.example/2026/ferry-inquiry", Steps: []bot.TraceStep{
			{At: noon.Add(-3 * time.Hour), Step: "seen"}, {At: noon.Add(-3 * time.Hour), Step: "read", Code: "page", Note: "embedded"},
			{At: noon.Add(-3 * time.Hour), Step: "joined", Note: "story 501: the same ferry, two actors in common"}, {At: noon, Step: "left out", Channel: "42", Code: "floor"},
			{At: noon.Add(time.Hour), Step: "ranked", Channel: "43", Place: 2, Of: 5, Note: "support 0.67 (3 publishers)"}, {At: noon.Add(time.Hour), Step: "sent", Channel: "43", Code: "posted", Message: "1099511627777000"},
			{At: noon.Add(2 * time.Hour), Step: "sent", Code: "pending", Note: "the bot may not post in the channel"}}}}),
		"why_de": Traces(de, []bot.Trace{{Title: ferry().Headline, URL: "https://courier.example/2026/ferry-inquiry", Steps: []bot.TraceStep{
			{At: noon, Step: "seen", Code: "edited"}, {At: noon, Step: "read", Code: "title", Note: "llm:small-writer-3"}, {At: noon, Step: "left out", Channel: "42", Code: "shown"}, {At: noon, Step: "filtered", Note: "no text"}}}}),
		"trial_rare":    {Trial(en, TrialResult{Title: "**comet**", Days: 7, Matched: 1, Of: 412, PerDay: 1.0 / 7}, "s1:su:di:0:comet", "s1:no:")},
		"status_paused": {Status(en, StatusCard{Now: noon, Paused: 1, Healthy: 1})},
		"trial": {Trial(en, TrialResult{Title: "**ferry AND inquiry**", Lines: []markdown.Text{"-# direct message · instantly"}, Days: 7, Matched: 9, Of: 412, PerDay: 1.2857,
			Examples: []summarize.Story{ferryStory()}}, "s1:su:di:0:ferry AND inquiry", "s1:no:")},
		"trial_broad":    {Trial(en, TrialResult{Title: "**news**", Days: 7, Matched: 400, Of: 412, PerDay: 57, Broad: true}, "s1:su:di:0:news", "s1:no:")},
		"help":           {Help(en, []HelpEntry{{Name: "latest", About: "cmd.latest.about"}, {Name: "digest schedule", About: "cmd.digest.schedule.about", Manage: true}})},
		"confirm":        {Confirm(en.T("reply.privacy.ask"), "s1:pd:1", "Delete everything", "s1:no:", "Cancel")},
		"notice":         Notice(en, bot.Notice{Kind: "feed_failing", Args: map[string]string{"Feed": "Radio <@&1> Ossa", "URL": "https://ossa.example/feed", "Reason": "The address could not be read."}}),
		"notice_unknown": Notice(en, bot.Notice{Kind: "whatever", Args: map[string]string{"text": "**bold** @everyone"}}),
	}
	for _, lang := range locale.Langs() {
		cards["status_model_"+lang] = []Message{Status(locale.For(lang), model)}
		cards["status_model_used_up_"+lang] = []Message{Status(locale.For(lang), usedUp)}
	}
	return cards
}

func TestChartIsAPicture(t *testing.T) {
	t.Parallel()
	for name, perDay := range map[string][]int{"a month": varnholt().PerDay, "nothing": make([]int, 30), "none": nil, "one day": {3}, "a year": make([]int, 365), "huge": {1 << 40, 1}} {
		data := Chart(perDay, palette[0])
		if !bytes.HasPrefix(data, []byte("\x89PNG")) || len(data) > 60_000 {
			t.Errorf("%s: %d bytes, starting %q", name, len(data), data[:min(8, len(data))])
		}
	}
}

func TestColourIsStable(t *testing.T) {
	t.Parallel()
	if Colour("Shipping ") != Colour("shipping") {
		t.Error("the colour of a topic hangs on its case")
	}
	seen := map[int]bool{}
	for i := range 200 {
		seen[Colour(fmt.Sprint("topic ", i))] = true
	}
	if len(seen) < len(palette)-1 {
		t.Errorf("200 topics share %d colours", len(seen))
	}
}

func TestInOrderKeepsTopicsTogether(t *testing.T) {
	t.Parallel()
	items := []bot.Item{{StoryID: 1, Topic: "b"}, {StoryID: 2, Topic: "a"}, {StoryID: 3, Topic: "b"}, {StoryID: 4, Topic: ""}, {StoryID: 5, Topic: "a"}}
	var got []int64
	for _, it := range InOrder(items) {
		got = append(got, it.StoryID)
	}
	if want := []int64{1, 3, 2, 5, 4}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if items[1].StoryID != 2 {
		t.Error("the caller's items were moved")
	}
}

func TestStateTravelsInButtons(t *testing.T) {
	t.Parallel()
	l := StoryList{Act: ActLatest, Query: strings.Repeat("é", MaxQuery), Source: "a:b:c", Size: 5, Page: bot.StoryPage{Total: 50}, Offset: 5}
	var ids []string
	for _, b := range pager(locale.For("en"), l).Components {
		ids = append(ids, b.CustomID)
	}
	got := StateOf(ids)
	if got["q"] != l.Query || got["s"] != l.Source {
		t.Errorf("got %q", got)
	}
	if markdown.Len(ids[1]) != maxCustomID {
		t.Errorf("the longest query makes an id of %d characters", markdown.Len(ids[1]))
	}
}

func TestLateTimesAreShown(t *testing.T) {
	t.Parallel()
	if got := since(locale.For("en"), time.Time{}); got != "" {
		t.Errorf("the zero time is shown as %q", got)
	}
}
