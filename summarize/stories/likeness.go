package stories

import "math"

// overlap is what two articles have in common, as sums over their terms: dot
// products of names and of words, and of each side with itself.
type overlap struct {
	names, words       float64 // shared
	namesA, namesB     float64 // squared lengths
	wordsA, wordsB     float64
	title              float64 // rarity of what stands in both titles or openings
	titleA, titleB     float64
	heads              float64 // rarity of what stands in both titles
	headsA, headsB     float64
	shared             float64 // rarity of the names that both have
	sharedNames        int
	rarest, nextRarest float64 // of the shared names
}

// An entry is a Doc within an index: its terms by their place in the index's
// term table.
type entry struct {
	article int64
	story   *story // nil: free
	at      int32  // hours since 1970
	lang    uint16
	terms   []uint32
	meta    []uint16 // weight and kind of each term
	sketch  []uint32
	shingle int32
}

func pack(t Term) uint16 { return uint16(t.Weight)<<8 | uint16(t.Kind) }

func (x *Index) compare(a, b *entry) overlap {
	var o overlap
	i, j := 0, 0
	for i < len(a.terms) || j < len(b.terms) {
		switch {
		case j == len(b.terms) || i < len(a.terms) && a.terms[i] < b.terms[j]:
			o.own(x.rarity(a.terms[i]), a.meta[i], &o.namesA, &o.wordsA, &o.titleA, &o.headsA)
			i++
		case i == len(a.terms) || b.terms[j] < a.terms[i]:
			o.own(x.rarity(b.terms[j]), b.meta[j], &o.namesB, &o.wordsB, &o.titleB, &o.headsB)
			j++
		default:
			r := x.rarity(a.terms[i])
			ma, mb := a.meta[i], b.meta[j]
			o.own(r, ma, &o.namesA, &o.wordsA, &o.titleA, &o.headsA)
			o.own(r, mb, &o.namesB, &o.wordsB, &o.titleB, &o.headsB)
			dot := float64(ma>>8) / 16 * float64(mb>>8) / 16 * r * r
			ka, kb := termKind(ma), termKind(mb)
			if (ka|kb)&(kindName|kindNumber) != 0 && (ka&kb)&(kindName|kindNumber) != 0 {
				o.names += dot
				o.shared += r
				o.sharedNames++
				if r > o.rarest {
					o.rarest, o.nextRarest = r, o.rarest
				} else if r > o.nextRarest {
					o.nextRarest = r
				}
			} else {
				o.words += dot
			}
			if ka&kb&(kindTitle|kindLead) != 0 || (ka|kb)&kindTitle != 0 && ka&(kindTitle|kindLead) != 0 && kb&(kindTitle|kindLead) != 0 {
				o.title += r
			}
			if ka&kb&kindTitle != 0 {
				o.heads += r
			}
			i++
			j++
		}
	}
	return o
}

func (o *overlap) own(r float64, meta uint16, names, words, title, heads *float64) {
	w := float64(meta>>8) / 16 * r
	k := termKind(meta)
	if k&(kindName|kindNumber) != 0 {
		*names += w * w
	} else {
		*words += w * w
	}
	if k&(kindTitle|kindLead) != 0 {
		*title += r
	}
	if k&kindTitle != 0 {
		*heads += r
	}
}

func cosine(dot, a, b float64) float64 {
	if dot <= 0 || a <= 0 || b <= 0 {
		return 0
	}
	return min(1, dot/math.Sqrt(a*b))
}

// The measures by which the likeness of an article and a story is judged.
const (
	mNames    = iota // cosine of names with the story's middle
	mWords           // cosine of words with the story's middle, 0 across languages
	mBestName        // cosine of names with the member that is nearest
	mBestWord
	mBestTitle // share of the titles and openings in common
	mMeanAll   // mean over the members of the joint cosine
	mRare      // the rarest shared names
	mShared    // how many names are shared, damped
	mGap       // time between, damped
	mSize
	mHeads // share of the titles in common
	mOnly  // names that occur in this story alone
	mChief // of the article's foremost names, the share that the story has
	mChiefBack
	mNumbers    // telling figures in common
	mStrangers  // both name names, none in common: texts by one template
	mOtherMatch // both give results of matches, none in common, on different days
	measures
)

type measure [measures]float64

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
