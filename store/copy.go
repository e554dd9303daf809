package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/jackc/pgx/v5"

	"sitrep/feeds"
	"sitrep/summarize"
)

// A CopyReport is what CopyTo has moved.
type CopyReport struct {
	Tables int
	Rows   int64
	Each   []CopiedTable
}

// A CopiedTable is the same on both sides by count and checksum.
type CopiedTable struct {
	Table    string
	Rows     int64
	Checksum uint64 // over all rows, in any order
}

// CopyTo copies everything into another store, which it migrates first and
// which must be empty: an installation moves from SQLite to PostgreSQL, or
// back. It reads one snapshot, so that this store may be at work meanwhile, but
// what comes in later stays behind: stop the bot first when you mean to move.
// Every table is read back and compared by count and checksum before anything
// is kept; on any error the other store stays empty. The search index is built
// anew, and unread articles get new jobs.
func (s *Store) CopyTo(ctx context.Context, to *Store) (report CopyReport, err error) {
	defer s.wrap(&err, "copy %s to %s", s.name, to.name)
	if err := s.CheckSchema(ctx); err != nil {
		return report, err
	}
	if err := to.Migrate(ctx); err != nil {
		return report, err
	}
	err = s.read(ctx, func(from *tx) error {
		return to.write(ctx, func(into *tx) error {
			tables, err := from.tables()
			if err != nil {
				return err
			}
			known, err := into.tables()
			if err != nil {
				return err
			}
			if !slices.Equal(tables, known) {
				return fmt.Errorf("the two have different tables: %v and %v", tables, known)
			}
			for _, table := range tables {
				var n int64
				if err := into.row(`SELECT count(*) FROM ` + table).Scan(&n); err != nil {
					return err
				}
				if n > 0 {
					return openError("not_empty", nil, "%s is not empty (%s has %d rows): give an empty database", to.name, table, n)
				}
			}
			for _, table := range tables {
				c, err := copyTable(from, into, table)
				if err != nil {
					return fmt.Errorf("table %s: %w", table, err)
				}
				report.Tables++
				report.Rows += c.Rows
				report.Each = append(report.Each, c)
			}
			if err := copySequences(from, into); err != nil {
				return err
			}
			if err := copySearch(from, into); err != nil {
				return fmt.Errorf("build the search index: %w", err)
			}
			unread, err := list(into, scanID, `SELECT DISTINCT feed_id FROM articles WHERE stage = 'stored' ORDER BY feed_id`)
			if err != nil || len(unread) == 0 {
				return err
			}
			return into.insertReads(unread...)
		})
	})
	return report, err
}

// Backup writes a copy of the database to a SQLite file while everything runs.
// The file is there whole or not at all; one that is there already is an error.
// sitrep opens it as it is: restoring from SQLite is putting the file in its
// place, to PostgreSQL copying it with CopyTo.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	defer s.wrap(&err, "back up to %s", path)
	path, err = filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return openError("backup_exists", nil, "%s exists: give a new file, so that no backup is overwritten by a worse one", path)
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	defer os.Remove(part) //nolint:errcheck // moved when all went well
	if s.engine == sqlite {
		if err := s.vacuumInto(ctx, part); err != nil {
			return err
		}
		if err := os.Chmod(part, 0o600); err != nil {
			return err
		}
	} else if err := s.backupToSQLite(ctx, part); err != nil {
		return err
	}
	if err := syncFile(part); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// vacuumInto copies one reader's snapshot; the writer goes on beside it.
func (s *Store) vacuumInto(ctx context.Context, path string) error {
	c, err := s.r.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `PRAGMA query_only = 0`); err != nil {
		return err
	}
	defer c.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only = 1`) //nolint:errcheck // a guard against our own mistakes
	_, err = c.ExecContext(ctx, `VACUUM INTO ?`, path)
	return err
}

func (s *Store) backupToSQLite(ctx context.Context, path string) error {
	to, err := Open(ctx, path, Options{Now: s.now, Log: s.log})
	if err != nil {
		return err
	}
	defer to.Close()
	if _, err := s.CopyTo(ctx, to); err != nil {
		return err
	}
	if _, err := to.w.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return err
	}
	return to.Close()
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// parents come before what refers to them.
var parents = []string{"feeds", "articles", "actors", "digests", "subscriptions"}

// tables lists our own tables in the order in which they can be filled. Those
// of goose, of River and of the search index are made by other means.
func (t *tx) tables() ([]string, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`
	if t.s.engine == postgres {
		query = `SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()`
	}
	all, err := list(t, scanText, query)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(name string) bool {
		return strings.HasPrefix(name, "goose_") || strings.HasPrefix(name, "river_") || strings.HasPrefix(name, "article_search") || slices.Contains(parents, name)
	})
	slices.Sort(all)
	return append(slices.Clone(parents), all...), nil
}

// column is one of a table, with what it holds.
type column struct {
	name string
	bool bool
}

func (t *tx) columns(table string) ([]column, error) {
	rows, err := t.query(`SELECT * FROM ` + table + ` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	var out []column
	for _, c := range types {
		out = append(out, column{c.Name(), strings.HasPrefix(c.DatabaseTypeName(), "BOOL")})
	}
	slices.SortFunc(out, func(a, b column) int { return strings.Compare(a.name, b.name) })
	return out, rows.Err()
}

// copyTable copies one table and compares what came out.
func copyTable(from, into *tx, table string) (CopiedTable, error) {
	cols, err := from.columns(table)
	if err != nil {
		return CopiedTable{}, err
	}
	there, err := into.columns(table)
	if err != nil {
		return CopiedTable{}, err
	}
	if !slices.Equal(cols, there) {
		return CopiedTable{}, fmt.Errorf("different columns: %v and %v", cols, there)
	}
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.name
	}
	read := `SELECT ` + strings.Join(names, ", ") + ` FROM ` + table
	rows, err := from.query(read)
	if err != nil {
		return CopiedTable{}, err
	}
	defer rows.Close()
	in := &rowReader{rows: rows, cols: cols, sum: CopiedTable{Table: table}}
	if into.pgx != nil {
		_, err = into.pgx.CopyFrom(into.ctx, pgx.Identifier{table}, names, in)
	} else {
		insert := `INSERT INTO ` + table + ` (` + strings.Join(names, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(cols)-1) + `)`
		for err == nil && in.Next() {
			_, err = into.exec(insert, in.values...)
		}
		if err == nil {
			err = in.err
		}
	}
	if err != nil {
		return CopiedTable{}, err
	}
	rows.Close()
	back, err := into.query(read)
	if err != nil {
		return CopiedTable{}, err
	}
	defer back.Close()
	out := &rowReader{rows: back, cols: cols, sum: CopiedTable{Table: table}}
	for out.Next() {
	}
	if out.err != nil {
		return CopiedTable{}, out.err
	}
	if in.sum != out.sum {
		return CopiedTable{}, fmt.Errorf("%d rows (checksum %x) became %d rows (%x)", in.sum.Rows, in.sum.Checksum, out.sum.Rows, out.sum.Checksum)
	}
	return in.sum, nil
}

// rowReader reads rows in the form that both engines take, and sums them up.
// It is a pgx.CopyFromSource.
type rowReader struct {
	rows   *sql.Rows
	cols   []column
	values []any
	sum    CopiedTable
	buf    []byte
	err    error
}

// Next reads the next row into values.
func (r *rowReader) Next() bool {
	if !r.rows.Next() {
		r.err = errors.Join(r.err, r.rows.Err())
		return false
	}
	if r.values == nil {
		r.values = make([]any, len(r.cols))
	}
	dest := make([]any, len(r.cols))
	for i := range dest {
		r.values[i] = nil
		dest[i] = &r.values[i]
	}
	if r.err = r.rows.Scan(dest...); r.err != nil {
		return false
	}
	r.buf = r.buf[:0]
	for i, v := range r.values {
		switch x := v.(type) {
		case int64:
			if r.cols[i].bool {
				v = x != 0
			}
		case []byte:
			if x == nil { // an empty one, as SQLite's driver gives it
				v = []byte{}
			}
		}
		r.values[i] = v
		r.buf = appendValue(r.buf, v)
	}
	r.sum.Rows++
	r.sum.Checksum += xxhash.Sum64(r.buf)
	return true
}

// appendValue writes a value in one form, whichever engine gave it.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 'n')
	case bool:
		if v {
			return append(b, 'i', 1, 0, 0, 0, 0, 0, 0, 0)
		}
		return append(b, 'i', 0, 0, 0, 0, 0, 0, 0, 0)
	case int64:
		return binary.LittleEndian.AppendUint64(append(b, 'i'), uint64(v))
	case float64:
		return binary.LittleEndian.AppendUint64(append(b, 'f'), math.Float64bits(v))
	case string:
		return append(binary.LittleEndian.AppendUint64(append(b, 's'), uint64(len(v))), v...)
	case []byte:
		return append(binary.LittleEndian.AppendUint64(append(b, 's'), uint64(len(v))), v...)
	}
	return fmt.Appendf(b, "?%T %v", v, v)
}

// Values implements pgx.CopyFromSource.
func (r *rowReader) Values() ([]any, error) { return r.values, nil }

// Err implements pgx.CopyFromSource.
func (r *rowReader) Err() error { return r.err }

// copySequences has the other store go on with ids where this one stands: an
// id is never used twice, even if its row is gone.
func copySequences(from, into *tx) error {
	type sequence struct {
		table string
		last  int64
	}
	query := `SELECT name, seq FROM sqlite_sequence WHERE name NOT LIKE 'river%' AND name NOT LIKE 'goose%'`
	if from.s.engine == postgres {
		query = `SELECT regexp_replace(sequencename, '_id_seq$', ''), last_value FROM pg_sequences
			WHERE schemaname = current_schema() AND last_value IS NOT NULL AND sequencename NOT LIKE 'river%' AND sequencename NOT LIKE 'goose%'`
	}
	all, err := list(from, func(r row) (q sequence, err error) { return q, r.Scan(&q.table, &q.last) }, query)
	if err != nil {
		return err
	}
	for _, q := range all {
		if into.s.engine == postgres {
			if err := into.row(`SELECT setval(pg_get_serial_sequence(?, 'id'), ?)`, q.table, q.last).Scan(new(int64)); err != nil {
				return err
			}
			continue
		}
		// An empty table has no entry yet.
		if _, err := into.exec(`DELETE FROM sqlite_sequence WHERE name = ?`, q.table); err != nil {
			return err
		}
		if _, err := into.exec(`INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)`, q.table, q.last); err != nil {
			return err
		}
	}
	return nil
}

// copySearch indexes the articles that have been read.
func copySearch(from, into *tx) error {
	type doc struct {
		a feeds.Article
		b summarize.Brief
	}
	for last := int64(0); ; {
		docs, err := list(from, func(r row) (d doc, err error) {
			var body []byte
			if err := r.Scan(&d.a.ID, &d.a.FeedID, &d.a.Title, &d.a.Summary, &body); err != nil {
				return d, err
			}
			return d, unpackJSON(body, &d.b)
		}, `SELECT a.id, a.feed_id, a.title, a.summary, b.body FROM articles a JOIN briefs b ON b.article_id = a.id WHERE a.id > ? ORDER BY a.id LIMIT 500`, last)
		if err != nil || len(docs) == 0 {
			return err
		}
		for _, d := range docs {
			if err := into.indexArticle(&d.a, &d.b); err != nil {
				return err
			}
			last = d.a.ID
		}
	}
}
