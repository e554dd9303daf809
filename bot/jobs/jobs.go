// Package jobs works the durable jobs that the store inserts, on River, on
// SQLite and PostgreSQL alike.
//
// In come two functions of the use cases: read a feed's unread articles, and
// tidy up. Jobs are at least once: a process that is killed in the middle of
// one leaves it to be run again, so what it calls may be repeated.
//
// Nothing that has a time of its own hangs on a job's tick: digests and
// summaries are due by their rows. The sweep here only finds what a crash
// has left behind, and may come late.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"sitrep/bot"
)

// A Database lends River its driver: one of the two is nil. *store.Store is one.
type Database interface {
	SQLiteJobs() riverdriver.Driver[*sql.Tx]
	PostgresJobs() riverdriver.Driver[pgx.Tx]
}

// A Backlog knows what a crash has left behind. *store.Store is one.
type Backlog interface {
	// ResumeJobs frees jobs that a dead process was running, where it is known
	// to be dead: SQLite has one process that works jobs.
	ResumeJobs(ctx context.Context) error
	// FeedsUnread lists feeds with articles stored before a time and not read.
	FeedsUnread(ctx context.Context, before time.Time, limit int) ([]int64, error)
	QueueReads(ctx context.Context, feedIDs []int64) error
	// FinishRead ends a job in whose feed nothing is unread; else it returns false.
	FinishRead(ctx context.Context, job *river.Job[bot.ReadFeed]) (finished bool, err error)
}

// Work is what jobs call. Both functions may be called again for what they
// have done already, by any process.
type Work struct {
	// Read reads a feed's unread articles until there is none. Its error has
	// the job tried again later.
	Read func(ctx context.Context, feedID int64) error
	// Tidy forgets what retention lets go. Nil: nothing to do.
	Tidy func(ctx context.Context) error
}

// Options of New. The zero value is meant for use.
type Options struct {
	// Readers is how many feeds are read at once in this process. Default: 4.
	Readers int
	// Timeout is how long a job may take. Default: 5 minutes.
	Timeout time.Duration
	// RescueAfter is when a running job whose process died is run again. It
	// must be longer than Timeout. Default: Timeout and one minute.
	RescueAfter time.Duration
	// Poll is how often SQLite is asked for new jobs, and PostgreSQL where a
	// notification was missed. Default: two seconds.
	Poll time.Duration
	// SweepEvery is how often forgotten articles are looked for. Default: 5 minutes.
	SweepEvery time.Duration
	// TidyEvery is how often Tidy is called. Default: an hour.
	TidyEvery time.Duration
	// Grace is how long running jobs may go on after Stop was called; then
	// they are cancelled, to be run again. Default: 6 seconds.
	Grace time.Duration
	// Log takes River's warnings and failed jobs. Default: slog.Default().
	Log *slog.Logger
}

// sweep and tidy have no arguments: one of each waits at most.
type sweep struct{}

func (sweep) Kind() string { return "sweep" }

type tidy struct{}

func (tidy) Kind() string { return "tidy" }

// client is what both of River's clients can do.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// A Client works jobs from Start to Stop.
type Client struct {
	river   client
	backlog Backlog

	mu      sync.Mutex
	started bool
}

// New makes a client that works jobs on db. It does nothing before Start.
func New(db Database, backlog Backlog, w Work, o Options) (*Client, error) {
	if w.Read == nil {
		return nil, errors.New("jobs: no function to read feeds")
	}
	o = withDefaults(o)
	if o.RescueAfter <= o.Timeout {
		return nil, fmt.Errorf("jobs: RescueAfter (%s) must be longer than Timeout (%s)", o.RescueAfter, o.Timeout)
	}
	cfg := config(backlog, w, o)
	var (
		c   = Client{backlog: backlog}
		err error
	)
	if d := db.SQLiteJobs(); d != nil {
		// Asking for notifications would be a query every 50 ms.
		cfg.PollOnly = true
		c.river, err = river.NewClient(d, cfg)
	} else {
		c.river, err = river.NewClient(db.PostgresJobs(), cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("set up jobs: %w", err)
	}
	return &c, nil
}

func withDefaults(o Options) Options {
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Minute
	}
	if o.RescueAfter <= 0 {
		o.RescueAfter = o.Timeout + time.Minute
	}
	if o.Poll <= 0 {
		o.Poll = 2 * time.Second
	}
	if o.SweepEvery <= 0 {
		o.SweepEvery = 5 * time.Minute
	}
	if o.TidyEvery <= 0 {
		o.TidyEvery = time.Hour
	}
	if o.Grace <= 0 {
		o.Grace = 6 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// looks is how often a job reads a feed that goes on changing before it lets others pass.
const looks = 3

func config(backlog Backlog, w Work, o Options) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[bot.ReadFeed]) error {
		// The feed may change while it is read, and gets no second job meanwhile.
		for range looks {
			if err := w.Read(ctx, job.Args.FeedID); err != nil {
				return err
			}
			if finished, err := backlog.FinishRead(ctx, job); err != nil || finished {
				return err
			}
		}
		return river.JobSnooze(time.Second)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[sweep]) error {
		// What has been unread for longer than a sweep lasts has no job: it was given up.
		ids, err := backlog.FeedsUnread(ctx, time.Now().Add(-o.SweepEvery), 1000)
		if err != nil {
			return err
		}
		return backlog.QueueReads(ctx, ids)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[tidy]) error {
		if w.Tidy == nil {
			return nil
		}
		return w.Tidy(ctx)
	}))
	once := func() *river.InsertOpts {
		return &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}}}
	}
	periodic := []*river.PeriodicJob{
		river.NewPeriodicJob(river.PeriodicInterval(o.SweepEvery), func() (river.JobArgs, *river.InsertOpts) { return sweep{}, once() },
			&river.PeriodicJobOpts{RunOnStart: true}),
	}
	if w.Tidy != nil {
		periodic = append(periodic, river.NewPeriodicJob(river.PeriodicInterval(o.TidyEvery),
			func() (river.JobArgs, *river.InsertOpts) { return tidy{}, once() }, nil))
	}
	return &river.Config{
		// One queue, whose jobs run in the order in which they came: each costs an idle process some queries every few seconds.
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: o.Readers}},
		Workers:              workers,
		PeriodicJobs:         periodic,
		JobTimeout:           o.Timeout,
		SoftStopTimeout:      o.Grace,
		RescueStuckJobsAfter: o.RescueAfter,
		FetchCooldown:        min(100*time.Millisecond, o.Poll),
		FetchPollInterval:    o.Poll,
		MaxAttempts:          12,
		RetryPolicy:          retry{},
		// They are many and tell little once they are done.
		CompletedJobRetentionPeriod: 10 * time.Minute,
		ErrorHandler:                logger{o.Log},
		Logger:                      slog.New(warnings{o.Log.Handler()}),
	}
}

// retry waits 15 seconds, doubled at each failure, to ten minutes: articles
// are news.
type retry struct{}

func (retry) NextRetry(job *rivertype.JobRow) time.Time {
	wait := 15 * time.Second << min(len(job.Errors), 6)
	return time.Now().Add(min(wait, 10*time.Minute))
}

// logger tells of failed jobs.
type logger struct{ log *slog.Logger }

func (l logger) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		l.log.WarnContext(ctx, "job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "args", string(job.EncodedArgs), "err", err)
	}
	return nil
}

func (l logger) HandlePanic(ctx context.Context, job *rivertype.JobRow, panicVal any, trace string) *river.ErrorHandlerResult {
	l.log.ErrorContext(ctx, "job panicked", "kind", job.Kind, "job", job.ID, "args", string(job.EncodedArgs), "panic", panicVal, "trace", trace)
	return nil
}

// warnings lets through what River warns of, and not its daily round.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }

// Start begins to work jobs, until Stop. Jobs don't end with ctx's end; a
// second Start does nothing.
func (c *Client) Start(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started {
		return nil
	}
	if err := c.backlog.ResumeJobs(ctx); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	if err := c.river.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	c.started = true
	return nil
}

// Stop takes no further jobs, waits for the running ones for Options.Grace,
// cancels what is left, and records how each ended. It fails where that lasts
// longer than ctx: such jobs are rescued later. A second Stop does nothing.
func (c *Client) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.started {
		return nil
	}
	c.started = false
	if err := c.river.Stop(ctx); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}
