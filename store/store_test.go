package store_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"sitrep/store"
	"sitrep/store/storetest"
)

func openSQLite(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "sitrep.db"), o)
}

// openAt opens a store, migrated, and closes it when the test ends.
func openAt(t testing.TB, dsn string, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

const postgresVar = "SITREP_TEST_POSTGRES"

// server is the PostgreSQL that tests may make databases in.
type server struct {
	dsn      *url.URL
	template string
	made     atomic.Int32
}

var theServer = sync.OnceValues(func() (*server, error) {
	dsn, err := url.Parse(os.Getenv(postgresVar))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", postgresVar, err)
	}
	srv := &server{dsn: dsn, template: fmt.Sprintf("sitrep_test_%d", os.Getpid())}
	ctx := context.Background()
	if err := srv.do(ctx, "CREATE DATABASE "+srv.template); err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, srv.address(srv.template), store.Options{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return srv, s.Migrate(ctx)
})

func (srv *server) do(ctx context.Context, statement string) error {
	c, err := pgx.Connect(ctx, srv.dsn.String())
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

func (srv *server) address(database string) string {
	u := *srv.dsn
	u.Path = "/" + database
	return u.String()
}

func TestMain(m *testing.M) {
	code := m.Run()
	if os.Getenv(postgresVar) != "" {
		if srv, err := theServer(); err == nil {
			srv.do(context.Background(), "DROP DATABASE IF EXISTS "+srv.template+" WITH (FORCE)")
		}
	}
	os.Exit(code)
}

// postgresDatabase makes a database, empty but for its tables, and drops it when the test ends.
func postgresDatabase(t testing.TB) string {
	t.Helper()
	if os.Getenv(postgresVar) == "" {
		t.Skipf("set %s to the address of a PostgreSQL in which databases may be made (.ci/postgres starts one)", postgresVar)
	}
	srv, err := theServer()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("%s_%d", srv.template, srv.made.Add(1))
	if err := srv.do(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+srv.template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.do(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return srv.address(name)
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, o store.Options) *store.Store { return openSQLite(t, o) })
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	if os.Getenv(postgresVar) == "" {
		postgresDatabase(t) // skips
	}
	storetest.Run(t, func(t *testing.T, o store.Options) *store.Store { return openAt(t, postgresDatabase(t), o) })
}
