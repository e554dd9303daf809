package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/jobs"
	"sitrep/feeds"
	"sitrep/store"
	"sitrep/store/storetest"
)

// victim names the database in a process that is made to be killed.
const victim = "SITREP_TEST_JOBS_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victim); path != "" {
		beKilled(path)
	}
	os.Exit(m.Run())
}

func open(ctx context.Context, path string) (*store.Store, error) {
	s, err := store.Open(ctx, path, store.Options{})
	if err == nil {
		err = s.Migrate(ctx)
	}
	return s, err
}

// beKilled takes a job and says so, never to finish it.
func beKilled(path string) {
	s, err := open(context.Background(), path)
	if err != nil {
		panic(err)
	}
	c, err := jobs.New(s, s, jobs.Work{Read: func(context.Context, int64) error {
		os.Stdout.WriteString("!")
		select {}
	}}, quick())
	if err == nil {
		err = c.Start(context.Background())
	}
	if err != nil {
		panic(err)
	}
	select {}
}

func quick() jobs.Options { return jobs.Options{Poll: 10 * time.Millisecond} }

// changed stores a feed with one new article, which queues its job.
func changed(t *testing.T, s *store.Store) feeds.Feed {
	t.Helper()
	f := follow(t, s)
	if err := save(t.Context(), s, f, 1); err != nil {
		t.Fatal(err)
	}
	return f
}

// client starts a client that is stopped when the test ends.
func client(t *testing.T, s *store.Store, w jobs.Work, o jobs.Options) *jobs.Client {
	t.Helper()
	c, err := jobs.New(s, s, w, o)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second does nothing
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for range 2 {
			if err := c.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	return c
}

func openStore(t *testing.T) (*store.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sitrep.db")
	s, err := open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path
}

func TestReadsWhatChanged(t *testing.T) {
	t.Parallel()
	engines(t, testReadsWhatChanged)
}

func testReadsWhatChanged(t *testing.T, s *store.Store, _ string) {
	read := make(chan int64, 9)
	client(t, s, jobs.Work{Read: func(_ context.Context, id int64) error {
		read <- id
		return nil
	}}, quick())
	f := changed(t, s)
	if got := receive(t, read); got != f.ID {
		t.Errorf("read feed %d, want %d", got, f.ID)
	}
}

func receive[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(5 * time.Minute):
		t.Fatal("nothing came")
	}
	return v
}

// An article that is stored at a reader's last look is read at once: its feed has
// a job, which runs, and gets no second one.
func TestReadsWhatComesAtTheLastLook(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, s *store.Store, _ string) {
		f := follow(t, s)
		const rounds = 5
		came := 0
		done := make(chan struct{})
		client(t, s, jobs.Work{Read: func(ctx context.Context, id int64) error {
			if err := skipAll(ctx, s, id); err != nil {
				return err
			}
			if came++; came < rounds {
				return save(ctx, s, f, came)
			}
			if came == rounds {
				close(done)
			}
			return nil
		}}, quick())
		if err := save(t.Context(), s, f, 0); err != nil {
			t.Fatal(err)
		}
		receive(t, done)
	})
}

// However the storing and the reading of a feed fall together, nothing is left
// unread.
func TestReadsWhatComesAtAnyTime(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, s *store.Store, _ string) {
		f := follow(t, s)
		o := quick()
		o.SweepEvery = time.Hour // it would hide a fault
		client(t, s, jobs.Work{Read: func(ctx context.Context, id int64) error { return skipAll(ctx, s, id) }}, o)
		rounds := 200
		if testing.Short() {
			rounds = 20
		}
		for n := range rounds {
			if err := save(t.Context(), s, f, n); err != nil {
				t.Fatal(err)
			}
		}
		deadline := time.After(5 * time.Minute)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			left, err := s.UnreadArticles(t.Context(), f.ID, 10)
			if err != nil {
				t.Fatal(err)
			}
			if len(left) == 0 {
				return
			}
			select {
			case <-tick.C:
			case <-deadline:
				t.Fatalf("%d articles and more are left unread", len(left))
			}
		}
	})
}

// engines runs a test on SQLite, and on PostgreSQL where there is one: with a
// store, and the address at which another process finds its database.
func engines(t *testing.T, test func(t *testing.T, s *store.Store, dsn string)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s, path := openStore(t)
		test(t, s, path)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dsn := storetest.Postgres(t)
		s, err := open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		test(t, s, dsn)
	})
}

func follow(t *testing.T, s *store.Store) feeds.Feed {
	t.Helper()
	f, err := s.AddFollow(t.Context(), bot.Follow{GuildID: "g1", Feed: feeds.Feed{URL: "https://a.example/f"}})
	if err != nil {
		t.Fatal(err)
	}
	return f.Feed
}

// save stores one new article of a feed.
func save(ctx context.Context, s *store.Store, f feeds.Feed, n int) error {
	name := fmt.Sprint("article ", n)
	_, err := s.SaveChanged(ctx, feeds.Check{Feed: f, At: time.Now()}, []feeds.Article{{Identity: name, ContentHash: name, Title: name}})
	return err
}

// skipAll reads a feed as briefly as can be.
func skipAll(ctx context.Context, s *store.Store, feedID int64) error {
	unread, err := s.UnreadArticles(ctx, feedID, 100)
	for _, a := range unread {
		err = errors.Join(err, s.SkipArticle(ctx, a.ID, "read"))
	}
	return err
}

// A process killed in the middle of a job leaves it to the next one.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	engines(t, testKilledInTheMiddle)
}

func testKilledInTheMiddle(t *testing.T, s *store.Store, path string) {
	f := changed(t, s)

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), victim+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatalf("the process took no job: %v", err)
	}
	cmd.Process.Kill()
	cmd.Wait()

	// Who works on PostgreSQL can't know that the other one is dead: it waits for
	// longer than any job may take.
	o := quick()
	if s.Engine() == "postgres" {
		o.Timeout, o.RescueAfter = time.Second, 2*time.Second
	}
	read := make(chan int64, 9)
	client(t, s, jobs.Work{Read: func(_ context.Context, id int64) error {
		read <- id
		return nil
	}}, o)
	if got := receive(t, read); got != f.ID {
		t.Errorf("read feed %d, want %d", got, f.ID)
	}
}

// A feed that failed to be stored has no job: nothing of it is there.
func TestNoJobWithoutItsArticles(t *testing.T) {
	t.Parallel()
	engines(t, testNoJobWithoutItsArticles)
}

func testNoJobWithoutItsArticles(t *testing.T, s *store.Store, _ string) {
	f, err := s.AddFollow(t.Context(), bot.Follow{GuildID: "g1", Feed: feeds.Feed{URL: "https://a.example/f"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.SaveChanged(ctx, feeds.Check{Feed: f.Feed, At: time.Now()}, []feeds.Article{{Identity: "one"}}); err == nil {
		t.Fatal("saved with a context that had ended")
	}
	other, err := s.AddFollow(t.Context(), bot.Follow{GuildID: "g1", Feed: feeds.Feed{URL: "https://b.example/f"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.QueueReads(t.Context(), []int64{other.Feed.ID}); err != nil {
		t.Fatal(err)
	}
	read := make(chan int64, 9)
	client(t, s, jobs.Work{Read: func(_ context.Context, id int64) error {
		read <- id
		return nil
	}}, quick())
	if got := receive(t, read); got != other.Feed.ID {
		t.Errorf("read feed %d, want %d alone", got, other.Feed.ID)
	}
}

// The sweep finds articles whose job was given up.
func TestSweepFindsTheForgotten(t *testing.T) {
	t.Parallel()
	engines(t, testSweepFindsTheForgotten)
}

func testSweepFindsTheForgotten(t *testing.T, s *store.Store, _ string) {
	forgotten := &backlog{Store: s, queued: make(chan []int64, 9)}
	c, err := jobs.New(s, forgotten, jobs.Work{Read: func(context.Context, int64) error { return nil }}, quick())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer c.Stop(context.Background())
	if got := receive(t, forgotten.queued); len(got) != 1 || got[0] != 7 {
		t.Errorf("queued %v", got)
	}
	if n := forgotten.resumed.Load(); n != 1 {
		t.Errorf("jobs of a dead process were resumed %d times, want once", n)
	}
}

type backlog struct {
	*store.Store
	queued  chan []int64
	resumed atomic.Int32
}

func (b *backlog) ResumeJobs(ctx context.Context) error {
	b.resumed.Add(1)
	return b.Store.ResumeJobs(ctx)
}

func (b *backlog) FeedsUnread(context.Context, time.Time, int) ([]int64, error) {
	return []int64{7}, nil
}

func (b *backlog) QueueReads(_ context.Context, ids []int64) error {
	b.queued <- ids
	return nil
}

func TestStopCancelsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	engines(t, testStopCancelsWhatDoesNotEnd)
}

func testStopCancelsWhatDoesNotEnd(t *testing.T, s *store.Store, _ string) {
	changed(t, s)
	// A job that was given back may be taken up once more before all has stopped.
	began, ended := make(chan bool, 99), make(chan error, 99)
	c, err := jobs.New(s, s, jobs.Work{Read: func(ctx context.Context, _ int64) error {
		began <- true
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}}, jobs.Options{Poll: 10 * time.Millisecond, Grace: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	receive(t, began)
	if err := c.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := receive(t, ended); !errors.Is(err, context.Canceled) {
		t.Errorf("the job ended with %v", err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	s, _ := openStore(t)
	if _, err := jobs.New(s, s, jobs.Work{}, jobs.Options{}); err == nil {
		t.Error("made without a function to read feeds")
	}
	w := jobs.Work{Read: func(context.Context, int64) error { return nil }}
	if _, err := jobs.New(s, s, w, jobs.Options{Timeout: time.Minute, RescueAfter: time.Minute}); err == nil {
		t.Error("running jobs would be run twice, and nobody complained")
	}
}
