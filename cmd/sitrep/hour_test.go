package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord"
	"sitrep/bot/discordtest"
	"sitrep/config"
	"sitrep/feeds"
	"sitrep/feeds/newsroom"
)

// An hour is a server's first hour with the bot: a newsroom on loopback, a
// simulated Discord, and the whole bot between them.
type hour struct {
	t        *testing.T
	ctx      context.Context
	srv      *discordtest.Server
	guild    *discordtest.Guild
	briefing *discordtest.Channel
	staff    *discordtest.Channel
	ada, ben *discordtest.User // who manages the server, and who doesn't
	room     *newsroom.Newsroom
	broken   atomic.Bool // the first outlet answers with 500
	ahead    atomic.Int64
	bot      *service
}

func (h *hour) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

// newsroomPacks offers the newsroom's outlets as a starter pack.
type newsroomPacks struct{ room *newsroom.Newsroom }

func (p newsroomPacks) SuggestPacks(string, string, int) []bot.Suggestion {
	return []bot.Suggestion{{Label: "Harbour news (English)", Value: "harbour"}}
}

func (p newsroomPacks) Pack(id, _ string) (discord.Pack, bool) {
	pack := discord.Pack{ID: "harbour", Name: "Harbour news (English)"}
	for _, o := range newsroom.Outlets() {
		pack.Feeds = append(pack.Feeds, feeds.Feed{URL: p.room.FeedURL(o.Key), Title: o.Name, Publisher: o.Name, Family: o.Family, State: feeds.StateActive})
	}
	return pack, id == pack.ID
}

func newHour(t *testing.T) *hour {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel)
	h := &hour{t: t, ctx: ctx}
	var err error
	if h.room, err = newsroom.New(time.Now()); err != nil {
		t.Fatal(err)
	}
	for i, o := range newsroom.Outlets() {
		site := h.room.Handler(o.Key)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if i == 0 && h.broken.Load() {
				http.Error(w, "out of order", http.StatusInternalServerError)
				return
			}
			site.ServeHTTP(w, r)
		}))
		t.Cleanup(server.Close)
		h.room.SetBase(o.Key, server.URL)
	}

	h.srv = discordtest.Start(discordtest.Config{ResponseTime: time.Minute}) // this machine may be busy with other things
	t.Cleanup(h.srv.Close)
	h.guild = h.srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch", WithoutBot: true})
	h.briefing = h.guild.AddChannel(discordtest.ChannelConfig{Name: "briefing"})
	h.staff = h.guild.AddChannel(discordtest.ChannelConfig{Name: "staff"})
	h.ada = h.guild.AddMember("Ada", discordtest.MemberConfig{Permissions: discordtest.ManageGuild})
	h.ben = h.guild.AddMember("Ben", discordtest.MemberConfig{})

	c := config.Default()
	c.Database.URL = ":memory:"
	c.Discord.Token, c.Discord.API = config.Secret(h.srv.Token()), h.srv.URL()
	c.HTTP.AllowPrivate = []string{"127.0.0.0/8"}
	c.Feeds.MinInterval, c.Feeds.MaxInterval = config.Duration(time.Second), config.Duration(time.Second)
	engine, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	h.bot, err = newService(ctx, &c, engine, slog.New(slog.DiscardHandler), tuning{now: h.now, idle: 200 * time.Millisecond, jobPoll: 100 * time.Millisecond, spacing: 10 * time.Millisecond, patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	commands := h.bot.muxConfig()
	commands.Services.Packs = newsroomPacks{h.room}
	h.bot.mux = discord.NewMux(commands)
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- h.bot.run(running) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the bot ended: %v", err)
		}
		h.bot.close()
	})
	if err := h.srv.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	if err := h.srv.WaitCommand(ctx, "setup"); err != nil {
		t.Fatal(err)
	}
	return h
}

// answer waits for the finished answer to what somebody did.
func (h *hour) answer(in *discordtest.Interaction, err error) *discordtest.Message {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	m, err := in.Message(h.ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

func (h *hour) ask(u *discordtest.User, command string, options ...discordtest.Option) *discordtest.Message {
	h.t.Helper()
	return h.answer(u.Command(h.ctx, h.briefing, command, options...))
}

func (h *hour) press(u *discordtest.User, m *discordtest.Message, button string) *discordtest.Message {
	h.t.Helper()
	return h.answer(u.Press(h.ctx, m, button))
}

// says holds that a message has all the parts.
func (h *hour) says(m *discordtest.Message, parts ...string) {
	h.t.Helper()
	for _, p := range parts {
		if !strings.Contains(m.Text(), p) {
			h.t.Errorf("the message lacks %q:\n%s", p, m.Text())
		}
	}
}

// message waits for a message with a text in a channel.
func (h *hour) message(c *discordtest.Channel, text string) *discordtest.Message {
	h.t.Helper()
	m, err := h.srv.WaitMessage(h.ctx, c, func(m *discordtest.Message) bool { return strings.Contains(m.Text(), text) })
	if err != nil {
		h.t.Fatalf("no message with %q in #%s: %v", text, c.Name(), err)
	}
	return m
}

// wait waits until something is so in the store.
func (h *hour) wait(what string, so func() (bool, error)) {
	h.t.Helper()
	if err := until(h.ctx, 50*time.Millisecond, so); err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
}

// first is the server's follow of the outlet that breaks.
func (h *hour) first() (bot.Follow, error) {
	list, err := h.bot.store.Follows(h.ctx, h.guild.ID)
	if err != nil {
		return bot.Follow{}, err
	}
	for _, f := range list {
		if f.Feed.URL == h.room.FeedURL(newsroom.Outlets()[0].Key) {
			return f, nil
		}
	}
	return bot.Follow{}, bot.ErrNotFound
}

// trouble has the bot look at the feeds twice: each time minutes after it has
// looked by itself, for it does that every ten.
func (h *hour) trouble() {
	h.t.Helper()
	for range 2 {
		h.ahead.Add(int64(15 * time.Minute))
		if err := h.bot.feedTrouble(h.ctx); err != nil {
			h.t.Fatal(err)
		}
	}
}

// TestFirstHour tells a server's first hour, through REST and gateway: invite,
// set-up, first digest, receipts, who, a subscription and its alert, a feed that
// breaks and is mended, an edited digest, an export.
func TestFirstHour(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	h := newHour(t)
	h.guild.InviteBot(0)
	h.wait("the bot notices its new server", func() (bool, error) {
		_, err := h.bot.store.Guild(h.ctx, h.guild.ID)
		return err == nil, nil
	})

	// Set up: a pack, this channel, a time.
	m := h.ask(h.ada, "setup", discordtest.Opt("when", "every day at 8"), discordtest.Opt("zone", "Europe/Berlin"))
	h.says(m, "Let’s set things up", "Harbour news")
	menu := ""
	for c := range discordtest.Walk(m.Components) {
		if c.IsSelect() {
			menu = c.CustomID
		}
	}
	m = h.answer(h.ada.Select(h.ctx, m, menu, "harbour"))
	h.says(m, "is set up", "Europe/Berlin", "on its way to "+h.briefing.Mention())
	h.says(h.ask(h.ada, "settings", discordtest.Opt("admin_channel", h.staff)), "Settings saved", h.staff.Mention())

	// The first digest is there, with sources; its receipts are the sentences themselves.
	digest := h.message(h.briefing, "The bottom line")
	h.says(digest, "Harbour news", "publishers", "http://127.0.0.1")
	for _, posted := range h.briefing.Messages() {
		if len(posted.Pings.Users)+len(posted.Pings.Roles) > 0 || posted.Pings.Everyone {
			t.Errorf("a digest pinged %+v", posted.Pings)
		}
	}
	h.wait("the digest is posted whole", func() (bool, error) {
		st, err := h.bot.store.Status(h.ctx, h.guild.ID)
		return st.Outbox == 0, err
	})
	receipts := h.answer(h.ben.Press(h.ctx, h.lastPart(), "Receipts"))
	h.says(receipts, "The exact sentences")
	h.traceable(receipts)

	// Who is who.
	choices, err := h.ben.Autocomplete(h.ctx, h.briefing, "who", discordtest.Opt("name", "abern"))
	if err != nil || len(choices) == 0 {
		t.Fatalf("/who suggests %v, %v", choices, err)
	}
	h.says(h.ask(h.ben, "who", discordtest.Opt("name", choices[0].Value)), "Abernathy", "per [")

	// Ben subscribes after a dry run, and is told when something breaks.
	trial := h.ask(h.ben, "subscribe", discordtest.Opt("topic", "ferry"))
	h.says(trial, "Try it out first", "In the last 7 days")
	h.says(h.press(h.ben, trial, "Subscribe"), "Subscribed", "direct message")
	news := h.room.Break(h.now())
	alert := h.message(h.ben.DM(), "New on ferry")
	h.says(alert, "You asked for this")
	t.Logf("the newsroom breaks %q; Ben reads %q", news[0].Title, firstLine(alert.Text()))
	h.says(h.answer(h.ben.Press(h.ctx, alert, "Receipts")), "The exact sentences")

	// A feed breaks. A day later the admins are told; once.
	h.broken.Store(true)
	h.wait("the feed fails", func() (bool, error) {
		f, err := h.first()
		return f.Feed.State == feeds.StateFailing, err
	})
	h.says(h.ask(h.ada, "feeds health"), "1 feed in trouble")
	h.ahead.Store(int64(25 * time.Hour))
	h.trouble()
	h.says(h.message(h.staff, "A feed is in trouble"), "can’t be read")

	// It is mended, and they are told of that too.
	h.broken.Store(false)
	h.ahead.Store(int64(52 * time.Hour))
	h.wait("the feed works again", func() (bool, error) {
		f, err := h.first()
		return f.Feed.State == feeds.StateActive, err
	})
	h.trouble()
	h.message(h.staff, "A feed works again")
	if n := len(h.staff.Messages()); n != 2 {
		t.Errorf("the admins were told %d times", n)
	}
	h.says(h.ask(h.ada, "feeds health"), "nothing wrong")

	// The digest is edited, what has been set up is exported.
	h.says(h.ask(h.ada, "digest edit", discordtest.Opt("digest", "Harbour news (English)"), discordtest.Opt("topics", "ferry"), discordtest.Opt("size", "short")),
		"has been changed", "Topics: ferry", "short")
	h.says(h.ask(h.ada, "digest list"), "1 digest", "Topics: ferry")
	export := h.ask(h.ada, "feeds export")
	if len(export.Attachments) != 1 {
		t.Fatalf("the export has %d files", len(export.Attachments))
	}
	for _, o := range newsroom.Outlets() {
		if opml := string(export.Data(export.Attachments[0].ID)); !strings.Contains(opml, h.room.FeedURL(o.Key)) {
			t.Errorf("the export lacks %s:\n%s", o.Name, opml)
		}
	}

	for _, q := range h.srv.Journal().Requests() {
		if q.Status >= 400 && q.Status != http.StatusTooManyRequests && !(q.Status == 404 && q.Route == "/guilds/{guild_id}/members/{user_id}") {
			t.Errorf("%s %s was refused with %d: %s\n%s", q.Method, q.Path, q.Status, q.Response, q.Body)
		}
	}
}

// lastPart is the digest's message with the buttons.
func (h *hour) lastPart() *discordtest.Message {
	h.t.Helper()
	for _, m := range h.briefing.Messages() {
		if m.Find("Receipts") != nil {
			return m
		}
	}
	h.t.Fatal("no part of the digest has receipts")
	return nil
}

// traceable holds that each quoted line of receipts stands in an article of the
// newsroom, word for word.
func (h *hour) traceable(m *discordtest.Message) {
	h.t.Helper()
	var all strings.Builder
	for _, a := range h.room.Articles() {
		all.WriteString(a.Title + "\n" + a.Text + "\n" + a.Summary + "\n")
	}
	plain := strings.NewReplacer(`\`, "", "\u200b", "")
	corpus := strings.Join(strings.Fields(all.String()), " ")
	quoted := 0
	for line := range strings.SplitSeq(m.Text(), "\n") {
		sentence, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		quoted++
		sentence = strings.TrimSuffix(plain.Replace(sentence), "…")
		if !strings.Contains(corpus, strings.Join(strings.Fields(sentence), " ")) {
			h.t.Errorf("no article says %q", sentence)
		}
	}
	if quoted == 0 {
		h.t.Errorf("the receipts quote nothing:\n%s", m.Text())
	}
}

func firstLine(s string) string {
	s = strings.TrimLeft(s, "-# ")
	line, _, _ := strings.Cut(s, "\n")
	return line
}
