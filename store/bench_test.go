//go:build unix

package store

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
)

// The benchmarks run on generated news: SITREP_BENCH_ARTICLES of them (default
// 20,000) from 1,000 feeds over 60 days, with 200 names for each 1,000 articles.
// SITREP_BENCH_DB keeps the database of a large one for the next run.
const (
	benchFeeds = 1000
	benchDays  = 60
)

var benchEnd = time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)

func benchArticles() int {
	if n, err := strconv.Atoi(os.Getenv("SITREP_BENCH_ARTICLES")); err == nil && n > 0 {
		return n
	}
	return 20_000
}

// press makes invented news.
type press struct {
	r     *rand.Rand
	vocab []string
	names []string
	freq  *rand.Zipf
	fame  *rand.Zipf
	turn  int
}

func newPress(actors int) *press {
	r := rand.New(rand.NewPCG(7, 11))
	syllables := strings.Fields("ba be bi bo bu da de di do du fa fe fi fo ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo za ze zi zo")
	word := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(syllables[r.IntN(len(syllables))])
		}
		return b.String()
	}
	p := &press{r: r}
	for range 40_000 {
		p.vocab = append(p.vocab, word(2+r.IntN(3)))
	}
	for range actors {
		first, last := word(2), word(2+r.IntN(2))
		p.names = append(p.names, strings.ToUpper(first[:1])+first[1:]+" "+strings.ToUpper(last[:1])+last[1:])
	}
	p.freq = rand.NewZipf(r, 1.1, 6, uint64(len(p.vocab)-1))
	p.fame = rand.NewZipf(r, 1.15, 20, uint64(actors-1))
	return p
}

func (p *press) words(n int) string {
	w := make([]string, n)
	for i := range w {
		w[i] = p.vocab[p.freq.Uint64()]
	}
	return strings.Join(w, " ")
}

func (p *press) item(n int, at time.Time) feeds.Article {
	return feeds.Article{
		Identity: "https://outlet.example/news/item/" + strconv.Itoa(n), GUID: "https://outlet.example/news/item/" + strconv.Itoa(n),
		Fingerprint: "f" + strconv.Itoa(n), ContentHash: "c" + strconv.Itoa(n), URL: "https://outlet.example/news/item/" + strconv.Itoa(n),
		Title: p.words(9), Summary: p.words(35), Author: "Staff", ImageURL: "https://outlet.example/img/" + strconv.Itoa(n) + ".jpg", Lang: "en",
		PublishedAt: at, SeenAt: at,
	}
}

// brief makes a text of some 2,700 bytes and what an engine might read in it.
func (p *press) brief() (text string, b summarize.Brief, who []int) {
	b = summarize.Brief{Engine: "embedded", Lang: "en", Headline: p.words(9)}
	for i := range 4 + p.r.IntN(5) {
		n := int(p.fame.Uint64())
		if i > 2 { // everybody has a turn
			p.turn = (p.turn + 1) % len(p.names)
			n = p.turn
		}
		if !slices.Contains(who, n) {
			who = append(who, n)
		}
	}
	var sb strings.Builder
	sentence := func(idx int, role string) summarize.Evidence {
		at := sb.Len()
		name := p.names[who[idx]]
		s := name + ", " + role + ", " + p.words(16) + "."
		sb.WriteString(s)
		sb.WriteString(" ")
		b.Actors[idx].Mentions = append(b.Actors[idx].Mentions, summarize.Mention{Text: name, Part: summarize.PartText, Start: at, End: at + len(name)})
		return summarize.Evidence{Part: summarize.PartText, Start: at, End: at + len(s), Text: s, Hash: "0123456789abcdef"}
	}
	for i, n := range who {
		b.Actors = append(b.Actors, summarize.Actor{Name: p.names[n], Type: summarize.Person, Key: i < 4, Salience: 1 / float64(i+1)})
	}
	for i := range who {
		role := p.words(3)
		e := sentence(i, role)
		if i < 2 {
			b.Actors[i].Roles = []summarize.Role{{Text: role, Evidence: e}}
		}
		if i < 4 {
			b.Developments = append(b.Developments, summarize.Development{Text: strings.TrimSuffix(e.Text, "."), Evidence: e, Weight: 1 / float64(i+1), Actors: []int{i}})
		}
		sb.WriteString(p.words(30) + ".\n\n")
	}
	q := sentence(0, "said")
	b.Quotes = []summarize.Quote{{Text: p.words(8), Speaker: 0, Evidence: q}}
	return sb.String(), b, who
}

func benchStore(b *testing.B) *Store {
	b.Helper()
	path := os.Getenv("SITREP_BENCH_DB")
	if path == "" {
		path = filepath.Join(b.TempDir(), "bench.db")
	}
	s, err := Open(b.Context(), path, Options{Now: func() time.Time { return benchEnd }})
	if err == nil {
		err = s.Migrate(b.Context())
	}
	if err == nil {
		err = generate(b.Context(), s, benchArticles())
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// distinct is how many articles are made one by one. More are made of these by
// copying rows, with ids and times moved on.
const distinct = 100_000

// generate fills a store to n articles, each read and joined: 60% start a
// story, the others join one of the last 300.
func generate(ctx context.Context, s *Store, n int) error {
	p := newPress(max(1000, n/5))
	have, err := s.Status(ctx, "")
	if err != nil {
		return err
	}
	if have.Articles >= n {
		return nil
	}
	if have.Articles > 0 && have.Articles%distinct != 0 {
		return fmt.Errorf("%s has %d articles, not %d", s.Name(), have.Articles, n)
	}
	// Haste: the whole in memory, nothing forced to the disk.
	if _, err := s.w.ExecContext(ctx, `PRAGMA cache_size = -2000000; PRAGMA synchronous = OFF`); err != nil {
		return err
	}
	if have.Articles > 0 {
		return multiply(ctx, s, have.Articles, n) // where an earlier run ended
	}
	var fs []feeds.Feed
	for i := range benchFeeds {
		name := "Outlet " + strconv.Itoa(i)
		f, err := s.AddFollow(ctx, bot.Follow{GuildID: "all", AddedAt: benchEnd.AddDate(0, 0, -benchDays),
			Feed: feeds.Feed{URL: fmt.Sprintf("https://outlet%d.example/feed", i), Title: name, Publisher: name, Family: "Group " + strconv.Itoa(i/3)}})
		if err != nil {
			return err
		}
		fs = append(fs, f.Feed)
		for guild, share := range map[string]int{"fifty": 20, "five": 200, "two-hundred": 5} {
			if i%share == 0 {
				if _, err := s.AddFollow(ctx, bot.Follow{GuildID: guild, Feed: f.Feed}); err != nil {
					return err
				}
			}
		}
	}
	total := n
	if total > distinct {
		if _, err := s.w.ExecContext(ctx, `CREATE TABLE bench_docs (article_id INTEGER PRIMARY KEY, body TEXT)`); err != nil {
			return err
		}
	}
	n = min(n, distinct)
	known := map[int]int64{} // name -> actor
	var recent []summarize.Story
	for at := 0; at < n; at += 500 {
		if err := s.write(ctx, func(t *tx) error {
			for i := at; i < min(at+500, n); i++ {
				when := benchEnd.Add(-time.Duration(float64(n-i) / float64(n) * benchDays * 24 * float64(time.Hour)))
				f := fs[p.r.IntN(len(fs))]
				a := p.item(i, when)
				a.Publisher, a.Family = f.Publisher, f.Family
				one := []feeds.Article{a}
				if _, _, err := t.saveArticles(feeds.Check{Feed: f, At: when}, one); err != nil {
					return err
				}
				a = one[0]
				text, b, who := p.brief()
				a.Text, a.TextSource = text, feeds.TextFromPage
				links := make([]bot.ActorLink, len(who))
				for j, w := range who {
					links[j] = bot.ActorLink{Index: j, ActorID: known[w]}
				}
				if err := t.saveReading(a, b, links); err != nil {
					return err
				}
				if total > n {
					if _, err := t.exec(`INSERT INTO bench_docs VALUES (?, ?)`, a.ID, strings.Join(append([]string{anyDoc, feedMark(f.ID)}, searchWords(&a, &b)...), " ")); err != nil {
						return err
					}
				}
				ids, err := list(t, scanID, `SELECT actor_id FROM appearances WHERE article_id = ? ORDER BY idx`, a.ID)
				if err != nil {
					return err
				}
				for j, w := range who {
					known[w] = ids[j]
				}
				st := summarize.Story{Headline: a.Title, Lang: "en", ImageURL: a.ImageURL, Severity: p.r.Float64()}
				slot := -1
				if len(recent) > 0 && p.r.Float64() > 0.6 {
					slot = p.r.IntN(len(recent))
					st = recent[slot]
				}
				for j, d := range b.Developments {
					e := d.Evidence
					e.ArticleID = a.ID
					src := summarize.Source{ArticleID: a.ID, URL: a.URL, Publisher: a.Publisher, Family: a.Family, At: when, Evidence: e}
					if j < len(st.Developments) && j < 2 {
						st.Developments[j].Sources = append(st.Developments[j].Sources, src)
					} else if len(st.Developments) < 8 {
						st.Developments = append(st.Developments, summarize.StoryDevelopment{Text: d.Text, Lang: "en", Version: 1, Weight: d.Weight,
							Sources: []summarize.Source{src}, Publishers: 1, FirstSeenAt: when, ChangedAt: when})
					}
				}
				if len(st.Actors) == 0 {
					for j := range who[:min(4, len(who))] {
						st.Actors = append(st.Actors, summarize.StoryActor{ActorID: ids[j], Name: b.Actors[j].Name, Type: summarize.Person, Role: "one", RoleBy: st.Developments[0].Sources[0]})
					}
				}
				st.UpdatedAt = when
				if st, err = t.saveStory(bot.Join{Story: st, ArticleID: a.ID, Doc: make([]byte, 700), At: when}); err != nil {
					return err
				}
				switch {
				case slot >= 0:
					recent[slot] = st
				case len(recent) < 300:
					recent = append(recent, st)
				default:
					recent[p.r.IntN(len(recent))] = st
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return multiply(ctx, s, n, total)
}

// multiply copies the distinct articles until there are as many as wanted.
func multiply(ctx context.Context, s *Store, have, total int) error {
	for k := max(1, int64(have/distinct)); k*distinct < int64(total); k++ {
		if err := s.write(ctx, func(t *tx) error { return t.copyNews(k*distinct, k*int64(37*time.Second/time.Microsecond)) }); err != nil {
			return err
		}
	}
	if total > distinct {
		if _, err := s.w.ExecContext(ctx, `DROP TABLE bench_docs; DELETE FROM actor_feeds;
			INSERT INTO actor_feeds SELECT actor_id, feed_id, count(DISTINCT article_id), max(at) FROM appearances GROUP BY actor_id, feed_id;
			UPDATE actors SET articles = (SELECT coalesce(sum(articles), 0) FROM actor_feeds f WHERE f.actor_id = actors.id)`); err != nil {
			return err
		}
	}
	return nil
}

// copyNews copies what was made one by one, by ids and microseconds further on.
func (t *tx) copyNews(ids, us int64) error {
	for _, query := range []string{
		`INSERT INTO articles SELECT id + ?1, feed_id, identity_key || ?1, identity, fingerprint, guid, url, url_key + ?1, title, summary, author, image_url, lang,
			publisher, family, text_source, paywalled, published_at + ?2, seen_at + ?2, edited_at, briefed_at, content_hash, stage, note FROM articles WHERE id <= ?3`,
		`INSERT INTO article_texts SELECT article_id + ?1, body FROM article_texts WHERE article_id <= ?3 AND ?2 = ?2`,
		`INSERT INTO briefs SELECT article_id + ?1, engine, body FROM briefs WHERE article_id <= ?3 AND ?2 = ?2`,
		`INSERT INTO story_docs SELECT article_id + ?1, why, doc FROM story_docs WHERE article_id <= ?3 AND ?2 = ?2`,
		`INSERT INTO story_articles SELECT article_id + ?1, story_id + ?1, feed_id, copy_of, published_at + ?2, joined_at + ?2 FROM story_articles WHERE article_id <= ?3`,
		`INSERT INTO appearances SELECT actor_id, at + ?2, article_id + ?1, idx, feed_id, name_id, flags FROM appearances WHERE article_id <= ?3`,
		`INSERT INTO article_search (rowid, body) SELECT article_id + ?1, body FROM bench_docs WHERE ?2 = ?2 AND ?3 = ?3`,
	} {
		if _, err := t.exec(query, ids, us, distinct); err != nil {
			return err
		}
	}
	for at := int64(0); at < distinct; at += 1000 {
		var some []int64
		for id := at + 1; id <= at+1000; id++ {
			some = append(some, id)
		}
		stories, err := t.stories(some)
		if err != nil {
			return err
		}
		for _, st := range stories {
			for i := range st.Developments {
				for j := range st.Developments[i].Sources {
					st.Developments[i].Sources[j].ArticleID += ids
				}
			}
			for i := range st.Actors {
				st.Actors[i].RoleBy.ArticleID += ids
			}
			body, err := packJSON(storyBody{Lang: st.Lang, Developments: st.Developments, Actors: st.Actors, Publishers: st.Publishers, Severity: st.Severity, ImageURL: st.ImageURL})
			if err != nil {
				return err
			}
			if _, err := t.exec(`INSERT INTO stories (id, headline, first_seen_at, updated_at, body) VALUES (?, ?, ?, ?, ?)`,
				st.ID+ids, st.Headline, micros(st.FirstSeenAt)+us, micros(st.UpdatedAt)+us, body); err != nil {
				return err
			}
		}
	}
	return nil
}

// percentiles runs ask for each of a benchmark's rounds and reports the median
// and the 99th of a hundred, by the clock and by what the process used.
func percentiles(b *testing.B, ask func(i int) error) {
	b.Helper()
	var took, used []time.Duration
	i := 0
	for b.Loop() {
		start, cpu := time.Now(), cpuTime()
		if err := ask(i); err != nil {
			b.Fatal(err)
		}
		took, used = append(took, time.Since(start)), append(used, cpuTime()-cpu)
		i++
	}
	for name, all := range map[string][]time.Duration{"": took, "cpu-": used} {
		slices.Sort(all)
		at := func(q float64) float64 {
			return float64(all[int(math.Ceil(q*float64(len(all))))-1].Microseconds()) / 1000
		}
		b.ReportMetric(at(0.5), name+"p50-ms")
		b.ReportMetric(at(0.99), name+"p99-ms")
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkAnswers asks what commands ask, for guilds that follow 5, 50, 200
// and all 1,000 of the feeds.
func BenchmarkAnswers(b *testing.B) {
	s := benchStore(b)
	ctx := context.Background()
	p := newPress(max(1000, benchArticles()/5))
	for _, guild := range []string{"five", "fifty", "two-hundred", "all"} {
		sc := bot.Scope{GuildID: guild}
		pick := func() string { // a name of this guild's, by fame
			list, err := s.SuggestActors(ctx, sc, p.names[p.fame.Uint64()][:4], 1)
			if err != nil || len(list) == 0 {
				return "#1"
			}
			return list[0].Value
		}
		var actors []int64
		for range 200 {
			id, _ := strconv.ParseInt(strings.TrimPrefix(pick(), "#"), 10, 64)
			actors = append(actors, id)
		}
		b.Run("Latest/"+guild, func(b *testing.B) {
			percentiles(b, func(i int) error {
				_, err := s.LatestStories(ctx, sc, bot.StoryFilter{Offset: i % 4 * 5, Limit: 5})
				return err
			})
		})
		b.Run("LatestTopic/"+guild, func(b *testing.B) {
			percentiles(b, func(int) error {
				_, err := s.LatestStories(ctx, sc, bot.StoryFilter{Topic: p.vocab[p.freq.Uint64()], Limit: 5})
				return err
			})
		})
		b.Run("Search/"+guild, func(b *testing.B) {
			percentiles(b, func(i int) error {
				q := p.vocab[p.freq.Uint64()]
				if i%3 > 0 {
					q += " " + p.vocab[p.freq.Uint64()]
				}
				_, err := s.SearchStories(ctx, sc, q, bot.StoryFilter{Limit: 5})
				return err
			})
		})
		b.Run("Who/"+guild, func(b *testing.B) {
			percentiles(b, func(i int) error {
				_, err := s.Dossier(ctx, sc, actors[i%len(actors)], benchEnd)
				if err != nil && strings.Contains(err.Error(), "not found") {
					err = nil
				}
				return err
			})
		})
		b.Run("Suggest/"+guild, func(b *testing.B) {
			percentiles(b, func(i int) error {
				name := p.names[p.fame.Uint64()]
				typed := name[:1+i%len(name)]
				if i%5 == 4 { // a slip
					typed = name[:2] + name[3:]
				}
				_, err := s.SuggestActors(ctx, sc, typed, 25)
				return err
			})
		})
	}
}

// BenchmarkPoll is the store's part of polling 1,000 feeds, by what the process
// used (PostgreSQL's own work is not in it): all new, with 30 items each; all
// quiet; all changed, with one new item among the 30.
func BenchmarkPoll(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkPoll(b, filepath.Join(b.TempDir(), "poll.db")) })
	if dsn := os.Getenv("SITREP_BENCH_POSTGRES"); dsn != "" { // an empty database of its own
		b.Run("postgres", func(b *testing.B) { benchmarkPoll(b, dsn) })
	}
}

func benchmarkPoll(b *testing.B, dsn string) {
	ctx := context.Background()
	s, err := Open(ctx, dsn, Options{})
	if err == nil {
		err = s.Migrate(ctx)
	}
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	p := newPress(1000)
	now, n := benchEnd, 0
	follow := func(round int) {
		for i := range benchFeeds {
			if _, err := s.AddFollow(ctx, bot.Follow{GuildID: "g", Feed: feeds.Feed{URL: fmt.Sprintf("https://outlet%d-%d.example/feed", round, i), NextCheckAt: now}}); err != nil {
				b.Fatal(err)
			}
		}
	}
	items := map[int64][]feeds.Article{}
	// round polls what is due; change says what is new in a feed, nil for nothing.
	round := func(change func(feed int64) []feeds.Article) {
		now = now.Add(time.Hour)
		for {
			fs, err := s.LeaseFeeds(ctx, now, 100, time.Minute)
			if err != nil {
				b.Fatal(err)
			}
			if len(fs) == 0 {
				return
			}
			var quiet []feeds.Check
			for _, f := range fs {
				f.LastCheckedAt, f.NextCheckAt = now, now.Add(30*time.Minute)
				check := feeds.Check{Feed: f, At: now, Status: 304}
				some := change(f.ID)
				if some == nil {
					quiet = append(quiet, check)
				} else if _, err := s.SaveChanged(ctx, check, some); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.SaveChecks(ctx, quiet); err != nil {
				b.Fatal(err)
			}
		}
	}
	report := func(b *testing.B, prepare func(), change func(feed int64) []feeds.Article) {
		var used time.Duration
		rounds := 0
		for b.Loop() {
			prepare()
			cpu := cpuTime()
			round(change)
			used += cpuTime() - cpu
			rounds++
		}
		b.ReportMetric(used.Seconds()/float64(rounds), "cpu-s/1000feeds")
		if rows, err := s.FeedsUnread(ctx, now.Add(time.Hour), 1); err != nil || len(rows) == 0 {
			b.Fatal("nothing was stored", err)
		}
	}
	cold := 0
	b.Run("cold", func(b *testing.B) {
		var fresh []feeds.Article
		report(b, func() {
			if _, err := s.w.Exec(`UPDATE feeds SET followed = FALSE`); err != nil {
				b.Fatal(err)
			}
			cold++
			follow(cold)
			fresh = fresh[:0]
			for range 30 {
				n++
				fresh = append(fresh, p.item(n, now))
			}
			clear(items)
		}, func(feed int64) []feeds.Article {
			items[feed] = slices.Clone(fresh)
			return items[feed]
		})
	})
	b.Run("quiet", func(b *testing.B) { report(b, func() {}, func(int64) []feeds.Article { return nil }) })
	b.Run("one-new", func(b *testing.B) {
		report(b, func() {}, func(feed int64) []feeds.Article {
			n++
			items[feed] = append([]feeds.Article{p.item(n, now)}, items[feed][:29]...)
			return items[feed]
		})
	})
}
