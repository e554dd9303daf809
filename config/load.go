package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones of declared digests are checked on machines without a zone database
)

// Environ looks up an environment variable; os.Getenv is one.
type Environ func(key string) string

// DefaultFile is read when neither a flag nor SITREP_CONFIG names a file, and
// it is there.
const DefaultFile = "sitrep.yaml"

// Load reads the configuration: file (a flag's value, "" = not given), else
// SITREP_CONFIG, else DefaultFile where it is there; then the environment.
// What is wrong comes back as Problems.
func Load(file string, env Environ) (*Config, error) {
	named := true
	if file == "" {
		file = env("SITREP_CONFIG")
	}
	if file == "" {
		file, named = DefaultFile, false
	}
	data, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		file, data = "", nil
	case err != nil:
		return nil, Problems{{File: file, Text: "the configuration file can't be read: " + reason(err)}}
	}
	return Parse(file, data, env)
}

func reason(err error) string {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// Parse builds the configuration from a file's bytes and the environment. The
// name serves for messages only.
func Parse(name string, data []byte, env Environ) (*Config, error) {
	c := Default()
	d := &decoder{file: name, positions: map[string]Position{}}
	d.decode(data, &c)
	c.positions, c.file = d.positions, name
	problems := d.problems
	problems = append(problems, c.environment(env)...)
	problems = append(problems, c.check()...)
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	return &c, nil
}

func (c *Config) environment(env Environ) (problems Problems) {
	set := func(key string, into *string) {
		if v := strings.TrimSpace(env(key)); v != "" {
			*into = v
		}
	}
	set("DISCORD_TOKEN", (*string)(&c.Discord.Token))
	set("SITREP_DISCORD_API", &c.Discord.API)
	set("DATABASE_URL", (*string)(&c.Database.URL))
	set("SITREP_LISTEN", &c.HTTP.Listen)
	set("OTEL_EXPORTER_OTLP_ENDPOINT", &c.Tracing.Endpoint)
	set("OTEL_EXPORTER_OTLP_HEADERS", (*string)(&c.Tracing.Headers))
	if v := strings.TrimSpace(env("SITREP_ALLOW_PRIVATE")); v != "" {
		c.HTTP.AllowPrivate = nil
		for _, n := range strings.Split(v, ",") {
			n = strings.TrimSpace(n)
			if n == "" {
				continue
			}
			if !isNetwork(n) {
				problems = append(problems, Problem{Path: "SITREP_ALLOW_PRIVATE",
					Text: fmt.Sprintf("expected networks such as 127.0.0.0/8,10.1.0.0/16, not %q", n)})
				continue
			}
			c.HTTP.AllowPrivate = append(c.HTTP.AllowPrivate, n)
		}
	}
	llm := &c.Summarizer.LLM
	switch llm.Provider {
	case "anthropic":
		set("ANTHROPIC_API_KEY", (*string)(&llm.Key))
	default:
		set("OPENAI_API_KEY", (*string)(&llm.Key))
		set("OPENAI_BASE_URL", &llm.BaseURL)
	}
	if c.Discord.Token == "" && c.Discord.TokenFile != "" {
		b, err := os.ReadFile(c.Discord.TokenFile)
		if err != nil {
			problems = append(problems, c.Problem("discord.token_file", "can't be read: "+reason(err)))
		}
		c.Discord.Token = Secret(strings.TrimSpace(string(b)))
	}
	// Some hosts hand the token out with its scheme.
	c.Discord.Token = Secret(strings.TrimSpace(strings.TrimPrefix(string(c.Discord.Token), "Bot ")))
	return problems
}

// Langs are the languages that the frame of a message can have.
var Langs = []string{"en", "de", "es", "fr", "pt-BR"}

var roles = []string{"gateway", "poll", "work"}

func (c *Config) check() (problems Problems) {
	fault := func(path, format string, args ...any) {
		problems = append(problems, c.Problem(path, fmt.Sprintf(format, args...)))
	}
	oneOf := func(path, v string, allowed ...string) {
		if !slices.Contains(allowed, v) {
			fault(path, "expected %s, not %q", either(allowed), v)
		}
	}
	between := func(path string, v, low, high int) {
		if v < low || v > high {
			fault(path, "expected %d to %d, not %d", low, high, v)
		}
	}
	span := func(path string, v, low, high Duration) {
		if v < low || v > high {
			fault(path, "expected %s to %s, not %s", low, high, v)
		}
	}
	webURL := func(path, v string) {
		if v != "" && !isWebURL(v) {
			fault(path, "expected an http:// or https:// URL without user name and password")
		}
	}
	zone := func(path, v string) {
		if v == "" {
			return
		}
		if _, err := time.LoadLocation(v); err != nil || v == "Local" {
			fault(path, "expected a time zone such as Europe/Berlin, not %q", v)
		}
	}
	lang := func(path, v string) {
		if v != "" {
			oneOf(path, v, Langs...)
		}
	}

	if t := string(c.Discord.Token); strings.ContainsAny(t, " \t\r\n") {
		fault("discord.token", "expected the bot's token as one word")
	}
	if c.Discord.API == "" || !isWebURL(c.Discord.API) {
		fault("discord.api", "expected an http:// or https:// URL without user name and password")
	}
	if u := string(c.Database.URL); u == "" {
		fault("database.url", "expected postgres://… or a file's path")
	} else if i := strings.Index(u, "://"); i >= 0 && !isPostgres(u) {
		fault("database.url", "expected postgres://… or a file's path, not a URL that begins with %q", u[:i+3])
	} else if isPostgres(u) {
		if p, err := url.Parse(u); err != nil || p.Host == "" && p.Query().Get("host") == "" {
			fault("database.url", "expected postgres://user:password@host/database")
		}
	}
	if v := c.HTTP.Contact; v != "" && !isWebURL(strings.TrimPrefix(v, "mailto:")) && !strings.Contains(v, "@") {
		fault("http.contact", "expected a URL or a mail address")
	}
	if strings.ContainsAny(c.HTTP.Contact, "\r\n()") {
		fault("http.contact", "expected one line without brackets")
	}
	for i, n := range c.HTTP.AllowPrivate {
		if !isNetwork(n) {
			fault(fmt.Sprintf("http.allow_private[%d]", i), "expected a network such as 127.0.0.0/8, not %q", n)
		}
	}
	for _, l := range []struct{ path, v string }{{"http.listen", c.HTTP.Listen}, {"http.hub_listen", c.HTTP.HubListen}} {
		if l.v != "" && !isListen(l.v) {
			fault(l.path, "expected an address such as 127.0.0.1:8080, not %q", l.v)
		}
	}
	webURL("http.public_url", c.HTTP.PublicURL)
	if c.HTTP.PublicURL != "" && c.HTTP.HubListen == "" {
		fault("http.public_url", "needs http.hub_listen: the address that it leads to")
	}

	between("feeds.workers", c.Feeds.Workers, 1, 1000)
	span("feeds.min_interval", c.Feeds.MinInterval, Duration(time.Minute), Duration(day))
	span("feeds.max_interval", c.Feeds.MaxInterval, c.Feeds.MinInterval, Duration(day))
	for i, f := range c.Feeds.Declared {
		path := fmt.Sprintf("feeds.declared[%d]", i)
		if !isWebURL(f.URL) {
			fault(join(path, "url"), "expected the feed's http:// or https:// URL")
		}
		if f.Publisher == "" {
			fault(path, "expected a publisher: the outlet that speaks in this feed")
		}
	}
	owned := map[string]string{}
	for _, family := range sortedKeys(c.Owners) {
		for i, outlet := range c.Owners[family] {
			key := strings.ToLower(strings.TrimSpace(outlet))
			path := fmt.Sprintf("owners.%s[%d]", family, i)
			if key == "" {
				fault(path, "expected an outlet's name or host name")
			} else if other, taken := owned[key]; taken && other != family {
				fault(path, "%q belongs to %s already", outlet, other)
			}
			owned[key] = family
		}
	}

	guilds := map[Snowflake]bool{}
	for i, g := range c.Guilds {
		path := fmt.Sprintf("guilds[%d]", i)
		if g.ID == "" {
			fault(path, "expected an id: the server's")
		} else if guilds[g.ID] {
			fault(join(path, "id"), "this server stands here twice")
		}
		guilds[g.ID] = true
		lang(join(path, "lang"), g.Lang)
		zone(join(path, "zone"), g.Zone)
		followed := map[string]bool{}
		for j, f := range g.Feeds {
			path := fmt.Sprintf("%s.feeds[%d]", path, j)
			if !isWebURL(f.URL) {
				fault(path, "expected url: the feed's http:// or https:// URL")
			} else if followed[f.URL] {
				fault(join(path, "url"), "this feed stands here twice")
			}
			followed[f.URL] = true
		}
		keys := map[string]bool{}
		for j, s := range g.Digests {
			path := fmt.Sprintf("%s.digests[%d]", path, j)
			switch {
			case s.Key == "" || len(s.Key) > 64:
				fault(path, "expected a key of 1 to 64 characters that tells this digest from the server's others")
			case keys[s.Key]:
				fault(join(path, "key"), "this key stands here twice")
			}
			keys[s.Key] = true
			if s.Channel == "" {
				fault(path, "expected a channel: its id")
			}
			if s.When == "" {
				fault(path, `expected when: words such as "every weekday at 8", or five cron fields`)
			}
			zone(join(path, "zone"), s.Zone)
			lang(join(path, "lang"), s.Lang)
			if s.Size != "" {
				oneOf(join(path, "size"), s.Size, "short", "standard", "long")
			}
			between(join(path, "min_publishers"), s.MinPublishers, 0, 50)
		}
	}

	between("limits.feeds_per_guild", c.Limits.FeedsPerGuild, 1, 100_000)
	between("limits.schedules_per_guild", c.Limits.SchedulesPerGuild, 1, 1000)
	between("limits.subscriptions_per_user", c.Limits.SubscriptionsPerUser, 0, 1000)
	between("limits.subscriptions_per_guild", c.Limits.SubscriptionsPerGuild, 0, 100_000)
	between("limits.alerts_per_day", c.Limits.AlertsPerDay, 1, 1000)
	between("limits.briefs_per_user_day", c.Limits.BriefsPerUserDay, 0, 100_000)
	between("limits.briefs_per_guild_day", c.Limits.BriefsPerGuildDay, 0, 1_000_000)
	between("limits.commands_per_minute", c.Limits.CommandsPerMinute, 1, 10_000)
	between("limits.backlog_items", c.Limits.BacklogItems, 0, 300)
	span("retention.text", c.Retention.Text, Duration(day), Duration(3650*day))
	span("retention.articles", c.Retention.Articles, c.Retention.Text, Duration(3650*day))

	oneOf("summarizer.engine", c.Summarizer.Engine, "embedded", "llm")
	llm := c.Summarizer.LLM
	oneOf("summarizer.llm.provider", llm.Provider, "openai", "anthropic")
	webURL("summarizer.llm.base_url", llm.BaseURL)
	span("summarizer.llm.timeout", llm.Timeout, Duration(time.Second), Duration(5*time.Minute))
	if llm.TokensPerDay < 0 || llm.TokensPerGuild < 0 {
		fault("summarizer.llm", "expected budgets of 0 (none) or more")
	}
	if llm.MoneyPerDay < 0 || llm.PriceIn < 0 || llm.PriceOut < 0 {
		fault("summarizer.llm", "expected prices of 0 or more")
	}
	if llm.MoneyPerDay > 0 && llm.PriceIn == 0 && llm.PriceOut == 0 {
		fault("summarizer.llm.money_per_day", "needs price_in and price_out to be counted")
	}
	if c.Summarizer.Engine == "llm" {
		if llm.Model == "" {
			fault("summarizer.llm.model", "expected the model's name, because summarizer.engine is llm")
		}
		if llm.Provider == "anthropic" && llm.Key == "" {
			fault("summarizer.llm.key", "expected a key here or in ANTHROPIC_API_KEY")
		}
		if llm.Provider == "openai" && llm.Key == "" && llm.BaseURL == "" {
			fault("summarizer.llm.key", "expected a key here or in OPENAI_API_KEY, or the base_url of a server that needs none")
		}
	}
	oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf("log.format", c.Log.Format, "text", "json")
	webURL("tracing.endpoint", c.Tracing.Endpoint)
	if _, err := c.Tracing.HeaderMap(); err != nil {
		fault("tracing.headers", "%v", err)
	}
	if !(c.Tracing.Sample >= 0 && c.Tracing.Sample <= 1) {
		fault("tracing.sample", "expected 0 (no article) to 1 (every article)")
	}
	if len(c.Roles) == 0 {
		fault("roles", "expected at least one of %s", either(roles))
	}
	for i, r := range c.Roles {
		oneOf(fmt.Sprintf("roles[%d]", i), r, roles...)
	}
	return problems
}

// HeaderMap is Headers taken apart, as OTEL_EXPORTER_OTLP_HEADERS is written.
func (t Tracing) HeaderMap() (map[string]string, error) {
	headers := map[string]string{}
	for part := range strings.SplitSeq(t.Headers.Reveal(), ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if !ok || name == "" || err != nil || strings.ContainsAny(name, " :\t\r\n") || strings.ContainsAny(value, "\r\n") {
			return nil, errors.New("expected name=value, separated by commas, with percent-encoded values")
		}
		headers[name] = value
	}
	return headers, nil
}

func either(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

func isNetwork(s string) bool {
	_, err := netip.ParsePrefix(s)
	return err == nil
}

func isListen(s string) bool {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return false
	}
	if _, err := netip.ParseAddrPort(s); err == nil {
		return true
	}
	host := s[:i]
	_, err := netip.ParseAddrPort("127.0.0.1" + s[i:])
	return err == nil && !strings.ContainsAny(host, " /[]:@")
}
