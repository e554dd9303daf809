package discordtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sitrep/bot/discordtest"
)

// stage is a room with commands registered, whose bot is the test itself: it answers over REST what it
// is handed.
type stage struct {
	room
	clock *discordtest.Clock
}

func newStage(t *testing.T) stage {
	t.Helper()
	return newStageBy(t, discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)))
}

func newStageBy(t *testing.T, clock *discordtest.Clock) stage {
	t.Helper()
	r := newRoom(t, discordtest.Config{NoRateLimits: true, Clock: clock})
	call(t, r.srv, "PUT", "/applications/"+r.srv.ApplicationID()+"/commands", list(
		command("latest",
			map[string]any{"type": 3, "name": "topic", "description": "d", "autocomplete": true, "max_length": 20},
			map[string]any{"type": 4, "name": "size", "description": "d", "min_value": 1, "max_value": 10},
			map[string]any{"type": 3, "name": "since", "description": "d", "choices": list(map[string]any{"name": "A day", "value": "24h"})},
			option(7, "where"), option(8, "ping"), option(6, "who"), option(11, "file"), option(5, "quiet"), option(10, "ratio")),
		with(command("who", with(option(3, "name"), "required", true)), "integration_types", list(0, 1)),
		with(command("digest",
			with(option(1, "schedule"), "options", list(map[string]any{"type": 7, "name": "channel", "description": "d", "required": true, "channel_types": list(0, 5)})),
			with(option(2, "tags"), "options", list(option(1, "add")))),
			"default_member_permissions", fmt.Sprint(uint64(discordtest.ManageGuild))),
		with(command("admin"), "default_member_permissions", "0"),
		with(command("inguild"), "contexts", list(0)),
		with(with(command("brief"), "integration_types", list(1)), "contexts", list(0, 1, 2)),
		map[string]any{"name": "Brief this", "type": 3},
		map[string]any{"name": "Who is this", "type": 2},
		with(command("neu"), "name_localizations", map[string]any{"de": "aktuell"}),
	)).ok(t)
	return stage{r, clock}
}

// invoke is /latest by Ada.
func (s stage) invoke(t *testing.T) *discordtest.Interaction {
	t.Helper()
	in, err := s.ada.Command(t.Context(), s.news, "latest")
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (s stage) answer(t *testing.T, in *discordtest.Interaction, kind int, data any) result {
	t.Helper()
	body := map[string]any{"type": kind}
	if data != nil {
		body["data"] = data
	}
	return request(t, s.srv, "POST", "/interactions/"+in.ID+"/"+in.Token+"/callback", body, anonymous())
}

// anonymous is a header without authorization, which these endpoints don't need.
func anonymous() map[string][]string {
	return map[string][]string{"User-Agent": {"DiscordBot (test, 1)"}}
}

func (s stage) hook(t *testing.T, in *discordtest.Interaction, method, rest string, body any) result {
	t.Helper()
	return request(t, s.srv, method, "/webhooks/"+s.srv.ApplicationID()+"/"+in.Token+rest, body, anonymous())
}

// card is a message by the bot with a button and a select.
func (s stage) card(t *testing.T) *discordtest.Message {
	t.Helper()
	call(t, s.srv, "POST", s.messages(), v2(text("card"), row(button(1, "Receipts", "r:1"), with(button(2, "Off", "off"), "disabled", true), map[string]any{"type": 2, "style": 5, "label": "Link", "url": "https://example.org"}),
		row(with(with(selectMenu("s", 3), "min_values", 1), "max_values", 2)))).ok(t)
	ms := s.news.Messages()
	return ms[len(ms)-1]
}

func (s stage) press(t *testing.T, m *discordtest.Message) *discordtest.Interaction {
	t.Helper()
	in, err := s.ada.Press(t.Context(), m, "Receipts")
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestInteractionDeadlines(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := s.invoke(t)
	s.clock.Advance(3 * time.Second)
	s.answer(t, in, 5, nil).ok(t)
	s.answer(t, in, 5, nil).want(t, 400, 40060, "")

	late := s.invoke(t)
	s.clock.Advance(3*time.Second + time.Millisecond)
	s.answer(t, late, 4, map[string]any{"content": "x"}).want(t, 404, 10062, "")
	if _, err := late.Response(within(t)); !errors.Is(err, discordtest.ErrNoResponse) {
		t.Errorf("a late answer: %v", err)
	}
	s.hook(t, late, "POST", "", map[string]any{"content": "x"}).want(t, 404, 10015, "")

	s.clock.Advance(15*time.Minute - 7*time.Second)
	s.hook(t, in, "PATCH", "/messages/@original", map[string]any{"content": "x"}).ok(t)
	s.clock.Advance(2 * time.Second)
	s.hook(t, in, "PATCH", "/messages/@original", map[string]any{"content": "y"}).want(t, 401, 50027, "")
	s.hook(t, in, "POST", "", map[string]any{"content": "x"}).want(t, 401, 50027, "")

	wrong := s.invoke(t)
	wrong.Token += "x"
	s.answer(t, wrong, 4, map[string]any{"content": "x"}).want(t, 404, 10062, "")
	s.hook(t, wrong, "POST", "", map[string]any{"content": "x"}).want(t, 404, 10015, "")
}

// On a slow clock deadlines come later, and do come.
func TestSlowClock(t *testing.T) {
	t.Parallel()
	s := newStageBy(t, discordtest.NewSlowClock(2))
	began := time.Now()
	in := s.invoke(t)
	if _, err := in.Response(within(t)); !errors.Is(err, discordtest.ErrNoResponse) {
		t.Errorf("no answer: %v", err)
	}
	if went := time.Since(began); went < 6*time.Second {
		t.Errorf("the deadline came after %v", went)
	}
	s.answer(t, in, 5, nil).want(t, 404, 10062, "")
}

// TestAnswers is which kinds of answer which interactions take, and what they have to look like.
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	msg := map[string]any{"content": "x"}
	modal := map[string]any{"custom_id": "m", "title": "T", "components": list(row(map[string]any{"type": 4, "custom_id": "i", "style": 1, "label": "l"}))}
	for kind, data := range map[int]any{1: nil, 6: nil, 7: msg, 8: map[string]any{"choices": list()}, 10: nil} {
		s.answer(t, s.invoke(t), kind, data).want(t, 400, 50035, "type: BASE_TYPE_CHOICES")
	}
	for kind, data := range map[int]any{4: msg, 5: nil, 9: modal} {
		s.answer(t, s.invoke(t), kind, data).ok(t)
	}
	card := s.card(t)
	s.answer(t, s.press(t, card), 8, map[string]any{"choices": list()}).want(t, 400, 50035, "type: BASE_TYPE_CHOICES")
	for kind, data := range map[int]any{4: msg, 5: nil, 6: nil, 7: map[string]any{"components": list(text("changed"), row(button(1, "Receipts", "r:1")))}, 9: modal} {
		s.answer(t, s.press(t, card), kind, data).ok(t)
	}
	if m, err := s.srv.WaitMessage(within(t), s.news, func(m *discordtest.Message) bool { return m.ID == card.ID }); err != nil || m.Text() != "changed\nReceipts" || m.Revisions != 1 {
		t.Errorf("after the update: %+v, %v", m, err)
	}

	in := s.invoke(t)
	s.answer(t, in, 4, nil).want(t, 400, 50006, "")
	s.answer(t, in, 4, map[string]any{}).want(t, 400, 50006, "")
	s.answer(t, in, 4, map[string]any{"content": strings.Repeat("x", 2001)}).want(t, 400, 50035, "data.content: BASE_TYPE_MAX_LENGTH")
	s.answer(t, in, 9, with(modal, "title", strings.Repeat("x", 46))).want(t, 400, 50035, "data.title: BASE_TYPE_BAD_LENGTH")
	// A refused answer doesn't use up the interaction.
	// A deferred answer takes no flag but EPHEMERAL: that of Components V2 is ignored, and needed in the edit.
	s.answer(t, in, 5, map[string]any{"flags": discordtest.FlagEphemeral | discordtest.FlagComponentsV2}).ok(t)
	s.hook(t, in, "PATCH", "/messages/@original", map[string]any{"components": list(text("done"))}).want(t, 400, 50035, "components.0: UNION_TYPE_CHOICES")
	edited := s.hook(t, in, "PATCH", "/messages/@original", v2(text("done"))).ok(t)
	if edited.body["edited_timestamp"] != nil {
		t.Error("completing a deferred answer is no edit")
	}
	m, err := in.Message(within(t))
	if err != nil || !m.Ephemeral() || !m.V2() || m.Loading() || m.Text() != "done" {
		t.Errorf("answer = %+v, %v", m, err)
	}
	s.hook(t, in, "PATCH", "/messages/@original", map[string]any{"flags": 0, "components": list(text("x"))}).want(t, 400, 50035, "flags: MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG")
}

func TestFollowups(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := s.invoke(t)
	s.hook(t, in, "POST", "", map[string]any{"content": "x"}).want(t, 404, 10015, "")
	s.hook(t, in, "GET", "/messages/@original", nil).want(t, 404, 10015, "")
	s.answer(t, in, 5, map[string]any{"flags": discordtest.FlagEphemeral}).ok(t)
	// The first follow-up to a deferred answer is the answer, and as ephemeral as it was announced.
	first := s.hook(t, in, "POST", "?wait=true", map[string]any{"content": "answer"}).ok(t)
	if got := s.hook(t, in, "GET", "/messages/@original", nil).ok(t); got.id() != first.id() {
		t.Error("the first follow-up isn't the answer")
	}
	if m, err := in.Message(within(t)); err != nil || !m.Ephemeral() || m.Content != "answer" {
		t.Errorf("%+v, %v", m, err)
	}
	second := s.hook(t, in, "POST", "", map[string]any{"content": "more"}).ok(t)
	s.hook(t, in, "PATCH", "/messages/"+second.id(), map[string]any{"content": "edited"}).ok(t)
	if m, err := in.Followup(within(t), 0); err != nil || m.Content != "edited" || m.Ephemeral() {
		t.Errorf("%+v, %v", m, err)
	}
	s.hook(t, in, "GET", "/messages/"+second.id(), nil).ok(t)
	s.hook(t, in, "DELETE", "/messages/"+second.id(), nil).ok(t)
	s.hook(t, in, "GET", "/messages/"+second.id(), nil).want(t, 404, 10008, "")
	s.hook(t, in, "DELETE", "/messages/@original", nil).ok(t)
	s.hook(t, in, "PATCH", "/messages/@original", map[string]any{"content": "x"}).want(t, 404, 10008, "")
	if len(in.Followups()) != 0 || len(s.ada.Sees(s.news)) != 0 {
		t.Error("deleted messages are still seen")
	}
	// The API for channels doesn't know ephemeral messages.
	eph := s.invoke(t)
	got := s.answer(t, eph, 4, map[string]any{"content": "secret", "flags": discordtest.FlagEphemeral})
	got.ok(t)
	m, _ := eph.Message(within(t))
	call(t, s.srv, "GET", s.messages()+"/"+m.ID, nil).want(t, 404, 10008, "")
	if l := call(t, s.srv, "GET", s.messages(), nil); len(l.list) != 0 {
		t.Errorf("history: %s", l.raw)
	}
	if bob := s.guild.AddMember("Bob", discordtest.MemberConfig{}); len(bob.Sees(s.news)) != 0 || len(s.ada.Sees(s.news)) != 1 {
		t.Error("an ephemeral message is seen by the wrong people")
	}
}

func TestCallbackWithResponse(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for kind, data := range map[int]any{4: map[string]any{"content": "x"}, 5: map[string]any{"flags": discordtest.FlagEphemeral}} {
		in := s.invoke(t)
		got := request(t, s.srv, "POST", "/interactions/"+in.ID+"/"+in.Token+"/callback?with_response=true", map[string]any{"type": kind, "data": data}, anonymous())
		if got.status != 200 || got.body["interaction"].(map[string]any)["id"] != in.ID {
			t.Errorf("%d: %s", got.status, got.raw)
		}
	}
}

func TestAutocompleteAnswers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	type outcome struct {
		choices []discordtest.Choice
		err     error
	}
	// typed types, and returns the interaction with the outcome to come.
	typed := func(o discordtest.Option) (map[string]any, chan outcome) {
		got := make(chan outcome, 1)
		ctx := within(t)
		ids := interactions(t, s.srv, func() {
			go func() {
				cs, err := s.ada.Autocomplete(ctx, s.news, "latest", o, discordtest.Opt("size", 3))
				got <- outcome{cs, err}
			}()
		})
		return ids, got
	}
	reply := func(payload map[string]any, n int) result {
		return request(t, s.srv, "POST", fmt.Sprintf("/interactions/%s/%s/callback", payload["id"], payload["token"]), map[string]any{"type": 8, "data": map[string]any{"choices": choices(n)}}, anonymous())
	}
	payload, out := typed(discordtest.Opt("topic", "ha"))
	opts := payload["data"].(map[string]any)["options"].([]any)
	if o := opts[1].(map[string]any); o["focused"] != true || o["value"] != "ha" {
		t.Errorf("options = %v", opts)
	}
	reply(payload, 26).want(t, 400, 50035, "data.choices: BASE_TYPE_MAX_LENGTH")
	reply(payload, 25).ok(t)
	if o := <-out; o.err != nil || len(o.choices) != 25 {
		t.Errorf("%v", o)
	}
	if _, err := s.ada.Autocomplete(t.Context(), s.news, "latest", discordtest.Opt("since", "x")); !errors.Is(err, discordtest.ErrInvalidInput) {
		t.Errorf("an option without autocomplete: %v", err)
	}
}

// interactions connects a gateway client, runs f and returns the interaction that comes.
func interactions(t *testing.T, srv *discordtest.Server, f func()) map[string]any {
	t.Helper()
	srv.Gateway().ForgetIdentifies()
	ws := connect(t, srv, 0)
	defer ws.close()
	f()
	return ws.until("INTERACTION_CREATE").data(t)
}

// TestClient is what a client lets a user do and what not.
func TestClient(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	mod := s.guild.AddMember("Mod", discordtest.MemberConfig{Permissions: discordtest.ManageGuild, Locale: "de"})
	forum := s.guild.AddChannel(discordtest.ChannelConfig{Name: "forum", Type: discordtest.ChannelForum})
	hidden := s.guild.AddChannel(discordtest.ChannelConfig{Name: "hidden"})
	hidden.Overwrite(s.guild.Everyone(), 0, discordtest.ViewChannel)
	elsewhere := s.srv.AddGuild(discordtest.GuildConfig{Name: "Elsewhere", WithoutBot: true})
	there := elsewhere.AddChannel(discordtest.ChannelConfig{Name: "there"})
	eve := elsewhere.AddMember("Eve", discordtest.MemberConfig{})
	eve.InstallApp()
	group := s.srv.AddGroup("friends", eve, s.ada)
	o := discordtest.Opt
	type opts = []discordtest.Option
	for _, c := range []struct {
		name    string
		user    *discordtest.User
		channel *discordtest.Channel
		command string
		options opts
		err     error
	}{
		{"plain", s.ada, s.news, "latest", nil, nil},
		{"with a slash", s.ada, s.news, "/latest", nil, nil},
		{"every kind of option", s.ada, s.news, "latest", opts{o("topic", "x"), o("size", 10), o("since", "A day"), o("where", forum), o("ping", s.guild.Everyone()), o("who", mod), o("file", discordtest.Upload{Name: "a.opml", Data: []byte("x")}), o("quiet", true), o("ratio", 0.5)}, nil},
		{"unknown command", s.ada, s.news, "nope", nil, discordtest.ErrUnavailable},
		{"unknown option", s.ada, s.news, "latest", opts{o("nope", 1)}, discordtest.ErrInvalidInput},
		{"twice", s.ada, s.news, "latest", opts{o("size", 1), o("size", 2)}, discordtest.ErrInvalidInput},
		{"required option", s.ada, s.news, "who", nil, discordtest.ErrInvalidInput},
		{"too long", s.ada, s.news, "latest", opts{o("topic", strings.Repeat("x", 21))}, discordtest.ErrInvalidInput},
		{"too large", s.ada, s.news, "latest", opts{o("size", 11)}, discordtest.ErrInvalidInput},
		{"too small", s.ada, s.news, "latest", opts{o("size", 0)}, discordtest.ErrInvalidInput},
		{"not whole", s.ada, s.news, "latest", opts{o("size", 1.5)}, discordtest.ErrInvalidInput},
		{"not a choice", s.ada, s.news, "latest", opts{o("since", "48h")}, discordtest.ErrInvalidInput},
		{"wrong type", s.ada, s.news, "latest", opts{o("where", "news")}, discordtest.ErrInvalidInput},
		{"channel of another guild", s.ada, s.news, "latest", opts{o("where", there)}, discordtest.ErrInvalidInput},
		{"channel that isn't seen", s.ada, s.news, "latest", opts{o("where", hidden)}, discordtest.ErrInvalidInput},
		{"subcommand", mod, s.news, "digest schedule", opts{o("channel", s.news)}, nil},
		{"wrong kind of channel", mod, s.news, "digest schedule", opts{o("channel", forum)}, discordtest.ErrInvalidInput},
		{"subcommand in a group", mod, s.news, "digest tags add", nil, nil},
		{"group alone", mod, s.news, "digest tags", nil, discordtest.ErrInvalidInput},
		{"unknown subcommand", mod, s.news, "digest nope", nil, discordtest.ErrUnavailable},
		{"too many words", mod, s.news, "digest schedule now", nil, discordtest.ErrUnavailable},
		{"command alone", mod, s.news, "digest", nil, discordtest.ErrInvalidInput},
		{"without permission", s.ada, s.news, "digest schedule", opts{o("channel", s.news)}, discordtest.ErrUnavailable},
		{"for administrators", mod, s.news, "admin", nil, discordtest.ErrUnavailable},
		{"the owner may", s.guild.Owner(), s.news, "admin", nil, nil},
		{"unseen channel", s.ada, hidden, "latest", nil, discordtest.ErrUnavailable},
		{"in a direct message", s.ada, s.ada.DM(), "latest", nil, nil},
		{"only in a guild", s.ada, s.ada.DM(), "inguild", nil, discordtest.ErrUnavailable},
		{"not installed for the user", s.ada, s.news, "brief", nil, discordtest.ErrUnavailable},
		{"installed for the user", eve, there, "brief", nil, nil},
		{"installed for the user, both ways", eve, there, "who", opts{o("name", "x")}, nil},
		{"not in that guild", eve, there, "latest", nil, discordtest.ErrUnavailable},
		{"among users", eve, group, "brief", nil, nil},
		{"among users, not installed", s.ada, group, "brief", nil, discordtest.ErrUnavailable},
		{"among users, not for them", eve, group, "latest", nil, discordtest.ErrUnavailable},
		{"not a member", s.ada, there, "who", opts{o("name", "x")}, discordtest.ErrUnavailable},
		{"by its name in another language", mod, s.news, "aktuell", nil, nil},
		{"in the wrong language", s.ada, s.news, "aktuell", nil, discordtest.ErrUnavailable},
	} {
		_, err := c.user.Command(t.Context(), c.channel, c.command, c.options...)
		if !errors.Is(err, c.err) || (c.err == nil && err != nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
	s.news.Overwrite(s.guild.Everyone(), 0, discordtest.UseCommands)
	if _, err := s.ada.Command(t.Context(), s.news, "latest"); !errors.Is(err, discordtest.ErrUnavailable) {
		t.Errorf("without USE_APPLICATION_COMMANDS: %v", err)
	}
	// A tampered client sends what a real one hides.
	if _, err := s.ada.Anyway().Command(t.Context(), s.news, "digest schedule", o("channel", forum)); err != nil {
		t.Errorf("anyway: %v", err)
	}
	if _, err := s.ada.Anyway().Command(t.Context(), s.news, "who"); err != nil {
		t.Errorf("anyway, without a required option: %v", err)
	}
}

// TestInteractionPayload is what the bot is told.
func TestInteractionPayload(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	elsewhere := s.srv.AddGuild(discordtest.GuildConfig{Name: "Elsewhere", WithoutBot: true})
	there := elsewhere.AddChannel(discordtest.ChannelConfig{Name: "there"})
	eve := elsewhere.AddMember("Eve", discordtest.MemberConfig{})
	eve.InstallApp()
	group := s.srv.AddGroup("friends", eve, s.ada)
	article := s.ada.Say(s.news, "see https://example.org/a")
	card := s.card(t)
	for _, c := range []struct {
		name string
		act  func(ctx context.Context) error
		want map[string]string
	}{
		{"guild", func(ctx context.Context) error {
			_, err := s.ada.Command(ctx, s.news, "latest", discordtest.Opt("where", s.news))
			return err
		}, map[string]string{
			"type": "2", "context": "0", "guild_id": s.guild.ID, "member.user.id": s.ada.ID, "authorizing_integration_owners.0": s.guild.ID,
			"data.resolved.channels." + s.news.ID + ".name": "news", "channel.id": s.news.ID, "locale": "en-US", "app_permissions": fmt.Sprint(uint64(s.news.BotPermissions())),
		}},
		{"direct message", func(ctx context.Context) error { _, err := s.ada.Command(ctx, s.ada.DM(), "latest"); return err }, map[string]string{
			"context": "1", "user.id": s.ada.ID, "authorizing_integration_owners.0": "0", "channel.type": "1", "guild_id": "",
		}},
		{"user install", func(ctx context.Context) error { _, err := eve.Command(ctx, there, "brief"); return err }, map[string]string{
			"context": "0", "guild_id": elsewhere.ID, "authorizing_integration_owners.0": "", "authorizing_integration_owners.1": eve.ID,
		}},
		{"among users", func(ctx context.Context) error { _, err := eve.Command(ctx, group, "brief"); return err }, map[string]string{
			"context": "2", "user.id": eve.ID, "channel.type": "3", "guild_id": "", "authorizing_integration_owners.1": eve.ID, "authorizing_integration_owners.0": "",
		}},
		{"message command", func(ctx context.Context) error {
			_, err := s.ada.MessageCommand(ctx, article, "Brief this")
			return err
		}, map[string]string{
			"data.type": "3", "data.target_id": article.ID, "data.resolved.messages." + article.ID + ".content": "see https://example.org/a",
		}},
		{"user command", func(ctx context.Context) error {
			_, err := s.ada.UserCommand(ctx, s.news, s.guild.Owner(), "Who is this")
			return err
		}, map[string]string{"data.type": "2", "data.target_id": s.guild.Owner().ID}},
		{"press", func(ctx context.Context) error { _, err := s.ada.Press(ctx, card, "r:1"); return err }, map[string]string{
			"type": "3", "data.custom_id": "r:1", "data.component_type": "2", "message.id": card.ID,
		}},
		{"select", func(ctx context.Context) error { _, err := s.ada.Select(ctx, card, "s", "l1", "v2"); return err }, map[string]string{
			"type": "3", "data.custom_id": "s", "data.values": "[v1 v2]",
		}},
	} {
		payload := interactions(t, s.srv, func() {
			if err := c.act(t.Context()); err != nil {
				t.Fatal(c.name, err)
			}
		})
		for path, want := range c.want {
			if got := dig(payload, path); got != want {
				t.Errorf("%s: %s = %q, want %q", c.name, path, got, want)
			}
		}
	}
}

// dig is the text of what is at a dotted path, empty if nothing is.
func dig(v any, path string) string {
	for _, k := range strings.Split(path, ".") {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func TestPressing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := t.Context()
	card := s.card(t)
	for _, c := range []struct {
		name string
		do   func() error
		err  error
	}{
		{"by label", func() error { _, err := s.ada.Press(ctx, card, "Receipts"); return err }, nil},
		{"unknown", func() error { _, err := s.ada.Press(ctx, card, "Nope"); return err }, discordtest.ErrUnavailable},
		{"disabled", func() error { _, err := s.ada.Press(ctx, card, "Off"); return err }, discordtest.ErrUnavailable},
		{"a link", func() error { _, err := s.ada.Press(ctx, card, "Link"); return err }, discordtest.ErrUnavailable},
		{"a select", func() error { _, err := s.ada.Press(ctx, card, "s"); return err }, discordtest.ErrInvalidInput},
		{"no values", func() error { _, err := s.ada.Select(ctx, card, "s"); return err }, discordtest.ErrInvalidInput},
		{"too many values", func() error { _, err := s.ada.Select(ctx, card, "s", "v0", "v1", "v2"); return err }, discordtest.ErrInvalidInput},
		{"unknown value", func() error { _, err := s.ada.Select(ctx, card, "s", "v9"); return err }, discordtest.ErrInvalidInput},
		{"a button is no select", func() error { _, err := s.ada.Select(ctx, card, "r:1", "x"); return err }, discordtest.ErrInvalidInput},
		{"one that was there once", func() error { _, err := s.ada.Anyway().Press(ctx, card, "v0:gone"); return err }, nil},
	} {
		if err := c.do(); !errors.Is(err, c.err) || c.err == nil && err != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
	eph := s.invoke(t)
	s.answer(t, eph, 4, with(v2(row(button(1, "Mine", "mine")), text("x")), "flags", discordtest.FlagComponentsV2|discordtest.FlagEphemeral)).ok(t)
	m, err := eph.Message(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ada.Press(ctx, m, "Mine"); err != nil {
		t.Error(err)
	}
	bob := s.guild.AddMember("Bob", discordtest.MemberConfig{})
	if _, err := bob.Anyway().Press(ctx, m, "Mine"); !errors.Is(err, discordtest.ErrUnavailable) {
		t.Errorf("Bob presses a button only Ada sees: %v", err)
	}
	s.srv.DeleteMessage(card)
	if _, err := s.ada.Press(ctx, card, "Receipts"); !errors.Is(err, discordtest.ErrUnavailable) {
		t.Errorf("a button of a deleted message: %v", err)
	}
}

// TestModal fills in a modal with every kind of input.
func TestModal(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	label := func(name string, c any) map[string]any {
		return map[string]any{"type": 18, "label": name, "component": c}
	}
	opts := list(map[string]any{"label": "One", "value": "1"}, map[string]any{"label": "Two", "value": "2", "default": true})
	parts := list(
		label("Text", map[string]any{"type": 4, "custom_id": "t", "style": 2, "min_length": 2, "max_length": 5, "value": "old"}),
		label("Select", map[string]any{"type": 3, "custom_id": "s", "options": opts}),
		label("Channel", map[string]any{"type": 8, "custom_id": "c", "required": false}),
		label("Files", map[string]any{"type": 19, "custom_id": "f", "required": false}),
		text("note"),
	)
	show := func(data map[string]any) result { return s.answer(t, s.invoke(t), 9, data) }
	form := map[string]any{"custom_id": "m", "title": strings.Repeat("t", 45), "components": parts}
	input := func(k string, v any) map[string]any {
		return with(form, "components", list(label("l", with(map[string]any{"type": 4, "custom_id": "t", "style": 1}, k, v))))
	}
	for _, c := range []struct {
		name      string
		good, bad map[string]any
		field     string
	}{
		{"5 components", form, with(form, "components", append(list(text("x")), parts...)), "data.components: BASE_TYPE_BAD_LENGTH"},
		{"title", form, with(form, "title", strings.Repeat("t", 46)), "data.title: BASE_TYPE_BAD_LENGTH"},
		{"custom id", with(form, "custom_id", strings.Repeat("x", 100)), with(form, "custom_id", strings.Repeat("x", 101)), "data.custom_id: BASE_TYPE_BAD_LENGTH"},
		{"label", with(form, "components", list(label(strings.Repeat("x", 45), map[string]any{"type": 23, "custom_id": "x"}))), with(form, "components", list(label(strings.Repeat("x", 46), map[string]any{"type": 23, "custom_id": "x"}))), "data.components.0.label: BASE_TYPE_BAD_LENGTH"},
		{"value", input("value", strings.Repeat("x", 4000)), input("value", strings.Repeat("x", 4001)), "data.components.0.component.value: BASE_TYPE_MAX_LENGTH"},
		{"max length", input("max_length", 4000), input("max_length", 4001), "data.components.0.component.max_length: NUMBER_TYPE_MAX"},
		{"placeholder", input("placeholder", strings.Repeat("x", 100)), input("placeholder", strings.Repeat("x", 101)), "data.components.0.component.placeholder: BASE_TYPE_MAX_LENGTH"},
		{"buttons", form, with(form, "components", list(row(button(1, "b", "b")))), "data.components.0.components.0: UNION_TYPE_CHOICES"},
		{"custom ids are unique", form, with(form, "components", list(parts[0], parts[0])), "data.components.1.component.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED"},
		{"groups", with(form, "components", list(label("l", map[string]any{"type": 21, "custom_id": "r", "options": opts}), label("k", map[string]any{"type": 22, "custom_id": "g", "options": opts}))), with(form, "components", list(label("l", map[string]any{"type": 21, "custom_id": "r", "options": opts[:1]}))), "data.components.0.component.options: BASE_TYPE_BAD_LENGTH"},
	} {
		if got := show(c.good); got.status != 204 {
			t.Errorf("%s: the good one is refused: %s", c.name, got.raw)
		}
		if got := show(c.bad); got.status != 400 {
			t.Errorf("%s: got %d: %s", c.name, got.status, got.raw)
		} else {
			got.want(t, 400, 50035, c.field)
		}
	}

	in := s.invoke(t)
	s.answer(t, in, 9, form).ok(t)
	m, err := in.Modal(within(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		values map[string]any
		err    error
	}{
		{"as filled in", nil, nil},
		{"all", map[string]any{"t": "new", "s": "One", "c": s.news, "f": []discordtest.Upload{{Name: "a.txt"}}}, nil},
		{"too long", map[string]any{"t": "longer"}, discordtest.ErrInvalidInput},
		{"too short", map[string]any{"t": "x"}, discordtest.ErrInvalidInput},
		{"empty", map[string]any{"t": ""}, discordtest.ErrInvalidInput},
		{"not an option", map[string]any{"s": "Three"}, discordtest.ErrInvalidInput},
		{"no such input", map[string]any{"x": "y"}, discordtest.ErrInvalidInput},
	} {
		if _, err := s.ada.SubmitModal(t.Context(), m, c.values); !errors.Is(err, c.err) || c.err == nil && err != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
	payload := interactions(t, s.srv, func() {
		if _, err := s.ada.SubmitModal(t.Context(), m, map[string]any{"t": "new", "c": s.news}); err != nil {
			t.Fatal(err)
		}
	})
	got, _ := json.Marshal(dropIDs(payload["data"].(map[string]any)["components"]))
	want := fmt.Sprintf(`[{"component":{"custom_id":"t","type":4,"value":"new"},"type":18},{"component":{"custom_id":"s","type":3,"values":["2"]},"type":18},`+
		`{"component":{"custom_id":"c","type":8,"values":["%s"]},"type":18},{"component":{"custom_id":"f","type":19,"values":[]},"type":18},{"type":10}]`, s.news.ID)
	if string(got) != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
	bob := s.guild.AddMember("Bob", discordtest.MemberConfig{})
	if _, err := bob.SubmitModal(t.Context(), m, nil); !errors.Is(err, discordtest.ErrUnavailable) {
		t.Errorf("Bob submits Ada's modal: %v", err)
	}
}

// dropIDs takes the numbers of components out.
func dropIDs(v any) any {
	switch x := v.(type) {
	case map[string]any:
		delete(x, "id")
		for _, y := range x {
			dropIDs(y)
		}
	case []any:
		for _, y := range x {
			dropIDs(y)
		}
	}
	return v
}

// TestOutside is the use by a user's own installation, where the bot is not.
func TestOutside(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	elsewhere := s.srv.AddGuild(discordtest.GuildConfig{Name: "Elsewhere", WithoutBot: true})
	there := elsewhere.AddChannel(discordtest.ChannelConfig{Name: "there"})
	eve := elsewhere.AddMember("Eve", discordtest.MemberConfig{})
	eve.InstallApp()
	in, err := eve.Command(t.Context(), there, "brief")
	if err != nil {
		t.Fatal(err)
	}
	s.answer(t, in, 4, map[string]any{"content": "x"}).ok(t)
	for range 5 {
		s.hook(t, in, "POST", "", map[string]any{"content": "more"}).ok(t)
	}
	s.hook(t, in, "POST", "", map[string]any{"content": "more"}).want(t, 400, 40094, "")
	s.hook(t, in, "PATCH", "/messages/@original", map[string]any{"content": "edits are free"}).ok(t)
	call(t, s.srv, "POST", "/channels/"+there.ID+"/messages", map[string]any{"content": "x"}).want(t, 403, 50001, "")

	// Without USE_EXTERNAL_APPS the answer is for the user alone.
	there.Overwrite(elsewhere.Everyone(), 0, discordtest.UseExternalApps)
	in, err = eve.Command(t.Context(), there, "brief")
	if err != nil {
		t.Fatal(err)
	}
	s.answer(t, in, 4, map[string]any{"content": "x"}).ok(t)
	if m, err := in.Message(within(t)); err != nil || !m.Ephemeral() {
		t.Errorf("%+v, %v", m, err)
	}
}
