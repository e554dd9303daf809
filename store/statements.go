package store

import (
	"context"
	"database/sql"
	"database/sql/driver"

	lite "modernc.org/sqlite"
)

// openLite opens a SQLite database whose connections keep their prepared
// statements: compiling one costs as much as running it. That holds for River's
// statements as well as for ours.
func openLite(dsn string) (*sql.DB, error) {
	c, err := lite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keepingConnector{c}), nil
}

type keepingConnector struct{ driver.Connector }

func (k keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keepingConn{liteConn: c.(liteConn), kept: map[string]driver.Stmt{}}, nil
}

// liteConn is what the driver's connections can do and database/sql uses.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keepingConn is a connection with the statements it has prepared and that
// nobody uses at the moment. Like any connection it serves one goroutine at a
// time.
type keepingConn struct {
	liteConn
	kept map[string]driver.Stmt
}

const maxStatements = 400

// take returns the statement for query, to be given back by keep or closed.
// While it is taken the same query gets another one.
func (c *keepingConn) take(ctx context.Context, query string) (driver.Stmt, error) {
	if st, ok := c.kept[query]; ok {
		delete(c.kept, query)
		return st, nil
	}
	return c.PrepareContext(ctx, query)
}

func (c *keepingConn) keep(query string, st driver.Stmt) {
	if c.kept[query] != nil || len(c.kept) >= maxStatements {
		_ = st.Close()
		return
	}
	c.kept[query] = st
}

// ExecContext implements driver.ExecerContext. What has no arguments is left to
// the driver: it may be a script.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.liteConn.ExecContext(ctx, query, args)
	}
	st, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	res, err := st.(driver.StmtExecContext).ExecContext(ctx, args)
	if err != nil {
		_ = st.Close()
		return nil, err
	}
	c.keep(query, st)
	return res, nil
}

// QueryContext implements driver.QueryerContext.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		return c.liteConn.QueryContext(ctx, query, args)
	}
	st, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := st.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		_ = st.Close()
		return nil, err
	}
	return &keptRows{Rows: rows, c: c, query: query, st: st}, nil
}

// Close implements driver.Conn.
func (c *keepingConn) Close() error {
	for _, st := range c.kept {
		_ = st.Close()
	}
	c.kept = nil
	return c.liteConn.Close()
}

// keptRows gives its statement back when it is read.
type keptRows struct {
	driver.Rows
	c     *keepingConn
	query string
	st    driver.Stmt
}

func (r *keptRows) Close() error {
	err := r.Rows.Close()
	switch st := r.st; {
	case st == nil:
	case err != nil:
		_ = st.Close()
	default:
		r.c.keep(r.query, st)
	}
	r.st = nil
	return err
}
