package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sitrep/bot"
	"sitrep/summarize/text"
)

var _ bot.ActorOps = (*Store)(nil)

// Two actors that are merged stay as they are stored; the one points to the
// other, and every answer follows. So undoing is exact.

// MergeActors implements bot.ActorOps. ErrConflict: they are one already.
func (s *Store) MergeActors(ctx context.Context, into, from int64, by string, at time.Time) (opID int64, err error) {
	defer s.wrap(&err, "merge actor %d into %d", from, into)
	err = s.write(ctx, func(t *tx) error {
		a, _, err := t.whoIs(into)
		if err != nil {
			return err
		}
		b, moved, err := t.whoIs(from)
		if err != nil {
			return err
		}
		if a == b {
			return bot.ErrConflict
		}
		if _, err := t.exec(`UPDATE actors SET merged_into = ? WHERE `+s.in("id"), a, s.ids(moved)); err != nil {
			return err
		}
		subs, err := t.moveSubscriptions(b, a)
		if err != nil {
			return err
		}
		opID, err = t.logOp("merge", a, b, actorOp{Moved: moved, Subscriptions: subs}, by, at)
		return err
	})
	return opID, err
}

// actorOp is what undoing an operation needs.
type actorOp struct {
	Moved         []int64 `json:"moved,omitempty"`         // a merge: the actors that were pointed elsewhere, the first their root
	Names         []int64 `json:"names,omitempty"`         // a split: the names that went
	Name          string  `json:"name,omitempty"`          // a split: what the actor was called before
	Subscriptions []int64 `json:"subscriptions,omitempty"` // that followed the actor that was merged
}

func (t *tx) moveSubscriptions(from, to int64) ([]int64, error) {
	return list(t, scanID, `UPDATE subscriptions SET actor_id = ? WHERE actor_id = ? AND NOT EXISTS (
			SELECT 1 FROM subscriptions o WHERE o.guild_id = subscriptions.guild_id AND o.place = subscriptions.place AND o.query = subscriptions.query
				AND o.story_id = subscriptions.story_id AND o.actor_id = ?) RETURNING id`, to, from, to)
}

func (t *tx) logOp(kind string, actor, other int64, detail actorOp, by string, at time.Time) (int64, error) {
	body, err := json.Marshal(detail)
	if err != nil {
		return 0, err
	}
	return scanID(t.row(`INSERT INTO actor_ops (kind, actor_id, other_id, detail, by_user, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		kind, actor, other, string(body), by, micros(at)))
}

// SplitActor implements bot.ActorOps: the aliases, and the articles whose
// fullest name of the actor is one of them, go to a new actor. ErrNotFound: it
// has none of the aliases; ErrConflict: it would keep no name.
func (s *Store) SplitActor(ctx context.Context, actorID int64, aliases []string, by string, at time.Time) (opID, newID int64, err error) {
	defer s.wrap(&err, "split actor %d", actorID)
	folded := make([]string, 0, len(aliases))
	for _, a := range aliases {
		folded = append(folded, text.FoldPlain(a))
	}
	err = s.write(ctx, func(t *tx) error {
		var kind, name string
		if err := t.row(`SELECT type, name FROM actors WHERE id = ?`, actorID).Scan(&kind, &name); err != nil {
			return err
		}
		var names []int64
		first, kept := "", ""
		if err := t.each(func(r *sql.Rows) error {
			var id int64
			var fold, spelt string
			if err := r.Scan(&id, &fold, &spelt); err != nil {
				return err
			}
			if slices.Contains(folded, fold) {
				names = append(names, id)
				if len(spelt) > len(first) {
					first = spelt
				}
			} else if len(spelt) > len(kept) {
				kept = spelt
			}
			return nil
		}, `SELECT id, folded, name FROM actor_names WHERE actor_id = ? ORDER BY id`, actorID); err != nil {
			return err
		}
		if len(names) == 0 {
			return bot.ErrNotFound
		}
		if kept == "" {
			return bot.ErrConflict
		}
		if newID, err = scanID(t.row(`INSERT INTO actors (name, type, provisional, context, articles, created_at, last_seen_at) VALUES (?, ?, FALSE, '[]', 0, ?, 0) RETURNING id`,
			first, kind, micros(at))); err != nil {
			return err
		}
		if slices.Contains(folded, text.FoldPlain(name)) {
			if _, err := t.exec(`UPDATE actors SET name = ? WHERE id = ?`, kept, actorID); err != nil {
				return err
			}
		}
		if err := t.moveNames(names, actorID, newID); err != nil {
			return err
		}
		opID, err = t.logOp("split", actorID, newID, actorOp{Names: names, Name: name}, by, at)
		return err
	})
	return opID, newID, err
}

// moveNames gives names, and the appearances under them, to another actor, and
// counts both anew.
func (t *tx) moveNames(names []int64, from, to int64) error {
	if _, err := t.exec(`UPDATE actor_names SET actor_id = ? WHERE `+t.s.in("id"), to, t.s.ids(names)); err != nil {
		return err
	}
	if _, err := t.exec(`UPDATE appearances SET actor_id = ? WHERE actor_id = ? AND `+t.s.in("name_id"), to, from, t.s.ids(names)); err != nil {
		return err
	}
	for _, id := range []int64{from, to} {
		for _, query := range []string{
			`DELETE FROM actor_feeds WHERE actor_id = ?`,
			`INSERT INTO actor_feeds (actor_id, feed_id, articles, last_at)
				SELECT actor_id, feed_id, count(DISTINCT article_id), max(at) FROM appearances WHERE actor_id = ? GROUP BY actor_id, feed_id`,
			`DELETE FROM actor_words WHERE actor_id = ?`,
			`DELETE FROM actor_grams WHERE actor_id = ?`,
		} {
			if _, err := t.exec(query, id); err != nil {
				return err
			}
		}
		if _, err := t.exec(`UPDATE actors SET articles = coalesce((SELECT sum(articles) FROM actor_feeds WHERE actor_id = ?), 0),
				last_seen_at = coalesce((SELECT max(last_at) FROM actor_feeds WHERE actor_id = ?), last_seen_at) WHERE id = ?`, id, id, id); err != nil {
			return err
		}
		folded, err := list(t, scanText, `SELECT folded FROM actor_names WHERE actor_id = ?`, id)
		if err != nil {
			return err
		}
		for _, f := range folded {
			if err := t.indexName(id, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// UndoActorOp implements bot.ActorOps. An operation that others have built upon
// is undone after them: ErrConflict until then, and when it is undone already.
func (s *Store) UndoActorOp(ctx context.Context, opID int64) (err error) {
	defer s.wrap(&err, "undo actor operation %d", opID)
	return s.write(ctx, func(t *tx) error {
		var (
			kind, body   string
			actor, other int64
			undone       bool
			op           actorOp
		)
		if err := t.row(`SELECT kind, actor_id, other_id, detail, undone FROM actor_ops WHERE id = ?`, opID).Scan(&kind, &actor, &other, &body, &undone); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(body), &op); err != nil {
			return err
		}
		later, err := list(t, scanID, `SELECT id FROM actor_ops WHERE id > ? AND NOT undone AND (actor_id IN (?, ?) OR other_id IN (?, ?)) LIMIT 1`,
			opID, actor, other, actor, other)
		if err != nil {
			return err
		}
		if undone || len(later) > 0 {
			return bot.ErrConflict
		}
		switch kind {
		case "merge":
			if _, err := t.exec(`UPDATE actors SET merged_into = CASE WHEN id = ? THEN 0 ELSE ? END WHERE `+s.in("id"), other, other, s.ids(op.Moved)); err != nil {
				return err
			}
			if _, err := t.exec(`UPDATE subscriptions SET actor_id = ? WHERE actor_id = ? AND `+s.in("id"), other, actor, s.ids(op.Subscriptions)); err != nil {
				return err
			}
		case "split":
			// What has been written of the new actor since goes back with it.
			names, err := list(t, scanID, `SELECT id FROM actor_names WHERE actor_id = ? AND NOT EXISTS (
				SELECT 1 FROM actor_names o WHERE o.actor_id = ? AND o.folded = actor_names.folded)`, other, actor)
			if err != nil {
				return err
			}
			if err := t.moveNames(names, other, actor); err != nil {
				return err
			}
			if _, err := t.exec(`UPDATE actors SET merged_into = ? WHERE id = ?`, actor, other); err != nil {
				return err
			}
			if _, err := t.exec(`UPDATE actors SET name = ? WHERE id = ?`, op.Name, actor); err != nil {
				return err
			}
		default:
			return fmt.Errorf("unknown operation %q", kind)
		}
		_, err = t.exec(`UPDATE actor_ops SET undone = TRUE WHERE id = ?`, opID)
		return err
	})
}
