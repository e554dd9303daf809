package discordtest_test

import (
	"testing"

	"sitrep/bot/discordtest"
)

// TestPermissions takes one permission at a time away from the bot, by role and by channel.
func TestPermissions(t *testing.T) {
	t.Parallel()
	embed := map[string]any{"embeds": list(map[string]any{"title": "x"})}
	thread := map[string]any{"name": "thread"}
	for _, c := range []struct {
		name    string
		missing discordtest.Permissions
		do      func(t *testing.T, r room) result
		code    int
	}{
		{"send", discordtest.SendMessages, func(t *testing.T, r room) result {
			return call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"})
		}, 50013},
		{"see", discordtest.ViewChannel, func(t *testing.T, r room) result {
			return call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"})
		}, 50001},
		{"see the channel", discordtest.ViewChannel, func(t *testing.T, r room) result { return call(t, r.srv, "GET", "/channels/"+r.news.ID, nil) }, 50001},
		{"embed", discordtest.EmbedLinks, func(t *testing.T, r room) result { return call(t, r.srv, "POST", r.messages(), embed) }, 50013},
		{"attach", discordtest.AttachFiles, func(t *testing.T, r room) result {
			return callWithFiles(t, r.srv, "POST", r.messages(), map[string]any{}, "a.txt")
		}, 50013},
		{"start a thread", discordtest.CreatePublicThreads, func(t *testing.T, r room) result {
			return call(t, r.srv, "POST", "/channels/"+r.news.ID+"/threads", map[string]any{"name": "x", "type": 11})
		}, 50013},
		{"start a thread from a message", discordtest.CreatePublicThreads, func(t *testing.T, r room) result {
			return call(t, r.srv, "POST", r.messages()+"/"+r.ada.Say(r.news, "x").ID+"/threads", thread)
		}, 50013},
		{"delete others' messages", discordtest.ManageMessages, func(t *testing.T, r room) result {
			return call(t, r.srv, "DELETE", r.messages()+"/"+r.ada.Say(r.news, "x").ID, nil)
		}, 50013},
		{"read one message", discordtest.ReadMessageHistory, func(t *testing.T, r room) result {
			return call(t, r.srv, "GET", r.messages()+"/"+r.ada.Say(r.news, "x").ID, nil)
		}, 50001},
		{"reply", discordtest.ReadMessageHistory, func(t *testing.T, r room) result {
			return call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x", "message_reference": map[string]any{"message_id": r.ada.Say(r.news, "x").ID}})
		}, 160002},
		{"change the channel", discordtest.ManageChannels, func(t *testing.T, r room) result {
			return call(t, r.srv, "PATCH", "/channels/"+r.news.ID, map[string]any{"topic": "x"})
		}, 50013},
		{"delete the channel", discordtest.ManageChannels, func(t *testing.T, r room) result {
			return call(t, r.srv, "DELETE", "/channels/"+r.news.ID, nil)
		}, 50013},
		{"change overwrites", discordtest.ManageRoles, func(t *testing.T, r room) result {
			return call(t, r.srv, "PUT", "/channels/"+r.news.ID+"/permissions/"+r.guild.BotRole().ID, map[string]any{"type": 0, "allow": 0, "deny": 0})
		}, 50013},
	} {
		full := discordtest.DefaultBotPermissions | discordtest.ManageChannels | discordtest.ManageRoles
		by := map[string]func(r room){
			"role": func(r room) {
				r.guild.Everyone().SetPermissions(discordtest.DefaultPermissions &^ c.missing)
				r.guild.SetBotPermissions(full &^ c.missing)
			},
			"channel": func(r room) { r.news.Deny(c.missing) },
			"everyone channel": func(r room) {
				r.guild.SetBotPermissions(0)
				r.news.Overwrite(r.guild.Everyone(), full&^c.missing, c.missing)
			},
		}
		for how, take := range by {
			t.Run(c.name+" by "+how, func(t *testing.T) {
				t.Parallel()
				r := newRoom(t, discordtest.Config{NoRateLimits: true})
				r.guild.SetBotPermissions(full)
				c.do(t, r).ok(t)
				if c.name == "delete the channel" {
					r = newRoom(t, discordtest.Config{NoRateLimits: true})
					r.guild.SetBotPermissions(full)
				}
				take(r)
				c.do(t, r).want(t, 403, c.code, "")
			})
		}
	}
}

func TestPermissionSums(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{})
	if p := r.news.BotPermissions(); !p.Has(discordtest.DefaultBotPermissions) {
		t.Errorf("at first: %s", p)
	}
	// A member's own overwrite wins over those of roles, and roles' allow over roles' deny.
	r.news.Deny(discordtest.SendMessages)
	bot := r.guild.Member("sitrep")
	r.news.OverwriteUser(bot, discordtest.SendMessages, 0)
	if !r.news.BotPermissions().Has(discordtest.SendMessages) {
		t.Error("the member's overwrite doesn't win")
	}
	r.guild.SetBotPermissions(discordtest.Administrator)
	r.news.Deny(discordtest.ViewChannel)
	if r.news.BotPermissions() != discordtest.AllPermissions {
		t.Error("an administrator is held up by an overwrite")
	}
	// Who may not see a channel may do nothing there.
	r.guild.SetBotPermissions(discordtest.DefaultBotPermissions)
	if p := r.news.BotPermissions(); p != 0 {
		t.Errorf("unseen: %s", p)
	}
}

// TestGone is what the bot is told of what was taken away from it.
func TestGone(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	post := func() result { return call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"}) }
	id := post().ok(t).id()

	call(t, r.srv, "POST", "/channels/1/messages", map[string]any{"content": "x"}).want(t, 404, 10003, "")
	call(t, r.srv, "GET", r.messages()+"/1", nil).want(t, 404, 10008, "")
	call(t, r.srv, "GET", "/guilds/1", nil).want(t, 404, 10004, "")
	call(t, r.srv, "GET", "/guilds/"+r.guild.ID+"/members/1", nil).want(t, 404, 10013, "")
	call(t, r.srv, "GET", "/guilds/"+r.guild.ID+"/members/"+r.srv.AddUser("Bob").ID, nil).want(t, 404, 10007, "")
	call(t, r.srv, "DELETE", r.messages()+"/"+id, nil).ok(t)
	call(t, r.srv, "DELETE", r.messages()+"/"+id, nil).want(t, 404, 10008, "")

	r.guild.KickBot()
	post().want(t, 403, 50001, "")
	call(t, r.srv, "GET", "/guilds/"+r.guild.ID, nil).want(t, 404, 10004, "")
	r.guild.InviteBot(0)
	post().ok(t)
	r.news.Delete()
	post().want(t, 404, 10003, "")

	dm := call(t, r.srv, "POST", "/users/@me/channels", map[string]any{"recipient_id": r.ada.ID}).ok(t)
	if dm.id() != r.ada.DM().ID {
		t.Errorf("DM channel %s, want %s", dm.id(), r.ada.DM().ID)
	}
	write := func() result {
		return call(t, r.srv, "POST", "/channels/"+dm.id()+"/messages", map[string]any{"content": "x"})
	}
	write().ok(t)
	r.ada.CloseDMs()
	write().want(t, 403, 50007, "")
	r.ada.OpenDMs()
	write().ok(t)
	r.ada.Leave(r.guild)
	write().want(t, 403, 50278, "")
	r.ada.InstallApp()
	write().ok(t)
	call(t, r.srv, "POST", "/users/@me/channels", map[string]any{"recipient_id": "1"}).want(t, 404, 10013, "")

	r.guild.Delete()
	call(t, r.srv, "GET", "/guilds/"+r.guild.ID, nil).want(t, 404, 10004, "")

	old := r.srv.Token()
	r.srv.RevokeToken()
	if r.srv.Token() == old {
		t.Fatal("the token is still the same")
	}
}

// TestDoor is what the API says before it looks at anything.
func TestDoor(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	h := func(auth, agent string) map[string][]string {
		return map[string][]string{"Authorization": {auth}, "User-Agent": {agent}}
	}
	good, agent := "Bot "+r.srv.Token(), "DiscordBot (test, 1)"
	request(t, r.srv, "GET", "/users/@me", nil, h(good, agent)).ok(t)
	request(t, r.srv, "GET", "/users/@me", nil, h("Bot wrong", agent)).want(t, 401, 0, "")
	request(t, r.srv, "GET", "/users/@me", nil, h(r.srv.Token(), agent)).want(t, 401, 0, "")
	request(t, r.srv, "GET", "/users/@me", nil, h("", agent)).want(t, 401, 0, "")
	request(t, r.srv, "GET", "/users/@me", nil, h(good, "curl/8")).want(t, 403, 40333, "")
	request(t, r.srv, "GET", "/gateway", nil, h("", agent)).ok(t)
	call(t, r.srv, "GET", "/nothing", nil).want(t, 404, 0, "")
	call(t, r.srv, "PUT", "/users/@me", nil).want(t, 405, 0, "")
	if n, banned := r.srv.InvalidAnswers(); n != 4 || banned {
		t.Errorf("%d invalid answers, banned %v; want 4, false", n, banned)
	}
}

// TestLookups reads back everything that can be read.
func TestLookups(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	r.guild.AddChannel(discordtest.ChannelConfig{Name: "forum", Type: discordtest.ChannelForum, Tags: []string{"ports"}})
	for _, path := range []string{
		"/gateway", "/gateway/bot", "/users/@me", "/users/" + r.ada.ID, "/users/@me/guilds", "/users/@me/guilds?with_counts=true&limit=1&after=0",
		"/applications/@me", "/guilds/" + r.guild.ID, "/guilds/" + r.guild.ID + "?with_counts=true", "/guilds/" + r.guild.ID + "/channels",
		"/guilds/" + r.guild.ID + "/roles", "/guilds/" + r.guild.ID + "/members/" + r.ada.ID, "/guilds/" + r.guild.ID + "/threads/active",
		"/channels/" + r.news.ID, "/channels/" + r.ada.DM().ID,
	} {
		if got := call(t, r.srv, "GET", path, nil); got.status != 200 {
			t.Errorf("%s: %d %s", path, got.status, got.raw)
		}
	}
	call(t, r.srv, "POST", "/channels/"+r.news.ID+"/typing", nil).ok(t)
	r.guild.SetBotPermissions(discordtest.DefaultBotPermissions | discordtest.ManageChannels)
	made := call(t, r.srv, "POST", "/guilds/"+r.guild.ID+"/channels", map[string]any{"name": "made"}).ok(t)
	call(t, r.srv, "PATCH", "/channels/"+made.id(), map[string]any{"name": "renamed", "topic": "news"}).ok(t)
	if r.guild.Channel("renamed").ID != made.id() {
		t.Error("the channel wasn't renamed")
	}
	call(t, r.srv, "DELETE", "/users/@me/guilds/"+r.guild.ID, nil).ok(t)
	if got := call(t, r.srv, "GET", "/users/@me/guilds", nil); len(got.list) != 0 {
		t.Errorf("still in %s", got.raw)
	}
}
