package stories

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sitrep/feeds/feedstest/corpus"
	"sitrep/summarize"
)

// replay places a set's articles in an order, with the corrections that a
// running bot makes, and returns each article's story.
func replay(x *Index, set goldSet, order []int, docs []Doc) []int64 {
	next := int64(1)
	for _, i := range order {
		_ = x.Join(docs[i], func(p Placement) (int64, error) {
			if p.StoryID != 0 {
				return p.StoryID, nil
			}
			next++
			return next, nil
		})
	}
	x.Settle(time.Time{}, func() int64 { next++; return next })
	out := make([]int64, len(set.ids))
	for i := range out {
		out[i] = x.entries[x.articles[set.articles[i].ID]].story.id
	}
	return out
}

type bcubed struct {
	precision, recall float64
	falseMerges       int
	missed            int
}

func (b bcubed) f1() float64 { return 2 * b.precision * b.recall / (b.precision + b.recall) }

func (b bcubed) String() string {
	return fmt.Sprintf("P %.4f R %.4f F1 %.4f false %d missed %d", b.precision, b.recall, b.f1(), b.falseMerges, b.missed)
}

func scoreStories(set goldSet, story []int64) (b bcubed) {
	n := 0.0
	for i := range set.ids {
		if set.event[i] == "" {
			continue
		}
		n++
		both, s, e := 0.0, 0.0, 0.0
		for j := range set.ids {
			if set.event[j] == "" {
				continue
			}
			sameS, sameE := story[i] == story[j], set.event[i] == set.event[j]
			if sameS {
				s++
			}
			if sameE {
				e++
			}
			if sameS && sameE {
				both++
			}
			if i < j && sameS && !sameE {
				b.falseMerges++
			}
			if i < j && !sameS && sameE {
				b.missed++
			}
		}
		b.precision += both / s
		b.recall += both / e
	}
	b.precision /= n
	b.recall /= n
	return b
}

func docsOf(set goldSet, briefs []summarize.Brief) []Doc {
	docs := make([]Doc, len(set.ids))
	for i := range docs {
		var b *summarize.Brief
		if briefs != nil {
			b = &briefs[i]
		}
		docs[i] = Features(&set.articles[i], b)
	}
	return docs
}

func arrival(set goldSet) []int {
	order := make([]int, len(set.ids))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return set.articles[a].PublishedAt.Compare(set.articles[b].PublishedAt)
	})
	return order
}

var (
	shuffles     = flag.Int("shuffles", 3, "orders of arrival to try beside the real one")
	lookAlikeSet = flag.Bool("lookalikes", false, "measure the set of look-alike events too")
)

// TestSharedSets measures clustering alone, without briefs: in arrival order,
// and shuffled.
func TestSharedSets(t *testing.T) {
	for _, tt := range []struct {
		name         string
		least, lower float64 // F1 in arrival order; how far below a shuffle may fall
		falseMerges  int
		shuffles     int
	}{
		{"golden", 0.95, 0.02, 0, 1},
		{"data/stories/clusters", 0.90, 0.02, 120, 1},
		{"data/stories/ecbplus", 0.80, 0.03, 4000, 0},
	} {
		t.Run(filepath.Base(tt.name), func(t *testing.T) {
			t.Parallel()
			if tt.shuffles == 0 && !*lookAlikeSet {
				t.Skip("a minute of look-alikes: with -lookalikes")
			}
			set := readGold(t, corpus.Path(t, tt.name))
			docs := docsOf(set, nil)
			got := scoreStories(set, replay(NewIndex(Options{}), set, arrival(set), docs))
			if got.f1() < tt.least || got.falseMerges > tt.falseMerges {
				t.Errorf("in arrival order: %v", got)
			}
			low, sum := 1.0, 0.0
			tt.shuffles *= *shuffles
			for seed := range uint64(tt.shuffles) {
				order := rand.New(rand.NewPCG(seed, 2)).Perm(len(set.ids))
				f1 := scoreStories(set, replay(NewIndex(Options{}), set, order, docs)).f1()
				low = min(low, f1)
				sum += f1
			}
			t.Logf("in arrival order %v; %d shuffles: lowest F1 %.4f, mean %.4f", got, tt.shuffles, low, sum/float64(max(1, tt.shuffles)))
			if tt.shuffles > 0 && low < got.f1()-tt.lower {
				t.Errorf("a shuffle falls to %.4f", low)
			}
		})
	}
}
