package discordtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sitrep/bot/discordtest"
)

// result is an answer of the REST API.
type result struct {
	status int
	body   map[string]any
	list   []any
	header http.Header
	raw    string
}

func (r result) code() int {
	n, _ := r.body["code"].(float64)
	return int(n)
}

// id is the id of the object in the answer.
func (r result) id() string {
	s, _ := r.body["id"].(string)
	return s
}

// call makes a request as a well-behaved bot; a string is sent as it is, anything else as JSON.
func call(t *testing.T, srv *discordtest.Server, method, path string, body any) result {
	t.Helper()
	return request(t, srv, method, path, body, http.Header{"Authorization": {"Bot " + srv.Token()}, "User-Agent": {"DiscordBot (test, 1)"}})
}

func request(t *testing.T, srv *discordtest.Server, method, path string, body any, header http.Header) result {
	t.Helper()
	var rd io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		rd = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		rd = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, srv.URL()+path, rd)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	if rd != nil && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return do(t, req)
}

func do(t *testing.T, req *http.Request) result {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := result{status: resp.StatusCode, header: resp.Header, raw: string(data)}
	_ = json.Unmarshal(data, &r.body) // one of the two, or none
	_ = json.Unmarshal(data, &r.list)
	return r
}

// callWithFiles sends a form with a payload and files named by their index.
func callWithFiles(t *testing.T, srv *discordtest.Server, method, path string, payload any, names ...string) result {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	data, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteField("payload_json", string(data)); err != nil {
		t.Fatal(err)
	}
	for i, n := range names {
		f, err := w.CreateFormFile(fmt.Sprintf("files[%d]", i), n)
		if err != nil {
			t.Fatal(err)
		}
		content := "content of " + n
		if size, ok := strings.CutSuffix(n, ".bytes"); ok { // a file of that size
			k, err := strconv.Atoi(size)
			if err != nil {
				t.Fatal(err)
			}
			content = strings.Repeat("x", k)
		}
		if _, err := io.WriteString(f, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return request(t, srv, method, path, b.String(), http.Header{
		"Authorization": {"Bot " + srv.Token()}, "User-Agent": {"DiscordBot (test, 1)"}, "Content-Type": {w.FormDataContentType()},
	})
}

// Small builders of payloads.

func list(vs ...any) []any { return append([]any{}, vs...) }

func text(s string) map[string]any { return map[string]any{"type": 10, "content": s} }

func row(cs ...any) map[string]any { return map[string]any{"type": 1, "components": list(cs...)} }

func button(style int, label, id string) map[string]any {
	return map[string]any{"type": 2, "style": style, "label": label, "custom_id": id}
}

func repeat(n int, f func(i int) any) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

// v2 is a message of Components V2.
func v2(cs ...any) map[string]any {
	return map[string]any{"flags": discordtest.FlagComponentsV2, "components": cs}
}

// room is a server with a guild, a text channel and a member.
type room struct {
	srv   *discordtest.Server
	guild *discordtest.Guild
	news  *discordtest.Channel
	ada   *discordtest.User
}

func newRoom(t *testing.T, cfg discordtest.Config) room {
	t.Helper()
	srv := start(t, cfg)
	g := srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	return room{srv, g, g.AddChannel(discordtest.ChannelConfig{Name: "news"}), g.AddMember("Ada", discordtest.MemberConfig{})}
}

func (r room) messages() string { return "/channels/" + r.news.ID + "/messages" }

// want checks a refusal; field, if any, is a "path: CODE" that has to be among its field errors.
func (r result) want(t *testing.T, status, code int, field string) {
	t.Helper()
	if r.status != status || r.code() != code {
		t.Errorf("got %d, code %d; want %d, code %d: %s", r.status, r.code(), status, code, r.raw)
	}
	if field != "" {
		if fields := discordtest.FieldErrors(r.body); !slices.Contains(fields, field) {
			t.Errorf("field errors %v; want %s", fields, field)
		}
	}
}

func (r result) ok(t *testing.T) result {
	t.Helper()
	if r.status < 200 || r.status > 299 {
		t.Errorf("refused with %d: %s", r.status, r.raw)
	}
	return r
}
