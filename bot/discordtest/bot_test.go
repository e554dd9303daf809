package discordtest_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot/discordtest"
	"sitrep/bot/discordtest/openapi"
)

// rewrite sends discordgo's requests to the simulation.
type rewrite struct{ base *url.URL }

func (t rewrite) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	_, rest, ok := strings.Cut(r.URL.Path, "/api/v"+discordgo.APIVersion)
	if !ok {
		return http.DefaultTransport.RoundTrip(r)
	}
	r.URL.Scheme, r.URL.Host, r.URL.Path, r.Host = t.base.Scheme, t.base.Host, t.base.Path+rest, t.base.Host
	return http.DefaultTransport.RoundTrip(r)
}

// newSession is a discordgo session for the simulation, not yet open.
func newSession(t *testing.T, srv *discordtest.Server) *discordgo.Session {
	t.Helper()
	ds, err := discordgo.New("Bot " + srv.Token())
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	ds.Client = &http.Client{Transport: rewrite{base}}
	ds.Identify.Intents = discordgo.IntentsGuilds
	ds.ShouldRetryOnRateLimit = false
	ds.MaxRestRetries = 0
	return ds
}

// openSession is a session that is connected.
func openSession(t *testing.T, srv *discordtest.Server, handlers ...any) *discordgo.Session {
	t.Helper()
	ds := newSession(t, srv)
	for _, h := range handlers {
		ds.AddHandler(h)
	}
	if err := ds.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ds.Close() })
	return ds
}

func start(t *testing.T, cfg discordtest.Config) *discordtest.Server {
	t.Helper()
	srv := discordtest.Start(cfg)
	t.Cleanup(func() {
		srv.Close()
		validate(t, srv)
	})
	return srv
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// TestConversation is the whole way through discordgo: register, be invoked, defer, edit, follow up,
// have a button pressed and a modal filled in.
func TestConversation(t *testing.T) {
	t.Parallel()
	ctx := within(t)
	srv := start(t, discordtest.Config{Clock: discordtest.NewSlowClock(100)}) // the bot may take more than three seconds
	guild := srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch", Locale: "de"})
	news := guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
	ada := guild.AddMember("Ada", discordtest.MemberConfig{Locale: "fr"})

	got := make(chan *discordgo.InteractionCreate, 10)
	ds := openSession(t, srv, func(s *discordgo.Session, i *discordgo.InteractionCreate) {
		got <- i
		switch i.Type {
		case discordgo.InteractionApplicationCommandAutocomplete:
			_ = s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionApplicationCommandAutocompleteResult,
				Data: &discordgo.InteractionResponseData{Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "Harbour", Value: "harbour"}}},
			})
		case discordgo.InteractionApplicationCommand:
			_ = s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseDeferredChannelMessageWithSource,
				Data: &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral},
			})
			// The library's WebhookEdit has no flags.
			_, _ = s.RequestWithBucketID("PATCH", discordgo.EndpointInteractionResponseActions(i.AppID, i.Token), map[string]any{
				"flags": discordtest.FlagComponentsV2,
				"components": []discordgo.MessageComponent{
					discordgo.Container{Components: []discordgo.MessageComponent{
						discordgo.TextDisplay{Content: "**Crane falls** in the harbour"},
						discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Receipts", CustomID: "r:1", Style: discordgo.SecondaryButton}}},
					}},
				},
			}, "original")
			_, _ = s.FollowupMessageCreate(i.Interaction, true, &discordgo.WebhookParams{Content: "and more"})
		case discordgo.InteractionMessageComponent:
			_ = s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseModal,
				Data: &discordgo.InteractionResponseData{CustomID: "m:1", Title: "Report", Components: []discordgo.MessageComponent{
					discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.TextInput{CustomID: "why", Label: "Why", Style: discordgo.TextInputShort, Required: true}}},
				}},
			})
		case discordgo.InteractionModalSubmit:
			row := i.ModalSubmitData().Components[0].(*discordgo.ActionsRow)
			_ = s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseChannelMessageWithSource,
				Data: &discordgo.InteractionResponseData{Content: "noted: " + row.Components[0].(*discordgo.TextInput).Value},
			})
		}
	})
	if err := srv.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	_, err := ds.ApplicationCommandBulkOverwrite(srv.ApplicationID(), "", []*discordgo.ApplicationCommand{{
		Name: "latest", Description: "The newest stories",
		Options: []*discordgo.ApplicationCommandOption{{Type: discordgo.ApplicationCommandOptionString, Name: "topic", Description: "A topic", Autocomplete: true}},
	}})
	if err != nil {
		t.Fatal(err)
	}

	choices, err := ada.Autocomplete(ctx, news, "latest", discordtest.Opt("topic", "har"))
	if err != nil || len(choices) != 1 || choices[0].Value != "harbour" {
		t.Fatalf("Autocomplete = %v, %v", choices, err)
	}
	<-got
	in, err := ada.Command(ctx, news, "latest", discordtest.Opt("topic", "harbour"))
	if err != nil {
		t.Fatal(err)
	}
	msg, err := in.Message(ctx)
	if err != nil {
		t.Fatal(err)
	}
	i := <-got
	if string(i.Locale) != "fr" || i.GuildLocale == nil || string(*i.GuildLocale) != "de" || i.Member.User.Username != "Ada" ||
		i.AppPermissions != int64(news.BotPermissions()) || i.AuthorizingIntegrationOwners[0] != guild.ID ||
		i.ApplicationCommandData().Options[0].StringValue() != "harbour" {
		t.Errorf("interaction = %+v", i.Interaction)
	}
	if !msg.Ephemeral() || !msg.V2() || msg.Find("Receipts") == nil || !strings.Contains(msg.Text(), "Crane falls") {
		t.Errorf("message = %+v", msg)
	}
	if _, err := in.Followup(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if pub, own := len(news.Messages()), len(ada.Sees(news)); pub != 1 || own != 2 {
		t.Errorf("everybody sees %d messages, Ada %d; want 1, 2", pub, own)
	}

	press, err := ada.Press(ctx, msg, "Receipts")
	if err != nil {
		t.Fatal(err)
	}
	modal, err := press.Modal(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ada.SubmitModal(ctx, modal, nil); err == nil {
		t.Error("an empty required field was sent")
	}
	submit, err := ada.SubmitModal(ctx, modal, map[string]any{"why": "wrong port"})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := submit.Message(ctx)
	if err != nil || answer.Content != "noted: wrong port" {
		t.Errorf("answer = %+v, %v", answer, err)
	}
	for _, r := range srv.Journal().Requests() {
		if r.Status >= 300 {
			t.Errorf("%s: %s", r.String(), r.Response)
		}
	}
}

// validate holds a test's requests and the simulation's answers against Discord's description, where
// there is a copy of it beside the checkout.
func validate(t *testing.T, srv *discordtest.Server) {
	t.Helper()
	spec := loadSpec()
	if spec == nil {
		return
	}
	for _, err := range srv.Journal().Validate(spec) {
		t.Error(err)
	}
}

// loadSpec loads the description once for all tests; nil if there is none.
var loadSpec = sync.OnceValue(func() *openapi.Spec {
	spec, err := openapi.Load(specPath())
	if err != nil {
		return nil
	}
	return spec
})

// specPath is where the description would be: in ../shared of the module's root.
func specPath() string {
	dir, _ := os.Getwd()
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "discord", "openapi.json")
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// TestLibrary goes through what the library does with channels, and through a lost connection.
func TestLibrary(t *testing.T) {
	t.Parallel()
	ctx := within(t)
	r := newRoom(t, discordtest.Config{IdentifyInterval: time.Nanosecond})
	forum := r.guild.AddChannel(discordtest.ChannelConfig{Name: "forum", Type: discordtest.ChannelForum, Tags: []string{"ports"}})
	ann := r.guild.AddChannel(discordtest.ChannelConfig{Name: "ann", Type: discordtest.ChannelAnnouncement})
	resumed := make(chan struct{}, 1)
	ds := openSession(t, r.srv, func(*discordgo.Session, *discordgo.Resumed) { resumed <- struct{}{} })

	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	m, err := ds.ChannelMessageSendComplex(r.news.ID, &discordgo.MessageSend{
		Content: "x", Files: []*discordgo.File{{Name: "a.txt", Reader: strings.NewReader("data")}},
		AllowedMentions: &discordgo.MessageAllowedMentions{},
	})
	must("send", err)
	if len(m.Attachments) != 1 || m.Attachments[0].Size != 4 {
		t.Errorf("attachments = %v", m.Attachments)
	}
	_, err = ds.ChannelMessageEdit(r.news.ID, m.ID, "y")
	must("edit", err)
	_, err = ds.MessageThreadStart(r.news.ID, m.ID, "thread", 60)
	must("thread", err)
	_, err = ds.ForumThreadStartComplex(forum.ID, &discordgo.ThreadStart{Name: "post", AutoArchiveDuration: 60, AppliedTags: []string{forum.TagID("ports")}}, &discordgo.MessageSend{Content: "first"})
	must("forum post", err)
	a, err := ds.ChannelMessageSend(ann.ID, "news")
	must("send", err)
	_, err = ds.ChannelMessageCrosspost(ann.ID, a.ID)
	must("crosspost", err)
	dm, err := ds.UserChannelCreate(r.ada.ID)
	must("open a direct message", err)
	_, err = ds.ChannelMessageSend(dm.ID, "psst")
	must("direct message", err)
	_, err = ds.ChannelMessageSend("1", "x")
	var rest *discordgo.RESTError
	if !errors.As(err, &rest) || rest.Message == nil || rest.Message.Code != discordgo.ErrCodeUnknownChannel {
		t.Errorf("unknown channel: %v", err)
	}
	must("delete", ds.ChannelMessageDelete(r.news.ID, m.ID))
	ms, err := ds.ChannelMessages(r.news.ID, 10, "", "", "")
	if err != nil || len(ms) != 0 {
		t.Errorf("history = %v, %v", ms, err)
	}

	r.srv.Gateway().Drop()
	select {
	case <-resumed:
	case <-ctx.Done():
		t.Fatal("the library didn't resume")
	}
	if n := r.srv.Gateway().Identifies(); n != 1 {
		t.Errorf("%d identifies", n)
	}
	must("wait", r.srv.WaitReady(ctx))
	_, err = ds.ApplicationCommandCreate(r.srv.ApplicationID(), "", &discordgo.ApplicationCommand{Name: "help", Description: "d"})
	must("command", err)
	must("wait", r.srv.WaitCommand(ctx, "help"))
}
