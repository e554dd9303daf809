package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
)

// code is the code of a *bot.UserError, "" for any other error.
func code(err error) string {
	var ue *bot.UserError
	if errors.As(err, &ue) {
		return ue.Code
	}
	return ""
}

func TestOpenSaysWhatToDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	db, err := sql.Open("sqlite", foreign)
	if err == nil {
		_, err = db.Exec(`CREATE TABLE bookmarks (url TEXT)`)
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dsn, code, says string }{
		{dir, "store.unopenable", "path of a file"},
		{write("letter.txt", strings.Repeat("Dear reader, this is no database. ", 100)), "store.damaged", "restore a backup"},
		{foreign, "store.foreign", "another program"},
		{filepath.Join(write("file", "x"), "below.db"), "store.unwritable", "can't be made"},
		{"postgres://bot:hush-hush@127.0.0.1:1/sitrep", "store.unreachable", "check that it runs"},
		{"postgres://bot:hush-hush@127.0.0.1:no-port/sitrep", "store.dsn", "percent-encoded"},
		{"postgres://bot:hush-hush%zz@127.0.0.1/sitrep", "store.dsn", "percent-encoded"},
	} {
		s, err := Open(t.Context(), c.dsn, Options{})
		if err == nil {
			s.Close()
		}
		if code(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q (%s), want %s", c.dsn, err, code(err), c.code)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(fmt.Sprintf("%v %+v", e, e), "hush-hush") {
				t.Errorf("the password is told: %v", e)
			}
		}
	}
}

func TestOpenReadOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "sitrep.db")
	if err := os.WriteFile(path, nil, 0o400); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	asNobody(t) // root may write everywhere
	for _, path := range []string{path, filepath.Join(closed, "sitrep.db")} {
		s, err := Open(t.Context(), path, Options{})
		if err == nil {
			s.Close()
		}
		if code(err) != "store.unwritable" || !strings.Contains(err.Error(), path) {
			t.Errorf("%v", err)
		}
	}
}

// fresh opens an empty, migrated store at a path.
func fresh(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Patience: 50 * time.Millisecond})
	if err == nil {
		err = s.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func many(n int) (items []feeds.Article) {
	for i := range n {
		items = append(items, feeds.Article{Identity: fmt.Sprint(i), ContentHash: "1", Title: strings.Repeat("headline ", 20), Summary: strings.Repeat(fmt.Sprint("words ", i), 100)})
	}
	return items
}

// Nothing of a feed is kept when the disk is full, its validators least of all;
// with room again all is well.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	s := fresh(t, filepath.Join(t.TempDir(), "sitrep.db"))
	f, err := s.AddFollow(t.Context(), bot.Follow{GuildID: "g1", Feed: feeds.Feed{URL: "https://a.example/f"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Enqueue(t.Context(), []bot.Delivery{{Key: "a", ChannelID: "c1"}}); err != nil {
		t.Fatal(err)
	}
	var pages int
	if err := s.w.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := s.w.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+5)); err != nil {
		t.Fatal(err)
	}
	check := feeds.Check{Feed: f.Feed, At: time.Now()}
	check.Feed.Validators.ETag = `"new"`
	if _, err := s.SaveChanged(t.Context(), check, many(200)); code(err) != "store.full" {
		t.Fatalf("a full disk: %v", err)
	}
	left, err := s.Follows(t.Context(), "g1")
	if err != nil || left[0].Feed.Validators.ETag != "" {
		t.Errorf("after a full disk: %+v, %v", left, err)
	}
	if known, err := s.KnownArticles(t.Context(), f.Feed.ID, 9); err != nil || len(known) != 0 {
		t.Errorf("half a feed was stored: %v, %v", known, err)
	}
	if _, err := s.w.Exec(`PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	saved, err := s.SaveChanged(t.Context(), check, many(200))
	if err != nil || saved.Added != 200 {
		t.Errorf("with room again: %+v, %v", saved, err)
	}
	if ds, err := s.LeaseDeliveries(t.Context(), time.Now(), 9, time.Minute); err != nil || len(ds) != 1 {
		t.Errorf("deliveries: %v, %v", ds, err)
	}
}

func TestLocked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sitrep.db")
	s := fresh(t, path)
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveGuild(t.Context(), bot.Guild{ID: "g1"}); code(err) != "store.locked" {
		t.Errorf("locked by another program: %v", err)
	}
	if _, err := s.Guilds(t.Context()); err != nil {
		t.Errorf("reading while another program writes: %v", err)
	}
	if _, err := other.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveGuild(t.Context(), bot.Guild{ID: "g1"}); err != nil {
		t.Errorf("free again: %v", err)
	}
}

func TestDamagedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "sitrep.db"), filepath.Join(dir, "backup.db")
	s := fresh(t, path)
	f, err := s.AddFollow(t.Context(), bot.Follow{GuildID: "g1", Feed: feeds.Feed{URL: "https://a.example/f"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SaveChanged(t.Context(), feeds.Check{Feed: f.Feed, At: time.Now()}, many(300)); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8192; i < len(body); i += 4096 { // the head of every page but the first two
		copy(body[i:], "all is not well here")
	}
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	// It is told on opening or by the check, whichever reads a bad page first.
	s, err = Open(t.Context(), path, Options{})
	if err == nil {
		err = s.Check(t.Context())
		s.Close()
	}
	if code(err) != "store.damaged" {
		t.Fatalf("a damaged file: %v", err)
	}
	// The drill: the backup in its place, and on it goes.
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.Rename(backup, path); err != nil {
		t.Fatal(err)
	}
	s = fresh(t, path)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if known, err := s.KnownArticles(t.Context(), f.Feed.ID, 999); err != nil || len(known) != 300 {
		t.Errorf("%d articles restored, %v", len(known), err)
	}
}

// What every earlier version wrote is there after migrating.
func TestMigrateForward(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := fresh(t, filepath.Join(t.TempDir(), "newest.db"))
	p, err := s.goose()
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range p.ListSources() {
		s, err := Open(ctx, filepath.Join(t.TempDir(), "old.db"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		p, err := s.goose()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(ctx, source.Version); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveGuild(ctx, bot.Guild{ID: "g1", Name: "Lysvik"}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second finds nothing to do
			if err := s.Migrate(ctx); err != nil {
				t.Fatalf("from version %d: %v", source.Version, err)
			}
		}
		if err := s.CheckSchema(ctx); err != nil {
			t.Error(err)
		}
		if g, err := s.Guild(ctx, "g1"); err != nil || g.Name != "Lysvik" {
			t.Errorf("from version %d: %+v, %v", source.Version, g, err)
		}
	}
}

func TestSchemaOfAnotherVersion(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sitrep.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.CheckSchema(t.Context()); code(err) != "store.behind" {
		t.Errorf("not migrated yet: %v", err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.w.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`); err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); code(err) != "store.newer" {
		t.Errorf("migrated by a newer program: %v", err)
	}
	if err := s.CheckSchema(t.Context()); code(err) != "store.newer" {
		t.Errorf("made by a newer program: %v", err)
	}
}
