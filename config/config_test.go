package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func env(pairs ...string) Environ {
	return func(key string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == key {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// plain is a Config without what only serves messages.
func plain(c *Config) Config {
	out := *c
	out.positions, out.file = nil, ""
	return out
}

func example(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("../sitrep.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestExampleHoldsTheDefaults(t *testing.T) {
	t.Parallel()
	c, err := Parse("sitrep.example.yaml", example(t), env())
	if err != nil {
		t.Fatal(err)
	}
	got := plain(c)
	if len(got.HTTP.AllowPrivate) == 0 {
		got.HTTP.AllowPrivate = nil
	}
	if want := Default(); !reflect.DeepEqual(got, want) {
		t.Errorf("the example's settings are not the defaults:\n%+v\n%+v", got, want)
	}
}

// Settings without a default are commented out without a space after the mark.
var commented = regexp.MustCompile(`(?m)^(\s*)#(\S|  )`)

func TestExampleShowsAndDocumentsEverySetting(t *testing.T) {
	t.Parallel()
	whole := commented.ReplaceAll(example(t), []byte("$1$2"))
	c, err := Parse("sitrep.example.yaml", whole, env())
	if err != nil {
		t.Fatalf("with everything set:\n%v\n%s", err, whole)
	}
	lines := strings.Split(string(whole), "\n")
	for _, path := range paths(reflect.TypeFor[Config](), "") {
		at, ok := c.positions[path]
		if !ok {
			t.Errorf("%s does not stand in sitrep.example.yaml", path)
			continue
		}
		name := path[strings.LastIndex(path, ".")+1:]
		self := strings.HasSuffix(path, "per_guild") || strings.HasSuffix(path, "per_user") || strings.HasSuffix(path, "per_guild_day") || name == "price_out"
		line := at.Line - 1
		for line > 0 && !strings.Contains(lines[line], name+":") {
			line--
		}
		above := strings.TrimLeft(lines[line-1], " -")
		section := strings.HasSuffix(strings.TrimSpace(lines[line]), name+":")
		if !strings.HasPrefix(above, "#") && !self && !section {
			t.Errorf("%s (line %d) has no comment above it", path, line+1)
		}
	}
}

// paths lists every setting, with [0] for lists.
func paths(typ reflect.Type, at string) (out []string) {
	switch typ.Kind() {
	case reflect.Struct:
		for i := range typ.NumField() {
			if name := typ.Field(i).Tag.Get("yaml"); name != "" {
				out = append(out, paths(typ.Field(i).Type, join(at, name))...)
			}
		}
		return out
	case reflect.Slice:
		if typ.Elem().Kind() == reflect.Struct {
			return paths(typ.Elem(), at+"[0]")
		}
	}
	return []string{at}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := Parse("", nil, env())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(plain(c), Default()) {
		t.Errorf("got %+v", c)
	}
	if !c.HasRole("poll") || c.HasRole("other") {
		t.Error("a process plays every role by default, and no other")
	}
}

func TestEnvironmentWins(t *testing.T) {
	t.Parallel()
	c, err := Parse("f", []byte("discord: {token: from-file}\ndatabase: {url: file.db}\nsummarizer: {llm: {provider: anthropic}}\n"), env(
		"DISCORD_TOKEN", "Bot  from-env\n", "DATABASE_URL", "postgres://u:p@h/d", "SITREP_DISCORD_API", "http://127.0.0.1:1/api",
		"SITREP_ALLOW_PRIVATE", "127.0.0.0/8, ::1/128", "ANTHROPIC_API_KEY", "ak", "OPENAI_API_KEY", "ok"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Discord.Token.Reveal() != "from-env" || c.Database.URL.Reveal() != "postgres://u:p@h/d" || c.Discord.API != "http://127.0.0.1:1/api" {
		t.Errorf("got %q %q %q", c.Discord.Token.Reveal(), c.Database.URL.Reveal(), c.Discord.API)
	}
	if got := strings.Join(c.HTTP.AllowPrivate, " "); got != "127.0.0.0/8 ::1/128" {
		t.Errorf("networks: %s", got)
	}
	if got := c.Summarizer.LLM.Key.Reveal(); got != "ak" {
		t.Errorf("the key of the provider that is set: got %q", got)
	}
	c, err = Parse("", nil, env("OPENAI_API_KEY", "ok", "OPENAI_BASE_URL", "http://localhost:11434/v1"))
	if err != nil || c.Summarizer.LLM.Key.Reveal() != "ok" || c.Summarizer.LLM.BaseURL != "http://localhost:11434/v1" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestTracingHeaders(t *testing.T) {
	t.Parallel()
	c, err := Parse("f", []byte("tracing: {endpoint: 'https://file.example'}\n"), env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318",
		"OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20abc%3D, x-scope=one"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Tracing.HeaderMap()
	if want := map[string]string{"authorization": "Bearer abc=", "x-scope": "one"}; err != nil || !maps.Equal(got, want) || c.Tracing.Endpoint != "http://127.0.0.1:4318" {
		t.Errorf("%q, %q, %v", c.Tracing.Endpoint, got, err)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	guild := "guilds:\n- id: 100000000000000001\n"
	tests := []struct{ name, yaml, want string }{
		{"unknown key", "log:\n  levl: info\n", `f:2:3: log.levl: unknown setting "levl"; did you mean level?`},
		{"unknown key, nothing near", "log:\n  xyzzy: info\n", `f:2:3: log.xyzzy: unknown setting "xyzzy"; known here: level, format`},
		{"unknown section", "feedz: {}\n", `f:1:1: feedz: unknown setting "feedz"; did you mean feeds?`},
		{"nested unknown key", guild + "  digests:\n  - key: a\n    chanel: 1\n", `f:5:5: guilds[0].digests[0].chanel: unknown setting "chanel"; did you mean channel?`},
		{"not a number", "feeds:\n  workers: many\n", `f:2:12: feeds.workers: expected a whole number, not "many"`},
		{"fraction", "feeds:\n  workers: 1.5\n", `f:2:12: feeds.workers: expected a whole number, not "1.5"`},
		{"out of range", "feeds:\n  workers: 0\n", "f:2:12: feeds.workers: expected 1 to 1000, not 0"},
		{"bad duration", "retention:\n  text: soon\n", `f:2:9: retention.text: expected a length of time such as 90s, 15m, 36h or 30d, not "soon"`},
		{"short duration", "feeds: {min_interval: 1s}\n", "f:1:23: feeds.min_interval: expected 1m to 1d, not 1s"},
		{"text for a list", "roles: poll\n", `f:1:8: roles: expected a list, not "poll"`},
		{"text for settings", "log: debug\n", `f:1:6: log: expected settings (key: value), not "debug"`},
		{"list for text", "log: {level: [a]}\n", "f:1:14: log.level: expected a text, not a list"},
		{"text for a switch", guild + "  digests: [{key: a, channel: 100000000000000002, when: daily at 8, thread: yes}]\n", `f:3:77: guilds[0].digests[0].thread: expected true or false, not "yes"`},
		{"no such level", "log: {level: loud}\n", `f:1:14: log.level: expected debug, info, warn or error, not "loud"`},
		{"no such zone", guild + "  zone: Europe/Bonn\n", `f:3:9: guilds[0].zone: expected a time zone such as Europe/Berlin, not "Europe/Bonn"`},
		{"id", "guilds:\n- id: 12\n", `f:2:7: guilds[0].id: expected a Discord id, a number of 15 to 20 digits, not "12"`},
		{"no channel", guild + "  digests:\n  - key: a\n    when: daily at 8\n", "f:4:5: guilds[0].digests[0]: expected a channel: its id"},
		{"key twice", guild + "  digests:\n  - {key: a, when: daily at 8, channel: 100000000000000002}\n  - {key: a, when: daily at 8, channel: 100000000000000002}\n", "f:5:11: guilds[0].digests[1].key: this key stands here twice"},
		{"private scheme", "feeds: {declared: [{url: 'file:///etc/passwd', publisher: P}]}\n", "f:1:26: feeds.declared[0].url: expected the feed's http:// or https:// URL"},
		{"credentials in a URL", "summarizer: {llm: {base_url: 'https://u:p@h/'}}\n", "f:1:30: summarizer.llm.base_url: expected an http:// or https:// URL without user name and password"},
		{"other database", "database: {url: 'mysql://u:hunter2@h/d'}\n", `f:1:17: database.url: expected postgres://… or a file's path, not a URL that begins with "mysql://"`},
		{"llm without model", "summarizer: {engine: llm}\n", "summarizer.llm.model: expected the model's name, because summarizer.engine is llm"},
		{"one outlet, two owners", "owners:\n  A: [Courier]\n  B: [courier]\n", `f:3:7: owners.B[0]: "courier" belongs to A already`},
		{"not YAML", "log: {level: [}\n", "not valid YAML"},
		{"two documents", "log: {}\n---\nlog: {}\n", "one document alone is expected"},
		{"twice", "log: {level: info}\nlog: {level: info}\n", "not valid YAML"},
		{"hub without listener", "http: {public_url: 'https://h.example'}\n", "f:1:20: http.public_url: needs http.hub_listen: the address that it leads to"},
		{"traces to nowhere", "tracing: {endpoint: 'localhost:4318'}\n", "f:1:21: tracing.endpoint: expected an http:// or https:// URL without user name and password"},
		{"headers that are none", "tracing: {headers: 'Bearer hunter2'}\n", "f:1:20: tracing.headers: expected name=value, separated by commas, with percent-encoded values"},
		{"headers that break out", "tracing: {headers: 'a=b%0d%0aX: hunter2'}\n", "tracing.headers: expected name=value"},
		{"more than every article", "tracing: {sample: 2}\n", "f:1:19: tracing.sample: expected 0 (no article) to 1 (every article)"},
		{"contact that breaks the header", "http: {contact: \"https://a.example\\nX: y\"}\n", "http.contact: expected"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("f", []byte(tt.yaml), env())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Error("the password stands in the error")
			}
		})
	}
}

func TestEveryProblemIsTold(t *testing.T) {
	t.Parallel()
	_, err := Parse("f", []byte("log: {level: loud, format: xml}\nfeeds: {workers: x}\nroles: [sing]\n"), env("SITREP_ALLOW_PRIVATE", "10.0.0.1"))
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 5 {
		t.Fatalf("got %v", err)
	}
	if ps[0].Path != "SITREP_ALLOW_PRIVATE" || ps[4].Line != 3 {
		t.Errorf("the environment first, then in the order of the file: %v", ps)
	}
}

func TestEmptyKeysKeepDefaults(t *testing.T) {
	t.Parallel()
	c, err := Parse("f", []byte("log:\nfeeds:\n  workers:\n  declared:\nretention: {text: ~}\n"), env())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(plain(c), Default()) {
		t.Errorf("got %+v", c)
	}
}

func TestAnchors(t *testing.T) {
	t.Parallel()
	c, err := Parse("f", []byte("http: {contact: &me https://me.example}\nfeeds:\n  declared: [{url: *me, publisher: P}]\n"), env())
	if err != nil || c.Feeds.Declared[0].URL != "https://me.example" {
		t.Errorf("got %+v, %v", c, err)
	}
	if _, err := Parse("f", []byte("log: {level: *nobody}\n"), env()); err == nil {
		t.Error("an alias without an anchor was taken")
	}
}

func TestIDsKeepTheirDigits(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"123456789012345678", `"123456789012345678"`} {
		c, err := Parse("f", []byte("guilds:\n- id: "+form+"\n"), env())
		if err != nil || c.Guilds[0].ID != "123456789012345678" {
			t.Errorf("%s: got %+v, %v", form, c, err)
		}
	}
}

func TestProblemFindsTheLine(t *testing.T) {
	t.Parallel()
	c, err := Parse("f", []byte("guilds:\n- id: 100000000000000001\n  digests:\n  - key: a\n    channel: 100000000000000002\n    when: whenever\n"), env())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Problem("guilds[0].digests[0].when", "no").Error(); got != "f:6:11: guilds[0].digests[0].when: no" {
		t.Error(got)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	const planted = "pl4nted-s3cret"
	c, err := Parse("f", []byte("summarizer: {llm: {key: "+planted+"}}\n"),
		env("DISCORD_TOKEN", planted, "DATABASE_URL", "postgres://bot:"+planted+"@db.example/sitrep?password="+planted))
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(h).Info("start", "config", c, "value", *c, "token", c.Discord.Token, "discord", c.Discord, "database", c.Database.Display())
	}
	j, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	y, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	outputs := []string{logged.String(), string(j), string(y), c.Database.Display()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		outputs = append(outputs, fmt.Sprintf(verb, c), fmt.Sprintf(verb, *c), fmt.Sprintf(verb, c.Discord.Token), fmt.Sprintf(verb, &c.Discord.Token))
	}
	hex := fmt.Sprintf("%x", planted)
	for _, out := range outputs {
		if strings.Contains(out, planted) || strings.Contains(out, hex) {
			t.Errorf("a secret was printed: %.300s", out)
		}
	}
	if c.Discord.Token.Reveal() != planted {
		t.Error("Reveal does not give it")
	}
	if got := c.Database.Display(); got != "postgres://db.example/sitrep" {
		t.Error(got)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	file := filepath.Join(dir, "my.yaml")
	if err := os.WriteFile(token, []byte("abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("discord:\n  token_file: "+token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load("", env("SITREP_CONFIG", file))
	if err != nil || c.Discord.Token.Reveal() != "abc" {
		t.Errorf("got %v, %v", c, err)
	}
	if _, err := Load(filepath.Join(dir, "none.yaml"), env()); err == nil || !strings.Contains(err.Error(), "can't be read: no such file") {
		t.Errorf("a named file that is not there: %v", err)
	}
	if _, err := Load(file, env("DISCORD_TOKEN", "x")); err != nil {
		t.Error(err)
	}
	if err := os.Remove(token); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, env()); err == nil || !strings.Contains(err.Error(), "my.yaml:2:15: discord.token_file: can't be read") {
		t.Errorf("a token file that is not there: %v", err)
	}
	if c, err := Load("", env()); err != nil || c.Discord.Token != "" {
		t.Errorf("without any file: %v, %v", c, err)
	}
}

func TestDurationText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"90s": "1m30s", "15m": "15m", "36h": "36h", "30d": "30d", "2w": "14d", "1d12h": "36h", "1w1d": "8d", "0s": "0s", "10m": "10m", "1h0m5s": "1h0m5s",
	} {
		d, ok := parseDuration(in)
		if !ok || d.String() != want {
			t.Errorf("%s: got %s, %v, want %s", in, d, ok, want)
		}
		if again, ok := parseDuration(d.String()); !ok || again != d {
			t.Errorf("%s: %s does not read back", in, d)
		}
	}
	for _, bad := range []string{"", "5", "-1h", "1.5d", "d", "1h1d", "soon", "99999999d"} {
		if d, ok := parseDuration(bad); ok {
			t.Errorf("%q was taken as %s", bad, d)
		}
	}
	if Duration(time.Hour).Std() != time.Hour {
		t.Error("Std")
	}
}
