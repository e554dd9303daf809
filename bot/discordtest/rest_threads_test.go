package discordtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sitrep/bot/discordtest"
)

func TestThreads(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	r := newRoom(t, discordtest.Config{NoRateLimits: true, Clock: clock})
	threads := "/channels/" + r.news.ID + "/threads"
	msg := call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"}).ok(t)
	from := r.messages() + "/" + msg.id() + "/threads"

	call(t, r.srv, "POST", from, map[string]any{"name": strings.Repeat("x", 101)}).want(t, 400, 50035, "name: BASE_TYPE_BAD_LENGTH")
	call(t, r.srv, "POST", from, map[string]any{"name": ""}).want(t, 400, 50035, "name: BASE_TYPE_BAD_LENGTH")
	call(t, r.srv, "POST", from, map[string]any{"name": "x", "auto_archive_duration": 61}).want(t, 400, 50035, "auto_archive_duration: BASE_TYPE_CHOICES")
	th := call(t, r.srv, "POST", from, map[string]any{"name": strings.Repeat("x", 100), "auto_archive_duration": 60}).ok(t)
	if th.id() != msg.id() || r.news.Messages()[0].ThreadID != th.id() {
		t.Error("a thread has the id of the message it was started from")
	}
	call(t, r.srv, "POST", from, map[string]any{"name": "again"}).want(t, 400, 160004, "")
	post := func() result {
		return call(t, r.srv, "POST", "/channels/"+th.id()+"/messages", map[string]any{"content": "x"})
	}
	post().ok(t)
	r.guild.SetBotPermissions(discordtest.DefaultBotPermissions &^ discordtest.SendMessagesInThreads)
	r.guild.Everyone().SetPermissions(discordtest.DefaultPermissions &^ discordtest.SendMessagesInThreads)
	post().want(t, 403, 50013, "")
	r.guild.SetBotPermissions(discordtest.DefaultBotPermissions)

	// A quiet thread is archived after its time; writing in it opens it again, unless it is locked.
	clock.Advance(61 * time.Minute)
	if got := call(t, r.srv, "GET", "/channels/"+th.id(), nil).ok(t); got.body["thread_metadata"].(map[string]any)["archived"] != true {
		t.Errorf("not archived: %s", got.raw)
	}
	post().ok(t)
	if got := call(t, r.srv, "GET", "/channels/"+th.id(), nil).ok(t); got.body["thread_metadata"].(map[string]any)["archived"] != false {
		t.Errorf("still archived: %s", got.raw)
	}
	r.news.Threads()[0].Archive(true)
	post().want(t, 400, 50083, "")
	r.news.Threads()[0].Delete()
	post().want(t, 404, 10003, "")

	// Without a message: public only if asked for, and of the kind of the channel.
	call(t, r.srv, "POST", threads, map[string]any{"name": "x", "type": 11}).ok(t)
	call(t, r.srv, "POST", threads, map[string]any{"name": "x", "type": 10}).want(t, 400, 50024, "")
	call(t, r.srv, "POST", threads, map[string]any{"name": "x"}).want(t, 403, 50013, "")
	ann := r.guild.AddChannel(discordtest.ChannelConfig{Name: "ann", Type: discordtest.ChannelAnnouncement})
	got := call(t, r.srv, "POST", "/channels/"+ann.ID+"/threads", map[string]any{"name": "x", "type": 10}).ok(t)
	call(t, r.srv, "PUT", "/channels/"+got.id()+"/thread-members/@me", nil).ok(t)
	call(t, r.srv, "PATCH", "/channels/"+got.id(), map[string]any{"archived": true}).ok(t)
	call(t, r.srv, "PATCH", "/channels/"+got.id(), map[string]any{"name": "y"}).want(t, 400, 50083, "")
	call(t, r.srv, "PATCH", "/channels/"+got.id(), map[string]any{"archived": false, "name": "y"}).ok(t)
	call(t, r.srv, "PATCH", "/channels/"+got.id(), map[string]any{"locked": true}).want(t, 403, 50013, "")
	call(t, r.srv, "DELETE", "/channels/"+got.id()+"/thread-members/@me", nil).ok(t)
}

func TestForum(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	forum := r.guild.AddChannel(discordtest.ChannelConfig{Name: "forum", Type: discordtest.ChannelForum, Tags: []string{"a", "b", "c", "d", "e", "f"}, RequireTag: true})
	path := "/channels/" + forum.ID + "/threads"
	tag := forum.TagID("a")
	post := func(tags []any, message any) result {
		return call(t, r.srv, "POST", path, map[string]any{"name": "Digest", "applied_tags": tags, "message": message})
	}
	var six []any
	for _, n := range []string{"a", "b", "c", "d", "e", "f"} {
		six = append(six, forum.TagID(n))
	}
	call(t, r.srv, "POST", "/channels/"+forum.ID+"/messages", map[string]any{"content": "x"}).want(t, 400, 40058, "")
	got := post(list(tag), v2(text("card"))).ok(t)
	if m := got.body["message"].(map[string]any); m["id"] != got.id() || m["channel_id"] != got.id() {
		t.Errorf("the first message of a post has the post's id: %s", got.raw)
	}
	post(six[:5], map[string]any{"content": "x"}).ok(t)
	post(six, map[string]any{"content": "x"}).want(t, 400, 50035, "applied_tags: BASE_TYPE_MAX_LENGTH")
	post(list("1"), map[string]any{"content": "x"}).want(t, 400, 50035, "applied_tags.0: FORUM_TAG_NOT_FOUND")
	post(list(), map[string]any{"content": "x"}).want(t, 400, 40067, "")
	post(list(tag), map[string]any{}).want(t, 400, 50006, "")
	post(list(tag), map[string]any{"content": strings.Repeat("x", 2001)}).want(t, 400, 50035, "message.content: BASE_TYPE_MAX_LENGTH")
	post(list(tag), nil).want(t, 400, 50035, "message: BASE_TYPE_REQUIRED")
	if n := len(forum.Threads()); n != 2 {
		t.Errorf("%d posts", n)
	}
	if m := forum.Threads()[0].Messages(); len(m) != 1 || m[0].Text() != "card" {
		t.Errorf("first post: %v", m)
	}
	call(t, r.srv, "POST", fmt.Sprintf("/channels/%s/messages", got.id()), map[string]any{"content": "more"}).ok(t)
	call(t, r.srv, "PATCH", "/channels/"+got.id()+"/messages/"+got.id(), map[string]any{"components": list(text("edited"))}).ok(t)
	if m := forum.Threads()[0].Messages(); len(m) != 2 || m[0].Text() != "edited" {
		t.Errorf("first post: %v", m)
	}
}
