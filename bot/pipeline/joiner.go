package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"sitrep/bot"
	"sitrep/summarize"
)

// An Index places articles among those of a sliding window, and composes
// stories. It is filled anew whenever this process takes the lease.
type Index interface {
	// Doc is what the index needs to remember of an article, as bytes to be kept
	// with it.
	Doc(r *bot.Reading) []byte
	// Add remembers an article whose story is known; one that it has already is
	// replaced.
	Add(articleID, storyID int64, doc []byte) error
	// Join places an article, has save store it, and remembers it under the id
	// that save returns. When save fails, nothing is remembered.
	Join(articleID int64, doc []byte, save func(Placement) (storyID int64, err error)) error
	// Expire forgets stories that have gained nothing since a time.
	Expire(before time.Time)
	// Compose makes a story of its members. prev is the story before, zero for a
	// new one.
	Compose(prev summarize.Story, members []bot.Reading, now time.Time) summarize.Story
}

// A Placement says where an article belongs.
type Placement struct {
	StoryID int64   // the story to join, 0 = a new one
	CopyOf  int64   // the article whose text it repeats, 0 = its own
	Absorb  []int64 // stories that turn out to be the same as StoryID
	Why     []string
}

// A Change is a story that has been saved.
type Change struct {
	Story     summarize.Story
	Before    summarize.Story // zero for a new story
	Corrected bool            // its source edited an article that was part of it
	Absorbed  []int64         // stories that were merged into it
}

// A Joiner joins briefed articles into stories. At any time one process does, by
// a lease of the store; the others stand by.
type Joiner struct {
	Store    bot.StoryStore
	NewIndex func() Index
	// Changed is told of every saved story, and after a restart again of those
	// saved shortly before: it must be idempotent. The article stays joined when
	// it fails; it is called again at the next look.
	Changed func(ctx context.Context, c Change) error
	Holder  string // who we are, unlike any other process
	Trace   Tracer // nil: nobody follows

	Window   time.Duration    // how far back stories are open; default 6 days
	LeaseFor time.Duration    // default 30 s
	Every    time.Duration    // how often Run looks without being poked; default 5 s
	Now      func() time.Time // default time.Now
	Log      *slog.Logger

	poke    chan struct{}
	index   Index               // nil: not filled, or not to be trusted any more
	leased  time.Time           // until when we hold the lease, by our clock
	expired time.Time           // when the index last forgot
	untold  map[int64]Change    // by story: Changed failed, and is tried again
	later   map[int64]time.Time // by article: joining failed; not tried again before
}

const leaseName = "stories"

// errLeaseLost ends a round: another process joins articles now.
var errLeaseLost = errors.New("another process joins stories")

// NewJoiner returns j, ready to be poked.
func NewJoiner(j Joiner) *Joiner {
	j.poke = make(chan struct{}, 1)
	j.untold, j.later = map[int64]Change{}, map[int64]time.Time{}
	j.Window = or(j.Window, 6*24*time.Hour)
	j.LeaseFor = or(j.LeaseFor, 30*time.Second)
	j.Every = or(j.Every, 5*time.Second)
	if j.Now == nil {
		j.Now = time.Now
	}
	if j.Log == nil {
		j.Log = slog.Default()
	}
	return &j
}

// Poke has Run look at once. It never waits.
func (j *Joiner) Poke() {
	select {
	case j.poke <- struct{}{}:
	default:
	}
}

// Run joins articles until ctx is done, then gives the lease up.
func (j *Joiner) Run(ctx context.Context) error {
	tick := time.NewTicker(j.Every)
	defer tick.Stop()
	for {
		if _, err := j.Once(ctx); err != nil && ctx.Err() == nil {
			j.Log.ErrorContext(ctx, "joining stories failed; trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			if j.index != nil {
				j.index = nil
				return j.Store.ReleaseLease(last, leaseName, j.Holder)
			}
			return nil
		case <-j.poke:
		case <-tick.C:
		}
	}
}

// Once joins what waits, and returns how many articles it joined. Where another
// process holds the lease it does nothing.
func (j *Joiner) Once(ctx context.Context) (joined int, err error) {
	if err := j.hold(ctx, true); err != nil {
		if errors.Is(err, errLeaseLost) {
			return 0, nil
		}
		return 0, err
	}
	for _, c := range j.untold {
		delete(j.untold, c.Story.ID)
		j.tell(ctx, c)
	}
	for {
		if j.index == nil {
			if err := j.holding(ctx, j.fill); err != nil {
				j.index = nil
				if errors.Is(err, errLeaseLost) {
					return joined, nil
				}
				return joined, err
			}
		}
		waiting, err := j.Store.BriefedArticles(ctx, 200+len(j.later))
		if err != nil {
			return joined, fmt.Errorf("articles to join: %w", err)
		}
		progress := false
		for i := range waiting {
			id := waiting[i].Article.ID
			if until, ok := j.later[id]; ok && j.Now().Before(until) && !j.Now().Before(until.Add(-retryAfter)) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return joined, err
			}
			if err := j.hold(ctx, false); err != nil {
				if errors.Is(err, errLeaseLost) {
					return joined, nil
				}
				return joined, err
			}
			if j.index == nil { // the lease had run out meanwhile: others may have joined what waits
				progress = true
				break
			}
			if err := j.join(ctx, &waiting[i]); err != nil {
				if ctx.Err() != nil {
					return joined, ctx.Err()
				}
				// One article must not hold the others up. The index may know it half.
				j.later[id] = j.Now().Add(retryAfter)
				j.index = nil
				return joined, fmt.Errorf("join article %d: %w", id, err)
			}
			delete(j.later, id)
			joined++
			progress = true
		}
		if !progress {
			break
		}
	}
	if now := j.Now(); now.Sub(j.expired) > time.Hour {
		j.expired = now
		j.index.Expire(now.Add(-j.Window))
	}
	return joined, nil
}

// hold takes or renews the lease, unless it lasts for long enough yet. Whoever
// loses it forgets the index: somebody else's placements are not in it.
func (j *Joiner) hold(ctx context.Context, always bool) error {
	now := j.Now()
	if !always && j.leased.Sub(now) > j.LeaseFor/2 && j.leased.Sub(now) <= j.LeaseFor {
		return nil
	}
	ours, err := j.Store.Lease(ctx, leaseName, j.Holder, j.LeaseFor)
	if err != nil {
		j.index = nil
		return fmt.Errorf("lease of the stories: %w", err)
	}
	if !ours {
		j.index = nil
		return errLeaseLost
	}
	if now.After(j.leased) {
		j.index = nil // it had run out: others may have joined meanwhile
	}
	j.leased = now.Add(j.LeaseFor)
	return nil
}

// holding renews the lease while work lasts, which may be longer than it. It
// fails where the lease was not ours all the while.
func (j *Joiner) holding(ctx context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	until, stop, stopped := j.leased, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(j.LeaseFor / 3)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			now := j.Now()
			ours, err := j.Store.Lease(ctx, leaseName, j.Holder, j.LeaseFor)
			switch {
			case now.After(until) || err == nil && !ours:
				cancel(errLeaseLost)
				return
			case err == nil:
				until = now.Add(j.LeaseFor)
			}
		}
	}()
	err := work(ctx)
	close(stop)
	<-stopped
	j.leased = until
	if errors.Is(context.Cause(ctx), errLeaseLost) {
		return errLeaseLost
	}
	return err
}

// fill reads the window into a new index, and tells again of what was saved
// shortly before: a process may have died between saving and telling.
func (j *Joiner) fill(ctx context.Context) error {
	now := j.Now()
	index := j.NewIndex()
	n := 0
	err := j.Store.Window(ctx, now.Add(-j.Window), func(articleID, storyID int64, doc []byte) error {
		n++
		if err := index.Add(articleID, storyID, doc); err != nil {
			// Written by an older version, say. The article stays where it is.
			j.Log.WarnContext(ctx, "article not taken into the index", "article", articleID, "err", err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("fill the index of stories: %w", err)
	}
	recent := map[int64]bool{}
	err = j.Store.Window(ctx, now.Add(-retell), func(_, storyID int64, _ []byte) error {
		recent[storyID] = true
		return nil
	})
	if err != nil {
		return fmt.Errorf("stories saved shortly before: %w", err)
	}
	j.index = index
	j.Log.InfoContext(ctx, "joining stories", "articles", n, "recent", len(recent))
	for id := range recent {
		story, err := j.Store.Story(ctx, id)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("story %d: %w", id, err)
		}
		j.tell(ctx, Change{Story: story, Before: story})
	}
	return nil
}

// retryAfter is when an article that could not be joined is tried again.
const retryAfter = time.Minute

// retell is how far back a new holder of the lease tells of changes again.
const retell = 3 * time.Hour

func (j *Joiner) join(ctx context.Context, r *bot.Reading) (err error) {
	ctx, end := j.Trace.begin(ctx, "story", r.Article.ID)
	defer func() { end(err) }()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panicked: %v\n%s", p, debug.Stack())
		}
	}()
	if r.StoryID != 0 {
		return j.rejoin(ctx, r)
	}
	doc := j.index.Doc(r)
	var change Change
	err = j.index.Join(r.Article.ID, doc, func(p Placement) (int64, error) {
		now := j.Now()
		var members []bot.Reading
		for _, from := range p.Absorb {
			if err := j.Store.MergeStories(ctx, from, p.StoryID, now); err != nil {
				return 0, fmt.Errorf("merge story %d into %d: %w", from, p.StoryID, err)
			}
		}
		if p.StoryID != 0 {
			var err error
			if change.Before, err = j.Store.Story(ctx, p.StoryID); err != nil {
				return 0, fmt.Errorf("story %d: %w", p.StoryID, err)
			}
			if members, err = j.Store.Members(ctx, change.Before.ID); err != nil {
				return 0, fmt.Errorf("members of story %d: %w", p.StoryID, err)
			}
		}
		r.CopyOf = p.CopyOf
		members = append(members, *r)
		story := j.index.Compose(change.Before, members, now)
		story.ID = change.Before.ID
		saved, err := j.Store.SaveStory(ctx, bot.Join{Story: story, ArticleID: r.Article.ID, CopyOf: p.CopyOf, Doc: doc, At: now, Why: p.Why})
		if err != nil {
			return 0, fmt.Errorf("save the story of article %d: %w", r.Article.ID, err)
		}
		change.Story, change.Absorbed = saved, p.Absorb
		return saved.ID, nil
	})
	if err != nil {
		return err
	}
	j.tell(ctx, change)
	return nil
}

// rejoin recomposes the story of an article that its source has edited. It stays
// in its story: links to it have been posted.
func (j *Joiner) rejoin(ctx context.Context, r *bot.Reading) error {
	now := j.Now()
	before, err := j.Store.Story(ctx, r.StoryID)
	if err != nil {
		return fmt.Errorf("story %d: %w", r.StoryID, err)
	}
	members, err := j.Store.Members(ctx, before.ID)
	if err != nil {
		return fmt.Errorf("members of story %d: %w", before.ID, err)
	}
	found := false
	for i := range members {
		if members[i].Article.ID == r.Article.ID {
			r.CopyOf = members[i].CopyOf
			members[i], found = *r, true
		}
	}
	if !found {
		members = append(members, *r)
	}
	doc := j.index.Doc(r)
	story := j.index.Compose(before, members, now)
	story.ID = before.ID
	saved, err := j.Store.SaveStory(ctx, bot.Join{Story: story, ArticleID: r.Article.ID, CopyOf: r.CopyOf, Doc: doc, At: now, Why: []string{"edited at its source"}})
	if err != nil {
		return fmt.Errorf("save story %d: %w", before.ID, err)
	}
	if err := j.index.Add(r.Article.ID, saved.ID, doc); err != nil {
		return err
	}
	j.tell(ctx, Change{Story: saved, Before: before, Corrected: r.Corrected})
	return nil
}

func (j *Joiner) tell(ctx context.Context, c Change) {
	if j.Changed == nil {
		return
	}
	if err := j.Changed(ctx, c); err != nil {
		if len(j.untold) < 1000 {
			j.untold[c.Story.ID] = c
		}
		j.Log.ErrorContext(ctx, "subscribers not told of a story", "story", c.Story.ID, "err", err)
	}
}
