package extractive

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sitrep/summarize"
	"sitrep/summarize/actors"
	"sitrep/summarize/grounding"
	"sitrep/summarize/text"
)

// maxDevelopments bounds what is told of one article.
const maxDevelopments = 8

// Weights of the features that rank sentences. Position decides most in news
// (Lead-3 beats TextRank, LexRank and SumBasic on CNN/DM); what the article
// keeps coming back to, what its headline says and who it is about come next.
const (
	weightPosition = 1.6
	weightCentroid = 1.0
	weightTitle    = 1.1
	weightForward  = 0.5
	weightKey      = 0.35
	weightFigure   = 0.35
	weightAct      = 0.5
	weightPending  = 0.6
	diversity      = 0.55 // of MMR: how much likeness to what is told already costs
)

type candidate struct {
	sent    int
	toks    []actors.Tok
	span    text.Span
	stems   map[string]float64
	norm    float64
	score   float64
	actors  []int
	why     []string
	figures int
}

// developments chooses the sentences that tell what happened, ranks them
// without repeating, and shortens each.
func developments(r *actors.Reading, published time.Time) []summarize.Development {
	p := r.Body
	cands := candidates(r, published)
	if len(cands) == 0 {
		return nil
	}
	chosen := pick(cands)
	top := cands[chosen[0]].score
	var out []summarize.Development
	for _, i := range chosen {
		c := cands[i]
		said := c.span.Of(p.Text)
		d := summarize.Development{
			Text:     compress(said, p.Lang),
			Evidence: summarize.Evidence{Part: p.Part, Start: c.span.Start, End: c.span.End, Text: said},
			Weight:   math.Max(0.01, math.Min(1, c.score/math.Max(top, 0.01))),
			Actors:   c.actors,
			Why:      c.why,
		}
		d.EventAt = eventDate(said, published)
		out = append(out, d)
	}
	return out
}

// candidates are the sentences that can be developments, with their scores.
func candidates(r *actors.Reading, published time.Time) []candidate {
	p := r.Body
	title := stemsOf(r.Title.Toks, p.Lang)
	var cands []candidate
	tf := map[string]float64{}
	for i, s := range p.Sents {
		para := p.Paras[s.Para]
		if !para.Prose {
			continue
		}
		span := text.Span{Start: max(s.Start, para.Body), End: s.End}
		if span.Start >= span.End {
			continue
		}
		said := span.Of(p.Text)
		trimmed := strings.TrimLeft(said, " \n\t—–-")
		span.Start += len(said) - len(trimmed)
		said = strings.TrimRight(trimmed, " \n\t")
		span.End = span.Start + len(said)
		if !tellable(said, p, s) {
			continue
		}
		c := candidate{sent: i, span: span, toks: p.Toks[s.First:s.Last]}
		for len(c.toks) > 0 && c.toks[0].Start < span.Start {
			c.toks = c.toks[1:]
		}
		c.stems = stemsOf(c.toks, p.Lang)
		for w := range c.stems {
			tf[w]++
		}
		cands = append(cands, c)
	}
	n := float64(len(cands))
	for i := range cands {
		c := &cands[i]
		for w := range c.stems {
			c.norm += sq(1 + math.Log(tf[w]))
		}
		c.norm = math.Sqrt(c.norm)
	}
	thisYear := published.Year()
	if published.IsZero() {
		thisYear = 3000
	}
	first := true
	for i := range cands {
		c := &cands[i]
		// Position: by sentence, falling off.
		pos := math.Exp(-float64(i) / (2.5 + n/5))
		c.score = weightPosition * pos
		if first {
			c.why = append(c.why, "opens the article")
			first = false
		} else if pos > 0.5 {
			c.why = append(c.why, "stands near the top")
		}
		// What the article keeps coming back to.
		centroid := 0.0
		for w := range c.stems {
			if tf[w] > 1 {
				centroid += math.Log(tf[w])
			}
		}
		centroid /= math.Sqrt(float64(len(c.stems)) + 4)
		c.score += weightCentroid * math.Min(1, centroid/1.6)
		if centroid > 1 {
			c.why = append(c.why, "says what the article keeps coming back to")
		}
		// The headline.
		shared := 0.0
		for w := range title {
			if c.stems[w] > 0 {
				shared++
			}
		}
		if len(title) > 0 && shared > 0 {
			c.score += weightTitle * math.Min(1, shared/math.Max(3, float64(len(title))*0.6))
			c.why = append(c.why, fmt.Sprintf("shares %d words with the headline", int(shared)))
		}
		// What later sentences build on.
		forward := 0.0
		for j := i + 1; j < len(cands) && j < i+12; j++ {
			if s := likeness(c, &cands[j], tf); s > forward {
				forward = s
			}
		}
		c.score += weightForward * math.Min(1, forward*3)
		// Who acts in it.
		c.actors = r.In(c.sent)
		keys := 0
		for _, a := range c.actors {
			if r.Actors[a].Key {
				keys++
			}
		}
		if keys > 0 {
			c.score += weightKey * math.Min(2, float64(keys))
			c.why = append(c.why, fmt.Sprintf("names %d of the key actors", keys))
		}
		c.figures = countFigures(c.toks)
		if c.figures > 0 {
			c.score += weightFigure * math.Min(1.5, 0.6+0.3*float64(c.figures))
			c.why = append(c.why, "carries a figure")
		}
		if acts(c.toks) {
			c.score += weightAct
			c.why = append(c.why, "tells of an act")
		}
		if p.Lang == "en" && decides(c.toks) && pending.MatchString(c.span.Of(p.Text)) {
			c.score += weightPending
			c.why = append(c.why, "says what is to be decided")
		}
		c.score -= penalties(p, c, thisYear)
	}
	return cands
}

func sq(x float64) float64 { return x * x }

// tellable reports that a sentence may be a development at all.
func tellable(said string, p *actors.Passage, s actors.Sent) bool {
	if len(said) < 24 || len(said) > maxSentence || !utf8.ValidString(said) || !grounding.Plain(said) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(said)
	if !strings.ContainsRune(".!”\"»“’…)。！؟।", last) {
		return false
	}
	if strings.HasSuffix(said, "?") || strings.HasSuffix(said, "…") || strings.HasSuffix(said, "...") {
		return false
	}
	quoted, all := 0, 0
	for i := s.First; i < s.Last; i++ {
		if p.Toks[i].Kind == text.Punct {
			continue
		}
		all++
		if p.Toks[i].Quoted {
			quoted++
		}
	}
	if all < 4 || quoted*10 > all*6 {
		return false
	}
	return true
}

// stemsOf returns the content stems of a text.
func stemsOf(toks []actors.Tok, lang string) map[string]float64 {
	out := make(map[string]float64, len(toks))
	for _, t := range toks {
		if t.Kind == text.Punct || t.Kind == text.Link || text.StopWord(t.Text, lang) || utf8.RuneCountInString(t.Text) < 2 {
			continue
		}
		out[text.Stem(t.Text, lang)]++
	}
	return out
}

// likeness is the cosine of two sentences over what they share.
func likeness(x, y *candidate, tf map[string]float64) float64 {
	if x.norm == 0 || y.norm == 0 {
		return 0
	}
	dot := 0.0
	small, large := x.stems, y.stems
	if len(large) < len(small) {
		small, large = large, small
	}
	for w := range small {
		if large[w] > 0 {
			dot += sq(1 + math.Log(tf[w]))
		}
	}
	return dot / (x.norm * y.norm)
}

func countFigures(toks []actors.Tok) int {
	n := 0
	for _, t := range toks {
		if t.Kind == text.Number && !(len(t.Text) == 4 && (strings.HasPrefix(t.Text, "19") || strings.HasPrefix(t.Text, "20"))) {
			n++
		}
	}
	return n
}

// pick orders the candidates by maximal marginal relevance.
func pick(cands []candidate) []int {
	tf := map[string]float64{}
	for _, c := range cands {
		for w := range c.stems {
			tf[w]++
		}
	}
	left := make([]int, len(cands))
	for i := range left {
		left[i] = i
	}
	slices.SortStableFunc(left, func(x, y int) int {
		switch {
		case cands[x].score > cands[y].score:
			return -1
		case cands[x].score < cands[y].score:
			return 1
		}
		return 0
	})
	if len(left) > 60 {
		left = left[:60]
	}
	var out []int
	for len(left) > 0 && len(out) < maxDevelopments {
		best, bestScore := -1, math.Inf(-1)
		for k, i := range left {
			worst := 0.0
			for _, o := range out {
				worst = math.Max(worst, likeness(&cands[i], &cands[o], tf))
			}
			if worst > 0.72 {
				continue
			}
			if s := cands[i].score - diversity*3*worst*worst; s > bestScore {
				best, bestScore = k, s
			}
		}
		if best < 0 || len(out) >= 3 && bestScore < minimumScore {
			break
		}
		cands[left[best]].score = bestScore
		out = append(out, left[best])
		left = slices.Delete(left, best, best+1)
	}
	return out
}

// minimumScore is what a sentence beyond the third needs to be told.
const minimumScore = 0.75

// actVerbs tell that something was done, decided or happened; they mark the
// sentences that carry events.
var actVerbs = set(`agreed approved announced appointed arrested asked banned barred blamed blocked boarded bought called cancelled canceled charged collapsed conceded confirmed convicted cut
	declared denied derailed detained died dismissed dropped elected evacuated faced fined fired hit injured jailed killed launched left lifted lost lowered named offered opened ordered overturned
	passed postponed promised raised reached recorded refused rejected released relieved repaired resigned resumed revised rose fell sacked seized sentenced signed stole stolen stopped struck sued
	suspended threatened toppled visited voted warned withdrew won wounded cleared closed counted overtook merged buy sell cuts fall rise killed hits wins loses signs names raises will may must expects
	decide decides decided determine determines discuss discusses aim aims seek seeks plan plans demand demands claimed escaped found froze invaded landed moved placed planned published put recovered returned said sent settled shot shut sold spent spread started stepped took tested trained warned
	murió murieron mató anunció aprobó firmó ordenó detuvo cayó subió ganó perdió evacuar dejó sacudió proclamó reconoció suspendió cerró abrió
	mort tué annoncé approuvé signé ordonné arrêté repris repoussé libérer dimissionné démissionné condamné nié
	starb getötet senkte senkt gesenkt festgenommen gestoppt beschlossen unterzeichnete kündigte wies verhaftet verurteilt gewann verlor ernennen
	morreu matou anunciou aprovou assinou ordenou descarrilou evitou financiada cancelou admitiu prendeu
	morto ucciso annunciato approvato firmato ordinato arrestato condannato vinto perso`)

func set(lists ...string) map[string]bool {
	m := map[string]bool{}
	for _, l := range lists {
		for _, w := range strings.Fields(l) {
			m[w] = true
		}
	}
	return m
}

func acts(toks []actors.Tok) bool {
	for _, t := range toks {
		if t.Kind == text.Word && actVerbs[t.Text] {
			return true
		}
	}
	return false
}

var deciding = set(`decide determine discuss vote choose consider rule debate agree negotiate`)

func decides(toks []actors.Tok) bool {
	for _, t := range toks {
		if deciding[t.Low] {
			return true
		}
	}
	return false
}

// pending tells of a decision to come.
var pending = regexp.MustCompile(`(?i)\b(?:aims?|(?:is|are) (?:to|due to|set to|expected to)|will|plans? to|hopes? to|has until [^.]{1,30})\b.{0,24}\b(?:decide|determine|discuss|vote|choose|consider|rule|debate|agree on|negotiate)\b`)

var background = set(`backdrop underscores underscore highlights ago since founded formerly historically traditionally once century decades usually often always typically`)

// penalties takes off what marks a sentence as no development of its own:
// background, comment, what needs the sentence before it to be understood.
func penalties(p *actors.Passage, c *candidate, thisYear int) float64 {
	pen := 0.0
	if len(c.toks) == 0 {
		return 9
	}
	switch c.toks[0].Low {
	case "he", "she", "it", "they", "this", "that", "these", "those", "his", "her", "their", "its", "er", "sie", "es", "il", "elle", "ils", "él", "ella", "ele", "ela", "lui", "lei":
		pen += 0.35
	case "similar", "earlier", "previously":
		pen += 0.3
	case "but", "and", "so", "yet", "or", "perhaps", "still", "however":
		pen += 0.2
	}
	words, quoted, olden, firstPerson := 0, 0, 0, false
	for i := p.Sents[c.sent].First; i < p.Sents[c.sent].Last; i++ {
		if p.Toks[i].Kind == text.Punct {
			continue
		}
		words++
		if p.Toks[i].Quoted {
			quoted++
			continue
		}
		low := p.Toks[i].Low
		if background[low] {
			olden++
		}
		if p.Toks[i].Kind == text.Number && len(low) == 4 && (low[:2] == "19" || low[:2] == "20") {
			if y, err := strconv.Atoi(low); err == nil && y < thisYear {
				olden++
			}
		}
		if (low == "i" || low == "my" || low == "you" || low == "your") && p.Lang == "en" {
			firstPerson = true
		}
	}
	pen += 0.45 * math.Min(2, float64(olden))
	pen += 1.4 * float64(quoted) / float64(max(1, words))
	if firstPerson {
		pen += 0.3
	}
	if words < 8 {
		pen += 0.25
	}
	if words > 42 {
		pen += 0.3
	}
	return pen
}

func upperFirst(s string) string {
	r, w := utf8.DecodeRuneInString(s)
	if u := unicode.ToUpper(r); u != r {
		return string(u) + s[w:]
	}
	return s
}
