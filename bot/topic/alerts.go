package topic

import (
	"sitrep/feeds"
	"sitrep/summarize"
)

// A Watch is a query with the caller's id.
type Watch struct {
	ID    string
	Query Query
}

// A Hit is an article that a watch is to be told of.
type Hit struct {
	ID        string
	ArticleID int64
}

// Alerts finds what each watch is to be told of, in the order of the watches
// and then of the articles. An article is hit when it is about the query, or
// when it only touches it but its story, told by others, is about it: "rail
// crash blamed on weld" belongs to the derailment. briefs and stories may be
// shorter than articles, or nil.
func Alerts(articles []feeds.Article, briefs []summarize.Brief, stories []summarize.Story, watches []Watch) []Hit {
	byID := make(map[int64]*summarize.Brief, len(briefs))
	for i := range briefs {
		byID[briefs[i].ArticleID] = &briefs[i]
	}
	docs := make([]*Document, len(articles))
	place := make(map[int64]int, len(articles))
	for i := range articles {
		docs[i] = ArticleDocument(&articles[i], byID[articles[i].ID])
		place[articles[i].ID] = i
	}
	var hits []Hit
	told := make([]bool, len(articles))
	for _, w := range watches {
		for i, d := range docs {
			told[i] = w.Query.Match(d)
		}
		var more []int
		for _, s := range stories {
			direct := 0
			for _, a := range s.Articles {
				if i, ok := place[a.ArticleID]; ok && told[i] {
					direct++
				}
			}
			if direct == 0 || direct*2 < len(s.Articles) {
				continue
			}
			for _, a := range s.Articles {
				if i, ok := place[a.ArticleID]; ok && !told[i] && w.Query.touches(docs[i]) {
					more = append(more, i)
				}
			}
		}
		for _, i := range more {
			told[i] = true
		}
		for i := range articles {
			if told[i] {
				hits = append(hits, Hit{w.ID, articles[i].ID})
			}
		}
	}
	return hits
}

// touches reports that an article of a story that is about the query has half
// of what the query asks for, and nothing that it denies.
func (q Query) touches(d *Document) bool { return q.root != nil && q.root.trace(d) >= Threshold/2 }

func (n *node) trace(d *Document) float64 {
	switch n.op {
	case opTerm:
		if n.term.exact {
			return 0
		}
		return n.term.strength(d)
	case opNot:
		return n.score(d)
	case opOr:
		best := 0.0
		for _, k := range n.kids {
			best = max(best, k.trace(d))
		}
		return best
	}
	sum, wanted := 0.0, 0
	for _, k := range n.kids {
		s := k.trace(d)
		if k.op == opNot {
			if s == 0 {
				return 0
			}
			continue
		}
		sum += s
		wanted++
	}
	if wanted == 0 {
		return 0
	}
	return sum / float64(wanted)
}
