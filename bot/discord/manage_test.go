package discord

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/discordtest"
	"sitrep/bot/manage"
	"sitrep/feeds"
	"sitrep/summarize"
)

// newManaged is a rig whose server can be managed.
func newManaged(t *testing.T, change func(*rig, *cabinet)) (*rig, *cabinet) {
	t.Helper()
	c := newCabinet()
	r := newRig(t, func(r *rig) {
		now := func() time.Time { return muxNoon }
		s := &r.services
		s.Guilds = &manage.Guilds{Store: c, Now: now}
		s.Feeds = &manage.Feeds{Store: c, Finder: c, Now: now, Limit: 50}
		s.Schedules = &manage.Schedules{Store: c, Guilds: c, Now: now, Limit: 5}
		s.Subscriptions = &manage.Subscriptions{Store: c, Stories: c, Guilds: c, PerUser: 5, PerGuild: 50, DailyCap: 20, Now: now}
		s.Quotas = &manage.Quotas{Store: r.shelf, BriefsPerUserDay: 2, BriefsPerGuildDay: 10, Now: now}
		s.Editor, s.Admins, s.Outbox, s.Digests = c, c, c, c
		s.Weights, s.Status, s.Traces, s.ActorOps, s.Model = c, c, c, c, c
		s.Packs, s.Files, s.Briefer = packs{}, files{data: `<opml version="2.0"><body><outline text="Courier" xmlUrl="https://courier.example/feed"/><outline text="Bad" xmlUrl="javascript:alert(1)"/></body></opml>`}, reader{}
		s.Channels = Access{NewREST(RESTConfig{Token: r.srv.Token(), API: r.srv.URL(), Log: r.cfg.Log})}
		c.stories = r.shelf.stories
		c.web["https://courier.example"] = []manage.Found{{Feed: feeds.Feed{URL: "https://courier.example/feed", Title: "Kestrel Bay Courier", Description: "All the news of the bay"},
			Articles: []feeds.Article{{Title: "Harbour board adopts motion 1", URL: "https://courier.example/1", PublishedAt: muxNoon}}}}
		c.web["https://courier.example/feed"] = c.web["https://courier.example"]
		c.web["https://many.example"] = []manage.Found{{Feed: feeds.Feed{URL: "https://courier.example/feed", Title: "News"}}, {Feed: feeds.Feed{URL: "https://many.example/sport", Title: "Sport"}}}
		if change != nil {
			change(r, c)
		}
	})
	return r, c
}

func TestManagingIsForManagers(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	for _, command := range []string{"digest list", "feeds list", "setup", "settings", "status"} {
		if _, err := r.ada.Command(r.within(t), r.news, command); err == nil {
			t.Errorf("the client offers /%s to a member", command)
		}
		in, err := r.ada.Anyway().Command(r.within(t), r.news, command)
		wants(t, r.answer(t, in, err), "Manage Server")
	}
	if len(c.schedules)+len(c.follows) > 0 {
		t.Error("something was changed all the same")
	}
}

func TestDigestSchedule(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	forum := r.guild.AddChannel(discordtest.ChannelConfig{Name: "forum", Type: 15})
	m := r.ask(t, r.bo, "digest schedule", discordtest.Opt("channel", r.news), discordtest.Opt("when", "every weekday at 8"),
		discordtest.Opt("zone", "Europe/Berlin"), discordtest.Opt("name", "Morning"), discordtest.Opt("topics", "harbour"), discordtest.Opt("publishers", 2))
	wants(t, m, "Morning is scheduled", r.news.Mention(), "Europe/Berlin", "Topics: harbour", "at least 2 publishers", "Next:")
	if !m.Ephemeral() {
		t.Error("setting up is between the bot and the manager")
	}
	s := c.schedules[1]
	if s.Cron == "" || s.NextRunAt.IsZero() || s.CreatedBy != r.bo.ID || s.ChannelID != r.news.ID {
		t.Errorf("saved %+v", s)
	}
	wants(t, r.press(t, r.bo, m, "Preview"), "nothing has been posted", "Harbour board adopts motion 1")
	wants(t, r.press(t, r.bo, m, "Post one now"), "on its way to "+r.news.Mention())
	if len(c.posted) != 1 {
		t.Errorf("posted %d digests", len(c.posted))
	}

	choices, err := r.bo.Autocomplete(r.within(t), r.news, "digest edit", discordtest.Opt("digest", "mor"))
	if err != nil || len(choices) != 1 {
		t.Fatalf("suggested %v, %v", choices, err)
	}
	wants(t, r.ask(t, r.bo, "digest edit", discordtest.Opt("digest", choices[0].Value), discordtest.Opt("channel", forum), discordtest.Opt("topics", "everything"), discordtest.Opt("size", "long")),
		"Morning has been changed", forum.Mention(), "long")
	if s := c.schedules[1]; s.Topics != "" || s.Size != bot.SizeLong || s.ChannelID != forum.ID || s.Cron == "" {
		t.Errorf("after the edit: %+v", s)
	}
	wants(t, r.ask(t, r.bo, "digest pause", discordtest.Opt("digest", "Morning")), "Morning is paused", "Paused")
	wants(t, r.ask(t, r.bo, "digest pause", discordtest.Opt("digest", "1")), "Morning goes on")
	wants(t, r.ask(t, r.bo, "digest list"), "Digests of this server", "Morning", "1 digest")
	wants(t, r.ask(t, r.bo, "digest remove", discordtest.Opt("digest", "Morning")), "will not be posted")
	wants(t, r.ask(t, r.bo, "digest list"), "There are none yet")
	wants(t, r.ask(t, r.bo, "digest now"), "on its way to "+r.news.Mention())
}

func TestDigestScheduleRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	r.bo.SetLocale("de")
	for when, want := range map[string]string{"now and then": "nicht als Zeit", "0 8 31 2 *": "kommt nie", "@every 1s": "fünf Felder"} {
		wants(t, r.ask(t, r.bo, "digest schedule", discordtest.Opt("channel", r.news), discordtest.Opt("when", when)), want)
	}
	wants(t, r.ask(t, r.bo, "digest schedule", discordtest.Opt("channel", r.news), discordtest.Opt("when", "daily at 8"), discordtest.Opt("zone", "Berln")), "keine Zeitzone")
	wants(t, r.ask(t, r.bo, "digest schedule", discordtest.Opt("channel", r.news), discordtest.Opt("when", "daily at 8"), discordtest.Opt("topics", "(harbour")), "Das Thema ist an Zeichen")
	wants(t, r.ask(t, r.bo, "digest edit", discordtest.Opt("digest", "Abend")), "kein Briefing namens „Abend“")
	if len(c.schedules) > 0 {
		t.Errorf("saved %v", c.schedules)
	}
}

func TestChannelPermissionsAreNamed(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	r.refusals = true
	quiet := r.guild.AddChannel(discordtest.ChannelConfig{Name: "quiet"})
	quiet.Deny(discordtest.SendMessages | discordtest.ReadMessageHistory)
	hidden := r.guild.AddChannel(discordtest.ChannelConfig{Name: "hidden"})
	hidden.Deny(discordtest.ViewChannel)
	ask := func(ch *discordtest.Channel, more ...discordtest.Option) *discordtest.Message {
		return r.ask(t, r.bo, "digest schedule", append([]discordtest.Option{discordtest.Opt("channel", ch), discordtest.Opt("when", "daily at 8")}, more...)...)
	}
	wants(t, ask(quiet), "can’t post in "+quiet.Mention(), "Send Messages", "Read Message History")
	wants(t, ask(hidden), "View Channel")
	r.news.Deny(discordtest.CreatePublicThreads)
	wants(t, ask(r.news, discordtest.Opt("thread", true)), "Create Public Threads")
	wants(t, ask(r.news, discordtest.Opt("ping", r.guild.AddRole("readers", 0))), "Mention Everyone")
	wants(t, r.ask(t, r.bo, "settings", discordtest.Opt("admin_channel", quiet)), "Send Messages")
	if len(c.schedules) > 0 {
		t.Errorf("saved %v", c.schedules)
	}
	wants(t, ask(r.news), "is scheduled")
}

func TestFeeds(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	m := r.ask(t, r.bo, "feeds add", discordtest.Opt("url", "courier.example"), discordtest.Opt("include", "harbour"))
	wants(t, m, "Kestrel Bay Courier", "All the news of the bay", "Harbour board adopts motion 1", "only: harbour")
	if len(c.follows) > 0 {
		t.Error("followed before anybody agreed")
	}
	wants(t, r.press(t, r.bo, m, "Follow this feed"), "Now following Kestrel Bay Courier", "only: harbour")
	if len(c.follows) != 1 || c.follows[0].Include != "harbour" || c.follows[0].AddedBy != r.bo.ID {
		t.Errorf("follows %+v", c.follows)
	}
	in, err := r.bo.Press(r.within(t), r.ask(t, r.bo, "feeds add", discordtest.Opt("url", "courier.example")), "Follow this feed")
	wants(t, r.followup(t, in, err), "follows **Kestrel Bay Courier** already")
	m = r.ask(t, r.bo, "feeds add", discordtest.Opt("url", "many.example"))
	wants(t, m, "several feeds", "News", "Sport")
	wants(t, r.pick(t, r.bo, m, "s1:pf", "https://courier.example/feed"), "Kestrel Bay Courier", "Follow this feed")
	dead := r.ask(t, r.bo, "feeds add", discordtest.Opt("url", "dead.example"))
	wants(t, dead, "could not be read")
	if strings.Contains(dead.Text(), "192.0.2.7") {
		t.Error("the answer tells the address behind the name")
	}
	wants(t, r.ask(t, r.bo, "feeds add", discordtest.Opt("url", "courier.example"), discordtest.Opt("include", "(x")), "can’t be understood at character")

	wants(t, r.ask(t, r.bo, "feeds list"), "1 feed", "Kestrel Bay Courier", "only: harbour")
	wants(t, r.ask(t, r.bo, "feeds filter", discordtest.Opt("feed", "Kestrel Bay Courier"), discordtest.Opt("exclude", "sport")), "without: sport")
	wants(t, r.ask(t, r.bo, "feeds health"), "nothing wrong")
	c.follows[0].Feed.State, c.follows[0].Feed.Since, c.follows[0].Feed.Reason, c.follows[0].Feed.Fails = feeds.StateFailing, muxNoon.Add(-50*time.Hour), "the server did not answer", 9
	wants(t, r.ask(t, r.bo, "feeds health"), "1 feed in trouble", "the server did not answer", "9 failed checks")
	choices, err := r.bo.Autocomplete(r.within(t), r.news, "feeds remove", discordtest.Opt("feed", "kestrel"))
	if err != nil || len(choices) != 1 {
		t.Fatalf("suggested %v, %v", choices, err)
	}
	m = r.ask(t, r.bo, "feeds export")
	wants(t, m, "1 feed, as an OPML file")
	if len(m.Attachments) != 1 || !strings.Contains(string(m.Data(m.Attachments[0].ID)), "https://courier.example/feed") {
		t.Errorf("the export is %v", m.Attachments)
	}
	wants(t, r.ask(t, r.bo, "feeds remove", discordtest.Opt("feed", choices[0].Value)), "no longer follows")
	wants(t, r.ask(t, r.bo, "feeds list"), "follows no feeds yet")
	wants(t, r.ask(t, r.bo, "feeds import", discordtest.Opt("file", discordtest.Upload{Name: "feeds.opml", Data: []byte("x")})), "Feeds imported", "1 feed is followed now")
	wants(t, r.ask(t, r.bo, "feeds remove", discordtest.Opt("feed", "Nobody")), "no feed named “Nobody”")
}

func TestPacksAndSetup(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	m := r.ask(t, r.bo, "feeds packs")
	wants(t, m, "Starter packs", "Harbour news")
	m = r.pick(t, r.bo, m, "s1:pp", "harbour-en")
	wants(t, m, "Kestrel Bay Courier", "Radio Ossa", "Follow all 2 feeds")
	wants(t, r.press(t, r.bo, m, "Follow all 2 feeds"), "2 feeds are followed now")

	m = r.ask(t, r.bo, "setup", discordtest.Opt("when", "every day at 7:30"), discordtest.Opt("zone", "America/Sao_Paulo"))
	wants(t, m, "Let’s set things up", "every day at 7:30")
	m = r.pick(t, r.bo, m, m.Components[0].Components[1].Components[0].CustomID, "harbour-en")
	wants(t, m, "Harbour news (English) is set up", "America/Sao\\_Paulo", "2 were followed already", "on its way to "+r.news.Mention())
	if len(c.posted) != 1 || c.posted[0].Zone != "America/Sao_Paulo" {
		t.Errorf("posted %+v", c.posted)
	}
	if g := c.guilds[r.guild.ID]; g.Zone != "America/Sao_Paulo" {
		t.Errorf("the server's settings are %+v", g)
	}
	wants(t, r.ask(t, r.bo, "setup", discordtest.Opt("pack", "volcano")), "no starter pack named")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	wants(t, r.ask(t, r.bo, "settings"), "Settings of this server", "a direct message to the owner", "allowed")
	wants(t, r.ask(t, r.bo, "settings", discordtest.Opt("language", "fr"), discordtest.Opt("zone", "Europe/Paris"), discordtest.Opt("admin_channel", r.news), discordtest.Opt("models", false)),
		"Settings saved", "français", "Europe/Paris", r.news.Mention(), "no text is sent")
	if g := c.guilds[r.guild.ID]; g.Lang != "fr" || g.Zone != "Europe/Paris" || g.AdminChannel != r.news.ID || !g.LLMOptOut {
		t.Errorf("saved %+v", g)
	}
	choices, err := r.bo.Autocomplete(r.within(t), r.news, "settings", discordtest.Opt("zone", "sao_p"))
	if err != nil || len(choices) == 0 || choices[0].Value != "America/Sao_Paulo" {
		t.Errorf("suggested %v, %v", choices, err)
	}
}

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	long := `harbour AND (motion OR "board meeting" OR "ferry inquiry" OR "bow door" OR breakwater OR lighthouse OR pilotage) AND NOT (regatta OR sailing)`
	m := r.ask(t, r.ada, "subscribe", discordtest.Opt("topic", long), discordtest.Opt("when", "daily"), discordtest.Opt("publishers", 2))
	wants(t, m, "Try it out first", "In the last 7 days", "daily at 08:00", "at least 2 publishers")
	if len(c.subs) > 0 {
		t.Error("saved before anybody agreed")
	}
	wants(t, r.press(t, r.ada, m, "Subscribe"), "Subscribed", "direct message", "daily at 08:00")
	s := c.subs[1]
	if s.Query != long || s.When != bot.Daily || s.MinPublishers != 2 || s.UserID != r.ada.ID || s.GuildID != r.guild.ID {
		t.Errorf("saved %+v", s)
	}
	wants(t, r.press(t, r.ada, r.ask(t, r.ada, "subscribe", discordtest.Opt("topic", "ferry")), "Cancel"), "Nothing was changed")
	wants(t, r.ask(t, r.ada, "subscribe", discordtest.Opt("topic", "harbour"), discordtest.Opt("where", "channel")), "Only people who manage")
	wants(t, r.ask(t, r.ada, "subscribe", discordtest.Opt("topic", "NOT harbour")), "says only what is not wanted")
	wants(t, r.press(t, r.bo, r.ask(t, r.bo, "subscribe", discordtest.Opt("topic", "harbour"), discordtest.Opt("where", "channel")), "Subscribe"), "Subscribed", r.news.Mention())

	m = r.ask(t, r.ada, "subscriptions")
	wants(t, m, "Your subscriptions", "1 subscription", "harbour AND")
	one := r.pick(t, r.ada, m, "s1:sb", "1")
	one = r.press(t, r.ada, one, "Pause")
	wants(t, one, "Paused", "Resume")
	one = r.press(t, r.ada, one, "Resume")
	in, err := r.ada.Press(r.within(t), one, "Edit")
	if err != nil {
		t.Fatal(err)
	}
	form, err := in.Modal(r.within(t))
	if err != nil {
		t.Fatal(err)
	}
	in, err = r.ada.SubmitModal(r.within(t), form, map[string]any{"topic": "ferry", "when": "instantly", "quiet": "22:00-07:00", "cap": "3", "zone": "Europe/Berlin"})
	wants(t, r.answer(t, in, err), "Saved", "ferry", "quiet 22:00 to 07:00", "at most 3 alerts a day", "Europe/Berlin")
	if s := c.subs[1]; s.Query != "ferry" || s.When != bot.Instantly || s.QuietFrom != 22*60 || s.QuietTo != 7*60 || s.DailyCap != 3 || s.Zone != "Europe/Berlin" {
		t.Errorf("after the edit: %+v", s)
	}
	in, err = r.ada.Press(r.within(t), one, "Edit")
	if err != nil {
		t.Fatal(err)
	}
	if form, err = in.Modal(r.within(t)); err != nil {
		t.Fatal(err)
	}
	in, err = r.ada.SubmitModal(r.within(t), form, map[string]any{"when": "half past never"})
	wants(t, r.answer(t, in, err), "is no time of the day")

	// Another member sees and touches none of it; the manager only what is in channels.
	cem := r.guild.AddMember("Cem", discordtest.MemberConfig{})
	wants(t, r.ask(t, cem, "subscriptions"), "You have none")
	in, err = cem.Anyway().Press(r.within(t), r.ask(t, r.ada, "latest"), "s1:sd:1")
	wants(t, r.answer(t, in, err), "no such subscription")
	wants(t, r.ask(t, cem, "unsubscribe", discordtest.Opt("subscription", "1")), "no such subscription")
	if text := r.ask(t, r.bo, "subscriptions").Text(); strings.Contains(text, "ferry") || !strings.Contains(text, "harbour") {
		t.Errorf("the manager sees:\n%s", text)
	}
	choices, err := r.ada.Autocomplete(r.within(t), r.news, "unsubscribe", discordtest.Opt("subscription", "fer"))
	if err != nil || len(choices) != 1 {
		t.Fatalf("suggested %v, %v", choices, err)
	}
	wants(t, r.ask(t, r.ada, "unsubscribe", discordtest.Opt("subscription", choices[0].Value)), "Unsubscribed", "ferry")
	wants(t, r.ask(t, r.ada, "subscriptions"), "You have none")
}

func TestSubscribeInDirectMessages(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	in, err := r.ada.Command(r.within(t), r.ada.DM(), "subscribe", discordtest.Opt("topic", "ferry"))
	trial := r.answer(t, in, err)
	wants(t, trial, "Try it out first")
	wants(t, r.press(t, r.ada, trial, "Subscribe"), "Subscribed")
	if s := c.subs[1]; s.GuildID != bot.DirectGuild || s.UserID != r.ada.ID || s.ChannelID != "" {
		t.Errorf("saved %+v", s)
	}
	in, err = r.ada.Command(r.within(t), r.ada.DM(), "subscribe", discordtest.Opt("topic", "harbour"), discordtest.Opt("where", "channel"))
	wants(t, r.answer(t, in, err), "in the server itself")
	in, err = r.ada.Command(r.within(t), r.ada.DM(), "subscriptions")
	wants(t, r.answer(t, in, err), "1 subscription")
}

// A form can't be deferred: where it doesn't open in time the asker is told.
func TestAFormThatTakesTooLong(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, func(r *rig, _ *cabinet) { r.cfg.FormAfter = time.Millisecond })
	r.press(t, r.ada, r.ask(t, r.ada, "subscribe", discordtest.Opt("topic", "ferry")), "Subscribe")
	one := r.pick(t, r.ada, r.ask(t, r.ada, "subscriptions"), "s1:sb", "1")
	c.stuck.Store(true)
	in, err := r.ada.Press(r.within(t), one, "Edit")
	wants(t, r.answer(t, in, err), "took too long", "Try again")
	if m := r.answer(t, in, nil); strings.Contains(m.Text(), "context") || !m.Ephemeral() {
		t.Errorf("the asker reads %q", m.Text())
	}
}

func TestFollowButtons(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	story := r.ask(t, r.ada, "story", discordtest.Opt("story", "2"))
	wants(t, r.press(t, r.ada, story, "Follow"), "Subscribed", "Harbour board adopts motion 2")
	wants(t, r.press(t, r.ada, story, "Follow"), "have that subscription already")
	who := r.ask(t, r.ada, "who", discordtest.Opt("name", "7"))
	wants(t, r.press(t, r.ada, who, "Follow"), "Subscribed")
	if len(c.subs) != 2 || c.subs[1].StoryID != 2 || c.subs[2].ActorID != 7 {
		t.Errorf("saved %+v", c.subs)
	}
}

func TestMoreAndFewerLikeThis(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	story := r.ask(t, r.bo, "story", discordtest.Opt("story", "2"))
	wants(t, r.press(t, r.ada, story, "Fewer like this"), "Manage Server")
	m := r.press(t, r.bo, story, "Fewer like this")
	wants(t, m, "less of **Ilse Varnholt**")
	if len(c.weights) != 1 || c.weights[0].Factor >= 1 || c.weights[0].ChannelID != r.news.ID {
		t.Errorf("weights %+v", c.weights)
	}
	wants(t, r.ask(t, r.bo, "status"), "Leanings of this channel", "fewer on Ilse Varnholt")
	wants(t, r.press(t, r.bo, m, "Undo"), "counts as before")
	if len(c.weights) != 0 {
		t.Errorf("weights %+v", c.weights)
	}
}

func TestReportReachesTheAdmins(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	story := r.ask(t, r.ada, "story", discordtest.Opt("story", "2"))
	in, err := r.ada.Press(r.within(t), story, "Report an error")
	if err != nil {
		t.Fatal(err)
	}
	form, err := in.Modal(r.within(t))
	if err != nil {
		t.Fatal(err)
	}
	in, err = r.ada.SubmitModal(r.within(t), form, map[string]any{"text": "It was motion 3. @everyone"})
	wants(t, r.answer(t, in, err), "admins have been told")
	if len(c.told) != 1 || c.told[0].Kind != "report" || c.told[0].Args["User"] != r.ada.ID || !strings.Contains(c.told[0].Args["Text"], "motion 3") {
		t.Errorf("told %+v", c.told)
	}
}

func TestDigestReceipts(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	c.digests[90] = bot.Digest{ID: 90, Title: "Morning", Items: []bot.Item{{StoryID: 1, Headline: "A", Lines: []bot.Line{{Text: "The board met.", Sources: []summarize.Source{
		{ArticleID: 1, URL: "https://courier.example/1", Publisher: "Kestrel Bay Courier", At: muxNoon, Evidence: summarize.Evidence{Text: "The board met on Tuesday, the chair said."}}}}}}}}
	m := r.ask(t, r.ada, "latest")
	c.messages[m.ID] = bot.Delivery{GuildID: r.guild.ID, DigestID: 90}
	in, err := r.ada.Anyway().Press(r.within(t), m, "s1:rd:0:0:1")
	wants(t, r.answer(t, in, err), "Receipts: Morning", "The board met on Tuesday, the chair said.")
	c.messages[m.ID] = bot.Delivery{GuildID: "another", DigestID: 90}
	in, err = r.ada.Anyway().Press(r.within(t), m, "s1:rd:0:0:1")
	wants(t, r.answer(t, in, err), "no longer stored")
}

func TestStatusWhyActorsPrivacy(t *testing.T) {
	t.Parallel()
	r, c := newManaged(t, nil)
	c.parked = []bot.ParkedRoute{{Route: "channel:" + r.news.ID, Reason: "missing permissions", Held: 3}}
	m := r.ask(t, r.bo, "status")
	wants(t, m, "How things stand", "2 messages wait", "missing permissions", "3 messages held", "1,234 articles")
	wants(t, r.press(t, r.bo, m, "Refresh"), "How things stand")

	c.traces = []bot.Trace{{Title: "Harbour board adopts motion 1", URL: "https://courier.example/1", Steps: []bot.TraceStep{{At: muxNoon, Step: "seen"}, {At: muxNoon, Step: "left out", Code: "floor"}}}}
	wants(t, r.ask(t, r.ada, "why", discordtest.Opt("item", "https://courier.example/1")), "What became of it", "**seen**", "**left out**: too few publishers")
	wants(t, r.ask(t, r.ada, "why", discordtest.Opt("item", "nothing")), "Nothing of that is known")

	wants(t, r.ask(t, r.bo, "actors merge", discordtest.Opt("into", "7"), discordtest.Opt("from", "8")), "Jost Varnholt** is now part of **Ilse Varnholt", "operation:41")
	wants(t, r.ask(t, r.bo, "actors merge", discordtest.Opt("into", "7"), discordtest.Opt("from", "Ilse Varnholt")), "same entry already")
	wants(t, r.ask(t, r.bo, "actors split", discordtest.Opt("actor", "7"), discordtest.Opt("aliases", "varnholt")), "no longer stand for", "operation:42")
	wants(t, r.ask(t, r.bo, "actors split", discordtest.Opt("actor", "7"), discordtest.Opt("aliases", "Somebody")), "not one of its names")
	wants(t, r.ask(t, r.bo, "actors undo", discordtest.Opt("operation", "41")), "taken back")
	wants(t, r.ask(t, r.bo, "actors undo", discordtest.Opt("operation", "43")), "not there any more")
	if want := []string{"merge 8 into 7 by " + r.bo.ID, `split ["Varnholt"] from 7 by ` + r.bo.ID, "undo 41"}; fmt.Sprint(c.ops) != fmt.Sprint(want) {
		t.Errorf("operations %q", c.ops)
	}

	m = r.ask(t, r.ada, "privacy export")
	if len(m.Attachments) != 1 || !strings.Contains(string(m.Data(m.Attachments[0].ID)), r.ada.ID) {
		t.Errorf("the export is %v", m.Attachments)
	}
	r.ask(t, r.ada, "catchup")
	m = r.ask(t, r.ada, "privacy delete")
	wants(t, m, "can’t be taken back")
	in, err := r.bo.Anyway().Press(r.within(t), r.ask(t, r.ada, "latest"), "s1:pd:"+r.ada.ID)
	wants(t, r.answer(t, in, err), "earlier version")
	wants(t, r.press(t, r.ada, m, "Delete everything"), "is deleted")
	if len(r.shelf.caughtUp) != 0 {
		t.Errorf("still stored: %v", r.shelf.caughtUp)
	}
}

func TestBrief(t *testing.T) {
	t.Parallel()
	r, _ := newManaged(t, nil)
	m := r.ask(t, r.ada, "brief", discordtest.Opt("url", "https://courier.example/1"))
	wants(t, m, "Motion adopted", "What happened", "The harbour board adopted the motion.", "**Ilse Varnholt**, chair of the harbour board", "We count every boat.", "chaired by Ilse Varnholt, adopted the motion on Tuesday")
	post := r.bo.Say(r.news, "have you seen this? https://courier.example/2?a=b, wow")
	in, err := r.ada.MessageCommand(r.within(t), post, "Brief this")
	m = r.answer(t, in, err)
	wants(t, m, "Motion adopted")
	if !m.Ephemeral() {
		t.Error("a brief of somebody's message is for the asker")
	}
	in, err = r.ada.MessageCommand(r.within(t), r.bo.Say(r.news, "no link here"), "Brief this")
	wants(t, r.answer(t, in, err), "no link to an article")
	wants(t, r.ask(t, r.ada, "brief", discordtest.Opt("url", "https://courier.example/3")), "2 articles read today")
	wants(t, r.ask(t, r.bo, "brief", discordtest.Opt("url", "https://courier.example/3")), "Motion adopted")
}
