package topic

// A Set holds many queries and finds those that match a document without trying
// each: every query waits under the words that one of its necessary terms
// can be known by. Build it once, then match from many goroutines.
type Set struct {
	ids     []int64
	queries []Query
	waiting map[string][]int32
	always  []int32 // queries without a necessary term
}

// NewSet returns an empty Set.
func NewSet() *Set { return &Set{waiting: map[string][]int32{}} }

// Len is the number of queries.
func (s *Set) Len() int { return len(s.ids) }

// Add puts a query in, under the caller's id.
func (s *Set) Add(id int64, q Query) {
	if q.IsZero() {
		return
	}
	at := int32(len(s.ids))
	s.ids = append(s.ids, id)
	s.queries = append(s.queries, q)
	keys, ok := q.root.necessary()
	if !ok {
		s.always = append(s.always, at)
		return
	}
	for key := range keys {
		s.waiting[key] = append(s.waiting[key], at)
	}
}

// Match returns the ids of the queries that a document matches, in the order
// they were added.
func (s *Set) Match(d *Document) []int64 {
	due := make([]bool, len(s.ids))
	for _, at := range s.always {
		due[at] = true
	}
	for key := range d.index {
		for _, at := range s.waiting[key] {
			due[at] = true
		}
	}
	var out []int64
	for at, is := range due {
		if is && s.queries[at].Match(d) {
			out = append(out, s.ids[at])
		}
	}
	return out
}

// necessary returns keys of which a matching document has at least one; false
// when there is no such set.
func (n *node) necessary() (map[string]bool, bool) {
	switch n.op {
	case opTerm:
		keys := map[string]bool{}
		for i := range n.term.patterns {
			w := &n.term.patterns[i].words[0]
			for _, k := range w.keys {
				keys[k] = true
			}
			if !w.joined || len(n.term.patterns[i].words) > 1 {
				continue
			}
			for _, lang := range []string{"de", "nl", "sv", "no", "da"} {
				if s, ok := w.stems[lang]; ok || len(w.stems) > 1 {
					if !ok {
						s = w.plain
					}
					if len(s) >= minCompound {
						keys[prefixKey(lang, s)] = true
					}
					keys[suffixKey(lang, w.plain)] = true
				}
			}
		}
		return keys, true
	case opNot:
		return nil, false
	case opOr:
		all := map[string]bool{}
		for _, k := range n.kids {
			keys, ok := k.necessary()
			if !ok {
				return nil, false
			}
			for key := range keys {
				all[key] = true
			}
		}
		return all, true
	}
	var best map[string]bool
	for _, k := range n.kids {
		if keys, ok := k.necessary(); ok && (best == nil || len(keys) < len(best)) {
			best = keys
		}
	}
	return best, best != nil
}
