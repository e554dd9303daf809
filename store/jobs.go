package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"sitrep/bot"
)

// jobs inserts River jobs in the store's own transactions. It works none:
// package bot/jobs does, on the drivers below.
type jobs struct {
	sqlite   *river.Client[*sql.Tx]
	postgres *river.Client[pgx.Tx]
}

func newJobs(s *Store) (j jobs, err error) {
	// Insert-only clients take nothing but a logger.
	quiet := slog.New(slog.DiscardHandler)
	if s.engine == postgres {
		j.postgres, err = river.NewClient(riverpgxv5.New(s.pool), &river.Config{Logger: quiet})
	} else {
		j.sqlite, err = river.NewClient(riversqlite.New(s.w), &river.Config{Logger: quiet})
	}
	return j, err
}

// readOnce keeps one job a feed, from its insertion to its end. A feed that
// changes while it is being read gets no other: the job that runs doesn't end
// before it has seen the change (FinishRead).
var readOnce = river.InsertOpts{
	UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
		rivertype.JobStateScheduled, rivertype.JobStateRetryable,
	}},
}

// insertReads asks, within the transaction, for feeds to be read.
func (t *tx) insertReads(feedIDs ...int64) error {
	params := make([]river.InsertManyParams, len(feedIDs))
	for i, id := range feedIDs {
		params[i] = river.InsertManyParams{Args: bot.ReadFeed{FeedID: id}, InsertOpts: &readOnce}
	}
	var err error
	if t.s.engine == postgres {
		_, err = t.s.jobs.postgres.InsertManyTx(t.ctx, t.pgx, params)
	} else {
		_, err = t.s.jobs.sqlite.InsertManyTx(t.ctx, t.c.(*sql.Tx), params)
	}
	return err
}

// FinishRead ends the job that has read a feed, unless the feed has unread
// articles again: then it returns false, and the job goes on. It must be called
// with the context that River gave the job.
func (s *Store) FinishRead(ctx context.Context, job *river.Job[bot.ReadFeed]) (finished bool, err error) {
	defer s.wrap(&err, "finish reading feed %d", job.Args.FeedID)
	err = s.write(ctx, func(t *tx) (err error) {
		// The job's row first. Who is storing articles of this feed holds it, and
		// they are seen below; who comes later finds the job done, and inserts another.
		if s.engine == postgres {
			_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, t.pgx, job)
		} else {
			_, err = river.JobCompleteTx[*riversqlite.Driver](t.ctx, t.c.(*sql.Tx), job)
		}
		if errors.Is(err, rivertype.ErrNotFound) {
			return nil // taken from us, as stuck: whoever has it will finish it
		}
		if err != nil {
			return err
		}
		var unread bool
		if err := t.row(`SELECT EXISTS (SELECT 1 FROM articles WHERE feed_id = ? AND stage = 'stored')`, job.Args.FeedID).Scan(&unread); err != nil {
			return err
		}
		if unread {
			return errUnread
		}
		return nil
	})
	if errors.Is(err, errUnread) {
		return false, nil
	}
	return err == nil, err
}

var errUnread = errors.New("the feed has unread articles again")

// SQLiteJobs is River's driver on the SQLite database's write connection; nil
// on PostgreSQL.
func (s *Store) SQLiteJobs() riverdriver.Driver[*sql.Tx] {
	if s.engine != sqlite {
		return nil
	}
	return riversqlite.New(s.w)
}

// PostgresJobs is River's driver on the PostgreSQL pool; nil on SQLite.
func (s *Store) PostgresJobs() riverdriver.Driver[pgx.Tx] {
	if s.engine != postgres {
		return nil
	}
	return riverpgxv5.New(s.pool)
}
