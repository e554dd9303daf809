package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sitrep/bot"
	"sitrep/bot/discord"
	"sitrep/bot/discordtest"
	"sitrep/feeds"
	"sitrep/store"
	"sitrep/store/storetest"
)

// The way of an article and of a digest into a channel, and where on it the
// process is killed.
var steps = []string{
	"fetch",       // the feed is there, nothing is stored
	"store",       // its articles are stored
	"brief",       // an article was handed to the summarizer
	"read",        // its brief is saved
	"story",       // it has joined a story, nobody is told
	"compose",     // a digest or an alert is composed, nothing is saved
	"enqueue",     // it is saved with its deliveries
	"before send", // a delivery is taken, nothing has left
	"sent",        // Discord has it, nothing is recorded
	"recorded",    // it is recorded
}

const (
	chaosVar    = "SITREP_CHAOS"         // set: the long forms
	postgresVar = "SITREP_TEST_POSTGRES" // a server that databases may be made in
)

// long picks between the quick and the long form of a test.
func long[T any](quick, long T) T {
	if os.Getenv(chaosVar) != "" {
		return long
	}
	return quick
}

// A siege is the world around bots that are killed: a Discord, a publisher, a
// database, a clock that all of them go by, and what ought to be posted.
type siege struct {
	t     *testing.T
	dsn   string
	store *store.Store // the test's own way into the bots' database
	srv   *discordtest.Server
	clock *discordtest.Clock
	guild *discordtest.Guild

	digests []*discordtest.Channel
	alerts  *discordtest.Channel
	series  *discordtest.Channel // numbered messages: their order counts
	feed    *httptest.Server

	mu       sync.Mutex
	ahead    time.Duration
	articles []string // titles
	shown    int      // of them, the newest that the feed shows: what is polled too late is missed
	keys     []string // of digests, without the part
	numbers  int
	started  int // processes
	killed   int // of them, where it was meant to be

	seen    map[string]int    // channel -> messages looked at
	got     map[string]int    // what stands in the channels: keys of digests' first parts, titles, numbers
	missing map[string]bool   // what ought to and doesn't yet
	firsts  map[string]string // nonce of a digest's first part -> its key
}

func newSiege(t *testing.T, dsn string) *siege {
	t.Helper()
	ctx := t.Context()
	s := &siege{t: t, dsn: dsn, clock: discordtest.NewClock(time.Now()), seen: map[string]int{}, got: map[string]int{}, shown: 200, missing: map[string]bool{}, firsts: map[string]string{}}
	s.srv = discordtest.Start(discordtest.Config{Clock: s.clock, NoRateLimits: true})
	t.Cleanup(s.srv.Close)
	s.guild = s.srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	for i := range 4 {
		s.digests = append(s.digests, s.guild.AddChannel(discordtest.ChannelConfig{Name: fmt.Sprint("briefing-", i)}))
	}
	s.alerts = s.guild.AddChannel(discordtest.ChannelConfig{Name: "alerts"})
	s.series = s.guild.AddChannel(discordtest.ChannelConfig{Name: "series"})
	s.feed = httptest.NewServer(http.HandlerFunc(s.serveFeed))
	t.Cleanup(s.feed.Close)

	var err error
	if s.store, err = store.Open(ctx, dsn, store.Options{Now: s.now, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	s.must(s.store.Migrate(ctx))
	s.must(s.store.SaveGuild(ctx, bot.Guild{ID: s.guild.ID, Name: "Harbour Watch", Lang: "en", Zone: "UTC", JoinedAt: s.now()}))
	_, err = s.store.AddFollow(ctx, bot.Follow{GuildID: s.guild.ID, AddedAt: s.now(),
		Feed: feeds.Feed{URL: s.feed.URL + "/feed", Title: "Quay Courier", Publisher: "Quay Courier", Family: "Quay Courier", State: feeds.StateActive}})
	s.must(err)
	_, err = s.store.SaveSubscription(ctx, bot.Subscription{GuildID: s.guild.ID, UserID: "1", ChannelID: s.alerts.ID, Query: "harbour",
		When: bot.Instantly, Zone: "UTC", DailyCap: 1_000_000, Lang: "en", CreatedAt: s.now().Add(-time.Hour)})
	s.must(err)

	// Discord's clock goes on with the machine's.
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-done:
				tick.Stop()
				return
			case <-tick.C:
				s.jump(0)
			}
		}
	}()
	t.Cleanup(func() { close(done); <-stopped })
	return s
}

func (s *siege) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *siege) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

// jump sets the world's clock forward. Processes that run keep theirs.
func (s *siege) jump(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock() // two who set it forward by the same time would do it twice
	s.ahead += d
	to := time.Now().Add(s.ahead)
	if d := to.Sub(s.clock.Now()); d > 0 {
		s.clock.Advance(d)
	}
}

// serveFeed serves the newest articles, whole.
func (s *siege) serveFeed(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/feed" {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Quay Courier</title><link>` + s.feed.URL + `</link><description>News</description>`)
	for i := len(s.articles) - 1; i >= max(0, len(s.articles)-s.shown); i-- {
		// Each article has words of its own: none is news of another's story.
		words := rand.New(rand.NewPCG(7, uint64(i)))
		var text strings.Builder
		for text.Len() < 1400 {
			for range 12 {
				text.WriteString(invented(words) + " ")
			}
			text.WriteString(invented(words) + ". ")
		}
		fmt.Fprintf(&b, `<item><title>%s</title><link>%s/news/%d</link><guid isPermaLink="false">n%d</guid><description>%s</description></item>`,
			html.EscapeString(s.articles[i]), s.feed.URL, i, i, html.EscapeString(text.String()))
	}
	b.WriteString(`</channel></rss>`)
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = io.WriteString(w, b.String())
}

func invented(r *rand.Rand) string {
	const consonants, vowels = "bdfghklmnprstvz", "aeiou"
	var b strings.Builder
	for range 2 + r.IntN(2) {
		b.WriteByte(consonants[r.IntN(len(consonants))])
		b.WriteByte(vowels[r.IntN(len(vowels))])
	}
	b.WriteByte(consonants[r.IntN(len(consonants))])
	return b.String()
}

// work gives the bots something to do: an article that makes an alert, a digest
// that is due now, and three numbered messages.
func (s *siege) work() {
	s.t.Helper()
	ctx, now := s.t.Context(), s.now()
	s.mu.Lock()
	n := len(s.articles)
	words := rand.New(rand.NewPCG(11, uint64(n)))
	title := fmt.Sprintf("Harbour %s%d %s %s", invented(words), n, invented(words), invented(words))
	s.articles = append(s.articles, title)
	s.mu.Unlock()
	s.missing[title] = true
	schedule, err := s.store.SaveSchedule(ctx, bot.Schedule{GuildID: s.guild.ID, ChannelID: s.digests[n%len(s.digests)].ID, Name: fmt.Sprint("Edition ", n),
		Cron: "0 8 29 2 *", Zone: "UTC", Size: bot.SizeShort, QuietDay: true, NextRunAt: now.Truncate(time.Second), CreatedAt: now})
	s.must(err)
	deliveries := make([]bot.Delivery, 3)
	for i := range deliveries {
		number := s.numbers + i
		s.missing[fmt.Sprint("number ", number)] = true
		payload, err := json.Marshal(discord.Envelope{Message: json.RawMessage(fmt.Sprintf(
			`{"flags":32768,"allowed_mentions":{"parse":[]},"components":[{"type":10,"content":"number %d"}]}`, number))})
		s.must(err)
		deliveries[i] = bot.Delivery{Key: fmt.Sprint("number:", number), GuildID: s.guild.ID, ChannelID: s.series.ID, Payload: payload, State: bot.Pending, CreatedAt: now}
	}
	s.must(s.store.Enqueue(ctx, deliveries))
	s.numbers += len(deliveries)
	key := fmt.Sprintf("digest:%d:%d", schedule.ID, schedule.NextRunAt.Unix())
	s.keys = append(s.keys, key)
	s.firsts[discord.Nonce(key+":0")] = key
	s.missing[key] = true
}

// look reads what is new in the channels and tells whether all that ought to be
// posted stands there.
func (s *siege) look() bool {
	for _, c := range append([]*discordtest.Channel{s.alerts, s.series}, s.digests...) {
		all := c.Messages()
		for _, m := range all[s.seen[c.ID]:] {
			what := m.Text()
			switch c {
			case s.alerts:
				what = s.titleIn(m)
			case s.series:
			default:
				nonce, _ := m.Nonce.(string)
				what = s.firsts[nonce] // "": another part than the first
			}
			s.got[what]++
			delete(s.missing, what)
		}
		s.seen[c.ID] = len(all)
	}
	return len(s.missing) == 0
}

func (s *siege) titleIn(m *discordtest.Message) string {
	for i := len(s.articles) - 1; i >= 0; i-- {
		if strings.Contains(m.Text(), s.articles[i]) {
			return s.articles[i]
		}
	}
	return "an alert of no article: " + m.Text()
}

// account compares what was looked at with what ought to be there.
func (s *siege) account() (lost, doubled []string) {
	expected := append([]string{}, s.articles...)
	expected = append(expected, s.keys...)
	for i := range s.numbers {
		expected = append(expected, fmt.Sprint("number ", i))
	}
	for _, k := range expected {
		switch n := s.got[k]; {
		case n == 0:
			lost = append(lost, k)
		case n > 1:
			doubled = append(doubled, k)
		}
	}
	return lost, doubled
}

// A tally is what came of a siege.
type tally struct {
	kills, processes, expected, messages, lost, doubled, disorder, unrecorded int
}

func (a tally) plus(b tally) tally {
	return tally{a.kills + b.kills, a.processes + b.processes, a.expected + b.expected, a.messages + b.messages,
		a.lost + b.lost, a.doubled + b.doubled, a.disorder + b.disorder, a.unrecorded + b.unrecorded}
}

func (a tally) String() string {
	return fmt.Sprintf("killed %d of %d processes; of %d things to post: lost %d, doubled %d, out of order %d; of %d messages: not recorded %d",
		a.kills, a.processes, a.expected, a.lost, a.doubled, a.disorder, a.messages, a.unrecorded)
}

// judge holds the channels against what ought to be there: each thing once, the
// parts of a digest in their order, the numbered messages in theirs, and each
// message recorded.
func (s *siege) judge() tally {
	t := s.t
	t.Helper()
	s.look()
	lost, doubled := s.account()
	part := map[string]struct {
		key  string
		part int
	}{}
	for _, k := range s.keys {
		for i := range 10 {
			p := part[discord.Nonce(fmt.Sprint(k, ":", i))]
			p.key, p.part = k, i
			part[discord.Nonce(fmt.Sprint(k, ":", i))] = p
		}
	}
	messages, disorder, unrecorded := 0, 0, 0
	next := map[string]int{}
	for _, c := range s.digests {
		for _, m := range c.Messages() {
			nonce, _ := m.Nonce.(string)
			p, ok := part[nonce]
			switch {
			case !ok:
				t.Errorf("a message that nobody ordered: %s", m.Text())
			case p.part < next[p.key]:
				doubled = append(doubled, fmt.Sprint(p.key, ":", p.part))
			case p.part > next[p.key]:
				disorder++
			}
			next[p.key] = p.part + 1
		}
	}
	for i, m := range s.series.Messages() {
		if m.Text() != fmt.Sprint("number ", i) {
			disorder++
		}
	}
	for title := range s.got {
		if strings.HasPrefix(title, "an alert of no article") {
			t.Error(title)
		}
	}
	for _, c := range append([]*discordtest.Channel{s.alerts, s.series}, s.digests...) {
		for _, m := range c.Messages() {
			messages++
			if d, err := s.store.DeliveryByMessage(context.Background(), m.ID); errors.Is(err, bot.ErrNotFound) || err == nil && d.State != bot.Posted {
				unrecorded++
			} else {
				s.must(err)
			}
		}
	}
	if st, err := s.store.Status(context.Background(), ""); err != nil || st.Outbox != 0 || st.Parked != 0 {
		t.Errorf("left in the outbox: %d, parked: %d, %v", st.Outbox, st.Parked, err)
	}
	if len(lost)+len(doubled)+disorder+unrecorded > 0 {
		t.Errorf("lost %v, doubled %v, out of order %d, not recorded %d", lost, doubled, disorder, unrecorded)
	}
	return tally{kills: s.killed, processes: s.started, expected: len(s.articles) + len(s.keys) + s.numbers, messages: messages,
		lost: len(lost), doubled: len(doubled), disorder: disorder, unrecorded: unrecorded}
}

// idle tells whether all that was posted is recorded.
func (s *siege) idle() bool {
	s.t.Helper()
	st, err := s.store.Status(s.t.Context(), "")
	s.must(err)
	return st.Outbox == 0
}

// A process is a bot that runs.
type process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *bytes.Buffer
	ended  chan struct{} // closed when it has
	err    error         // how
}

func (s *siege) start(child childSpec) *process {
	s.t.Helper()
	s.mu.Lock()
	child.DSN, child.API, child.Token, child.Ahead = s.dsn, s.srv.URL(), s.srv.Token(), s.ahead
	s.started++
	s.mu.Unlock()
	spec, err := json.Marshal(child)
	s.must(err)
	self, err := os.Executable()
	s.must(err)
	p := &process{cmd: exec.Command(self, "-test.run=^$"), stderr: &bytes.Buffer{}, ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), childVar+"="+string(spec))
	p.cmd.Stderr = p.stderr
	p.stdin, err = p.cmd.StdinPipe()
	s.must(err)
	s.must(p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	s.t.Cleanup(func() { p.signal(syscall.SIGKILL); <-p.ended })
	return p
}

func (p *process) signal(sig syscall.Signal) { _ = p.cmd.Process.Signal(sig) }

func (p *process) killed() bool {
	var exit *exec.ExitError
	if !errors.As(p.err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// free has the jobs of dead processes run again, as River's rescuer does after
// minutes of the machine's time; on SQLite the bot does it when it starts.
func (s *siege) free() {
	s.t.Helper()
	if s.store.Engine() != "postgres" {
		return
	}
	c, err := pgx.Connect(s.t.Context(), s.dsn)
	s.must(err)
	defer c.Close(context.Background())
	_, err = c.Exec(s.t.Context(), `UPDATE river_job SET state = 'available' WHERE state = 'running'`)
	s.must(err)
}

// patience is how long a bot that nobody disturbs may take for what waits.
const patience = 3 * time.Minute

// live runs a bot until it kills itself (true) or all that ought to be posted is
// there (false).
func (s *siege) live(child childSpec) (killed bool) {
	s.t.Helper()
	s.free()
	p := s.start(child)
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for done := false; !done; {
		select {
		case <-p.ended:
			done = true
		case <-deadline:
			p.signal(syscall.SIGKILL)
			<-p.ended
			lost, _ := s.account()
			s.t.Fatalf("killed at %q, %d: after %v there is still to come: %v\n%s", child.Step, child.Nth, patience, lost, p.stderr)
		case <-tick.C:
			done = s.look() && s.idle()
		}
	}
	_ = p.stdin.Close()
	<-p.ended
	if p.err != nil && !p.killed() {
		s.t.Fatalf("the bot ended with %v\n%s", p.err, p.stderr)
	}
	return p.killed()
}

// besiege kills a bot so many times at each of the steps, and judges.
func (s *siege) besiege(steps []string, kills int) tally {
	t := s.t
	t.Helper()
	roles := []string{"poll", "work"}
	s.mu.Lock()
	s.shown = 20 // none misses more lives than that
	s.mu.Unlock()
	died := map[string]int{}
	for life := 0; ; life++ {
		step := ""
		for _, at := range steps { // the one that was come to least
			if died[at] < kills && (step == "" || died[at] < died[step]) {
				step = at
			}
		}
		if step == "" {
			break
		}
		if life > 20+4*kills*len(steps) {
			t.Fatalf("%d lives, and only so many ends: %v", life, died)
		}
		// Soon after, Discord remembers a nonce; later the channel has to be read.
		s.jump([]time.Duration{95 * time.Second, 11 * time.Minute, 40 * time.Minute}[rand.IntN(3)])
		s.work()
		child := childSpec{Roles: roles, Step: step, Nth: 1 + rand.IntN(4)/3}
		if step == "fetch" || step == "store" {
			child.Nth = 1 // a bot comes there but once: nothing more is news
		}
		if life%6 == 5 {
			child.Step = "" // now and then one lives
		}
		if s.live(child) {
			died[step]++
			s.killed++
		}
	}
	s.jump(11 * time.Minute)
	if s.live(childSpec{Roles: roles}) {
		t.Fatal("a bot that nobody killed was killed")
	}
	return s.judge()
}

// TestChaosKilledAtEachStep kills the bot's process at every step of the way,
// starts it again, and finds each digest, alert and numbered message posted once.
func TestChaosKilledAtEachStep(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts dozens of processes")
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			database := func(t *testing.T) string {
				if engine == "postgres" {
					return storetest.Postgres(t)
				}
				return filepath.Join(t.TempDir(), "sitrep.db")
			}
			if os.Getenv(chaosVar) == "" {
				t.Log(newSiege(t, database(t)).besiege(steps, 1))
				return
			}
			// Round after round: what is cut short has come as far with each step.
			const rounds, kills = 5, 40
			begun, totals := time.Now(), map[string]tally{}
			for round := range rounds {
				for _, step := range steps {
					t.Run(fmt.Sprintf("%d/%s", round+1, step), func(t *testing.T) {
						totals[step] = totals[step].plus(newSiege(t, database(t)).besiege([]string{step}, kills))
						t.Logf("%s, %q, after %v: %v", engine, step, time.Since(begun).Round(time.Second), totals[step])
					})
				}
			}
			var all tally
			for _, step := range steps {
				t.Logf("%s, %q: %v", engine, step, totals[step])
				all = all.plus(totals[step])
			}
			t.Logf("%s, all: %v", engine, all)
		})
	}
}
