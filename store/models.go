package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"sitrep/bot"
)

var _ bot.ModelStore = (*Store)(nil)

// SpendModel implements bot.ModelStore.
func (s *Store) SpendModel(ctx context.Context, day, account string, tokens int64, money float64, calls int) (spent bot.ModelSpend, err error) {
	defer s.wrap(&err, "account of the language model")
	err = s.write(ctx, func(t *tx) error {
		if _, err := t.exec(`INSERT INTO model_spend (day, account, tokens, money, calls) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (day, account) DO UPDATE SET tokens = model_spend.tokens + excluded.tokens, money = model_spend.money + excluded.money,
				calls = model_spend.calls + excluded.calls`, day, account, tokens, money, calls); err != nil {
			return err
		}
		spent.Day = day
		return t.row(`SELECT tokens, money, calls FROM model_spend WHERE day = ? AND account = ?`, day, account).Scan(&spent.Tokens, &spent.Money, &spent.Calls)
	})
	return spent, err
}

// ModelAnswer implements bot.ModelStore.
func (s *Store) ModelAnswer(ctx context.Context, question string) (answer []byte, ok bool, err error) {
	defer s.wrap(&err, "answers of the language model")
	err = s.read(ctx, func(t *tx) error {
		return t.row(`SELECT answer FROM model_answers WHERE question = ?`, question).Scan(&answer)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return answer, err == nil, err
}

// SaveModelAnswer implements bot.ModelStore.
func (s *Store) SaveModelAnswer(ctx context.Context, question string, answer []byte, at time.Time) (err error) {
	defer s.wrap(&err, "answers of the language model")
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO model_answers (question, answer, at) VALUES (?, ?, ?)
			ON CONFLICT (question) DO UPDATE SET answer = excluded.answer, at = excluded.at`, question, answer, micros(at))
		return err
	})
}

// PruneModelAnswers implements bot.ModelStore.
func (s *Store) PruneModelAnswers(ctx context.Context, before time.Time) (n int, err error) {
	defer s.wrap(&err, "prune the answers of the language model")
	err = s.write(ctx, func(t *tx) error {
		gone, err := t.exec(`DELETE FROM model_answers WHERE at < ?`, micros(before))
		n = int(gone)
		return err
	})
	return n, err
}

// FollowersOf implements bot.ModelStore.
func (s *Store) FollowersOf(ctx context.Context, feedID int64) (guilds []string, err error) {
	defer s.wrap(&err, "followers of feed %d", feedID)
	err = s.read(ctx, func(t *tx) (err error) {
		guilds, err = list(t, scanText, `SELECT f.guild_id FROM follows f JOIN guilds g ON g.id = f.guild_id
			WHERE f.feed_id = ? AND g.left_at = 0 ORDER BY f.guild_id`, feedID)
		return err
	})
	return guilds, err
}

// BriefedBy tells which engine read each of the articles: article id -> engine.
func (s *Store) BriefedBy(ctx context.Context, articles []int64) (engines map[int64]string, err error) {
	defer s.wrap(&err, "engines of briefs")
	engines = map[int64]string{}
	if len(articles) == 0 {
		return engines, nil
	}
	err = s.read(ctx, func(t *tx) error {
		return t.each(func(r *sql.Rows) error {
			var id int64
			var engine string
			err := r.Scan(&id, &engine)
			engines[id] = engine
			return err
		}, `SELECT article_id, engine FROM briefs WHERE `+s.in("article_id"), s.ids(articles))
	})
	return engines, err
}
