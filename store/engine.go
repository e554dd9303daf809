package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// engine says which of the two databases a Store speaks to.
type engine string

const (
	sqlite   engine = "sqlite"
	postgres engine = "postgres"
)

// conn is what statements run on: *sql.Tx or *sql.Conn.
type conn interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// tx runs statements, written with ?, within one transaction. It is used by
// one goroutine, and by one statement at a time: rows are read to the end
// before the next one.
type tx struct {
	ctx context.Context
	s   *Store
	c   conn
	pgx pgx.Tx // PostgreSQL, writing: the same transaction, as River wants it
}

// write runs fn in a transaction that may write. On SQLite it holds the only
// write connection, on PostgreSQL one of the pool. An error of fn rolls back.
// fn must use its tx alone: any other call of the Store would wait for it; and
// it may be called again, where PostgreSQL ended one of two transactions that
// waited for each other.
func (s *Store) write(ctx context.Context, fn func(*tx) error) error {
	if s.engine == postgres {
		err := s.writePostgres(ctx, fn)
		for try := 0; try < 5 && gaveWay(err) && ctx.Err() == nil; try++ {
			err = s.writePostgres(ctx, fn)
		}
		return err
	}
	sqlTx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// Once begun it is short. A watcher for every statement would cost more
	// than the statements.
	t := &tx{ctx: context.WithoutCancel(ctx), s: s, c: sqlTx}
	defer sqlTx.Rollback() //nolint:errcheck // after Commit it does nothing
	if err := fn(t); err != nil {
		return err
	}
	return sqlTx.Commit()
}

// gaveWay reports that PostgreSQL ended a transaction in favour of another:
// nothing of it is left, and it may be tried again.
func gaveWay(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40P01" || pe.Code == "40001")
}

// writePostgres begins on the driver's own connection, so that River's
// statements and ours share the transaction.
func (s *Store) writePostgres(ctx context.Context, fn func(*tx) error) error {
	c, err := s.w.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // goes back to the pool
	// Once begun it is short, and runs to its end: a statement that is cancelled
	// on its way costs the connection, and pgx panics where that is closed from
	// two sides at once (github.com/jackc/pgx/issues/2332).
	ctx = context.WithoutCancel(ctx)
	var pgTx pgx.Tx
	err = c.Raw(func(driverConn any) (err error) {
		pgTx, err = driverConn.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	})
	if err != nil {
		return err
	}
	defer pgTx.Rollback(ctx) //nolint:errcheck // after Commit it does nothing
	if err := fn(&tx{ctx: ctx, s: s, c: c, pgx: pgTx}); err != nil {
		return err
	}
	return pgTx.Commit(ctx)
}

// read runs fn on one snapshot of the database.
func (s *Store) read(ctx context.Context, fn func(*tx) error) error {
	t := &tx{ctx: ctx, s: s}
	var opts *sql.TxOptions
	if s.engine == postgres {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	sqlTx, err := s.r.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer sqlTx.Rollback() //nolint:errcheck // nothing was written
	t.c = sqlTx
	return fn(t)
}

func (t *tx) exec(query string, args ...any) (int64, error) {
	clean(args)
	res, err := t.c.ExecContext(t.ctx, t.s.dialect(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// execAll runs one statement with each list of arguments. On PostgreSQL that is
// one trip over the network.
func (t *tx) execAll(query string, lists [][]any) error {
	if t.pgx == nil || len(lists) < 2 {
		for _, args := range lists {
			if _, err := t.exec(query, args...); err != nil {
				return err
			}
		}
		return nil
	}
	var batch pgx.Batch
	for _, args := range lists {
		clean(args)
		batch.Queue(t.s.dialect(query), args...)
	}
	return t.pgx.SendBatch(t.ctx, &batch).Close()
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	clean(args)
	return t.c.QueryContext(t.ctx, t.s.dialect(query), args...)
}

func (t *tx) row(query string, args ...any) *sql.Row {
	clean(args)
	return t.c.QueryRowContext(t.ctx, t.s.dialect(query), args...)
}

// each runs a query and calls scan for every row.
func (t *tx) each(scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := t.query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// list runs a query and collects what scan makes of each row.
func list[T any](t *tx, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := t.each(func(r *sql.Rows) error {
		v, err := scan(r)
		if err != nil {
			return err
		}
		all = append(all, v)
		return nil
	}, query, args...)
	return all, err
}

// row is a result to be scanned: *sql.Row or *sql.Rows.
type row interface{ Scan(dest ...any) error }

func scanID(r row) (id int64, err error) { return id, r.Scan(&id) }

func scanText(r row) (s string, err error) { return s, r.Scan(&s) }

// dialect turns ? into $1, $2, … for PostgreSQL. Our statements have no other
// question mark.
func (s *Store) dialect(query string) string {
	if s.engine == sqlite {
		return query
	}
	if q, ok := s.dollars.Load(query); ok {
		return q.(string)
	}
	var b strings.Builder
	n := 0
	for i := 0; i < len(query); i++ {
		if query[i] != '?' {
			b.WriteByte(query[i])
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	s.dollars.Store(query, b.String())
	return b.String()
}

// in is the condition that a column is one of a list given as one argument.
// Written +column it is no reason for SQLite to begin with that column's index;
// with CROSS JOIN, SQLite keeps the order of the tables. Both are used where it
// would otherwise read all that a guild's feeds ever carried.
func (s *Store) in(column string) string {
	if s.engine == postgres {
		return column + " = ANY(?)"
	}
	return column + " IN (SELECT value FROM json_each(?))"
}

// skipLocked lets processes that lease rows at the same moment pass each other
// by. SQLite has one writer at a time.
func (s *Store) skipLocked() string {
	if s.engine == postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// ids is the argument for in.
func (s *Store) ids(ids []int64) any {
	if s.engine == postgres {
		if ids == nil {
			return []int64{}
		}
		return ids
	}
	b := make([]byte, 0, 2+8*len(ids))
	b = append(b, '[')
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(append(b, ']'))
}

// texts is the argument for in.
func (s *Store) texts(texts []string) any {
	if s.engine == postgres {
		kept := make([]string, len(texts))
		for i, t := range texts {
			kept[i] = cleanText(t)
		}
		return kept
	}
	b, _ := json.Marshal(texts)
	if len(texts) == 0 {
		return "[]"
	}
	return string(b)
}

// clean makes every text one that PostgreSQL takes: valid UTF-8 without NUL.
// Bytes are replaced one for one, so that offsets into a text stay true.
func clean(args []any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = cleanText(s)
		}
	}
}

func cleanText(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	b := []byte(s)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || r == 0 {
			b[i] = '?'
		}
		i += n
	}
	return string(b)
}

// micros stores a time; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// when scans a stored time.
type when struct{ t *time.Time }

func (w when) Scan(v any) error {
	us, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time stored as %T", v)
	}
	*w.t = fromMicros(us)
	return nil
}
