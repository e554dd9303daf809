package extractive

import (
	"sitrep/summarize/actors"
	"sitrep/summarize/ner"
	"sitrep/summarize/text"
)

// capitals finds names by their capitals, by the titles before them and by
// repetition: what serves where there is no model. It would rather miss a name
// than make one up.
type capitals struct{}

func (capitals) names(title, body *actors.Passage) (inTitle, inBody []actors.Entity) {
	return nil, actors.Guess(body)
}

// tagged finds names with a model. Title and body are one document to it: how a
// word is used in one place helps to read it in another.
type tagged struct{ tagger Tagger }

func (t tagged) names(title, body *actors.Passage) (inTitle, inBody []actors.Entity) {
	var doc [][]text.Token
	if toks := tokens(title, 0, len(title.Toks)); len(toks) > 0 {
		doc = append(doc, toks)
	}
	titles := len(doc)
	for _, s := range body.Sents {
		if body.Paras[s.Para].Prose {
			doc = append(doc, tokens(body, s.First, s.Last))
		}
	}
	for i, found := range t.tagger.Tag(doc) {
		for _, e := range found {
			kind, ok := kinds[e.Type]
			if !ok {
				continue
			}
			out := actors.Entity{Start: e.Span.Start, End: e.Span.End, Kind: kind}
			if i < titles {
				inTitle = append(inTitle, out)
			} else {
				inBody = append(inBody, out)
			}
		}
	}
	return inTitle, inBody
}

var kinds = map[ner.Type]actors.Kind{ner.PER: actors.KindPerson, ner.ORG: actors.KindOrg, ner.LOC: actors.KindPlace, ner.MISC: actors.KindMisc}

func tokens(p *actors.Passage, first, last int) []text.Token {
	out := make([]text.Token, 0, last-first)
	for _, t := range p.Toks[first:last] {
		out = append(out, text.Token{Span: t.Span, Text: t.Text, Kind: t.Kind})
	}
	return out
}
