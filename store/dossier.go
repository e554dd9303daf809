package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"sitrep/bot"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

var _ bot.ActorAnswers = (*Store)(nil)

// How much a dossier shows, and from how many articles it is drawn.
const (
	dossierRoles    = 12
	dossierLines    = 12
	dossierQuotes   = 8
	dossierCompany  = 8
	dossierArticles = 40  // whose briefs are read, for each of the above
	companyArticles = 100 // whose actors are counted
	dossierDays     = 30
	quoteArticles   = 300 // searched for a quotation
)

// whoIs is an actor with those that were merged into it.
func (t *tx) whoIs(actorID int64) (root int64, group []int64, err error) {
	if err := t.row(`SELECT CASE WHEN merged_into <> 0 THEN merged_into ELSE id END FROM actors WHERE id = ?`, actorID).Scan(&root); err != nil {
		return 0, nil, err
	}
	group, err = list(t, scanID, `SELECT id FROM actors WHERE merged_into = ? AND merged_into <> 0`, root)
	return root, append([]int64{root}, group...), err
}

// actorIs is the condition that a row is one of a group's. A single actor is
// compared, so that the index gives its rows in their order.
func (t *tx) actorIs(column string, group []int64) (cond string, arg any) {
	if len(group) == 1 {
		return column + " = ?", group[0]
	}
	return t.s.in(column), t.s.ids(group)
}

// appearance is an actor in an article.
type appearance struct {
	article, feed, name int64
	idx                 int
	at                  time.Time
}

// appearances lists where a group of actors appears in feeds, newest first,
// with at least one of the flags (0 = any).
func (t *tx) appearances(group, feedIDs []int64, flags, limit int) ([]appearance, error) {
	is, who := t.actorIs("actor_id", group)
	flagged := ""
	if flags != 0 {
		flagged = ` AND (flags & ` + strconv.Itoa(flags) + `) <> 0`
	}
	return list(t, func(r row) (a appearance, err error) {
		return a, r.Scan(&a.article, &a.idx, when{&a.at}, &a.feed, &a.name)
	}, `SELECT article_id, idx, at, feed_id, name_id FROM appearances WHERE `+is+` AND `+t.s.in("feed_id")+flagged+`
		ORDER BY at DESC, article_id DESC LIMIT ?`, who, t.s.ids(feedIDs), limit)
}

// cited is what is told of an article beside what it says.
type cited struct {
	url, publisher, family string
	at                     time.Time
	story                  int64
}

func (t *tx) citations(articles []int64) (map[int64]cited, error) {
	out := make(map[int64]cited, len(articles))
	return out, t.each(func(r *sql.Rows) error {
		var id int64
		var c cited
		err := r.Scan(&id, &c.url, &c.publisher, &c.family, when{&c.at}, &c.story)
		out[id] = c
		return err
	}, `SELECT a.id, a.url, a.publisher, a.family, a.published_at, coalesce(m.story_id, 0)
		FROM articles a LEFT JOIN story_articles m ON m.article_id = a.id WHERE `+t.s.in("a.id"), t.s.ids(articles))
}

// Dossier implements bot.ActorAnswers.
func (s *Store) Dossier(ctx context.Context, sc bot.Scope, actorID int64, now time.Time) (d bot.Dossier, err error) {
	defer s.wrap(&err, "dossier of actor %d", actorID)
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(sc)
		if err != nil {
			return err
		}
		root, group, err := t.whoIs(actorID)
		if err != nil {
			return err
		}
		is, who := t.actorIs("actor_id", group)
		if err := t.row(`SELECT coalesce(sum(articles), 0), coalesce(max(last_at), 0) FROM actor_feeds WHERE `+is+` AND `+s.in("feed_id"),
			who, s.ids(feedIDs)).Scan(&d.Articles, when{&d.Actor.LastSeenAt}); err != nil {
			return err
		}
		if d.Articles == 0 {
			return bot.ErrNotFound // of it, or of anything that this guild may know of it
		}
		if err := t.row(`SELECT id, name, type, provisional FROM actors WHERE id = ?`, root).Scan(&d.Actor.ID, &d.Actor.Name, &d.Actor.Type, &d.Actor.Provisional); err != nil {
			return err
		}
		d.Actor.Mentions = d.Articles

		withRoles, err := t.appearances(group, feedIDs, hasRole, dossierArticles)
		if err != nil {
			return err
		}
		acting, err := t.appearances(group, feedIDs, acts, dossierArticles)
		if err != nil {
			return err
		}
		speaking, err := t.appearances(group, feedIDs, isQuoted, dossierQuotes)
		if err != nil {
			return err
		}
		recent, err := t.appearances(group, feedIDs, 0, companyArticles)
		if err != nil {
			return err
		}
		articles := articlesOf(withRoles, acting, speaking, recent[:min(len(recent), 10)])
		briefs, err := t.briefs(articles)
		if err != nil {
			return err
		}
		cites, err := t.citations(articles)
		if err != nil {
			return err
		}
		d.Actor.Aliases = aliasesOf(d.Actor.Name, group, briefs)
		d.Roles = rolesOf(root, withRoles, briefs, cites)
		d.Quotes = quotesOf(speaking, briefs, cites, nil, dossierQuotes)
		if d.Latest, err = t.linesOf(acting, feedIDs, briefs, cites, dossierLines, func(b *summarize.Brief, dev *summarize.Development, idx int) bool {
			return slices.Contains(dev.Actors, idx)
		}); err != nil {
			return err
		}
		if d.Company, err = t.companyOf(group, recent); err != nil {
			return err
		}
		d.PerDay, err = t.perDay(group, feedIDs, now)
		return err
	})
	if err != nil {
		return bot.Dossier{}, err
	}
	return d, nil
}

func articlesOf(lists ...[]appearance) []int64 {
	var ids []int64
	seen := map[int64]bool{}
	for _, l := range lists {
		for _, a := range l {
			if !seen[a.article] {
				seen[a.article] = true
				ids = append(ids, a.article)
			}
		}
	}
	return ids
}

// aliasesOf are the other names that the briefs have for a group's actors.
func aliasesOf(name string, group []int64, briefs map[int64]*summarize.Brief) []string {
	count := map[string]int{}
	spelt := map[string]string{}
	for _, b := range briefs {
		for _, a := range b.Actors {
			if !slices.Contains(group, a.ID) {
				continue
			}
			names := map[string]string{text.FoldPlain(a.Name): a.Name}
			for _, m := range a.Mentions {
				if f := text.FoldPlain(m.Text); !m.Descriptive && f != "" {
					if _, ok := names[f]; !ok {
						names[f] = m.Text
					}
				}
			}
			for f, n := range names {
				count[f]++
				if have, ok := spelt[f]; !ok || n < have {
					spelt[f] = n
				}
			}
		}
	}
	delete(count, text.FoldPlain(name))
	folded := make([]string, 0, len(count))
	for f := range count {
		folded = append(folded, f)
	}
	slices.SortFunc(folded, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b)) })
	var aliases []string
	for _, f := range folded[:min(len(folded), 8)] {
		aliases = append(aliases, spelt[f])
	}
	return aliases
}

// rolesOf are the roles that articles state, each with its latest statement.
func rolesOf(root int64, in []appearance, briefs map[int64]*summarize.Brief, cites map[int64]cited) []summarize.RoleObservation {
	var out []summarize.RoleObservation
	seen := map[string]bool{}
	for _, p := range in {
		b, c := briefs[p.article], cites[p.article]
		if b == nil || p.idx >= len(b.Actors) {
			continue
		}
		for _, role := range b.Actors[p.idx].Roles {
			key := string(role.Status) + " " + text.FoldPlain(role.Text)
			if seen[key] || len(out) == dossierRoles {
				continue
			}
			seen[key] = true
			role.Evidence.ArticleID = p.article
			out = append(out, summarize.RoleObservation{ActorID: root, Role: role, ArticleID: p.article, URL: c.url, Publisher: c.publisher, At: c.at})
		}
	}
	return out
}

// quotesOf are the quotations of actors in briefs that have all the words.
func quotesOf(in []appearance, briefs map[int64]*summarize.Brief, cites map[int64]cited, words []string, limit int) []bot.QuoteBy {
	var out []bot.QuoteBy
	seen := map[string]bool{}
	for _, p := range in {
		b, c := briefs[p.article], cites[p.article]
		if b == nil {
			continue
		}
		for _, q := range b.Quotes {
			key := text.FoldPlain(q.Text)
			if q.Speaker != p.idx || seen[key] || len(out) == limit || !hasWords(q.Text, words) {
				continue
			}
			seen[key] = true // one quotation in many papers is one
			q.Evidence.ArticleID = p.article
			out = append(out, bot.QuoteBy{Text: q.Text, ArticleID: p.article, URL: c.url, Publisher: c.publisher, At: c.at, Evidence: q.Evidence})
		}
	}
	return out
}

// linesOf are the developments of briefs that pick picks, as the stories in
// scope tell them; a development that stands in no story yet is told as its
// article does.
func (t *tx) linesOf(in []appearance, feedIDs []int64, briefs map[int64]*summarize.Brief, cites map[int64]cited, limit int,
	pick func(b *summarize.Brief, d *summarize.Development, idx int) bool,
) ([]bot.Line, error) {
	var ids []int64
	for _, p := range in {
		if id := cites[p.article].story; id != 0 && !slices.Contains(ids, id) && len(ids) < 2*limit {
			ids = append(ids, id)
		}
	}
	all, err := t.scopedStories(ids, feedIDs)
	if err != nil {
		return nil, err
	}
	type place struct {
		article    int64
		part       summarize.Part
		start, end int
	}
	told := map[place]*summarize.StoryDevelopment{}
	for i := range all {
		for j := range all[i].Developments {
			d := &all[i].Developments[j]
			for _, s := range slices.Concat(d.Sources, d.Overtaken) {
				told[place{s.ArticleID, s.Evidence.Part, s.Evidence.Start, s.Evidence.End}] = d
			}
		}
	}
	var lines []bot.Line
	seen := map[int64]bool{}
	for _, p := range in {
		b, c := briefs[p.article], cites[p.article]
		if b == nil {
			continue
		}
		for i := range b.Developments {
			d := &b.Developments[i]
			if len(lines) == limit || !pick(b, d, p.idx) {
				continue
			}
			e := d.Evidence
			st := told[place{p.article, e.Part, e.Start, e.End}]
			switch {
			case st == nil:
				e.ArticleID = p.article
				lines = append(lines, bot.Line{Text: d.Text, Sources: []summarize.Source{{
					ArticleID: p.article, URL: c.url, Publisher: c.publisher, Family: c.family, At: c.at, Evidence: e,
				}}})
			case !st.Withdrawn && !seen[st.ID]:
				seen[st.ID] = true
				lines = append(lines, bot.Line{DevelopmentID: st.ID, Version: st.Version, Text: st.Text, Sources: st.Sources})
			}
		}
	}
	return lines, nil
}

// companyOf counts who else is among the key actors of the articles.
func (t *tx) companyOf(group []int64, recent []appearance) ([]bot.Company, error) {
	type pair struct{ actor, story int64 }
	stories := map[pair]bool{}
	if err := t.each(func(r *sql.Rows) error {
		var p pair
		err := r.Scan(&p.actor, &p.story)
		if !slices.Contains(group, p.actor) {
			stories[p] = true
		}
		return err
	}, `SELECT DISTINCT CASE WHEN a.merged_into <> 0 THEN a.merged_into ELSE a.id END, coalesce(m.story_id, -p.article_id)
		FROM appearances p JOIN actors a ON a.id = p.actor_id LEFT JOIN story_articles m ON m.article_id = p.article_id
		WHERE `+t.s.in("p.article_id")+` AND (p.flags & 1) <> 0`, t.s.ids(articlesOf(recent))); err != nil {
		return nil, err
	}
	count := map[int64]int{}
	for p := range stories {
		count[p.actor]++
	}
	var ids []int64
	for id := range count {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	ids = ids[:min(len(ids), dossierCompany)]
	out, err := list(t, func(r row) (c bot.Company, err error) { return c, r.Scan(&c.ActorID, &c.Name, &c.Type) },
		`SELECT id, name, type FROM actors WHERE `+t.s.in("id"), t.s.ids(ids))
	for i := range out {
		out[i].Stories = count[out[i].ActorID]
	}
	slices.SortFunc(out, func(a, b bot.Company) int {
		return cmp.Or(cmp.Compare(b.Stories, a.Stories), cmp.Compare(a.ActorID, b.ActorID))
	})
	return out, err
}

// perDay counts articles by day, oldest first, to the day of now.
func (t *tx) perDay(group, feedIDs []int64, now time.Time) ([]int, error) {
	const day = 24 * time.Hour
	from := now.UTC().Truncate(day).Add(-(dossierDays - 1) * day)
	days := make([]int, dossierDays)
	is, who := t.actorIs("actor_id", group)
	return days, t.each(func(r *sql.Rows) error {
		var i, n int
		if err := r.Scan(&i, &n); err != nil {
			return err
		}
		if i >= 0 && i < len(days) {
			days[i] = n
		}
		return nil
	}, `SELECT (at - ?) / 86400000000 AS day, count(DISTINCT article_id) FROM appearances WHERE `+is+` AND at >= ? AND `+t.s.in("feed_id")+` GROUP BY 1`,
		micros(from), who, micros(from), t.s.ids(feedIDs))
}

// QuotesBy implements bot.ActorAnswers.
func (s *Store) QuotesBy(ctx context.Context, sc bot.Scope, actorID int64, query string, limit int) (quotes []bot.QuoteBy, err error) {
	defer s.wrap(&err, "quotes by actor %d", actorID)
	words := searchTokens(query)
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(sc)
		if err != nil {
			return err
		}
		_, group, err := t.whoIs(actorID)
		if err != nil {
			return err
		}
		n := limit
		if len(words) > 0 {
			n = quoteArticles
		}
		speaking, err := t.appearances(group, feedIDs, isQuoted, n)
		if err != nil {
			return err
		}
		// A few at a time: most questions are answered by the newest.
		for len(speaking) > 0 && len(quotes) < limit {
			some := speaking[:min(len(speaking), 50)]
			speaking = speaking[len(some):]
			briefs, err := t.briefs(articlesOf(some))
			if err != nil {
				return err
			}
			cites, err := t.citations(articlesOf(some))
			if err != nil {
				return err
			}
			quotes = append(quotes, quotesOf(some, briefs, cites, words, limit-len(quotes))...)
		}
		return nil
	})
	return quotes, err
}

// Between implements bot.ActorAnswers: developments in which one of the two
// acts and the other one acts too or is named.
func (s *Store) Between(ctx context.Context, sc bot.Scope, a, b int64, limit int) (lines []bot.Line, err error) {
	defer s.wrap(&err, "between actors %d and %d", a, b)
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(sc)
		if err != nil {
			return err
		}
		_, one, err := t.whoIs(a)
		if err != nil {
			return err
		}
		_, other, err := t.whoIs(b)
		if err != nil {
			return err
		}
		if one[0] == other[0] {
			return nil
		}
		// The rarer one leads.
		rare, err := t.rarer(one, other)
		if err != nil {
			return err
		}
		if !rare {
			one, other = other, one
		}
		is, who := t.actorIs("p.actor_id", one)
		isOther, whoOther := t.actorIs("o.actor_id", other)
		otherIdx := map[int64]int{}
		both, err := list(t, func(r row) (p appearance, err error) {
			var idx int
			err = r.Scan(&p.article, &p.idx, when{&p.at}, &p.feed, &idx)
			otherIdx[p.article] = idx
			return p, err
		}, `SELECT p.article_id, p.idx, p.at, p.feed_id, o.idx FROM appearances p CROSS JOIN appearances o
			WHERE o.article_id = p.article_id AND `+is+` AND `+isOther+` AND `+s.in("p.feed_id")+`
			ORDER BY p.at DESC, p.article_id DESC LIMIT ?`, who, whoOther, s.ids(feedIDs), 4*limit)
		if err != nil || len(both) == 0 {
			return err
		}
		briefs, err := t.briefs(articlesOf(both))
		if err != nil {
			return err
		}
		cites, err := t.citations(articlesOf(both))
		if err != nil {
			return err
		}
		lines, err = t.linesOf(both, feedIDs, briefs, cites, limit, func(br *summarize.Brief, d *summarize.Development, idx int) bool {
			o := otherIdx[br.ArticleID]
			first, second := slices.Contains(d.Actors, idx), slices.Contains(d.Actors, o)
			return first && second || first && named(br, d, o) || second && named(br, d, idx)
		})
		return err
	})
	return lines, err
}

// rarer reports that one group of actors is named less often than another.
func (t *tx) rarer(one, other []int64) (bool, error) {
	var n [2]int
	for i, group := range [][]int64{one, other} {
		if err := t.row(`SELECT coalesce(sum(articles), 0) FROM actors WHERE `+t.s.in("id"), t.s.ids(group)).Scan(&n[i]); err != nil {
			return false, err
		}
	}
	return n[0] <= n[1], nil
}

// named reports that a development's evidence names an actor of its brief.
func named(b *summarize.Brief, d *summarize.Development, idx int) bool {
	if idx >= len(b.Actors) {
		return false
	}
	return slices.ContainsFunc(b.Actors[idx].Mentions, func(m summarize.Mention) bool {
		return m.Part == d.Evidence.Part && m.Start >= d.Evidence.Start && m.End <= d.Evidence.End
	})
}

// found is an actor that a name leads to, with how it stands in the scope.
type found struct {
	id        int64
	name      string
	kind      summarize.ActorType
	tentative bool
	articles  int
	last      time.Time
	score     float64
}

const maxFound = 200 // actors that are ranked

// SuggestActors implements bot.ActorAnswers: actors with names that begin with
// the words typed, those named often and lately first; where there are few,
// those that are spelt nearly so. Value is "#" and the actor's id.
func (s *Store) SuggestActors(ctx context.Context, sc bot.Scope, prefix string, limit int) (out []bot.Suggestion, err error) {
	defer s.wrap(&err, "suggest actors")
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(sc)
		if err != nil || len(feedIDs) == 0 {
			return err
		}
		all, err := t.actorsLike(prefix, feedIDs, limit)
		if err != nil {
			return err
		}
		names := map[string]int{}
		for _, f := range all {
			names[f.name]++
		}
		for _, f := range all[:min(len(all), limit)] {
			label := f.name
			if names[f.name] > 1 { // namesakes
				label = clipRunes(f.name, suggested-24) + " · " + strconv.Itoa(f.articles) + " articles"
			}
			out = append(out, bot.Suggestion{Label: clipRunes(label, suggested), Value: "#" + strconv.FormatInt(f.id, 10)})
		}
		return nil
	})
	return out, err
}

// latestRole is what the newest article in scope that states a role of an
// actor says that it is: it tells namesakes apart.
func (t *tx) latestRole(actorID int64, feedIDs []int64) ([]string, error) {
	_, group, err := t.whoIs(actorID)
	if err != nil {
		return nil, err
	}
	in, err := t.appearances(group, feedIDs, hasRole, 1)
	if err != nil || len(in) == 0 {
		return nil, err
	}
	briefs, err := t.briefs(articlesOf(in))
	if err != nil {
		return nil, err
	}
	for _, role := range rolesOf(actorID, in, briefs, nil) {
		return []string{role.Role.Text}, nil
	}
	return nil, nil
}

// FindActors implements bot.ActorAnswers: those of exactly that name, else
// those with all its words, else those spelt nearly so. Context is the latest
// role that the feeds in scope state.
func (s *Store) FindActors(ctx context.Context, sc bot.Scope, name string, limit int) (actors []summarize.KnownActor, err error) {
	defer s.wrap(&err, "find actors")
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(sc)
		if err != nil || len(feedIDs) == 0 {
			return err
		}
		all, err := t.foundActors(feedIDs, `SELECT actor_id FROM actor_names WHERE folded = ?`, text.FoldPlain(name))
		if err != nil {
			return err
		}
		if len(all) == 0 {
			if all, err = t.actorsLike(name, feedIDs, limit); err != nil {
				return err
			}
		}
		t.rank(all, nil)
		for _, f := range all[:min(len(all), limit)] {
			k := summarize.KnownActor{ID: f.id, Name: f.name, Type: f.kind, Provisional: f.tentative, LastSeenAt: f.last, Mentions: f.articles}
			if k.Context, err = t.latestRole(f.id, feedIDs); err != nil {
				return err
			}
			actors = append(actors, k)
		}
		return nil
	})
	return actors, err
}

// actorsLike finds and ranks actors by the beginning of their names.
func (t *tx) actorsLike(prefix string, feedIDs []int64, limit int) ([]found, error) {
	words := nameWords(text.FoldPlain(prefix))
	var (
		all []found
		err error
	)
	longest := slices.MaxFunc(append(words, ""), func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	if len(longest) <= 2 {
		// Too many begin so: the recent ones will do, if they are enough.
		if all, err = t.recentActors(words, feedIDs, limit); err != nil || len(all) >= limit || len(words) == 0 {
			return all, err
		}
	}
	query := `SELECT DISTINCT w.actor_id FROM actor_words w WHERE w.word >= ? AND w.word < ?`
	args := []any{longest, after(longest)}
	for _, w := range words {
		if w != longest {
			query += ` AND EXISTS (SELECT 1 FROM actor_words x WHERE x.actor_id = w.actor_id AND x.word >= ? AND x.word < ?)`
			args = append(args, w, after(w))
		}
	}
	if all, err = t.foundActors(feedIDs, query+` LIMIT 4000`, args...); err != nil {
		return nil, err
	}
	t.rank(all, words)
	if len(all) >= limit/2 || len([]rune(longest)) < 4 {
		return all, nil
	}
	near, err := t.actorsNear(words, feedIDs)
	for _, f := range near {
		if !slices.ContainsFunc(all, func(have found) bool { return have.id == f.id }) {
			all = append(all, f)
		}
	}
	return all, err
}

// after is the least text that is greater than all that begin with a prefix.
func after(prefix string) string { return prefix + "\U0010FFFF" }

// foundActors gives the actors of a query that feeds name, merged ones as the
// actor that took them over, the most often named first. The joins are crossed
// and the feeds' condition is kept from the index (+), or SQLite would begin
// with all actors of the feeds: a hundred times as much.
func (t *tx) foundActors(feedIDs []int64, query string, args ...any) ([]found, error) {
	return list(t, func(r row) (f found, err error) {
		return f, r.Scan(&f.id, &f.name, &f.kind, &f.tentative, &f.articles, when{&f.last})
	}, `SELECT a.id, a.name, a.type, a.provisional, g.n, g.last FROM (
			SELECT CASE WHEN b.merged_into <> 0 THEN b.merged_into ELSE b.id END AS root, sum(f.articles) AS n, max(f.last_at) AS last
			FROM (`+query+`) c CROSS JOIN actor_feeds f CROSS JOIN actors b
			WHERE f.actor_id = c.actor_id AND b.id = c.actor_id AND +`+t.s.in("f.feed_id")+` GROUP BY 1 ORDER BY 2 DESC LIMIT ?) g
		JOIN actors a ON a.id = g.root ORDER BY g.n DESC, a.id`, append(args, t.s.ids(feedIDs), maxFound)...)
}

// recentActors are those that feeds have named of late, with words that begin
// so.
func (t *tx) recentActors(words []string, feedIDs []int64, limit int) ([]found, error) {
	now := t.s.now()
	var all []found
	for _, span := range []time.Duration{36 * time.Hour, 14 * 24 * time.Hour} {
		query := `SELECT DISTINCT n.actor_id FROM actor_feeds n WHERE ` + t.s.in("n.feed_id") + ` AND n.last_at >= ?`
		args := []any{t.s.ids(feedIDs), micros(now.Add(-span))}
		for _, w := range words {
			query += ` AND EXISTS (SELECT 1 FROM actor_words x WHERE x.actor_id = n.actor_id AND x.word >= ? AND x.word < ?)`
			args = append(args, w, after(w))
		}
		var err error
		if all, err = t.foundActors(feedIDs, query+` LIMIT 4000`, args...); err != nil {
			return nil, err
		}
		if len(all) >= limit {
			break
		}
	}
	t.rank(all, words)
	return all, nil
}

// actorsNear are those whose names share most three-letter pieces with what
// was typed.
func (t *tx) actorsNear(words []string, feedIDs []int64) ([]found, error) {
	var pieces []string
	for _, w := range words {
		g := grams(w)
		pieces = append(pieces, g[:max(0, len(g)-1)]...) // the last word is still being typed
	}
	if len(pieces) < 2 {
		return nil, nil
	}
	all, err := t.foundActors(feedIDs, `SELECT actor_id FROM actor_grams WHERE `+t.s.in("gram")+`
		GROUP BY actor_id HAVING count(*) >= ? ORDER BY count(*) DESC LIMIT 200`, t.s.texts(pieces), max(2, (len(pieces)+1)/2))
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(f found) bool { return !nearly(words, nameWords(text.FoldPlain(f.name))) })
	t.rank(all, nil)
	return all, nil
}

// nearly reports that every word typed is, but for a slip or two, the
// beginning of a word of the name.
func nearly(typed, name []string) bool {
	for _, w := range typed {
		slips := 1
		if len([]rune(w)) > 6 {
			slips = 2
		}
		if !slices.ContainsFunc(name, func(n string) bool { return prefixDistance([]rune(w), []rune(n)) <= slips }) {
			return false
		}
	}
	return true
}

// prefixDistance is the least number of insertions, deletions, replacements and
// swaps of neighbours that turn a into a prefix of b.
func prefixDistance(a, b []rune) int {
	if len(b) > len(a)+2 {
		b = b[:len(a)+2]
	}
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return slices.Min(prev)
}

// rank orders actors by how often and how lately they were named; a word that
// was typed whole, or begins the name, counts as much as sixteen times as many
// mentions.
func (t *tx) rank(all []found, words []string) {
	now := t.s.now()
	for i := range all {
		f := &all[i]
		f.score = math.Log2(1+float64(f.articles)) - min(now.Sub(f.last).Hours()/24/7, 8)
		name := text.FoldPlain(f.name)
		in := nameWords(name)
		for _, w := range words {
			if slices.Contains(in, w) {
				f.score += 2
			}
		}
		if len(words) > 0 && len(in) > 0 && strings.HasPrefix(in[0], words[0]) {
			f.score += 2
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
}
