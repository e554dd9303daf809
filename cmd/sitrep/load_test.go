package main

import (
	"database/sql"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/discordtest"
	"sitrep/feeds"
	"sitrep/store"
	"sitrep/summarize/stories"
)

// loadVar has TestLoad run; it is how long, after everything has been read, the
// bot is watched doing nothing in particular: "60s".
const loadVar = "SITREP_LOAD"

// What TestLoad makes the bot carry.
const (
	loadFeeds  = 1000
	loadGuilds = 100
	loadItems  = 4      // new articles a feed, read while the test runs
	loadWindow = 56_000 // articles of the days before, in stories that are open: with the new ones, six days at 10,000 a day
)

// TestLoad measures the program itself, in a process of its own, with a thousand
// feeds, a hundred servers and a full window of stories on SQLite. Discord and
// the publishers are simulated here, in this process, and don't count.
func TestLoad(t *testing.T) {
	if os.Getenv(loadVar) == "" {
		t.Skip(loadVar + " is not set: this measures for minutes")
	}
	watch, err := time.ParseDuration(os.Getenv(loadVar))
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "sitrep")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	srv := discordtest.Start(discordtest.Config{})
	defer srv.Close()
	press, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	_, port, err := net.SplitHostPort(press.Addr().String())
	must(err)
	press.Close()
	press, err = net.Listen("tcp", "0.0.0.0:"+port) // each feed has an address of its own
	must(err)
	publisher := &http.Server{Handler: http.HandlerFunc(serveLoad)}
	defer publisher.Close()
	go publisher.Serve(press) //nolint:errcheck // ends with Close

	path := filepath.Join(dir, "sitrep.db")
	db, err := store.Open(t.Context(), path, store.Options{})
	must(err)
	must(db.Migrate(t.Context()))
	now := time.Now()
	for i := range loadGuilds {
		guild := srv.AddGuild(discordtest.GuildConfig{Name: fmt.Sprint("Server ", i)})
		channel := guild.AddChannel(discordtest.ChannelConfig{Name: "briefing"})
		must(db.SaveGuild(t.Context(), bot.Guild{ID: guild.ID, Name: fmt.Sprint("Server ", i), Lang: "en", Zone: "UTC", JoinedAt: now}))
		_, err := db.SaveSchedule(t.Context(), bot.Schedule{GuildID: guild.ID, ChannelID: channel.ID, Cron: "0 8 * * *", Zone: "UTC", Size: bot.SizeStandard, NextRunAt: now.Add(12 * time.Hour), CreatedAt: now})
		must(err)
		for k := range loadFeeds / loadGuilds * 3 { // three servers a feed
			n := (i*loadFeeds/loadGuilds + k) % loadFeeds
			_, err := db.AddFollow(t.Context(), bot.Follow{GuildID: guild.ID, AddedAt: now, Feed: feeds.Feed{URL: fmt.Sprintf("http://127.1.%d.%d:%s/feed", n/250, n%250+1, port), State: feeds.StateActive}})
			must(err)
		}
		_, err = db.SaveSubscription(t.Context(), bot.Subscription{GuildID: guild.ID, UserID: "1", ChannelID: channel.ID, Query: loadWord(uint64(i)), When: bot.Instantly, Zone: "UTC", DailyCap: 20, Lang: "en", CreatedAt: now})
		must(err)
	}
	fillWindow(t, path, now)
	must(db.Close())

	listen, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	metrics := listen.Addr().String()
	listen.Close()
	log, err := os.Create(filepath.Join(dir, "log"))
	must(err)
	defer log.Close()
	cmd := exec.Command(program, "run")
	cmd.Dir, cmd.Stderr = dir, log
	cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+srv.Token(), "SITREP_DISCORD_API="+srv.URL(), "DATABASE_URL="+path, "SITREP_ALLOW_PRIVATE=127.0.0.0/8", "SITREP_LISTEN="+metrics)
	must(cmd.Start())
	defer func() {
		must(cmd.Process.Signal(os.Interrupt))
		defer weigh(t, path)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the bot ended: %v", err)
		}
		if text, err := os.ReadFile(log.Name()); err == nil && (strings.Contains(string(text), "level=ERROR") || t.Failed()) {
			t.Errorf("its log:\n%.4000s", text)
		}
	}()

	began := time.Now()
	gauges := func() map[string]float64 {
		resp, err := http.Get("http://" + metrics + "/metrics")
		if err != nil {
			return nil
		}
		defer resp.Body.Close()
		return readGauges(t, resp)
	}
	for {
		g := gauges()
		waiting, told := g["sitrep_articles_waiting"] // not where the database had no time to count
		if told && waiting == 0 && g[`sitrep_articles_total{event="added"}`] >= loadFeeds*loadItems && g["sitrep_outbox_pending"] == 0 {
			break
		}
		if time.Since(began) > 30*time.Minute || t.Context().Err() != nil {
			t.Fatalf("not everything was read: %v", g)
		}
		time.Sleep(time.Second)
	}
	busy := usageOf(t, cmd.Process.Pid)
	t.Logf("reading %d articles of %d feeds: %v, %.1f s CPU, %d MB resident, %d MB at most", loadFeeds*loadItems, loadFeeds, time.Since(began).Round(time.Second), busy.cpu.Seconds(), busy.resident>>20, busy.peak>>20)
	time.Sleep(watch / 4) // what was begun is done
	before, start := usageOf(t, cmd.Process.Pid), time.Now()
	time.Sleep(watch)
	after := usageOf(t, cmd.Process.Pid)
	share := 100 * (after.cpu - before.cpu).Seconds() / time.Since(start).Seconds()
	t.Logf("at rest for %v: %d MB resident, %.2f %% of a core", watch, after.resident>>20, share)
	if after.resident > 200<<20 {
		t.Errorf("%d MB resident, want 200 at most", after.resident>>20)
	}
	if share > 1 {
		t.Errorf("%.2f %% of a core at rest, want 1 at most", share)
	}
}

// openRaw opens the database beside the store, on one connection.
func openRaw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// weigh says what the database holds of an article, on average, with and without
// its full text: all that was read while the test ran.
func weigh(t *testing.T, path string) {
	t.Helper()
	db := openRaw(t, path)
	defer db.Close()
	size := func(statements ...string) (bytes int64) {
		for _, s := range statements {
			if _, err := db.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.QueryRow(`SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`).Scan(&bytes); err != nil {
			t.Fatal(err)
		}
		return bytes
	}
	whole := size(`DELETE FROM story_docs WHERE article_id >= 10000000`, `DELETE FROM story_articles WHERE article_id >= 10000000`, `VACUUM`)
	texts := size(`DELETE FROM article_texts`, `VACUUM`)
	t.Logf("database: %.1f KB an article, %.1f KB when its text is forgotten", float64(whole)/loadFeeds/loadItems/1024, float64(texts)/loadFeeds/loadItems/1024)
}

func readGauges(t *testing.T, resp *http.Response) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if v, err := strconv.ParseFloat(value, 64); ok && err == nil {
			out[name] = v
		}
	}
	return out
}

// consumption is what a process has used.
type consumption struct {
	cpu            time.Duration
	resident, peak int64 // bytes
}

// usageOf reads what Linux knows of a process.
func usageOf(t *testing.T, pid int) (u consumption) {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Skip("this machine has no /proc to measure by")
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, f := range fields[11:13] { // utime and stime, in hundredths of a second
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		u.cpu += time.Duration(n) * 10 * time.Millisecond
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		name, rest, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			u.resident = kb << 10
		case "VmHWM":
			u.peak = kb << 10
		}
	}
	return u
}

var loadSyllables = strings.Fields("ba ke lo mi nu ra se ti vo da ge hi jo pa ru sa te va wo ny fe lin mar dor gan tul ves kor")

// loadWord is an invented word.
func loadWord(n uint64) string {
	var b strings.Builder
	for n += 700; n > 0; n /= uint64(len(loadSyllables)) {
		b.WriteString(loadSyllables[n%uint64(len(loadSyllables))])
	}
	return b.String()
}

func loadName(n uint64) string {
	w := loadWord(n)
	return strings.ToUpper(w[:1]) + w[1:]
}

// loadArticle is an invented report of some 450 words, which shares names with
// the others of its event.
func loadArticle(event, n uint64) (title, text string) {
	own := rand.New(rand.NewPCG(event, 1))
	rng := rand.New(rand.NewPCG(event, 2+n))
	zipf := rand.NewZipf(rng, 1.15, 8, 40_000)
	var people, bodies, places [4]string
	for i := range people {
		people[i] = loadName(own.Uint64N(4000)) + " " + loadName(10_000+own.Uint64N(60_000))
		bodies[i] = loadName(100_000+own.Uint64N(60_000)) + " " + []string{"Group", "Council", "Ministry", "Trust"}[i]
		places[i] = loadName(200_000 + own.Uint64N(60_000))
	}
	word := func() string { return loadWord(1000 + zipf.Uint64()) }
	pick := func(list [4]string) string { return list[rng.IntN(4)] }
	title = fmt.Sprintf("%s %s approves %d million for %s %s", pick(places), word(), 2+rng.IntN(90), word(), word())
	var b strings.Builder
	for s := range 26 {
		switch rng.IntN(5) {
		case 0:
			fmt.Fprintf(&b, "The %s of %s approved a plan on Monday to spend %d million on the %s %s near %s. ", bodies[1], pick(places), 3+rng.IntN(400), word(), word(), pick(places))
		case 1:
			fmt.Fprintf(&b, "“We will not leave the %s to the %s,” said %s, the director of %s, after the %s had closed. ", word(), word(), pick(people), pick(bodies), word())
		case 2:
			fmt.Fprintf(&b, "%s, who leads %s, told reporters that %d of the %s %s had been moved to %s since the %s. ", pick(people), pick(bodies), 2+rng.IntN(900), word(), word(), pick(places), word())
		case 3:
			fmt.Fprintf(&b, "Inspectors found %d faults in the %s at %s, and the %s asked %s for a second %s. ", 2+rng.IntN(40), word(), pick(places), word(), pick(bodies), word())
		default:
			fmt.Fprintf(&b, "In %s the %s of the %s rose while %s waited for the %s that had been promised. ", pick(places), word(), word(), pick(bodies), word())
		}
		if s%4 == 3 {
			b.WriteString("\n\n")
		}
	}
	return title, b.String()
}

// serveLoad is a thousand publishers, told apart by the address they are asked
// at. Three of them tell of each event; one article in four is a teaser of its
// page.
func serveLoad(w http.ResponseWriter, r *http.Request) {
	var a, b uint64
	if _, err := fmt.Sscanf(r.Host, "127.1.%d.%d:", &a, &b); err != nil {
		http.NotFound(w, r)
		return
	}
	n := a*250 + b - 1
	base := "http://" + r.Host
	paragraphs := func(text string) string {
		return "<p>" + strings.ReplaceAll(html.EscapeString(strings.TrimSpace(text)), "\n\n", "</p><p>") + "</p>"
	}
	var item uint64
	if _, err := fmt.Sscanf(r.URL.Path, "/article/%d", &item); err == nil {
		title, text := loadArticle(n/3*100+item, n)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><html lang=en><title>%s</title><body><nav><a href=/>Home</a></nav><article><h1>%s</h1>%s</article></body></html>", title, title, paragraphs(text))
		return
	}
	if r.URL.Path != "/feed" {
		http.NotFound(w, r)
		return
	}
	if r.Header.Get("If-None-Match") == `"1"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("ETag", `"1"`)
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprintf(w, `<rss version="2.0"><channel><title>%s Courier</title><link>%s</link><language>en</language>`, loadName(n+500_000), base)
	for item := range uint64(loadItems) {
		title, text := loadArticle(n/3*100+item, n)
		if item%4 == 3 {
			text, _, _ = strings.Cut(text, ". ")
		}
		fmt.Fprintf(w, `<item><title>%s</title><link>%s/article/%d</link><guid>%s/%d</guid><pubDate>%s</pubDate><description>%s</description></item>`,
			html.EscapeString(title), base, item, base, item, time.Now().Add(-time.Duration(item)*time.Minute).UTC().Format(time.RFC1123), html.EscapeString(paragraphs(text)))
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// fillWindow stores what the index of stories remembers of the days before: the
// features of articles in open stories, three to a story.
func fillWindow(t *testing.T, path string, now time.Time) {
	t.Helper()
	db := openRaw(t, path)
	defer db.Close()
	if _, err := db.Exec(`PRAGMA foreign_keys = OFF`); err != nil { // the articles themselves aren't asked for
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	const distinct = 12_000
	docs := make([][]byte, distinct)
	for i := range docs {
		title, text := loadArticle(1_000_000+uint64(i/3), uint64(i))
		a := feeds.Article{ID: int64(i), Title: title, Text: text, Lang: "en", PublishedAt: now.Add(-24 * time.Hour), SeenAt: now.Add(-24 * time.Hour)}
		if docs[i], err = stories.Features(&a, nil).MarshalBinary(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range loadWindow {
		id, at := 10_000_000+i, now.Add(-9*24*time.Hour/loadWindow*time.Duration(i)).UnixMicro()
		_, err := tx.Exec(`INSERT INTO story_articles (article_id, story_id, feed_id, copy_of, published_at, joined_at) VALUES (?, ?, 1, 0, ?, ?)`, id, 10_000_000+i/3, at, at)
		if err == nil {
			_, err = tx.Exec(`INSERT INTO story_docs (article_id, why, doc) VALUES (?, '', ?)`, id, docs[i%distinct])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
