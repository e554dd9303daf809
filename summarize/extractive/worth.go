package extractive

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/cespare/xxhash/v2"

	"sitrep/summarize/actors"
	"sitrep/summarize/text"
)

//go:embed worth.bin
var worthData []byte

// worth is the embedded model.
var worth = func() *worthModel {
	m, err := decodeWorth(worthData)
	if err != nil {
		panic(err) // the file is part of the program, and tested
	}
	return m
}()

// What an editor would look at in a sentence, apart from its words.
const (
	fOpens       = iota // first sentence of the article
	fSecond             // the second
	fPlace              // how far down, damped
	fShare              // how far down, as a share of the article
	fOpening            // first sentence of its paragraph
	fLonely             // the only sentence of its paragraph
	fStamped            // after a dateline or a time of a live report
	fFew                // of an article of few sentences
	fLong               // number of words, damped
	fShort              // under nine words
	fTitle              // share of the headline in it
	fCentroid           // what the article keeps coming back to
	fForward            // likeness to a later sentence
	fBackward           // likeness to an earlier sentence
	fKey                // names a key actor
	fPerson             // names a person
	fBody               // names an organisation
	fNames              // number of names, damped
	fFigures            // number of figures, damped
	fYearPast           // an earlier year
	fQuoted             // share within quotation marks
	fMarks              // has quotation marks
	fQuoteOpens         // opens with a quotation
	fSpeech             // a verb of saying
	fTold               // a verb of saying, and none of acting
	fAct                // a verb of acting
	fPending            // says what is to be decided
	fPronoun            // opens with a pronoun
	fLink               // opens with a conjunction
	fParticiple         // has or have, then a participle
	fAhead              // will, would, is to
	fMay                // may, could, might
	fWas                // was, were
	fHad                // had
	fIs                 // is, are
	fNot                // a negation
	fDay                // a day of the week, today
	fMonth              // a month
	fAgo                // ago, since, last year, once
	fFirstPerson        // I, we, you outside of quotations
	fQuestion           // asks
	fForeign            // in another language than English
	fColon              // has a colon or a dash
	fSubclause          // a clause with who, which, whose
	worthDense
)

// A worthVector is what is known of one sentence: dense features, and hashes
// of its words, names replaced by their kind.
type worthVector struct {
	dense [worthDense]float32
	words []uint32
}

var (
	worthPronouns = set(`he she it they his her its their this that these those er sie es ihr il elle ils elles él ella ele ela eles lui lei loro`)
	worthLinks    = set(`but and so yet or still however meanwhile perhaps also then aber und doch mais et pero y mas ma e`)
	worthSayings  = set(`said says say told tells added adds called according sagte sagt teilte dijo dice afirmó dit déclaré expliqué disse diz afirmou detto`)
	worthAhead    = set(`will would shall due wird werden soll sollen sera seront doit será serán debe vai vão deve sarà saranno`)
	worthMay      = set(`may might could should can könnte kann pourrait peut podría puede poderia pode potrebbe può`)
	worthWas      = set(`was were war waren wurde wurden était étaient era eran fue fueron foi foram eram fu furono erano`)
	worthHad      = set(`had hatte hatten avait avaient había habían tinha tinham aveva avevano`)
	worthIs       = set(`is are 's ist sind est sont es son é são è sono`)
	worthHave     = set(`has have hat haben a ont ha han tem têm hanno`)
	worthNot      = set(`not no never none nobody without n't nicht kein keine ne pas sin nunca não nunca non`)
	worthAgo      = set(`ago since once last previous previously earlier former formerly founded born century decades decade years seit vor depuis desde hace há dal fa`)
	worthMine     = set(`i my me you your we our ich wir je nous nuestro nosotros nós`)
	worthWho      = set(`who which whose where whom`)
)

// describe fills in what is known of each candidate.
func describe(r *actors.Reading, cands []candidate, published time.Time) []worthVector {
	p := r.Body
	out := make([]worthVector, len(cands))
	title := stemsOf(r.Title.Toks, p.Lang)
	tf := map[string]float64{}
	for i := range cands {
		for w := range cands[i].stems {
			tf[w]++
		}
	}
	thisYear := published.Year()
	if published.IsZero() {
		thisYear = 3000
	}
	n := float64(len(cands))
	for i := range cands {
		c := &cands[i]
		v := &out[i]
		d := &v.dense
		on := func(f int, yes bool) {
			if yes {
				d[f] = 1
			}
		}
		s := p.Sents[c.sent]
		para := p.Paras[s.Para]
		on(fOpens, i == 0)
		on(fSecond, i == 1)
		d[fPlace] = float32(math.Log1p(float64(i)) / 3)
		d[fShare] = float32(float64(i) / n)
		on(fOpening, s.Start <= max(para.Start, para.Body))
		on(fLonely, para.Last-para.First == 1)
		on(fStamped, c.span.Start > s.Start)
		on(fFew, n < 8)
		shared, all := 0.0, 0.0
		for w := range title {
			all++
			if c.stems[w] > 0 {
				shared++
			}
		}
		if all > 0 {
			d[fTitle] = float32(shared / math.Max(4, all))
		}
		centroid := 0.0
		for w := range c.stems {
			if tf[w] > 1 {
				centroid += math.Log(tf[w])
			}
		}
		d[fCentroid] = float32(math.Min(1.5, centroid/math.Sqrt(float64(len(c.stems))+4)))
		for j := max(0, i-12); j < min(len(cands), i+12); j++ {
			if j == i {
				continue
			}
			k := fForward
			if j < i {
				k = fBackward
			}
			d[k] = max(d[k], float32(likeness(c, &cands[j], tf)))
		}
		for _, a := range c.actors {
			on(fKey, r.Actors[a].Key)
		}
		words, quoted, figures, names := 0, 0, 0, 0
		last := -1
		prev := uint32(0)
		for k, t := range c.toks {
			if t.Kind == text.Punct {
				switch t.Text {
				case ":", "—", "–":
					d[fColon] = 1
				case "?":
					d[fQuestion] = 1
				}
				if strings.ContainsAny(t.Text, "\"“”„«»") {
					d[fMarks] = 1
					on(fQuoteOpens, k == 0)
				}
				continue
			}
			words++
			if t.Quoted {
				quoted++
				d[fMarks] = 1
				continue
			}
			form := t.Low
			if t.Name >= 0 {
				if t.Name == last {
					continue
				}
				last = t.Name
				names++
				switch p.Names[t.Name].Kind {
				case actors.KindPerson:
					d[fPerson] = 1
					form = "<person>"
				case actors.KindOrg:
					d[fBody] = 1
					form = "<body>"
				case actors.KindPlace:
					form = "<place>"
				default:
					form = "<name>"
				}
			} else if t.Kind == text.Number {
				form = "<number>"
				if year, err := strconv.Atoi(t.Low); err == nil && len(t.Low) == 4 && year > 1500 && year < 2100 {
					form = "<year>"
					on(fYearPast, year < thisYear)
				} else {
					figures++
				}
			}
			on(fSpeech, worthSayings[form])
			on(fAct, actVerbs[t.Text] && !worthSayings[form])
			on(fAhead, worthAhead[form] || form == "to" && k > 0 && worthIs[c.toks[k-1].Low])
			on(fMay, worthMay[form])
			on(fWas, worthWas[form])
			on(fHad, worthHad[form])
			on(fIs, worthIs[form])
			on(fNot, worthNot[form])
			on(fAgo, worthAgo[form])
			on(fFirstPerson, worthMine[form])
			on(fSubclause, worthWho[form])
			if _, ok := weekdays[form]; ok || form == "today" || form == "yesterday" || form == "overnight" || form == "tonight" {
				d[fDay] = 1
				form = "<day>"
			}
			if _, ok := months[form]; ok && t.Kind == text.Word && t.Text != form {
				d[fMonth] = 1
				form = "<month>"
			}
			if worthHave[form] && k+1 < len(c.toks) {
				for _, next := range c.toks[k+1 : min(len(c.toks), k+4)] {
					on(fParticiple, strings.HasSuffix(next.Low, "ed") || strings.HasSuffix(next.Low, "en") || actVerbs[next.Text])
				}
			}
			if form[0] != '<' && p.Lang != "" {
				form = p.Lang + ":" + text.Stem(form, p.Lang)
			}
			h := uint32(xxhash.Sum64String(form))
			v.words = append(v.words, h)
			if prev != 0 {
				v.words = append(v.words, prev*31+h*17+1)
			} else {
				v.words = append(v.words, h*13+7) // opens the sentence
			}
			prev = h
		}
		if len(c.toks) > 0 {
			on(fPronoun, worthPronouns[c.toks[0].Low])
			on(fLink, worthLinks[c.toks[0].Low])
			r := []rune(c.toks[0].Text)
			on(fQuoteOpens, !unicode.IsLetter(r[0]) && strings.ContainsRune("\"“„«‘'", r[0]))
		}
		d[fTold] = d[fSpeech] * (1 - d[fAct])
		d[fLong] = float32(math.Log1p(float64(words)) / 4)
		on(fShort, words < 9)
		d[fNames] = float32(math.Log1p(float64(names)))
		d[fFigures] = float32(math.Log1p(float64(figures)))
		if words > 0 {
			d[fQuoted] = float32(quoted) / float32(words)
		}
		on(fPending, p.Lang == "en" && decides(c.toks) && pending.MatchString(c.span.Of(p.Text)))
		on(fForeign, p.Lang != "en")
	}
	return out
}

// why says in words what speaks for the sentence.
func (v *worthVector) why() []string {
	var out []string
	say := func(f int, what string) {
		if v.dense[f] > 0 {
			out = append(out, what)
		}
	}
	say(fOpens, "opens the article")
	say(fSecond, "follows its opening")
	if v.dense[fCentroid] > 0.6 {
		out = append(out, "says what the article keeps coming back to")
	}
	if v.dense[fTitle] > 0 {
		out = append(out, fmt.Sprintf("holds %.0f%% of the headline", 100*v.dense[fTitle]))
	}
	say(fKey, "names a key actor")
	say(fFigures, "carries a figure")
	say(fAct, "tells of an act")
	say(fPending, "says what is to be decided")
	say(fDay, "names the day")
	return out
}

// worthModel weighs a worthVector: a logistic regression.
type worthModel struct {
	bias  float32
	dense [worthDense]float32
	words map[uint32]float32
}

// logit is the logarithm of the odds that an account of the event holds the
// sentence.
func (m *worthModel) logit(v *worthVector) float64 {
	z := m.bias
	for k, w := range m.dense {
		z += w * v.dense[k]
	}
	for _, h := range v.words {
		z += m.words[h]
	}
	return float64(z)
}

// wordUnit is the unit of the weights of words in a model's file.
const wordUnit = 1.0 / 64

// encode writes the model: the bias and the dense weights as 32-bit floats,
// then words in order, each its hash and its weight in a byte.
func (m *worthModel) encode() []byte {
	b := []byte("worth1")
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.bias))
	for _, w := range m.dense {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(w))
	}
	for _, h := range slices.Sorted(maps.Keys(m.words)) {
		if w := int8(max(-127, min(127, math.Round(float64(m.words[h]/wordUnit))))); w != 0 {
			b = binary.LittleEndian.AppendUint32(b, h)
			b = append(b, byte(w))
		}
	}
	return b
}

func decodeWorth(b []byte) (*worthModel, error) {
	const head = len("worth1") + 4*(1+int(worthDense))
	if len(b) < head || string(b[:len("worth1")]) != "worth1" || (len(b)-head)%5 != 0 {
		return nil, errors.New("the model of developments is damaged: train it anew")
	}
	float := func(at int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b[at:])) }
	m := &worthModel{bias: float(len("worth1")), words: make(map[uint32]float32, (len(b)-head)/5)}
	for k := range m.dense {
		m.dense[k] = float(len("worth1") + 4*(1+k))
	}
	for at := head; at < len(b); at += 5 {
		m.words[binary.LittleEndian.Uint32(b[at:])] = float32(int8(b[at+4])) * wordUnit
	}
	return m, nil
}
