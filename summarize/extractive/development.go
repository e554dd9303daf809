package extractive

import (
	"strings"
	"time"

	"sitrep/summarize"
	"sitrep/summarize/actors"
	"sitrep/summarize/grounding"
)

// maxDevelopments bounds what is told of one article.
const maxDevelopments = 8

// developments chooses the sentences that tell what happened.
func developments(r *actors.Reading, published time.Time) []summarize.Development {
	var out []summarize.Development
	p := r.Body
	for i, s := range p.Sents {
		para := p.Paras[s.Para]
		said := s.Of(p.Text)
		if !para.Prose || s.Len() < 20 || s.Len() > maxSentence || !grounding.Plain(said) {
			continue
		}
		start := max(s.Start, para.Body)
		if start >= s.End {
			continue
		}
		said = strings.TrimSpace(p.Text[start:s.End])
		start = strings.Index(p.Text[start:s.End], said) + start
		out = append(out, summarize.Development{Text: said, Weight: 1 / float64(2+i),
			Evidence: summarize.Evidence{Part: p.Part, Start: start, End: start + len(said), Text: said}})
		if len(out) == maxDevelopments {
			break
		}
	}
	return out
}
