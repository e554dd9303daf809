package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/store"
	"sitrep/store/storetest"
)

func at(t time.Time) store.Options { return store.Options{Now: func() time.Time { return t }} }

func TestCopyTo(t *testing.T) {
	t.Parallel()
	sqlite := func(t *testing.T) *store.Store { return openSQLite(t, at(storetest.Start)) }
	postgres := func(t *testing.T) *store.Store { return openAt(t, postgresDatabase(t), at(storetest.Start)) }
	for name, pair := range map[string][2]func(*testing.T) *store.Store{
		"SQLiteToSQLite": {sqlite, sqlite}, "SQLiteToPostgres": {sqlite, postgres}, "PostgresToSQLite": {postgres, sqlite},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := pair[0](t), pair[1](t)
			storetest.Fill(t, from)
			report, err := from.CopyTo(t.Context(), to)
			if err != nil {
				t.Fatal(err)
			}
			if report.Tables < 25 || report.Rows < 60 || len(report.Each) != report.Tables {
				t.Errorf("report: %+v", report)
			}
			storetest.Same(t, from, to)
			// Once is enough.
			var ue *bot.UserError
			if _, err := from.CopyTo(t.Context(), to); !errors.As(err, &ue) || ue.Code != "store.not_empty" {
				t.Errorf("copied onto what is there: %v", err)
			}
		})
	}
}

// A backup is taken while the bot is at work, and the bot goes on from it.
func TestBackup(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *store.Store{
		"SQLite":   func(t *testing.T) *store.Store { return openSQLite(t, at(storetest.Start)) },
		"Postgres": func(t *testing.T) *store.Store { return openAt(t, postgresDatabase(t), at(storetest.Start)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			storetest.Fill(t, s)
			ctx, cancel := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			wg.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					if err := s.SetCaughtUp(ctx, "busy", fmt.Sprint(i), storetest.Start); err != nil && ctx.Err() == nil {
						t.Error(err)
					}
				}
			})
			path := filepath.Join(t.TempDir(), "backup.db")
			err := s.Backup(t.Context(), path)
			cancel()
			wg.Wait()
			if err != nil {
				t.Fatal(err)
			}
			restored := openAt(t, path, at(storetest.Start))
			if err := restored.Check(t.Context()); err != nil {
				t.Error(err)
			}
			storetest.Same(t, s, restored)
			var ue *bot.UserError
			if err := s.Backup(t.Context(), path); !errors.As(err, &ue) || ue.Code != "store.backup_exists" {
				t.Errorf("a backup was overwritten: %v", err)
			}
		})
	}
}
