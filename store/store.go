package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	lite "modernc.org/sqlite"
	litecode "modernc.org/sqlite/lib"

	"sitrep/bot"
)

//go:embed migrations
var migrations embed.FS

// Options of Open. The zero value is meant for use.
type Options struct {
	// Now is the clock that leases and quotas of the store's own go by.
	// Default: time.Now.
	Now func() time.Time
	// Log takes what goes wrong behind the scenes. Default: slog.Default().
	Log *slog.Logger
	// Readers is how many queries run beside the writer on SQLite. Default: 4.
	Readers int
	// MaxConns bounds the connections to PostgreSQL. Default: 16.
	MaxConns int
	// Patience is how long a statement waits for a SQLite file that another
	// process has locked. Default: 10 seconds.
	Patience time.Duration
}

// A Store is one database. It is safe for concurrent use, and on PostgreSQL
// for use by several processes.
type Store struct {
	engine  engine
	name    string  // for messages: the path, or host and database; no password
	w       *sql.DB // SQLite: the one connection that writes
	r       *sql.DB // SQLite: readers; PostgreSQL: the same as w
	pool    *pgxpool.Pool
	now     func() time.Time
	log     *slog.Logger
	jobs    jobs
	changed changedQueue
	dollars sync.Map // statements rewritten for PostgreSQL
	temp    string   // directory to remove on Close
}

// Open opens the database that dsn names: postgres://…, or the path of a
// SQLite file, which is created with its directory when missing. ":memory:"
// is a file that Close removes. An error that somebody can mend is a
// *bot.UserError; none of them tells a password. Call Migrate before use.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	s := &Store{now: o.Now, log: o.Log}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	var err error
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		s.changed.writers = make(chan struct{}, 2)
		err = s.openPostgres(ctx, dsn, o)
	} else {
		s.changed.writers = make(chan struct{}, 1)
		err = s.openSQLite(ctx, dsn, o)
	}
	if err == nil {
		s.jobs, err = newJobs(s)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) openSQLite(ctx context.Context, path string, o Options) error {
	s.engine = sqlite
	if path == ":memory:" {
		dir, err := os.MkdirTemp("", "sitrep-store-")
		if err != nil {
			return fmt.Errorf("make room for a temporary database: %w", err)
		}
		s.temp, path = dir, filepath.Join(dir, "sitrep.db")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	s.name = path
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return openError("unwritable", err, "the directory of the database, %s, can't be made: give a path that this user may write to", filepath.Dir(path))
	}
	// SQLite's own word for every trouble here is "unable to open database
	// file"; the operating system says which.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	switch {
	case errors.Is(err, fs.ErrPermission) || isReadOnlyFS(err):
		return openError("unwritable", err, "the database %s can't be written to: give this user write permission on the file and its directory, or another path", path)
	case err != nil:
		return openError("unopenable", err, "the database %s can't be opened (%v): give the path of a file", path, err)
	}
	f.Close()

	patience := o.Patience
	if patience <= 0 {
		patience = 10 * time.Second
	}
	common := []string{fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "foreign_keys(1)", "temp_store(2)"}
	dsn := func(pragmas ...string) string {
		v := url.Values{"_pragma": append(pragmas, common...)}
		return (&url.URL{Scheme: "file", OmitHost: true, Path: path}).String() + "?" + v.Encode()
	}
	// synchronous(2): a delivery that was recorded before a power failure is
	// recorded after it.
	//
	// Each connection has a cache of its own, in KiB; behind them the system caches the file.
	w, err := openLite(dsn("journal_mode(wal)", "synchronous(2)", "cache_size(-8000)", "wal_autocheckpoint(2000)", "journal_size_limit(67108864)") + "&_txlock=immediate")
	if err != nil {
		return err
	}
	w.SetMaxOpenConns(1)
	s.w = w
	r, err := openLite(dsn("query_only(1)", "cache_size(-4000)"))
	if err != nil {
		return err
	}
	n := o.Readers
	if n <= 0 {
		n = 4
	}
	r.SetMaxOpenConns(n)
	r.SetMaxIdleConns(n)
	s.r = r

	var tables, ours int
	err = s.w.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(name = 'goose_db_version'), 0) FROM sqlite_master WHERE type = 'table'`).Scan(&tables, &ours)
	if err != nil {
		return s.explain("open", err)
	}
	if tables > 0 && ours == 0 {
		return openError("foreign", nil, "%s is the database of another program: give another path", path)
	}
	return nil
}

func (s *Store) openPostgres(ctx context.Context, dsn string, o Options) error {
	s.engine = postgres
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return openError("dsn", errors.New("unreadable connection string"), "the database address can't be read: write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters in the password percent-encoded")
	}
	cfg.MaxConns = 16
	if o.MaxConns > 0 {
		cfg.MaxConns = int32(o.MaxConns)
	}
	s.name = fmt.Sprintf("%s on %s:%d", cfg.ConnConfig.Database, cfg.ConnConfig.Host, cfg.ConnConfig.Port)
	s.pool, err = pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("open PostgreSQL: %w", err)
	}
	s.w = stdlib.OpenDBFromPool(s.pool)
	s.r = s.w
	var version int
	if err := s.w.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return s.explain("open", err)
	}
	if version < 140000 {
		return openError("version", nil, "PostgreSQL %d is too old: version 14 or newer is needed", version/10000)
	}
	return nil
}

// Close waits for running statements and closes the database.
func (s *Store) Close() error {
	var errs []error
	if s.r != nil && s.r != s.w {
		errs = append(errs, s.r.Close())
	}
	if s.w != nil {
		errs = append(errs, s.w.Close())
	}
	if s.pool != nil {
		s.pool.Close()
	}
	if s.temp != "" {
		errs = append(errs, os.RemoveAll(s.temp))
	}
	return errors.Join(errs...)
}

// Name says which database it is, without credentials.
func (s *Store) Name() string { return s.name }

// Engine is "sqlite" or "postgres".
func (s *Store) Engine() string { return string(s.engine) }

// Made is when this database was set up, as text. It tells one database from
// another, for all processes that share it alike.
func (s *Store) Made(ctx context.Context) (at string, err error) {
	defer s.wrap(&err, "when the database was made")
	err = s.read(ctx, func(t *tx) error {
		return t.row(`SELECT CAST(MIN(tstamp) AS TEXT) FROM goose_db_version`).Scan(&at)
	})
	return at, err
}

// migrateLock keeps processes that start together from migrating together.
const migrateLock = 7_395_121_443

// Migrate brings the database to this program's version: our tables, and
// River's. Several processes may call it at once. A database that a newer
// program has migrated is left alone with a *bot.UserError.
func (s *Store) Migrate(ctx context.Context) error {
	if s.engine == postgres {
		c, err := s.w.Conn(ctx)
		if err != nil {
			return s.explain("migrate", err)
		}
		defer c.Close()
		if _, err := c.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(migrateLock)); err != nil {
			return s.explain("migrate", err)
		}
		defer c.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrateLock)) //nolint:errcheck // ends with the session
	}
	p, err := s.goose()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return s.explain("migrate", err)
	}
	if have > want {
		return newerSchema(s.name, have, want)
	}
	if _, err := p.Up(ctx); err != nil {
		return s.explain("migrate", err)
	}
	quiet := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	if s.engine == postgres {
		m, err := rivermigrate.New(riverpgxv5.New(s.pool), quiet)
		if err == nil {
			_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		}
		return s.explain("migrate the job tables", err)
	}
	m, err := rivermigrate.New(riversqlite.New(s.w), quiet)
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	return s.explain("migrate the job tables", err)
}

// CheckSchema reports, as a *bot.UserError, a database that Migrate has not
// brought to this program's version.
func (s *Store) CheckSchema(ctx context.Context) error {
	p, err := s.goose()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return s.explain("read the database's version", err)
	case have > want:
		return newerSchema(s.name, have, want)
	case have < want:
		return openError("behind", nil, "the database %s has version %d, this program needs %d: run sitrep migrate", s.name, have, want)
	}
	return nil
}

func newerSchema(name string, have, want int64) error {
	return openError("newer", nil, "the database %s was made by a newer sitrep (version %d, this one knows %d): install that version, or restore the backup made before", name, have, want)
}

func (s *Store) goose() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if s.engine == postgres {
		dialect = goose.DialectPostgres
	}
	dir, err := fs.Sub(migrations, "migrations/"+string(s.engine))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, s.w, dir, goose.WithDisableGlobalRegistry(true))
}

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.explain("reach the database", s.r.QueryRowContext(ctx, `SELECT 1`).Scan(&one))
}

// Check looks for damage: on SQLite by PRAGMA quick_check, which reads the
// whole file; PostgreSQL keeps watch itself. Damage is a *bot.UserError.
func (s *Store) Check(ctx context.Context) error {
	if s.engine == postgres {
		return s.Ping(ctx)
	}
	var first string
	if err := s.r.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&first); err != nil {
		return s.explain("check the database", err)
	}
	if first != "ok" {
		return damaged(s.name, errors.New(first))
	}
	return nil
}

// Vacuum gives unused space back. It needs as much free disk as the database
// takes, and holds writers up while it runs.
func (s *Store) Vacuum(ctx context.Context) error {
	query := `VACUUM`
	if s.engine == postgres {
		query = `VACUUM (ANALYZE)`
	}
	_, err := s.w.ExecContext(ctx, query)
	if err == nil && s.engine == sqlite {
		_, err = s.w.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
	return s.explain("vacuum", err)
}

func openError(code string, err error, format string, args ...any) error {
	return &bot.UserError{Code: "store." + code, Text: fmt.Sprintf(format, args...), Err: err}
}

func damaged(name string, err error) error {
	return openError("damaged", err, "the database %s is damaged: stop sitrep, move the file away (with its -wal and -shm) and put the last file of sitrep backup in its place", name)
}

// explain turns what the operator can mend into a *bot.UserError, and names
// for anything else what was being done.
func (s *Store) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	var le *lite.Error
	if errors.As(err, &le) {
		switch le.Code() & 0xff {
		case litecode.SQLITE_NOTADB:
			return openError("damaged", err, "%s is not a database of sitrep, or its head is damaged: give another path, or restore a backup", s.name)
		case litecode.SQLITE_CORRUPT:
			return damaged(s.name, err)
		case litecode.SQLITE_BUSY, litecode.SQLITE_LOCKED:
			return openError("locked", err, "the database %s is locked by another program: stop it, or try again when it is done", s.name)
		case litecode.SQLITE_READONLY, litecode.SQLITE_PERM:
			return openError("unwritable", err, "the database %s can't be written to: give this user write permission on the file and its directory, or another path", s.name)
		case litecode.SQLITE_CANTOPEN:
			return openError("unopenable", err, "the database %s can't be opened: check that its directory is there and may be written to", s.name)
		case litecode.SQLITE_FULL:
			return openError("full", err, "there is no room left for the database %s: free some disk space", s.name)
		case litecode.SQLITE_IOERR:
			return openError("disk", err, "the disk under the database %s reports errors: check the disk and its free space", s.name)
		}
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch pe.Code {
		case "28P01", "28000":
			return openError("login", err, "PostgreSQL refuses the user or password for %s: check DATABASE_URL", s.name)
		case "3D000":
			return openError("missing", err, "there is no such database as %s: create it, or check DATABASE_URL", s.name)
		case "53300":
			return openError("connections", err, "PostgreSQL has no connection left for %s: raise its max_connections, or lower ours", s.name)
		case "53100":
			return openError("full", err, "PostgreSQL has no disk space left for %s: free some", s.name)
		case "42501", "25006":
			return openError("unwritable", err, "PostgreSQL does not let us write to %s: grant this user the rights, and connect to the primary", s.name)
		case "42P01":
			return openError("behind", err, "the tables of %s are missing: run sitrep migrate", s.name)
		}
	}
	var ce *pgconn.ConnectError
	if errors.As(err, &ce) {
		return openError("unreachable", err, "PostgreSQL can't be reached for %s: check that it runs, its address and the network", s.name)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// wrap names what was being done, keeps the sentinel errors of package bot,
// and explains what the operator can mend.
func (s *Store) wrap(err *error, doing string, args ...any) {
	if *err == nil {
		return
	}
	doing = fmt.Sprintf(doing, args...)
	if errors.Is(*err, sql.ErrNoRows) || errors.Is(*err, pgx.ErrNoRows) {
		*err = fmt.Errorf("%s: %w", doing, bot.ErrNotFound)
		return
	}
	*err = s.explain(doing, *err)
}

// isDuplicate reports a broken uniqueness.
func isDuplicate(err error) bool {
	var le *lite.Error
	if errors.As(err, &le) {
		return le.Code() == litecode.SQLITE_CONSTRAINT_UNIQUE || le.Code() == litecode.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	var pe *pgconn.PgError
	return errors.As(err, &pe) && pe.Code == "23505"
}
