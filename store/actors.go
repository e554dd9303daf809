package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/text"
)

const (
	maxNames     = 40              // kept of one actor
	maxNameBytes = 120             // a longer "name" is none
	maxContext   = 48              // words and names that tell namesakes apart
	sameMoment   = 5 * time.Minute // in which two articles may bring up one new actor
)

// saveActors ties a brief's actors to known ones, which it makes where they
// are new, and replaces what the article said of actors before. It sets the
// ids in the brief.
func (t *tx) saveActors(a *feeds.Article, b *summarize.Brief, links []bot.ActorLink) error {
	if err := t.forgetAppearances([]int64{a.ID}); err != nil {
		return err
	}
	for i := range b.Actors {
		b.Actors[i].ID = 0
	}
	flags := flagsOf(b)
	known, err := t.linkedActors(links)
	if err != nil {
		return err
	}
	counted := map[int64]bool{}
	// In the order of ids: readers of two articles about the same actors would
	// otherwise wait for each other.
	links = slices.Clone(links)
	slices.SortStableFunc(links, func(a, b bot.ActorLink) int { return cmp.Compare(a.ActorID, b.ActorID) })
	for _, l := range links {
		if l.Index < 0 || l.Index >= len(b.Actors) {
			continue
		}
		actor := &b.Actors[l.Index]
		k := known[l.ActorID]
		if k == nil {
			if k, err = t.newActor(a, actor, l.Provisional); err != nil {
				return err
			}
			known[k.id] = k
		}
		actor.ID = k.id
		nameID, err := t.saveNames(k, actor)
		if err != nil {
			return err
		}
		first := !counted[k.id]
		counted[k.id] = true
		if err := t.touchActor(k, a, b, l, first); err != nil {
			return err
		}
		at := micros(a.PublishedAt)
		if _, err := t.exec(`INSERT INTO appearances (actor_id, at, article_id, idx, feed_id, name_id, flags) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, k.id, at, a.ID, l.Index, a.FeedID, nameID, flags[l.Index]); err != nil {
			return err
		}
		if first {
			if _, err := t.exec(`INSERT INTO actor_feeds (actor_id, feed_id, articles, last_at) VALUES (?, ?, 1, ?)
				ON CONFLICT (actor_id, feed_id) DO UPDATE SET articles = actor_feeds.articles + 1,
					last_at = CASE WHEN excluded.last_at > actor_feeds.last_at THEN excluded.last_at ELSE actor_feeds.last_at END`,
				k.id, a.FeedID, at); err != nil {
				return err
			}
		}
	}
	return nil
}

func flagsOf(b *summarize.Brief) []int {
	flags := make([]int, len(b.Actors))
	for i, a := range b.Actors {
		if a.Key {
			flags[i] |= isKey
		}
		if len(a.Roles) > 0 {
			flags[i] |= hasRole
		}
	}
	for _, d := range b.Developments {
		for _, i := range d.Actors {
			if i >= 0 && i < len(flags) {
				flags[i] |= acts
			}
		}
	}
	for _, q := range b.Quotes {
		if q.Speaker >= 0 && q.Speaker < len(flags) {
			flags[q.Speaker] |= isQuoted
		}
	}
	return flags
}

// forgetAppearances takes back what articles said of actors.
func (t *tx) forgetAppearances(articles []int64) error {
	type gone struct {
		actor, feed int64
		articles    int
	}
	all, err := list(t, func(r row) (g gone, err error) { return g, r.Scan(&g.actor, &g.feed, &g.articles) },
		`SELECT actor_id, feed_id, count(DISTINCT article_id) FROM appearances WHERE `+t.s.in("article_id")+` GROUP BY actor_id, feed_id ORDER BY actor_id, feed_id`,
		t.s.ids(articles))
	if err != nil || len(all) == 0 {
		return err
	}
	if _, err := t.exec(`DELETE FROM appearances WHERE `+t.s.in("article_id"), t.s.ids(articles)); err != nil {
		return err
	}
	for _, g := range all {
		if _, err := t.exec(`UPDATE actors SET articles = articles - ? WHERE id = ?`, g.articles, g.actor); err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE actor_feeds SET articles = articles - ? WHERE actor_id = ? AND feed_id = ?`, g.articles, g.actor, g.feed); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM actor_feeds WHERE actor_id = ? AND feed_id = ? AND articles <= 0`, g.actor, g.feed); err != nil {
			return err
		}
	}
	return nil
}

// linkedActor is a known actor while a reading is being saved.
type linkedActor struct {
	id          int64
	provisional bool
	context     string
	names       map[string]int64 // folded -> id
}

// linkedActors loads the actors that links name, under the ids they are named
// by; a merged one gives the actor that took it over.
func (t *tx) linkedActors(links []bot.ActorLink) (map[int64]*linkedActor, error) {
	var ids []int64
	for _, l := range links {
		if l.ActorID != 0 && !slices.Contains(ids, l.ActorID) {
			ids = append(ids, l.ActorID)
		}
	}
	known := map[int64]*linkedActor{}
	if len(ids) == 0 {
		return known, nil
	}
	slices.Sort(ids) // one order for all, or two transactions could wait for each other
	roots := map[int64]int64{}
	err := t.each(func(r *sql.Rows) error {
		var id, root int64
		err := r.Scan(&id, &root)
		roots[id] = root
		return err
	}, `SELECT id, CASE WHEN merged_into <> 0 THEN merged_into ELSE id END FROM actors WHERE `+t.s.in("id"), t.s.ids(ids))
	if err != nil {
		return nil, err
	}
	var rootIDs []int64
	for _, root := range roots {
		rootIDs = append(rootIDs, root)
	}
	byRoot := map[int64]*linkedActor{}
	err = t.each(func(r *sql.Rows) error {
		k := &linkedActor{names: map[string]int64{}}
		byRoot[k.id] = k
		if err := r.Scan(&k.id, &k.provisional, &k.context); err != nil {
			return err
		}
		byRoot[k.id] = k
		return nil
	}, `SELECT id, provisional, context FROM actors WHERE `+t.s.in("id"), t.s.ids(rootIDs))
	if err != nil {
		return nil, err
	}
	err = t.each(func(r *sql.Rows) error {
		var id, actor int64
		var folded string
		if err := r.Scan(&id, &actor, &folded); err != nil {
			return err
		}
		if k := byRoot[actor]; k != nil {
			k.names[folded] = id
		}
		return nil
	}, `SELECT id, actor_id, folded FROM actor_names WHERE `+t.s.in("actor_id"), t.s.ids(rootIDs))
	for id, root := range roots {
		if k := byRoot[root]; k != nil {
			known[id] = k
		}
	}
	return known, err
}

// newActor makes an actor. Where an article read at the same moment has just
// brought up the same full name, that is the one: outlets report a newcomer
// within minutes of each other, and two readers can't see each other's work.
func (t *tx) newActor(a *feeds.Article, actor *summarize.Actor, provisional bool) (*linkedActor, error) {
	now := t.s.now()
	folded := text.FoldPlain(actor.Name)
	if !provisional && strings.Contains(folded, " ") {
		ids, err := list(t, scanID, `SELECT a.id FROM actor_names n JOIN actors a ON a.id = n.actor_id
			WHERE n.folded = ? AND a.type = ? AND a.created_at >= ? AND a.merged_into = 0 AND NOT a.provisional ORDER BY a.id LIMIT 1`,
			folded, string(actor.Type), micros(now.Add(-sameMoment)))
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			known, err := t.linkedActors([]bot.ActorLink{{ActorID: ids[0]}})
			if err != nil {
				return nil, err
			}
			if k := known[ids[0]]; k != nil {
				return k, nil
			}
		}
	}
	k := &linkedActor{provisional: provisional, context: "[]", names: map[string]int64{}}
	var err error
	k.id, err = scanID(t.row(`INSERT INTO actors (name, type, provisional, context, articles, created_at, last_seen_at) VALUES (?, ?, ?, '[]', 0, ?, ?) RETURNING id`,
		clip(actor.Name, maxNameBytes), string(actor.Type), provisional, micros(now), micros(a.PublishedAt)))
	return k, err
}

// saveNames stores the names that an article has for an actor, and returns the
// id of the fullest.
func (t *tx) saveNames(k *linkedActor, actor *summarize.Actor) (int64, error) {
	names := []string{actor.Name}
	for _, m := range actor.Mentions {
		if !m.Descriptive {
			names = append(names, m.Text)
		}
	}
	for _, name := range names {
		folded := text.FoldPlain(name)
		if folded == "" || len(name) > maxNameBytes || k.names[folded] != 0 || len(k.names) >= maxNames {
			continue
		}
		id, err := scanID(t.row(`INSERT INTO actor_names (actor_id, folded, name) VALUES (?, ?, ?)
			ON CONFLICT (folded, actor_id) DO UPDATE SET name = actor_names.name RETURNING id`, k.id, folded, name))
		if err != nil {
			return 0, err
		}
		k.names[folded] = id
		if err := t.indexName(k.id, folded); err != nil {
			return 0, err
		}
	}
	return k.names[text.FoldPlain(actor.Name)], nil
}

// indexName makes an actor findable by the words of a folded name, and by
// their three-letter pieces where the words are misspelt.
func (t *tx) indexName(actorID int64, folded string) error {
	for _, w := range nameWords(folded) {
		n, err := t.exec(`INSERT INTO actor_words (word, actor_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, w, actorID)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		for _, g := range grams(w) {
			if _, err := t.exec(`INSERT INTO actor_grams (gram, actor_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, g, actorID); err != nil {
				return err
			}
		}
	}
	return nil
}

// nameWords are the words of a folded name by which it is looked up.
func nameWords(folded string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(folded, func(r rune) bool { return !isWordRune(r) }) {
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// grams are the distinct three-rune pieces of a word with its ends marked.
func grams(word string) []string {
	r := []rune("^" + word + "$")
	if len(r) < 4 {
		return nil
	}
	var all []string
	for i := 0; i+3 <= len(r); i++ {
		if g := string(r[i : i+3]); !slices.Contains(all, g) {
			all = append(all, g)
		}
	}
	return all
}

// touchActor counts the article to its actor and learns from it.
func (t *tx) touchActor(k *linkedActor, a *feeds.Article, b *summarize.Brief, l bot.ActorLink, first bool) error {
	articles := 0
	if first {
		articles = 1
	}
	k.context = contextOf(k.context, b, l.Index)
	at := micros(a.PublishedAt)
	_, err := t.exec(`UPDATE actors SET articles = articles + ?, context = ?, last_seen_at = CASE WHEN ? > last_seen_at THEN ? ELSE last_seen_at END WHERE id = ?`,
		articles, k.context, at, at, k.id)
	if err != nil {
		return err
	}
	if k.provisional && !l.Provisional {
		// Known by a short name so far; now the full one has come up.
		k.provisional = false
		_, err = t.exec(`UPDATE actors SET provisional = FALSE, name = ? WHERE id = ?`, clip(b.Actors[l.Index].Name, maxNameBytes), k.id)
	}
	return err
}

// contextOf adds to an actor's context the words of the roles that a brief
// gives it and the key actors it stands beside, the latest first.
func contextOf(stored string, b *summarize.Brief, index int) string {
	var fresh []string
	for _, r := range b.Actors[index].Roles {
		for _, w := range searchTokens(r.Text) {
			if utf8.RuneCountInString(w) > 3 {
				fresh = append(fresh, w)
			}
		}
	}
	for i, other := range b.Actors {
		if i != index && other.Key && len(fresh) < maxContext/2 {
			fresh = append(fresh, text.FoldPlain(other.Name))
		}
	}
	if len(fresh) == 0 {
		return stored
	}
	var old []string
	_ = json.Unmarshal([]byte(stored), &old) // what can't be read is learned anew
	var merged []string
	for _, w := range append(fresh, old...) {
		if w != "" && len(merged) < maxContext && !slices.Contains(merged, w) {
			merged = append(merged, w)
		}
	}
	out, err := json.Marshal(merged)
	if err != nil {
		return stored
	}
	return string(out)
}

// clip cuts a text to at most n bytes, between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// ActorCandidates implements bot.ReadingStore.
func (s *Store) ActorCandidates(ctx context.Context, names []string) (actors []summarize.KnownActor, err error) {
	defer s.wrap(&err, "candidates for %d names", len(names))
	folded := make([]string, 0, len(names))
	for _, n := range names {
		if f := text.FoldPlain(n); f != "" {
			folded = append(folded, f)
		}
	}
	if len(folded) == 0 {
		return nil, nil
	}
	err = s.read(ctx, func(t *tx) error {
		roots, err := list(t, scanID, `SELECT DISTINCT CASE WHEN a.merged_into <> 0 THEN a.merged_into ELSE a.id END
			FROM actor_names n JOIN actors a ON a.id = n.actor_id WHERE `+s.in("n.folded"), s.texts(folded))
		if err != nil {
			return err
		}
		actors, err = t.knownActors(roots)
		return err
	})
	return actors, err
}

// knownActors loads actors with all their names, the most often named first.
func (t *tx) knownActors(roots []int64) ([]summarize.KnownActor, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	var actors []summarize.KnownActor
	at := map[int64]int{}
	err := t.each(func(r *sql.Rows) error {
		var (
			k       summarize.KnownActor
			context string
		)
		if err := r.Scan(&k.ID, &k.Name, &k.Type, &k.Provisional, &context, when{&k.LastSeenAt}, &k.Mentions); err != nil {
			return err
		}
		_ = json.Unmarshal([]byte(context), &k.Context)
		at[k.ID] = len(actors)
		actors = append(actors, k)
		return nil
	}, `SELECT id, name, type, provisional, context, last_seen_at, articles FROM actors WHERE `+t.s.in("id")+` ORDER BY articles DESC, id`, t.s.ids(roots))
	if err != nil {
		return nil, err
	}
	err = t.each(func(r *sql.Rows) error {
		var root int64
		var name string
		if err := r.Scan(&root, &name); err != nil {
			return err
		}
		if i, ok := at[root]; ok && name != actors[i].Name && !slices.Contains(actors[i].Aliases, name) {
			actors[i].Aliases = append(actors[i].Aliases, name)
		}
		return nil
	}, `SELECT CASE WHEN a.merged_into <> 0 THEN a.merged_into ELSE a.id END, n.name FROM actors a JOIN actor_names n ON n.actor_id = a.id
		WHERE `+t.s.in("a.id")+` OR (a.merged_into <> 0 AND `+t.s.in("a.merged_into")+`) ORDER BY n.id`, t.s.ids(roots), t.s.ids(roots))
	return actors, err
}
