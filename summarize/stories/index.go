package stories

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Options of an Index. The zero value is meant for use.
type Options struct {
	Join float64 // likeness from which an article joins a story, 0 = the measured default
}

// An Index holds the articles of a sliding window and says to which story a
// further one belongs. It is safe for concurrent use.
type Index struct {
	mu       sync.Mutex
	opt      Options
	terms    termTable
	posts    []posting
	freePost int32 // first posting that holds nothing, chained by prev, -1 = none
	entries  []entry
	free     []int32 // entries that hold nothing
	articles map[int64]int32
	stories  map[int64]*story
	langs    map[string]uint16
	live     int

	score []float32 // by entry: scratch of candidates
	found []int32
	sums  []profileSum // by term: scratch of profile
	used  []uint32
}

// profileSum is how much a story's sampled members speak of one term, as a name
// and as a word.
type profileSum struct{ name, word float32 }

type posting struct {
	entry int32
	prev  int32
}

type story struct {
	id      int64
	members []int32
}

// NewIndex returns an empty index.
func NewIndex(opt Options) *Index {
	return &Index{
		opt: opt, articles: map[int64]int32{}, stories: map[int64]*story{}, langs: map[string]uint16{},
		freePost: -1,
	}
}

func (x *Index) rarity(t uint32) float64 { return x.terms.rarity(t, x.live) }

func (x *Index) lang(s string) uint16 {
	if s == "" {
		return 0
	}
	if _, ok := x.langs[s]; !ok {
		x.langs[s] = uint16(len(x.langs) + 1)
	}
	return x.langs[s]
}

func (x *Index) entryOf(d Doc) entry {
	e := entry{article: d.ArticleID, at: int32(d.At.Unix() / 3600), lang: x.lang(d.Lang), shingle: int32(d.Shingles)}
	if d.At.IsZero() {
		e.at = 0
	}
	type pair struct {
		t uint32
		m uint16
	}
	pairs := make([]pair, len(d.Terms))
	for i, t := range d.Terms {
		pairs[i] = pair{x.terms.number(t.ID), pack(t)}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.t, b.t) })
	block := make([]uint32, len(pairs)+len(d.Sketch)) // one allocation for both
	e.terms, e.sketch = block[:len(pairs):len(pairs)], block[len(pairs):]
	copy(e.sketch, d.Sketch)
	e.meta = make([]uint16, len(pairs))
	for i, p := range pairs {
		e.terms[i], e.meta[i] = p.t, p.m
	}
	return e
}

const (
	maxPosted     = 32     // terms under which an article is found
	maxPostings   = 800    // newest articles looked at for one term
	maxLooks      = 12_000 // articles looked at in all
	maxCandidates = 120    // articles compared
	maxStories    = 12     // stories compared
	maxMembers    = 24     // of a story, those compared
)

// candidates are the stories that share most rare terms with e, best first.
func (x *Index) candidates(e *entry) []*story {
	order := make([]int, len(e.terms))
	for i := range order {
		order[i] = i
	}
	value := func(i int) float64 {
		r := x.rarity(e.terms[i])
		v := r * r * float64(e.meta[i]>>8) / 16
		if termKind(e.meta[i])&(kindName|kindNumber) == 0 {
			v *= 0.5
		}
		return v
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Compare(x.terms.stats[e.terms[a]].count, x.terms.stats[e.terms[b]].count)
	})
	if len(x.score) < len(x.entries) {
		x.score = make([]float32, len(x.entries)+len(x.entries)/4+16)
	}
	x.found = x.found[:0]
	looks := 0
	for _, i := range order {
		v := float32(value(i))
		n := 0
		for p := x.terms.stats[e.terms[i]].last; p >= 0 && n < maxPostings && looks < maxLooks; p = x.posts[p].prev {
			at := x.posts[p].entry
			if x.score[at] == 0 {
				x.found = append(x.found, at)
			}
			x.score[at] += v
			n++
			looks++
		}
	}
	var out []*story
	for _, at := range x.best(maxCandidates) {
		if s := x.entries[at].story; x.entries[at].article != e.article && len(out) < maxStories && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, at := range x.found {
		x.score[at] = 0
	}
	return out
}

// best are the n found entries with the highest score, best first.
func (x *Index) best(n int) []int32 {
	worse := func(a, b int32) int {
		switch {
		case x.score[a] < x.score[b]:
			return -1
		case x.score[a] > x.score[b]:
			return 1
		}
		return int(b - a)
	}
	top := make([]int32, 0, n+1) // a heap, the worst first
	down := func() {
		for i := 0; ; {
			c := 2*i + 1
			if c >= len(top) {
				return
			}
			if c+1 < len(top) && worse(top[c+1], top[c]) < 0 {
				c++
			}
			if worse(top[i], top[c]) <= 0 {
				return
			}
			top[i], top[c] = top[c], top[i]
			i = c
		}
	}
	for _, at := range x.found {
		switch {
		case len(top) < n:
			top = append(top, at)
			for i := len(top) - 1; i > 0; {
				p := (i - 1) / 2
				if worse(top[p], top[i]) <= 0 {
					break
				}
				top[p], top[i] = top[i], top[p]
				i = p
			}
		case worse(at, top[0]) > 0:
			top[0] = at
			down()
		}
	}
	slices.SortFunc(top, func(a, b int32) int { return worse(b, a) })
	return top
}

// sample is the part of a story's members that is compared: the first and the
// last.
func (s *story) sample(except int32) []int32 {
	m := s.members
	if slices.Contains(m, except) {
		m = slices.DeleteFunc(slices.Clone(m), func(i int32) bool { return i == except })
	}
	if len(m) <= maxMembers {
		return m
	}
	return append(slices.Clone(m[:maxMembers/2]), m[len(m)-maxMembers/2:]...)
}

// profile sums the terms of a story's members into x.sums, with the terms that
// it holds in x.used, and returns the squared length of the sum, names and
// words. The caller clears it by clearProfile.
func (x *Index) profile(members []int32) (norms [2]float64) {
	if len(x.sums) < len(x.terms.stats) {
		x.sums = make([]profileSum, len(x.terms.stats)+len(x.terms.stats)/4+64)
	}
	x.used = x.used[:0]
	for _, at := range members {
		e := &x.entries[at]
		for i, t := range e.terms {
			sum := &x.sums[t]
			if *sum == (profileSum{}) {
				x.used = append(x.used, t)
			}
			v := float32(e.meta[i]>>8) / 16 * float32(x.rarity(t))
			if termKind(e.meta[i])&(kindName|kindNumber) != 0 {
				sum.name += v
			} else {
				sum.word += v
			}
		}
	}
	for _, t := range x.used {
		s := x.sums[t]
		norms[0] += float64(s.name) * float64(s.name)
		norms[1] += float64(s.word) * float64(s.word+2*s.name)
	}
	return norms
}

func (x *Index) clearProfile() {
	for _, t := range x.used {
		x.sums[t] = profileSum{}
	}
}

// judge measures an entry against a story, leaving the entry itself out.
func (x *Index) judge(e *entry, s *story, self int32) (m measure, copyOf int64) {
	members := s.sample(self)
	if len(members) == 0 {
		return m, 0
	}
	norms := x.profile(members)
	defer x.clearProfile()
	var names, words, ownNames, ownWords, all float64
	abroad, gap, bestCopy := true, math.MaxFloat64, 0.0
	for _, at := range members {
		b := &x.entries[at]
		o := x.compare(e, b)
		same := e.lang == b.lang || e.lang == 0 || b.lang == 0
		if same {
			abroad = false
			words += o.words
		}
		names += o.names
		ownNames, ownWords = o.namesA, o.wordsA
		n := cosine(o.names, o.namesA, o.namesB)
		m[mBestName] = max(m[mBestName], n)
		if same {
			m[mBestWord] = max(m[mBestWord], cosine(o.words, o.wordsA, o.wordsB))
		}
		m[mBestTitle] = max(m[mBestTitle], cosine(o.title, o.titleA, o.titleB))
		m[mHeads] = max(m[mHeads], cosine(o.heads, o.headsA, o.headsB))
		all += cosine(o.names+o.words, o.namesA+o.wordsA, o.namesB+o.wordsB)
		m[mRare] = max(m[mRare], (o.rarest+o.nextRarest)/16)
		m[mShared] = max(m[mShared], math.Log1p(o.shared)/4)
		if e.at != 0 && b.at != 0 {
			gap = min(gap, math.Abs(float64(e.at-b.at)))
		}
		if c := containedIn(e, b); c > bestCopy {
			bestCopy, copyOf = c, b.article
		}
	}
	x.nameMeasures(e, members, len(s.members), &m)
	if otherMatch(x, e, members, gap) {
		m[mOtherMatch] = 1
	}
	m[mNames] = cosine(names, ownNames, norms[0])
	m[mWords] = cosine(words, ownWords, norms[1])
	m[mMeanAll] = all / float64(len(members))
	if abroad {
		// Words can't agree; names stand for them.
		m[mWords], m[mBestWord] = m[mNames], m[mBestName]
	}
	if gap < math.MaxFloat64 {
		m[mGap] = math.Log1p(gap/24) / 4
	}
	m[mSize] = math.Log(float64(len(members))) / 3
	if bestCopy < copyShare || m[mStrangers] == 1 {
		copyOf = 0
	}
	return m, copyOf
}

// nameMeasures looks at which names an article shares with the story in the
// profile: those that nobody else in the window uses, and those that it is
// most about.
func (x *Index) nameMeasures(e *entry, members []int32, size int, m *measure) {
	var own, theirs topTerms
	only, numbers, sharedNames := 0.0, 0.0, 0
	for i, t := range e.terms {
		k := termKind(e.meta[i])
		if k&(kindName|kindNumber) == 0 {
			continue
		}
		r := x.rarity(t)
		shared := x.sums[t].name > 0
		if k&kindNumber != 0 && shared {
			numbers += r / 9
		}
		if k&kindName == 0 {
			continue
		}
		own.add(t, float64(e.meta[i]>>8)/16*r)
		if shared {
			sharedNames++
		}
		if shared && x.terms.stats[t].count > 0 {
			in := 0
			for _, at := range members {
				b := &x.entries[at]
				if j, ok := slices.BinarySearch(b.terms, t); ok && termKind(b.meta[j])&(kindName|kindNumber) != 0 {
					in++
				}
			}
			only += min(1, float64(in)*float64(size)/float64(len(members))/float64(x.terms.stats[t].count)) * r / 9
		}
	}
	for _, t := range x.used {
		if s := x.sums[t]; s.name > 0 {
			theirs.add(t, float64(s.name))
		}
	}
	if sharedNames == 0 && own.n > 0 && theirs.n > 0 {
		m[mStrangers] = 1
	}
	m[mOnly] = math.Log1p(only) / 2
	m[mNumbers] = math.Log1p(numbers)
	m[mChief] = own.share(func(t uint32) bool { return x.sums[t].name > 0 })
	m[mChiefBack] = theirs.share(func(t uint32) bool {
		_, ok := slices.BinarySearch(e.terms, t)
		return ok
	})
}

// otherMatch reports that an article gives the result of a match, that the story
// in the profile does too, and that they have none in common, a day apart.
func otherMatch(x *Index, e *entry, members []int32, gap float64) bool {
	own := false
	for i, t := range e.terms {
		if termKind(e.meta[i])&kindResult != 0 {
			if x.sums[t].name > 0 {
				return false
			}
			own = true
		}
	}
	return own && gap >= 20 && slices.ContainsFunc(members, func(at int32) bool {
		return slices.ContainsFunc(x.entries[at].meta, func(m uint16) bool { return termKind(m)&kindResult != 0 })
	})
}

// topTerms keeps the six heaviest of the terms added, heaviest first.
type topTerms struct {
	n int
	t [6]uint32
	v [6]float64
}

func (top *topTerms) add(t uint32, v float64) {
	at := top.n
	for at > 0 && (top.v[at-1] < v || top.v[at-1] == v && top.t[at-1] > t) {
		at--
	}
	if at == len(top.t) {
		return
	}
	top.n = min(top.n+1, len(top.t))
	copy(top.t[at+1:top.n], top.t[at:])
	copy(top.v[at+1:top.n], top.v[at:])
	top.t[at], top.v[at] = t, v
}

// share is the part of the weight whose terms have is true of.
func (top *topTerms) share(have func(uint32) bool) float64 {
	in, all := 0.0, 0.0
	for i := range top.n {
		all += top.v[i]
		if have(top.t[i]) {
			in += top.v[i]
		}
	}
	if all == 0 {
		return 0
	}
	return in / all
}

// copyShare is the share of the shorter text from which an article counts as a
// copy of another.
const copyShare = 0.6

func containedIn(a, b *entry) float64 {
	return contained(&Doc{Sketch: a.sketch, Shingles: int(a.shingle)}, &Doc{Sketch: b.sketch, Shingles: int(b.shingle)})
}

// telling are the terms under which an entry is found again: its rarest.
func (x *Index) telling(e *entry) []uint32 {
	if len(e.terms) <= maxPosted {
		return e.terms
	}
	order := slices.Clone(e.terms)
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(x.rarity(b), x.rarity(a)), cmp.Compare(x.terms.stats[a].hash, x.terms.stats[b].hash))
	})
	return order[:maxPosted]
}

// insert adds an entry to a story.
func (x *Index) insert(e entry, s *story) int32 {
	var at int32
	if n := len(x.free); n > 0 {
		at = x.free[n-1]
		x.free = x.free[:n-1]
		x.entries[at] = e
	} else {
		at = int32(len(x.entries))
		x.entries = append(x.entries, e)
	}
	x.entries[at].story = s
	s.members = append(s.members, at)
	x.articles[e.article] = at
	x.live++
	for _, t := range e.terms {
		x.terms.stats[t].count++
		x.terms.stats[t].at = -1
	}
	for _, t := range x.telling(&e) {
		p := x.freePost
		if p >= 0 {
			x.freePost = x.posts[p].prev
			x.posts[p] = posting{at, x.terms.stats[t].last}
		} else {
			p = int32(len(x.posts))
			x.posts = append(x.posts, posting{at, x.terms.stats[t].last})
		}
		x.terms.stats[t].last = p
	}
	return at
}

func (x *Index) storyOf(id int64) *story {
	s := x.stories[id]
	if s == nil {
		s = &story{id: id}
		x.stories[id] = s
	}
	return s
}
