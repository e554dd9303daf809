package stories

import (
	"math"
	"slices"
	"strings"

	"sitrep/summarize"
)

// What a line of a story is judged by when it is decided whether an account of
// the story needs it.
const (
	cWeight  = iota // of the heaviest statement within its article
	cVoices         // further independent publishers that state it
	cLead           // opens an article
	cQuoted         // is a quotation, or leans on one
	cFigure         // gives a figure of harm, money or votes
	cAct            // says that something was done: concepts of action
	cTitle          // share of its article's title in it
	cPast           // speaks of an earlier year
	cPlace          // how far into its article
	cForeign        // in another language than the story
	cShort          // few words
	cOpinion        // somebody said something, and nothing else
	cMerged         // statements merged into it, of all articles
	cOpening        // first sentence of its paragraph
	cAhead          // what is to come: will, may, must, expects
	cState          // describes: is, are, has, can
	cBefore         // what had been
	cPronoun        // begins with a pronoun
	cLong           // number of words, damped
	cOne            // whether the article is a story of one
	choices
)

type choice [choices]float64

// chosenBy weighs a choice: a logistic regression on 18 written events, each
// left out in turn to choose its form.
var chosenBy = choice{0.83, 0.54, 1.33, -1.37, 0.16, 0.89, 0.08, 0, -1.12, -0.21, 0.18, -0.52, 0.67, 0.52, 0.70, 0.09, -0.29, 0.31, 0.09}

const chosenBias = -1.52

// score is how likely an account of the story would hold the line, 0..1.
func (c choice) score() float64 {
	z := chosenBias
	for k, w := range chosenBy {
		z += w * c[k]
	}
	return logistic(z)
}

// acts are the concepts that events are made of.
var acts = set(`§kill §injure §missing §quake §derail §crash §explosion §attack §shoot §bomb §arrest §charge §convict §jail §free §vote §win §lose §concede §resign §appoint §dismiss
	§pass §ban §sanction §cut §raise §deal §buy §merge §evacuate §collapse §rescue §investigate §order §deny §refuse §promise §accept §resume §reopen §close §steal §hacker §withdraw
	§recount §elect §appeal §testify §demand §strike §protest §ceasefire §announce §cause §return §open §damage`)

func choiceOf(group []*fact, best *fact, voices int, lang string) choice {
	var c choice
	arts := map[int64]bool{}
	for _, f := range group {
		c[cWeight] = max(c[cWeight], f.weight)
		if f.lead {
			c[cLead] = 1
		}
		if len(f.figures) > 0 {
			c[cFigure] = 1
		}
		c[cTitle] = max(c[cTitle], titleShare(f))
		arts[f.ev.ArticleID] = true
	}
	c[cVoices] = float64(min(2, voices-1))
	c[cMerged] = math.Log(float64(len(group)))
	s := best.ev.Text
	if len(s) > maxStatement {
		s = strings.ToValidUTF8(s[:maxStatement], "")
	}
	trimmed := strings.TrimSpace(s)
	if strings.HasPrefix(trimmed, "\"") || strings.HasPrefix(trimmed, "“") || strings.HasPrefix(trimmed, "„") || strings.HasPrefix(trimmed, "«") {
		c[cQuoted] = 1
	} else if strings.ContainsAny(s, "\"“„«") {
		c[cQuoted] = 0.4
	}
	ws := words(s)
	n := 0
	for _, w := range ws {
		if acts[keyword(w.form, best.lang)] {
			n++
		}
	}
	c[cAct] = math.Min(1, float64(n)/3)
	for _, q := range quantities(s, ws, best.lang) {
		if q.unit == "calendar" && (eventTime(best.member.Article).IsZero() || q.value < float64(eventTime(best.member.Article).Year())) {
			c[cPast] = 1
		}
	}
	if t := len(best.member.Article.Text); t > 0 && best.ev.Part == summarize.PartText {
		c[cPlace] = float64(best.ev.Start) / float64(t)
	}
	if best.lang != lang {
		c[cForeign] = 1
	}
	if len(ws) < 10 {
		c[cShort] = 1
	}
	at := best.ev.Start
	if before := strings.TrimRight(best.member.Article.Text[:min(at, len(best.member.Article.Text))], " "); before == "" || strings.HasSuffix(before, "\n") {
		c[cOpening] = 1
	}
	for i, w := range ws {
		switch {
		case ahead[w.form]:
			c[cAhead] = 1
		case states[w.form]:
			c[cState] = 1
		case earlier[w.form]:
			c[cBefore] = 1
		}
		if i == 0 && pronouns[w.form] {
			c[cPronoun] = 1
		}
	}
	c[cLong] = math.Log(float64(1+len(ws))) / 3
	if n == 0 && slices.ContainsFunc(ws, func(w word) bool { return sayings[w.form] }) {
		c[cOpinion] = 1
	}
	return c
}

var sayings = set("said says told tells added called according sagte teilte sprach dijo afirmo subrayo resumio conto afirmou disse declare dit ajoute explique disse ha")

func titleShare(f *fact) float64 {
	title := newFact(f.member.Article.Title, f.lang)
	all, in := 0.0, 0.0
	for form, t := range title.terms {
		all += t.weight
		if _, ok := f.terms[form]; ok {
			in += t.weight
		}
	}
	if all == 0 {
		return 0
	}
	return in / all
}

var (
	ahead = set(`will would may could must should expects expect expected plans plan wants want until due next hopes intends set likely wird werden soll sollen will muss konnte
		sera seront devra doit pourrait debe deben podria espera preve previsto deve devem podera vai vao deciden decide`)
	states   = set(`is are can lies runs carries has have contains holds ist sind hat haben kann est sont a peut es son tiene puede e sao tem pode foi`)
	earlier  = set(`had since ago previously earlier formerly once last hatte hatten zuvor seit avait avaient depuis habia habian desde tinha tinham`)
	pronouns = set(`she he it they her his its their this these that sie er es ihr ihre das dies elle il ils elles on son sa ce su esto ela ele eles isso`)
)
