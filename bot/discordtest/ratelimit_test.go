package discordtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sitrep/bot/discordtest"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	r := newRoom(t, discordtest.Config{Clock: clock})
	other := r.guild.AddChannel(discordtest.ChannelConfig{Name: "other"})
	post := func(ch *discordtest.Channel) result {
		return call(t, r.srv, "POST", "/channels/"+ch.ID+"/messages", map[string]any{"content": "x"})
	}
	for i := range 5 {
		got := post(r.news).ok(t)
		if rem := got.header.Get("X-RateLimit-Remaining"); rem != fmt.Sprint(4-i) {
			t.Errorf("remaining = %s", rem)
		}
	}
	got := post(r.news)
	if got.status != 429 || got.body["global"] != false || got.body["retry_after"] != 5.0 || got.header.Get("Retry-After") != "5" ||
		got.header.Get("X-RateLimit-Scope") != "user" || got.header.Get("X-RateLimit-Reset-After") != "5.000" {
		t.Errorf("over the limit: %d %v %s", got.status, got.header, got.raw)
	}
	bucket := got.header.Get("X-RateLimit-Bucket")
	if o := post(other); o.status != 200 || o.header.Get("X-RateLimit-Bucket") != bucket {
		t.Error("another channel has a bucket of its own by the same name")
	}
	a := call(t, r.srv, "GET", r.messages(), nil).ok(t).header.Get("X-RateLimit-Bucket")
	b := call(t, r.srv, "GET", r.messages()+"/1", nil).header.Get("X-RateLimit-Bucket")
	if a != b || a == bucket {
		t.Error("routes that share a bucket give its name")
	}
	clock.Advance(5 * time.Second)
	post(r.news).ok(t)
	if n, _ := r.srv.InvalidAnswers(); n != 1 {
		t.Errorf("%d invalid answers", n)
	}
	clock.Advance(-24 * time.Hour) // a clock that is set back doesn't lock anybody out for a day
	post(r.news).ok(t)
}

func TestGlobalLimit(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	srv := start(t, discordtest.Config{Clock: clock})
	g := srv.AddGuild(discordtest.GuildConfig{Name: "g"})
	ada := g.AddMember("Ada", discordtest.MemberConfig{})
	var chans []*discordtest.Channel
	for i := range 12 {
		chans = append(chans, g.AddChannel(discordtest.ChannelConfig{Name: fmt.Sprint(i)}))
	}
	path := "/applications/" + srv.ApplicationID() + "/commands"
	call(t, srv, "PUT", path, list(command("latest"))).ok(t)
	clock.Advance(time.Second)
	post := func(i int) result {
		return call(t, srv, "POST", "/channels/"+chans[i%12].ID+"/messages", map[string]any{"content": "x"})
	}
	for i := range 50 {
		post(i).ok(t)
	}
	got := post(50)
	if got.status != 429 || got.body["global"] != true || got.header.Get("X-RateLimit-Scope") != "global" || got.header.Get("X-RateLimit-Global") != "true" {
		t.Errorf("the 51st of the second: %d %v %s", got.status, got.header, got.raw)
	}
	// Interactions are exempt.
	in, err := ada.Command(t.Context(), chans[0], "latest")
	if err != nil {
		t.Fatal(err)
	}
	request(t, srv, "POST", "/interactions/"+in.ID+"/"+in.Token+"/callback", map[string]any{"type": 5}, anonymous()).ok(t)
	request(t, srv, "PATCH", "/webhooks/"+srv.ApplicationID()+"/"+in.Token+"/messages/@original", map[string]any{"content": "x"}, anonymous()).ok(t)
	call(t, srv, "GET", "/gateway", nil).ok(t)
	clock.Advance(time.Second)
	post(51).ok(t)
}

// TestBan lets the edge keep an address out that got too many invalid answers.
func TestBan(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	r := newRoom(t, discordtest.Config{Clock: clock, NoRateLimits: true, InvalidLimit: 10})
	bad := func() result {
		return request(t, r.srv, "GET", "/users/@me", nil, map[string][]string{"Authorization": {"Bot wrong"}, "User-Agent": {"DiscordBot (test, 1)"}})
	}
	for range 9 {
		bad().want(t, 401, 0, "")
	}
	clock.Advance(10*time.Minute + time.Second) // forgotten
	for range 9 {
		bad().want(t, 401, 0, "")
	}
	call(t, r.srv, "GET", "/users/@me", nil).ok(t)
	bad().want(t, 401, 0, "")
	if _, banned := r.srv.InvalidAnswers(); !banned {
		t.Error("not banned")
	}
	if got := call(t, r.srv, "GET", "/users/@me", nil); got.status != 429 || !strings.Contains(got.raw, "<html>") {
		t.Errorf("banned: %d %s", got.status, got.raw)
	}
	clock.Advance(time.Hour)
	call(t, r.srv, "GET", "/users/@me", nil).ok(t)
}
