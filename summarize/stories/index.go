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
	ids      map[uint32]uint32 // term hash -> place in terms
	terms    []termStat
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
}

type termStat struct {
	hash  uint32
	count uint32 // live articles that have it
	last  int32  // newest posting, -1 = none
	idf   float32
	at    int32 // size of the window for which idf was computed
}

type posting struct {
	entry int32
	prev  int32
}

type story struct {
	id      int64
	members []int32
	norms   [2]float64 // squared length of the middle, names and words; 0 = to be computed
}

// NewIndex returns an empty index.
func NewIndex(opt Options) *Index {
	return &Index{
		opt: opt, ids: map[uint32]uint32{}, articles: map[int64]int32{}, stories: map[int64]*story{}, langs: map[string]uint16{},
		freePost: -1,
	}
}

// pseudoDocs is how many articles' worth of trust the background frequencies
// get beside those of the window.
const pseudoDocs = 2000

func (x *Index) rarity(t uint32) float64 {
	s := &x.terms[t]
	if int(s.at) != x.live {
		s.at = int32(x.live)
		p := background.count(s.hash) / backgroundDocs
		s.idf = float32(math.Log((float64(x.live) + pseudoDocs) / (float64(s.count) + pseudoDocs*p)))
	}
	return float64(s.idf)
}

func (x *Index) term(hash uint32) uint32 {
	if t, ok := x.ids[hash]; ok {
		return t
	}
	t := uint32(len(x.terms))
	x.terms = append(x.terms, termStat{hash: hash, last: -1, at: -1})
	x.ids[hash] = t
	return t
}

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
	e := entry{article: d.ArticleID, at: int32(d.At.Unix() / 3600), lang: x.lang(d.Lang), sketch: d.Sketch, shingle: int32(d.Shingles)}
	if d.At.IsZero() {
		e.at = 0
	}
	type pair struct {
		t uint32
		m uint16
	}
	pairs := make([]pair, len(d.Terms))
	for i, t := range d.Terms {
		pairs[i] = pair{x.term(t.ID), pack(t)}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.t, b.t) })
	e.terms, e.meta = make([]uint32, len(pairs)), make([]uint16, len(pairs))
	for i, p := range pairs {
		e.terms[i], e.meta[i] = p.t, p.m
	}
	return e
}

const (
	maxPostings   = 1500   // newest articles looked at for one term
	maxLooks      = 40_000 // articles looked at in all
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
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x.terms[e.terms[a]].count, x.terms[e.terms[b]].count) })
	if len(x.score) < len(x.entries) {
		x.score = make([]float32, len(x.entries)+len(x.entries)/4+16)
	}
	x.found = x.found[:0]
	looks := 0
	for _, i := range order {
		v := float32(value(i))
		n := 0
		for p := x.terms[e.terms[i]].last; p >= 0 && n < maxPostings && looks < maxLooks; p = x.posts[p].prev {
			at := x.posts[p].entry
			if at >= 0 && x.entries[at].story != nil && x.entries[at].article != e.article {
				if x.score[at] == 0 {
					x.found = append(x.found, at)
				}
				x.score[at] += v
			}
			n++
			looks++
		}
	}
	slices.SortFunc(x.found, func(a, b int32) int {
		return cmp.Or(cmp.Compare(x.score[b], x.score[a]), cmp.Compare(x.entries[a].article, x.entries[b].article))
	})
	var out []*story
	for n, at := range x.found {
		if s := x.entries[at].story; n < maxCandidates && len(out) < maxStories && !slices.Contains(out, s) {
			out = append(out, s)
		}
		x.score[at] = 0
	}
	return out
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

// middle is the squared length of the sum of the members, names and words.
func (x *Index) middle(members []int32) (norms [2]float64) {
	for i, a := range members {
		for _, b := range members[i:] {
			o := x.compare(&x.entries[a], &x.entries[b])
			times := 2.0
			if a == b {
				times = 1
			}
			norms[0] += times * o.names
			norms[1] += times * o.words
		}
	}
	return norms
}

// judge measures an entry against a story, leaving the entry itself out.
func (x *Index) judge(e *entry, s *story, self int32) (m measure, copyOf int64) {
	members := s.sample(self)
	if len(members) == 0 {
		return m, 0
	}
	norms := s.norms
	if self >= 0 || norms[0]+norms[1] == 0 {
		norms = x.middle(members)
		if self < 0 {
			s.norms = norms
		}
	}
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
	m[mNames] = cosine(names, ownNames, norms[0])
	m[mWords] = cosine(words, ownWords, norms[1])
	m[mMeanAll] = all / float64(len(members))
	if abroad {
		// Words can't agree; names stand for them.
		m[mAbroad] = 1
		m[mAbroadNames] = m[mNames]
		m[mWords], m[mBestWord] = m[mNames], m[mBestName]
	}
	if gap < math.MaxFloat64 {
		m[mGap] = math.Log1p(gap/24) / 4
	}
	m[mSize] = math.Log(float64(len(members))) / 3
	if bestCopy < copyShare {
		copyOf = 0
	}
	return m, copyOf
}

// nameMeasures looks at which names an article shares with a story: those that
// nobody else in the window uses, and those that it is most about.
func (x *Index) nameMeasures(e *entry, members []int32, size int, m *measure) {
	isName := func(meta uint16) bool { return termKind(meta)&kindName != 0 }
	inStory := make([]int, len(e.terms)) // members that have each of e's terms
	weight := make([]float64, len(e.terms))
	type heavy struct {
		t uint32
		v float64
	}
	var story map[uint32]float64
	story = map[uint32]float64{}
	for _, at := range members {
		b := &x.entries[at]
		for j, t := range b.terms {
			if isName(b.meta[j]) {
				story[t] += float64(b.meta[j]>>8) / 16 * x.rarity(t)
			}
		}
		i := 0
		for j, t := range b.terms {
			for i < len(e.terms) && e.terms[i] < t {
				i++
			}
			if i < len(e.terms) && e.terms[i] == t && (isName(b.meta[j]) || termKind(b.meta[j])&kindNumber != 0) {
				inStory[i]++
			}
		}
	}
	var own []heavy
	only, numbers := 0.0, 0.0
	for i, t := range e.terms {
		k := termKind(e.meta[i])
		r := x.rarity(t)
		if k&kindNumber != 0 && inStory[i] > 0 {
			numbers += r / 9
		}
		if k&kindName == 0 {
			continue
		}
		weight[i] = float64(e.meta[i]>>8) / 16 * r
		own = append(own, heavy{t, weight[i]})
		if inStory[i] > 0 && x.terms[t].count > 0 {
			in := float64(inStory[i]) * float64(size) / float64(len(members))
			only += min(1, in/float64(x.terms[t].count)) * r / 9
		}
	}
	m[mOnly] = math.Log1p(only) / 2
	m[mNumbers] = math.Log1p(numbers)
	const top = 6
	slices.SortFunc(own, func(a, b heavy) int { return cmp.Or(cmp.Compare(b.v, a.v), cmp.Compare(a.t, b.t)) })
	own = own[:min(top, len(own))]
	have, all := 0.0, 0.0
	for _, h := range own {
		all += h.v
		if story[h.t] > 0 {
			have += h.v
		}
	}
	if all > 0 {
		m[mChief] = have / all
	}
	theirs := make([]heavy, 0, len(story))
	for t, v := range story {
		theirs = append(theirs, heavy{t, v})
	}
	slices.SortFunc(theirs, func(a, b heavy) int { return cmp.Or(cmp.Compare(b.v, a.v), cmp.Compare(a.t, b.t)) })
	have, all = 0, 0
	for _, h := range theirs[:min(top, len(theirs))] {
		all += h.v
		if _, ok := slices.BinarySearch(e.terms, h.t); ok {
			have += h.v
		}
	}
	if all > 0 {
		m[mChiefBack] = have / all
	}
}

// copyShare is the share of the shorter text from which an article counts as a
// copy of another.
const copyShare = 0.6

func containedIn(a, b *entry) float64 {
	return contained(&Doc{Sketch: a.sketch, Shingles: int(a.shingle)}, &Doc{Sketch: b.sketch, Shingles: int(b.shingle)})
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
	s.norms = [2]float64{}
	x.articles[e.article] = at
	x.live++
	for _, t := range e.terms {
		x.terms[t].count++
		p := x.freePost
		if p >= 0 {
			x.freePost = x.posts[p].prev
			x.posts[p] = posting{at, x.terms[t].last}
		} else {
			p = int32(len(x.posts))
			x.posts = append(x.posts, posting{at, x.terms[t].last})
		}
		x.terms[t].last = p
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
