package discord

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
	"sitrep/bot/discordtest"
	"sitrep/bot/discordtest/openapi"
	"sitrep/summarize"
)

// A rig is a server with a member, a manager, the bot, and something to read.
type rig struct {
	srv      *discordtest.Server
	guild    *discordtest.Guild
	news     *discordtest.Channel
	ada, bo  *discordtest.User // a member; a manager
	shelf    *shelf
	services Services
	cfg      MuxConfig
	refusals bool // the test has Discord refuse something
}

func newRig(t *testing.T, change func(*rig)) *rig {
	t.Helper()
	r := &rig{srv: discordtest.Start(discordtest.Config{NoRateLimits: true, Clock: discordtest.NewSlowClock(40)})}
	t.Cleanup(func() {
		r.srv.Close()
		r.validate(t)
	})
	r.guild = r.srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	r.news = r.guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
	r.ada = r.guild.AddMember("Ada", discordtest.MemberConfig{})
	r.bo = r.guild.AddMember("Bo", discordtest.MemberConfig{Permissions: discordtest.ManageGuild})
	r.shelf = sampleShelf(r.guild.ID)
	r.services = Services{Answers: r.shelf, Actors: r.shelf, Persons: r.shelf}
	rest := NewREST(RESTConfig{Token: r.srv.Token(), API: r.srv.URL(), Log: slog.New(slog.DiscardHandler)})
	members := NewMembers(rest, func(context.Context) ([]bot.Guild, error) { return []bot.Guild{{ID: r.guild.ID}}, nil }, time.Now)
	// On a busy machine nothing is deferred or given up that a test doesn't hold up.
	r.cfg = MuxConfig{CommandsPerMinute: 10_000, Members: members, Log: slog.New(slog.DiscardHandler), AckAfter: time.Minute, FormAfter: time.Minute, SuggestAfter: time.Minute,
		Now: func() time.Time { return muxNoon }}
	if change != nil {
		change(r)
	}
	r.cfg.Services = r.services
	r.connect(t, NewMux(r.cfg))
	return r
}

// connect joins the bot to the simulation by REST and gateway, as in production.
func (r *rig) connect(t *testing.T, m *Mux) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	rest := NewREST(RESTConfig{Token: r.srv.Token(), API: r.srv.URL(), Log: log})
	if _, err := RegisterCommands(t.Context(), rest.Session(), r.srv.ApplicationID()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var busy sync.WaitGroup
	gw := NewGateway(GatewayConfig{REST: rest, Intents: discordgo.IntentsGuilds, HelloWait: time.Minute, Log: log, Handlers: func(s *discordgo.Session) {
		s.AddHandler(func(_ *discordgo.Session, i *discordgo.InteractionCreate) {
			busy.Add(1)
			defer busy.Done()
			m.Handle(ctx, rest.Session(), i)
		})
	}})
	done := make(chan error, 1)
	go func() { done <- gw.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done; busy.Wait() })
	if err := r.srv.WaitReady(r.within(t)); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

var loadSpec = sync.OnceValue(func() *openapi.Spec {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	spec, err := openapi.Load(filepath.Join(dir, "..", "shared", "discord", "openapi.json"))
	if err != nil {
		return nil
	}
	return spec
})

// validate holds everything the bot sent against Discord's own description,
// where that is at hand, and against the simulation's refusals.
func (r *rig) validate(t *testing.T) {
	t.Helper()
	for _, q := range r.srv.Journal().Requests() {
		if q.Status == 404 && q.Route == "/guilds/{guild_id}/members/{user_id}" {
			continue // the answer to whether somebody is a member
		}
		if q.Status >= 400 && !r.refusals {
			t.Errorf("%s %s was answered with %d: %v\n%s", q.Method, q.Path, q.Status, q.Response, q.Body)
		}
	}
	if spec := loadSpec(); spec != nil {
		for _, err := range r.srv.Journal().Validate(spec) {
			t.Error(err)
		}
	}
}

// ask invokes a command and waits for the finished answer.
func (r *rig) ask(t *testing.T, u *discordtest.User, command string, options ...discordtest.Option) *discordtest.Message {
	t.Helper()
	in, err := u.Command(r.within(t), r.news, command, options...)
	return r.answer(t, in, err)
}

func (r *rig) press(t *testing.T, u *discordtest.User, m *discordtest.Message, button string) *discordtest.Message {
	t.Helper()
	in, err := u.Press(r.within(t), m, button)
	return r.answer(t, in, err)
}

func (r *rig) pick(t *testing.T, u *discordtest.User, m *discordtest.Message, menu string, value any) *discordtest.Message {
	t.Helper()
	in, err := u.Select(r.within(t), m, menu, value)
	return r.answer(t, in, err)
}

func (r *rig) answer(t *testing.T, in *discordtest.Interaction, err error) *discordtest.Message {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	m, err := in.Message(r.within(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// followup waits for what follows an answer that leaves its message as it is.
func (r *rig) followup(t *testing.T, in *discordtest.Interaction, err error) *discordtest.Message {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	m, err := in.Followup(r.within(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wants(t *testing.T, m *discordtest.Message, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(m.Text(), p) {
			t.Errorf("the message lacks %q:\n%s", p, m.Text())
		}
	}
}

var muxNoon = time.Date(2026, 5, 12, 12, 0, 0, 0, time.UTC)

// sampleShelf has twelve stories, the newest first by number, and two actors.
func sampleShelf(guild string) *shelf {
	s := &shelf{guild: guild, caughtUp: map[string]time.Time{}, used: map[string]int{}, quotes: map[int64][]bot.QuoteBy{}}
	for i := 1; i <= 12; i++ {
		at := muxNoon.Add(-time.Duration(i) * time.Hour)
		src := summarize.Source{ArticleID: int64(100 + i), URL: fmt.Sprintf("https://courier.example/%d", i), Publisher: "Kestrel Bay Courier", At: at,
			Evidence: summarize.Evidence{ArticleID: int64(100 + i), Text: fmt.Sprintf("The harbour board, chaired by Ilse Varnholt, adopted motion %d on Tuesday.", i)}}
		s.stories = append(s.stories, summarize.Story{ID: int64(i), Headline: fmt.Sprintf("Harbour board adopts motion %d", i), Lang: "en", Publishers: 1, FirstSeenAt: at, UpdatedAt: at,
			Articles:     []summarize.StoryArticle{{ArticleID: src.ArticleID, URL: src.URL, Publisher: src.Publisher, PublishedAt: at}},
			Developments: []summarize.StoryDevelopment{{ID: int64(i), Text: fmt.Sprintf("The harbour board adopted motion %d.", i), Sources: []summarize.Source{src}, FirstSeenAt: at, Weight: 1}},
			Actors:       []summarize.StoryActor{{ActorID: 7, Name: "Ilse Varnholt", Type: summarize.Person, Role: "chair of the harbour board", RoleBy: src}}})
	}
	src := s.stories[0].Developments[0].Sources[0]
	s.actors = []bot.Dossier{
		{Actor: summarize.KnownActor{ID: 7, Name: "Ilse Varnholt", Type: summarize.Person, Aliases: []string{"Varnholt"}, Mentions: 12}, Articles: 12, PerDay: []int{1, 0, 3, 8},
			Roles:  []summarize.RoleObservation{{ActorID: 7, Role: summarize.Role{Text: "chair of the harbour board"}, URL: src.URL, Publisher: src.Publisher, At: src.At}},
			Quotes: []bot.QuoteBy{{Text: "We count every boat.", ArticleID: 101, URL: src.URL, Publisher: src.Publisher, At: src.At}}},
		{Actor: summarize.KnownActor{ID: 8, Name: "Jost Varnholt", Type: summarize.Person, Aliases: []string{"Varnholt"}, Mentions: 2}, Articles: 2},
	}
	s.quotes[7] = s.actors[0].Quotes
	return s
}

func TestLatestPagesAndReceipts(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	m := r.ask(t, r.ada, "latest", discordtest.Opt("topic", "motion"), discordtest.Opt("source", "Kestrel Bay Courier"))
	wants(t, m, "Latest stories", "about motion", "Harbour board adopts motion 1", "1 to 5 of 12 stories", "Kestrel Bay Courier", "1 of 3")
	if m.Ephemeral() {
		t.Error("/latest is for the channel")
	}
	m = r.press(t, r.ada, m, "Older ›")
	wants(t, m, "adopts motion 6", "6 to 10 of 12", "2 of 3")
	m = r.press(t, r.ada, m, "Older ›")
	wants(t, m, "adopts motion 12", "11 to 12 of 12")
	m = r.press(t, r.ada, m, "‹ Newer")
	wants(t, m, "adopts motion 6")

	story := r.pick(t, r.ada, m, "s1:sp:0", "6")
	wants(t, story, "How it unfolded", "The harbour board adopted motion 6.", "chair of the harbour board")
	if !story.Ephemeral() {
		t.Error("what a menu opens is for the asker")
	}
	receipts := r.press(t, r.ada, story, "Receipts")
	wants(t, receipts, "The harbour board, chaired by Ilse Varnholt, adopted motion 6 on Tuesday.")
}

func TestLatestSince(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	m := r.ask(t, r.ada, "latest", discordtest.Opt("since", "6h"))
	wants(t, m, "1 to 5 of 6 stories")
	m = r.press(t, r.ada, m, "Older ›")
	wants(t, m, "6 to 6 of 6 stories")
}

func TestLatestEmpty(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	wants(t, r.ask(t, r.ada, "latest", discordtest.Opt("topic", "volcano")), "No stories here")
}

func TestWho(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	choices, err := r.ada.Autocomplete(r.within(t), r.news, "who", discordtest.Opt("name", "ilse"))
	if err != nil {
		t.Fatal(err)
	}
	if len(choices) != 1 || choices[0].Name != "Ilse Varnholt" {
		t.Fatalf("suggested %v", choices)
	}
	m := r.ask(t, r.ada, "who", discordtest.Opt("name", choices[0].Value))
	wants(t, m, "Ilse Varnholt", "Roles, as stated", "chair of the harbour board (as of", "per [Kestrel Bay Courier]", "We count every boat.", "Follow")
	if len(m.Attachments) != 1 || len(m.Data(m.Attachments[0].ID)) == 0 {
		t.Errorf("the chart is missing: %v", m.Attachments)
	}
	quotes := r.press(t, r.ada, m, "Quotes")
	wants(t, quotes, "Quotes by Ilse Varnholt", "We count every boat.")

	which := r.ask(t, r.ada, "who", discordtest.Opt("name", "Varnholt"))
	wants(t, which, "Which Varnholt?", "Jost Varnholt")
	if !which.Ephemeral() {
		t.Error("the question back is for the asker")
	}
	wants(t, r.pick(t, r.ada, which, "s1:ap", "8"), "Jost Varnholt", "2 articles")
	wants(t, r.ask(t, r.ada, "who", discordtest.Opt("name", "Nobody @everyone")), "Nobody named “Nobody @\u200beveryone”")
}

func TestStorySearchQuotesBetween(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	wants(t, r.ask(t, r.ada, "story", discordtest.Opt("story", "motion 3")), "Harbour board adopts motion 3", "How it unfolded")
	wants(t, r.ask(t, r.ada, "story", discordtest.Opt("story", "volcano")), "No story matches “volcano”")
	wants(t, r.ask(t, r.ada, "search", discordtest.Opt("query", "motion 12")), "Search results", "adopts motion 12")
	wants(t, r.ask(t, r.ada, "quotes", discordtest.Opt("name", "Ilse Varnholt")), "We count every boat.")
	wants(t, r.ask(t, r.ada, "between", discordtest.Opt("a", "Ilse Varnholt"), discordtest.Opt("b", "Jost Varnholt")), "Ilse Varnholt and Jost Varnholt", "No development")
}

func TestCatchupIsPersonal(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	m := r.ask(t, r.ada, "catchup")
	wants(t, m, "What you missed", "adopts motion 1")
	if !m.Ephemeral() {
		t.Error("/catchup is for the asker alone")
	}
	wants(t, r.ask(t, r.ada, "catchup"), "You are up to date")
	wants(t, r.ask(t, r.bo, "catchup"), "adopts motion 1")
}

// What an outlet published before somebody last asked, and was read here only
// since, is new to them.
func TestCatchupTellsWhatCameLate(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(r *rig) {
		r.shelf.stories = []summarize.Story{
			{ID: 81, Headline: "Read late", Lang: "en", Publishers: 1, UpdatedAt: muxNoon.Add(-30 * time.Minute), Articles: []summarize.StoryArticle{{ArticleID: 1, PublishedAt: muxNoon.Add(-90 * time.Minute)}}},
			{ID: 82, Headline: "Read before", Lang: "en", Publishers: 1, UpdatedAt: muxNoon.Add(-80 * time.Minute), Articles: []summarize.StoryArticle{{ArticleID: 2, PublishedAt: muxNoon.Add(-90 * time.Minute)}}}}
	})
	if err := r.shelf.SetCaughtUp(t.Context(), r.ada.ID, r.guild.ID, muxNoon.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	m := r.ask(t, r.ada, "catchup")
	wants(t, m, "Read late")
	if strings.Contains(m.Text(), "Read before") {
		t.Error("what was there when they last asked is told again")
	}
}

func TestRepliesSpeakTheAskersLanguage(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for lang, want := range map[string]string{"de": "Neueste Meldungen", "es-419": "Últimas noticias", "fr": "Derniers sujets", "pt-BR": "Últimas notícias", "ja": "Latest stories"} {
		r.ada.SetLocale(lang)
		wants(t, r.ask(t, r.ada, "latest"), want)
	}
}

func TestDirectMessagesSeeSharedServersOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	in, err := r.ada.Command(r.within(t), r.ada.DM(), "latest")
	wants(t, r.answer(t, in, err), "adopts motion 1")
	stranger := r.srv.AddUser("Cem")
	stranger.InstallApp()
	in, err = stranger.Command(r.within(t), stranger.DM(), "latest")
	wants(t, r.answer(t, in, err), "No stories here")
}

func TestUserInstallElsewhereSeesNothingOfThatServer(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	foreign := r.srv.AddGuild(discordtest.GuildConfig{Name: "Elsewhere", WithoutBot: true})
	lobby := foreign.AddChannel(discordtest.ChannelConfig{Name: "lobby"})
	dia := foreign.AddMember("Dia", discordtest.MemberConfig{})
	dia.InstallApp()
	in, err := dia.Command(r.within(t), lobby, "latest")
	wants(t, r.answer(t, in, err), "No stories here")
}

func TestSlowAnswersAreDeferred(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	r := newRig(t, func(r *rig) {
		r.shelf.hold = hold
		r.cfg.AckAfter = time.Millisecond
	})
	for _, command := range []string{"latest", "catchup"} {
		in, err := r.ada.Command(r.within(t), r.news, command)
		if err != nil {
			t.Fatal(err)
		}
		first, err := in.Response(r.within(t))
		if err != nil {
			t.Fatal(err)
		}
		if first.Type != 5 {
			t.Errorf("/%s was first answered with type %d, not deferred", command, first.Type)
		}
		hold <- struct{}{}
		m := r.answer(t, in, nil)
		wants(t, m, "adopts motion 1")
		if m.Ephemeral() != (command == "catchup") {
			t.Errorf("/%s: ephemeral is %v", command, m.Ephemeral())
		}
	}
}

func TestSlowPageTurnKeepsTheMessage(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{}, 1)
	r := newRig(t, func(r *rig) {
		r.shelf.hold = hold
		r.cfg.AckAfter = time.Millisecond
	})
	hold <- struct{}{}
	m := r.ask(t, r.ada, "latest")
	in, err := r.ada.Press(r.within(t), m, "Older ›")
	if err != nil {
		t.Fatal(err)
	}
	first, err := in.Response(r.within(t))
	if err != nil {
		t.Fatal(err)
	}
	if first.Type != 6 {
		t.Errorf("the press was first answered with type %d, not deferred quietly", first.Type)
	}
	hold <- struct{}{}
	wants(t, r.answer(t, in, nil), "adopts motion 6")
}

func TestFailuresSayWhatHappened(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*shelf)
		want   string
	}{
		"ours":      {func(s *shelf) { s.fail = fmt.Errorf("no such table: stories") }, "Something went wrong on our side"},
		"a panic":   {func(s *shelf) { s.panics = true }, "Something went wrong on our side"},
		"theirs":    {func(s *shelf) { s.fail = &bot.UserError{Text: "Column 3: a closing parenthesis is missing <@1>"} }, "Column 3: a closing parenthesis is missing"},
		"quota":     {func(s *shelf) { s.fail = fmt.Errorf("briefing: %w", bot.ErrQuota) }, "used up for now"},
		"not there": {func(s *shelf) { s.fail = bot.ErrNotFound }, "not there any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(r *rig) { c.change(r.shelf) })
			m := r.ask(t, r.ada, "latest")
			wants(t, m, c.want)
			if strings.Contains(m.Text(), "no such table") || strings.Contains(m.Text(), "fell down") {
				t.Errorf("the inside is told: %s", m.Text())
			}
			if !m.Ephemeral() {
				t.Error("a refusal is for the asker")
			}
		})
	}
}

func TestStaleButtonsExplainThemselves(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	m := r.ask(t, r.ada, "latest")
	for _, id := range []string{"s0:lt:n:5:0", "s1:gone:1", "s1:lt:n", "s1:lt:n:x:0", "s1:rc:abc", "whatever", "s1:rd:0:1"} {
		in, err := r.ada.Anyway().Press(r.within(t), m, id)
		wants(t, r.answer(t, in, err), "earlier version of Sitrep")
	}
	in, err := r.ada.Anyway().Press(r.within(t), m, "s1:rc:999")
	wants(t, r.answer(t, in, err), "no longer stored")
}

func TestTooManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(r *rig) { r.cfg.CommandsPerMinute = perMinute })
	for range perMinute / 4 {
		r.ask(t, r.ada, "latest")
	}
	wants(t, r.ask(t, r.ada, "latest"), "a lot at once")
	wants(t, r.ask(t, r.bo, "latest"), "Latest stories")
}

func TestHelpShowsWhatTheAskerMayDo(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	if text := r.ask(t, r.ada, "help").Text(); !strings.Contains(text, "/latest") || strings.Contains(text, "/digest schedule") {
		t.Errorf("a member is shown:\n%s", text)
	}
	wants(t, r.ask(t, r.bo, "help"), "/latest", "/digest schedule", "/feeds add")
}

func TestRegistrationOnlyWhenChanged(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	rest := NewREST(RESTConfig{Token: r.srv.Token(), API: r.srv.URL(), Log: slog.New(slog.DiscardHandler)})
	changed, err := RegisterCommands(t.Context(), rest.Session(), r.srv.ApplicationID())
	if err != nil || changed {
		t.Errorf("registered the same set again: %v, %v", changed, err)
	}
}

func TestHalfFilledEventsAreLeftAlone(t *testing.T) {
	t.Parallel()
	m := NewMux(MuxConfig{Log: slog.New(slog.DiscardHandler)})
	for _, i := range []*discordgo.InteractionCreate{
		nil, {}, {Interaction: &discordgo.Interaction{}},
		{Interaction: &discordgo.Interaction{ID: "1", Token: "t", Type: discordgo.InteractionApplicationCommand}},
		{Interaction: &discordgo.Interaction{ID: "1", Token: "t", Type: discordgo.InteractionApplicationCommand, Member: &discordgo.Member{}}},
		{Interaction: &discordgo.Interaction{ID: "1", Token: "t", Type: discordgo.InteractionMessageComponent, User: &discordgo.User{ID: "2"}}},
	} {
		m.Handle(t.Context(), nil, i)
	}
}
