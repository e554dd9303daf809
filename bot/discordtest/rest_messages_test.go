package discordtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"sitrep/bot/discordtest"
)

// TestMessageLimits holds each limit of a message with its neighbour just inside it.
func TestMessageLimits(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	content := func(s string) map[string]any { return map[string]any{"content": s} }
	embed := func(e map[string]any) map[string]any { return map[string]any{"embeds": list(e)} }
	ids := func(n int) []any { return repeat(n, func(i int) any { return fmt.Sprint(1000 + i) }) }
	for _, c := range []struct {
		name         string
		good, bad    any
		status, code int
		field        string
	}{
		{"content", content(strings.Repeat("x", 2000)), content(strings.Repeat("x", 2001)), 400, 50035, "content: BASE_TYPE_MAX_LENGTH"},
		{"content in characters, not bytes", content(strings.Repeat("港", 2000)), content(strings.Repeat("港", 2001)), 400, 50035, "content: BASE_TYPE_MAX_LENGTH"},
		{"content is trimmed", content(strings.Repeat("x", 2000) + "  "), content(" \n "), 400, 50006, ""},
		{"empty", content("x"), map[string]any{}, 400, 50006, ""},
		{"no body", content("x"), "", 400, 50109, ""},
		{"broken JSON", content("x"), "{", 400, 50109, ""},
		{"not an object", content("x"), "[]", 400, 50035, ": DICT_TYPE_CONVERT"},
		{"a row alone is empty", map[string]any{"content": "x", "components": list(row(button(1, "a", "a")))}, map[string]any{"components": list(row(button(1, "a", "a")))}, 400, 50006, ""},
		{"nonce", map[string]any{"content": "x", "nonce": strings.Repeat("n", 25)}, map[string]any{"content": "x", "nonce": strings.Repeat("n", 26)}, 400, 50035, "nonce: NONCE_TYPE_TOO_LONG"},
		{"flags", map[string]any{"content": "x", "flags": 1 << 12}, map[string]any{"content": "x", "flags": 1 << 6}, 400, 50035, "flags: BITFIELD_INVALID_FLAGS"},
		{"embeds", map[string]any{"embeds": repeat(10, func(int) any { return map[string]any{"title": "x"} })}, map[string]any{"embeds": repeat(11, func(int) any { return map[string]any{"title": "x"} })}, 400, 50035, "embeds: BASE_TYPE_MAX_LENGTH"},
		{"embed title", embed(map[string]any{"title": strings.Repeat("x", 256)}), embed(map[string]any{"title": strings.Repeat("x", 257)}), 400, 50035, "embeds.0.title: BASE_TYPE_MAX_LENGTH"},
		{"embed description", embed(map[string]any{"description": strings.Repeat("x", 4096)}), embed(map[string]any{"description": strings.Repeat("x", 4097)}), 400, 50035, "embeds.0.description: BASE_TYPE_MAX_LENGTH"},
		{"embed footer", embed(map[string]any{"footer": map[string]any{"text": strings.Repeat("x", 2048)}}), embed(map[string]any{"footer": map[string]any{"text": strings.Repeat("x", 2049)}}), 400, 50035, "embeds.0.footer.text: BASE_TYPE_BAD_LENGTH"},
		{"embed author", embed(map[string]any{"author": map[string]any{"name": strings.Repeat("x", 256)}}), embed(map[string]any{"author": map[string]any{"name": strings.Repeat("x", 257)}}), 400, 50035, "embeds.0.author.name: BASE_TYPE_BAD_LENGTH"},
		{"embed fields", embed(map[string]any{"fields": repeat(25, func(int) any { return map[string]any{"name": "n", "value": "v"} })}), embed(map[string]any{"fields": repeat(26, func(int) any { return map[string]any{"name": "n", "value": "v"} })}), 400, 50035, "embeds.0.fields: BASE_TYPE_MAX_LENGTH"},
		{"embed field name", embed(map[string]any{"fields": list(map[string]any{"name": strings.Repeat("n", 256), "value": "v"})}), embed(map[string]any{"fields": list(map[string]any{"name": strings.Repeat("n", 257), "value": "v"})}), 400, 50035, "embeds.0.fields.0.name: BASE_TYPE_BAD_LENGTH"},
		{"embed field value", embed(map[string]any{"fields": list(map[string]any{"name": "n", "value": strings.Repeat("v", 1024)})}), embed(map[string]any{"fields": list(map[string]any{"name": "n", "value": strings.Repeat("v", 1025)})}), 400, 50035, "embeds.0.fields.0.value: BASE_TYPE_BAD_LENGTH"},
		{"embed field without a value", embed(map[string]any{"fields": list(map[string]any{"name": "n", "value": "v"})}), embed(map[string]any{"fields": list(map[string]any{"name": "n", "value": ""})}), 400, 50035, "embeds.0.fields.0.value: BASE_TYPE_BAD_LENGTH"},
		{"embed total", map[string]any{"embeds": list(map[string]any{"description": strings.Repeat("x", 4000)}, map[string]any{"description": strings.Repeat("x", 2000)})}, map[string]any{"embeds": list(map[string]any{"description": strings.Repeat("x", 4000)}, map[string]any{"description": strings.Repeat("x", 2001)})}, 400, 50035, "embeds: MAX_EMBED_SIZE_EXCEEDED"},
		{"embed colour", embed(map[string]any{"title": "x", "color": 0xFFFFFF}), embed(map[string]any{"title": "x", "color": 0x1000000}), 400, 50035, "embeds.0.color: NUMBER_TYPE_MAX"},
		{"embed url", embed(map[string]any{"title": "x", "url": "https://example.org"}), embed(map[string]any{"title": "x", "url": "javascript:alert(1)"}), 400, 50035, "embeds.0.url: URL_TYPE_INVALID_SCHEME"},
		{"embed picture", embed(map[string]any{"image": map[string]any{"url": "https://example.org/i.png"}}), embed(map[string]any{"image": map[string]any{"url": "attachment://i.png"}}), 400, 50035, "embeds.0.image.url: UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"},
		{"embed without anything", embed(map[string]any{"title": "x"}), embed(map[string]any{"color": 1}), 400, 50035, "embeds.0.description: BASE_TYPE_REQUIRED"},
		{"embed time", embed(map[string]any{"title": "x", "timestamp": "2026-03-02T08:00:00Z"}), embed(map[string]any{"title": "x", "timestamp": "yesterday"}), 400, 50035, "embeds.0.timestamp: DATE_TIME_TYPE_PARSE"},
		{"allowed users", map[string]any{"content": "x", "allowed_mentions": map[string]any{"users": ids(100)}}, map[string]any{"content": "x", "allowed_mentions": map[string]any{"users": ids(101)}}, 400, 50035, "allowed_mentions.users: BASE_TYPE_MAX_LENGTH"},
		{"allowed roles", map[string]any{"content": "x", "allowed_mentions": map[string]any{"roles": ids(100)}}, map[string]any{"content": "x", "allowed_mentions": map[string]any{"roles": ids(101)}}, 400, 50035, "allowed_mentions.roles: BASE_TYPE_MAX_LENGTH"},
		{"allowed by kind and by list", map[string]any{"content": "x", "allowed_mentions": map[string]any{"parse": list("roles"), "users": ids(1)}}, map[string]any{"content": "x", "allowed_mentions": map[string]any{"parse": list("users"), "users": ids(1)}}, 400, 50035, "allowed_mentions: MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"},
		{"allowed kinds", map[string]any{"content": "x", "allowed_mentions": map[string]any{"parse": list()}}, map[string]any{"content": "x", "allowed_mentions": map[string]any{"parse": list("all")}}, 400, 50035, "allowed_mentions.parse.0: BASE_TYPE_CHOICES"},
		{"nonce's number", map[string]any{"content": "x", "nonce": 5}, map[string]any{"content": "x", "nonce": 5.5}, 400, 50035, "nonce: NUMBER_TYPE_COERCE"},
		{"nonce's type", map[string]any{"content": "x", "nonce": nil}, map[string]any{"content": "x", "nonce": true}, 400, 50035, "nonce: NONCE_TYPE_INVALID"},
		{"content's type", content("x"), map[string]any{"content": true}, 400, 50035, "content: STRING_TYPE_CONVERT"},
		{"flags' type", content("x"), map[string]any{"content": "x", "flags": "many"}, 400, 50035, "flags: NUMBER_TYPE_COERCE"},
		{"embeds' type", content("x"), map[string]any{"embeds": map[string]any{}}, 400, 50035, "embeds: LIST_TYPE_CONVERT"},
		{"an embed's type", content("x"), map[string]any{"embeds": list("x")}, 400, 50035, "embeds.0: DICT_TYPE_CONVERT"},
		{"boolean's type", content("x"), map[string]any{"content": "x", "tts": "yes"}, 400, 50035, "tts: BOOLEAN_TYPE_CONVERT"},
		{"ids", content("x"), map[string]any{"content": "x", "allowed_mentions": map[string]any{"users": list("ada")}}, 400, 50035, "allowed_mentions.users.0: NUMBER_TYPE_COERCE"},
		{"ids twice", content("x"), map[string]any{"content": "x", "allowed_mentions": map[string]any{"users": list("1", "1")}}, 400, 50035, "allowed_mentions.users: SET_TYPE_ALREADY_CONTAINS_VALUE"},
		{"allowed mentions' type", content("x"), map[string]any{"content": "x", "allowed_mentions": "none"}, 400, 50035, "allowed_mentions: DICT_TYPE_CONVERT"},
		{"embed url without a host", content("x"), embed(map[string]any{"title": "x", "url": "https://"}), 400, 50035, "embeds.0.url: URL_TYPE_INVALID_URL"},
		{"reply", content("x"), map[string]any{"content": "x", "message_reference": map[string]any{"message_id": "1"}}, 400, 50035, "message_reference: REPLIES_UNKNOWN_MESSAGE"},
	} {
		call(t, r.srv, "POST", r.messages(), c.good).ok(t)
		got := call(t, r.srv, "POST", r.messages(), c.bad)
		if got.status != c.status || got.code() != c.code {
			t.Errorf("%s: got %d, code %d: %s", c.name, got.status, got.code(), got.raw)
			continue
		}
		if c.field != "" {
			got.want(t, c.status, c.code, c.field)
		}
	}
}

// TestReply answers a message, one that is gone if that is said to be all right.
func TestReply(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	theirs := r.ada.Say(r.news, "question")
	ref := func(id string, fail any) map[string]any {
		return map[string]any{"content": "answer", "message_reference": map[string]any{"message_id": id, "fail_if_not_exists": fail}}
	}
	got := call(t, r.srv, "POST", r.messages(), ref(theirs.ID, nil)).ok(t)
	if dig(got.body, "message_reference.message_id") != theirs.ID || got.body["type"] != 19.0 {
		t.Errorf("reply = %s", got.raw)
	}
	r.srv.DeleteMessage(theirs)
	call(t, r.srv, "POST", r.messages(), ref(theirs.ID, true)).want(t, 400, 50035, "message_reference: REPLIES_UNKNOWN_MESSAGE")
	call(t, r.srv, "POST", r.messages(), ref(theirs.ID, false)).ok(t)
	call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x", "poll": map[string]any{}}).want(t, 501, 0, "")
}

// TestWaitMessage waits for messages that are there, that come, and that change.
func TestWaitMessage(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	ctx := within(t)
	r.ada.Say(r.news, "one")
	if m, err := r.srv.WaitMessage(ctx, r.news, nil); err != nil || m.Content != "one" {
		t.Errorf("%v, %v", m, err)
	}
	got := make(chan *discordtest.Message, 1)
	go func() {
		m, _ := r.srv.WaitMessage(ctx, r.news, func(m *discordtest.Message) bool { return m.Content == "three" })
		got <- m
	}()
	id := call(t, r.srv, "POST", r.messages(), map[string]any{"content": "two"}).ok(t).id()
	call(t, r.srv, "PATCH", r.messages()+"/"+id, map[string]any{"content": "three"}).ok(t)
	if m := <-got; m == nil || m.ID != id {
		t.Errorf("waited for %v", m)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := r.srv.WaitMessage(gone, r.news, func(*discordtest.Message) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("WaitMessage = %v", err)
	}
}

// TestContentType is what the API makes of a body that isn't what it is said to be.
func TestContentType(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	post := func(method, path, kind string, body any) result {
		return request(t, r.srv, method, path, body, http.Header{"Authorization": {"Bot " + r.srv.Token()}, "User-Agent": {"DiscordBot (test, 1)"}, "Content-Type": {kind}})
	}
	good := `{"content":"x"}`
	post("POST", r.messages(), "application/json; charset=utf-8", good).ok(t)
	post("POST", r.messages(), "text/plain", good).want(t, 400, 50035, ": CONTENT_TYPE_INVALID")
	post("POST", r.messages(), "application/json", "{\"content\":\"half a \xe6\xb8\"}").want(t, 400, 50109, "")
	id := call(t, r.srv, "POST", r.messages(), map[string]any{"content": "x"}).ok(t).id()
	post("DELETE", r.messages()+"/"+id, "application/json", nil).want(t, 400, 50109, "")
	call(t, r.srv, "DELETE", r.messages()+"/"+id, nil).ok(t)
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	named := func(n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprintf("f%d.txt", i)
		}
		return out
	}
	callWithFiles(t, r.srv, "POST", r.messages(), map[string]any{}, named(10)...).ok(t)
	callWithFiles(t, r.srv, "POST", r.messages(), map[string]any{}, named(11)...).want(t, 400, 50035, "attachments: BASE_TYPE_MAX_LENGTH")
	callWithFiles(t, r.srv, "POST", r.messages(), map[string]any{}, strconv.Itoa(10<<20)+".bytes").ok(t)
	callWithFiles(t, r.srv, "POST", r.messages(), map[string]any{}, strconv.Itoa(10<<20+1)+".bytes").want(t, 413, 40005, "")
	r.srv.DeleteMessage(r.news.Messages()[1])
	callWithFiles(t, r.srv, "POST", r.messages(), map[string]any{"attachments": list(map[string]any{"id": "1"})}, "a.txt").want(t, 400, 50035, "attachments.0.id: ATTACHMENT_NOT_FOUND")

	got := callWithFiles(t, r.srv, "POST", r.messages(), map[string]any{
		"attachments": list(map[string]any{"id": "0", "description": "a chart", "filename": "my chart.png"}),
		"embeds":      list(map[string]any{"image": map[string]any{"url": "attachment://my_chart.png"}}),
	}, "x.png").ok(t)
	m := r.news.Messages()[1]
	if len(m.Attachments) != 1 || m.Attachments[0].Filename != "my_chart.png" || m.Attachments[0].Description != "a chart" || m.Embeds[0].Image != m.Attachments[0].URL {
		t.Errorf("attachments = %+v, embeds = %+v", m.Attachments, m.Embeds)
	}
	resp, err := http.Get(m.Attachments[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "image/png" || string(m.Data(m.Attachments[0].ID)) != "content of x.png" {
		t.Errorf("the attachment is served with %s", resp.Status)
	}

	// An edit keeps what it lists, and adds what it brings.
	path := r.messages() + "/" + got.id()
	callWithFiles(t, r.srv, "PATCH", path, map[string]any{"attachments": list(map[string]any{"id": m.Attachments[0].ID}, map[string]any{"id": "0"})}, "b.txt").ok(t)
	if m = r.news.Messages()[1]; len(m.Attachments) != 2 {
		t.Errorf("after the edit: %+v", m.Attachments)
	}
	call(t, r.srv, "PATCH", path, map[string]any{"attachments": list(map[string]any{"id": m.Attachments[1].ID}), "embeds": list()}).ok(t)
	if m = r.news.Messages()[1]; len(m.Attachments) != 1 || m.Attachments[0].Filename != "b.txt" {
		t.Errorf("after the second edit: %+v", m.Attachments)
	}

	call(t, r.srv, "POST", r.messages(), `{"content":"`+strings.Repeat("x", 25<<20)+`"}`).want(t, 413, 40005, "")
}

func TestNonce(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	r := newRoom(t, discordtest.Config{Clock: clock, NoRateLimits: true})
	other := r.guild.AddChannel(discordtest.ChannelConfig{Name: "other"})
	body := map[string]any{"content": "one", "nonce": "d-1", "enforce_nonce": true}
	first := call(t, r.srv, "POST", r.messages(), body).ok(t)
	if first.body["nonce"] != "d-1" {
		t.Errorf("nonce = %v", first.body["nonce"])
	}
	again := call(t, r.srv, "POST", r.messages(), map[string]any{"content": "two", "nonce": "d-1", "enforce_nonce": true}).ok(t)
	if again.id() != first.id() || again.body["content"] != "one" {
		t.Errorf("the same nonce made %v", again.body)
	}
	if x := call(t, r.srv, "POST", "/channels/"+other.ID+"/messages", body).ok(t); x.id() != first.id() {
		t.Error("a nonce is the author's, not the channel's")
	}
	if x := call(t, r.srv, "POST", r.messages(), map[string]any{"content": "one", "nonce": "d-1"}).ok(t); x.id() == first.id() {
		t.Error("a nonce was enforced without being asked for")
	}
	fetched := call(t, r.srv, "GET", r.messages()+"/"+first.id(), nil).ok(t)
	if _, has := fetched.body["nonce"]; has {
		t.Error("a nonce is lost when the message is fetched")
	}
	clock.Advance(2 * time.Minute)
	clock.Advance(2 * time.Minute)
	if x := call(t, r.srv, "POST", r.messages(), body).ok(t); x.id() == first.id() {
		t.Error("a nonce was enforced for more than a few minutes")
	}
}

func TestListMessages(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	var ids []string
	for i := range 12 {
		ids = append(ids, call(t, r.srv, "POST", r.messages(), map[string]any{"content": fmt.Sprint(i)}).ok(t).id())
	}
	call(t, r.srv, "DELETE", r.messages()+"/"+ids[11], nil).ok(t)
	for _, c := range []struct {
		query string
		want  string // contents, newest first
	}{
		{"limit=3", "10 9 8"},
		{"limit=3&before=" + ids[5], "4 3 2"},
		{"limit=3&after=" + ids[5], "8 7 6"},
		{"limit=3&after=" + ids[8], "10 9"},
		{"limit=4&around=" + ids[5], "6 5 4 3"},
		{"after=" + ids[10], ""},
	} {
		got := call(t, r.srv, "GET", r.messages()+"?"+c.query, nil).ok(t)
		var contents []string
		for _, m := range got.list {
			contents = append(contents, m.(map[string]any)["content"].(string))
		}
		if s := strings.Join(contents, " "); s != c.want {
			t.Errorf("%s: %q, want %q", c.query, s, c.want)
		}
	}
	call(t, r.srv, "GET", r.messages()+"?limit=100", nil).ok(t)
	call(t, r.srv, "GET", r.messages()+"?limit=101", nil).want(t, 400, 50035, "limit: NUMBER_TYPE_MAX")
	call(t, r.srv, "GET", r.messages()+"?limit=0", nil).want(t, 400, 50035, "limit: NUMBER_TYPE_MIN")
	call(t, r.srv, "GET", r.messages()+"?before=1&after=2", nil).want(t, 400, 50035, "before: MESSAGE_LIST_EXCLUSIVE")
	call(t, r.srv, "GET", r.messages()+"?before=x", nil).want(t, 400, 50035, "before: NUMBER_TYPE_COERCE")
}

func TestEditMessage(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	r := newRoom(t, discordtest.Config{Clock: clock, NoRateLimits: true})
	plain := call(t, r.srv, "POST", r.messages(), map[string]any{"content": "one"}).ok(t)
	card := call(t, r.srv, "POST", r.messages(), v2(text("one"))).ok(t)
	theirs := r.ada.Say(r.news, "mine")
	edit := func(id string, body any) result { return call(t, r.srv, "PATCH", r.messages()+"/"+id, body) }

	if got := edit(plain.id(), map[string]any{"content": "two"}).ok(t); got.body["edited_timestamp"] == nil {
		t.Error("an edit without a time")
	}
	edit(plain.id(), map[string]any{"content": ""}).want(t, 400, 50006, "")
	edit(theirs.ID, map[string]any{"content": "x"}).want(t, 403, 50005, "")
	edit("1", map[string]any{"content": "x"}).want(t, 404, 10008, "")

	edit(card.id(), map[string]any{"content": "x"}).want(t, 400, 50035, "content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
	edit(card.id(), map[string]any{"flags": 0, "components": list(text("two"))}).want(t, 400, 50035, "flags: MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG")
	edit(card.id(), map[string]any{"components": list(text("two"))}).ok(t)
	edit(plain.id(), v2(text("card"))).want(t, 400, 50035, "content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
	edit(plain.id(), map[string]any{"content": nil, "flags": discordtest.FlagComponentsV2, "components": list(text("card"))}).ok(t)
	edit(plain.id(), map[string]any{"components": list()}).want(t, 400, 50006, "")

	// Edits of messages older than an hour are capped.
	clock.Advance(time.Hour)
	for range 20 {
		edit(card.id(), map[string]any{"components": list(text("still fresh"))}).ok(t)
	}
	clock.Advance(time.Second)
	for range 10 {
		edit(card.id(), map[string]any{"components": list(text("old"))}).ok(t)
	}
	edit(card.id(), map[string]any{"components": list(text("too often"))}).want(t, 429, 30046, "")
	clock.Advance(time.Hour)
	edit(card.id(), map[string]any{"components": list(text("again"))}).ok(t)
}

func TestCrosspost(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	r := newRoom(t, discordtest.Config{Clock: clock})
	ann := r.guild.AddChannel(discordtest.ChannelConfig{Name: "ann", Type: discordtest.ChannelAnnouncement})
	post := func(ch *discordtest.Channel) string {
		clock.Advance(5 * time.Second)
		return "/channels/" + ch.ID + "/messages/" + call(t, r.srv, "POST", "/channels/"+ch.ID+"/messages", map[string]any{"content": "x"}).ok(t).id() + "/crosspost"
	}
	call(t, r.srv, "POST", post(r.news), nil).want(t, 400, 50024, "")
	path := post(ann)
	if got := call(t, r.srv, "POST", path, nil).ok(t); int(got.body["flags"].(float64))&discordtest.FlagCrossposted == 0 {
		t.Error("no flag on the crossposted message")
	}
	call(t, r.srv, "POST", path, nil).want(t, 400, 40033, "")
	for range 8 {
		call(t, r.srv, "POST", post(ann), nil).ok(t)
	}
	limited := call(t, r.srv, "POST", post(ann), nil)
	if limited.status != 429 || limited.body["retry_after"].(float64) < 3000 {
		t.Errorf("the eleventh crosspost of the hour: %d %s", limited.status, limited.raw)
	}
	theirs := r.ada.Say(ann, "mine")
	r.guild.SetBotPermissions(discordtest.DefaultBotPermissions &^ discordtest.ManageMessages)
	clock.Advance(time.Hour)
	call(t, r.srv, "POST", "/channels/"+ann.ID+"/messages/"+theirs.ID+"/crosspost", nil).want(t, 403, 50013, "")
}

func TestPings(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	role := r.guild.AddRole("readers", 0)
	open := r.guild.AddRole("open", 0)
	open.SetMentionable(true)
	text := "@everyone @here " + r.ada.Mention() + role.Mention() + open.Mention()
	post := func(allowed any, body map[string]any) discordtest.Pings {
		t.Helper()
		if body == nil {
			body = map[string]any{"content": text}
		}
		if allowed != nil {
			body["allowed_mentions"] = allowed
		}
		call(t, r.srv, "POST", r.messages(), body).ok(t)
		ms := r.news.Messages()
		return ms[len(ms)-1].Pings
	}
	if p := post(map[string]any{"parse": list()}, nil); !p.None() {
		t.Errorf("nobody allowed: %+v", p)
	}
	if p := post(nil, nil); p.Everyone || len(p.Users) != 1 || len(p.Roles) != 1 || p.Roles[0] != open.ID {
		t.Errorf("without MENTION_EVERYONE: %+v", p)
	}
	r.news.Allow(discordtest.MentionEveryone)
	if p := post(nil, nil); !p.Everyone || len(p.Roles) != 2 {
		t.Errorf("with MENTION_EVERYONE: %+v", p)
	}
	if p := post(map[string]any{"parse": list(), "roles": list(role.ID)}, nil); p.Everyone || len(p.Users) != 0 || len(p.Roles) != 1 {
		t.Errorf("one role allowed: %+v", p)
	}
	if p := post(nil, map[string]any{"flags": discordtest.FlagComponentsV2, "components": list(map[string]any{"type": 10, "content": text})}); !p.Everyone {
		t.Errorf("text displays mention, too: %+v", p)
	}
}
