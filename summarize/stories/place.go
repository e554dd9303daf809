package stories

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Placement says where an article belongs.
type Placement struct {
	StoryID int64   // the story to join, 0 = a new one
	CopyOf  int64   // the article whose text it repeats, 0 = its own
	Score   float64 // likeness to the story, 0..1
	Next    float64 // likeness to the next best
	Reasons []string
	// Absorb are stories that turn out to be the same as StoryID, now that this
	// article ties them: to be merged into it.
	Absorb []int64
}

// A Move is a correction of an earlier placement, once more is known.
type Move struct {
	ArticleID int64 // 0: the whole story
	From      int64
	To        int64 // 0: a new story
	Score     float64
}

// likeness weighs the measures: a logistic regression on articles measured
// against their own story and against others', the look-alikes counted less
// (TestFit prints it anew).
var likeness = measure{1.28, 0.71, 2.33, 1.34, 1.87, 0.14, 2.10, -2.71, -0.26, -2.52, 3.55, 3.88, 0.39, 1.63, 0.78, -3, -4}

const likenessBias = -5.02

func (m measure) score() float64 {
	z := likenessBias
	for k, w := range likeness {
		z += w * m[k]
	}
	return logistic(z)
}

// defaultJoin was chosen on two sets of real articles: one of ordinary news, one of events that look
// alike. Lower gains recall on the first and costs precision on the second.
const defaultJoin = 0.22

func (o Options) join() float64 {
	if o.Join > 0 {
		return o.Join
	}
	return defaultJoin
}

// Place says which story an article belongs to, and changes nothing.
func (x *Index) Place(d Doc) Placement {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.entryOf(d)
	return x.place(&e)
}

func (x *Index) place(e *entry) Placement {
	var p Placement
	var best measure
	for _, s := range x.candidates(e) {
		m, copyOf := x.judge(e, s, -1)
		score := m.score()
		if copyOf != 0 {
			score = max(score, 0.99)
		}
		if score > p.Score {
			p.Next = p.Score
			p.Score, p.StoryID, p.CopyOf, best = score, s.id, copyOf, m
		} else {
			p.Next = max(p.Next, score)
		}
	}
	if p.Score < x.opt.join() {
		p.StoryID, p.CopyOf = 0, 0
	}
	p.Reasons = best.reasons(p)
	return p
}

func (m measure) reasons(p Placement) []string {
	if p.Score == 0 {
		return []string{"shares no rare word with any story"}
	}
	out := []string{fmt.Sprintf("likeness %.2f, next best %.2f", p.Score, p.Next)}
	if p.CopyOf != 0 {
		out = append(out, "repeats the text of another article")
	}
	return append(out,
		fmt.Sprintf("names in common %.2f, nearest article %.2f", m[mNames], m[mBestName]),
		fmt.Sprintf("words in common %.2f, nearest article %.2f", m[mWords], m[mBestWord]),
		fmt.Sprintf("titles and openings in common %.2f", m[mBestTitle]))
}

// Join places an article, lets save store it, and remembers it under the story
// id that save returns. Nobody else places anything meanwhile, so that two
// articles of one event, joined at the same time, make one story. When save
// fails, nothing is remembered.
func (x *Index) Join(d Doc, save func(Placement) (storyID int64, err error)) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.entryOf(d)
	p := x.place(&e)
	if p.StoryID != 0 {
		p.Absorb = x.absorbed(&e, x.stories[p.StoryID])
	}
	id, err := save(p)
	if err != nil {
		return err
	}
	x.remove(d.ArticleID)
	x.insert(e, x.storyOf(id))
	for _, from := range p.Absorb {
		x.merge(from, id)
	}
	return nil
}

// Add remembers an article whose story is known: to fill the window after a
// restart.
func (x *Index) Add(d Doc) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if d.StoryID == 0 {
		return
	}
	e := x.entryOf(d)
	x.remove(d.ArticleID)
	x.insert(e, x.storyOf(d.StoryID))
}

// absorbed are the stories that are one with s once e has joined it.
func (x *Index) absorbed(e *entry, s *story) []int64 {
	at := x.insert(*e, s)
	defer x.removeEntry(at)
	var out []int64
	for _, other := range x.candidates(e) {
		if other != s && x.alike(other, s) >= x.opt.join() {
			out = append(out, other.id)
		}
	}
	return out
}

// alike is the likeness of two stories: the mean over the members of the
// smaller.
func (x *Index) alike(a, b *story) float64 {
	if len(a.members) > len(b.members) {
		a, b = b, a
	}
	const most = 6
	members := a.members
	if len(members) > most {
		members = append(slices.Clone(members[:most/2]), members[len(members)-most/2:]...)
	}
	sum := 0.0
	for _, at := range members {
		m, copyOf := x.judge(&x.entries[at], b, -1)
		if copyOf != 0 {
			sum++
		} else {
			sum += m.score()
		}
	}
	return sum / float64(len(members))
}

// Recheck looks again at the articles since a time, now that others have come,
// and returns at most limit corrections. It changes nothing: the caller stores
// each and then calls Merge or Assign.
func (x *Index) Recheck(since time.Time, limit int) []Move {
	x.mu.Lock()
	defer x.mu.Unlock()
	from := int32(since.Unix() / 3600)
	var moves []Move
	touched := map[*story]bool{}
	order := make([]int32, 0, len(x.articles))
	for _, at := range x.articles {
		if since.IsZero() || x.entries[at].at >= from {
			order = append(order, at)
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(x.entries[a].article, x.entries[b].article) })
	for _, at := range order {
		if len(moves) == limit {
			break
		}
		e := &x.entries[at]
		own := e.story
		if touched[own] {
			continue
		}
		here := 0.0
		if len(own.members) > 1 {
			m, copyOf := x.judge(e, own, at)
			here = m.score()
			if copyOf != 0 {
				here = 1
			}
		}
		for _, s := range x.candidates(e) {
			if s == own || touched[s] {
				continue
			}
			m, _ := x.judge(e, s, -1)
			there := m.score()
			if there < x.opt.join() {
				continue
			}
			if alike := x.alike(own, s); alike >= x.opt.join() {
				into, gone := own, s
				if len(into.members) < len(gone.members) {
					into, gone = gone, into
				}
				moves = append(moves, Move{From: gone.id, To: into.id, Score: alike})
				touched[own], touched[s] = true, true
				break
			}
			if len(own.members) > 1 && there > here+0.1 {
				moves = append(moves, Move{ArticleID: e.article, From: own.id, To: s.id, Score: there})
				touched[own], touched[s] = true, true
				break
			}
		}
		if !touched[own] && len(own.members) > 1 && here < x.opt.join()/3 {
			moves = append(moves, Move{ArticleID: e.article, From: own.id, Score: here})
			touched[own] = true
		}
	}
	return moves
}

// Assign moves an article to a story.
func (x *Index) Assign(articleID, storyID int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	at, ok := x.articles[articleID]
	if !ok {
		return
	}
	x.leave(at)
	s := x.storyOf(storyID)
	x.entries[at].story = s
	s.members = append(s.members, at)
}

// Merge makes all of one story's articles another's.
func (x *Index) Merge(from, into int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.merge(from, into)
}

func (x *Index) merge(from, into int64) {
	old := x.stories[from]
	if old == nil || from == into {
		return
	}
	s := x.storyOf(into)
	for _, at := range old.members {
		x.entries[at].story = s
		s.members = append(s.members, at)
	}
	delete(x.stories, from)
}

// Remove forgets an article.
func (x *Index) Remove(articleID int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(articleID)
}

func (x *Index) remove(articleID int64) {
	if at, ok := x.articles[articleID]; ok {
		x.removeEntry(at)
	}
}

func (x *Index) leave(at int32) {
	s := x.entries[at].story
	s.members = slices.DeleteFunc(s.members, func(i int32) bool { return i == at })
	if len(s.members) == 0 {
		delete(x.stories, s.id)
	}
}

func (x *Index) removeEntry(at int32) {
	e := &x.entries[at]
	x.leave(at)
	for _, t := range e.terms {
		x.terms.stats[t].count--
		x.terms.stats[t].at = -1
		x.unpost(t, at)
	}
	delete(x.articles, e.article)
	*e = entry{}
	x.free = append(x.free, at)
	x.live--
}

// unpost takes an entry out of a term's postings.
func (x *Index) unpost(t uint32, at int32) {
	for p := &x.terms.stats[t].last; *p >= 0; p = &x.posts[*p].prev {
		if x.posts[*p].entry == at {
			gone := *p
			*p = x.posts[gone].prev
			x.posts[gone] = posting{-1, x.freePost}
			x.freePost = gone
			return
		}
	}
}

// Expire forgets the articles told before a time whose stories have gained
// nothing since, and returns how many.
func (x *Index) Expire(before time.Time) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	limit := int32(before.Unix() / 3600)
	var gone []int32
	for _, s := range x.stories {
		newest := int32(0)
		for _, at := range s.members {
			newest = max(newest, x.entries[at].at)
		}
		if newest < limit {
			gone = append(gone, s.members...)
		}
	}
	for _, at := range gone {
		x.removeEntry(at)
	}
	x.compact()
	return len(gone)
}

// compact forgets terms that no article has any more, once they are the most.
func (x *Index) compact() {
	live := 0
	for _, s := range x.terms.stats {
		if s.count > 0 {
			live++
		}
	}
	if 2*live >= len(x.terms.stats) {
		return
	}
	moved := x.terms.drop()
	for i := range x.entries {
		for n, t := range x.entries[i].terms {
			x.entries[i].terms[n] = moved[t]
		}
	}
	x.sums = nil
}

// Len is the number of articles in the window.
func (x *Index) Len() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.live
}
