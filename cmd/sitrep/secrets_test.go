package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/discordtest"
	"sitrep/config"
	"sitrep/feeds"
)

// The secrets that are planted. Whatever shows one of them has leaked.
const (
	plantedToken    = "planted.discord.token"
	plantedPassword = "planted-password"
	plantedKey      = "planted-model-key"
	plantedHeader   = "planted-trace-header"
	plantedQuery    = "planted-feed-token"
	plantedUser     = "planted-feed-password"
)

// leaks are the secrets that stand in a text; "planted" begins each of them.
func leaks(text string, more ...string) (out []string) {
	for _, s := range append([]string{"planted"}, more...) {
		for rest := text; s != ""; {
			at := strings.Index(rest, s)
			if at < 0 {
				break
			}
			out = append(out, fmt.Sprintf("…%.60s%.60s…", rest[max(0, at-60):at], rest[at:]))
			rest = rest[at+len(s):]
		}
	}
	return out
}

// A tap collects what several goroutines write.
type tap struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *tap) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(b)
}

func (w *tap) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// What commands print when things go wrong tells no secret.
func TestCommandsKeepSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// It says whatever it is given, as the worst of servers would.
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":{"message":"no: %s %s"},"message":"401: %s","code":0}`, r.Header.Get("Authorization"), r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(echo.Close) // when those that run in parallel are done
	report := filepath.Join(dir, "report.txt")
	settings := filepath.Join(dir, "sitrep.yaml")
	broken := filepath.Join(dir, "broken.yaml")
	for name, text := range map[string]string{
		report:   "Harbour wall of Vellmar to be rebuilt\n\nThe harbour wall of Vellmar is to be rebuilt for 31 million euros, the port authority said on Tuesday.\n",
		settings: "log: {level: debug}\nsummarizer: {engine: llm, llm: {model: m, base_url: '" + echo.URL + "'}}\ntracing: {headers: 'authorization=Bearer%20" + plantedHeader + "'}\n",
		broken:   "discord: {token: [" + plantedToken + "]}\ndatabase: {url: 'mysql://bot:" + plantedPassword + "@h/d'}\nsummarizer: {llm: {key: " + plantedKey + ", base_url: 'https://ada:" + plantedUser + "@h/'}}\ntracing: {headers: " + plantedHeader + ", endpoint: 'https://ada:" + plantedUser + "@h/'}\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	feed := echo.URL + "/feed?token=" + plantedQuery
	withUser := strings.Replace(echo.URL, "://", "://ada:"+plantedUser+"@", 1) + "/feed"
	env := func(dsn string) map[string]string {
		return map[string]string{"DISCORD_TOKEN": plantedToken, "DATABASE_URL": dsn, "OPENAI_API_KEY": plantedKey, "SITREP_DISCORD_API": echo.URL,
			"SITREP_ALLOW_PRIVATE": "127.0.0.0/8", "SITREP_CONFIG": settings, "OTEL_EXPORTER_OTLP_ENDPOINT": echo.URL}
	}
	postgres := "postgres://bot:" + plantedPassword + "@127.0.0.1:1/sitrep?password=" + plantedPassword
	file := filepath.Join(dir, "s.db")
	for _, c := range []struct {
		dsn  string
		args []string
	}{
		{postgres, []string{"doctor"}},
		{postgres, []string{"run"}},
		{postgres, []string{"migrate"}},
		{postgres, []string{"backup", filepath.Join(dir, "b.db")}},
		{postgres, []string{"poll", "--once"}},
		{strings.Replace(postgres, "127.0.0.1:1", "127.0.0.1:no-port", 1), []string{"doctor"}},
		{strings.Replace(postgres, plantedPassword, "planted%zz", 1), []string{"doctor"}},
		{file, []string{"run"}},
		{file, []string{"doctor"}},
		{file, []string{"migrate", "--to", postgres}},
		{file, []string{"poll", "--once", "--feed", feed, "--read"}},
		{file, []string{"poll", "--once", "--feed", withUser}},
		{file, []string{"feeds", "check", feed}},
		{file, []string{"feeds", "check", withUser}},
		{file, []string{"digest", "--feed", feed, "--feed", withUser}},
		{file, []string{"brief", feed}},
		{file, []string{"brief", withUser}},
		{file, []string{"brief", "--engine", "llm", report}},
		{file, []string{"--config", broken, "doctor"}},
		{file, []string{"doctor", "--health"}},
		{file, []string{"run", "--roles", "poll", withUser}},
	} {
		t.Run(strings.Join(c.args[:1], " "), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var out, errs bytes.Buffer
			vars := env(c.dsn)
			run(ctx, c.args, &out, &errs, func(key string) string { return vars[key] })
			for _, leak := range append(leaks(out.String()), leaks(errs.String())...) {
				t.Errorf("%s with %s: %s", c.args, c.dsn, leak)
			}
		})
	}
}

// listeners are open under their addresses, for who listens there: nobody else can come before.
func listeners(t *testing.T, n int) (addresses []string, listen func(network, address string) (net.Listener, error)) {
	t.Helper()
	open := map[string]net.Listener{}
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		open[l.Addr().String()] = l
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, func(_, address string) (net.Listener, error) {
		if l := open[address]; l != nil {
			return l, nil
		}
		return nil, errors.New("nobody was to listen at " + address)
	}
}

// A running bot tells no secret: not in its log at its most talkative, not in
// what it serves, not in its database, and not in Discord.
func TestRunningBotKeepsSecrets(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	var mu sync.Mutex
	var hubSecret string
	var press *httptest.Server
	press = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/hub":
			mu.Lock()
			hubSecret = r.FormValue("hub.secret")
			mu.Unlock()
			http.Error(w, "no: "+r.FormValue("hub.secret"), http.StatusForbidden)
		case r.URL.Path == "/v1/chat/completions" || r.URL.Path == "/chat/completions":
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":{"message":"Incorrect API key provided: %s"}}`, r.Header.Get("Authorization"))
		case r.URL.Path == "/v1/traces":
			http.Error(w, "no: "+r.Header.Get("Authorization"), http.StatusUnauthorized)
		case r.URL.Path == "/private" && r.FormValue("token") == plantedQuery:
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Quay Courier</title><link>https://quay.example</link>
				<atom:link rel="hub" href="%[1]s/hub"/><atom:link rel="self" href="%[1]s/private?token=%[2]s"/>
				<item><title>Harbour wall of Vellmar to be rebuilt</title><link>%[1]s/gone?token=%[2]s</link><guid>1</guid><description>The harbour wall of Vellmar is to be rebuilt for 31 million euros, the port authority said on Tuesday. Nine ships were sent to other ports.</description></item></channel></rss>`, press.URL, plantedQuery)
		default:
			http.Error(w, "no: "+r.URL.String()+r.Header.Get("Authorization"), http.StatusInternalServerError)
		}
	}))
	defer press.Close()
	srv := discordtest.Start(discordtest.Config{Token: plantedToken, NoRateLimits: true, ResponseTime: time.Minute})
	defer srv.Close()
	guild := srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	briefing := guild.AddChannel(discordtest.ChannelConfig{Name: "briefing"})
	ada := guild.AddMember("Ada", discordtest.MemberConfig{Permissions: discordtest.ManageGuild})

	addresses, listen := listeners(t, 2)
	metrics, hub := addresses[0], addresses[1]
	settings := filepath.Join(dir, "sitrep.yaml")
	if err := os.WriteFile(settings, []byte("log: {level: debug, format: json}\nsummarizer: {engine: llm, llm: {model: m, base_url: '"+press.URL+"'}}\nhttp: {public_url: 'http://"+hub+"', hub_listen: '"+hub+"', listen: '"+metrics+"'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s.db")
	env := map[string]string{"DISCORD_TOKEN": plantedToken, "DATABASE_URL": path, "OPENAI_API_KEY": plantedKey, "SITREP_DISCORD_API": srv.URL(), "SITREP_ALLOW_PRIVATE": "127.0.0.0/8",
		"SITREP_CONFIG": settings, "OTEL_EXPORTER_OTLP_ENDPOINT": press.URL, "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20" + plantedHeader}
	var stdout, stderr tap
	p := &program{ctx: ctx, stdout: &stdout, stderr: &stderr, env: func(key string) string { return env[key] }, hush: &discretion{}}
	c, err := p.config()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	s, err := newService(ctx, c, engine, p.logger(c), tuning{idle: 50 * time.Millisecond, jobPoll: 20 * time.Millisecond, spacing: time.Millisecond, patience: time.Minute, listen: listen})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	now := time.Now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.store.SaveGuild(ctx, bot.Guild{ID: guild.ID, Name: "Harbour Watch", OwnerID: guild.Owner().ID, Lang: "en", Zone: "UTC", JoinedAt: now}))
	for _, address := range []string{
		press.URL + "/private?token=" + plantedQuery,
		press.URL + "/closed?api_key=" + plantedQuery,
		strings.Replace(press.URL, "://", "://ada:"+plantedUser+"@", 1) + "/feed", // as an import might have brought it, long ago
	} {
		f, err := s.store.AddFollow(ctx, bot.Follow{GuildID: guild.ID, AddedAt: now, Feed: feeds.Feed{URL: address, State: feeds.StateActive}})
		must(err)
		if !strings.Contains(address, "/private") { // it has failed for long, and people are told
			f.Feed.State, f.Feed.Since, f.Feed.Kind, f.Feed.Reason, f.Feed.Fails = feeds.StateFailing, now.Add(-72*time.Hour), feeds.FailServer, "the server answers 500", 9
			must(s.store.SaveChecks(ctx, []feeds.Check{{Feed: f.Feed, At: now.Add(-time.Minute)}}))
		}
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.run(running) }()
	defer func() { stop(); <-ended }()
	must(srv.WaitReady(ctx))
	must(srv.WaitCommand(ctx, "why"))
	must(until(ctx, 20*time.Millisecond, func() (bool, error) {
		st, err := s.store.Status(ctx, "")
		mu.Lock()
		defer mu.Unlock()
		return st.Articles == 1 && st.Waiting == 0 && hubSecret != "", err
	}))
	must(s.feedTrouble(ctx))
	for _, command := range []string{"feeds list", "feeds health", "status", "latest", "why", "feeds remove"} {
		var options []discordtest.Option
		switch command {
		case "why":
			options = append(options, discordtest.Opt("item", "Vellmar"))
		case "feeds remove":
			options = append(options, discordtest.Opt("feed", "nothing"))
		}
		in, err := ada.Command(ctx, briefing, command, options...)
		if err != nil {
			t.Fatalf("/%s: %v", command, err)
		}
		if _, err := in.Message(ctx); err != nil {
			t.Fatalf("/%s: %v", command, err)
		}
	}
	must(until(ctx, 20*time.Millisecond, func() (bool, error) {
		st, err := s.store.Status(ctx, "")
		return st.Outbox == 0, err
	}))
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/nothing"} {
		resp, err := http.Get("http://" + metrics + path)
		must(err)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		must(err)
		for _, leak := range leaks(string(body)+fmt.Sprint(resp.Header), hubSecret) {
			t.Errorf("%s: %s", path, leak)
		}
	}
	s.log.Error("panicked", "panic", errors.New("key "+plantedKey), "of", []string{plantedPassword + plantedToken}, "at", struct{ Token string }{plantedToken})
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the bot ended with %v", err)
	}
	ended <- nil
	s.traces.close(time.Minute)

	if log := stderr.String(); !strings.Contains(log, "page not read") || !strings.Contains(log, "[secret]") || !strings.Contains(log, "traces can't be sent") {
		t.Errorf("the log is not what it was to be:\n%s", log)
	} else {
		for _, leak := range leaks(strings.ReplaceAll(log, plantedPassword+"[secret]", ""), hubSecret) {
			t.Errorf("log: %s", leak)
		}
	}
	said := 0
	for _, r := range srv.Journal().Requests() {
		said++
		// An article's own link is what a digest is for.
		body := strings.ReplaceAll(string(r.Body), press.URL+"/gone?token="+plantedQuery, "")
		for _, leak := range leaks(body+r.Query, hubSecret) {
			t.Errorf("Discord, %s: %s", r.String(), leak)
		}
	}
	if said < 10 {
		t.Errorf("%d requests were looked at", said)
	}
	checkRows(t, path, hubSecret)
}

// checkRows looks into each column of each table. Addresses of feeds and
// articles are kept where they belong: they are what is asked for.
func checkRows(t *testing.T, path, hubSecret string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	var columns [][2]string
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	belongs := map[string]bool{"feeds.url": true, "feeds.memory": true, "articles.url": true}
	for _, c := range columns {
		values, err := db.Query(fmt.Sprintf(`SELECT CAST(%q AS TEXT) FROM %q`, c[1], c[0]))
		if err != nil {
			continue // a table without rows to look at, such as an index of full text
		}
		for values.Next() {
			var v sql.NullString
			if err := values.Scan(&v); err != nil {
				t.Fatal(err)
			}
			text := v.String
			if belongs[c[0]+"."+c[1]] {
				text = strings.NewReplacer(plantedQuery, "", plantedUser, "").Replace(text)
			}
			for _, leak := range leaks(text, hubSecret) {
				t.Errorf("database, %s.%s: %s", c[0], c[1], leak)
			}
		}
		values.Close()
	}
	if len(columns) < 100 {
		t.Errorf("%d columns were looked at", len(columns))
	}
}

// A panic that nobody catches is told without secrets too.
func TestPanicKeepsSecrets(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	status := run(t.Context(), []string{"doctor"}, panicking{}, &errs, func(key string) string {
		if key == "DISCORD_TOKEN" {
			return plantedToken
		}
		if key == "DATABASE_URL" {
			return ":memory:"
		}
		return ""
	})
	if status != exitFailed || !strings.Contains(errs.String(), "panicked: [secret]") || !strings.Contains(errs.String(), "doctor.go") || leaks(errs.String()) != nil {
		t.Errorf("status %d: %s", status, &errs)
	}
}

// panicking is an output that fails as badly as it can.
type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic(plantedToken) }

func TestDiscretion(t *testing.T) {
	t.Parallel()
	d := &discretion{}
	d.learn(&config.Config{Discord: config.Discord{Token: "long-token"}, Database: config.Database{URL: "postgres://bot:p%2Fss-word@db/sitrep"},
		Summarizer: config.Summarizer{LLM: config.LLM{Key: "k"}}, Tracing: config.Tracing{Headers: "authorization=Basic%20dXNlcg=="}})
	for in, want := range map[string]string{
		"Bot long-token, long-token-and-more": "Bot [secret], [secret]-and-more",
		"p/ss-word and p%2Fss-word":           "[secret] and [secret]",
		"a key of one letter hides nothing":   "a key of one letter hides nothing",
		"Basic dXNlcg==; dXNlcg==":            "[secret]; [secret]",
	} {
		if got := d.say(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: d.attr, AddSource: true}))
	log.Warn("long-token", "err", errors.New("long-token"), "group", slog.GroupValue(slog.String("a", "long-token")), "secret", config.Secret("x"), "n", 7, "took", time.Second)
	if got := out.String(); strings.Contains(got, "long-token") || !strings.Contains(got, "level=WARN") || !strings.Contains(got, "n=7 took=1s") || !strings.Contains(got, "secrets_test.go") {
		t.Errorf("%s", got)
	}
}
