package extractive

import (
	"math"
	"regexp"
	"slices"
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

// diversity is how much likeness to what is told already costs a sentence, in
// the unit of its logit (maximal marginal relevance).
const diversity = 1.65

// pendingPrior is added to the logit of a sentence that says what is to be
// decided: readers ask for it, and too few of the marked sentences say so to
// learn it from.
const pendingPrior = 1.6

type candidate struct {
	sent   int
	toks   []actors.Tok
	span   text.Span
	stems  map[string]float64
	norm   float64
	score  float64 // logit: how likely an account of the event would hold it
	actors []int
	why    []string
}

// developments chooses the sentences that tell what happened, ranks them
// without repeating, and shortens each.
func developments(r *actors.Reading, worth *worthModel, published time.Time) []summarize.Development {
	p := r.Body
	cands := candidates(r)
	if len(cands) == 0 {
		return nil
	}
	for i, v := range describe(r, cands, published) {
		cands[i].score = worth.logit(&v) + pendingPrior*float64(v.dense[fPending])
		cands[i].why = v.why()
	}
	var out []summarize.Development
	for _, u := range united(p, cands, pick(cands)) {
		d := summarize.Development{
			Evidence: summarize.Evidence{Part: p.Part, Start: cands[u.first].span.Start, End: cands[u.last].span.End},
			Weight:   logistic(cands[u.chosen].score),
			Why:      cands[u.chosen].why,
		}
		var told []string
		for _, c := range cands[u.first : u.last+1] {
			told = append(told, compress(c.span.Of(p.Text), p.Lang))
			for _, a := range c.actors {
				if !slices.Contains(d.Actors, a) {
					d.Actors = append(d.Actors, a)
				}
			}
		}
		d.Text = strings.Join(told, " ")
		d.Evidence.Text = text.Span{Start: d.Evidence.Start, End: d.Evidence.End}.Of(p.Text)
		d.EventAt = eventDate(d.Evidence.Text, published)
		out = append(out, d)
	}
	return out
}

// A unit is one development: a chosen candidate, with the one before it where
// it can't be understood alone.
type unit struct{ first, last, chosen int }

// maxUnited bounds a development of two sentences, in bytes.
const maxUnited = 360

// united joins the chosen candidates that lean on the sentence before them to
// it, chosen or not.
func united(p *actors.Passage, cands []candidate, chosen []int) []unit {
	var out []unit
	in := make(map[int]int, len(chosen)) // candidate: its unit
	for _, i := range chosen {
		if _, ok := in[i]; ok {
			continue
		}
		u := unit{i, i, i}
		if i > 0 && leans(p, &cands[i-1], &cands[i]) {
			at, held := in[i-1]
			switch {
			case !held:
				u.first = i - 1
			case out[at].last == i-1 && out[at].first == i-1:
				out[at].last = i
				in[i] = at
				continue
			}
		}
		for k := u.first; k <= u.last; k++ {
			in[k] = len(out)
		}
		out = append(out, u)
	}
	return out
}

// leans reports that a sentence follows another in its paragraph and begins
// with what only that one explains (she, its anchors, one of them), or ends so
// (…, she said).
func leans(p *actors.Passage, before, c *candidate) bool {
	if before.sent != c.sent-1 || p.Sents[before.sent].Para != p.Sents[c.sent].Para || c.span.End-before.span.Start > maxUnited {
		return false
	}
	if pointsBack(c.toks) {
		return true
	}
	for _, t := range c.toks[:min(4, len(c.toks))] {
		if t.Name >= 0 || t.Quoted {
			return false
		}
		if worthPronouns[t.Low] {
			return true
		}
	}
	if n := len(c.toks); n > 8 && worthPronouns[c.toks[n-3].Low] && worthSayings[c.toks[n-2].Low] {
		return true
	}
	return false
}

// pointers open a sentence that says something of the one before. After
// "das", which is an article too, comes a verb then, and after that no noun.
var (
	pointers = set(`sein seine seiner seinem seinen ihre ihrer ihrem ihren dessen deren son sa ses leur leurs su sus seu sua seus suas suo cela ceci esto eso ello isso isto ciò dabei damit dafür dagegen daher daran darauf daraufhin darüber deshalb deswegen dazu demnach`)
	noNouns  = set(`der die das den dem er sie es ein eine einem am im auch nun jetzt bereits zuvor`)
)

func pointsBack(toks []actors.Tok) bool {
	if len(toks) < 4 || toks[0].Name >= 0 {
		return false
	}
	if toks[0].Low == "das" || toks[0].Low == "dies" {
		return toks[1].Text == toks[1].Low && toks[1].Name < 0 && (noNouns[toks[2].Low] || toks[2].Name >= 0)
	}
	return pointers[toks[0].Low]
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// candidates are the sentences that can be developments.
func candidates(r *actors.Reading) []candidate {
	p := r.Body
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
	for i := range cands {
		c := &cands[i]
		for w := range c.stems {
			c.norm += sq(1 + math.Log(tf[w]))
		}
		c.norm = math.Sqrt(c.norm)
		c.actors = r.In(c.sent)
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
			if s := cands[i].score - diversity*worst*worst; s > bestScore {
				best, bestScore = k, s
			}
		}
		if best < 0 || len(out) >= 3 && bestScore < minimumScore {
			break
		}
		out = append(out, left[best])
		left = slices.Delete(left, best, best+1)
	}
	return out
}

// minimumScore is what a sentence beyond the third needs to be told: an even
// chance of two to seven.
const minimumScore = -1.25

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

func upperFirst(s string) string {
	r, w := utf8.DecodeRuneInString(s)
	if u := unicode.ToUpper(r); u != r {
		return string(u) + s[w:]
	}
	return s
}
