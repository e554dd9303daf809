package feeds

import (
	"bytes"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"sitrep/feeds/fetch"
	"sitrep/feeds/guard"
)

// accept is what a poller asks for.
const accept = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"

// PollerConfig sets up a Poller. Store and Client are needed, the rest has
// defaults.
type PollerConfig struct {
	Store  Store
	Client *fetch.Client

	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Rand is the source of jitter. Default: seeded by the runtime.
	Rand *rand.Rand
	// Log receives what operators may want to know. Default: nothing.
	Log *slog.Logger

	Pace Pace

	// Workers bounds the requests under way at once, over all hosts. Default 128.
	Workers int
	// Parsers bounds the documents parsed at once. Default 2.
	Parsers int
	// Lease is how long feeds are taken for. Feeds that a killed process held are
	// asked again after it. Default 10 min.
	Lease time.Duration
	// Batch is how many feeds are leased at once. Default 500.
	Batch int
	// Idle is how long Run waits before it looks for due feeds again. Default 10 s.
	Idle time.Duration

	// Owner names the outlet and the family behind an address, for feeds that
	// have no publisher yet. Default: none is known.
	Owner func(url string) (publisher, family string, ok bool)
	// Suggest looks for where a feed that keeps failing has moved to, "" when
	// nothing was found. It may use the network. Default: not asked.
	Suggest func(ctx context.Context, f Feed) string
	// Push subscribes to feeds that offer a hub. Default: nothing is pushed.
	Push Push
	// Observe is called after each check was stored. Default: nothing.
	Observe func(c Check, s Saved, took time.Duration)
}

// Push is how the Poller has news pushed to it (see feeds/websub).
type Push interface {
	// Ensure sees to it that f is subscribed at its hub, and returns until when.
	Ensure(ctx context.Context, f Feed) time.Time
}

// Stats counts what a round of polling did.
type Stats struct {
	Checked     int // feeds asked
	NotModified int // answered 304
	SameBody    int // answered whole, with a body already known
	Changed     int // brought new or edited articles
	Failed      int
	Deferred    int // put off because their host has its pause
	Added       int // articles
	Edited      int // articles
	StoreErrors int // outcomes that could not be stored
}

func (s *Stats) add(o Stats) {
	s.Checked += o.Checked
	s.NotModified += o.NotModified
	s.SameBody += o.SameBody
	s.Changed += o.Changed
	s.Failed += o.Failed
	s.Deferred += o.Deferred
	s.Added += o.Added
	s.Edited += o.Edited
	s.StoreErrors += o.StoreErrors
}

// A Poller asks feeds that are due and stores what they bring.
type Poller struct {
	cfg        PollerConfig
	pace       Pace
	parse      chan struct{} // places for parsing
	suggesting chan struct{} // places for suggestions
	rndMu      sync.Mutex
}

// NewPoller returns a Poller for cfg.
func NewPoller(cfg PollerConfig) *Poller {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&cfg.Workers, 128)
	def(&cfg.Parsers, 2)
	def(&cfg.Batch, 500)
	if cfg.Lease <= 0 {
		cfg.Lease = 10 * time.Minute
	}
	if cfg.Idle <= 0 {
		cfg.Idle = 10 * time.Second
	}
	return &Poller{cfg: cfg, pace: cfg.Pace.withDefaults(), parse: make(chan struct{}, cfg.Parsers), suggesting: make(chan struct{}, 4)}
}

// Once asks every feed that is due, once, and returns when all outcomes are
// stored. When ctx ends it finishes the requests under way, gives the other
// feeds back and returns the cause.
func (p *Poller) Once(ctx context.Context) (Stats, error) {
	r := newRound(p, nil)
	err := r.run(ctx)
	return r.stats, err
}

// Run polls until ctx ends, and returns its error. After a start, and after the
// machine has slept, it takes up its work gently: what has become due in the
// meantime is not asked all at once.
func (p *Poller) Run(ctx context.Context) error {
	ramp := &ramp{}
	for {
		r := newRound(p, ramp)
		r.forever = true
		err := r.run(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.cfg.Log.Error("polling was interrupted", "err", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(p.cfg.Idle):
		}
	}
}

// ramp limits how many feeds are started a second after a pause of the whole
// program: 10 in the first seconds, twice as many every ten seconds, no limit
// after three minutes.
type ramp struct {
	since   time.Time
	last    time.Time
	started int
}

const rampLength = 3 * time.Minute

// wait tells how long to wait before the next feed may be started.
func (r *ramp) wait(now time.Time) time.Duration {
	if r == nil {
		return 0
	}
	if r.last.IsZero() || now.Sub(r.last) > 5*time.Minute || now.Before(r.last.Add(-time.Minute)) {
		r.since, r.started = now, 0
	}
	r.last = now
	age := now.Sub(r.since)
	if age >= rampLength {
		return 0
	}
	if float64(r.started) < rampAllowed(age) {
		r.started++
		return 0
	}
	return 100 * time.Millisecond
}

// rampAllowed is how many feeds may have been started by age.
func rampAllowed(age time.Duration) float64 {
	total, rate := 10.0, 10.0
	for s := age.Seconds(); s > 0; s -= 10 {
		total += rate * min(s, 10)
		rate *= 2
	}
	return total
}

// A round works through feeds that are due. Its loop never waits for the
// network: it hands a feed to a goroutine only when the feed's host may be asked,
// so a host that has its pause holds up nobody else.
type round struct {
	p       *Poller
	ramp    *ramp
	forever bool // look for due feeds again and again, until the context ends
	stats   Stats

	hosts   map[string]*hostQueue
	ready   hostHeap // hosts with feeds waiting, the next to be asked first
	queued  int      // feeds waiting
	running int      // feeds being asked
	sick    int      // of those running: feeds that failed last time, or were never asked
	done    chan outcome
	save    *saver
	stop    context.Context // of the whole round
	after   sync.WaitGroup  // suggestions being looked for
}

type hostQueue struct {
	host  string
	feeds []Feed
	at    time.Time // when the host may be asked
	busy  bool
	index int // in the heap, -1 when not in it
}

type hostHeap []*hostQueue

func (h hostHeap) Len() int           { return len(h) }
func (h hostHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h hostHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i]; h[i].index, h[j].index = i, j }
func (h *hostHeap) Push(x any) {
	q := x.(*hostQueue)
	q.index = len(*h)
	*h = append(*h, q)
}
func (h *hostHeap) Pop() any {
	old := *h
	q := old[len(old)-1]
	*h = old[:len(old)-1]
	q.index = -1
	return q
}

type outcome struct {
	host  string
	sick  bool
	retry *Feed // the host was busy after all: ask again at
	at    time.Time
	stats Stats
}

// maxWait is how long a leased feed may queue behind others of its host. Those
// further back are given back with a later check.
const maxWait = 3 * time.Minute

func newRound(p *Poller, r *ramp) *round {
	return &round{p: p, ramp: r, hosts: make(map[string]*hostQueue), done: make(chan outcome, p.cfg.Workers)}
}

func (r *round) run(ctx context.Context) error {
	// Requests under way at the end of ctx are finished: a server that was asked
	// and not listened to would be asked the same again.
	work := context.WithoutCancel(ctx)
	r.save = newSaver(work, r.p)
	r.stop = ctx
	err := r.loop(ctx, work)
	for r.running > 0 {
		r.finish(<-r.done)
	}
	r.after.Wait()
	for _, q := range r.hosts { // give back what was not asked
		for _, f := range q.feeds {
			r.save.put(Check{Feed: f, At: r.p.cfg.Now()})
		}
	}
	if serr := r.save.close(); err == nil {
		err = serr
	}
	r.stats.StoreErrors += r.save.errors
	return err
}

func (r *round) loop(ctx, work context.Context) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var lookAgain time.Time // when to look for due feeds again
	var logged Stats
	exhausted := false
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		now := r.p.cfg.Now()
		if exhausted && r.forever && !now.Before(lookAgain) {
			exhausted = false
			if d := r.stats.Checked - logged.Checked; d > 0 {
				r.p.cfg.Log.Info("polled", "feeds", d, "not_modified", r.stats.NotModified-logged.NotModified,
					"changed", r.stats.Changed-logged.Changed, "failed", r.stats.Failed-logged.Failed, "added", r.stats.Added-logged.Added)
				logged = r.stats
			}
		}
		if !exhausted && r.hungry(now) {
			n, err := r.lease(work)
			if err != nil {
				return err
			}
			if exhausted = n == 0; exhausted {
				lookAgain = now.Add(r.p.cfg.Idle)
			}
		}
		wait := r.dispatch(work)
		if !exhausted && r.hungry(now) {
			continue
		}
		if r.queued == 0 && r.running == 0 {
			if !r.forever {
				return nil
			}
			wait = lookAgain.Sub(r.p.cfg.Now())
		}
		if exhausted && r.forever {
			wait = min(wait, lookAgain.Sub(r.p.cfg.Now()))
		}
		timer.Reset(max(wait, time.Millisecond))
		select {
		case o := <-r.done:
			r.finish(o)
		drain:
			for {
				select {
				case o := <-r.done:
					r.finish(o)
				default:
					break drain
				}
			}
		case <-timer.C:
		case <-ctx.Done():
		}
	}
}

// hungry tells whether more feeds should be leased: few hosts are waiting, or
// none of them may be asked yet. Feeds that queue for a slow host do not count,
// up to what may be held in memory.
func (r *round) hungry(now time.Time) bool {
	if r.queued >= 10*r.p.cfg.Batch {
		return false
	}
	return len(r.ready) < r.p.cfg.Workers || r.ready[0].at.After(now)
}

func (r *round) lease(ctx context.Context) (int, error) {
	now := r.p.cfg.Now()
	feeds, err := r.p.cfg.Store.LeaseFeeds(ctx, now, r.p.cfg.Batch, r.p.cfg.Lease)
	if err != nil {
		return 0, err
	}
	spacing := r.p.cfg.Client.Spacing()
	for _, f := range feeds {
		if t := welcome(now, f.Memory); t.After(now) && !f.LastCheckedAt.IsZero() {
			r.deferFeed(f, t) // overdue, in hours without requests
			continue
		}
		host := HostKey(f.URL)
		q := r.hosts[host]
		if q == nil {
			q = &hostQueue{host: host, at: now, index: -1}
			if held := r.p.cfg.Client.HeldUntil(f.URL); held.After(now) {
				q.at = held
			}
			r.hosts[host] = q
		}
		wait := q.at.Sub(now) + time.Duration(len(q.feeds))*spacing
		if wait > maxWait {
			r.deferFeed(f, now.Add(wait))
			continue
		}
		q.feeds = append(q.feeds, f)
		r.queued++
		if !q.busy && q.index < 0 {
			heap.Push(&r.ready, q)
		}
	}
	return len(feeds), nil
}

// deferFeed gives a feed back to be asked at about at.
func (r *round) deferFeed(f Feed, at time.Time) {
	f.NextCheckAt = at.Add(r.p.random(time.Minute))
	r.stats.Deferred++
	r.save.put(Check{Feed: f, At: r.p.cfg.Now()})
}

// dispatch starts all that may be started now and tells when to look again.
func (r *round) dispatch(ctx context.Context) time.Duration {
	for r.running < r.p.cfg.Workers && len(r.ready) > 0 {
		q := r.ready[0]
		now := r.p.cfg.Now()
		if wait := q.at.Sub(now); wait > 0 {
			return wait
		}
		f := q.feeds[0]
		sick := f.Fails > 0 || f.LastCheckedAt.IsZero()
		if sick && r.sick >= max(r.p.cfg.Workers*3/4, 1) {
			// Slow and dead hosts never take all places: a healthy feed goes first.
			if !r.preferHealthy() {
				return time.Second
			}
			continue
		}
		if wait := r.ramp.wait(now); wait > 0 {
			return wait
		}
		heap.Pop(&r.ready)
		q.feeds = q.feeds[1:]
		q.busy = true
		r.queued--
		r.running++
		if sick {
			r.sick++
		}
		go r.check(ctx, f, q.host, sick)
	}
	return time.Second
}

// preferHealthy brings a host to the front whose next feed is healthy and may be
// asked now.
func (r *round) preferHealthy() bool {
	now := r.p.cfg.Now()
	for _, q := range r.ready {
		if f := q.feeds[0]; f.Fails == 0 && !f.LastCheckedAt.IsZero() && !q.at.After(now) {
			q.at = r.ready[0].at.Add(-time.Nanosecond)
			heap.Fix(&r.ready, q.index)
			return true
		}
	}
	return false
}

func (r *round) finish(o outcome) {
	r.running--
	if o.sick {
		r.sick--
	}
	r.stats.add(o.stats)
	q := r.hosts[o.host]
	q.busy = false
	now := r.p.cfg.Now()
	q.at = now.Add(r.p.cfg.Client.Spacing())
	if o.at.After(q.at) {
		q.at = o.at
	}
	if o.retry != nil {
		if o.at.Sub(now) > maxWait {
			r.deferFeed(*o.retry, o.at)
		} else {
			q.feeds = append(q.feeds, *o.retry)
			r.queued++
		}
	}
	if q.at.Sub(now) > maxWait { // the host asked for quiet
		for i, f := range q.feeds {
			r.deferFeed(f, q.at.Add(time.Duration(i)*r.p.cfg.Client.Spacing()))
		}
		r.queued -= len(q.feeds)
		q.feeds = nil
	}
	if len(q.feeds) == 0 {
		delete(r.hosts, o.host)
		return
	}
	heap.Push(&r.ready, q)
}

// check asks one feed and stores the outcome.
func (r *round) check(ctx context.Context, f Feed, host string, sick bool) {
	start := time.Now()
	o := outcome{host: host, sick: sick}
	defer func() { r.done <- o }()
	c, articles, retryAt, ok := r.p.ask(ctx, f, &o.stats)
	if !ok { // the host was busy with somebody else's request
		o.retry, o.at, o.stats = &f, retryAt, Stats{}
		return
	}
	if c.HoldHost.After(o.at) {
		o.at = c.HoldHost
	}
	var saved Saved
	if len(articles) > 0 {
		var err error
		if saved, err = r.p.cfg.Store.SaveChanged(ctx, c, articles); err != nil {
			r.p.cfg.Log.Error("save changed feed", "feed", f.ID, "err", err)
			o.stats = Stats{Checked: 1, Failed: 1, StoreErrors: 1}
			// The validators of an answer whose articles are not stored must not
			// be stored either; the next check has to come all the same.
			c = r.p.failed(f, FailStore, 0, time.Time{}, c.At)
			articles = nil
		}
		o.stats.Added, o.stats.Edited = saved.Added, saved.Edited
	}
	if len(articles) == 0 {
		if r.p.wantsSuggestion(c.Feed) {
			r.suggest(c)
		} else {
			r.save.put(c)
		}
	}
	if r.p.cfg.Observe != nil {
		r.p.cfg.Observe(c, saved, time.Since(start))
	}
}

// ask makes the request and decides what it means. ok is false when the host was
// not free; retryAt then says when it is.
func (p *Poller) ask(ctx context.Context, f Feed, st *Stats) (c Check, articles []Article, retryAt time.Time, ok bool) {
	now := p.cfg.Now()
	req := fetch.Request{URL: f.URL, Accept: accept}
	if v := f.Validators; v.ETag != "" || v.LastModified != "" {
		if now.Sub(v.At) < validatorAge {
			req.ETag, req.LastModified = v.ETag, v.LastModified
		} else {
			f.Memory.Unconditional++
		}
	}
	res, err := p.cfg.Client.Get(ctx, req)
	now = p.cfg.Now()
	if err != nil {
		var fe *fetch.Error
		if errors.As(err, &fe) && fe.Kind == fetch.KindHeld {
			return Check{}, nil, fe.Until, false
		}
		st.Checked, st.Failed = 1, 1
		p.cfg.Log.Debug("check failed", "feed", f.ID, "err", fetch.Detail(err))
		return p.failed(f, kindOf(err), 0, time.Time{}, now), nil, time.Time{}, true
	}
	st.Checked = 1
	c, articles = p.judge(ctx, f, res, now, st)
	return c, articles, time.Time{}, true
}

// judge turns an answer into a Check and the articles to store.
func (p *Poller) judge(ctx context.Context, f Feed, res fetch.Response, now time.Time, st *Stats) (Check, []Article) {
	fail := func(k FailureKind) (Check, []Article) {
		st.Failed = 1
		c := p.failed(f, k, res.Status, res.RetryAt, now)
		if k == FailRateLimited && HostKey(res.URL) == HostKey(f.URL) {
			c.HoldHost = p.cfg.Client.HeldUntil(res.URL)
		}
		return c, nil
	}
	if k := statusKind(res); k != FailNone {
		return fail(k)
	}
	if res.Status == http.StatusNotModified {
		st.NotModified = 1
		f = followRedirect(f, res, now)
		if p.cfg.Push != nil && f.HubURL != "" {
			f.Memory.HubLeaseExpires = p.cfg.Push.Ensure(ctx, f)
		}
		// RFC 9111: a 304 brings the validators up to date.
		if e := res.Header.Get("ETag"); e != "" {
			f.Validators.ETag = e
		}
		if lm := res.Header.Get("Last-Modified"); lm != "" {
			f.Validators.LastModified = lm
		}
		return p.succeeded(f, res, 0, now), nil
	}
	hash := binary.BigEndian.AppendUint64(nil, xxhash.Sum64(res.Body))
	validators := Validators{ETag: res.Header.Get("ETag"), LastModified: res.Header.Get("Last-Modified"), At: now}
	if len(res.Body) > 0 && bytes.Equal(hash, f.BodyHash) {
		st.SameBody = 1
		f = followRedirect(f, res, now)
		f.Validators = validators
		return p.succeeded(f, res, 0, now), nil
	}
	doc, articles, f, k := p.read(ctx, f, res, now)
	if k != FailNone {
		return fail(k)
	}
	f = followRedirect(f, res, now)
	if res.Cut { // half an answer vouches for nothing: the rest must not hide behind a 304
		f.BodyHash, f.Validators = nil, Validators{}
	} else {
		f.BodyHash, f.Validators = hash, validators
	}
	if len(articles) > 0 {
		st.Changed = 1
		f.LastChangedAt = now
	}
	news := publications(articles, f.LastCheckedAt)
	if f.LastCheckedAt.IsZero() {
		// What the dates tell is believed up to the default pace; to be asked more
		// often a feed has to be seen to change.
		most := float64(12*time.Hour) / float64(p.pace.Default)
		perDay, ok := history(doc.Items, now)
		if f.Memory.ChangesPerDay = min(perDay, most); !ok {
			f.Memory.ChangesPerDay = most
		}
	}
	if p.cfg.Push != nil && f.HubURL != "" {
		f.Memory.HubLeaseExpires = p.cfg.Push.Ensure(ctx, f)
	}
	c := p.succeeded(f, res, news, now)
	c.Changed = len(articles) > 0
	return c, articles
}

// read parses an answer and finds its new articles. Few do that at a time: it takes
// memory, and a connection to the database.
func (p *Poller) read(ctx context.Context, f Feed, res fetch.Response, now time.Time) (Document, []Article, Feed, FailureKind) {
	p.parse <- struct{}{}
	defer func() { <-p.parse }()
	doc, err := Parse(res.Body, res.Header.Get("Content-Type"), res.URL, now)
	if k := parseKind(doc, err, res); k != FailNone {
		level := slog.LevelDebug
		if errors.Is(err, guard.ErrPanic) {
			level = slog.LevelError
		}
		p.cfg.Log.Log(ctx, level, "feed not readable", "feed", f.ID, "kind", k, "err", err)
		return doc, nil, f, k
	}
	articles, digested, err := p.digest(ctx, f, doc, now)
	if err != nil {
		p.cfg.Log.Error("read known articles", "feed", f.ID, "err", err)
		return doc, nil, f, FailStore
	}
	return doc, articles, digested, FailNone
}

// digest finds the articles of doc that are not stored yet and takes over what
// the document says of its feed.
func (p *Poller) digest(ctx context.Context, f Feed, doc Document, now time.Time) ([]Article, Feed, error) {
	var known []Known
	if !f.LastCheckedAt.IsZero() || !f.LastChangedAt.IsZero() {
		var err error
		if known, err = p.cfg.Store.KnownArticles(ctx, f.ID, knownLimit); err != nil {
			return nil, f, err
		}
	}
	f = describe(f, doc)
	if p.cfg.Owner != nil && (f.Publisher == "" || f.Publisher == f.Title) {
		for _, u := range []string{f.SiteURL, f.URL} {
			if pub, family, ok := p.cfg.Owner(u); ok {
				f.Publisher, f.Family = pub, family
				break
			}
		}
	}
	if f.Publisher == "" {
		f.Publisher = firstOf(f.Title, HostKey(f.URL))
	}
	if f.Family == "" {
		f.Family = f.Publisher
	}
	articles, mem := Identify(f, doc.Items, known, now)
	f.Memory = mem
	return articles, f, nil
}

// Ingest stores what a hub has pushed for f: a document of the feed with its
// newest items, perhaps only those. Validators and the next check stay as they
// are, for the pushed body is not what the feed's address answers.
func (p *Poller) Ingest(ctx context.Context, f Feed, body []byte, contentType string) (Saved, error) {
	now := p.cfg.Now()
	p.parse <- struct{}{}
	doc, err := Parse(body, contentType, f.URL, now)
	<-p.parse
	if err != nil {
		return Saved{}, err
	}
	articles, digested, err := p.digest(ctx, f, doc, now)
	if err != nil || len(articles) == 0 {
		return Saved{}, err
	}
	f.Memory, f.Publisher, f.Family, f.LastChangedAt = digested.Memory, digested.Publisher, digested.Family, now
	return p.cfg.Store.SaveChanged(ctx, Check{Feed: f, At: now, Status: http.StatusOK, Changed: true}, articles)
}

// knownLimit is how many stored articles a document is compared with: several
// times what a feed shows, so that items that vanish and return are known.
const knownLimit = 1500

// describe takes over what the document says of its feed.
func describe(f Feed, doc Document) Feed {
	take := func(dst *string, v string) {
		if v != "" {
			*dst = v
		}
	}
	take(&f.Title, doc.Title)
	take(&f.Description, cut(doc.Description, 500))
	take(&f.SiteURL, doc.SiteURL)
	take(&f.Lang, doc.Lang)
	take(&f.IconURL, doc.IconURL)
	f.HubURL = doc.HubURL
	if f.Memory.HubTopic = ""; f.HubURL != "" {
		f.Memory.HubTopic = firstOf(doc.SelfURL, f.URL)
	}
	f.Memory.MinInterval = int64(doc.MinInterval / time.Second)
	f.Memory.SkipHours = doc.SkipHours
	f.Memory.SkipDays = nil
	for _, d := range doc.SkipDays {
		f.Memory.SkipDays = append(f.Memory.SkipDays, int(d))
	}
	if doc.NewURL != "" && doc.NewURL != f.URL {
		f.Moved = doc.NewURL
	}
	return f
}

// followRedirect watches a permanent redirect, and changes the feed's address
// when it has been the same for redirectAge. Only answers that are feeds count.
func followRedirect(f Feed, res fetch.Response, now time.Time) Feed {
	if res.Permanent == "" || res.Permanent == f.URL {
		f.Memory.RedirectTo, f.Memory.RedirectSince = "", time.Time{}
		return f
	}
	if f.Memory.RedirectTo != res.Permanent {
		f.Memory.RedirectTo, f.Memory.RedirectSince = res.Permanent, now
		return f
	}
	if now.Sub(f.Memory.RedirectSince) >= redirectAge {
		f.URL = res.Permanent
		f.Memory.RedirectTo, f.Memory.RedirectSince = "", time.Time{}
	}
	return f
}

// succeeded makes the Check of a good answer that brought news publications.
func (p *Poller) succeeded(f Feed, res fetch.Response, news int, now time.Time) Check {
	if f.State != StateActive {
		f.State, f.Since = StateActive, now
	}
	elapsed := time.Duration(0)
	if !f.LastCheckedAt.IsZero() {
		elapsed = now.Sub(f.LastCheckedAt)
	}
	f.Memory.ChangesPerDay = habits(f.Memory.ChangesPerDay, elapsed, news)
	f.Kind, f.Reason, f.Fails = FailNone, "", 0
	if f.Moved == f.URL {
		f.Moved = ""
	}
	f.LastCheckedAt = now
	p.rndMu.Lock()
	f.NextCheckAt, f.Interval = p.pace.nextAfterSuccess(f, res.FreshFor, now, p.cfg.Rand)
	p.rndMu.Unlock()
	if held := p.cfg.Client.HeldUntil(f.URL); held.After(f.NextCheckAt) {
		f.NextCheckAt = held
	}
	return Check{Feed: f, At: now, Status: res.Status}
}

// failed makes the Check of a failure. Validators, hash and articles stay as
// they are.
func (p *Poller) failed(f Feed, k FailureKind, status int, retryAt, now time.Time) Check {
	f.Kind, f.Reason = k, reason(k, status)
	f.Fails++
	f.LastCheckedAt = firstTime(f.LastCheckedAt, now, k)
	state := StateFailing
	if k == FailGone {
		state = StateGone
	}
	if f.State != state {
		f.State, f.Since = state, now
	}
	p.rndMu.Lock()
	f.NextCheckAt = p.pace.nextAfterFailure(f, retryAt, now, p.cfg.Rand)
	p.rndMu.Unlock()
	f.Interval = f.NextCheckAt.Sub(now)
	if held := p.cfg.Client.HeldUntil(f.URL); held.After(f.NextCheckAt) {
		f.NextCheckAt = held
	}
	return Check{Feed: f, At: now, Status: status}
}

// wantsSuggestion tells whether a feed has just failed for the third time in a
// way that points to a move.
func (p *Poller) wantsSuggestion(f Feed) bool {
	if p.cfg.Suggest == nil || f.Moved != "" || f.Fails != 3 {
		return false
	}
	return f.Kind == FailNotFound || f.Kind == FailNotFeed || f.Kind == FailDNS || f.Kind == FailForbidden
}

// suggest looks for where a feed has gone and stores its Check then. It makes
// several requests with pauses between them, and so holds no worker's place.
func (r *round) suggest(c Check) {
	r.after.Add(1)
	go func() {
		defer r.after.Done()
		ctx, cancel := context.WithTimeout(r.stop, 2*time.Minute)
		defer cancel()
		select {
		case r.p.suggesting <- struct{}{}:
			c.Feed.Moved = r.p.cfg.Suggest(ctx, c.Feed)
			<-r.p.suggesting
		case <-ctx.Done():
		}
		r.save.put(c)
	}()
}

func firstTime(last, now time.Time, k FailureKind) time.Time {
	if k == FailStore {
		return last // nothing is known of this answer
	}
	return now
}

func (p *Poller) random(d time.Duration) time.Duration {
	p.rndMu.Lock()
	defer p.rndMu.Unlock()
	return time.Duration(p.cfg.Rand.Int64N(int64(d) + 1))
}

// kindOf translates the client's error.
func kindOf(err error) FailureKind {
	switch fetch.KindOf(err) {
	case fetch.KindDNS:
		return FailDNS
	case fetch.KindTLS:
		return FailTLS
	case fetch.KindTimeout:
		return FailTimeout
	case fetch.KindRefused, fetch.KindBadURL:
		return FailRefused
	case fetch.KindRedirects:
		return FailRedirects
	case fetch.KindEncoding:
		return FailEncoding
	default:
		return FailNetwork
	}
}

func statusText(status int) string {
	if status == 0 {
		return "no answer"
	}
	if t := http.StatusText(status); t != "" {
		return strconv.Itoa(status) + " " + t
	}
	return strconv.Itoa(status)
}

// A saver stores the outcomes of unchanged and failed feeds, many at once.
type saver struct {
	p      *Poller
	ctx    context.Context
	in     chan Check
	done   chan struct{}
	errors int
	err    error
}

const (
	saveBatch = 256
	saveEvery = 250 * time.Millisecond
)

func newSaver(ctx context.Context, p *Poller) *saver {
	s := &saver{p: p, ctx: ctx, in: make(chan Check, saveBatch), done: make(chan struct{})}
	go s.loop()
	return s
}

func (s *saver) put(c Check) { s.in <- c }

func (s *saver) close() error {
	close(s.in)
	<-s.done
	return s.err
}

func (s *saver) loop() {
	defer close(s.done)
	batch := make([]Check, 0, saveBatch)
	flush := func() {
		if len(batch) == 0 {
			return
		}
		if err := s.p.cfg.Store.SaveChecks(s.ctx, batch); err != nil {
			s.p.cfg.Log.Error("save checks", "n", len(batch), "err", err)
			s.errors += len(batch)
			s.err = err
		}
		batch = make([]Check, 0, saveBatch)
	}
	due := time.NewTimer(saveEvery) // for a batch that isn't empty: nobody is woken for nothing
	defer due.Stop()
	for {
		select {
		case c, ok := <-s.in:
			if !ok {
				flush()
				return
			}
			if len(batch) == 0 {
				due.Reset(saveEvery)
			}
			if batch = append(batch, c); len(batch) == saveBatch {
				flush()
			}
		case <-due.C:
			flush()
		}
	}
}
