package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
)

// library is a StoryStore in memory.
type library struct {
	mu       sync.Mutex
	now      func() time.Time
	holder   string
	until    time.Time
	waiting  []bot.Reading
	members  map[int64][]bot.Reading
	stories  map[int64]summarize.Story
	docs     map[int64][]byte
	joinedAt map[int64]time.Time
	merged   [][2]int64
	fail     func(op string, id int64) error
	saves    int
}

func newLibrary(now func() time.Time, waiting ...bot.Reading) *library {
	return &library{now: now, waiting: waiting, members: map[int64][]bot.Reading{}, stories: map[int64]summarize.Story{}, docs: map[int64][]byte{}, joinedAt: map[int64]time.Time{}}
}

func (l *library) check(op string, id int64) error {
	if l.fail == nil {
		return nil
	}
	return l.fail(op, id)
}

func (l *library) Lease(_ context.Context, _, holder string, ttl time.Duration) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check("lease", 0); err != nil {
		return false, err
	}
	if l.holder != "" && l.holder != holder && l.now().Before(l.until) {
		return false, nil
	}
	l.holder, l.until = holder, l.now().Add(ttl)
	return true, nil
}

func (l *library) ReleaseLease(_ context.Context, _, holder string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holder == holder {
		l.holder = ""
	}
	return nil
}

func (l *library) BriefedArticles(_ context.Context, limit int) ([]bot.Reading, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.waiting[:min(limit, len(l.waiting))]), nil
}

func (l *library) Members(_ context.Context, id int64) ([]bot.Reading, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.members[id]), nil
}

func (l *library) SaveStory(_ context.Context, j bot.Join) (summarize.Story, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check("save", j.ArticleID); err != nil {
		return summarize.Story{}, err
	}
	l.saves++
	s := j.Story
	if s.ID == 0 {
		s.ID = int64(100 + len(l.stories))
	}
	i := slices.IndexFunc(l.waiting, func(r bot.Reading) bool { return r.Article.ID == j.ArticleID })
	if i >= 0 {
		r := l.waiting[i]
		r.StoryID, r.CopyOf = s.ID, j.CopyOf
		l.waiting = slices.Delete(l.waiting, i, i+1)
		l.members[s.ID] = append(slices.DeleteFunc(l.members[s.ID], func(m bot.Reading) bool { return m.Article.ID == j.ArticleID }), r)
	}
	l.stories[s.ID], l.docs[j.ArticleID], l.joinedAt[j.ArticleID] = s, j.Doc, j.At
	return s, nil
}

func (l *library) MergeStories(_ context.Context, from, into int64, _ time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.members[into] = append(l.members[into], l.members[from]...)
	delete(l.members, from)
	s := l.stories[from]
	s.MergedInto = into
	l.stories[from] = s
	l.merged = append(l.merged, [2]int64{from, into})
	return nil
}

func (l *library) Story(_ context.Context, id int64) (summarize.Story, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.stories[id]
	if !ok {
		return s, bot.ErrNotFound
	}
	if s.MergedInto != 0 {
		return l.stories[s.MergedInto], nil
	}
	return s, nil
}

func (l *library) Window(_ context.Context, since time.Time, each func(articleID, storyID int64, doc []byte) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, ms := range l.members {
		for _, m := range ms {
			if l.joinedAt[m.Article.ID].Before(since) {
				continue
			}
			if err := each(m.Article.ID, id, l.docs[m.Article.ID]); err != nil {
				return err
			}
		}
	}
	return nil
}

// byTopic joins articles whose titles begin with the same word. "bridge+tunnel"
// ties two topics together.
type byTopic struct {
	stories  map[string]int64
	articles map[int64]int64
	expired  int
	broken   string // a title that can't be composed
}

func (x *byTopic) Doc(r *bot.Reading) []byte { return []byte(strings.Fields(r.Article.Title)[0]) }

func (x *byTopic) Add(articleID, storyID int64, doc []byte) error {
	if len(doc) == 0 {
		return errors.New("no features")
	}
	x.articles[articleID] = storyID
	for _, w := range strings.Split(string(doc), "+") {
		x.stories[w] = storyID
	}
	return nil
}

func (x *byTopic) Join(articleID int64, doc []byte, save func(Placement) (int64, error)) error {
	var p Placement
	topics := strings.Split(string(doc), "+")
	for _, w := range topics {
		switch id := x.stories[w]; {
		case id == 0 || id == p.StoryID:
		case p.StoryID == 0:
			p.StoryID = id
		default:
			p.Absorb = append(p.Absorb, id)
		}
	}
	id, err := save(p)
	if err != nil {
		return err
	}
	for _, w := range topics {
		x.stories[w] = id
	}
	x.articles[articleID] = id
	return nil
}

func (x *byTopic) Expire(time.Time) { x.expired++ }

func (x *byTopic) Compose(prev summarize.Story, members []bot.Reading, now time.Time) summarize.Story {
	s := summarize.Story{ID: prev.ID, UpdatedAt: now}
	for _, m := range members {
		if m.Article.Title == x.broken {
			panic("index out of range")
		}
		s.Articles = append(s.Articles, summarize.StoryArticle{ArticleID: m.Article.ID, Title: m.Article.Title})
		s.Headline = m.Article.Title
	}
	return s
}

func reading(id int64, title string) bot.Reading {
	return bot.Reading{Article: feeds.Article{ID: id, Title: title}}
}

type bench struct {
	*library
	joiner  *Joiner
	clock   time.Time
	changes []Change
	indexes []*byTopic
	refuse  error
	broken  string
}

func setup(waiting ...bot.Reading) *bench {
	b := &bench{clock: noon}
	now := func() time.Time { return b.clock }
	b.library = newLibrary(now, waiting...)
	b.joiner = b.process("a")
	return b
}

func (b *bench) process(holder string) *Joiner {
	return NewJoiner(Joiner{Store: b.library, Holder: holder, Now: b.now, Log: slog.New(slog.DiscardHandler),
		NewIndex: func() Index {
			x := &byTopic{stories: map[string]int64{}, articles: map[int64]int64{}, broken: b.broken}
			b.indexes = append(b.indexes, x)
			return x
		},
		Changed: func(_ context.Context, c Change) error {
			if b.refuse != nil {
				return b.refuse
			}
			b.changes = append(b.changes, c)
			return nil
		}})
}

// Where the lease runs out in the middle of a round, because the machine was slow
// or suspended, and nobody took it, the round goes on with an index that is read
// anew.
func TestJoinerLeaseRunsOutInARound(t *testing.T) {
	t.Parallel()
	b := setup(reading(1, "bridge closed"), reading(2, "ferry sails"), reading(3, "bridge opens"))
	changed := b.joiner.Changed
	b.joiner.Changed = func(ctx context.Context, c Change) error {
		if len(b.changes) == 0 {
			b.clock = b.clock.Add(time.Hour)
		}
		return changed(ctx, c)
	}
	if n, err := b.joiner.Once(t.Context()); n != 3 || err != nil {
		t.Errorf("joined %d, %v", n, err)
	}
	if len(b.indexes) != 2 {
		t.Errorf("%d indexes were filled", len(b.indexes))
	}
}

// slowWindow is a window that takes longer to read than a lease lasts.
type slowWindow struct {
	*library
	read int
}

func (w *slowWindow) Window(ctx context.Context, since time.Time, each func(articleID, storyID int64, doc []byte) error) error {
	w.read++
	select {
	case <-time.After(5 * time.Minute):
		return w.library.Window(ctx, since, each)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A window that takes longer to read than the lease lasts is read once: the
// lease is renewed meanwhile. Where it is lost nothing is joined.
func TestJoinerReadsALongWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(reading(1, "bridge closed"), reading(2, "ferry sails"))
		b.library.now = time.Now
		window := &slowWindow{library: b.library}
		b.joiner.Store, b.joiner.Now = window, time.Now
		if n, err := b.joiner.Once(t.Context()); n != 2 || err != nil || window.read != 2 { // for the index, and for what to tell again
			t.Errorf("joined %d, %v, after reading the window %d times", n, err, window.read)
		}

		b = setup(reading(1, "bridge closed"))
		b.library.now = time.Now
		b.joiner.Store, b.joiner.Now = &slowWindow{library: b.library}, time.Now
		time.AfterFunc(65*time.Second, func() {
			b.library.mu.Lock()
			defer b.library.mu.Unlock()
			b.library.holder, b.library.until = "b", time.Now().Add(time.Hour)
		})
		if n, err := b.joiner.Once(t.Context()); n != 0 || err != nil {
			t.Errorf("joined %d without the lease, %v", n, err)
		}
	})
}

func TestJoinerJoins(t *testing.T) {
	t.Parallel()
	b := setup(reading(1, "bridge closed"), reading(2, "ferry sails"), reading(3, "bridge opens"))
	n, err := b.joiner.Once(t.Context())
	if n != 3 || err != nil {
		t.Fatalf("joined %d, %v", n, err)
	}
	if len(b.stories) != 2 || len(b.members[100]) != 2 || len(b.changes) != 3 {
		t.Fatalf("stories %v, changes %v", b.stories, b.changes)
	}
	if c := b.changes[2]; c.Before.ID != 100 || len(c.Before.Articles) != 1 || len(c.Story.Articles) != 2 {
		t.Errorf("the third change: %+v", c)
	}
	if n, err := b.joiner.Once(t.Context()); n != 0 || err != nil || len(b.changes) != 3 || len(b.indexes) != 1 {
		t.Errorf("again: %d, %v, %d changes, %d indexes", n, err, len(b.changes), len(b.indexes))
	}
}

func TestJoinerMerges(t *testing.T) {
	t.Parallel()
	b := setup(reading(1, "bridge closed"), reading(2, "tunnel floods"), reading(3, "bridge+tunnel out"))
	if n, err := b.joiner.Once(t.Context()); n != 3 || err != nil {
		t.Fatalf("joined %d, %v", n, err)
	}
	if len(b.merged) != 1 || b.merged[0] != [2]int64{101, 100} || len(b.members[100]) != 3 {
		t.Errorf("merged %v, members %v", b.merged, b.members)
	}
	last := b.changes[2]
	if len(last.Story.Articles) != 3 || !slices.Equal(last.Absorbed, []int64{101}) {
		t.Errorf("the story of all three: %+v", last)
	}
}

func TestJoinerRejoinsACorrectedArticle(t *testing.T) {
	t.Parallel()
	b := setup(reading(1, "bridge closed"), reading(2, "bridge opens"))
	if _, err := b.joiner.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	edited := reading(1, "ferry closed, not the bridge")
	edited.StoryID, edited.Corrected = 100, true
	b.waiting = append(b.waiting, edited)
	if n, err := b.joiner.Once(t.Context()); n != 1 || err != nil {
		t.Fatalf("joined %d, %v", n, err)
	}
	c := b.changes[2]
	if !c.Corrected || c.Story.ID != 100 || len(c.Story.Articles) != 2 || c.Before.ID != 100 {
		t.Errorf("got %+v", c)
	}
	if titles := fmt.Sprint(c.Story.Articles); !strings.Contains(titles, "not the bridge") || strings.Contains(titles, "bridge closed}") {
		t.Errorf("the story is made of %s", titles)
	}
}

func TestJoinerStandsBy(t *testing.T) {
	t.Parallel()
	b := setup(reading(1, "bridge closed"))
	other := b.process("b")
	if n, err := other.Once(t.Context()); n != 1 || err != nil {
		t.Fatalf("joined %d, %v", n, err)
	}
	b.waiting = append(b.waiting, reading(2, "bridge opens"))
	if n, err := b.joiner.Once(t.Context()); n != 0 || err != nil {
		t.Errorf("joined %d under somebody else's lease, %v", n, err)
	}
	// The other one hangs: its lease runs out, and we know what it had joined.
	b.clock = b.clock.Add(time.Minute)
	if n, err := b.joiner.Once(t.Context()); n != 1 || err != nil || len(b.members[100]) != 2 {
		t.Errorf("joined %d, %v, members %v", n, err, b.members)
	}
	// It comes back, and finds that the stories are somebody else's.
	b.waiting = append(b.waiting, reading(3, "bridge painted"))
	if n, err := other.Once(t.Context()); n != 0 || err != nil {
		t.Errorf("joined %d, %v", n, err)
	}
	// And once it is its turn again, it does not trust what it remembers.
	before := len(b.indexes)
	b.clock = b.clock.Add(time.Minute)
	if n, err := other.Once(t.Context()); n != 1 || err != nil || len(b.indexes) != before+1 || len(b.members[100]) != 3 {
		t.Errorf("joined %d, %v, %d new indexes, members %v", n, err, len(b.indexes)-before, b.members)
	}
}

func TestJoinerLosesItsLeaseInTheMiddle(t *testing.T) {
	t.Parallel()
	b := setup(reading(1, "bridge closed"), reading(2, "ferry sails"), reading(3, "tunnel floods"))
	b.fail = func(op string, id int64) error {
		if op == "save" && id == 1 {
			// While it was saved, a minute went by and somebody else took over.
			b.clock = b.clock.Add(time.Minute)
			b.holder, b.until = "b", b.clock.Add(time.Hour)
		}
		return nil
	}
	n, err := b.joiner.Once(t.Context())
	if n != 1 || err != nil || b.joiner.index != nil || len(b.waiting) != 2 {
		t.Errorf("joined %d, %v; %d wait", n, err, len(b.waiting))
	}
}

func TestJoinerIsNotHeldUpByOneArticle(t *testing.T) {
	t.Parallel()
	for name, poison := range map[string]func(b *bench){
		"the store fails": func(b *bench) {
			b.fail = func(op string, id int64) error {
				if op == "save" && id == 1 {
					return errors.New("constraint failed")
				}
				return nil
			}
		},
		"composing panics": func(b *bench) { b.broken = "poison" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(reading(1, "poison"), reading(2, "ferry sails"), reading(3, "ferry late"))
			poison(b)
			if n, err := b.joiner.Once(t.Context()); n != 0 || err == nil {
				t.Fatalf("joined %d, %v", n, err)
			}
			if n, err := b.joiner.Once(t.Context()); n != 2 || err != nil {
				t.Fatalf("joined %d, %v", n, err)
			}
			saves := b.saves
			b.clock = b.clock.Add(2 * retryAfter)
			if _, err := b.joiner.Once(t.Context()); err == nil || b.saves != saves {
				t.Error("the article is not tried again")
			}
			// Mended, it is joined.
			b.fail, b.broken = nil, ""
			b.clock = b.clock.Add(2 * retryAfter)
			if n, err := b.joiner.Once(t.Context()); n != 1 || err != nil {
				t.Errorf("joined %d, %v", n, err)
			}
		})
	}
}

func TestJoinerTellsAgain(t *testing.T) {
	t.Parallel()
	b := setup(reading(1, "bridge closed"))
	b.refuse = errors.New("database is locked")
	if n, err := b.joiner.Once(t.Context()); n != 1 || err != nil {
		t.Fatalf("joined %d, %v", n, err)
	}
	b.refuse = nil
	if _, err := b.joiner.Once(t.Context()); err != nil || len(b.changes) != 1 {
		t.Errorf("%d changes told, %v", len(b.changes), err)
	}
	if _, err := b.joiner.Once(t.Context()); err != nil || len(b.changes) != 1 {
		t.Errorf("told twice: %d, %v", len(b.changes), err)
	}
	// A process that died after saving: the next one tells of it.
	b.clock = b.clock.Add(time.Hour)
	if _, err := b.process("b").Once(t.Context()); err != nil || len(b.changes) != 2 || b.changes[1].Story.ID != 100 {
		t.Errorf("after a crash: %+v, %v", b.changes, err)
	}
	// But not of old.
	b.clock = b.clock.Add(retell)
	if _, err := b.process("c").Once(t.Context()); err != nil || len(b.changes) != 2 {
		t.Errorf("old ones too: %+v, %v", b.changes, err)
	}
}

func TestJoinerTakesAnIndexOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	b := setup(reading(2, "bridge opens"))
	b.stories[100], b.members[100], b.joinedAt[1] = summarize.Story{ID: 100}, []bot.Reading{reading(1, "bridge closed")}, noon // no doc
	if n, err := b.joiner.Once(t.Context()); n != 1 || err != nil {
		t.Errorf("joined %d, %v", n, err)
	}
}

func TestJoinerRunsWhenPoked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup()
		b.joiner.Now, b.library.now = time.Now, time.Now
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.joiner.Run(ctx) }()
		synctest.Wait()
		b.mu.Lock()
		b.waiting = append(b.waiting, reading(1, "bridge closed"))
		b.mu.Unlock()
		b.joiner.Poke()
		b.joiner.Poke()
		synctest.Wait()
		if len(b.changes) != 1 {
			t.Error("poked, it did not look")
		}
		b.mu.Lock()
		b.waiting = append(b.waiting, reading(2, "ferry sails"))
		b.mu.Unlock()
		time.Sleep(6 * time.Second) // of the test's own clock
		synctest.Wait()
		if len(b.changes) != 2 {
			t.Error("without a poke it did not look in time")
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if b.holder != "" {
			t.Error("the lease was not given up")
		}
	})
}
